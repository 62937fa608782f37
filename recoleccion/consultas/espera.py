"""Lo que se leyó de un archivo y todavía no se guarda: espera un día a que la titular lo vea y diga que sí.

Vive en la tabla de borradores, con claves que llevan dos puntos: ninguna encuesta puede tener una así. Aquí no se dejan
nombres ni teléfonos: la base sólo los guarda sellados.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from .conexion import escritura

DURA, CABEN = timedelta(days=1), 20
"""Cuánto se espera, y cuántas de la misma clase caben contando la que llega."""


def dejar(db: Database, clase: str, huella: str, contenido: Any, ahora: datetime) -> None:
    """Deja ``contenido`` (JSON) en espera; la misma huella se reemplaza. Lo viejo de su clase se borra."""
    with escritura(db):
        _borrar_viejas(db, clase, ahora)
        db.execute(
            "INSERT INTO instrumento_borrador (clave, modelo, revision, guardado_en) VALUES (?, ?, 1, ?)"
            " ON CONFLICT (clave) DO UPDATE SET modelo = excluded.modelo, guardado_en = excluded.guardado_en",
            [f"{clase}:{huella}", json.dumps(contenido, ensure_ascii=False), ahora.isoformat()],
        )


def leer(db: Database, clase: str, huella: str) -> Any | None:
    """Lo que se dejó; ``None`` si ya no espera."""
    fila = db.execute("SELECT modelo FROM instrumento_borrador WHERE clave = ?", [f"{clase}:{huella}"]).fetchone()
    return None if fila is None else json.loads(fila["modelo"])


def olvidar(db: Database, clase: str, huella: str) -> None:
    with escritura(db):
        db.execute("DELETE FROM instrumento_borrador WHERE clave = ?", [f"{clase}:{huella}"])


def _borrar_viejas(db: Database, clase: str, ahora: datetime) -> None:
    filas = db.execute(
        "SELECT clave, guardado_en FROM instrumento_borrador WHERE clave LIKE ? ORDER BY guardado_en DESC, clave",
        [f"{clase}:%"],
    ).fetchall()
    for lugar, fila in enumerate(filas, start=1):
        if lugar >= CABEN or ahora - datetime.fromisoformat(fila["guardado_en"]) > DURA:
            db.execute("DELETE FROM instrumento_borrador WHERE clave = ?", [fila["clave"]])
