"""La hoja de cierre: cuántas personas se contaron a ojo y qué pasó, para compararlo con lo registrado."""

from datetime import datetime
from typing import Any

from sqlite_utils import Database

from .. import reglas
from ..errores import ErrorJornada
from .conexion import escritura


def leer(db: Database, evento_id: str) -> dict[str, Any] | None:
    """``contadas`` (nulo: no se contó), ``nota``, ``guardada_en``, ``guardada_por`` (usuario) y ``marca``.

    Dos hojas que dicen lo mismo llevan la misma ``marca``.
    """
    fila = db.execute(
        "SELECT contadas, nota, guardada_en, guardada_por FROM hoja_cierre WHERE evento_id = ?", [evento_id]
    ).fetchone()
    if fila is None:
        return None
    return {**dict(fila), "marca": reglas.huella(reglas.json_canonico([fila["contadas"], fila["nota"]]))}


def guardar(
    db: Database,
    evento_id: str,
    *,
    contadas: int | None,
    nota: str | None,
    vista: str | None,
    ahora: datetime,
    quien: str,
) -> None:
    """Escribe la hoja o cambia la que hay.

    :param contadas: personas que se contaron a ojo, de 0 a 5000.
    :param vista: la ``marca`` de la que se estaba viendo; ``None`` si no había ninguna.
    :raises ErrorJornada: ``cambio_de_otra_persona`` si ya es otra.
    """
    with escritura(db):
        actual = leer(db, evento_id)
        if vista != (actual["marca"] if actual else None):
            raise ErrorJornada("cambio_de_otra_persona")
        db.execute(
            "INSERT INTO hoja_cierre (evento_id, contadas, nota, guardada_en, guardada_por)"
            " VALUES (:id, :contadas, :nota, :ahora, :quien) ON CONFLICT (evento_id) DO UPDATE SET"
            " contadas = :contadas, nota = :nota, guardada_en = :ahora, guardada_por = :quien",
            {"id": evento_id, "contadas": contadas, "nota": nota or None, "ahora": ahora.isoformat(), "quien": quien},
        )
