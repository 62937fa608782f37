"""ONS 10-5: umbral de 10 y redondeo convencional al múltiplo de 5 más cercano; lo escondido incluye al cero.

Fuentes: ONS, «SRS Output Checking Guidance» v1.1 (umbral de 10); OCDE, «Glossary of Statistical Disclosure Control»
(redondeo convencional: 1 y 2 bajan, 3 y 4 suben).
"""

from collections.abc import Mapping
from typing import TypeVar

C = TypeVar("C")


def redondear(cuentas: Mapping[C, int], umbral: int = 10, base: int = 5) -> dict[C, int | None]:
    return {celda: None if n < umbral else base * ((n + base // 2) // base) for celda, n in cuentas.items()}


def intervalo(n: int | None, umbral: int = 10, base: int = 5) -> tuple[float, float]:
    """Lo que un atacante sabe de la cuenta verdadera al ver la publicada."""
    return (0, umbral - 1) if n is None else (max(umbral, n - base // 2), n + base // 2)
