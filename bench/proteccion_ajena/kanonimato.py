"""k-anonimato: renglones por persona, con edad, sexo y zona cada vez más gruesos hasta que nadie es de menos de k.

Fuente: L. Sweeney, «Achieving k-anonymity privacy protection using generalization and suppression», 2002 (Datafly):
se generaliza la columna con más valores distintos; cuando lo que falta por cubrir es menos de k, eso se suprime.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple


class Renglon(NamedTuple):
    """``casi``: edad, sexo y zona. ``sensible``: lo que contestó. ``quien``: sólo para medir; no se publica."""

    casi: tuple[str, ...]
    sensible: Any
    quien: int


_EDAD_GRUESA = {"0-17": "0-29", "18-29": "0-29", "30-44": "30-59", "45-59": "30-59", "60+": "60+"}
JERARQUIAS: tuple[tuple[Callable[[str], str], ...], ...] = (
    (lambda v: v, lambda v: _EDAD_GRUESA.get(v, v), lambda v: "*"),
    (lambda v: v, lambda v: "*"),
    (lambda v: v, lambda v: v if v == "cabecera" else "ranchos", lambda v: "*"),
)
"""Edad, sexo y zona: de lo más fino a «cualquiera». Volver a generalizar lo generalizado no lo cambia."""


def anonimizar(renglones: Iterable[Renglon], k: int = 5) -> tuple[list[Renglon], tuple[int, ...]]:
    """Los renglones que se publican, ya generalizados, y el nivel a que llegó cada columna."""
    filas = list(renglones)
    niveles = [0] * len(JERARQUIAS)
    while True:
        gruesas = [f._replace(casi=generalizar(f.casi, niveles)) for f in filas]
        cuantas = Counter(f.casi for f in gruesas)
        faltan = sum(n for n in cuantas.values() if n < k)
        if faltan < k or niveles == [len(j) - 1 for j in JERARQUIAS]:
            return [f for f in gruesas if cuantas[f.casi] >= k], tuple(niveles)
        distintos = [len({f.casi[i] for f in gruesas}) for i in range(len(niveles))]
        niveles[max(range(len(niveles)), key=lambda i: (niveles[i] < len(JERARQUIAS[i]) - 1, distintos[i]))] += 1


def generalizar(casi: Sequence[str], niveles: Sequence[int]) -> tuple[str, ...]:
    return tuple(JERARQUIAS[i][niveles[i]](v) for i, v in enumerate(casi))
