"""Ataque de quien guardó la publicación de antes: lo que cambia de una a otra es lo que alguien hizo en medio."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlite_utils.utils import sqlite3

from ..esquema_publico import TABLAS
from .hallazgo import SOPORTE, Hallazgo
from .lectura import DE_LOTE, Publicado

_NO_SON_DATOS = frozenset({"explicacion"})
"""Textos del programa, que una versión nueva puede redactar mejor."""


def cambios(p: Publicado, anterior: Path) -> Iterator[Hallazgo]:
    """Los renglones de un lote ya publicado no cambian, no se van y no llegan más; un lote publicado no desaparece."""
    try:
        with Publicado.abrir(anterior) as antes:
            yield from _comparar(antes, p)
    except (OSError, sqlite3.DatabaseError):
        que = "La publicación anterior está dañada y no se pudo comparar. Quítela de ahí y publique otra vez."
        yield Hallazgo("cambios", anterior.name, que)


def _comparar(antes: Publicado, ahora: Publicado) -> Iterator[Hallazgo]:
    lotes = {fila["lote"] for fila in antes.filas("lote")}
    for tabla in (*DE_LOTE, "lote", "reglas"):
        # Una versión nueva puede traer más columnas: se comparan las que tienen las dos.
        columnas = [c for c in antes.columnas(tabla) if c in ahora.columnas(tabla) and c not in _NO_SON_DATOS]
        de_antes, de_ahora = (_celdas(p, tabla, lotes, columnas) for p in (antes, ahora))
        for mal, que in (
            (de_antes.keys() - de_ahora.keys(), "desaparecieron renglones"),
            (de_ahora.keys() - de_antes.keys(), "aparecieron renglones"),
            ({ll for ll, v in de_antes.items() if de_ahora.get(ll, v) != v}, "cambiaron renglones"),
        ):
            if mal:
                donde = f"{tabla}: {' · '.join(map(str, min(mal)))}"
                yield Hallazgo("cambios", donde, f"En un lote ya publicado {que} ({len(mal)}). {SOPORTE}")


def _celdas(p: Publicado, tabla: str, lotes: set[str], columnas: list[str]) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    llave = TABLAS[tabla].llave
    return {tuple(f[c] for c in llave): tuple(f[c] for c in columnas) for f in p.filas(tabla) if f["lote"] in lotes}
