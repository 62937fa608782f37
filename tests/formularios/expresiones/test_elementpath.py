"""Donde XPath 1.0 manda, lo que dice ``elementpath`` (otra implementación, de otra gente) es lo que decimos.

Se comparan los operadores ``+ - * div``, las seis comparaciones, ``and``, ``or``, los nodos, la precedencia,
``number``, ``string``, ``not``, ``concat``, ``contains``, ``starts-with``, ``string-length``, ``sum``, ``count`` y
``round``. No se comparan:

- lo que XPath 1.0 no tiene: ``if``, ``selected``, ``coalesce``, ``substr``, ``regex``, ``int``, ``once``, las fechas…;
- lo que ODK XForms cambia: ``concat`` de varios nodos, ``round`` de dos argumentos, fechas como números, y el nodo sin
  contestar como booleano;
- donde elementpath se aparta de XPath 1.0: ``mod`` con negativos (da el signo del divisor), la división entre cero y
  el orden de textos que no son números (lanza), -0 e infinito como texto («-0», «INF»), las divisiones que no terminan
  (las hace en decimal) y ``=`` entre un nodo o un texto y un número (los compara como textos).
"""

import math
import random
from xml.etree import ElementTree

from elementpath import Selector, XPath1Parser

from formularios.expresiones import analizar, evaluar
from tests.formularios.expresiones.contexto import ContextoDado

NODOS = {"a": ["5"], "b": ["2.5"], "v": [""], "s": ["si"], "r": ["3", "10", "4"], "n": ["7 "]}
AHORA = "2026-11-23T20:05:06.789-06:00"
NODOS_Y_TEXTOS = ("${a}", "${n}", "${s}", "${r}", "'10'", "'4'", "'4.0'", "''")
NUMERICOS = ("0", "3", "4", "5", "10", "'4'", "'10'", "${a}", "${b}", "${n}")
LITERALES = ("0", "1", "2", "3", "0.5", "2.5", "10", "7", "'a'", "'si'", "''", "'5'", "' 7 '", "'1.0'", "'-3'", "'x y'")


def _escribe(azar: random.Random, tipo: str, hondo: int) -> str:
    def e(otro: str) -> str:
        return _escribe(azar, otro, hondo - 1)

    if hondo <= 0 and tipo == "booleano":
        return azar.choice(("true()", "false()"))
    if hondo <= 0:
        return azar.choice((*LITERALES, *(f"${{{n}}}" for n in NODOS if n != "r")))
    if tipo == "numero":
        return azar.choice(
            (
                lambda: f"({e('numero')} {azar.choice(('+', '-', '*'))} {e('numero')})",
                lambda: f"({e('numero')} div {azar.choice(('2', '4', '-8', '0.5'))})",
                lambda: f"{e('numero')} {azar.choice(('+', '-', '*'))} {azar.choice(LITERALES)} * {e('numero')}",
                lambda: f"-({e('numero')})",
                lambda: f"number({e('texto')})",
                lambda: f"round({e('numero')})",
                lambda: f"string-length(string({e('texto')}))",
                lambda: f"sum(${{{azar.choice('abr')}}})",
                lambda: f"count(${{{azar.choice('abvr')}}})",
            )
        )()
    if tipo == "texto":
        return azar.choice(
            (
                lambda: f"string(1 + {e('numero')})",
                lambda: f"concat(string({e('texto')}), {e('booleano')}, {azar.choice(LITERALES)})",
            )
        )()
    return azar.choice(
        (
            lambda: f"(number({e('texto')}) {azar.choice(('<', '<=', '>', '>='))} number({e('numero')}))",
            lambda: f"(string({e('texto')}) {azar.choice(('=', '!='))} string({e('texto')}))",
            lambda: f"(number({e('numero')}) {azar.choice(('=', '!='))} number({e('numero')}))",
            lambda: f"(${{r}} {azar.choice(('=', '!='))} {azar.choice(NODOS_Y_TEXTOS)})",
            lambda: f"({azar.choice(NODOS_Y_TEXTOS)} {azar.choice(('=', '!='))} ${{r}})",
            lambda: f"(${{r}} {azar.choice(('<', '<=', '>', '>='))} {azar.choice(NUMERICOS)})",
            lambda: f"({azar.choice(NUMERICOS)} {azar.choice(('<', '<=', '>', '>='))} ${{r}})",
            lambda: (
                f"({e('booleano')} = {e('booleano')} {azar.choice(('and', 'or'))} {e('booleano')} != {e('booleano')})"
            ),
            lambda: f"not({e('booleano')})",
            lambda: f"contains(string({e('texto')}), string({e('texto')}))",
            lambda: f"starts-with(string({e('texto')}), string({e('texto')}))",
        )
    )()


def _igual(nuestro: object, ajeno: object) -> bool:
    if isinstance(ajeno, list):  # a veces envuelve un solo valor
        (ajeno,) = ajeno
    if isinstance(nuestro, float):
        suyo = float(ajeno)  # type: ignore[arg-type]
        return nuestro == suyo or (math.isnan(nuestro) and math.isnan(suyo))
    return nuestro == ajeno and isinstance(nuestro, bool) == isinstance(ajeno, bool)


def test_coincide_con_elementpath_donde_xpath_manda() -> None:
    raiz = ElementTree.Element("data")
    for nombre, textos in NODOS.items():
        for texto in textos:
            ElementTree.SubElement(raiz, nombre).text = texto
    contexto = ContextoDado({"valores": NODOS, "ahora": AHORA})
    azar = random.Random(1999)
    comparadas, distintas = 0, []
    for _ in range(2000):
        texto = _escribe(azar, azar.choice(("numero", "texto", "booleano")), azar.randint(1, 4))
        nuestro = evaluar(analizar(texto).arbol, contexto)
        if isinstance(nuestro, list):
            continue
        en_xpath = texto.replace("${", "/data/").replace("}", "")
        ajeno = Selector(en_xpath, parser=XPath1Parser).select(raiz)
        comparadas += 1
        if not _igual(nuestro, ajeno):
            distintas.append((texto, nuestro, ajeno))
    assert distintas == []
    assert comparadas > 1900
