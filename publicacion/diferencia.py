"""Qué cambiaría en el archivo público: renglones que se agregan, cambian o se van, tabla por tabla."""

from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from sqlite_utils.utils import sqlite3

from .esquema_publico import TABLAS


class Diferencia(NamedTuple):
    """De una tabla pública, cuántos renglones había y cuántos se agregan, cambian o se van."""

    tabla: str
    titulo: str
    habia: int
    agrega: int
    cambia: int
    quita: int


def comparar(anterior: Path | None, nuevo: Path) -> list[Diferencia]:
    """Sólo las tablas en que algo se movió. Sin ``anterior`` todo se agrega."""
    viejas, nuevas = (_tablas(ruta) for ruta in (anterior, nuevo))
    todas = [_una(tabla, viejas[tabla], nuevas[tabla]) for tabla in TABLAS]
    return [d for d in todas if d.agrega or d.cambia or d.quita]


def _una(tabla: str, viejas: dict[Any, Any], nuevas: dict[Any, Any]) -> Diferencia:
    comunes = viejas.keys() & nuevas.keys()
    return Diferencia(
        tabla,
        TABLAS[tabla].titulo,
        len(viejas),
        len(nuevas.keys() - viejas.keys()),
        sum(viejas[llave] != nuevas[llave] for llave in comunes),
        len(viejas.keys() - nuevas.keys()),
    )


def _tablas(ruta: Path | None) -> dict[str, dict[Any, Any]]:
    """Los renglones de cada tabla por su llave; las que el archivo no tenga (es de otra versión), vacías."""
    salida: dict[str, dict[Any, Any]] = {tabla: {} for tabla in TABLAS}
    if ruta is None or not ruta.is_file():
        return salida
    with closing(sqlite3.connect(f"{ruta.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as con:
        con.row_factory = sqlite3.Row
        hay = {fila[0] for fila in con.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for tabla, forma in TABLAS.items():
            if tabla in hay:
                for fila in con.execute(f"SELECT * FROM {tabla}"):  # noqa: S608  # de nuestra lista
                    salida[tabla][tuple(fila[c] for c in forma.llave if c in fila.keys())] = dict(fila)  # noqa: SIM118
    return salida


def lotes_de(ruta: Path) -> frozenset[str]:
    """Los lotes que trae un archivo público; ninguno si no está o no se puede leer."""
    if not ruta.is_file():
        return frozenset()
    try:
        with closing(sqlite3.connect(f"{ruta.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as con:
            return frozenset(fila[0] for fila in con.execute("SELECT lote FROM lote"))
    except sqlite3.DatabaseError:
        return frozenset()
