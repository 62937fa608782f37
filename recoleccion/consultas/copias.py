"""Copias enteras y revisadas de la base, y la que se hace sola antes de cambiar su esquema.

No sabe de candados ni de errores del disco: eso lo pone quien la llama (``respaldo.py``, ``conexion.py``).
"""

from contextlib import closing
from pathlib import Path

from sqlite_utils.utils import sqlite3

from ..errores import ErrorJornada

CARPETA, PREFIJO = "respaldos", "antes-de-"


def copiar(conexion: sqlite3.Connection, destino: Path) -> None:
    """``VACUUM INTO``: lo que se borró no va en ella. Entera y asegurada en el disco, o nada.

    :raises ErrorJornada: ``respaldo_fallido`` si la copia no está entera.
    """
    temporal = destino.with_name(f"{destino.name}.nuevo")
    temporal.unlink(missing_ok=True)
    try:
        temporal.touch(mode=0o600, exist_ok=False)
        conexion.execute("VACUUM INTO ?", [str(temporal)])
        comprobar(temporal)
        temporal.replace(destino)
    finally:
        temporal.unlink(missing_ok=True)


def comprobar(copia: Path) -> None:
    """:raises ErrorJornada: ``respaldo_fallido``."""
    try:
        with closing(sqlite3.connect(f"{copia.resolve().as_uri()}?mode=ro", uri=True)) as conexion:
            resultado = conexion.execute("PRAGMA integrity_check").fetchall()
    except sqlite3.DatabaseError as error:
        raise ErrorJornada("respaldo_fallido") from error
    if resultado != [("ok",)]:
        raise ErrorJornada("respaldo_fallido")


def antes_de(conexion: sqlite3.Connection, ruta: Path, migracion: str) -> Path:
    """La base como está, en ``respaldos/antes-de-MIGRACION.db`` junto a ella. Las de actualizaciones pasadas se quitan.

    Si ya está es que una actualización se cortó sin cambiar nada: se hace de nuevo.
    """
    carpeta = ruta.parent / CARPETA
    carpeta.mkdir(mode=0o700, exist_ok=True)
    destino = carpeta / f"{PREFIJO}{migracion}.db"
    copiar(conexion, destino)
    for otra in carpeta.glob(f"{PREFIJO}*.db"):
        if otra != destino:
            otra.unlink()
    return destino


def la_ultima(ruta: Path) -> Path | None:
    """La copia de antes de la última actualización de esa base, si todavía está."""
    hay = sorted((ruta.parent / CARPETA).glob(f"{PREFIJO}*.db"))
    return hay[-1] if hay else None
