"""El archivo público como lo vería quien lo descarga: sus bytes y sus renglones, nada más."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlite_utils.utils import sqlite3

from ..esquema_publico import TABLAS

Fila = dict[str, Any]

DE_LOTE = tuple(n for n, tabla in TABLAS.items() if tabla.llave[0] == "lote" and n not in {"lote", "reglas"})
"""Tablas cuyos renglones son celdas de un lote."""


@dataclass
class Publicado:
    ruta: Path
    con: Any
    crudo: bytes
    _filas: dict[str, list[Fila]] = field(default_factory=dict)
    _por_lote: dict[str, dict[str, list[Fila]]] = field(default_factory=dict)

    @classmethod
    @contextmanager
    def abrir(cls, ruta: Path) -> "Iterator[Publicado]":
        """Se abre inmutable: no crea ``-wal`` ni ``-shm`` a su lado, ni mira los que haya."""
        crudo = ruta.read_bytes()
        with closing(sqlite3.connect(f"{ruta.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as con:
            con.row_factory = sqlite3.Row
            con.execute("PRAGMA trusted_schema = OFF")
            con.execute("SELECT count(*) FROM sqlite_master").fetchone()
            yield cls(ruta, con, crudo)

    def columnas(self, tabla: str) -> list[str]:
        """Las declaradas que el archivo sí trae; una publicación de otra versión puede no tenerlas todas."""
        suyas = {f["name"] for f in self.con.execute("SELECT name FROM pragma_table_info(?)", (tabla,))}
        return [c for c in TABLAS[tabla].columnas if c in suyas]

    def filas(self, tabla: str) -> list[Fila]:
        """Los renglones, con todas las columnas declaradas; nulas las que falten (eso lo dice ``esquema``)."""
        if tabla not in self._filas:
            vacias: Fila = dict.fromkeys(TABLAS[tabla].columnas)
            columnas = self.columnas(tabla)
            cursor = self.con.execute(f"SELECT {', '.join(columnas)} FROM {tabla}") if columnas else ()  # noqa: S608
            self._filas[tabla] = [vacias | dict(fila) for fila in cursor]
        return self._filas[tabla]

    def por_lote(self, tabla: str) -> dict[str, list[Fila]]:
        if tabla not in self._por_lote:
            juntas: dict[str, list[Fila]] = {}
            for fila in self.filas(tabla):
                juntas.setdefault(fila["lote"], []).append(fila)
            self._por_lote[tabla] = juntas
        return self._por_lote[tabla]

    @cached_property
    def reglas(self) -> dict[tuple[str, str], str]:
        """(lote, regla) -> su valor."""
        return {(f["lote"], f["regla"]): f["valor"] for f in self.filas("reglas")}

    @cached_property
    def a_la_vista(self) -> str:
        """Todo texto que se lee en un renglón o en el esquema, cada uno en su línea."""
        textos = {valor for t in TABLAS for fila in self.filas(t) for valor in fila.values() if isinstance(valor, str)}
        esquema = (f["sql"] or "" for f in self.con.execute("SELECT sql FROM sqlite_master"))
        return "\n".join([*sorted(textos), *esquema])
