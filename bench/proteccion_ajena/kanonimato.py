"""k-anonimato: renglones por persona, con edad, sexo y zona tan gruesos que cada quien se confunde con otras k - 1.

Fuentes: P. Samarati, «Protecting respondents' identities in microdata release», 2001: de todas las combinaciones de
niveles se toma la que conserva más con lo suprimido bajo un tope, como hace ARX; el tope, 10 % de los renglones.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import product
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


def anonimizar(renglones: Iterable[Renglon], k: int = 5, tope: float = 0.1) -> tuple[list[Renglon], tuple[int, ...]]:
    """Los renglones que se publican, ya generalizados, y el nivel a que llegó cada columna."""
    filas = list(renglones)
    cuantas = Counter(f.casi for f in filas)
    mejor = (0, 0, tuple(len(j) - 1 for j in JERARQUIAS))
    for niveles in product(*(range(len(j)) for j in JERARQUIAS)):
        clases: Counter[tuple[str, ...]] = Counter()
        for casi, n in cuantas.items():
            clases[generalizar(casi, niveles)] += n
        vivas = [n for n in clases.values() if n >= k]
        if len(filas) - sum(vivas) <= tope * len(filas):
            mejor = max(mejor, (len(vivas), sum(vivas), niveles))
    niveles = mejor[2]
    gruesas = [f._replace(casi=generalizar(f.casi, niveles)) for f in filas]
    clases = Counter(f.casi for f in gruesas)
    return [f for f in gruesas if clases[f.casi] >= k], niveles


def generalizar(casi: Sequence[str], niveles: Sequence[int]) -> tuple[str, ...]:
    return tuple(JERARQUIAS[i][niveles[i]](v) for i, v in enumerate(casi))
