"""Las versiones del aviso: se ve en qué difieren, nadie pisa a nadie y en producción no queda nada por completar."""

import pytest

from recoleccion import diferencias
from recoleccion.consultas import ajustes, avisos
from tests.elenco import HORA
from tests.recoleccion.vistas.oficina import Oficina, leer, registrar

TEXTOS = {"simplificado": "Corto", "integral": "## Título\nUno dos tres cuatro\nSigue", "leido": "Para leer"}


@pytest.fixture
def titular(app) -> Oficina:
    return Oficina(app, "titular")


def test_la_diferencia_dice_que_palabras_cambiaron(titular, base):
    avisos.nuevo(base, **TEXTOS, ahora=HORA)
    avisos.nuevo(base, **TEXTOS | {"integral": "## Título\nUno dos cinco cuatro\nSigue\nAl final"}, ahora=HORA)
    pagina = titular.get("/panel/aviso/versiones/3").text
    assert "<del>tres </del>" in pagina
    assert "<ins>cinco </ins>" in pagina
    assert "Al final" in pagina
    assert "<h2>Corto, en la pantalla</h2>" not in pagina
    assert "Las dos dicen lo mismo" in titular.texto("/panel/aviso/versiones/3?contra=3")
    assert "Versión 1" in titular.texto("/panel/aviso/versiones")
    assert titular.get("/panel/aviso/versiones/9").status_code == 404


def test_el_numero_y_la_fecha_que_dice_el_aviso_son_los_suyos(titular, base):
    """Sin esto la versión 2 diría que es la 1."""
    primera = avisos.vigente(base)
    assert "Esta es la versión 1, vigente desde el 25/11/2026" in primera["integral"]
    iguales = {parte: primera[parte] for parte in avisos.PARTES}
    mismo_texto = iguales | {"integral": primera["integral"].replace("la versión 1, ", "la versión 9, ")}
    assert avisos.nuevo(base, **mismo_texto, ahora=HORA) == 1
    titular.post("/panel/aviso/editar", **iguales | {"leido": "Otra cosa"})
    assert "Esta es la versión 2, vigente desde el 25/11/2026" in avisos.vigente(base)["integral"]


def test_cada_version_dice_cuantos_registros_se_hicieron_con_ella(titular, base, instalacion, elenco, azar):
    registrar(base, instalacion, elenco.evento_id, azar, cuantas=3)
    assert "3 registros" in titular.texto("/panel/aviso/versiones")


def test_quien_guarda_segundo_ve_lo_del_primero_y_no_pierde_lo_suyo(titular, base):
    avisos.nuevo(base, **TEXTOS, ahora=HORA)
    suyo = TEXTOS | {"leido": "Lo que escribí"}
    respuesta = titular.post("/panel/aviso/editar", **suyo, desde="1")
    assert respuesta.status_code == 409
    assert "Alguien más guardó la versión 2" in leer(respuesta)
    assert "Lo que escribí" in respuesta.text
    assert avisos.vigente(base)["version"] == 2
    assert titular.post("/panel/aviso/editar", **suyo, desde="2").status_code == 303
    assert avisos.vigente(base)["leido"] == "Lo que escribí"


@pytest.mark.parametrize("hueco", ["[completar: calle]", "[Completar domicilio", "[ COMPLETAR: x ]"])
def test_en_produccion_no_se_guarda_un_aviso_con_huecos(titular, base, hueco):
    con_hueco = TEXTOS | {"integral": f"Domicilio: {hueco}"}
    assert titular.post("/panel/aviso/editar", **con_hueco).status_code == 303
    ajustes.guardar(base, "modo", "produccion")
    respuesta = titular.post("/panel/aviso/editar", **con_hueco | {"leido": "Otro"})
    assert respuesta.status_code == 422
    assert "Todavía dice" in leer(respuesta)
    assert avisos.vigente(base)["version"] == 2


def test_lo_que_falta_completar_se_ve_en_la_pagina_del_aviso(titular, base):
    assert "[completar: calle, número y colonia]" in titular.texto("/panel/aviso")
    assert "Falta completar el aviso de privacidad" in titular.texto("/panel/")
    avisos.nuevo(base, **TEXTOS, ahora=HORA)
    assert "completar" not in titular.texto("/panel/aviso") + titular.texto("/panel/")


def test_lo_que_no_cambio_se_salta_menos_lo_de_junto():
    antes, despues = "\n".join("abcdefgh"), "\n".join("abcdXfgh")
    vistos = diferencias.alrededor(diferencias.renglones(antes, despues))
    assert [uno.que for uno in vistos] == ["salto", "igual", "menos", "mas", "igual", "salto"]


@pytest.mark.parametrize(
    ("antes", "despues", "esperado"),
    [
        ("a b", "a b", [("igual", "a b")]),
        ("", "nuevo", [("mas", "nuevo")]),
        ("viejo", "", [("menos", "viejo")]),
        ("uno\n\ndos", "uno\ndos", [("igual", "uno"), ("igual", "dos")]),
        ("<b>x</b>", "<b>y</b>", [("menos", "<b>x</b>"), ("mas", "<b>y</b>")]),
    ],
)
def test_renglones_que_se_quitan_y_se_agregan(antes, despues, esperado):
    juntos = [(uno.que, "".join(texto for texto, _ in uno.trozos)) for uno in diferencias.renglones(antes, despues)]
    assert juntos == esperado
