"""Las actas de lo que se borró: qué, cuánto y cuándo, con su huella. Nunca de quién. No se cambian ni se borran."""

import json
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from .. import reglas
from . import bitacora
from .conexion import escritura


def guardar(db: Database, clase: str, datos: dict[str, Any], *, ahora: datetime, quien: str) -> str:
    """Deja el acta con la cabeza de la bitácora de este momento; su id. Dentro de la transacción de lo que se hizo."""
    cabeza = bitacora.cabeza(db)
    dichos = {**datos, "hecha_en": ahora.isoformat(timespec="seconds"), "hecha_por": quien,
              "bitacora": cabeza.corta if cabeza else None}  # fmt: skip
    canonico = reglas.json_canonico(dichos)
    huella = reglas.huella(canonico)
    with escritura(db):
        db.execute(
            "INSERT INTO acta (id, clase, datos, huella, hecha_en, hecha_por) VALUES (?, ?, ?, ?, ?, ?)",
            [huella[:16], clase, canonico.decode(), huella, ahora.isoformat(), quien],
        )
    return huella[:16]


def leer(db: Database, id: str) -> dict[str, Any] | None:
    """El acta con sus ``datos`` y si su huella ``coincide`` con ellos."""
    fila = db.execute("SELECT id, clase, datos, huella, hecha_en, hecha_por FROM acta WHERE id = ?", [id]).fetchone()
    if fila is None:
        return None
    coincide = reglas.huella(fila["datos"].encode()) == fila["huella"]
    return {**dict(fila), "datos": json.loads(fila["datos"]), "coincide": coincide}


def listar(db: Database, clase: str) -> list[dict[str, Any]]:
    """La más nueva primero."""
    filas = db.execute("SELECT id FROM acta WHERE clase = ? ORDER BY hecha_en DESC, id", [clase]).fetchall()
    return [acta for fila in filas if (acta := leer(db, fila["id"])) is not None]
