"""Lo que hay detrás de cada número de una línea: sus eventos, sus actividades y las verificaciones del directorio.

Son los mismos registros que cuenta :mod:`.avance`, uno por uno y sin nombres de nadie.
"""

from typing import Any

from sqlite_utils import Database

_DE_LA_LINEA = "SELECT evento_id FROM evento_linea WHERE ejercicio = :ejercicio AND linea = :linea"
_EVENTOS = f"""
 SELECT e.id, e.titulo, e.fecha, e.hora_inicio, e.sede, (CAST(substr(e.fecha, 6, 2) AS INTEGER) + 2) / 3 AS trimestre,
   e.serie_id IS NOT NULL AS sesiones, coalesce(g.personas, 0) AS asistencias,
   coalesce(g.mujeres, 0) AS mujeres, coalesce(g.hombres, 0) AS hombres,
   coalesce(g.personas - g.mujeres - g.hombres, 0) AS no_especificado,
   (SELECT count(*) FROM evento_institucion i WHERE i.evento_id = e.id) AS vinculos,
   coalesce(c.n, 0) AS contestaciones
 FROM evento e
 LEFT JOIN (SELECT evento_id, sum(personas) AS personas, sum(iif(sexo = 'M', personas, 0)) AS mujeres,
     sum(iif(sexo = 'H', personas, 0)) AS hombres
   FROM asistencia_contada WHERE evento_id IN ({_DE_LA_LINEA}) GROUP BY 1) g ON g.evento_id = e.id
 LEFT JOIN (SELECT evento_id, sum(n) AS n FROM (SELECT evento_id, max(n) AS n FROM recuento_evento
   WHERE evento_id IN ({_DE_LA_LINEA}) GROUP BY evento_id, instrumento, version) GROUP BY 1) c ON c.evento_id = e.id
 WHERE e.id IN ({_DE_LA_LINEA}) AND e.estado <> 'cancelado' AND e.fecha BETWEEN :desde AND :hasta
 ORDER BY e.fecha, e.hora_inicio, e.id"""  # noqa: S608


def eventos(db: Database, ejercicio: int, linea: str) -> list[dict[str, Any]]:
    """Los no cancelados de ese año que llevan la línea, por fecha; también los que están por venir.

    De cada uno, lo que da para cada medida: ``asistencias``, ``sesiones`` (1 si es de una serie), ``vinculos`` y
    ``contestaciones``.
    """
    return [dict(fila) for fila in db.execute(_EVENTOS, _periodo(ejercicio) | {"linea": linea})]


def por_venir(db: Database, ejercicio: int, hoy: str) -> dict[str, int]:
    """Cuántos eventos no cancelados de ese año vienen después de hoy, por línea."""
    return {
        fila["linea"]: fila["n"]
        for fila in db.execute(
            "SELECT l.linea, count(*) AS n FROM evento e JOIN evento_linea l ON l.evento_id = e.id"
            " WHERE l.ejercicio = :ejercicio AND e.fecha BETWEEN :desde AND :hasta AND e.fecha > :hoy"
            " AND e.estado <> 'cancelado' GROUP BY 1",
            _periodo(ejercicio) | {"hoy": hoy},
        )
    }


def actividades(db: Database, ejercicio: int, linea: str, *, hasta: str) -> list[dict[str, Any]]:
    """Lo anotado de la línea hasta esa fecha, y lo que se cumplió en ese año aunque se haya pedido antes.

    ``avance``: el trimestre de ese año en que cuenta como avance, o nulo. ``de``: en el que se pidió o se hizo; nulo si
    fue en otro año. ``personas``: las que dice, de cualquier sexo.
    """
    filas = db.execute(
        "SELECT id, fecha, tipo, cantidad, mujeres, hombres, no_especificado, alcance, cuenta, limite, cumplida_el,"
        " programa, institucion, tema, nota, ejercicio FROM actividad"
        " WHERE linea = :linea AND quitada_en IS NULL AND ((ejercicio = :ejercicio AND fecha BETWEEN :desde AND :hasta)"
        " OR (cuenta = 'avance' AND limite IS NOT NULL AND cumplida_el BETWEEN :desde AND :hasta))"
        " ORDER BY fecha, id",
        {**_periodo(ejercicio), "linea": linea, "hasta": min(hasta, f"{ejercicio}-12-31")},
    )
    return [_con_trimestres(dict(fila), ejercicio, hasta) for fila in filas]


def _con_trimestres(fila: dict[str, Any], ejercicio: int, hasta: str) -> dict[str, Any]:
    cuenta_el = fila["fecha"] if fila["limite"] is None else fila["cumplida_el"]
    suya = fila["cuenta"] == "avance" and cuenta_el is not None and f"{ejercicio}" <= cuenta_el <= hasta
    de_este = fila["ejercicio"] == ejercicio and fila["fecha"].startswith(f"{ejercicio}-")
    return fila | {
        "personas": sum(fila[c] or 0 for c in ("mujeres", "hombres", "no_especificado")),
        "de": _trimestre(fila["fecha"]) if de_este else None,
        "avance": _trimestre(cuenta_el) if suya and cuenta_el.startswith(f"{ejercicio}-") else None,
    }


def _trimestre(fecha: str) -> int:
    return (int(fecha[5:7]) + 2) // 3


def verificadas(db: Database, ejercicio: int, *, hasta: str) -> list[dict[str, Any]]:
    """Cada institución, una vez por trimestre en que se verificó: ``id``, ``nombre``, ``trimestre`` y última ``fecha``.

    ``nombre`` es nulo si ya no está en el directorio.
    """
    return [
        dict(fila)
        for fila in db.execute(
            "SELECT v.institucion_id AS id, i.nombre, (CAST(substr(v.fecha, 6, 2) AS INTEGER) + 2) / 3 AS trimestre,"
            " max(v.fecha) AS fecha FROM institucion_verificada v LEFT JOIN institucion i ON i.id = v.institucion_id"
            " WHERE v.fecha BETWEEN :desde AND :hasta GROUP BY 1, 2, 3 ORDER BY 3, 2",
            _periodo(ejercicio) | {"hasta": min(hasta, f"{ejercicio}-12-31")},
        )
    ]


def _periodo(ejercicio: int) -> dict[str, Any]:
    return {"ejercicio": ejercicio, "desde": f"{ejercicio}-01-01", "hasta": f"{ejercicio}-12-31"}
