"""Quién vino: las cuentas en vivo y la lista para firmar."""

from typing import Any

from sqlite_utils import Database

from . import identidades, urna


def vivo(db: Database, evento_id: str) -> dict[str, Any]:
    """Cuántas personas van, sin nombres: total, por_modo, por_sexo, por_edad, en_urna y telefonos_pendientes.

    ``telefonos_pendientes`` son los teléfonos que dijeron tener algo sin enviar (de cualquier evento).
    """
    return {
        "total": db.execute(
            "SELECT coalesce(sum(personas), 0) FROM asistencia_contada WHERE evento_id = ?", [evento_id]
        ).fetchone()[0],
        "por_modo": _por(db, "iif(hoja_id IS NULL, modo, 'papel')", evento_id),
        "por_sexo": _por(db, "sexo", evento_id),
        "por_edad": _por(db, "edad", evento_id),
        "en_urna": urna.cuantas(db, evento_id),
        "telefonos_pendientes": db.execute(
            "SELECT count(*) FROM dispositivo WHERE pendientes > 0 AND revocado_en IS NULL"
        ).fetchone()[0],
    }


def quienes(db: Database, evento_id: str) -> list[dict[str, Any]]:
    """Quién registró cuántas con los teléfonos de la oficina, de más a menos; ``nombre`` nulo: no lo dijo."""
    return [
        dict(fila)
        for fila in db.execute(
            "SELECT c.nombre, sum(a.personas) AS personas FROM asistencia_contada a"
            " LEFT JOIN cuenta c ON c.id = a.promotora_id"
            " WHERE a.evento_id = ? AND a.dispositivo_id IS NOT NULL"
            " GROUP BY a.promotora_id ORDER BY c.nombre IS NULL, personas DESC, c.nombre",
            [evento_id],
        )
    ]


def _por(db: Database, columna: str, evento_id: str) -> dict[str, int]:
    return {
        fila["grupo"]: fila["n"]
        for fila in db.execute(
            f"SELECT {columna} AS grupo, sum(personas) AS n FROM asistencia_contada"  # noqa: S608
            " WHERE evento_id = ? GROUP BY 1 ORDER BY 1",
            [evento_id],
        )
    }


def lista(db: Database, evento_id: str) -> list[dict[str, Any]]:
    """Los renglones de la lista para firmar. Los conteos no llevan renglón.

    ``sobre``: nombre y teléfono sellados (:func:`.identidades.mostrar`); en claro sólo si la oficina no tiene llave.
    """
    filas = db.execute(
        "SELECT a.id, a.modo, a.sexo, a.edad, a.procedencia, a.recibido_en, i.nombre, i.telefono, i.sobre, i.ranura"
        " FROM asistencia_contada a LEFT JOIN identidad i ON i.asistencia_id = a.id"
        " WHERE a.evento_id = ? AND a.modo <> 'conteo'"
        " ORDER BY a.id",
        [evento_id],
    )
    return identidades.con_capa(db, filas)
