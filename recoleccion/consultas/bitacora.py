"""Quién hizo qué. La base misma impide cambiarla o borrarla. Nunca lleva datos de asistentes."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from .conexion import escritura


def anotar(db: Database, ahora: datetime, quien: str, accion: str, objeto: str, detalle: str = "") -> None:
    with escritura(db):
        db.execute(
            "INSERT INTO bitacora (cuando, quien, accion, objeto, detalle) VALUES (?, ?, ?, ?, ?)",
            [ahora.isoformat(), quien, accion, objeto, detalle],
        )


def listar(db: Database, cuantas: int = 200) -> list[dict[str, Any]]:
    """Las últimas, la más nueva primero."""
    return [
        dict(fila)
        for fila in db.execute(
            "SELECT id, cuando, quien, accion, objeto, detalle FROM bitacora ORDER BY id DESC LIMIT ?", [cuantas]
        )
    ]


def ultima(db: Database, objeto: str, acciones: Sequence[str]) -> dict[str, Any] | None:
    """Quién (usuario) hizo por última vez alguna de esas acciones, y cuándo."""
    fila = db.execute(
        "SELECT quien, cuando FROM bitacora WHERE objeto = ? AND accion IN (SELECT value FROM json_each(?))"
        " ORDER BY id DESC LIMIT 1",
        [objeto, json.dumps(list(acciones))],
    ).fetchone()
    return dict(fila) if fila else None
