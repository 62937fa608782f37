"""El secreto del número de seis cifras de cada cuenta, y el último lapso que se le aceptó.

El secreto va sellado para la llave del servidor, atado a su cuenta: con la base sola no se hacen números, y el de una
cuenta puesto en el renglón de otra no se abre.
"""

from datetime import datetime

from sqlite_utils import Database

from ..sellado import Sello, SobreIlegible
from .conexion import escritura

INFO = b"jornada/segundo-paso/v1"


def activar(db: Database, cuenta_id: str, secreto: bytes, lapso: int, *, sello: Sello, ahora: datetime) -> None:
    """Pone o cambia el secreto. ``lapso``: el del número con que se probó, que ya no vuelve a servir."""
    with escritura(db):
        db.execute(
            "INSERT OR REPLACE INTO segundo_paso (cuenta_id, secreto, ultimo, activado_en) VALUES (?, ?, ?, ?)",
            [cuenta_id, sello.sellar(secreto, _info(cuenta_id)), lapso, ahora.isoformat()],
        )


def leer(db: Database, cuenta_id: str, sello: Sello) -> tuple[bytes, int] | None:
    """El secreto y el último lapso aceptado; nulo si no lo usa o si su sobre no se puede abrir."""
    fila = db.execute("SELECT secreto, ultimo FROM segundo_paso WHERE cuenta_id = ?", [cuenta_id]).fetchone()
    if fila is None:
        return None
    try:
        return sello.abrir(fila["secreto"], _info(cuenta_id)), int(fila["ultimo"])
    except SobreIlegible:
        return None


def gastar(db: Database, cuenta_id: str, lapso: int) -> bool:
    """Anota ``lapso`` como el último. ``False`` si ya se había aceptado ése o uno posterior."""
    with escritura(db):
        cambio = db.execute(
            "UPDATE segundo_paso SET ultimo = ? WHERE cuenta_id = ? AND ultimo < ?", [lapso, cuenta_id, lapso]
        )
        return cambio.rowcount == 1


def activado_en(db: Database, cuenta_id: str) -> str | None:
    fila = db.execute("SELECT activado_en FROM segundo_paso WHERE cuenta_id = ?", [cuenta_id]).fetchone()
    return str(fila["activado_en"]) if fila else None


def quitar(db: Database, cuenta_id: str) -> bool:
    """``True`` si lo tenía."""
    with escritura(db):
        return db.execute("DELETE FROM segundo_paso WHERE cuenta_id = ?", [cuenta_id]).rowcount == 1


def _info(cuenta_id: str) -> bytes:
    return INFO + b"\n" + cuenta_id.encode()
