"""Una expresión vale lo mismo en Python y en el teléfono: 20,000 al azar, y la prueba de que una diferencia se nota."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from formularios.expresiones import Arbol, analizar, evaluar
from tests.formularios.expresiones.al_azar import casos
from tests.formularios.expresiones.contexto import RAIZ, VECTORES, ContextoDado, en_json, en_node, iguales, leer

CUANTOS, SEMILLA = 20_000, 20261123
Par = tuple[str, Arbol, dict[str, Any], object]


@pytest.fixture(scope="module")
def pares() -> list[Par]:
    """Expresión, árbol (ida y vuelta por JSON), contexto y lo que vale en Python."""
    hechos: list[Par] = []
    for texto, caso in casos(CUANTOS, SEMILLA):
        arbol = json.loads(json.dumps(analizar(texto).arbol))
        hechos.append((texto, arbol, caso, en_json(evaluar(arbol, ContextoDado(caso)))))
    return hechos


@pytest.fixture(scope="module")
def escritos() -> list[Par]:
    """Lo mismo con las expresiones de los vectores."""
    todos = [caso for ruta in sorted(VECTORES.glob("*.json")) for caso in leer(ruta.name) if "esperado" in caso]
    return [(caso["expr"], analizar(caso["expr"]).arbol, caso, caso["esperado"]) for caso in todos]


def _distintos(pares: list[Par], modulo: Path | None = None) -> list[tuple[str, object, object]]:
    dichos = en_node([(arbol, caso) for _, arbol, caso, _ in pares], modulo)
    return [
        (texto, valor, dicho)
        for (texto, _, _, valor), dicho in zip(pares, dichos, strict=True)
        if not iguales(valor, dicho)
    ]


def test_veinte_mil_al_azar_valen_lo_mismo_en_las_dos_maquinas(pares: list[Par]) -> None:
    assert len(pares) == CUANTOS
    assert _distintos(pares) == []


def test_lo_que_sale_al_azar_es_variado(pares: list[Par]) -> None:
    tipos: Counter[str] = Counter(json.dumps(v) if isinstance(v, dict) else type(v).__name__ for _, _, _, v in pares)
    assert {"str", "float", "bool", "list", '{"numero": "NaN"}', '{"numero": "-0"}', '{"numero": "Infinity"}'} <= set(
        tipos
    )
    assert max(tipos.values()) < CUANTOS / 2
    assert len({texto for texto, *_ in pares}) > CUANTOS * 0.7


DEFECTOS = {
    "el residuo toma el signo del divisor": ("return n(a) % n(b);", "return n(a) - n(b) * Math.floor(n(a) / n(b));"),
    "la mitad se aleja del cero": ('signo ? resto > "5" : resto >= "5"', 'resto >= "5"'),
    "la mitad va al par": ('signo ? resto > "5" : resto >= "5"', 'resto > "5"'),
    "redondea en binario": ("return Number(`${signo}${entero}e${-lugares}`);",
                            "return Math.round(numero * 10 ** lugares) / 10 ** lugares;"),
    "el orden compara textos": ("const numeros = deOrden || typeof", "const numeros = typeof"),
    "un booleano no manda": ("[x, y] = [aBooleano(x), aBooleano(y)];", ";"),
    "el texto vacío es cero": ("return NUMERO.test(texto) ?", "return !texto || NUMERO.test(texto) ?"),
    "acepta exponentes": ("const NUMERO = /^-?(\\d+(\\.\\d*)?|\\.\\d+)$/;", "const NUMERO = /^-?[\\d.]+(e\\d+)?$/;"),
    "el menos cero se escribe": ('if (!valor) return "0";', 'if (!valor) return Object.is(valor, -0) ? "-0" : "0";'),
    "los números grandes llevan exponente": ("const [signo, digitos, exponente] = partes(valor);",
                                             "if (Math.abs(valor) >= 1e21) return String(valor);\n"
                                             "  const [signo, digitos, exponente] = partes(valor);"),
    "un nodo vacío es verdadero": ("valor.some(Boolean)", "valor.length > 0"),
    "quita el espacio duro": ("texto.replace(/^[ \\t\\r\\n]+|[ \\t\\r\\n]+$/g, \"\")", "texto.trim()"),
    "la longitud es de UTF-16": ("return [...t(a)].length;", "return t(a).length;"),
    "acepta el 29 de febrero de cualquier año": ("fecha.getUTCMonth() !== mes - 1 ||", "false &&"),
    "la fecha con hora ignora su zona": ("(m.zona ? desfase(m.zona) : minutos) * 6e4", "minutos * 6e4"),
    "el día se corta hacia el cero": ("dia: Math.floor(numero), ms: 0", "dia: Math.trunc(numero), ms: 0"),
    "sum suma sólo lo de esta vuelta": ("return contexto.todos(a);", "return contexto.valores(a);"),
    "max salta lo que no es número": ("if (Number.isNaN(x)) return x;", "if (Number.isNaN(x)) continue;"),
    "el patrón casa sólo al principio": ("const pendientes = [0, ...siguientes];",
                                         "const pendientes = i ? [...siguientes] : [0];"),
}  # fmt: skip


@pytest.mark.parametrize("defecto", DEFECTOS)
def test_una_diferencia_plantada_se_nota(defecto: str, escritos: list[Par], pares: list[Par], tmp_path: Path) -> None:
    bueno, malo = DEFECTOS[defecto]
    (tmp_path / "package.json").write_text('{"type": "module"}', "utf-8")
    veces = 0
    suyos = ("todo", "raras", "fechas", "patrones", "tipos", "leer_hora", "leer_orden", "lectura")
    for nombre in ("expresiones.js", *(f"encuesta/{n}.js" for n in suyos)):
        codigo = (RAIZ / "static" / "js" / nombre).read_text("utf-8")
        veces += codigo.count(bueno)
        (tmp_path / nombre).parent.mkdir(exist_ok=True)
        (tmp_path / nombre).write_text(codigo.replace(bueno, malo), "utf-8")
    assert veces == 1
    assert _distintos([*escritos, *pares[:3000]], tmp_path / "expresiones.js") != []
