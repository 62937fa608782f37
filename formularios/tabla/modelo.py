"""Qué es una tabla leída y cuánto cabe en ella."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

BYTES, BYTES_ABIERTO, PARTES = 4_000_000, 40_000_000, 500
"""Lo que pesa el archivo, lo que pesa ya descomprimido y cuántas partes trae."""
FILAS, COLUMNAS, LETRAS = 5_000, 60, 2_000
"""Renglones debajo de los títulos, columnas y letras por celda."""


class ErrorTabla(ValueError):
    """El archivo no se puede leer; el mensaje dice qué pasó y qué hacer."""


@dataclass(frozen=True)
class Tabla:
    """Títulos y renglones, todo texto limpio en una línea; un renglón tiene tantas celdas como títulos hay.

    ``filas``: ``(número en la hoja, celdas)``, sin los renglones en blanco. ``problemas``: por número de fila, por qué
    no se debe tomar. ``avisos``: lo que conviene saber del archivo entero.
    """

    encabezados: tuple[str, ...]
    filas: tuple[tuple[int, tuple[str, ...]], ...]
    problemas: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))
    avisos: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cruda:
    """Lo que hay en el archivo antes de saber en qué fila están los títulos.

    ``combinadas``: ``(primera fila, última fila, cómo se llama el rango)``.
    """

    filas: list[tuple[int, list[str]]]
    problemas: dict[int, str] = field(default_factory=dict)
    combinadas: list[tuple[int, int, str]] = field(default_factory=list)
    avisos: list[str] = field(default_factory=list)
