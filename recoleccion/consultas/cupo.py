"""Cuánto se ha registrado por su cuenta en un evento, y cuánto espera apartado por una avalancha."""

import json
from collections.abc import Sequence

from sqlite_utils import Database


def asistencias(db: Database, evento_id: str) -> tuple[int, int]:
    """Cuántas personas se registraron solas, desde la página, y cuántas contó la oficina."""
    fila = db.execute(
        "SELECT coalesce(sum(iif(solas, personas, 0)), 0) AS solas,"
        " coalesce(sum(iif(solas, 0, personas)), 0) AS oficina"
        " FROM (SELECT personas, dispositivo_id IS NULL AND hoja_id IS NULL AND modo IN ('telefono', 'otra_persona')"
        " AS solas FROM asistencia_contada WHERE evento_id = ?)",
        [evento_id],
    ).fetchone()
    return int(fila["solas"]), int(fila["oficina"])


def en_urna(db: Database, evento_id: str, instrumento: str) -> int:
    """Cuántos sobres de una encuesta."""
    consulta = "SELECT count(*) FROM urna WHERE evento_id = ? AND instrumento = ?"
    return int(db.execute(consulta, [evento_id, instrumento]).fetchone()[0])


def apartados(db: Database, codigos: Sequence[str]) -> tuple[int, int]:
    """Cuántos renglones de la cuarentena esperan por esas razones, y cuántos bytes ocupan."""
    fila = db.execute(
        "SELECT count(*) AS cuantos, coalesce(sum(length(bytes)), 0) AS bytes FROM cuarentena"
        " WHERE resuelta_en IS NULL AND codigo IN (SELECT value FROM json_each(?))",
        [json.dumps(list(codigos))],
    ).fetchone()
    return int(fila["cuantos"]), int(fila["bytes"])


def conocido(db: Database, id: str) -> bool:
    """Si un registro con ese número ya está guardado, contado o apartado: volver a mandarlo no agrega nada."""
    consulta = (
        "SELECT EXISTS (SELECT 1 FROM recibido WHERE id = :id) OR EXISTS"
        " (SELECT 1 FROM cuarentena WHERE registro_id = :id)"
    )
    return bool(db.execute(consulta, {"id": id}).fetchone()[0])
