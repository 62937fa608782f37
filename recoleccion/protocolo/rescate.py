"""El archivo de rescate (``.jornada``): registros sellados de un teléfono, uno por renglón. Puro.

El primer renglón dice qué es, cuántos trae y el SHA-256 de los renglones que siguen (cada uno sin su coma y con su
salto). Así un archivo cortado se lee hasta donde llegó: cada renglón entero vale por sí solo, porque cada registro va
sellado y firmado. Lo escribe ``static/js/rescate/archivo.js``.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

FORMATO = "jornada-rescate"
VERSION = 1
MAX_RENGLON = 1_000_000
"""Bytes: ni un solo registro pasa de lo que cabe en un lote."""
MAX_TOTAL = 10**9
"""Un archivo que dice traer más no sabe cuántos trae."""
_CABEZA = b'"registros":['
_PIE = (b"]}", b"")


class ArchivoAjeno(ValueError):
    """No empieza como un archivo de rescate."""


class ArchivoMasNuevo(ValueError):
    """Es de una versión del formato que aquí no se conoce."""


@dataclass
class Lectura:
    """Cómo va la lectura de un archivo; al final de :meth:`registros`, cómo quedó.

    :ivar total: los que dice traer. :ivar enteros: los que se pudieron leer.
    :ivar intacto: si el SHA-256 del encabezado es el de lo leído.
    """

    renglones: Iterable[bytes]
    total: int = 0
    enteros: int = 0
    intacto: bool = False
    _sha256: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        """:raises ArchivoAjeno: si no lo es. :raises ArchivoMasNuevo: si es de otra versión."""
        self.renglones = iter(self.renglones)
        primero = next(self.renglones, b"").removeprefix(b"\xef\xbb\xbf").strip()
        cabeza = _objeto(primero + b"]}") if primero.endswith(_CABEZA) and len(primero) < MAX_RENGLON else None
        if cabeza is None or cabeza.get("formato") != FORMATO:
            raise ArchivoAjeno
        if cabeza.get("version") != VERSION:
            raise ArchivoMasNuevo
        total = cabeza.get("total")
        self.total = total if isinstance(total, int) and not isinstance(total, bool) and 0 < total < MAX_TOTAL else 0
        self._sha256 = str(cabeza.get("sha256"))

    @property
    def faltan(self) -> int:
        """Los que el archivo dice traer y no llegaron enteros."""
        return max(0, self.total - self.enteros)

    def registros(self) -> Iterator[dict[str, str]]:
        """Los que llegaron enteros; lo demás se pasa por alto."""
        resumen = hashlib.sha256()
        for renglon in self.renglones:
            limpio = renglon.strip().removesuffix(b",")
            registro = _registro(limpio) if limpio not in _PIE and len(limpio) <= MAX_RENGLON else None
            if (
                registro is None
                or not isinstance(registro.get("id"), str)
                or not isinstance(registro.get("sobre"), str)
            ):
                continue
            resumen.update(limpio + b"\n")
            self.enteros += 1
            yield registro
        self.intacto = resumen.hexdigest() == self._sha256 and not self.faltan


def _registro(texto: bytes) -> dict[str, str] | None:
    """De un registro viajan textos y nada más; lo que no lo sea no es suyo."""
    valor = _objeto(texto)
    return {clave: texto for clave, texto in valor.items() if isinstance(texto, str)} if valor is not None else None


def _objeto(texto: bytes) -> dict[str, Any] | None:
    try:
        valor = json.loads(texto)
    except (ValueError, RecursionError):
        return None
    return valor if isinstance(valor, dict) else None
