"""Sirve siempre la última publicación: si el archivo cambió de lugar (``os.replace``), la siguiente petición lo ve.

Sólo renombrar serviría lo viejo para siempre, porque Datasette guarda una conexión por hilo; copiar encima daría
«malformed». Aquí cada base lleva sus propias conexiones, así que cambiar la base es cambiar las conexiones: las
peticiones que ya iban terminan con la anterior, que se cierra sola cuando nadie la usa.
"""

import asyncio
import os
import threading
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

from datasette.database import Database
from datasette.utils.sqlite import sqlite3

CADA = 1.0
"""Segundos entre una mirada al archivo y la siguiente."""

Huella = tuple[int, int, int, int]


class BasePublica(Database):
    """Una publicación: un archivo que no cambia, con conexiones que sólo son suyas."""

    def __init__(self, ds: Any, path: str, name: str, route: str) -> None:
        super().__init__(ds, path=path, is_mutable=False)
        self.name = name
        self.route = route
        self._hilo = threading.local()

    async def execute_fn(self, fn: Callable[[Any], Any]) -> Any:
        def en_hilo() -> Any:
            con = getattr(self._hilo, "con", None)
            if con is None:
                con = self.connect()
                self.ds._prepare_connection(con, self.name)
                self._hilo.con = con
            return fn(con)

        return await asyncio.get_running_loop().run_in_executor(self.ds.executor, en_hilo)


class Vigia:
    """Mira los archivos publicados, a lo más una vez por segundo, y cambia la base del que sea otro."""

    def __init__(self, datasette: Any, reloj: Callable[[], float] = time.monotonic) -> None:
        self._ds = datasette
        self._reloj = reloj
        self._miro = reloj()
        self._huellas: dict[str, Huella] = {}

    def adoptar(self) -> None:
        """Al arrancar: cada base inmutable pasa a ser una :class:`BasePublica`."""
        for nombre, base in list(self._ds.databases.items()):
            if base.path and not base.is_mutable:
                self._huellas[nombre] = _huella(str(base.path))
                self._poner(nombre, str(base.path), base.route)

    def mirar(self) -> None:
        """Barato: un ``stat`` por archivo. Un archivo que falta o está a medias deja la publicación anterior."""
        ahora = self._reloj()
        if ahora - self._miro < CADA:
            return
        self._miro = ahora
        for nombre, base in list(self._ds.databases.items()):
            if not isinstance(base, BasePublica):
                continue
            try:
                huella = _huella(base.path)
            except FileNotFoundError:
                continue
            if huella != self._huellas[nombre] and _se_deja_leer(base.path):
                self._poner(nombre, base.path, base.route)
                self._huellas[nombre] = huella

    def _poner(self, nombre: str, ruta: str, en: str) -> None:
        self._ds.databases = {**self._ds.databases, nombre: BasePublica(self._ds, ruta, nombre, en)}


def _huella(ruta: str) -> Huella:
    s = os.stat(ruta)
    return (s.st_dev, s.st_ino, s.st_size, s.st_mtime_ns)


def _se_deja_leer(ruta: str) -> bool:
    try:
        with closing(sqlite3.connect(f"file:{ruta}?immutable=1", uri=True)) as con:
            return con.execute("PRAGMA quick_check").fetchone()[0] == "ok"
    except sqlite3.DatabaseError:
        return False
