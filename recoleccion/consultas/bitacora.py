"""Quién hizo qué. La base misma impide cambiarla o borrarla. Nunca lleva datos de asistentes."""

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


def ultima(db: Database, accion: str, objeto: str) -> dict[str, Any] | None:
    """Quién (usuario) hizo eso por última vez, y cuándo."""
    fila = db.execute(
        "SELECT quien, cuando FROM bitacora WHERE accion = ? AND objeto = ? ORDER BY id DESC LIMIT 1", [accion, objeto]
    ).fetchone()
    return dict(fila) if fila else None
