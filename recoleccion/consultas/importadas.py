"""Lo que se leyó de una hoja de cálculo y todavía no se guarda: espera a que la titular lo vea y diga que sí.

Se guarda aquí y no en su navegador, que puede ser el de un teléfono prestado; así la vista previa tiene dirección, la
página se puede recargar y lo que se guarda es exactamente lo que se vio: va por su huella.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from formularios.instrumento import Instrumento

from . import espera, instrumentos

CLASE, CABEN = "importada", espera.CABEN


def dejar(db: Database, instrumento: Instrumento, avisos: Sequence[Any], archivo: str, ahora: datetime) -> str:
    """La deja en espera y devuelve su huella, con que se vuelve a pedir. Lo viejo se borra."""
    contenido = {"instrumento": instrumentos.a_texto(instrumento), "avisos": avisos, "archivo": archivo}
    espera.dejar(db, CLASE, instrumento.huella, contenido, ahora)
    return instrumento.huella


def leer(db: Database, huella: str) -> tuple[Instrumento, list[Any], str] | None:
    """La encuesta, sus avisos y el nombre de su archivo; ``None`` si ya no espera."""
    contenido = espera.leer(db, CLASE, huella)
    if contenido is None:
        return None
    return instrumentos.de_texto(contenido["instrumento"]), contenido["avisos"], contenido["archivo"]


def olvidar(db: Database, huella: str) -> None:
    espera.olvidar(db, CLASE, huella)
