"""Hasta cuándo se guardan los nombres: el 31 de diciembre del año que sigue al del programa, como dice el aviso.

Entonces se borran sin vuelta atrás: el renglón de ``identidad`` se va con ``secure_delete``, y el archivo se reescribe
para que no quede en un hueco. Las cuentas (sexo, edad, procedencia) no se tocan.
"""

from datetime import date

from sqlite_utils import Database

from ..errores import ErrorJornada
from .conexion import compactar, escritura, vaciar_bitacora

_CON_NOMBRE = (
    "FROM evento e WHERE substr(e.fecha, 1, 4) = :anio AND EXISTS (SELECT 1 FROM asistencia a"
    " JOIN identidad i ON i.asistencia_id = a.id WHERE a.evento_id = e.id)"
)
_SUYAS = (
    "FROM identidad WHERE asistencia_id IN (SELECT a.id FROM evento e JOIN asistencia a ON a.evento_id = e.id"
    " WHERE substr(e.fecha, 1, 4) = :anio)"
)


def ultimo_vencido(hoy: date) -> int:
    """El último año cuyos nombres ya no se pueden guardar: el de hace dos."""
    return hoy.year - 2


def vencidos(db: Database, hoy: date) -> list[int]:
    """Los años de programa que ya vencieron y todavía tienen nombres o teléfonos, del más viejo al más nuevo."""
    return [anio for anio in _anios(db) if anio <= ultimo_vencido(hoy) and _tiene(db, anio)]


def _anios(db: Database) -> list[int]:
    return [int(f[0]) for f in db.execute("SELECT DISTINCT substr(fecha, 1, 4) FROM evento ORDER BY 1")]


def _tiene(db: Database, anio: int) -> bool:
    return db.execute(f"SELECT 1 {_CON_NOMBRE} LIMIT 1", {"anio": f"{anio:04d}"}).fetchone() is not None


def por_anio(db: Database) -> dict[int, int]:
    """Cuántos nombres o teléfonos se guardan de cada año de programa; los años sin ninguno no están."""
    return {
        int(fila["anio"]): fila["n"]
        for fila in db.execute(
            "SELECT substr(e.fecha, 1, 4) AS anio, count(*) AS n FROM identidad i"
            " JOIN asistencia a ON a.id = i.asistencia_id JOIN evento e ON e.id = a.evento_id GROUP BY 1 ORDER BY 1"
        )
    }


def borrar(db: Database, anio: int, hoy: date) -> int:
    """Borra los nombres y teléfonos de un año vencido, dentro de la transacción de quien llama; cuántos eran.

    Después hay que llamar a :func:`rematar`, ya fuera de ella.

    :raises ErrorJornada: ``nombres_sin_vencer``.
    """
    if anio > ultimo_vencido(hoy):
        raise ErrorJornada("nombres_sin_vencer", anio=anio, hasta=anio + 1)
    with escritura(db):
        return int(db.execute(f"DELETE {_SUYAS}", {"anio": f"{anio:04d}"}).rowcount)


def rematar(db: Database) -> None:
    """Que lo borrado no quede tampoco en los huecos del archivo ni en su bitácora."""
    compactar(db)
    vaciar_bitacora(db)
