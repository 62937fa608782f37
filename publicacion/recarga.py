"""Sirve siempre la última publicación: si el archivo cambió de lugar (``os.replace``), la siguiente petición lo ve.

Sólo renombrar serviría lo viejo para siempre, porque Datasette guarda una conexión por hilo; copiar encima daría
«malformed». Aquí cada publicación es una :class:`Entrega` con sus propias conexiones y sus bytes. La petición que
empezó con una termina con ella, aunque a medio camino llegue otra: ninguna página mezcla dos.
"""

import asyncio
import hashlib
import os
import queue
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from datasette.database import Database, Results
from datasette.utils.sqlite import sqlite3

from .limites import LIBRE, consultar

CADA = 0.25
"""Segundos entre una mirada al archivo y la siguiente."""
_INTENTOS = 3

Huella = tuple[int, int, int, int]


class Entrega:
    """Una publicación abierta: un archivo que ya no cambia, sus bytes y tantas conexiones como hilos tiene Datasette.

    ``sha256``: de los bytes. Las conexiones se cierran solas cuando nadie la usa.

    :raises sqlite3.DatabaseError: si el archivo no es una base entera, o cambió mientras se abría.
    :raises FileNotFoundError: si no está.
    """

    def __init__(self, ruta: str, conectar: Callable[[], Any], cuantas: int) -> None:
        self.marca = _huella(ruta)
        with open(ruta, "rb") as archivo:
            self.contenido = archivo.read()
        self.sha256 = hashlib.sha256(self.contenido).hexdigest()
        self.cuentas: dict[str, int] | None = None
        self._libres: queue.SimpleQueue[Any] = queue.SimpleQueue()
        for _ in range(cuantas):
            con = conectar()
            self._libres.put(con)
        if con.execute("PRAGMA quick_check").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError("el archivo está dañado")
        if _huella(ruta) != self.marca:
            raise Cambio("el archivo cambió mientras se abría")

    @property
    def corta(self) -> str:
        return self.sha256[:12]

    def usar(self, fn: Callable[[Any], Any]) -> Any:
        con = self._libres.get()
        try:
            return fn(con)
        finally:
            self._libres.put(con)


class Cambio(sqlite3.DatabaseError):
    """Otra publicación llegó mientras se abría ésta."""


ENTREGAS: ContextVar[Mapping[str, Entrega]] = ContextVar("jornada_entregas", default={})  # noqa: B039  # no se escribe
"""La publicación de cada base con que empezó esta petición."""


class BasePublica(Database):
    """La base que ve Datasette: siempre la misma, aunque cambie la publicación que tiene detrás."""

    def __init__(self, ds: Any, path: str, name: str, route: str) -> None:
        self.vigente: Entrega | None = None
        super().__init__(ds, path=path, is_mutable=False)
        self.name = name
        self.route = route
        self.renovar()

    def renovar(self) -> None:
        """Abre lo que haya ahora en la ruta; si no se puede, sigue la de antes."""
        for vez in range(_INTENTOS):
            try:
                self.vigente = Entrega(str(self.path), self._conectar, max(1, self.ds.setting("num_sql_threads")))
                return
            except Cambio:
                if vez + 1 == _INTENTOS:
                    raise

    def _conectar(self) -> Any:
        con = sqlite3.connect(f"file:{self.path}?immutable=1", uri=True, check_same_thread=False)
        self.ds._prepare_connection(con, self.name)
        return con

    @property
    def entrega(self) -> Entrega:
        """La de esta petición."""
        suya = ENTREGAS.get().get(self.name) or self.vigente
        assert suya is not None
        return suya

    async def execute_fn(self, fn: Callable[[Any], Any]) -> Any:
        entrega = self.entrega
        return await asyncio.get_running_loop().run_in_executor(self.ds.executor, entrega.usar, fn)

    async def execute(self, sql: str, params: Any = None, *args: Any, **kwargs: Any) -> Results:
        libre = LIBRE.get()
        if libre is None or not libre.esta_en(sql):
            return await super().execute(sql, params, *args, **{"log_sql_errors": False} | kwargs)
        if sql.startswith("explain "):
            # Sólo para adivinar los parámetros: Datasette los busca entonces en el texto.
            raise sqlite3.OperationalError("no se explica una consulta libre")
        return await consultar(self.entrega.contenido, sql, params, libre)

    @property
    def hash(self) -> str:
        return self.entrega.sha256

    @property
    def size(self) -> int:
        return len(self.entrega.contenido)

    @property
    def _cached_table_counts(self) -> dict[str, int] | None:
        return self.entrega.cuentas if self.vigente else None

    @_cached_table_counts.setter
    def _cached_table_counts(self, cuentas: dict[str, int] | None) -> None:
        if self.vigente:
            self.entrega.cuentas = cuentas


class Vigia:
    """Mira los archivos publicados, cuando más cada :data:`CADA` segundos, y renueva la base del que sea otro."""

    def __init__(self, datasette: Any, reloj: Callable[[], float] = time.monotonic) -> None:
        self.datasette = datasette
        self._reloj = reloj
        self._miro = reloj()
        self._malas: dict[str, Huella] = {}

    def adoptar(self) -> None:
        """Al arrancar: cada base inmutable pasa a ser una :class:`BasePublica`."""
        for nombre, base in list(self.datasette.databases.items()):
            if base.path and not base.is_mutable:
                nueva = BasePublica(self.datasette, str(base.path), nombre, base.route)
                self.datasette.databases = {**self.datasette.databases, nombre: nueva}
        self._preguntar_una_vez()

    def _preguntar_una_vez(self) -> None:
        """Lo que Datasette averigua en cada petición y aquí sólo cambia al publicar, o nunca.

        Si cambiaron las tablas de sus bases, y los permisos que los metadatos dan a cada una (los copia enteros).
        """
        refrescar, al_dia = self.datasette.refresh_schemas, ""

        async def si_hace_falta() -> None:
            nonlocal al_dia
            if (ahora := ",".join(b.entrega.sha256 for b in self.bases())) != al_dia:
                await refrescar()
                al_dia = ahora

        self.datasette.refresh_schemas = si_hace_falta
        if permisos := getattr(self.datasette, "_table_permission_allows", None):
            self.datasette._table_permission_allows = lru_cache(maxsize=256)(permisos)

    def bases(self) -> list[BasePublica]:
        return [b for b in self.datasette.databases.values() if isinstance(b, BasePublica)]

    def mirar(self) -> dict[str, Entrega]:
        """La publicación vigente de cada base. Barato: un ``stat`` por archivo.

        Un archivo que falta, cambia a media lectura o está dañado deja la anterior; el dañado no se vuelve a leer.
        """
        ahora = self._reloj()
        if ahora - self._miro >= CADA:
            self._miro = ahora
            for base in self.bases():
                self._renovar(base)
        return {base.name: base.vigente for base in self.bases() if base.vigente}

    def _renovar(self, base: BasePublica) -> None:
        try:
            huella = _huella(str(base.path))
            if base.vigente and huella in (base.vigente.marca, self._malas.get(base.name)):
                return
            base.renovar()
        except (FileNotFoundError, Cambio):
            return
        except sqlite3.DatabaseError:
            self._malas[base.name] = huella


def _huella(ruta: str) -> Huella:
    s = os.stat(ruta)
    return (s.st_dev, s.st_ino, s.st_size, s.st_mtime_ns)
