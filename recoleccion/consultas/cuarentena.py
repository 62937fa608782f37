"""Lo que llegó y no se pudo tomar: nunca se pierde, siempre se ve."""

import json
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from ..protocolo.decision import MENSAJES
from .conexion import escritura


def guardar(
    db: Database, *, registro_id: str, huella: str, contenido: bytes, codigo: str, dispositivo_id: str | None, dia: str
) -> None:
    """Idempotente por registro y huella: mientras espere, dice la última razón.

    Se guarda el sobre sellado, el día y, si no es una contestación, quién.
    """
    db.execute(
        "INSERT INTO cuarentena (id, registro_id, huella, bytes, codigo, dispositivo_id, recibido_el)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (registro_id, huella) DO UPDATE SET codigo = excluded.codigo WHERE resuelta_en IS NULL",
        [str(uuid.uuid4()), registro_id, huella, contenido, codigo, dispositivo_id, dia],
    )


def listar(db: Database, resueltas: bool = False) -> list[dict[str, Any]]:
    """Lo que espera (o, si se pide, lo resuelto), con su mensaje; sin el contenido."""
    return [
        {**dict(fila), "mensaje": MENSAJES.get(fila["codigo"], "")}
        for fila in db.execute(
            "SELECT q.id, q.registro_id, q.codigo, d.nombre AS dispositivo, q.recibido_el, q.resuelta_en, q.resolucion,"
            " length(q.bytes) AS largo FROM cuarentena q LEFT JOIN dispositivo d ON d.id = q.dispositivo_id"
            " WHERE (q.resuelta_en IS NOT NULL) = ? ORDER BY q.recibido_el DESC, q.id",
            [int(resueltas)],
        )
    ]


def pendiente(db: Database, id: str) -> dict[str, Any] | None:
    """Una de las que esperan, con su contenido sellado."""
    fila = db.execute(
        "SELECT registro_id, huella, bytes, codigo, dispositivo_id FROM cuarentena"
        " WHERE id = ? AND resuelta_en IS NULL",
        [id],
    ).fetchone()
    return dict(fila) if fila else None


def contar(db: Database) -> int:
    """Cuántos esperan."""
    return int(db.execute("SELECT count(*) FROM cuarentena WHERE resuelta_en IS NULL").fetchone()[0])


def esperan(db: Database, ids: Sequence[object]) -> set[str]:
    """De estos registros, los que esperan."""
    filas = db.execute(
        "SELECT registro_id FROM cuarentena"
        " WHERE resuelta_en IS NULL AND registro_id IN (SELECT value FROM json_each(?))",
        [json.dumps(ids)],
    )
    return {fila["registro_id"] for fila in filas}


def resolver(db: Database, id: str, resolucion: str, ahora: datetime) -> None:
    """Anota que ya se revisó y qué se decidió; el contenido se conserva."""
    with escritura(db):
        db.execute(
            "UPDATE cuarentena SET resuelta_en = ?, resolucion = ? WHERE id = ? AND resuelta_en IS NULL",
            [ahora.date().isoformat(), resolucion, id],
        )


def ya_se_acepto(db: Database, registro_id: str, huella: str, ahora: datetime) -> None:
    """Lo retenido que después sí se pudo tomar deja de esperar."""
    db.execute(
        "UPDATE cuarentena SET resuelta_en = ?, resolucion = 'Se volvió a enviar y se guardó.'"
        " WHERE registro_id = ? AND huella = ? AND resuelta_en IS NULL",
        [ahora.date().isoformat(), registro_id, huella],
    )
