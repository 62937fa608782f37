"""Lo que se recuerda de los respaldos y las revisiones, para la página «Estado», ``/salud`` y ``jornada verificar``.

Vive en ``datos/estado/``, un JSON por cosa. No es parte de lo que se respalda: habla de esta computadora.
"""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

RESPALDO, REVISION, REPLICA, HOJA, RESTAURADO = "respaldo", "revision", "replica", "hoja", "restaurado"


def leer(datos: Path, cual: str) -> dict[str, Any]:
    """Lo último que se anotó; vacío si nada, o si no se puede leer."""
    try:
        leido = json.loads((datos / "estado" / f"{cual}.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return leido if isinstance(leido, dict) else {}


def anotar(datos: Path, cual: str, **cosas: Any) -> None:
    """Cambia lo que se diga y deja lo demás. Entero o nada."""
    ruta = datos / "estado" / f"{cual}.json"
    ruta.parent.mkdir(mode=0o700, exist_ok=True)
    temporal = ruta.with_name(f"{ruta.name}.{os.getpid()}")
    temporal.write_text(json.dumps(leer(datos, cual) | cosas, ensure_ascii=False, indent=1), "utf-8")
    temporal.chmod(0o600)
    temporal.replace(ruta)


def cuando(anotado: dict[str, Any], que: str) -> datetime | None:
    """Una hora anotada, si la hay y se entiende."""
    try:
        hora = datetime.fromisoformat(anotado[que])
    except (KeyError, TypeError, ValueError):
        return None
    return hora if hora.tzinfo else None
