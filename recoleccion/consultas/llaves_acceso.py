"""Las llaves de acceso (passkeys) de cada cuenta: su mitad pública, que no es secreto, y su contador."""

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from ..errores import ErrorJornada
from .conexion import escritura

MAXIMAS = 10
NOMBRE_LARGO = 60


@dataclass(frozen=True)
class LlaveAcceso:
    id: str
    cuenta_id: str
    publica: bytes
    contador: int
    nombre: str
    creada_en: str
    usada_en: str | None


def agregar(
    db: Database, cuenta_id: str, *, id: str, publica: bytes, contador: int, nombre: str, ahora: datetime
) -> None:
    """:raises ErrorJornada: ``llave_acceso_repetida``, ``muchas_llaves_acceso``."""
    try:
        with escritura(db):
            if len(de_cuenta(db, cuenta_id)) >= MAXIMAS:
                raise ErrorJornada("muchas_llaves_acceso", cuantas=MAXIMAS)
            db.execute(
                "INSERT INTO llave_acceso (id, cuenta_id, publica, contador, nombre, creada_en)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                [id, cuenta_id, publica, contador, nombre[:NOMBRE_LARGO], ahora.isoformat()],
            )
    except sqlite3.IntegrityError as error:
        raise ErrorJornada("llave_acceso_repetida") from error


def por_id(db: Database, id: str) -> LlaveAcceso | None:
    fila = db.execute(f"{_LEER} WHERE id = ?", [id]).fetchone()
    return LlaveAcceso(**dict(fila)) if fila else None


def de_cuenta(db: Database, cuenta_id: str) -> list[LlaveAcceso]:
    """La más vieja primero."""
    filas = db.execute(f"{_LEER} WHERE cuenta_id = ? ORDER BY creada_en, id", [cuenta_id])
    return [LlaveAcceso(**dict(fila)) for fila in filas]


def cuantas(db: Database) -> int:
    """De todas las cuentas."""
    return int(db.execute("SELECT count(*) FROM llave_acceso").fetchone()[0])


def usar(db: Database, id: str, contador: int, ahora: datetime) -> bool:
    """Anota el uso. ``False`` si el contador no avanzó desde la última vez y la llave sí cuenta."""
    with escritura(db):
        cambio = db.execute(
            "UPDATE llave_acceso SET contador = ?, usada_en = ?"
            " WHERE id = ? AND (contador < ? OR (contador = 0 AND ? = 0))",
            [contador, ahora.isoformat(), id, contador, contador],
        )
        return cambio.rowcount == 1


def quitar(db: Database, cuenta_id: str, id: str) -> str | None:
    """El nombre de la que se quitó; nulo si no era de esa cuenta."""
    with escritura(db):
        llave = por_id(db, id)
        if llave is None or llave.cuenta_id != cuenta_id:
            return None
        db.execute("DELETE FROM llave_acceso WHERE id = ?", [id])
        return llave.nombre


def quitar_todas(db: Database, cuenta_id: str) -> int:
    with escritura(db):
        return db.execute("DELETE FROM llave_acceso WHERE cuenta_id = ?", [cuenta_id]).rowcount


_LEER = "SELECT id, cuenta_id, publica, contador, nombre, creada_en, usada_en FROM llave_acceso"
