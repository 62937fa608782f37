"""Sirve siempre la última publicación: si el archivo cambió de lugar (``os.replace``), la siguiente petición lo ve.

Sólo renombrar serviría lo viejo para siempre, porque Datasette guarda una conexión por hilo; copiar encima daría
«malformed». Aquí cada publicación abre de una vez sus propias conexiones: quedan atadas a ese archivo aunque otro tome
su nombre. Las peticiones que ya iban terminan con la anterior, que se cierra sola cuando nadie la usa.
"""

import asyncio
import os
import queue
import time
from collections.abc import Callable
from typing import Any

from datasette.database import Database
from datasette.utils.sqlite import sqlite3

CADA = 1.0
"""Segundos entre una mirada al archivo y la siguiente."""

Huella = tuple[int, int, int, int]


class BasePublica(Database):
    """Una publicación: un archivo que no cambia, con tantas conexiones como hilos tiene Datasette.

    :raises sqlite3.DatabaseError: si el archivo no es una base entera.
    """

    def __init__(self, ds: Any, path: str, name: str, route: str) -> None:
        super().__init__(ds, path=path, is_mutable=False)
        self.name = name
        self.route = route
        self._libres: queue.SimpleQueue[Any] = queue.SimpleQueue()
        for _ in range(max(1, ds.setting("num_sql_threads"))):
            con = self.connect()
            ds._prepare_connection(con, name)
            self._libres.put(con)
        if con.execute("PRAGMA quick_check").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError("el archivo está dañado")

    async def execute_fn(self, fn: Callable[[Any], Any]) -> Any:
        def en_hilo() -> Any:
            con = self._libres.get()
            try:
                return fn(con)
            finally:
                self._libres.put(con)

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
                if _huella(base.path) != self._huellas[nombre]:
                    self._poner(nombre, base.path, base.route)
            except (FileNotFoundError, sqlite3.DatabaseError):
                continue

    def _poner(self, nombre: str, ruta: str, en: str) -> None:
        # La huella se toma antes de abrir: si el archivo cambia en medio, la siguiente mirada lo nota.
        huella = _huella(ruta)
        nueva = BasePublica(self._ds, ruta, nombre, en)
        self._ds.databases = {**self._ds.databases, nombre: nueva}
        self._huellas[nombre] = huella


def _huella(ruta: str) -> Huella:
    s = os.stat(ruta)
    return (s.st_dev, s.st_ino, s.st_size, s.st_mtime_ns)
