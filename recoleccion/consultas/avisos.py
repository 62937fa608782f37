"""El aviso de privacidad, por versiones: cada registro guarda cuál se leyó."""

from datetime import datetime
from typing import Any

from sqlite_utils import Database

from ..errores import ErrorJornada
from .conexion import escritura

_COLUMNAS = "version, simplificado, integral, leido, vigente_desde"


def vigente(db: Database) -> dict[str, Any]:
    """El más nuevo. :raises ErrorJornada: ``sin_aviso``."""
    fila = db.execute(f"SELECT {_COLUMNAS} FROM aviso ORDER BY version DESC LIMIT 1").fetchone()  # noqa: S608
    if fila is None:
        raise ErrorJornada("sin_aviso")
    return dict(fila)


def leer(db: Database, version: int) -> dict[str, Any] | None:
    fila = db.execute(f"SELECT {_COLUMNAS} FROM aviso WHERE version = ?", [version]).fetchone()  # noqa: S608
    return dict(fila) if fila else None


def nuevo(db: Database, *, simplificado: str, integral: str, leido: str, ahora: datetime) -> int:
    """Guarda otra versión y la devuelve; las anteriores no se tocan. Si el texto es igual, no crea otra."""
    with escritura(db):
        ultima = db.execute(f"SELECT {_COLUMNAS} FROM aviso ORDER BY version DESC LIMIT 1").fetchone()  # noqa: S608
        if ultima and (ultima["simplificado"], ultima["integral"], ultima["leido"]) == (simplificado, integral, leido):
            return int(ultima["version"])
        version = int(ultima["version"]) + 1 if ultima else 1
        db.execute(
            "INSERT INTO aviso (version, simplificado, integral, leido, vigente_desde) VALUES (?, ?, ?, ?, ?)",
            [version, simplificado, integral, leido, ahora.date().isoformat()],
        )
    return version
