"""Las cuentas que el panel enseña de un vistazo. Sólo lee; nunca nombres."""

from typing import Any

from sqlite_utils import Database


def personas_por_evento(db: Database) -> dict[str, int]:
    """Cuántas asistencias lleva cada evento que tenga alguna."""
    return {
        fila["evento_id"]: fila["n"]
        for fila in db.execute("SELECT evento_id, sum(personas) AS n FROM asistencia_contada GROUP BY evento_id")
    }


def meses(db: Database) -> list[str]:
    """Los meses con eventos, como ``2026-11``, del más nuevo al más viejo."""
    return [
        fila["mes"] for fila in db.execute("SELECT DISTINCT substr(fecha, 1, 7) AS mes FROM evento ORDER BY 1 DESC")
    ]


def urnas_en_espera(db: Database) -> list[dict[str, Any]]:
    """Eventos cerrados cuya urna sigue cerrada porque no junta lo suficiente: ``id``, ``titulo``, ``fecha``, ``n``."""
    return [
        dict(fila)
        for fila in db.execute(
            "SELECT e.id, e.titulo, e.fecha, count(*) AS n FROM urna u JOIN evento e ON e.id = u.evento_id"
            " WHERE e.estado = 'cerrado' GROUP BY e.id ORDER BY e.fecha, e.id"
        )
    ]


def lineas(db: Database, ejercicio: int, hoy: str) -> dict[str, dict[str, int]]:
    """Por línea del POA: ``realizados``, ``por_venir`` (eventos no cancelados de ese año) y ``asistencias``.

    Una asistencia cuenta en cada línea que marque su evento: las líneas no se suman entre sí.

    :param hoy: fecha ISO; lo de hoy ya es realizado.
    """
    filas = db.execute(
        "SELECT l.linea, sum(e.fecha <= :hoy) AS realizados, sum(e.fecha > :hoy) AS por_venir,"
        " coalesce(sum(p.n), 0) AS asistencias"
        " FROM evento_linea l JOIN evento e ON e.id = l.evento_id"
        " LEFT JOIN (SELECT evento_id, sum(personas) AS n FROM asistencia_contada GROUP BY evento_id) p"
        " ON p.evento_id = e.id"
        " WHERE l.ejercicio = :ejercicio AND substr(e.fecha, 1, 4) = :anio AND e.estado <> 'cancelado'"
        " GROUP BY l.linea",
        {"hoy": hoy, "ejercicio": ejercicio, "anio": str(ejercicio)},
    )
    return {fila["linea"]: {c: fila[c] for c in ("realizados", "por_venir", "asistencias")} for fila in filas}
