"""Una cosa revisada."""

from typing import NamedTuple

BIEN, AVISO, MAL = "bien ", "AVISO", "MAL  "


class Renglon(NamedTuple):
    """Cómo está, qué es y, si no está bien, qué hacer."""

    estado: str
    frase: str
    que_hacer: str = ""
