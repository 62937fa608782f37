"""La hoja de evidencia de un evento: nombres y fotos sólo con la llave abierta; encuestas, desde 10 contestaciones."""

from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from PIL import Image
from pypdf import PdfReader

from recoleccion.consultas import cartas, cierres, directorio, eventos, evidencias
from tests.elenco import HORA
from tests.llave import FRASE
from tests.recoleccion.vistas.oficina import Oficina, contestar, leer

NOMBRE = "Guadalupe Íñiguez Ruvalcaba"


@pytest.fixture
def titular(app) -> Oficina:
    return Oficina(app, "titular")


@pytest.fixture
def evento(base, instalacion, elenco, fabrica, azar) -> str:
    """La plática del elenco con gente, carta, cierre, una foto y encuestas: 10 de salida y 9 de entrada."""
    id = elenco.evento_id
    registros = [fabrica.asistencia(evento=id, nombre=NOMBRE)]
    registros += [fabrica.asistencia(evento=id, sexo="H", edad="60+") for _ in range(3)]
    fabrica.mandar(base, *registros, fabrica.conteo(evento=id, sexo="M", edad="12-17"))
    contestar(base, instalacion, id, 10, S1="muy_buena")
    contestar(base, instalacion, id, 9, "antes", K1="V")
    eventos.actualizar(base, id, {"avisa_fotos": True, "facilitadora": "Lic. Rosa Mora"})
    momentos = [{"momento": "Bienvenida", "actividad": "Dinámica de presentación", "minutos": 15}]
    carta = {"objetivo": "Reconocer la violencia digital", "publico": "Madres de familia", "momentos": momentos}
    cartas.guardar(base, id, carta, vista=None, ahora=HORA)
    cierres.guardar(base, id, contadas=6, nota="Se fue la luz un rato", vista=None, ahora=HORA, quien="titular")
    evidencias.guardar(
        base, instalacion.evidencias, _jpeg(), evento_id=id, clase="foto", pie="El grupo al final", ancho=320,
        alto=240, ahora=HORA, quien="titular", azar=azar,
    )  # fmt: skip
    eventos.cerrar(base, id, HORA, instalacion.sello, Random(2))
    return id


def _jpeg() -> bytes:
    salida = BytesIO()
    Image.linear_gradient("L").resize((320, 240)).save(salida, "JPEG")
    return salida.getvalue()


def hojas(titular: Oficina, id: str) -> tuple[str, int]:
    """El texto y cuántas imágenes lleva."""
    respuesta = titular.get(f"/panel/eventos/{id}/hoja-de-evidencia.pdf")
    assert respuesta.status_code == 200
    assert respuesta.headers["Cache-Control"] == "no-store"
    paginas = PdfReader(BytesIO(respuesta.data)).pages
    texto = " ".join(" ".join(pagina.extract_text() for pagina in paginas).split())
    return texto, sum(len(pagina.images) for pagina in paginas)


def test_sin_la_llave_lleva_todo_menos_nombres_y_fotos(titular, base, evento):
    texto, imagenes = hojas(titular, evento)
    for dicho in (
        "Violencia digital", "Lic. Rosa Mora", "60 años o más 0 3 0 3", "Total 2 3 0 5",
        "4 personas registradas; 1 sólo se contaron", "Se contaron a ojo 6 personas; en el sistema hay 5",
        "Se fue la luz un rato", "Reconocer la violencia digital", "Bienvenida Dinámica de presentación 15",
        "La lista con nombres está guardada y va aparte", "1 foto guardada",
    ):  # fmt: skip
        assert dicho in texto
    assert NOMBRE not in texto
    assert imagenes == 0
    ultima = base.execute("SELECT accion, detalle FROM bitacora ORDER BY id DESC").fetchone()
    assert tuple(ultima) == ("imprimir hoja de evidencia", "sin nombres ni fotos")


def test_con_la_llave_abierta_lleva_la_lista_y_las_fotos_y_queda_anotado(titular, base, evento):
    titular.post("/panel/llave/apertura", razon="lista", frase=FRASE)
    texto, imagenes = hojas(titular, evento)
    assert NOMBRE in texto
    assert "El grupo al final" in texto
    assert "va aparte" not in texto
    assert imagenes == 1
    detalle = base.execute("SELECT detalle FROM bitacora ORDER BY id DESC").fetchone()[0]
    assert detalle == "1 nombre abierto, 1 foto"


def test_una_foto_danada_no_detiene_la_hoja(titular, base, instalacion, evento):
    for archivo in Path(instalacion.evidencias).iterdir():
        archivo.write_bytes(b"otra cosa")
    titular.post("/panel/llave/apertura", razon="lista", frase=FRASE)
    texto, imagenes = hojas(titular, evento)
    assert imagenes == 0
    assert "1 foto guardada en el sistema, de las que aquí van 0" in texto


def test_lo_que_contestaron_solo_se_dice_desde_diez(titular, evento):
    texto, _ = hojas(titular, evento)
    assert "¿Cómo estuvo?: 10 contestaciones" in texto
    assert "Muy buena: 10" in texto
    assert "Antes de empezar: no se dice qué contestaron" in texto
    assert "Revisarle el celular" not in texto
    pagina = leer(titular.get(f"/panel/eventos/{evento}/hoja-de-evidencia"))
    assert "Antes de empezar: no se dice qué contestaron" in pagina
    assert "¿Cómo estuvo?: 10 contestaciones" in pagina


def test_la_pagina_dice_que_le_falta_a_la_evidencia(titular, elenco, evento):
    assert "Le falta a la evidencia" not in titular.get(f"/panel/eventos/{evento}/hoja-de-evidencia").text


def test_a_un_evento_sin_nada_se_le_dice_que_falta(titular, elenco):
    pagina = titular.get(f"/panel/eventos/{elenco.evento_id}/hoja-de-evidencia").text
    for parte in ("carta", "hoja-de-cierre", "evidencias"):
        assert f'href="/panel/eventos/{elenco.evento_id}/{parte}"' in pagina
    assert hojas(titular, elenco.evento_id)[0]


def test_la_promotora_no_la_ve(app, elenco):
    promotora = Oficina(app, "promotora")
    for ruta in ("", ".pdf"):
        assert promotora.get(f"/panel/eventos/{elenco.evento_id}/hoja-de-evidencia{ruta}").status_code == 403


def test_con_quien_se_hizo_se_dice_aunque_ya_no_este_en_el_directorio(titular, base, elenco):
    dif = directorio.guardar(base, {"nombre": "DIF de Tepa", "servicio": "Psicología", "telefono": "3787150000"})
    eventos.actualizar(base, elenco.evento_id, {"instituciones": [dif]})
    assert directorio.quitar(base, dif, HORA) is False
    assert "Junto con DIF de Tepa" in hojas(titular, elenco.evento_id)[0]
