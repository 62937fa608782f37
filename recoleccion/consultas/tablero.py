"""Las cuentas que el panel enseña de un vistazo, agrupadas por la base. Sólo lee; nunca nombres."""

import json
from collections.abc import Iterable
from typing import Any

from sqlite_utils import Database

_AGENDA = (
    "SELECT e.id, e.titulo, e.tipo, e.fecha, e.hora_inicio, e.hora_fin, e.sede, e.zona, e.estado, e.efemeride,"
    " e.serie_id FROM evento e"
)
_SIN_CERRAR = "FROM evento WHERE fecha < :hoy AND estado IN ('programado', 'abierto')"
_GENTE = (
    " FROM evento e JOIN asistencia_contada a ON a.evento_id = e.id"
    " WHERE e.fecha BETWEEN :desde AND :hasta AND e.estado <> 'cancelado'"
)


def personas_por_evento(db: Database, ids: Iterable[str] | None = None) -> dict[str, int]:
    """Cuántas asistencias lleva cada evento que tenga alguna: de ``ids``, o de todos."""
    if ids is None:
        filas = db.execute("SELECT evento_id, sum(personas) AS n FROM asistencia_contada GROUP BY evento_id")
    else:
        filas = db.execute(
            "SELECT evento_id, sum(personas) AS n FROM asistencia_contada"
            " WHERE evento_id IN (SELECT value FROM json_each(?)) GROUP BY evento_id",
            [json.dumps(list(ids))],
        )
    return {fila["evento_id"]: fila["n"] for fila in filas}


def meses(db: Database) -> list[str]:
    """Los meses con eventos, como ``2026-11``, del más nuevo al más viejo."""
    return [
        fila["mes"] for fila in db.execute("SELECT DISTINCT substr(fecha, 1, 7) AS mes FROM evento ORDER BY 1 DESC")
    ]


def anios(db: Database) -> list[int]:
    """Los años con eventos o con líneas del programa, del más nuevo al más viejo."""
    return [
        int(fila[0])
        for fila in db.execute(
            "SELECT DISTINCT CAST(substr(fecha, 1, 4) AS INTEGER) FROM evento UNION SELECT ejercicio FROM linea_poa"
            " ORDER BY 1 DESC"
        )
    ]


# --- Qué hay y cuándo -------------------------------------------------------------------------------------------


def agenda(db: Database, desde: str, hasta: str) -> list[dict[str, Any]]:
    """Los eventos entre dos fechas ISO (incluidas), por fecha y hora: lo que hace falta para un renglón."""
    filas = db.execute(
        f"{_AGENDA} WHERE e.fecha BETWEEN ? AND ? ORDER BY e.fecha, e.hora_inicio, e.titulo, e.id", [desde, hasta]
    )
    return [dict(fila) for fila in filas]


def sin_cerrar(db: Database, hoy: str, cuantos: int) -> tuple[int, list[dict[str, Any]]]:
    """De los de antes de ``hoy`` que nadie cerró: cuántos son y los ``cuantos`` más nuevos, en orden."""
    total = db.execute(f"SELECT count(*) {_SIN_CERRAR}", {"hoy": hoy}).fetchone()[0]
    filas = db.execute(
        f"SELECT id, titulo, fecha, hora_inicio, hora_fin, sede, estado {_SIN_CERRAR}"
        " ORDER BY fecha DESC, hora_inicio DESC, id LIMIT :cuantos",
        {"hoy": hoy, "cuantos": cuantos},
    ).fetchall()
    return int(total), [dict(fila) for fila in reversed(filas)]


def eventos_por_dia(db: Database, desde: str, hasta: str) -> dict[str, int]:
    """Cuántos eventos no cancelados hay cada día que tenga alguno."""
    return {
        fila["fecha"]: fila["n"]
        for fila in db.execute(
            "SELECT fecha, count(*) AS n FROM evento WHERE fecha BETWEEN ? AND ? AND estado <> 'cancelado'"
            " GROUP BY fecha",
            [desde, hasta],
        )
    }


def para_icalendar(db: Database, desde: str, hasta: str) -> list[dict[str, Any]]:
    """Los eventos entre dos fechas ISO (incluidas), con lo que dice un calendario: nada de personas."""
    return [
        dict(fila)
        for fila in db.execute(
            "SELECT id, titulo, sede, fecha, hora_inicio, hora_fin, estado, creado_en, revision FROM evento"
            " WHERE fecha BETWEEN ? AND ? ORDER BY fecha, hora_inicio, id",
            [desde, hasta],
        )
    ]


# --- A cuántas personas -----------------------------------------------------------------------------------------


