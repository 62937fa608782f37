"""El texto único de los datos de un informe y su huella: el mismo informe da siempre los mismos bytes."""

import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any

FORMATO = 1
"""Cambia si cambia qué significan los datos; los guardados se siguen leyendo con el suyo."""
FUERA_DE_LAS_CIFRAS = ("hecho_en", "hecho_por", "firmas", "nota", "justificaciones", "membrete", "bitacora")
"""Lo que se escribe o dice quién y cuándo; lo demás son cifras."""


def texto(datos: Mapping[str, Any]) -> str:
    """JSON en UTF-8, con las llaves en orden y sin espacios. De él es la huella."""
    return json.dumps(datos, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def huella(escrito: str) -> str:
    """SHA-256 en hexadecimal."""
    return hashlib.sha256(escrito.encode()).hexdigest()


def huella_de_cifras(datos: Mapping[str, Any]) -> str:
    """La de lo que no se escribe a mano: dice si las cuentas cambiaron entre mirar un informe y guardarlo."""
    return huella(texto({clave: valor for clave, valor in datos.items() if clave not in FUERA_DE_LAS_CIFRAS}))


def cifra(valor: float | None) -> int | float | None:
    """El mismo número, entero si lo es: ``12.0`` y ``12`` no son dos textos distintos."""
    if valor is None:
        return None
    return int(valor) if float(valor).is_integer() else round(float(valor), 6)


def truncado(porcentaje: float | None) -> int | float | None:
    """Con un decimal y sin redondear hacia arriba: 89.97 se lee 89.9, que sigue siendo menos de 90."""
    return None if porcentaje is None else cifra(math.floor(round(porcentaje, 6) * 10 + 1e-9) / 10)
