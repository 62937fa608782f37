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
        de_antes = _celdas(antes, tabla, lotes)
        de_ahora = _celdas(ahora, tabla, lotes)
        for mal, que in (
            (de_antes.keys() - de_ahora.keys(), "desaparecieron renglones"),
            (de_ahora.keys() - de_antes.keys(), "aparecieron renglones"),
            ({ll for ll, v in de_antes.items() if de_ahora.get(ll, v) != v}, "cambiaron renglones"),
        ):
            if mal:
                donde = f"{tabla}: {' · '.join(map(str, min(mal)))}"
                yield Hallazgo("cambios", donde, f"En un lote ya publicado {que} ({len(mal)}). {SOPORTE}")


def _celdas(p: Publicado, tabla: str, lotes: set[str]) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    llave = TABLAS[tabla].llave
    otras = [c for c in TABLAS[tabla].columnas if c not in llave and c not in _NO_SON_DATOS]
    return {tuple(f[c] for c in llave): tuple(f[c] for c in otras) for f in p.filas(tabla) if f["lote"] in lotes}