def gente(db: Database, desde: str, hasta: str) -> list[dict[str, Any]]:
    """Las asistencias entre dos fechas ISO por ``mes``, ``zona``, ``sexo`` y ``edad`` (``n``), cada una una vez."""
    return [
        dict(fila)
        for fila in db.execute(
            f"SELECT substr(e.fecha, 1, 7) AS mes, e.zona, a.sexo, a.edad, sum(a.personas) AS n {_GENTE}"
            " GROUP BY 1, 2, 3, 4",
            {"desde": desde, "hasta": hasta},
        )
    ]


def gente_por_dia(db: Database, desde: str, hasta: str) -> dict[str, int]:
    """Cuántas asistencias hubo cada día que tuvo alguna."""
    filas = db.execute(
        f"SELECT e.fecha, sum(a.personas) AS n {_GENTE} GROUP BY e.fecha",
        {"desde": desde, "hasta": hasta},
    )
    return {fila["fecha"]: fila["n"] for fila in filas}


def gente_por_evento(
    db: Database, desde: str, hasta: str, *, sexos: Iterable[str] = (), edad: str = "", zona: str = ""
) -> list[dict[str, Any]]:
    """De qué eventos salen esas asistencias: ``id``, ``titulo``, ``fecha``, ``sede``, ``n``; el más nuevo primero."""
    return [
        dict(fila)
        for fila in db.execute(
            f"SELECT e.id, e.titulo, e.fecha, e.sede, sum(a.personas) AS n {_GENTE}"  # noqa: S608
            " AND (:sexos = '[]' OR a.sexo IN (SELECT value FROM json_each(:sexos)))"
            " AND (:edad = '' OR a.edad = :edad) AND (:zona = '' OR e.zona = :zona)"
            " GROUP BY e.id ORDER BY e.fecha DESC, e.hora_inicio DESC, e.id",
            {"desde": desde, "hasta": hasta, "sexos": json.dumps(list(sexos)), "edad": edad, "zona": zona},
        )
    ]


def registradas_por(db: Database, cuenta_id: str, desde: str) -> list[dict[str, Any]]:
    """Lo que registró una promotora en los eventos desde una fecha ISO: ``id``, ``titulo``, ``fecha``, ``n``."""
    return [
        dict(fila)
        for fila in db.execute(
            "SELECT e.id, e.titulo, e.fecha, sum(a.personas) AS n FROM evento e"
            " JOIN asistencia_contada a ON a.evento_id = e.id"
            " WHERE e.fecha >= ? AND e.estado <> 'cancelado' AND a.promotora_id = ?"
            " GROUP BY e.id ORDER BY e.fecha DESC, e.id",
            [desde, cuenta_id],
        )
    ]


# --- Lo que espera ----------------------------------------------------------------------------------------------


def urnas_en_espera(db: Database) -> list[dict[str, Any]]:
    """Eventos cerrados cuya urna sigue cerrada porque no junta lo suficiente: ``id``, ``titulo``, ``fecha``, ``n``."""
    return [
        dict(fila)
        for fila in db.execute(
            "SELECT e.id, e.titulo, e.fecha, count(*) AS n FROM urna u JOIN evento e ON e.id = u.evento_id"
            " WHERE e.estado = 'cerrado' GROUP BY e.id ORDER BY e.fecha, e.id"
        )
    ]


def documentos(db: Database, hasta: str) -> list[dict[str, Any]]:
    """Lo pedido con fecha límite hasta ``hasta`` y sin entregar: ``id``, ``linea``, ``tipo``, ``nota``, ``limite``."""
    return [
        dict(fila)
        for fila in db.execute(
            "SELECT id, linea, tipo, nota, institucion, limite FROM actividad WHERE limite <= ?"
            " AND cumplida_el IS NULL AND quitada_en IS NULL ORDER BY limite, id",
            [hasta],
        )
    ]


def con_registros(db: Database, ejercicio: int) -> set[int]:
    """Los trimestres de un año en que hubo algún evento no cancelado o alguna actividad."""
    return {
        fila[0]
        for fila in db.execute(
            "SELECT (CAST(substr(fecha, 6, 2) AS INTEGER) + 2) / 3 FROM evento"
            " WHERE fecha BETWEEN :desde AND :hasta AND estado <> 'cancelado'"
            " UNION SELECT (CAST(substr(fecha, 6, 2) AS INTEGER) + 2) / 3 FROM actividad"
            " WHERE fecha BETWEEN :desde AND :hasta AND quitada_en IS NULL",
            {"desde": f"{ejercicio}-01-01", "hasta": f"{ejercicio}-12-31"},
        )
    }


def informados(db: Database, ejercicio: int) -> set[tuple[str, str]]:
    """De qué periodos de un ejercicio ya hay informe: ``(clase, periodo)``."""
    return {
        (fila["clase"], fila["periodo"])
        for fila in db.execute("SELECT DISTINCT clase, periodo FROM informe WHERE ejercicio = ?", [ejercicio])
    }


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
