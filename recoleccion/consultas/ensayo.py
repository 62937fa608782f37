"""Una copia de la base en memoria, para ensayar una publicación de principio a fin sin escribir nada.

En la copia se abren las urnas, se asignan los lotes y se asientan con las mismas funciones de siempre: lo ensayado es
lo que saldría. Nada de ella toca el disco, y se olvida al terminar.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from . import conexion

_PRIVADOS = (
    "SELECT texto AS t FROM comentario",
    "SELECT titulo FROM evento",
    "SELECT sede FROM evento",
    "SELECT nombre FROM identidad",
    "SELECT telefono FROM identidad",
    "SELECT nombre FROM cuenta",
    "SELECT usuario FROM cuenta",
    "SELECT nombre FROM dispositivo",
    "SELECT folio FROM credencial",
    "SELECT clave FROM evento_clave",
)


@contextmanager
def copia(ruta: Path) -> Iterator[Database]:
    """La base entera en memoria, leída de una sola fotografía; sólo la usa el hilo que la pide.

    :raises ErrorJornada: los de :func:`conexion.abrir`.
    """
    memoria = sqlite3.connect(":memory:", isolation_level=None)
    try:
        origen = conexion.abrir(ruta, solo_lectura=True)
        try:
            with conexion.traducir(ruta):
                origen.conn.backup(memoria)
        finally:
            origen.close()
        memoria.row_factory = sqlite3.Row
        for pragma in ("foreign_keys = ON", "trusted_schema = OFF", "temp_store = MEMORY"):
            memoria.execute(f"PRAGMA {pragma}")
        yield Database(memoria, execute_plugins=False)
    finally:
        memoria.close()


def textos_privados(db: Database) -> set[str]:
    """Lo que no debe aparecer en los bytes de lo publicado: comentarios, títulos y sedes, nombres, folios y claves."""
    filas: list[Any] = db.execute(" UNION ".join(_PRIVADOS)).fetchall()
    return {fila["t"].strip() for fila in filas if fila["t"]}
