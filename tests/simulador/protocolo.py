"""Las decisiones puras del teléfono, como las dice la página del protocolo: el espejo en Python de ``protocolo.js``.

``test_modelo.py`` lo compara con los mismos vectores que corre el teléfono de verdad.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

LOTE = "/api/v1/lote"
PAQUETE = "/api/v1/paquete"
"""Las dos direcciones con que habla el modelo; si se mudan, se mudan aquí."""

VERSION = 1
BYTES = 1_000_000
_ENCABEZADO = 400


@dataclass
class Destino:
    """Lo que se sabe de un registro enviado; ``codigo`` dice por qué se apartó."""

    estado: str
    codigo: str | None = None


@dataclass
class Dicho:
    """Qué significa una respuesta: a dónde va cada id y si el lote se parte."""

    motivo: str
    partir: bool = False
    destinos: dict[str, Destino] = field(default_factory=dict)
    epoca: str | None = None
    hora_servidor: str | None = None


def armar_lotes(registros: Iterable[Any], maximo: int) -> list[list[Any]]:
    """Reparte la cola en lotes de ``maximo`` registros y un megabyte."""
    lotes: list[list[Any]] = []
    ocupado = BYTES
    for registro in registros:
        mide = len(registro.id) + len(registro.sobre) + 22
        if not lotes or len(lotes[-1]) >= maximo or ocupado + mide > BYTES:
            lotes.append([])
            ocupado = _ENCABEZADO
        lotes[-1].append(registro)
        ocupado += mide
    return lotes


def interpretar(estado: int, tipo: str | None, cuerpo: str, ids: Sequence[str]) -> Dicho:
    """Nada se da por enviado sin un acuse de ese id; todo lo que no se entiende se conserva."""
    nuestro = _nuestro(tipo, cuerpo)
    if estado == 0:
        return Dicho("sin_red")
    if estado == 401:
        return Dicho("entrar")
    if estado == 200:
        return _acuses(nuestro, ids) if nuestro and isinstance(nuestro.get("acuses"), list) else Dicho("portal")
    if estado == 413:
        return _partir("muy_grande", ids, None)
    if estado == 400 and nuestro and nuestro.get("error"):
        return _partir("no_es_lote", ids, nuestro["error"])
    if estado < 500 and not nuestro:
        return Dicho("portal")
    return Dicho("servidor")


def _partir(motivo: str, ids: Sequence[str], error: Any) -> Dicho:
    if len(ids) != 1:
        return Dicho(motivo, partir=len(ids) > 1)
    codigo = error.get("codigo") if isinstance(error, Mapping) else None
    return Dicho(motivo, destinos={ids[0]: Destino("apartado", codigo or motivo)})


def _acuses(respuesta: Mapping[str, Any], ids: Sequence[str]) -> Dicho:
    esperados = set(ids)
    destinos: dict[str, Destino] = {}
    for acuse in respuesta["acuses"]:
        destino = _destino(acuse)
        if destino is None or acuse["id"] not in esperados:
            continue
        previo = destinos.get(acuse["id"])
        if previo and previo.estado != destino.estado:
            esperados.discard(acuse["id"])  # dos acuses que se contradicen no son un acuse
            del destinos[acuse["id"]]
        else:
            destinos[acuse["id"]] = destino
    return Dicho("acuse", False, destinos, respuesta.get("epoca"), respuesta.get("hora_servidor"))


def _destino(acuse: Any) -> Destino | None:
    if not isinstance(acuse, Mapping) or not isinstance(acuse.get("id"), str):
        return None
    estado = acuse.get("estado")
    if estado in ("aceptado", "repetido"):
        return Destino("enviado")
    if estado in ("conflicto", "retenido"):
        return Destino("apartado", acuse.get("codigo") or estado)
    return None


def _nuestro(tipo: str | None, cuerpo: str) -> dict[str, Any] | None:
    """Un JSON nuestro dice su versión; un portal cautivo o un intermediario, no."""
    if not re.match(r"application/json\b", tipo or "", re.IGNORECASE):
        return None
    try:
        valor = json.loads(cuerpo)
    except ValueError:
        return None
    return valor if isinstance(valor, dict) and valor.get("version") == VERSION else None
