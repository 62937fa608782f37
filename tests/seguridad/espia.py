"""Oye, sin cambiar nada, cada sentencia que llega a SQLite y cada archivo que se abre: lo que alguien escribió nunca
debe ser parte de una sentencia ni de una ruta.
"""

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from recoleccion.consultas import conexion


@contextmanager
def sentencias() -> Iterator[set[str]]:
    """Las que se preparen mientras dure, en cualquier conexión que abra ``consultas.conexion``."""
    oidas: set[str] = set()
    sqlite = conexion.sqlite3

    class _Cursor(sqlite.Cursor):  # type: ignore[misc]
        def execute(self, sql: str, *otros: Any) -> Any:
            oidas.add(sql)
            return super().execute(sql, *otros)

        def executemany(self, sql: str, *otros: Any) -> Any:
            oidas.add(sql)
            return super().executemany(sql, *otros)

        def executescript(self, sql: str) -> Any:
            oidas.add(sql)
            return super().executescript(sql)

    class _Conexion(sqlite.Connection):  # type: ignore[misc]
        def cursor(self, *_: Any) -> Any:
            return super().cursor(_Cursor)

        def execute(self, sql: str, *otros: Any) -> Any:
            return self.cursor().execute(sql, *otros)

        def executemany(self, sql: str, *otros: Any) -> Any:
            return self.cursor().executemany(sql, *otros)

        def executescript(self, sql: str) -> Any:
            return self.cursor().executescript(sql)

    de_veras = sqlite.connect
    with pytest.MonkeyPatch.context() as parche:
        parche.setattr(sqlite, "connect", lambda *como, **mas: de_veras(*como, **mas, factory=_Conexion))
        yield oidas


_oidas: set[str] | None = None


def _oir(suceso: str, datos: tuple[Any, ...]) -> None:
    if _oidas is not None and suceso == "open" and isinstance(datos[0], str | bytes):
        _oidas.add(datos[0].decode("utf-8", "replace") if isinstance(datos[0], bytes) else datos[0])


sys.addaudithook(_oir)  # Python avisa de todo archivo que se abre; mientras nadie pregunta no se anota


@contextmanager
def abiertos() -> Iterator[set[str]]:
    """Las rutas que se abran mientras dure."""
    global _oidas
    _oidas = oidas = set()
    try:
        yield oidas
    finally:
        _oidas = None


def todo_lo_guardado(ruta: Path, menos: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """Cada renglón de cada tabla, como texto."""
    with closing(conexion.abrir(ruta, solo_lectura=True)) as db:
        tablas = [f[0] for f in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {t: sorted(str(tuple(f)) for f in db.execute(f'SELECT * FROM "{t}"')) for t in tablas if t not in menos}
