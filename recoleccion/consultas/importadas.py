"""Lo que se leyó de una hoja de cálculo y todavía no se guarda: espera a que la titular lo vea y diga que sí.

Se guarda aquí y no en su navegador, que puede ser el de un teléfono prestado; así la vista previa tiene dirección, la
página se puede recargar y lo que se guarda es exactamente lo que se vio: va por su huella. Vive en la tabla de
borradores, con una clave que ninguna encuesta puede tener, y se borra en un día.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from formularios.instrumento import Instrumento

from . import instrumentos
from .conexion import escritura

PREFIJO = "importada:"
"""Ninguna clave de encuesta lleva dos puntos."""
DURA, CABEN = timedelta(days=1), 20


def dejar(db: Database, instrumento: Instrumento, avisos: Sequence[Any], archivo: str, ahora: datetime) -> str:
    """La deja en espera y devuelve su huella, con que se vuelve a pedir. Lo viejo se borra."""
    contenido = {"instrumento": instrumentos.a_texto(instrumento), "avisos": avisos, "archivo": archivo}
    with escritura(db):
        _borrar_viejas(db, ahora)
        db.execute(
            "INSERT INTO instrumento_borrador (clave, modelo, revision, guardado_en) VALUES (?, ?, 1, ?)"
            " ON CONFLICT (clave) DO UPDATE SET modelo = excluded.modelo, guardado_en = excluded.guardado_en",
            [f"{PREFIJO}{instrumento.huella}", json.dumps(contenido, ensure_ascii=False), ahora.isoformat()],
        )
    return instrumento.huella


def leer(db: Database, huella: str) -> tuple[Instrumento, list[Any], str] | None:
    """La encuesta, sus avisos y el nombre de su archivo; ``None`` si ya no espera."""
    fila = db.execute("SELECT modelo FROM instrumento_borrador WHERE clave = ?", [f"{PREFIJO}{huella}"]).fetchone()
    if fila is None:
        return None
    contenido = json.loads(fila["modelo"])
    return instrumentos.de_texto(contenido["instrumento"]), contenido["avisos"], contenido["archivo"]


def olvidar(db: Database, huella: str) -> None:
    with escritura(db):
        db.execute("DELETE FROM instrumento_borrador WHERE clave = ?", [f"{PREFIJO}{huella}"])


def _borrar_viejas(db: Database, ahora: datetime) -> None:
    """Quedan las de hoy, y no más de las que caben contando la que viene."""
    filas = db.execute(
        "SELECT clave, guardado_en FROM instrumento_borrador WHERE clave LIKE ? ORDER BY guardado_en DESC, clave",
        [f"{PREFIJO}%"],
    ).fetchall()
    for lugar, fila in enumerate(filas, start=1):
        if lugar >= CABEN or ahora - datetime.fromisoformat(fila["guardado_en"]) > DURA:
            db.execute("DELETE FROM instrumento_borrador WHERE clave = ?", [fila["clave"]])
