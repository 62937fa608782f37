"""Cómo se recuerda un registro hecho en línea sin que su huella delate lo que decía.

La huella de un sobre no dice nada: el sobre lleva azar. La de una página sí: quien tuviera el archivo podría calcular
la de cada respuesta posible, o la de cada nombre, hasta dar con la que quedó en ``recibido``, y atar así un renglón
revuelto a su evento. Por eso lleva una llave propia del evento, que se destruye al cerrarlo: de ahí en adelante sólo se
sabe que ese id ya llegó.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence

from sqlite_utils import Database

from ..protocolo.decision import OLVIDADA
from .conexion import escritura


def huella(db: Database, evento_id: object, canonico: bytes) -> str:
    """La huella con la llave del evento, que nace con su primer registro. Dentro de la transacción de quien llama."""
    fila = db.execute("SELECT id, llave FROM llave_evento WHERE evento_id = ?", [evento_id]).fetchone()
    if fila is None:
        fila = {"id": secrets.token_hex(8), "llave": secrets.token_bytes(32)}
        db.execute(
            "INSERT INTO llave_evento (evento_id, id, llave) SELECT id, ?, ? FROM evento WHERE id = ?",
            [fila["id"], fila["llave"], evento_id],
        )
    return f"{fila['id']}:{hmac.new(fila['llave'], canonico, hashlib.sha256).hexdigest()}"


def huellas(db: Database, ids: Sequence[str]) -> dict[str, str]:
    """De estos registros, la huella de los que ya se guardaron."""
    filas = db.execute(
        "SELECT id, huella FROM recibido WHERE id IN (SELECT value FROM json_each(?))", [json.dumps(ids)]
    )
    return {fila["id"]: fila["huella"] for fila in filas}


def olvidar(db: Database, evento_id: str) -> None:
    """Destruye la llave y las huellas hechas con ella; los ids se quedan, para no duplicar."""
    with escritura(db):
        fila = db.execute("SELECT id FROM llave_evento WHERE evento_id = ?", [evento_id]).fetchone()
        if fila is not None:
            db.execute("UPDATE recibido SET huella = ? WHERE huella LIKE ? || ':%'", [OLVIDADA, fila["id"]])
            db.execute("DELETE FROM llave_evento WHERE evento_id = ?", [evento_id])


def olvidar_si_ya_cerro(db: Database, evento_id: object) -> None:
    """Lo que llega tarde, con el evento ya cerrado o cancelado, tampoco deja llave con que probar qué decía."""
    ya = "SELECT 1 FROM evento WHERE id = ? AND estado IN ('cerrado', 'cancelado')"
    if db.execute(ya, [evento_id]).fetchone():
        olvidar(db, str(evento_id))
