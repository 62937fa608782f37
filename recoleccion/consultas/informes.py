"""Los informes guardados (una foto con fecha y huella) y las cuentas que sólo ellos piden. Nunca nombres."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from ..errores import ErrorJornada
from . import poa
from .conexion import escritura

Periodo = Mapping[str, Any]
"""``ejercicio``, ``desde`` y ``hasta`` (fechas ISO, incluidas)."""

_HECHO = "e.estado <> 'cancelado' AND e.fecha BETWEEN :desde AND :hasta"
_SEXO = "CASE a.sexo WHEN 'M' THEN 'mujeres' WHEN 'H' THEN 'hombres' ELSE 'no_especificado' END"
_POR_SEXO = (
    "coalesce(sum(CASE WHEN a.sexo = 'M' THEN a.personas END), 0) AS mujeres,"
    " coalesce(sum(CASE WHEN a.sexo = 'H' THEN a.personas END), 0) AS hombres,"
    " coalesce(sum(CASE WHEN a.sexo NOT IN ('M', 'H') THEN a.personas END), 0) AS no_especificado,"
    " coalesce(sum(a.personas), 0) AS total"
)


@dataclass(frozen=True)
class Informe:
    """Uno guardado. ``texto`` es el JSON del que es la huella; ``datos``, lo mismo ya leído."""

    id: str
    clase: str
    ejercicio: int
    periodo: str
    texto: str
    huella: str
    hecho_en: str
    hecho_por: str

    @property
    def datos(self) -> dict[str, Any]:
        leido: dict[str, Any] = json.loads(self.texto)
        return leido


def guardar(
    db: Database, *, id: str, clase: str, ejercicio: int, periodo: str, texto: str, ahora: datetime, quien: str
) -> str:
    """Guarda los datos de un informe y devuelve su id. El mismo id dos veces es un solo informe, el primero.

    :param texto: el JSON canónico (:func:`recoleccion.informes.canonico.texto`).
    """
    fila = [id, clase, ejercicio, periodo, texto, _huella(texto), ahora.isoformat(), quien]
    with escritura(db):
        db.execute(
            "INSERT INTO informe (id, clase, ejercicio, periodo, datos, huella, hecho_en, hecho_por)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
            fila,
        )
    return id


def leer(db: Database, id: str) -> Informe:
    """:raises ErrorJornada: ``informe_no_existe``; ``informe_alterado`` si ya no da su huella."""
    fila = db.execute(
        "SELECT id, clase, ejercicio, periodo, datos AS texto, huella, hecho_en, hecho_por FROM informe WHERE id = ?",
        [id],
    ).fetchone()
    if fila is None:
        raise ErrorJornada("informe_no_existe")
    informe = Informe(**dict(fila))
    if _huella(informe.texto) != informe.huella:
        raise ErrorJornada("informe_alterado")
    return informe


def listar(db: Database, ejercicio: int | None = None, periodo: str | None = None) -> list[dict[str, Any]]:
    """Los guardados, sin sus datos; el más nuevo primero."""
    return [
        dict(fila)
        for fila in db.execute(
            "SELECT id, clase, ejercicio, periodo, huella, hecho_en, hecho_por,"
            " json_extract(datos, '$.titulo') AS titulo, json_extract(datos, '$.corte') AS corte,"
            " json_extract(datos, '$.hasta') AS hasta"
            " FROM informe WHERE (:ejercicio IS NULL OR ejercicio = :ejercicio)"
            " AND (:periodo IS NULL OR periodo = :periodo) ORDER BY hecho_en DESC, id",
            {"ejercicio": ejercicio, "periodo": periodo},
        )
    ]


def ultimo(db: Database, ejercicio: int | None = None, periodo: str | None = None) -> dict[str, Any] | None:
    """Los datos del guardado más nuevo; sin periodo, el de cualquiera: de él se toman las firmas."""
    guardados = listar(db, ejercicio, periodo)
    return leer(db, guardados[0]["id"]).datos if guardados else None


def _huella(texto: str) -> str:
    return hashlib.sha256(texto.encode()).hexdigest()


# --- Las cuentas ------------------------------------------------------------------------------------------------------


def cruce(db: Database, periodo: Periodo, efemerides: tuple[str, ...] = ()) -> dict[tuple[str, str], int]:
    """Asistencias por ``(mujeres|hombres|no_especificado, edad)``; cada evento una vez, lleve o no líneas.

    :param efemerides: sólo los eventos con una de ellas; vacía, todos.
    """
    filas = db.execute(
        f"SELECT {_SEXO} AS sexo, a.edad, sum(a.personas) AS n"  # noqa: S608  textos fijos de este módulo
        f" FROM evento e JOIN asistencia_contada a ON a.evento_id = e.id WHERE {_HECHO} AND {_con(efemerides)}"
        " GROUP BY 1, 2",
        _valores(periodo, efemerides),
    )
    return {(fila["sexo"], fila["edad"]): fila["n"] for fila in filas}


def cruce_de_evento(db: Database, evento_id: str) -> dict[tuple[str, str], int]:
    """Lo mismo, de un solo evento."""
    filas = db.execute(
        f"SELECT {_SEXO} AS sexo, a.edad, sum(a.personas) AS n FROM asistencia_contada a"  # noqa: S608
        " WHERE a.evento_id = ? GROUP BY 1, 2",
        [evento_id],
    )
    return {(fila["sexo"], fila["edad"]): fila["n"] for fila in filas}


def por_localidad(db: Database, periodo: Periodo, efemerides: tuple[str, ...] = ()) -> dict[str, dict[str, int]]:
    """Por localidad del evento: ``eventos`` y ``asistencias``, cada evento una vez."""
    filas = db.execute(
        "SELECT localidad, count(*) AS eventos, sum(n) AS asistencias FROM (SELECT e.id, e.localidad,"  # noqa: S608
        " coalesce(sum(a.personas), 0) AS n FROM evento e LEFT JOIN asistencia_contada a ON a.evento_id = e.id"
        f" WHERE {_HECHO} AND {_con(efemerides)} GROUP BY e.id) GROUP BY 1",
        _valores(periodo, efemerides),
    )
    return {fila["localidad"]: {"eventos": fila["eventos"], "asistencias": fila["asistencias"]} for fila in filas}


def eventos(
    db: Database, periodo: Periodo, *, linea: str | None = None, efemerides: tuple[str, ...] = ()
) -> list[dict[str, Any]]:
    """Los eventos hechos en el periodo con su población (``mujeres``, ``hombres``, ``no_especificado``, ``total``).

    Por fecha, con ``id``, ``titulo``, ``tipo``, ``tema``, ``sede``, ``localidad`` y ``fotos``.
    """
    return [
        dict(fila)
        for fila in db.execute(
            "SELECT e.id, e.fecha, e.titulo, e.tipo, e.tema, e.sede, e.localidad, e.efemeride,"  # noqa: S608
            f" {_POR_SEXO}, (SELECT count(*) FROM evidencia v WHERE v.evento_id = e.id AND v.clase = 'foto'"
            " AND v.quitada_en IS NULL) AS fotos"
            " FROM evento e LEFT JOIN asistencia_contada a ON a.evento_id = e.id"
            f" WHERE {_HECHO} AND {_con(efemerides)} AND (:linea IS NULL OR EXISTS (SELECT 1 FROM evento_linea l"
            " WHERE l.evento_id = e.id AND l.ejercicio = :ejercicio AND l.linea = :linea))"
            " GROUP BY e.id ORDER BY e.fecha, e.hora_inicio, e.id",
            {**_valores(periodo, efemerides), "linea": linea},
        )
    ]


def evidencias(db: Database, periodo: Periodo) -> dict[str, dict[str, int]]:
    """Por línea: ``listas`` (sus eventos con alguien registrado) y ``fotos`` (de sus eventos y actividades)."""
    filas = db.execute(
        "WITH hecho AS (SELECT e.id, l.linea FROM evento e JOIN evento_linea l ON l.evento_id = e.id"  # noqa: S608
        f" WHERE l.ejercicio = :ejercicio AND {_HECHO}),"
        " foto AS (SELECT h.linea, count(*) AS n FROM hecho h JOIN evidencia v ON v.evento_id = h.id"
        " WHERE v.clase = 'foto' AND v.quitada_en IS NULL GROUP BY 1"
        " UNION ALL SELECT t.linea, count(*) FROM actividad t JOIN evidencia v ON v.actividad_id = t.id"
        " WHERE t.ejercicio = :ejercicio AND t.fecha BETWEEN :desde AND :hasta AND t.quitada_en IS NULL"
        " AND v.clase = 'foto' AND v.quitada_en IS NULL GROUP BY 1)"
        " SELECT p.clave AS linea,"
        " (SELECT count(*) FROM hecho h WHERE h.linea = p.clave AND EXISTS"
        " (SELECT 1 FROM asistencia a WHERE a.evento_id = h.id)) AS listas,"
        " (SELECT coalesce(sum(n), 0) FROM foto f WHERE f.linea = p.clave) AS fotos"
        " FROM linea_poa p WHERE p.ejercicio = :ejercicio",
        _valores(periodo),
    )
    return {fila["linea"]: {"listas": fila["listas"], "fotos": fila["fotos"]} for fila in filas}


def actividades(
    db: Database, periodo: Periodo, *, linea: str | None = None, lineas: tuple[str, ...] = ()
) -> list[dict[str, Any]]:
    """Las anotadas en el periodo que nadie quitó, de una línea o de varias, por fecha. Sin la nota."""
    elegidas = (linea,) if linea else lineas
    return [
        dict(fila)
        for fila in db.execute(
            "SELECT id, linea, tipo, fecha, cantidad, cuenta, mujeres, hombres, no_especificado, alcance FROM actividad"
            " WHERE ejercicio = :ejercicio AND fecha BETWEEN :desde AND :hasta AND quitada_en IS NULL"
            " AND linea IN (SELECT value FROM json_each(:lineas)) ORDER BY fecha, id",
            {**_valores(periodo), "lineas": json.dumps(elegidas)},
        )
    ]


def cambios(db: Database, ejercicio: int, desde: str, hasta: str) -> list[dict[str, Any]]:
    """Los cambios al programa entre dos fechas: ``linea``, ``que``, ``antes``, ``despues``, ``justificacion``.

    Definir algo por primera vez no es un cambio.
    """
    return [
        dict(fila)
        for fila in db.execute(
            "SELECT linea, que, antes, despues, justificacion, substr(cuando, 1, 10) AS fecha FROM poa_cambio"
            " WHERE ejercicio = ? AND substr(cuando, 1, 10) BETWEEN ? AND ? AND justificacion <> ? ORDER BY cuando, id",
            [ejercicio, desde, hasta, poa.PRIMERA_VEZ],
        )
    ]


def _con(efemerides: tuple[str, ...]) -> str:
    return "e.efemeride IN (SELECT value FROM json_each(:efemerides))" if efemerides else "1"


def _valores(periodo: Periodo, efemerides: tuple[str, ...] = ()) -> dict[str, Any]:
    base = {"ejercicio": periodo["ejercicio"], "desde": periodo["desde"], "hasta": periodo["hasta"]}
    return base | ({"efemerides": json.dumps(efemerides)} if efemerides else {})
