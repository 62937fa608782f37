"""Las piezas de «jornada publicar» que viven de este lado: calcular las celdas de un lote para que se asienten."""

from pathlib import Path

from .etiquetas import etiquetar
from .extraccion import leer
from .modelo import Celda
from .proteccion import proteger
from .reglamento import en_vigor, leer_reglas


def calcular(
    ruta_privada: Path, lote: str, desde: str, hasta: str, carpeta_catalogos: Path, secreto: bytes
) -> tuple[list[Celda], str]:
    """Las celdas de un lote con sus etiquetas, y las reglas en vigor (JSON). No escribe nada.

    ``desde`` y ``hasta``: fechas ISO, ambas incluidas. Llamarla dos veces da lo mismo.
    """
    reglas = leer_reglas(carpeta_catalogos)
    crudo = leer(ruta_privada, lote, desde, hasta)
    celdas = proteger(crudo, reglas, secreto)
    return [*celdas, *etiquetar(crudo, reglas)], en_vigor(reglas, celdas)
