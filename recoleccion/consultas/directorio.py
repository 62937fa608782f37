"""Instituciones y líneas de ayuda: alimenta toda pantalla de ayuda."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from sqlite_utils import Database

from .conexion import escritura

_COLUMNAS = "id, orden, nombre, servicio, telefono, horario, propia, en_ayuda, verificado_el"


def ayuda(db: Database) -> list[dict[str, Any]]:
    """Las que se muestran a quien pide ayuda, en orden."""
    return [fila for fila in listar(db) if fila["en_ayuda"]]


def listar(db: Database) -> list[dict[str, Any]]:
    return [dict(f) for f in db.execute(f"SELECT {_COLUMNAS} FROM institucion ORDER BY orden, nombre")]  # noqa: S608


def leer(db: Database, id: str) -> dict[str, Any] | None:
    fila = db.execute(f"SELECT {_COLUMNAS} FROM institucion WHERE id = ?", [id]).fetchone()  # noqa: S608
    return dict(fila) if fila else None


def guardar(db: Database, datos: Mapping[str, Any]) -> str:
    """Crea una institución o cambia la que tenga ese ``id``; devuelve el id.

    :param datos: nombre, servicio, telefono y, si se quiere, id, orden, horario, propia, en_ayuda, verificado_el.
    """
    fila = {
        "id": datos.get("id") or str(uuid.uuid4()),
        "orden": datos.get("orden"),
        "nombre": datos["nombre"],
        "servicio": datos["servicio"],
        "telefono": datos["telefono"],
        "horario": datos.get("horario") or None,
        "propia": int(bool(datos.get("propia", False))),
        "en_ayuda": int(bool(datos.get("en_ayuda", True))),
        "verificado_el": datos.get("verificado_el") or None,
    }
    with escritura(db):
        db.execute(
            "INSERT INTO institucion (id, orden, nombre, servicio, telefono, horario, propia, en_ayuda, verificado_el)"
            " VALUES (:id, coalesce(:orden, (SELECT coalesce(max(orden), 0) + 1 FROM institucion)), :nombre,"
            " :servicio, :telefono, :horario, :propia, :en_ayuda, :verificado_el)"
            " ON CONFLICT (id) DO UPDATE SET orden = coalesce(:orden, orden), nombre = :nombre, servicio = :servicio,"
            " telefono = :telefono, horario = :horario, propia = :propia, en_ayuda = :en_ayuda,"
            " verificado_el = :verificado_el",
            fila,
        )
    return str(fila["id"])


def sembrar(db: Database, filas: Iterable[Mapping[str, Any]]) -> None:
    """Llena un directorio vacío con las líneas de ayuda del catálogo; si ya tiene algo, no lo toca."""
    with escritura(db):
        if not listar(db):
            for orden, fila in enumerate(filas, start=1):
                guardar(db, {**fila, "orden": orden})


def borrar(db: Database, id: str) -> None:
    with escritura(db):
        db.execute("DELETE FROM institucion WHERE id = ?", [id])
