"""Lo que la auditoría dice de un lote."""

from dataclasses import dataclass
from typing import NamedTuple


class Hallazgo(NamedTuple):
    """Algo que se podría deducir. ``desde`` y ``hasta``: entre qué cuentas se puede encerrar lo que se escondió."""

    tabla: str
    celda: str
    clase: str
    desde: int
    hasta: int
    frase: str


@dataclass(frozen=True)
class Dictamen:
    """Si el lote se puede publicar así. No lleva horas ni duración: el mismo lote da siempre el mismo."""

    pasa: bool
    hallazgos: tuple[Hallazgo, ...] = ()
    razon: str = ""
    """Dicha a la titular: por qué no pasa, o qué hubo que quitar para que pasara."""
    quitadas: tuple[str, ...] = ()
    """Las tablas que se quitaron, con su nombre para leer. Conservan sus renglones, vacíos."""
