"""Las series: un programa con varias sesiones, cuánta gente va a cada una y cuánta permanece.

La permanencia sale de las credenciales: sin tarjeta no se sabe si quien vino hoy es quien vino la vez pasada, y no se
adivina. Sólo son cuentas; de aquí no sale quién es nadie.
"""

import random
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlite_utils import Database

from ..errores import ErrorJornada
from . import cartas, eventos
from .conexion import escritura

PERMANECE = Fraction(8, 10)
"""Permanece quien vino por lo menos a esta parte de las sesiones que ya se hicieron."""


@dataclass(frozen=True)
class Sesion:
    """Cuánta gente hubo en una sesión. ``nuevas``: de las que traían credencial, las que no habían venido antes."""

    evento: Mapping[str, Any]
    personas: int
    con_credencial: int
    nuevas: int

    @property
    def repiten(self) -> int:
        """Las que traían credencial y ya habían venido."""
        return self.con_credencial - self.nuevas


@dataclass(frozen=True)
class Permanencia:
    """Cómo se mantuvo la gente en las ``sesiones`` que ya se hicieron.

    ``veces``: a cuántas sesiones vinieron -> cuántas credenciales. ``sin_credencial``: asistencias, no personas.
    """

    sesiones: tuple[Sesion, ...]
    veces: Mapping[int, int]
    sin_credencial: int

    @property
    def personas(self) -> int:
        """Credenciales distintas que vinieron a alguna sesión."""
        return sum(self.veces.values())

    @property
    def hace_falta(self) -> int:
        """A cuántas sesiones hay que haber venido para permanecer."""
        return -(-len(self.sesiones) * PERMANECE.numerator // PERMANECE.denominator)

    @property
    def permanecen(self) -> int:
        return sum(cuantas for veces, cuantas in self.veces.items() if veces >= self.hace_falta)


def crear(
    db: Database,
    *,
    id: str,
    nombre: str,
    nota: str | None,
    datos: Mapping[str, Any],
    fechas: Iterable[str],
    ahora: datetime,
    azar: random.Random,
    carta_de: str | None = None,
    incluye: Mapping[str, Any] | None = None,
) -> None:
    """Crea la serie y un evento por fecha. Con un ``id`` que ya existe no hace nada: mandarla dos veces es una.

    :param datos: los de :func:`.eventos.crear`, iguales en todas las sesiones; la fecha y el título se ponen aquí.
    :param carta_de: el evento cuya carta descriptiva se copia a cada sesión.
    :param incluye: un evento que ya existe y es una de las sesiones: conserva su título, y su día no se crea otra vez.
    :raises ErrorJornada: los de :func:`.eventos.crear`.
    """
    with escritura(db):
        cursor = db.execute(
            "INSERT INTO serie (id, nombre, programa, nota) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [id, nombre, datos["programa"], nota or None],
        )
        if cursor.rowcount:
            if incluye:
                eventos.actualizar(db, incluye["id"], {"serie_id": id})
            todas = sorted({*fechas, *([incluye["fecha"]] if incluye else ())})
            numeradas = [par for par in enumerate(todas, 1) if not incluye or par[1] != incluye["fecha"]]
            _agregar(db, id, nombre, datos, numeradas, ahora, azar, carta_de)


def agregar(db: Database, id: str, fechas: Iterable[str], ahora: datetime, azar: random.Random) -> int:
    """Más sesiones, iguales a la última que tenga; devuelve cuántas. El día que ya tiene sesión se salta.

    :raises ErrorJornada: ``serie_no_existe``, ``serie_sin_sesiones``.
    """
    with escritura(db):
        serie = _exigir(db, id)
        suyas = sesiones(db, id)
        if not suyas:
            raise ErrorJornada("serie_sin_sesiones")
        nuevas = list(enumerate(sorted(set(fechas) - {evento["fecha"] for evento in suyas}), len(suyas) + 1))
        modelo = eventos.leer(db, suyas[-1]["id"]) or {}
        datos = {c: modelo[c] for c in (*eventos.COLUMNAS_DATOS, "lineas", "encuestas", "instituciones")}
        _agregar(db, id, serie["nombre"], datos, nuevas, ahora, azar, modelo["id"])
    return len(nuevas)


def _agregar(
    db: Database,
    id: str,
    nombre: str,
    datos: Mapping[str, Any],
    numeradas: Iterable[tuple[int, str]],
    ahora: datetime,
    azar: random.Random,
    carta_de: str | None,
) -> None:
    for numero, fecha in numeradas:
        una = {**datos, "titulo": f"{nombre} · sesión {numero}", "fecha": fecha, "serie_id": id}
        evento_id = eventos.crear(db, una, ahora, azar)
        if carta_de:
            cartas.copiar(db, carta_de, evento_id, ahora)


def guardar(db: Database, id: str, nombre: str, nota: str | None) -> None:
    """Cambia cómo se llama y su nota; el título de sus sesiones no se toca.

    :raises ErrorJornada: ``serie_no_existe``.
    """
    with escritura(db):
        _exigir(db, id)
        db.execute("UPDATE serie SET nombre = ?, nota = ? WHERE id = ?", [nombre, nota or None, id])


def leer(db: Database, id: str) -> dict[str, Any] | None:
    fila = db.execute("SELECT id, nombre, programa, nota FROM serie WHERE id = ?", [id]).fetchone()
    return dict(fila) if fila else None


def _exigir(db: Database, id: str) -> dict[str, Any]:
    serie = leer(db, id)
    if serie is None:
        raise ErrorJornada("serie_no_existe")
    return serie


def listar(db: Database) -> list[dict[str, Any]]:
    """Las series, la que tiene la sesión más nueva primero: ``cuantas`` (sin canceladas), ``primera`` y ``ultima``."""
    return [
        dict(fila)
        for fila in db.execute(
            "SELECT s.id, s.nombre, s.programa, s.nota, count(e.id) AS cuantas, min(e.fecha) AS primera,"
            " max(e.fecha) AS ultima FROM serie s"
            " LEFT JOIN evento e ON e.serie_id = s.id AND e.estado <> 'cancelado'"
            " GROUP BY s.id ORDER BY ultima IS NULL, ultima DESC, s.nombre, s.id"
        )
    ]


def sesiones(db: Database, id: str) -> list[dict[str, Any]]:
    """Los eventos de la serie por fecha, también los cancelados, sin sus listas."""
    return eventos.buscar(db, serie=id)


def permanencia(db: Database, id: str, hoy: str) -> Permanencia:
    """La de la serie con lo que ya pasó (fecha hasta ``hoy``, ISO, incluida); lo cancelado no cuenta."""
    hechas = [e for e in sesiones(db, id) if e["fecha"] <= hoy and e["estado"] != "cancelado"]
    personas = eventos.personas(db, [evento["id"] for evento in hechas])
    traian: dict[str, set[str]] = {}
    for evento_id, credencial_id in db.execute(
        "SELECT a.evento_id, a.credencial_id FROM asistencia_contada a JOIN evento e ON e.id = a.evento_id"
        " WHERE e.serie_id = ? AND a.credencial_id IS NOT NULL",
        [id],
    ):
        traian.setdefault(evento_id, set()).add(credencial_id)
    vistas: set[str] = set()
    cuentas, veces = [], Counter[str]()
    for evento in hechas:
        suyas = traian.get(evento["id"], set())
        cuentas.append(Sesion(evento, personas.get(evento["id"], 0), len(suyas), len(suyas - vistas)))
        vistas |= suyas
        veces.update(suyas)
    return Permanencia(
        sesiones=tuple(cuentas),
        veces=dict(sorted(Counter(veces.values()).items())),
        sin_credencial=sum(s.personas - s.con_credencial for s in cuentas),
    )
