"""El aviso de privacidad, por versiones: cada registro guarda cuál se leyó."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from ..errores import ErrorJornada
from ..fechas import fecha_corta
from .conexion import escritura

PARTES = ("simplificado", "integral", "leido")
_COLUMNAS = "version, simplificado, integral, leido, vigente_desde"
_VERSION = re.compile(r"Esta es la versión [0-9]{1,6}, vigente desde el [0-9]{2}/[0-9]{2}/[0-9]{4}")
_HUECO = re.compile(r"\[\s*completar\b[^\]\n]*\]?", re.IGNORECASE)


def huecos(textos: Mapping[str, Any]) -> list[str]:
    """Los «[completar: …]» que quedan en los textos de un aviso, como están escritos."""
    return [hueco for parte in PARTES for hueco in _HUECO.findall(textos[parte] or "")]


def vigente(db: Database) -> dict[str, Any]:
    """El más nuevo. :raises ErrorJornada: ``sin_aviso``."""
    fila = db.execute(f"SELECT {_COLUMNAS} FROM aviso ORDER BY version DESC LIMIT 1").fetchone()  # noqa: S608
    if fila is None:
        raise ErrorJornada("sin_aviso")
    return dict(fila)


def leer(db: Database, version: int) -> dict[str, Any] | None:
    fila = db.execute(f"SELECT {_COLUMNAS} FROM aviso WHERE version = ?", [version]).fetchone()  # noqa: S608
    return dict(fila) if fila else None


def versiones(db: Database) -> list[dict[str, Any]]:
    """Todas, la más nueva primero, con ``registros``: cuántas asistencias se hicieron con ella."""
    return [
        dict(fila)
        for fila in db.execute(
            f"SELECT {_COLUMNAS}, coalesce(n, 0) AS registros FROM aviso LEFT JOIN"  # noqa: S608
            " (SELECT aviso_version, count(*) AS n FROM asistencia GROUP BY aviso_version) ON aviso_version = version"
            " ORDER BY version DESC"
        )
    ]


def nuevo(db: Database, *, simplificado: str, integral: str, leido: str, ahora: datetime) -> int:
    """Guarda otra versión y la devuelve; las anteriores no se tocan. Si el texto es igual, no crea otra.

    El renglón «Esta es la versión…, vigente desde el…», si lo trae, queda con el número y la fecha que le tocan.
    """
    textos = (simplificado, integral, leido)
    with escritura(db):
        ultima = db.execute(f"SELECT {_COLUMNAS} FROM aviso ORDER BY version DESC LIMIT 1").fetchone()  # noqa: S608
        if ultima and [_VERSION.sub("", ultima[p]) for p in PARTES] == [_VERSION.sub("", texto) for texto in textos]:
            return int(ultima["version"])
        version = int(ultima["version"]) + 1 if ultima else 1
        dice = f"Esta es la versión {version}, vigente desde el {fecha_corta(ahora)}"
        simplificado, integral, leido = (_VERSION.sub(dice, texto) for texto in textos)
        db.execute(
            "INSERT INTO aviso (version, simplificado, integral, leido, vigente_desde) VALUES (?, ?, ?, ?, ?)",
            [version, simplificado, integral, leido, ahora.date().isoformat()],
        )
    return version
