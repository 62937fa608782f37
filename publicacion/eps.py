"""El modo eps: ruido geométrico de dos lados, con llave, en lugar del redondeo. Puro.

Cada celda suma un entero al azar X con P(X = k) proporcional a exp(-e·|k|). El azar sale de HMAC-SHA256(secreto,
``eps|lote|tabla|celda``): el mismo lote da siempre lo mismo y no se puede pedir otra vez para promediar.

Lo que se promete es por pregunta: un renglón (una asistencia, una contestación) cuenta en varias celdas de la misma
pregunta, y entre todas se gasta un epsilon. No cubre la encuesta entera (diez preguntas gastan diez), ni a quien asiste
varias veces, ni qué celdas se esconden (eso lo decide la cuenta verdadera), ni los totales exactos del POA.
"""

import hashlib
import hmac
import math
from collections.abc import Callable

from .modelo import Reglas

EXPLICACION = (
    "En lugar de redondear, a cada cuenta se le sumó un número al azar (ruido geométrico de dos lados) y el resultado"
    " se llevó al múltiplo de 5 más cercano, nunca menos de 10. Epsilon mide cuánto puede cambiar lo que se ve por un"
    " solo renglón: mientras más chico, más protege y más se equivoca. Vale para una pregunta en un periodo: quien"
    " contesta diez preguntas gasta diez veces epsilon, y quien asiste varias veces cuenta cada vez. No cubre qué datos"
    " se esconden ni los totales exactos del programa operativo anual."
)
"""Para la página «¿Cómo se protegieron estos datos?» cuando el lote salió en este modo."""


def ruido(lote: str, reglas: Reglas, secreto: bytes) -> Callable[[int, str, str, int], int]:
    """Quien da la cuenta que se muestra: con ruido, a un múltiplo de ``reglas.redondeo`` y desde ``reglas.umbral``."""

    def con_ruido(n: int, tabla: str, celda: str, veces: int) -> int:
        huella = hmac.digest(secreto, f"eps|{lote}|{tabla}|{celda}".encode(), hashlib.sha256)
        visto = n + geometrico(huella, reglas.epsilon / veces)
        # Lo que sigue sólo mira el número con ruido, y no gasta epsilon; la publicada cabe en el mismo esquema.
        base = reglas.redondeo
        minimo = -(-reglas.umbral // base) * base
        return max(minimo, (visto + base // 2) // base * base)

    return con_ruido


def geometrico(huella: bytes, epsilon: float) -> int:
    """Un entero X con P(X = k) = (1 - a) / (1 + a) · a^|k|, a = exp(-epsilon). ``huella``: 16 bytes al azar o más.

    Es la resta de dos geométricas; cada una sale de ocho bytes por su función de distribución inversa.
    """
    una, otra = (
        math.floor(math.log((int.from_bytes(parte, "big") + 0.5) / 2**64) / -epsilon)
        for parte in (huella[:8], huella[8:16])
    )
    return una - otra
