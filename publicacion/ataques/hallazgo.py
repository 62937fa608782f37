"""Lo que consiguió un ataque."""

from typing import NamedTuple


class Hallazgo(NamedTuple):
    """``ataque``: cuál; ``donde``: tabla, lote o lugar del archivo; ``que``: qué se ve y qué hacer, para leerse."""

    ataque: str
    donde: str
    que: str


SOPORTE = "No publique este archivo y avise a quien da soporte."
