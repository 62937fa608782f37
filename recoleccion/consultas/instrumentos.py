"""Las encuestas guardadas. Un instrumento con contestaciones no cambia: un cambio es otra versión."""

import json
from functools import lru_cache
from typing import Any

from sqlite_utils import Database

from formularios.instrumento import Instrumento

from ..errores import ErrorJornada
from .conexion import escritura


def asegurar(db: Database, instrumento: Instrumento) -> None:
    """Guarda esta versión si falta. :raises ErrorJornada: ``instrumento_cambio`` si ya existe con otro contenido."""
    with escritura(db):
        fila = db.execute(
            "SELECT huella FROM instrumento WHERE clave = ? AND version = ?", [instrumento.clave, instrumento.version]
        ).fetchone()
        if fila is None:
            db.execute(
                "INSERT INTO instrumento (clave, version, titulo, huella, modelo) VALUES (?, ?, ?, ?, ?)",
                [
                    instrumento.clave,
                    instrumento.version,
                    instrumento.titulo,
                    instrumento.huella,
                    json.dumps(instrumento.a_dict(), ensure_ascii=False, sort_keys=True),
                ],
            )
        elif fila["huella"] != instrumento.huella:
            raise ErrorJornada("instrumento_cambio", instrumento=instrumento.clave, version=instrumento.version)


def leer(db: Database, clave: str, version: int) -> Instrumento:
    """:raises ErrorJornada: ``instrumento_no_existe``."""
    fila = db.execute("SELECT modelo FROM instrumento WHERE clave = ? AND version = ?", [clave, version]).fetchone()
    if fila is None:
        raise ErrorJornada("instrumento_no_existe")
    return _de_texto(fila["modelo"])


@lru_cache(maxsize=32)
def _de_texto(modelo: str) -> Instrumento:
    """Un instrumento guardado no cambia: se lee y se revisa una vez por proceso."""
    return Instrumento.de_dict(json.loads(modelo))


def listar(db: Database) -> list[dict[str, Any]]:
    """La última versión de cada encuesta: clave, version, titulo."""
    return [
        dict(fila)
        for fila in db.execute(
            "SELECT clave, max(version) AS version, titulo FROM instrumento GROUP BY clave ORDER BY 1"
        )
    ]


def ultima_version(db: Database, clave: str) -> int:
    """:raises ErrorJornada: ``instrumento_no_existe``."""
    fila = db.execute("SELECT max(version) AS version FROM instrumento WHERE clave = ?", [clave]).fetchone()
    if fila["version"] is None:
        raise ErrorJornada("instrumento_no_existe")
    return int(fila["version"])
