"""Las piezas de «jornada publicar» que viven de este lado: calcular las celdas de un lote para que se asienten."""

from dataclasses import dataclass
from pathlib import Path

from .auditoria import Dictamen, ensayar, exigir
from .etiquetas import etiquetar
from .extraccion import leer
from .modelo import Celda, Motivo
from .reglamento import en_vigor, leer_reglas


@dataclass(frozen=True)
class Simulacion:
    """Lo que se publicaría: cada celda con su porqué, el dictamen de la auditoría y las reglas en vigor (JSON)."""

    motivos: list[Motivo]
    dictamen: Dictamen
    reglas: str


def calcular(
    ruta_privada: Path, lote: str, desde: str, hasta: str, carpeta_catalogos: Path, secreto: bytes
) -> tuple[list[Celda], str]:
    """Las celdas de un lote con sus etiquetas, y las reglas en vigor (JSON). No escribe nada.

    ``desde`` y ``hasta``: fechas ISO, ambas incluidas. Llamarla dos veces da lo mismo.

    :raises ErrorPublicacion: si el lote no pasa la auditoría o no cabe en lo que se puede publicar.
    """
    reglas = leer_reglas(carpeta_catalogos)
    crudo = leer(ruta_privada, lote, desde, hasta)
    examinadas, dictamen = ensayar(crudo, reglas, secreto)
    exigir(dictamen)
    celdas = [examinada.celda for examinada in examinadas]
    return [*celdas, *etiquetar(crudo, reglas)], en_vigor(reglas, celdas, dictamen)


def simular(
    ruta_privada: Path, lote: str, desde: str, hasta: str, carpeta_catalogos: Path, secreto: bytes
) -> Simulacion:
    """Lo mismo que :func:`calcular` sin que nadie firme. Si la auditoría no pasa, el dictamen dice por qué."""
    reglas = leer_reglas(carpeta_catalogos)
    examinadas, dictamen = ensayar(leer(ruta_privada, lote, desde, hasta), reglas, secreto)
    return Simulacion(
        [examinada.motivo for examinada in examinadas],
        dictamen,
        en_vigor(reglas, [examinada.celda for examinada in examinadas], dictamen),
    )
