"""La carta descriptiva de un evento: qué se va a hacer, en qué orden y con qué."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from .. import reglas
from ..errores import ErrorJornada
from .conexion import escritura

TEXTOS = ("objetivo", "publico", "materiales")
MOMENTO = ("momento", "actividad", "minutos")
"""De cada momento: cómo se llama, qué se hace (textos) y cuántos minutos dura (entero o nulo)."""


def leer(db: Database, evento_id: str) -> dict[str, Any] | None:
    """Los :data:`TEXTOS`, ``momentos`` en su orden, ``cambiada_en`` y ``marca``; ``None`` si no se ha escrito.

    Dos cartas que dicen lo mismo llevan la misma ``marca``.
    """
    fila = db.execute(
        "SELECT objetivo, publico, momentos, materiales, cambiada_en FROM carta_descriptiva WHERE evento_id = ?",
        [evento_id],
    ).fetchone()
    if fila is None:
        return None
    marca = reglas.huella(reglas.json_canonico([fila[c] for c in (*TEXTOS, "momentos")]))
    return {**dict(fila), "momentos": json.loads(fila["momentos"]), "marca": marca}


def guardar(db: Database, evento_id: str, datos: Mapping[str, Any], *, vista: str | None, ahora: datetime) -> None:
    """Escribe la carta o cambia la que hay.

    :param vista: la ``marca`` de la que se estaba viendo; ``None`` si no había ninguna.
    :raises ErrorJornada: ``cambio_de_otra_persona`` si ya es otra.
    """
    momentos = [{c: momento.get(c) for c in MOMENTO} for momento in datos["momentos"]]
    with escritura(db):
        actual = leer(db, evento_id)
        if vista != (actual["marca"] if actual else None):
            raise ErrorJornada("cambio_de_otra_persona")
        _poner(db, evento_id, {**datos, "momentos": json.dumps(momentos, ensure_ascii=False)}, ahora)


def copiar(db: Database, de: str, a: str, ahora: datetime) -> None:
    """La carta del evento ``de`` para el evento ``a``, si ``de`` tiene y ``a`` todavía no."""
    with escritura(db):
        carta = leer(db, de)
        if carta and leer(db, a) is None:
            _poner(db, a, {**carta, "momentos": json.dumps(carta["momentos"], ensure_ascii=False)}, ahora)


def _poner(db: Database, evento_id: str, datos: Mapping[str, Any], ahora: datetime) -> None:
    fila = {c: datos.get(c) or None for c in (*TEXTOS, "momentos")}
    db.execute(
        "INSERT INTO carta_descriptiva (evento_id, objetivo, publico, momentos, materiales, cambiada_en)"
        " VALUES (:id, :objetivo, :publico, :momentos, :materiales, :ahora)"
        " ON CONFLICT (evento_id) DO UPDATE SET objetivo = :objetivo, publico = :publico, momentos = :momentos,"
        " materiales = :materiales, cambiada_en = :ahora",
        {**fila, "id": evento_id, "ahora": ahora.isoformat()},
    )
