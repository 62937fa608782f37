"""Una encuesta con reglas en el teléfono prestado, sin señal: lo que se guarda es lo que el servidor acepta."""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import expect

from formularios.xlsform import importar
from recoleccion.aplicacion import create_app
from recoleccion.consultas import eventos, instrumentos
from recoleccion.instalacion import Instalacion, ahora
from recoleccion.sellado import INFO_URNA
from tests.elenco import evento_de_prueba
from tests.navegador.promotora import TITULO, cola, prestar, recuperar, violaciones
from tests.navegador.servido import servida

VISITA = """
| survey |
| | type | name | label | label::English (en) | relevant | required | constraint | constraint_message |
| | select_one sn | vive | ¿Vive sola? | Do you live alone? | | yes | | |
| | integer | edad | ¿Qué edad tiene? | How old are you? | ${vive} = 'no' | | . < 120 | Revise la edad. |
| | barcode | folio | Folio | Number | | | | |
| | geopoint | donde | ¿Dónde está? | Where? | | | | |
| choices |
| | list_name | name | label | label::English (en) |
| | sn | si | Sí | Yes |
| | sn | no | No | No |
| settings |
| | form_title | form_id | version | default_language |
| | Visita | visita | 1 | Español (es) |
"""


@pytest.fixture
def sitio(datos: Path, base, elenco) -> Iterator[str]:
    resultado = importar("visita.md", VISITA.encode())
    assert resultado.instrumento is not None, list(map(str, resultado.problemas))
    instrumentos.asegurar(base, resultado.instrumento)
    hoy = ahora()
    eventos.cancelar(base, elenco.evento_id, hoy)
    encuestas = ["antes", "despues", "satisfaccion", "visita"]
    suyo = evento_de_prueba(titulo=TITULO, fecha=hoy.date().isoformat(), encuestas=encuestas)
    eventos.abrir(base, eventos.crear(base, suyo, hoy, Random(4)), hoy)
    with servida(create_app(datos)) as direccion:
        yield direccion


def test_sin_senal_revisa_esconde_ubica_y_cambia_de_idioma(contexto, sitio, base, datos):
    contexto.grant_permissions(["geolocation"], origin=sitio)
    contexto.set_geolocation({"latitude": 21.0123456, "longitude": -102.5})
    pagina = prestar(contexto, sitio, "Visita")
    pagina.get_by_role("button", name="English").click()
    pagina.get_by_role("button", name="Start").click()
    expect(pagina.get_by_text("Do you live alone?")).to_be_visible()
    siguiente = pagina.get_by_role("button", name="Next")
    siguiente.click()
    expect(pagina.get_by_role("alert").filter(has_text="Conteste esta pregunta")).to_be_visible()
    pagina.get_by_label("No", exact=True).check()
    siguiente.click()
    pagina.get_by_label("How old are you?").fill("130")
    siguiente.click()
    expect(pagina.get_by_role("alert").filter(has_text="Revise la edad.")).to_be_visible()
    assert violaciones(pagina) == []
    pagina.get_by_label("How old are you?").fill("31")
    siguiente.click()
    expect(pagina.get_by_role("button", name="Leer el código con la cámara")).to_be_visible()
    pagina.get_by_label("Number").fill("A-15")
    siguiente.click()
    pagina.get_by_role("button", name="Tomar ubicación").click()
    expect(pagina.get_by_label("Where?")).to_have_value("21.012346 -102.500000")
    pagina.get_by_role("button", name="Terminar").click()
    expect(pagina.get_by_role("heading", name="Listo. Gracias.")).to_be_visible()
    assert pagina.evaluate("Object.keys(localStorage).concat(Object.keys(sessionStorage))") == ["kiosco"]
    recuperar(pagina)
    assert "A-15" not in json.dumps(cola(pagina))
    contexto.set_offline(False)
    expect(pagina.locator(".estado")).to_contain_text("Todo enviado")
    assert base.execute("SELECT count(*) FROM cuarentena").fetchone()[0] == 0
    (fila,) = base.execute("SELECT sobre FROM urna")
    guardado = json.loads(Instalacion(datos).sello.abrir(fila["sobre"], INFO_URNA))
    assert guardado["respuestas"] == {"vive": "no", "edad": "31"}
    assert guardado["textos"] == {"folio": "A-15", "donde": "21.012346 -102.5"}
