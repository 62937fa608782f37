"""Instituciones y líneas de ayuda: alimenta toda pantalla de ayuda y a dónde se canaliza (línea A6 del programa).

Una que ya se usó —alguien la verificó o se hizo un evento con ella— no se borra: se retira, y lo hecho la sigue
diciendo. Cada verificación queda anotada con su fecha y quién marcó.
"""

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlite_utils import Database

from .conexion import escritura

CAMPOS = (
    "nombre", "servicio", "telefono", "horario", "domicilio", "convenio", "convenio_hasta", "propia", "en_ayuda",
    "verificado_el",
)  # fmt: skip
"""Lo que se edita."""
VERIFICACION = timedelta(days=180)
"""Un teléfono de ayuda que nadie ha marcado en medio año puede ya no contestar."""
_COLUMNAS = f"id, orden, {', '.join(CAMPOS)}, quitada_en"


def ayuda(db: Database) -> list[dict[str, Any]]:
    """Las que se muestran a quien pide ayuda, en orden."""
    return [fila for fila in listar(db) if fila["en_ayuda"]]


def sin_verificar(lineas: Iterable[dict[str, Any]], hoy: date) -> list[dict[str, Any]]:
    """Las líneas de ayuda sin fecha de verificación o con una de hace más de :data:`VERIFICACION`."""
    limite = (hoy - VERIFICACION).isoformat()
    return [linea for linea in lineas if not linea["verificado_el"] or linea["verificado_el"] < limite]


def listar(db: Database, *, quitadas: bool = False) -> list[dict[str, Any]]:
    """En su orden. Con ``quitadas``, también las retiradas: para nombrar lo que ya se hizo con ellas."""
    donde = "" if quitadas else "WHERE quitada_en IS NULL"
    return [dict(f) for f in db.execute(f"SELECT {_COLUMNAS} FROM institucion {donde} ORDER BY orden, nombre")]  # noqa: S608


def leer(db: Database, id: str) -> dict[str, Any] | None:
    fila = db.execute(f"SELECT {_COLUMNAS} FROM institucion WHERE id = ?", [id]).fetchone()  # noqa: S608
    return dict(fila) if fila else None


def guardar(db: Database, datos: Mapping[str, Any], *, quien: str = "") -> str:
    """Crea una institución o cambia la que tenga ese ``id``; devuelve el id.

    Con ``verificado_el`` deja anotado que ese día contestaron.

    :param datos: nombre, servicio, telefono y, si se quiere, ``id``, ``orden`` y los demás :data:`CAMPOS`.
    :param quien: usuario de quien la verificó.
    """
    fila = {
        "id": datos.get("id") or str(uuid.uuid4()),
        "orden": datos.get("orden"),
        **{campo: datos.get(campo) or None for campo in CAMPOS},
        "propia": int(bool(datos.get("propia", False))),
        "en_ayuda": int(bool(datos.get("en_ayuda", True))),
    }
    cambios = ", ".join(f"{campo} = :{campo}" for campo in CAMPOS)
    with escritura(db):
        db.execute(
            f"INSERT INTO institucion (id, orden, {', '.join(CAMPOS)}) VALUES (:id, coalesce(:orden,"  # noqa: S608
            f" (SELECT coalesce(max(orden), 0) + 1 FROM institucion)), {', '.join(f':{c}' for c in CAMPOS)})"
            f" ON CONFLICT (id) DO UPDATE SET orden = coalesce(:orden, orden), {cambios}",
            fila,
        )
        if fila["verificado_el"]:
            db.execute(
                "INSERT INTO institucion_verificada (institucion_id, fecha, quien) VALUES (?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                [fila["id"], fila["verificado_el"], quien],
            )
    return str(fila["id"])


def verificaciones(db: Database, id: str) -> list[dict[str, Any]]:
    """Cuándo se marcó y quién, lo más nuevo primero."""
    return [
        dict(fila)
        for fila in db.execute(
            "SELECT fecha, quien FROM institucion_verificada WHERE institucion_id = ? ORDER BY fecha DESC", [id]
        )
    ]


def usos(db: Database, id: str) -> dict[str, int]:
    """En cuántos ``eventos`` está y cuántas ``verificaciones`` tiene."""
    return {
        "eventos": db.execute("SELECT count(*) FROM evento_institucion WHERE institucion_id = ?", [id]).fetchone()[0],
        "verificaciones": len(verificaciones(db, id)),
    }


def mover(db: Database, id: str, lugares: int) -> None:
    """La sube (negativo) o la baja en la lista; en la orilla se queda."""
    with escritura(db):
        ids = [fila["id"] for fila in listar(db)]
        if id not in ids:
            return
        de = ids.index(id)
        ids.insert(max(0, min(len(ids) - 1, de + lugares)), ids.pop(de))
        for orden, suyo in enumerate(ids, start=1):
            db.execute("UPDATE institucion SET orden = ? WHERE id = ?", [orden, suyo])


def sembrar(db: Database, filas: Iterable[Mapping[str, Any]]) -> None:
    """Llena un directorio vacío con las líneas de ayuda del catálogo; si ya tiene algo, no lo toca."""
    with escritura(db):
        if not listar(db, quitadas=True):
            for orden, fila in enumerate(filas, start=1):
                guardar(db, {**fila, "orden": orden})


def quitar(db: Database, id: str, ahora: datetime) -> bool:
    """Deja de verse. ``True`` si se borró del todo, porque nunca se usó; ``False`` si quedó retirada."""
    with escritura(db):
        if any(usos(db, id).values()):
            db.execute("UPDATE institucion SET quitada_en = ? WHERE id = ?", [ahora.isoformat(), id])
            return False
        db.execute("DELETE FROM institucion WHERE id = ?", [id])
    return True


def devolver(db: Database, id: str) -> None:
    """Una retirada vuelve a la lista, al final."""
    with escritura(db):
        db.execute(
            "UPDATE institucion SET quitada_en = NULL, orden = (SELECT max(orden) + 1 FROM institucion) WHERE id = ?",
            [id],
        )


def huella(fila: Mapping[str, Any]) -> str:
    """Para notar que alguien más la cambió mientras se editaba."""
    return hashlib.sha256(repr([fila.get(campo) for campo in CAMPOS]).encode()).hexdigest()[:16]
