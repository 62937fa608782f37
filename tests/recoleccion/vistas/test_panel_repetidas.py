"""/panel/eventos/…/repetidas: sólo con la llave abierta, cada vez anotado, y sin borrar a nadie."""

import re

import pytest

from recoleccion.consultas import asistencias, trimestres
from tests.elenco import HORA
from tests.llave import FRASE
from tests.recoleccion.vistas.oficina import Oficina, registrar

NOMBRE = "Eustolia Íñiguez"


@pytest.fixture
def titular(app) -> Oficina:
    return Oficina(app, "titular")


@pytest.fixture
def pagina(base, instalacion, elenco, azar) -> str:
    for telefono in ("3787774411", None):
        registrar(base, instalacion, elenco.evento_id, azar, nombre=NOMBRE, telefono=telefono)
    return f"/panel/eventos/{elenco.evento_id}/repetidas"


def abrir(titular: Oficina, pagina: str) -> str:
    titular.post("/panel/llave/apertura", frase=FRASE, razon="repetidas", next=pagina)
    return titular.get(pagina).text


def marcadas(texto: str) -> dict[str, list[str]]:
    """Lo que mandaría el formulario tal como se ve."""
    son = re.findall(r'name="son" value="([^"]+)"[^>]* checked', texto)
    queda = re.findall(r'name="queda" value="([^"]+)"[^>]* checked', texto)
    return {"son": son, "queda": queda}


def total(base, elenco) -> int:
    return asistencias.vivo(base, elenco.evento_id)["total"]


def test_cerrada_no_dice_de_quien_y_abierta_se_decide_ahi_mismo(titular, base, elenco, pagina):
    cerrada = titular.texto(pagina)
    assert NOMBRE not in cerrada
    assert "Con su frase se comparan" in cerrada
    texto = abrir(titular, pagina)
    assert NOMBRE in texto
    assert "Mismo nombre" in texto
    datos = marcadas(texto)
    assert (len(datos["son"]), len(datos["queda"])) == (2, 1)
    assert titular.post(pagina, **datos).status_code == 303
    assert total(base, elenco) == 1
    assert "Nadie parece estar dos veces" in titular.texto(pagina)
    anotados = base.execute("SELECT accion, detalle FROM bitacora ORDER BY id DESC LIMIT 4").fetchall()
    assert [tuple(fila) for fila in anotados[::-1]] == [
        ("abrir", "Revisar personas repetidas"),
        ("revisar repetidas", "1 posible repetida"),
        ("es la misma persona", "1 persona menos"),
        ("revisar repetidas", "0 posibles repetidas"),
    ]


def test_con_la_llave_cerrada_no_se_decide(titular, base, elenco, pagina):
    datos = marcadas(abrir(titular, pagina))
    titular.post("/panel/llave/cierre")
    titular.post(pagina, **datos)
    assert total(base, elenco) == 2


def test_sin_marcar_dos_no_cambia_nada(titular, base, elenco, pagina):
    datos = marcadas(abrir(titular, pagina))
    for incompleto in ({}, {"son": datos["son"]}, {"queda": datos["queda"]}, datos | {"son": datos["queda"]}):
        titular.post(pagina, **incompleto)
    assert total(base, elenco) == 2
    assert "No se cambió nada" in titular.texto(pagina)


def test_en_un_trimestre_cerrado_pide_por_que(titular, base, elenco, pagina):
    trimestres.cerrar(base, 2026, 4, ahora=HORA.replace(year=2027), quien="titular")
    texto = abrir(titular, pagina)
    assert "El trimestre ya está cerrado" in texto
    assert titular.post(pagina, **marcadas(texto)).status_code == 422
    assert total(base, elenco) == 2
    assert titular.post(pagina, **marcadas(texto), justificacion="se registró dos veces").status_code == 303
    assert total(base, elenco) == 1


def test_se_llega_desde_el_evento_y_desde_la_lista(titular, elenco, pagina):
    for desde in (f"/panel/eventos/{elenco.evento_id}", f"/panel/eventos/{elenco.evento_id}/lista"):
        assert f'href="{pagina}"' in titular.get(desde).text
