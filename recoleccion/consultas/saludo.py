"""Lo que un teléfono dice de sí con cada lote: cuánto le falta, qué hora tiene, su aplicación y su espacio."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from ..protocolo.registro import SESGO_MAXIMO_MS
from . import dispositivos


def anotar(db: Database, dispositivo_id: str, lote: Mapping[str, Any], acusados: int, ahora: datetime) -> None:
    """``pendientes`` cuenta también los de este lote: se restan los que ya quedaron acusados."""
    pendientes, app = lote.get("pendientes"), lote.get("app")
    if isinstance(pendientes, int) and not isinstance(pendientes, bool):
        pendientes = min(max(pendientes - acusados, 0), 1_000_000)
    else:
        pendientes = None
    version = "".join(c for c in app if c.isprintable())[:60] if isinstance(app, str) and app.isascii() else None
    sesgo, almacen = _sesgo(lote.get("enviado_en"), ahora), _almacen(lote.get("almacen"))
    dispositivos.visto(db, dispositivo_id, ahora, pendientes, sesgo, version, almacen)


def _almacen(dicho: object) -> tuple[bool | None, int | None]:
    """Si el navegador prometió no borrar y qué por ciento de su espacio va usado; lo que no se entienda, nulo."""
    if not isinstance(dicho, Mapping):
        return None, None
    persiste, usado = dicho.get("persiste"), dicho.get("usado")
    cabe = isinstance(usado, int) and not isinstance(usado, bool) and 0 <= usado <= 100
    return persiste if isinstance(persiste, bool) else None, usado if cabe else None


def _sesgo(enviado_en: object, ahora: datetime) -> int | None:
    """Reloj del teléfono menos el del servidor, en milisegundos (incluye lo que tardó el viaje)."""
    try:
        enviado = datetime.fromisoformat(str(enviado_en))
        sesgo = round((enviado - ahora).total_seconds() * 1000)
    except (TypeError, ValueError, OverflowError):
        return None
    return sesgo if abs(sesgo) <= SESGO_MAXIMO_MS else None
