"""Las encuestas guardadas. Una versión guardada no cambia: un cambio es otra versión, con un número mayor.

Una encuesta retirada ya no se ofrece para eventos nuevos; donde ya estaba se sigue contestando.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

from sqlite_utils import Database

from formularios.instrumento import Instrumento

from ..errores import ErrorJornada
from .conexion import escritura

Lugar = Literal["nueva", "version", "igual", "ocupada", "atrasada"]
_LISTA = """
SELECT i.clave, i.version, i.titulo, i.guardado_en, i.retirado_en, count(*) OVER (PARTITION BY i.clave) AS versiones,
  (SELECT count(*) FROM contestacion c WHERE c.instrumento = i.clave AND c.version = i.version) AS contestaciones,
  (SELECT count(*) FROM evento_encuesta e WHERE e.instrumento = i.clave AND e.version = i.version) AS eventos,
  i.version = max(i.version) OVER (PARTITION BY i.clave) AS ultima
FROM instrumento i
"""


def asegurar(db: Database, instrumento: Instrumento, ahora: datetime | None = None) -> None:
    """Guarda esta versión si falta. :raises ErrorJornada: ``instrumento_cambio`` si ya existe con otro contenido."""
    with escritura(db):
        if _revisar(db, instrumento, ("nueva", "version", "atrasada")):
            _insertar(db, instrumento, ahora)


def guardar(db: Database, instrumento: Instrumento, ahora: datetime) -> bool:
    """Guarda una versión nueva; ``False`` si ya estaba, igual.

    :raises ErrorJornada: ``instrumento_cambio`` si ese número ya es de otras preguntas; ``instrumento_atrasado`` si hay
        una versión mayor. La frase dice cuál sigue.
    """
    with escritura(db):
        falta = _revisar(db, instrumento, ("nueva", "version"))
        if falta:
            _insertar(db, instrumento, ahora)
    return falta


def lugar(db: Database, instrumento: Instrumento) -> Lugar:
    """Qué pasaría al guardarlo: es ``nueva``, es otra ``version``, ya está ``igual``, su número está ``ocupada`` por
    otras preguntas, o va ``atrasada`` respecto de una mayor."""
    huellas = {
        f["version"]: f["huella"]
        for f in db.execute("SELECT version, huella FROM instrumento WHERE clave = ?", [instrumento.clave])
    }
    if not huellas:
        return "nueva"
    if instrumento.version in huellas:
        return "igual" if huellas[instrumento.version] == instrumento.huella else "ocupada"
    return "version" if instrumento.version > max(huellas) else "atrasada"


def siguiente_version(db: Database, clave: str) -> int:
    """El número que le toca a lo próximo que se guarde con esa clave."""
    fila = db.execute("SELECT max(version) AS version FROM instrumento WHERE clave = ?", [clave]).fetchone()
    return (fila["version"] or 0) + 1


def _revisar(db: Database, instrumento: Instrumento, se_guardan: tuple[Lugar, ...]) -> bool:
    """¿Hay que guardarla? :raises ErrorJornada: si no se puede."""
    donde = lugar(db, instrumento)
    if donde == "igual":
        return False
    if donde not in se_guardan:
        codigo = "instrumento_cambio" if donde == "ocupada" else "instrumento_atrasado"
        siguiente = siguiente_version(db, instrumento.clave)
        raise ErrorJornada(codigo, instrumento=instrumento.clave, version=instrumento.version, siguiente=siguiente)
    return True


def _insertar(db: Database, instrumento: Instrumento, ahora: datetime | None) -> None:
    db.execute(
        "INSERT INTO instrumento (clave, version, titulo, huella, modelo, guardado_en) VALUES (?, ?, ?, ?, ?, ?)",
        [
            instrumento.clave,
            instrumento.version,
            instrumento.titulo,
            instrumento.huella,
            a_texto(instrumento),
            ahora.isoformat() if ahora else None,
        ],
    )


def a_texto(instrumento: Instrumento) -> str:
    return json.dumps(instrumento.a_dict(), ensure_ascii=False, sort_keys=True)


def leer(db: Database, clave: str, version: int) -> Instrumento:
    """:raises ErrorJornada: ``instrumento_no_existe``."""
    fila = db.execute("SELECT modelo FROM instrumento WHERE clave = ? AND version = ?", [clave, version]).fetchone()
    if fila is None:
        raise ErrorJornada("instrumento_no_existe")
    return de_texto(fila["modelo"])


@lru_cache(maxsize=32)
def de_texto(modelo: str) -> Instrumento:
    """Un instrumento guardado no cambia: se lee y se revisa una vez por proceso."""
    return Instrumento.de_dict(json.loads(modelo))


def listar(db: Database) -> list[dict[str, Any]]:
    """La última versión de cada encuesta, también las retiradas.

    ``clave``, ``version``, ``titulo``, ``guardado_en``, ``retirado_en``, ``versiones`` (cuántas hay), ``eventos`` y
    ``contestaciones``: las que ya salieron de la urna, que son 10 o más o ninguna.
    """
    todas = [dict(f) for f in db.execute(f"{_LISTA} ORDER BY i.clave, i.version")]
    juntas: dict[str, dict[str, Any]] = {}
    for fila in todas:
        anterior = juntas.get(fila["clave"], {"contestaciones": 0, "eventos": 0})
        juntas[fila["clave"]] = fila | {c: anterior[c] + fila[c] for c in ("contestaciones", "eventos")}
    return list(juntas.values())


def todas(db: Database) -> list[Instrumento]:
    """Cada versión de cada encuesta, también las retiradas; de la más vieja a la más nueva, sin contar nada."""
    filas = db.execute("SELECT modelo FROM instrumento ORDER BY clave, version").fetchall()
    return [de_texto(fila["modelo"]) for fila in filas]


def versiones(db: Database, clave: str) -> list[dict[str, Any]]:
    """Las de una encuesta, la más nueva primero, con lo mismo que :func:`listar` por cada una.

    :raises ErrorJornada: ``instrumento_no_existe``.
    """
    filas = [dict(f) for f in db.execute(f"SELECT * FROM ({_LISTA}) WHERE clave = ? ORDER BY version DESC", [clave])]  # noqa: S608
    if not filas:
        raise ErrorJornada("instrumento_no_existe")
    return filas


def ofrecidas(db: Database) -> dict[str, int]:
    """Las que se pueden elegir para un evento nuevo: por clave, la última versión que no se ha retirado."""
    return {
        fila["clave"]: fila["version"]
        for fila in db.execute(
            "SELECT clave, max(version) AS version FROM instrumento WHERE retirado_en IS NULL GROUP BY clave ORDER BY 1"
        )
    }


def ultima_version(db: Database, clave: str) -> int:
    """:raises ErrorJornada: ``instrumento_no_existe``."""
    siguiente = siguiente_version(db, clave)
    if siguiente == 1:
        raise ErrorJornada("instrumento_no_existe")
    return siguiente - 1


def retirar(db: Database, clave: str, ahora: datetime) -> None:
    """Deja de ofrecerse para eventos nuevos, con todas sus versiones.

    :raises ErrorJornada: ``instrumento_no_existe``.
    """
    with escritura(db):
        ultima_version(db, clave)
        db.execute(
            "UPDATE instrumento SET retirado_en = ? WHERE clave = ? AND retirado_en IS NULL", [ahora.isoformat(), clave]
        )


def volver_a_ofrecer(db: Database, clave: str) -> None:
    """:raises ErrorJornada: ``instrumento_no_existe``."""
    with escritura(db):
        ultima_version(db, clave)
        db.execute("UPDATE instrumento SET retirado_en = NULL WHERE clave = ?", [clave])


def anteriores(db: Database, instrumento: Instrumento) -> Iterator[Instrumento]:
    """Las versiones guardadas antes que ésta, de la más nueva a la más vieja."""
    for fila in db.execute(
        "SELECT modelo FROM instrumento WHERE clave = ? AND version < ? ORDER BY version DESC",
        [instrumento.clave, instrumento.version],
    ).fetchall():
        yield de_texto(fila["modelo"])
