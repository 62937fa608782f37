"""Quién hizo qué. La base misma impide cambiarla o borrarla, y va encadenada: lo que se haga por fuera se nota.

Nunca lleva datos de asistentes. Cómo es la cadena y qué detecta: ``cadena.py``.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from . import ajustes, cadena
from .conexion import escritura
from .esquema_bitacora import CABEZA

_COLUMNAS = ", ".join(cadena.CAMPOS)
_FILTROS = {
    "desde": "substr(cuando, 1, 10) >= :desde",
    "hasta": "substr(cuando, 1, 10) <= :hasta",
    "quien": "quien = :quien",
    "accion": "accion = :accion",
    "texto": "(instr(lower(objeto), lower(:texto)) OR instr(lower(detalle), lower(:texto))"
    " OR instr(lower(accion), lower(:texto)))",
}


def anotar(db: Database, ahora: datetime, quien: str, accion: str, objeto: str, detalle: str = "") -> None:
    """Un renglón más, unido a la cabeza que está aparte y no al último que se vea: cortar los últimos no se tapa."""
    with escritura(db):
        hay = db.execute("SELECT max(id) FROM bitacora").fetchone()[0] or 0
        anterior = cabeza(db) or cadena.Cabeza(0, cadena.PERDIDA if hay else cadena.PRINCIPIO)
        fila = dict(zip(cadena.CAMPOS, (0, ahora.isoformat(), quien, accion, objeto, detalle), strict=True))
        fila["id"] = max(hay, anterior.id) + 1
        fila["huella"] = cadena.huella(anterior.huella, fila)
        db.execute(
            f"INSERT INTO bitacora ({_COLUMNAS}, huella) VALUES (:{', :'.join(cadena.CAMPOS)}, :huella)",  # noqa: S608
            fila,
        )
        ajustes.guardar(db, CABEZA, str(cadena.Cabeza(fila["id"], fila["huella"])))


def cabeza(db: Database) -> cadena.Cabeza | None:
    """La que está aparte: sin recorrer nada. Es la que se imprime."""
    return cadena.Cabeza.de_texto(ajustes.leer(db, CABEZA))


def revisar(db: Database) -> cadena.Revision:
    """Recorre toda la cadena: 20,000 renglones en menos de dos décimas de segundo."""
    return cadena.revisar(db.execute(f"SELECT {_COLUMNAS}, huella FROM bitacora ORDER BY id"), cabeza(db))  # noqa: S608


def de_papel(db: Database, impreso: str) -> dict[str, Any] | None:
    """El renglón cuya huella empieza con lo impreso, si lo hay. Mayúsculas y espacios dan igual."""
    letras = "".join(impreso.split()).lower()
    if len(letras) < cadena.LARGO_CORTO or not set(letras) <= set("0123456789abcdef"):
        return None
    fila = db.execute(
        f"SELECT {_COLUMNAS} FROM bitacora WHERE substr(huella, 1, :largo) = :letras",  # noqa: S608
        {"largo": len(letras), "letras": letras},
    ).fetchone()
    return dict(fila) if fila else None


def listar(
    db: Database,
    cuantas: int = 200,
    *,
    salto: int = 0,
    filtros: Mapping[str, str] | None = None,
    con_huella: bool = False,
) -> list[dict[str, Any]]:
    """La más nueva primero. ``filtros``: ``desde`` y ``hasta`` (fechas ISO), ``quien``, ``accion``, ``texto``."""
    donde, dichos = _donde(filtros)
    columnas = f"{_COLUMNAS}, huella" if con_huella else _COLUMNAS
    return [
        dict(fila)
        for fila in db.execute(
            f"SELECT {columnas} FROM bitacora {donde} ORDER BY id DESC LIMIT :cuantas OFFSET :salto",  # noqa: S608
            dichos | {"cuantas": cuantas, "salto": salto},
        )
    ]


def contar(db: Database, filtros: Mapping[str, str] | None = None) -> int:
    donde, dichos = _donde(filtros)
    cuantas: int = db.execute(f"SELECT count(*) FROM bitacora {donde}", dichos).fetchone()[0]  # noqa: S608
    return cuantas


def _donde(filtros: Mapping[str, str] | None) -> tuple[str, dict[str, Any]]:
    dichos: dict[str, Any] = {clave: valor for clave, valor in (filtros or {}).items() if valor}
    condiciones = " AND ".join(_FILTROS[clave] for clave in dichos)
    return (f"WHERE {condiciones}" if condiciones else ""), dichos


def quienes_y_que(db: Database) -> tuple[list[str], list[str]]:
    """Los usuarios y las acciones que aparecen, en orden."""
    quienes, acciones = (
        [fila[0] for fila in db.execute(f"SELECT DISTINCT {columna} FROM bitacora ORDER BY 1")]  # noqa: S608
        for columna in ("quien", "accion")
    )
    return quienes, acciones


def ultima(db: Database, objeto: str, acciones: Sequence[str]) -> dict[str, Any] | None:
    """Quién (usuario) hizo por última vez alguna de esas acciones, y cuándo."""
    fila = db.execute(
        "SELECT quien, cuando FROM bitacora WHERE objeto = ? AND accion IN (SELECT value FROM json_each(?))"
        " ORDER BY id DESC LIMIT 1",
        [objeto, json.dumps(list(acciones))],
    ).fetchone()
    return dict(fila) if fila else None
