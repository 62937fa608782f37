"""Lo que se promete de una expresión además de su valor: límites, lo que menciona, y que nunca truena."""

import json
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formularios.expresiones import ErrorExpresion, analizar, es_verdadera, evaluar
from formularios.expresiones.fechas import ahora_iso
from formularios.expresiones.patrones import casa, compilar
from tests.formularios.expresiones.contexto import ContextoDado, en_node

AHORA = "2026-11-23T20:05:06.789-06:00"
CONTEXTO = ContextoDado({"valores": {"x": ["5"]}, "actual": "a", "ahora": AHORA})


def test_dice_que_preguntas_y_funciones_menciona() -> None:
    expresion = analizar("if(${a} > sum(${b}), jr:choice-name(., '${c}'), today())")
    assert expresion.referencias == {"a", "b", "c"}
    assert expresion.funciones == {"if", "sum", "jr:choice-name", "today"}
    assert expresion.columnas == frozenset()
    assert json.loads(json.dumps(expresion.arbol)) == expresion.arbol


def test_la_misma_expresion_da_siempre_el_mismo_arbol() -> None:
    assert analizar(" ${a}+1.50 * 2 ").arbol == analizar("${a} + (1.5 * 2)").arbol == ["+", ["$", "a"], ["*", 1.5, 2]]


def test_una_columna_de_la_lista_vale_sin_llaves_solo_si_se_dice() -> None:
    expresion = analizar("estado = ${estado} and name != 'x'", columnas=frozenset({"estado", "name"}))
    assert expresion.columnas == {"estado", "name"}
    assert expresion.referencias == {"estado"}
    fila = ContextoDado({"valores": {"#estado": ["gto"], "estado": ["gto"], "#name": ["leon"]}, "ahora": AHORA})
    assert es_verdadera(expresion.arbol, fila)
    with pytest.raises(ErrorExpresion, match=r"\$\{estado\}"):
        analizar("estado = ${estado}")


def test_un_patron_sin_sujetar_se_admite_y_se_avisa() -> None:
    assert analizar("regex(., '^[0-9]+$')").avisos == ()
    (aviso,) = analizar("regex(., '[0-9]+')").avisos
    assert "^ al principio y $ al final" in aviso


@pytest.mark.parametrize(
    "texto",
    [
        "(" * 101 + "1" + ")" * 101,
        "not(" * 101 + "1" + ")" * 101,
        "-" * 101 + "1",
        "1" + " - 1" * 101,
        "1" + " + 1" * 6000,
        "'" + "a" * 20_000 + "'",
        "9" * 400,
    ],
    ids=["paréntesis", "funciones", "signos", "restas", "sumas", "letras", "cifras"],
)
def test_lo_demasiado_grande_se_rechaza(texto: str) -> None:
    with pytest.raises(ErrorExpresion, match="demasiado grande"):
        analizar(texto)


@pytest.mark.parametrize(
    ("texto", "valor"),
    [
        ("(" * 90 + "1" + ")" * 90, 1.0),
        ("not(" * 90 + "1" + ")" * 90, True),
        ("if(0, 0, " * 90 + "1" + ")" * 90, 1.0),
        ("1" + " - 1" * 90, -89.0),
        ("1" + " + 1" * 2000, 2001.0),
        (" or ".join(f"${{x}} = '{i}'" for i in range(999)), True),
    ],
    ids=["paréntesis", "funciones", "if", "restas", "sumas", "or"],
)
def test_lo_grande_que_se_admite_se_evalua_en_las_dos_maquinas(texto: str, valor: object) -> None:
    arbol = analizar(texto).arbol
    assert evaluar(arbol, CONTEXTO) == valor
    assert en_node([(arbol, CONTEXTO.caso)]) == [valor]


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="${}ab1.5 '\"()[],=<>!+-*/ divmodnotif\u00a0\n;^|&x", max_size=30))
def test_cualquier_texto_se_admite_o_se_explica(texto: str) -> None:
    hecho = _o_su_error(lambda: evaluar(analizar(texto).arbol, CONTEXTO))
    if isinstance(hecho, ErrorExpresion):
        assert 0 <= hecho.posicion <= len(texto)
        assert hecho.mensaje


def _o_su_error(hacer: Callable[[], object]) -> object:
    try:
        return hacer()
    except ErrorExpresion as error:
        return error


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab1^$*+?{},()[]|\\-.dws:=!", max_size=20), st.text(alphabet="ab1-. \n", max_size=20))
def test_cualquier_patron_se_compila_o_se_explica(patron: str, texto: str) -> None:
    hecho = _o_su_error(lambda: casa(compilar(patron, 7), texto))
    assert not isinstance(hecho, ErrorExpresion) or 7 <= hecho.posicion <= 7 + len(patron)


@settings(max_examples=300, deadline=None)
@given(
    st.recursive(
        st.sampled_from(["a", "b", "[ab]", "[^a]", r"\d", r"\w", r"\b", "."]),
        lambda p: st.one_of(
            st.builds("({}|{})".format, p, p),
            st.builds("(?:{}){}".format, p, st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{0,}"])),
            st.builds("{}{}".format, p, p),
        ),
        max_leaves=6,
    ),
    st.booleans(),
    st.text(alphabet="ab1 ", max_size=8),
)
def test_un_patron_casa_lo_mismo_que_en_re(patron: str, entero: bool, texto: str) -> None:
    """``re`` es la otra implementación: en este subconjunto y con letras ASCII los dos dialectos coinciden."""
    patron = f"^(?:{patron})$" if entero else patron
    assert casa(compilar(patron, 0), texto) == (re.search(patron.replace("$", r"\Z"), texto) is not None)


@pytest.mark.parametrize("patron", ["^(a+)+$", "^(a|a)*$", "^(a*)*b$", "a*a*a*a*a*a*b", "^(a?){30}a{30}$"])
def test_ningun_patron_tarda(patron: str) -> None:
    """El peor caso medido es de décimas de segundo; un motor que retrocede no terminaría."""
    programa = compilar(patron, 0)
    antes = time.process_time()
    casa(programa, "a" * 999 + "!")
    assert time.process_time() - antes < 2


def test_hoy_y_ahora_son_del_aparato_tambien_cuando_cambia_la_hora() -> None:
    tijuana = ZoneInfo("America/Tijuana")
    antes = datetime(2026, 3, 8, 9, 59, 59, tzinfo=UTC).astimezone(tijuana)
    assert ahora_iso(antes) == "2026-03-08T01:59:59.000-08:00"
    despues = datetime(2026, 3, 8, 10, 0, 0, tzinfo=UTC).astimezone(tijuana)
    assert ahora_iso(despues) == "2026-03-08T03:00:00.000-07:00"
    assert ahora_iso(datetime(2026, 1, 1, tzinfo=timezone(timedelta(minutes=-210)))).endswith("-03:30")
    assert ahora_iso(datetime(1900, 1, 1, tzinfo=ZoneInfo("America/Mexico_City"))).endswith("-06:36")
