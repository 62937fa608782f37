"""Cualquier instrumento se dibuja entero, y lo que se dibuja conserva lo que alguien contestó."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formularios import contestar as c
from formularios.dibujo import dibujar, se_dibuja
from formularios.instrumento import Instrumento, nombre_campo
from tests.formularios.dibujada import Pagina, de_dibujo
from tests.formularios.xlsform.al_azar import AHORA, contestar, instrumentos


def _llenos(datos: dict[str, list[str]]) -> dict[str, list[str]]:
    return {nombre: valores for nombre, valores in datos.items() if any(valores)}


def _sin_cabos_sueltos(dibujada: Pagina) -> None:
    """Ni identificadores repetidos ni descripciones que no existan; todo campo tiene quien diga qué es."""
    identificadores = [n["id"] for n in dibujada.todas if "id" in n]
    assert len(set(identificadores)) == len(identificadores)
    referidos = [i for n in dibujada.todas for i in n.get("aria-describedby", "").split()]
    assert set(referidos) <= set(identificadores)
    etiquetados = {n["for"] for n in dibujada.de("label") if "for" in n}
    for campo in dibujada.de("input", "select", "textarea"):
        assert campo.get("id") in etiquetados or any(n[""] == "label" for n in campo["dentro"]), campo


@settings(max_examples=30, deadline=None)
@given(instrumentos(), st.booleans(), st.integers(0, 2))
def test_cualquier_instrumento_se_dibuja_entero(instrumento: Instrumento, personal: bool, cual: int) -> None:
    idiomas = [None, *instrumento.idiomas]
    dibujada = de_dibujo(dibujar(instrumento, personal=personal, idioma=idiomas[cual % len(idiomas)], ahora=AHORA))
    esperados = {
        nombre_campo(p, v)
        for p in instrumento.preguntas
        if p.con_campo and se_dibuja(p, personal=personal)
        for v in c.vueltas(instrumento, p)
    }
    dibujados = {n["name"] for n in dibujada.de("input", "select", "textarea")} - {"ficha"}
    assert dibujados == esperados
    _sin_cabos_sueltos(dibujada)


@settings(max_examples=40, deadline=None)
@given(instrumentos(), st.integers(0, 2**32))
def test_lo_contestado_sigue_en_la_pagina_que_vuelve_con_un_error(instrumento: Instrumento, semilla: int) -> None:
    """Si se manda otra vez tal como volvió, vale lo mismo que la primera vez."""
    datos, _ = contestar(instrumento, Random(semilla))
    primera = c.validar(instrumento, datos, ahora=AHORA, personal=True)
    un_error = {nombre: "Revise esto." for nombre in list(_llenos(datos))[:2]}
    dibujada = de_dibujo(dibujar(instrumento, datos, un_error, personal=True, ahora=AHORA))
    otra = c.validar(instrumento, dibujada.enviado(), ahora=AHORA, personal=True)
    assert (otra.respuestas, otra.textos, otra.sexo, otra.edad) == (
        primera.respuestas, primera.textos, primera.sexo, primera.edad,
    )  # fmt: skip
    assert len([n for n in dibujada.todas if "autofocus" in n]) == min(1, len(un_error))
    _sin_cabos_sueltos(dibujada)


def test_la_comparacion_nota_lo_que_se_pierde() -> None:
    """Control: una página que olvidara un valor manda otra cosa."""
    instrumento = Instrumento.de_dict(
        {"clave": "x", "version": 1, "titulo": "X", "intro": "", "minutos": 1,
         "preguntas": [{"clave": "n", "tipo": "entero", "texto": "¿Cuántas?"}]}
    )  # fmt: skip
    dibujada = de_dibujo(dibujar(instrumento, {"p_n": ["7"]}, {}, ahora=AHORA))
    assert dibujada.enviado() == {"p_n": ["7"]}
    sin_valor = Pagina(dibujada.html.replace(' value="7"', ""))
    assert sin_valor.enviado() == {"p_n": [""]}
    with pytest.raises(AssertionError):
        _sin_cabos_sueltos(Pagina(dibujada.html.replace('for="p_n"', 'for="otro"')))
