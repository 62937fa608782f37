"""JSON de fuera: lo que ``json`` lee y después se podría repetir o guardar sin tropezar. Puro.

Python lee listas metidas unas en otras hasta donde le alcanza la pila, y al volverlas a escribir puede ya no
alcanzarle: un lote con eso nunca se acusaría y el teléfono lo mandaría siempre.
"""

import json
import math
from typing import Any

HONDURA = 32
"""Niveles que se admiten. Un registro lleva cuatro; un lote, tres."""


def leer(texto: str | bytes, *, finitos: bool = False) -> Any:
    """Lo que dice. :param finitos: sin ``NaN`` ni infinitos, que no son JSON: un teléfono no los leería en un acuse.

    :raises ValueError: si no es JSON, o lo es demasiado hondo.
    """
    numeros: dict[str, Any] = {"parse_constant": _finito, "parse_float": _finito} if finitos else {}
    try:
        valor = json.loads(texto, **numeros)
    except RecursionError as error:
        raise ValueError("demasiado hondo") from error
    nivel = [valor]
    for _ in range(HONDURA):
        nivel = [hijo for cosa in nivel for hijo in _hijos(cosa)]
    if nivel:
        raise ValueError("demasiado hondo")
    return valor


def _hijos(cosa: Any) -> Any:
    return cosa.values() if isinstance(cosa, dict) else cosa if isinstance(cosa, list) else ()


def _finito(numero: str) -> float:
    valor = float(numero)
    if not math.isfinite(valor):
        raise ValueError(numero)
    return valor
