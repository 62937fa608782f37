"""Lo que se sabe de unas cuentas enteras, y lo que no debe poder deducirse de eso. Sin nombres: sólo sumas."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Terminos = tuple[tuple[int, int], ...]
"""Una suma: pares (variable, coeficiente)."""


@dataclass(frozen=True)
class Conocida:
    """Una suma que cualquiera sabe que está entre dos cotas, ambas incluidas; ``None``: sin cota."""

    terminos: Terminos
    desde: int | None
    hasta: int | None
    tabla: str = ""
    celda: str = ""

    @property
    def resta(self) -> bool:
        return any(coeficiente < 0 for _, coeficiente in self.terminos)


@dataclass(frozen=True)
class Objetivo:
    """Una suma escondida. Está a salvo si puede tomar valores que abarquen ``ancho``, y alguno no pase de ``bajo``."""

    variables: tuple[int, ...]
    clase: str
    tabla: str
    celda: str
    ancho: int = 0
    bajo: int | None = None

    def a_salvo(self, menor: int, mayor: int) -> bool:
        return mayor - menor >= self.ancho and (self.bajo is None or menor <= self.bajo)


@dataclass(frozen=True)
class Sistema:
    """Variables enteras desde 0, con su valor verdadero; lo que se sabe de ellas y lo que se esconde."""

    verdad: tuple[int, ...]
    conocidas: tuple[Conocida, ...]
    objetivos: tuple[Objetivo, ...]

    @property
    def cota(self) -> int:
        """Más de lo que cualquier cuenta puede importar: hace acotado lo que nadie acota."""
        return 2 * sum(self.verdad) + 1000

    def contradichas(self) -> list[Conocida]:
        """Lo «sabido» que no es cierto: señal de que lo publicado no salió de estos datos."""
        return [c for c in self.conocidas if not _cumple(c, self.verdad)]

    def admite(self, valores: Sequence[int]) -> bool:
        """¿Son otros datos posibles para quien sólo sabe lo que se sabe? Se comprueba con enteros, sin tolerancias."""
        return min(valores, default=0) >= 0 and all(_cumple(c, valores) for c in self.conocidas)


def suma(variables: Iterable[int]) -> Terminos:
    return tuple((variable, 1) for variable in variables)


def _cumple(conocida: Conocida, valores: Sequence[int]) -> bool:
    n = sum(coeficiente * valores[variable] for variable, coeficiente in conocida.terminos)
    return (conocida.desde is None or n >= conocida.desde) and (conocida.hasta is None or n <= conocida.hasta)
