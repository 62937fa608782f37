"""Las encuestas que se están escribiendo en el panel. Dos ventanas nunca se pisan: guarda quien vio la última revisión.

El borrador es el de ``formularios.edicion``. La tabla también guarda las hojas importadas que esperan
(``importadas.py``), con claves que ninguna encuesta puede tener.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from formularios import edicion
from formularios.edicion import Borrador
from formularios.instrumento import Instrumento

from ..errores import ErrorJornada
from . import instrumentos
from .conexion import escritura


@dataclass(frozen=True)
class Guardado:
    """``revision``: 0 si todavía no hay borrador y esto es la última versión, sin tocar."""

    borrador: Borrador
    revision: int
    guardado_en: str | None = None


def leer(db: Database, clave: str) -> Guardado:
    """El borrador o, si no hay, uno que parte de la última versión guardada.

    :raises ErrorJornada: ``instrumento_no_existe`` si no hay ni uno ni otra.
    """
    fila = _fila(db, clave)
    todas = _versiones(db, clave)
    if fila is not None:
        borrador = edicion.al_dia(json.loads(fila["modelo"]), todas)
        return Guardado(borrador, fila["revision"], fila["guardado_en"])
    if not todas:
        raise ErrorJornada("instrumento_no_existe")
    return Guardado(edicion.de_versiones(todas), 0)


def guardar(db: Database, borrador: Borrador, *, revision: int, ahora: datetime) -> int:
    """La revisión que queda. :param revision: la que se vio.

    :raises ErrorJornada: ``borrador_cambio`` si ya hay otra: no se guardó nada.
    """
    clave, texto = borrador["modelo"]["clave"], json.dumps(borrador, ensure_ascii=False)
    with escritura(db):
        _revisar(db, clave, revision)
        db.execute(
            "INSERT INTO instrumento_borrador (clave, modelo, revision, guardado_en) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (clave) DO UPDATE SET"
            " modelo = excluded.modelo, revision = excluded.revision, guardado_en = excluded.guardado_en",
            [clave, texto, revision + 1, ahora.isoformat()],
        )
    return revision + 1


def crear(db: Database, titulo: str, *, minutos: float, ahora: datetime, intro: str | None = None) -> str:
    """Un borrador nuevo con ese título; devuelve su clave, que ninguna otra encuesta tiene."""
    with escritura(db):
        textos = {} if intro is None else {"intro": intro}
        borrador = edicion.nuevo(titulo, _ocupadas(db), minutos=minutos, **textos)
        guardar(db, borrador, revision=0, ahora=ahora)
    return str(borrador["modelo"]["clave"])


def copiar(db: Database, clave: str, *, ahora: datetime) -> str:
    """Otra encuesta que empieza como la última versión de ésta; devuelve su clave.

    :raises ErrorJornada: ``instrumento_no_existe``.
    """
    with escritura(db):
        original = instrumentos.leer(db, clave, instrumentos.ultima_version(db, clave))
        borrador = edicion.copia_de(original, _ocupadas(db))
        guardar(db, borrador, revision=0, ahora=ahora)
    return str(borrador["modelo"]["clave"])


def _ocupadas(db: Database) -> list[str]:
    todas = "SELECT clave FROM instrumento UNION SELECT clave FROM instrumento_borrador"
    return [fila["clave"] for fila in db.execute(todas).fetchall()]


def guardar_version(db: Database, clave: str, *, revision: int, version: int, ahora: datetime) -> Instrumento:
    """El borrador pasa a ser la versión que sigue, y se acaba.

    :param version: el número que se le dijo a quien guarda.
    :raises ErrorJornada: ``borrador_cambio`` si cambió él o lo que ya estaba guardado; ``borrador_incompleto`` si tiene
        problemas; ``borrador_igual`` si no cambia nada.
    """
    with escritura(db):
        _revisar(db, clave, revision)
        borrador = leer(db, clave).borrador
        if edicion.problemas(borrador):
            raise ErrorJornada("borrador_incompleto")
        instrumento = edicion.instrumento(borrador)
        if instrumento.version != version:
            raise ErrorJornada("borrador_cambio")
        anterior = next(instrumentos.anteriores(db, instrumento), None)
        if anterior and anterior.a_dict() | {"version": version} == instrumento.a_dict():
            raise ErrorJornada("borrador_igual")
        instrumentos.guardar(db, instrumento, ahora)
        _borrar(db, clave)
    return instrumento


def descartar(db: Database, clave: str, *, revision: int) -> None:
    """:raises ErrorJornada: ``borrador_cambio``."""
    with escritura(db):
        _revisar(db, clave, revision)
        _borrar(db, clave)


def listar(db: Database) -> list[dict[str, Any]]:
    """Los que están a medias, el último tocado primero: ``clave``, ``titulo``, ``version`` (la que sería), cuándo."""
    filas = db.execute(
        "SELECT clave, modelo, guardado_en FROM instrumento_borrador"
        " WHERE clave NOT LIKE '%:%' ORDER BY guardado_en DESC, clave"
    ).fetchall()
    return [
        {
            "clave": fila["clave"],
            "titulo": borrador["modelo"]["titulo"],
            "version": borrador["version"] + 1,
            "guardado_en": fila["guardado_en"],
        }
        for fila in filas
        for borrador in [json.loads(fila["modelo"])]
    ]


def _fila(db: Database, clave: str) -> Any:
    return db.execute(
        "SELECT modelo, revision, guardado_en FROM instrumento_borrador WHERE clave = ? AND clave NOT LIKE '%:%'",
        [clave],
    ).fetchone()


def _versiones(db: Database, clave: str) -> list[Instrumento]:
    filas = db.execute("SELECT version FROM instrumento WHERE clave = ? ORDER BY version", [clave]).fetchall()
    return [instrumentos.leer(db, clave, fila["version"]) for fila in filas]


def _revisar(db: Database, clave: str, revision: int) -> None:
    fila = _fila(db, clave)
    if (fila["revision"] if fila else 0) != revision:
        raise ErrorJornada("borrador_cambio")


def _borrar(db: Database, clave: str) -> None:
    db.execute("DELETE FROM instrumento_borrador WHERE clave = ?", [clave])
