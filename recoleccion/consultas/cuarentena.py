"""Lo que llegó y no se pudo tomar: nunca se pierde, siempre se ve."""

import json
import uuid
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from ..protocolo.decision import MENSAJES
from ..sellado import SobreIlegible
from . import ranuras
from .conexion import escritura


def guardar(
    db: Database,
    *,
    registro_id: str,
    huella: str,
    contenido: bytes,
    codigo: str,
    dispositivo_id: str | None,
    dia: str,
    es_contestacion: bool = False,
) -> None:
    """Idempotente por registro y huella: mientras espere, dice la última razón.

    Se guarda el sobre sellado, el día y, si no es una contestación, quién y cubierto por su ranura: puede traer un
    nombre. A una contestación la ranura, que se da en orden, la pondría entre los nombres que llegaron con ella; por lo
    mismo el lugar de cada renglón es al azar.
    """
    ya = "UPDATE cuarentena SET codigo = iif(resuelta_en IS NULL, ?, codigo) WHERE registro_id = ? AND huella = ?"
    if db.execute(ya, [codigo, registro_id, huella]).rowcount:
        return
    id, capa = str(uuid.uuid4()), ranuras.DESCUBIERTA if es_contestacion else ranuras.nueva(db)
    db.execute(
        "INSERT INTO cuarentena (rowid, id, registro_id, huella, bytes, codigo, dispositivo_id, recibido_el, ranura)"
        " VALUES (random() & 0x7fffffffffffffff, ?, ?, ?, ?, ?, ?, ?, ?)",
        [id, registro_id, huella, capa.cubrir(id, contenido), codigo, dispositivo_id, dia, capa.ranura],
    )


def guardar_resuelta(
    db: Database, *, registro_id: str, huella: str, contenido: bytes, dispositivo_id: str | None, dia: str, razon: str
) -> None:
    """Lo que se contaba y se cambió por otra versión. Si ya había pasado por aquí conserva sus bytes de origen."""
    guardar(
        db, registro_id=registro_id, huella=huella, contenido=contenido, codigo="otro_contenido",
        dispositivo_id=dispositivo_id, dia=dia,
    )  # fmt: skip
    db.execute(
        "UPDATE cuarentena SET codigo = 'otro_contenido', resuelta_en = ?, resolucion = ?"
        " WHERE registro_id = ? AND huella = ?",
        [dia, razon, registro_id, huella],
    )


def listar(
    db: Database, resueltas: bool = False, *, codigo: str | None = None, telefono: str | None = None
) -> list[dict[str, Any]]:
    """Lo que espera (o, si se pide, lo resuelto), con su mensaje; sin el contenido.

    :param codigo: sólo lo que se apartó por esta razón. :param telefono: sólo lo de este teléfono; ``""``, lo que no
        dice de cuál es (las encuestas, entre otros).
    """
    return [
        {**dict(fila), "mensaje": MENSAJES.get(fila["codigo"], "")}
        for fila in db.execute(
            "SELECT q.id, q.registro_id, q.codigo, q.dispositivo_id, d.nombre AS dispositivo, q.recibido_el,"
            " q.resuelta_en, q.resolucion, length(q.bytes) AS largo,"
            " EXISTS (SELECT 1 FROM recibido r WHERE r.id = q.registro_id AND r.huella = q.huella) AS contado"
            " FROM cuarentena q LEFT JOIN dispositivo d ON d.id = q.dispositivo_id"
            " WHERE (q.resuelta_en IS NOT NULL) = :resueltas AND (:codigo IS NULL OR q.codigo = :codigo)"
            " AND (:telefono IS NULL OR coalesce(q.dispositivo_id, '') = :telefono)"
            " ORDER BY coalesce(q.resuelta_en, q.recibido_el) DESC, q.id",
            {"resueltas": int(resueltas), "codigo": codigo, "telefono": telefono},
        )
    ]


def grupos(db: Database) -> list[dict[str, Any]]:
    """Lo que espera, junto por su razón y, adentro, por su teléfono; el grupo más grande primero."""
    juntos: dict[str, dict[str, Any]] = {}
    for fila in db.execute(
        "SELECT q.codigo, coalesce(q.dispositivo_id, '') AS id, d.nombre, count(*) AS cuantos,"
        " min(q.recibido_el) AS desde, max(q.recibido_el) AS hasta"
        " FROM cuarentena q LEFT JOIN dispositivo d ON d.id = q.dispositivo_id WHERE q.resuelta_en IS NULL"
        " GROUP BY q.codigo, q.dispositivo_id ORDER BY count(*) DESC, d.nombre"
    ):
        vacio = {"codigo": fila["codigo"], "cuantos": 0, "desde": fila["desde"], "hasta": "", "telefonos": []}
        grupo = juntos.setdefault(fila["codigo"], vacio)
        grupo["cuantos"] += fila["cuantos"]
        grupo["desde"], grupo["hasta"] = min(grupo["desde"], fila["desde"]), max(grupo["hasta"], fila["hasta"])
        grupo["telefonos"].append({c: fila[c] for c in ("id", "nombre", "cuantos")})
    return sorted(juntos.values(), key=lambda grupo: (-grupo["cuantos"], grupo["codigo"]))


