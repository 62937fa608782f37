"""Copias de la base mientras se usa, comprobadas antes de darlas por buenas."""

import random
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from ..errores import ErrorJornada
from ..sellado import b64
from . import ajustes, ranuras
from .conexion import escritura, traducir


def copiar(db: Database, destino: Path) -> None:
    """Escribe en ``destino`` una copia entera y revisada; lo que se borró no va en ella.

    :raises ErrorJornada: ``respaldo_existe``, ``respaldo_fallido``, ``disco_lleno``.
    """
    destino = Path(destino)
    if destino.exists():
        raise ErrorJornada("respaldo_existe", archivo=destino)
    temporal = destino.with_name(destino.name + ".nuevo")
    temporal.unlink(missing_ok=True)
    try:
        with traducir(destino):
            temporal.touch(mode=0o600, exist_ok=False)
            db.execute("VACUUM INTO ?", [str(temporal)])
        _comprobar(temporal)
        temporal.rename(destino)
    except OSError as error:
        raise ErrorJornada("respaldo_fallido") from error
    finally:
        temporal.unlink(missing_ok=True)


def _comprobar(copia: Path) -> None:
    """:raises ErrorJornada: ``respaldo_fallido``."""
    try:
        with closing(sqlite3.connect(f"{copia.resolve().as_uri()}?mode=ro", uri=True)) as conexion:
            resultado = conexion.execute("PRAGMA integrity_check").fetchall()
            sueltas = conexion.execute("PRAGMA foreign_key_check").fetchall()
    except sqlite3.DatabaseError as error:
        raise ErrorJornada("respaldo_fallido") from error
    if resultado != [("ok",)] or sueltas:
        raise ErrorJornada("respaldo_fallido")


def nueva_epoca(db: Database, azar: random.Random) -> str:
    """Cambia la época después de restaurar: los teléfonos vuelven a ofrecer lo que ya habían mandado.

    Y los nombres que lleguen van en ranuras del cuaderno sin usar: no comparten llave con los que se perdieron.
    """
    epoca = b64(azar.randbytes(16))
    with escritura(db):
        ajustes.guardar(db, "epoca", epoca)
        ranuras.saltar(db)
    return epoca
