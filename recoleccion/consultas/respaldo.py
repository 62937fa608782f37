"""Copias de la base mientras se usa, comprobadas antes de darlas por buenas."""

import random
from pathlib import Path

from sqlite_utils import Database

from ..errores import ErrorJornada
from ..sellado import b64
from . import ajustes, copias, ranuras, sesiones
from .conexion import escritura, traducir


def copiar(db: Database, destino: Path) -> None:
    """Escribe en ``destino`` una copia entera y revisada; lo que se borró no va en ella.

    :raises ErrorJornada: ``respaldo_existe``, ``respaldo_fallido``, ``disco_lleno``.
    """
    destino = Path(destino)
    if destino.exists():
        raise ErrorJornada("respaldo_existe", archivo=destino)
    try:
        with traducir(destino):
            copias.copiar(db.conn, destino)
    except OSError as error:
        raise ErrorJornada("respaldo_fallido") from error


def nueva_epoca(db: Database, azar: random.Random) -> str:
    """Cambia la época después de restaurar: los teléfonos vuelven a ofrecer lo que ya habían mandado.

    Las sesiones de entonces se cierran. Los nombres que lleguen van en ranuras del cuaderno sin usar: no comparten
    llave con los que se perdieron.
    """
    with escritura(db):
        sesiones.cerrar_todas(db)
        ranuras.saltar(db)
        return solo_la_epoca(db, azar)


def solo_la_epoca(db: Database, azar: random.Random) -> str:
    """La época nueva y nada más: sirve también en una base de antes de una actualización."""
    epoca = b64(azar.randbytes(16))
    ajustes.guardar(db, "epoca", epoca)
    return epoca
