"""Números que se pueden decir: porcentajes con lo que pudo moverlos el redondeo, y cuentas escritas como aquí."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

OCULTA = "menos de 10 personas o protegida"
"""Lo que se dice de una celda vacía. Nunca es un cero."""
OCULTA_CORTA = "menos de 10 o protegida"


class Parte(NamedTuple):
    """Un porcentaje entero y cuántos puntos, a lo más, pudo moverlo el redondeo (el de las cuentas y el suyo)."""

    valor: int
    error: int

    def __str__(self) -> str:
        return f"{self.valor} % ±{self.error}"


class PorMes(NamedTuple):
    """Un promedio con un decimal."""

    valor: float

    def __str__(self) -> str:
        return f"{self.valor:,.1f}".removesuffix(".0")


@dataclass(frozen=True)
class Redondeo:
    """Qué tanto puede diferir una cuenta publicada de la verdadera, y lo menos que puede valer."""

    holgura: int = 4
    minimo: int = 10
    seguro: bool = True
    """Falso si la holgura vale 95 de cada 100 veces y no siempre (modo eps)."""

    @classmethod
    def de(cls, reglas: Mapping[str, str], veces: int = 1) -> "Redondeo":
        """De los renglones de la tabla ``reglas`` de un lote.

        :param veces: en el modo eps, entre cuántas celdas se reparte el epsilon de un renglón.
        """
        base = int(_numero(reglas.get("redondeo"), 5))
        if reglas.get("modo") == "eps":
            # Ruido geométrico de dos lados: P(|X| > k) = 2·a^(k+1)/(1+a), con a = e^-ε. Se toma la k del 5 %.
            a = math.exp(-_numero(reglas.get("epsilon"), 3.0) / veces)
            k = max(0, math.ceil(math.log(0.025 * (1 + a)) / math.log(a)) - 1)
            return cls(k + base // 2, 0, seguro=False)
        return cls(max(0, base - 1), int(_numero(reglas.get("umbral"), 10)))

    def parte(self, unas: Sequence[int], otras: Sequence[int]) -> Parte:
        """Qué parte son ``unas`` cuentas del total de ``unas`` y ``otras``."""
        a, b = sum(unas), sum(otras)
        exacto = 100 * a / (a + b)
        a_mas, a_menos = a + self.holgura * len(unas), self._menos(unas)
        b_mas, b_menos = b + self.holgura * len(otras), self._menos(otras)
        alto = 100 * a_mas / (a_mas + b_menos) if a_mas + b_menos else 100.0
        bajo = 100 * a_menos / (a_menos + b_mas) if a_menos + b_mas else 0.0
        return _parte(exacto, bajo, alto)

    def de_un_total(self, n: int, total: int) -> Parte:
        """Qué parte de ``total`` es ``n``, cuando cada cual se redondeó por su lado."""
        bajo = 100 * self._menos([n]) / (total + self.holgura)
        alto = 100 * (n + self.holgura) / max(1, self._menos([total]))
        return _parte(100 * n / total, bajo, min(alto, 100.0))

    def cuando_menos(self, cuentas: Sequence[int]) -> int:
        """Lo menos que pueden sumar de verdad, en decenas."""
        return self._menos(cuentas) // 10 * 10

    def _menos(self, cuentas: Sequence[int]) -> int:
        return sum(max(n - self.holgura, self.minimo, 0) if n else 0 for n in cuentas)


def _parte(exacto: float, bajo: float, alto: float) -> Parte:
    valor = min(100, round(exacto))
    return Parte(valor, math.ceil(max(alto - valor, valor - bajo) - 1e-9))


def _numero(texto: str | None, omision: float) -> float:
    try:
        return float(texto) if texto is not None else omision
    except ValueError:
        return omision


def cuenta(n: int) -> str:
    return f"{n:,}"


def plural(n: int, una: str, varias: str) -> str:
    """«1 evento», «1,200 eventos»."""
    return f"{cuenta(n)} {una if n == 1 else varias}"


def enumerar(cosas: Sequence[str]) -> str:
    """«a, b y c»; «e» delante de i."""
    if len(cosas) < 2:
        return "".join(cosas)
    y = "e" if cosas[-1].casefold().startswith(("i", "í", "hi", "hí")) else "y"
    return f"{', '.join(cosas[:-1])} {y} {cosas[-1]}"


def en_periodo(etiqueta: str) -> str:
    """«En octubre de 2026», «De octubre a diciembre de 2026», «Del 1 de octubre de 2026 al 5 de…»."""
    if etiqueta.startswith("del "):
        return mayuscula(etiqueta)
    return f"De {etiqueta}" if " a " in etiqueta else f"En {etiqueta}"


def mayuscula(texto: str) -> str:
    return texto[:1].upper() + texto[1:]
