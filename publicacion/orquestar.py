"""Las piezas de «jornada publicar» que viven de este lado: calcular las celdas de un lote para que se asienten."""

from dataclasses import dataclass
from pathlib import Path

from .auditoria import Dictamen, ensayar, exigir
from .cupo import caber, no_cupo
from .etiquetas import etiquetar
from .extraccion import Privada, leer
from .modelo import Celda, Crudo, Motivo, Reglas
from .reglamento import en_vigor, leer_reglas, sin_encuestas
from .revision import avisos, revisar


@dataclass(frozen=True)
class Simulacion:
    """Lo que se publicaría: cada celda con su porqué, el dictamen de la auditoría y las reglas en vigor (JSON).

    ``celdas``: las del libro, con sus etiquetas. ``avisos``: lo que conviene saber y no impide publicar.
    """

    motivos: list[Motivo]
    dictamen: Dictamen
    reglas: str
    celdas: list[Celda]
    avisos: list[str]


def calcular(
    ruta_privada: Privada, lote: str, desde: str, hasta: str, carpeta_catalogos: Path, secreto: bytes
) -> tuple[list[Celda], str]:
    """Las celdas de un lote con sus etiquetas, y las reglas en vigor (JSON). No escribe nada.

    ``desde`` y ``hasta``: fechas ISO, ambas incluidas. Llamarla dos veces da lo mismo.

    :raises ErrorPublicacion: si hay datos que no pueden ser, o el lote no pasa la auditoría o no cabe en lo publicable.
    """
    simulada = simular(ruta_privada, lote, desde, hasta, carpeta_catalogos, secreto)
    exigir(simulada.dictamen)
    return simulada.celdas, simulada.reglas


def simular(
    ruta_privada: Privada, lote: str, desde: str, hasta: str, carpeta_catalogos: Path, secreto: bytes
) -> Simulacion:
    """Lo mismo que :func:`calcular` sin que nadie firme. Si la auditoría no pasa, el dictamen dice por qué.

    :raises ErrorPublicacion: si hay datos que no pueden ser.
    """
    reglas = leer_reglas(carpeta_catalogos)
    return examinar(leer(ruta_privada, lote, desde, hasta), reglas, secreto)


def examinar(leido: Crudo, reglas: Reglas, secreto: bytes) -> Simulacion:
    """El camino puro de lo leído a lo que se publicaría: qué encuestas salen, si es posible, si cabe y qué se esconde.

    :raises ErrorPublicacion: si hay datos que no pueden ser.
    """
    entero = sin_encuestas(leido, reglas)
    revisar(entero, reglas)
    crudo, cupo = caber(entero, reglas)
    examinadas, dictamen = ensayar(crudo, reglas, secreto)
    celdas = [examinada.celda for examinada in examinadas]
    return Simulacion(
        [examinada.motivo for examinada in examinadas],
        dictamen,
        en_vigor(reglas, celdas, dictamen, cupo),
        [*celdas, *etiquetar(crudo, reglas)],
        [*avisos(reglas), *no_cupo(cupo)],
    )