def pendientes(db: Database, ids: Sequence[str]) -> list[dict[str, Any]]:
    """De estos renglones, los que esperan, con su contenido sellado y en el orden pedido."""
    filas = db.execute(
        "SELECT id, registro_id, huella, bytes, codigo, dispositivo_id, recibido_el, ranura FROM cuarentena"
        " WHERE resuelta_en IS NULL AND id IN (SELECT value FROM json_each(?))",
        [json.dumps(ids)],
    )
    hallados = {fila["id"]: fila for fila in _descubiertas(db, filas)}
    return [hallados[id] for id in ids if id in hallados]


def guardadas(db: Database) -> list[dict[str, Any]]:
    """Todas, también las resueltas, con su contenido sellado."""
    filas = db.execute(
        "SELECT id, registro_id, huella, bytes, dispositivo_id, recibido_el, resuelta_en, ranura FROM cuarentena"
    )
    return _descubiertas(db, filas)


def _descubiertas(db: Database, filas: Iterable[Any]) -> list[dict[str, Any]]:
    """Sin la capa de su ranura. Lo que no se puede descubrir viene como está: nadie lo entenderá, y ahí sigue."""
    todas = [dict(fila) for fila in filas]
    capas = ranuras.leer(db, [fila["ranura"] for fila in todas])
    for fila in todas:
        capa = capas[fila.pop("ranura")]
        if fila["bytes"]:
            with suppress(SobreIlegible):
                fila["bytes"] = capa.descubrir(fila["id"], bytes(fila["bytes"]))
    return todas


def reescribir(db: Database, id: str, contenido: bytes) -> None:
    """Cambia sólo con qué está sellado lo que ya se guardó; sigue en su ranura."""
    capa = ranuras.una(db, db.execute("SELECT ranura FROM cuarentena WHERE id = ?", [id]).fetchone()["ranura"])
    if capa.sirve:
        db.execute("UPDATE cuarentena SET bytes = ? WHERE id = ?", [capa.cubrir(id, contenido), id])


def contar(db: Database) -> int:
    """Cuántos esperan."""
    return int(db.execute("SELECT count(*) FROM cuarentena WHERE resuelta_en IS NULL").fetchone()[0])


def conocidos(db: Database, ids: Sequence[object]) -> tuple[set[str], dict[str, set[str]]]:
    """De estos registros, los que esperan y, de los ya resueltos, sus huellas por id."""
    esperan: set[str] = set()
    resueltos: dict[str, set[str]] = {}
    for fila in db.execute(
        "SELECT registro_id, huella, resuelta_en IS NULL AS espera FROM cuarentena"
        " WHERE registro_id IN (SELECT value FROM json_each(?))",
        [json.dumps(ids)],
    ):
        if fila["espera"]:
            esperan.add(fila["registro_id"])
        else:
            resueltos.setdefault(fila["registro_id"], set()).add(fila["huella"])
    return esperan, resueltos


def resolver(db: Database, ids: Sequence[str], resolucion: str, ahora: datetime) -> int:
    """Descarta con su motivo lo que todavía espere; el contenido se conserva. Devuelve cuántos fueron."""
    with escritura(db):
        cursor = db.execute(
            "UPDATE cuarentena SET resuelta_en = ?, resolucion = ?"
            " WHERE resuelta_en IS NULL AND id IN (SELECT value FROM json_each(?))",
            [ahora.date().isoformat(), resolucion, json.dumps(ids)],
        )
        return int(cursor.rowcount)


def recuperar(db: Database, id: str) -> bool:
    """Lo descartado por error vuelve a esperar. ``False`` si no existe, ya espera, ya se contó o ya no dice nada."""
    with escritura(db):
        cursor = db.execute(
            "UPDATE cuarentena SET resuelta_en = NULL, resolucion = NULL WHERE id = ? AND resuelta_en IS NOT NULL"
            " AND length(bytes) > 0"
            " AND NOT EXISTS (SELECT 1 FROM recibido r WHERE r.id = registro_id AND r.huella = cuarentena.huella)",
            [id],
        )
        return bool(cursor.rowcount)


def ya_se_acepto(db: Database, registro_id: str, huella: str, ahora: datetime, resolucion: str) -> None:
    """Lo retenido que después sí se pudo tomar deja de esperar."""
    db.execute(
        "UPDATE cuarentena SET resuelta_en = ?, resolucion = ?"
        " WHERE registro_id = ? AND huella = ? AND resuelta_en IS NULL",
        [ahora.date().isoformat(), resolucion, registro_id, huella],
    )


def olvidar_las_contadas(db: Database, ahora: datetime) -> int:
    """Vacía lo apartado que lleva el número de una contestación ya contada; devuelve cuántos renglones eran.

    Es la misma, que esperó aquí antes de aceptarse, o la misma con otras respuestas, que no se pueden cambiar por las
    contadas. Adentro dice evento, ficha, sexo y edad, así que guardarlo desharía lo que se revolvió. El renglón y su
    huella se quedan, para que quien la vuelva a mandar sepa que ya llegó.
    """
    with escritura(db):
        cursor = db.execute(
            "UPDATE cuarentena SET bytes = x'', resuelta_en = coalesce(resuelta_en, ?),"
            " resolucion = coalesce(resolucion, 'Esa encuesta ya se contó; lo que decía ésta se borró.')"
            " WHERE length(bytes) > 0 AND registro_id IN (SELECT id FROM recibido)"
            " AND registro_id NOT IN (SELECT id FROM asistencia) AND registro_id NOT IN (SELECT id FROM anulacion)",
            [ahora.date().isoformat()],
        )
        return int(cursor.rowcount)
