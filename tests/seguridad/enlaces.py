"""Los nombres de prueba que un documento dice, y si existen. Se lee el código: nada se importa ni se corre."""

import ast
import re
from functools import cache
from pathlib import Path

RAIZ = Path(__file__).resolve().parents[2]
FILA = re.compile(r"^\|\s*(?P<dicho>[^|]+?)\s*\|\s*`?(?P<prueba>tests/[^|`]+?)`?\s*\|\s*$")
NOMBRE = re.compile(r"(tests/[\w/.-]+\.py)::(test_\w+)")


def filas(texto: str) -> list[tuple[str, str]]:
    """``(lo que se afirma, prueba)`` de cada fila de tabla cuya segunda columna nombra una prueba."""
    halladas = [FILA.match(linea) for linea in texto.splitlines()]
    return [(fila["dicho"], fila["prueba"]) for fila in halladas if fila]


def no_existe(prueba: str) -> str | None:
    """Por qué ese nombre no lleva a una prueba; ``None`` si lleva a una. Varias se separan con un espacio."""
    for nombre in prueba.split():
        partes = NOMBRE.fullmatch(nombre)
        if partes is None:
            return f"{nombre}: se escribe tests/carpeta/test_x.py::test_y"
        if not (RAIZ / partes[1]).is_file():
            return f"{nombre}: no hay archivo {partes[1]}"
        if partes[2] not in _pruebas(RAIZ / partes[1]):
            return f"{nombre}: {partes[1]} no tiene {partes[2]}"
    return None


@cache
def _pruebas(archivo: Path) -> frozenset[str]:
    arbol = ast.parse(archivo.read_text("utf-8"), str(archivo))
    return frozenset(nodo.name for nodo in arbol.body if isinstance(nodo, ast.FunctionDef | ast.AsyncFunctionDef))
