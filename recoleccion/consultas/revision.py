"""Lo que ``jornada verificar`` le pregunta a la base. Sólo lee: no la pone al día ni la repara."""

from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from .conexion import traducir
from .esquema import migraciones

MAXIMO = 5


def danos(db: Database, ruta: Path) -> list[str]:
    """Lo que dice SQLite de un archivo dañado; nada si está entero. :raises ErrorJornada: si ni leerlo se puede."""
    with traducir(ruta):
        dicho = [fila[0] for fila in db.execute(f"PRAGMA integrity_check({MAXIMO})")]
    return [] if dicho == ["ok"] else dicho


def sin_su_otra_parte(db: Database) -> dict[str, int]:
    """Por tabla, cuántos renglones nombran a otro que ya no está."""
    cuenta: dict[str, int] = {}
    for fila in db.execute("PRAGMA foreign_key_check"):
        cuenta[fila[0]] = cuenta.get(fila[0], 0) + 1
    return cuenta


def esquema(db: Database) -> str:
    """``al_dia``, ``atrasado`` (este programa es más nuevo), ``adelantado`` (la base lo es) o ``vacio``."""
    if not db["_sqlite_migrations"].exists():
        return "vacio"
    nuestras = [migracion.name for migracion in migraciones._migrations]
    aplicadas = {
        fila["name"]
        for fila in db.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = ?", [migraciones.name])
    }
    if not aplicadas:
        return "vacio"
    if aplicadas - set(nuestras):
        return "adelantado"
    return "al_dia" if aplicadas == set(nuestras) else "atrasado"


def ultima_hora(db: Database) -> datetime | None:
    """La del último renglón de la bitácora: el reloj no puede ir por detrás."""
    fila = db.execute("SELECT cuando FROM bitacora ORDER BY id DESC LIMIT 1").fetchone()
    try:
        hora = datetime.fromisoformat(fila["cuando"]) if fila else None
    except ValueError:
        return None
    return hora if hora and hora.tzinfo else None
