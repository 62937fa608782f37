"""Los teléfonos de las promotoras. Del permiso para enviar sólo se guarda el resumen."""

import random
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from .. import reglas
from ..sellado import b64
from .conexion import escritura

_COLUMNAS = (
    "d.id, d.nombre, d.cuenta_id, c.nombre AS cuenta, d.creado_en, d.revocado_en, d.visto_en, d.pendientes,"
    " d.sesgo_ms, d.version_app"
)
_DISPOSITIVO = f"SELECT {_COLUMNAS} FROM dispositivo d JOIN cuenta c ON c.id = d.cuenta_id"  # noqa: S608


def alta(db: Database, nombre: str, cuenta_id: str, ahora: datetime, azar: random.Random) -> tuple[str, str]:
    """Da de alta un teléfono: su id y su permiso (``D1`` y 43 letras), que sólo se ve esta vez."""
    id, token = reglas.nuevo_id(azar), "D1" + b64(azar.randbytes(32))
    with escritura(db):
        db.execute(
            "INSERT INTO dispositivo (id, nombre, cuenta_id, token_huella, creado_en) VALUES (?, ?, ?, ?, ?)",
            [id, nombre.strip() or "Teléfono", cuenta_id, reglas.huella(token.encode()), ahora.isoformat()],
        )
    return id, token


def por_token(db: Database, token: str) -> dict[str, Any] | None:
    """El teléfono de un permiso vigente.

    Vale aunque su cuenta se haya desactivado: lo que ya registró no se pierde. Para que no envíe, se revoca.
    """
    fila = db.execute(
        f"{_DISPOSITIVO} WHERE d.token_huella = ? AND d.revocado_en IS NULL",
        [reglas.huella(token.encode())],
    ).fetchone()
    return dict(fila) if fila else None


def visto(
    db: Database, id: str, ahora: datetime, pendientes: int | None, sesgo_ms: int | None, version_app: str | None
) -> None:
    """Anota cuándo se supo de él y qué dijo; lo que venga nulo deja lo anterior."""
    with escritura(db):
        db.execute(
            "UPDATE dispositivo SET visto_en = ?, pendientes = coalesce(?, pendientes),"
            " sesgo_ms = coalesce(?, sesgo_ms), version_app = coalesce(?, version_app) WHERE id = ?",
            [ahora.isoformat(), pendientes, sesgo_ms, version_app, id],
        )


def listar(db: Database) -> list[dict[str, Any]]:
    """Todos, los revocados al final."""
    return [dict(f) for f in db.execute(f"{_DISPOSITIVO} ORDER BY d.revocado_en IS NOT NULL, d.nombre, d.id")]


def revocar(db: Database, id: str, ahora: datetime) -> None:
    """Ya no puede enviar; lo que guarda se recupera cuando entre otra vez."""
    with escritura(db):
        db.execute(
            "UPDATE dispositivo SET revocado_en = ? WHERE id = ? AND revocado_en IS NULL", [ahora.isoformat(), id]
        )
