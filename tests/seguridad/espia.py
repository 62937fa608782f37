"""Oye, sin cambiar nada, el texto de cada sentencia que llega a SQLite: un dato de alguien nunca debe ir en él."""

from collections.abc import Iterator
from contextlib import contextmanager
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
