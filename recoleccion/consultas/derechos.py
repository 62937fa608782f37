"""Solicitudes de derechos ARCO: recibirlas con folio, sus plazos, y responder. Lo que se hace con los datos:
``derechos_datos.py``.

Quién pide, qué dice y dónde se le avisa van sellados para la oficina y cubiertos con su ranura; a los
:attr:`Plazos.guardar` días de terminada se borran, y con ellos qué registros eran suyos. Quedan folio y fechas.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any, Literal

from sqlite_utils import Database

from formularios.inhabiles import Inhabiles

from ..errores import ErrorJornada
from ..sellado import Sello, SobreIlegible, abrir_identidad, sellar_identidad
from . import ajustes, identidades, ranuras
from .conexion import escritura

DERECHOS = ("acceso", "rectificacion", "cancelacion", "oposicion")
VIAS = ("persona", "representante", "transparencia")
RESPUESTAS = ("procede", "en_parte", "no_procede", "sin_datos", "desistida")
PROCEDEN = ("procede", "en_parte")
CAMPOS = ("nombre", "avisar", "representante", "pide")
"""Lo que va sellado."""
Etapa = Literal["por_responder", "espera_a_la_persona", "por_cumplir", "terminada"]
_AJUSTE = "arco_"


@dataclass(frozen=True)
class Plazos:
    """En días hábiles, menos ``guardar``.

    Los de la Ley General de Protección de Datos Personales en Posesión de Sujetos Obligados (DOF 20-03-2025), en lo del
    ejercicio de los derechos ARCO. No se cita el artículo ni se pone lo que pide la ley de cada estado, que puede ser
    menos, porque no se tuvo su texto vigente a la vista: la oficina los confirma (:func:`confirmados`).
    """

    responder: int = 20
    ampliar: int = 10
    cumplir: int = 15
    prevenir: int = 5
    completar: int = 10
    guardar: int = 90
    """Días naturales que se conserva quién pidió, ya terminada: lo que puede tardar un recurso de revisión."""


def plazos(db: Database) -> Plazos:
    """Los de esta oficina."""
    de_ley = Plazos()
    return Plazos(
        **{c.name: int(ajustes.leer(db, _AJUSTE + c.name) or getattr(de_ley, c.name)) for c in fields(Plazos)}
    )


def confirmados(db: Database) -> bool:
    """¿Ya los revisó la oficina y los guardó, aunque no los cambiara?"""
    return ajustes.leer(db, _AJUSTE + "responder") is not None


def guardar_plazos(db: Database, nuevos: Plazos) -> None:
    with escritura(db):
        for nombre, dias in asdict(nuevos).items():
            ajustes.guardar(db, _AJUSTE + nombre, str(dias))


@dataclass(frozen=True)
class Situacion:
    """En qué etapa va y hasta cuándo; ``faltan``: días hábiles, negativos si ya se pasó. Terminada, sin fecha."""

    etapa: Etapa
    limite: date | None
    faltan: int | None


def situacion(solicitud: Mapping[str, Any], hoy: date, de_la_oficina: Plazos, inhabiles: Inhabiles) -> Situacion:
    """Qué sigue. El plazo para responder vuelve a empezar cuando la persona completa lo que le faltaba."""
    if solicitud["respondida_el"]:
        if solicitud["respuesta"] not in PROCEDEN or solicitud["cumplida_el"]:
            return Situacion("terminada", None, None)
        return _hasta("por_cumplir", solicitud["respondida_el"], de_la_oficina.cumplir, hoy, inhabiles)
    if solicitud["prevenida_el"] and not solicitud["completada_el"]:
        return _hasta("espera_a_la_persona", solicitud["prevenida_el"], de_la_oficina.completar, hoy, inhabiles)
    desde = solicitud["completada_el"] or solicitud["recibida_el"]
    dias = de_la_oficina.responder + (de_la_oficina.ampliar if solicitud["ampliada_el"] else 0)
    return _hasta("por_responder", desde, dias, hoy, inhabiles)


def _hasta(etapa: Etapa, desde: str, dias: int, hoy: date, inhabiles: Inhabiles) -> Situacion:
    limite = inhabiles.sumar(date.fromisoformat(desde), dias)
    return Situacion(etapa, limite, inhabiles.faltan(hoy, limite))


def recibir(
    db: Database,
    *,
    id: str,
    derecho: str,
    via: str,
    recibida_el: date,
    dicho: Mapping[str, str],
    ahora: datetime,
    quien: str,
) -> str:
    """Guarda la solicitud y da su folio («ARCO-2026-0007»). Mandada dos veces con el mismo id, es una.

    :param dicho: lo de :data:`CAMPOS`. :raises ErrorJornada: ``falta_llave``.
    """
    with escritura(db):
        if (ya := db.execute("SELECT folio FROM solicitud WHERE id = ?", [id]).fetchone()) is not None:
            return str(ya["folio"])
        llave = identidades.llave_publica(db)
        if llave is None:
            raise ErrorJornada("falta_llave")
        folio = _nuevo_folio(db, recibida_el.year)
        capa = ranuras.nueva(db)
        sobre = sellar_identidad(llave, id, json.dumps({campo: dicho.get(campo, "") for campo in CAMPOS}), None)
        db.execute(
            "INSERT INTO solicitud (id, folio, derecho, via, recibida_el, creada_en, creada_por, sobre, ranura)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [id, folio, derecho, via, recibida_el.isoformat(), ahora.isoformat(), quien, capa.cubrir(id, sobre),
             capa.ranura],
        )  # fmt: skip
    return folio


def _nuevo_folio(db: Database, anio: int) -> str:
    principio = f"ARCO-{anio}-"
    mayor = db.execute("SELECT max(folio) FROM solicitud WHERE folio LIKE ? || '%'", [principio]).fetchone()[0]
    return f"{principio}{int(mayor.rpartition('-')[2] if mayor else 0) + 1:04d}"


def leer(db: Database, id: str) -> dict[str, Any] | None:
    """Sin lo sellado."""
    fila = db.execute("SELECT * FROM solicitud WHERE id = ?", [id]).fetchone()
    return _sin_sobre(fila) if fila else None


def listar(db: Database) -> list[dict[str, Any]]:
    """Todas, la última recibida primero."""
    return [_sin_sobre(f) for f in db.execute("SELECT * FROM solicitud ORDER BY recibida_el DESC, folio DESC")]


def abiertas(db: Database) -> list[dict[str, Any]]:
    """Las que esperan respuesta, o que se haga lo que procedió."""
    filas = db.execute(
        "SELECT * FROM solicitud WHERE respondida_el IS NULL"
        " OR (cumplida_el IS NULL AND respuesta IN ('procede', 'en_parte'))"
    )
    return [_sin_sobre(fila) for fila in filas]


def _sin_sobre(fila: Any) -> dict[str, Any]:
    dicha = dict(fila)
    dice = dicha.pop("sobre") is not None
    return {campo: valor for campo, valor in dicha.items() if campo != "ranura"} | {"dice": dice}


def abrir(db: Database, id: str, sello: Sello) -> dict[str, str] | None:
    """Quién pide y qué (:data:`CAMPOS`), con la llave de la oficina; ``None`` si ya se borró o no se puede leer."""
    fila = db.execute("SELECT sobre, ranura FROM solicitud WHERE id = ?", [id]).fetchone()
    if fila is None or fila["sobre"] is None:
        return None
    try:
        sobre = ranuras.una(db, fila["ranura"]).descubrir(id, bytes(fila["sobre"]))
        dicho: dict[str, str] = json.loads(abrir_identidad(sello, id, sobre)[0] or "{}")
    except (SobreIlegible, ValueError):
        return None
    return dicho


def prevenir(db: Database, id: str, hoy: date) -> bool:
    """Se le pidió a la persona lo que falta: el plazo se detiene. Una vez. ``False`` si ya no se puede."""
    return _poner(db, id, "prevenida_el = :hoy", "respondida_el IS NULL AND prevenida_el IS NULL", hoy=hoy.isoformat())


def completar(db: Database, id: str, hoy: date) -> bool:
    """La persona trajo lo que faltaba: el plazo empieza otra vez."""
    donde = "respondida_el IS NULL AND prevenida_el IS NOT NULL AND completada_el IS NULL"
    return _poner(db, id, "completada_el = :hoy", donde, hoy=hoy.isoformat())


def ampliar(db: Database, id: str, razon: str, hoy: date) -> bool:
    """Más días para responder, una sola vez y con su razón."""
    donde = "respondida_el IS NULL AND ampliada_el IS NULL"
    return _poner(db, id, "ampliada_el = :hoy, ampliada_por = :razon", donde, hoy=hoy.isoformat(), razon=razon)


def responder(db: Database, id: str, respuesta: str, razon: str, hoy: date) -> bool:
    """Se le contestó a la persona. Si no procede, lo bloqueado deja de estarlo."""
    puesto = "respondida_el = :hoy, respuesta = :respuesta, razon = :razon"
    with escritura(db):
        if not _poner(db, id, puesto, "respondida_el IS NULL", hoy=hoy.isoformat(), respuesta=respuesta, razon=razon):
            return False
        if respuesta not in PROCEDEN:
            db.execute("DELETE FROM bloqueo WHERE solicitud_id = ?", [id])
    return True


def cumplir(db: Database, id: str, hoy: date) -> bool:
    """Ya se hizo lo que procedía."""
    donde = "respondida_el IS NOT NULL AND cumplida_el IS NULL AND respuesta IN ('procede', 'en_parte')"
    return _poner(db, id, "cumplida_el = :hoy", donde, hoy=hoy.isoformat())


def _poner(db: Database, id: str, puesto: str, donde: str, **valores: str) -> bool:
    """``puesto`` y ``donde`` los escribe este archivo, nunca una persona."""
    with escritura(db):
        sentencia = f"UPDATE solicitud SET {puesto}, revision = revision + 1 WHERE id = :id AND {donde}"  # noqa: S608
        return bool(db.execute(sentencia, {"id": id, **valores}).rowcount)


def por_olvidar(db: Database, hoy: date) -> list[str]:
    """Las terminadas hace más de lo que se guarda y que aún dicen quién pidió."""
    limite = (hoy - timedelta(days=plazos(db).guardar)).isoformat()
    return [
        fila["id"]
        for fila in db.execute(
            "SELECT id FROM solicitud WHERE sobre IS NOT NULL AND respondida_el IS NOT NULL"
            " AND (cumplida_el < :limite OR (respuesta NOT IN ('procede', 'en_parte') AND respondida_el < :limite))",
            {"limite": limite},
        )
    ]


def olvidar(db: Database, hoy: date) -> int:
    """Borra quién pidió y qué registros eran suyos; cuántas fueron. Después, :func:`.ranuras.rematar`."""
    with escritura(db):
        ids = por_olvidar(db, hoy)
        for id in ids:
            ranuras.borrar(db, [dict(db.execute("SELECT id, ranura FROM solicitud WHERE id = ?", [id]).fetchone())])
            db.execute("UPDATE solicitud SET sobre = NULL, borrada_el = ? WHERE id = ?", [hoy.isoformat(), id])
            db.execute("DELETE FROM solicitud_registro WHERE solicitud_id = ?", [id])
    return len(ids)
