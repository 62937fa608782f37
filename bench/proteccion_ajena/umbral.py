"""Supresión por umbral, sola: lo que va de 1 a 9 se esconde, lo demás sale exacto.

La regla que casi todos aplican a mano. Fuente: «UK LLC, Statistical Disclosure Control» (2025), umbral de 10.
"""

from collections.abc import Mapping
from typing import TypeVar

C = TypeVar("C")


def suprimir(cuentas: Mapping[C, int], umbral: int = 10) -> dict[C, int | None]:
    return {celda: None if 0 < n < umbral else n for celda, n in cuentas.items()}


def intervalo(n: int | None, umbral: int = 10) -> tuple[float, float]:
    """Lo que un atacante sabe de la cuenta verdadera al ver la publicada."""
    return (1, umbral - 1) if n is None else (n, n)
