"""Los cuatro tipos de XPath 1.0 y sus conversiones, con lo que la especificación ODK XForms les agrega.

Un nodo es una lista de textos en el orden del documento. Fuentes: XPath 1.0, secciones 3.4, 3.5 y 4; ODK XForms,
«XPath Operators» (las fechas son números al operar) y su nota sobre booleanos guardados como texto.
"""

import math
import re
from typing import TypeAlias

from .fechas import dias

Valor: TypeAlias = str | float | bool | list[str]

ESPACIO = " \t\r\n"  # el de XML, no el de Unicode: así es igual en las dos máquinas
_NUMERO = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")


def a_texto(valor: Valor) -> str:
    """``string()``: el primer nodo, «true»/«false», o el número sin exponente y con los dígitos que lo distinguen."""
    if isinstance(valor, str):
        return valor
    if isinstance(valor, bool):
        return "true" if valor else "false"
    if isinstance(valor, list):
        return valor[0] if valor else ""
    return _numero_a_texto(float(valor))


def a_numero(valor: Valor, minutos: int = 0) -> float:
    """``number()``: también una fecha, en días desde 1970-01-01; lo que no es ni una cosa ni otra, NaN.

    ``minutos``: desfase del aparato respecto de UTC, para una fecha con hora y sin zona.
    """
    if isinstance(valor, list | str):
        return _texto_a_numero(a_texto(valor), minutos)
    return float(valor)


def a_booleano(valor: Valor) -> bool:
    """``boolean()``: un nodo vale si alguno de sus textos no está vacío (una pregunta sin contestar es falsa)."""
    if isinstance(valor, list):
        return any(valor)
    if isinstance(valor, str):
        return valor != ""
    return valor != 0 and not math.isnan(valor)


def _texto_a_numero(texto: str, minutos: int) -> float:
    texto = texto.strip(ESPACIO)
    if _NUMERO.fullmatch(texto):
        return float(texto)
    return dias(texto, minutos)


def _numero_a_texto(numero: float) -> str:
    if math.isnan(numero):
        return "NaN"
    if math.isinf(numero):
        return "Infinity" if numero > 0 else "-Infinity"
    if numero == 0:
        return "0"
    signo, digitos, exponente = partes(numero)
    if exponente >= len(digitos) - 1:
        return signo + digitos + "0" * (exponente - len(digitos) + 1)
    if exponente < 0:
        return f"{signo}0.{'0' * (-exponente - 1)}{digitos}"
    return f"{signo}{digitos[: exponente + 1]}.{digitos[exponente + 1 :]}"


def partes(numero: float) -> tuple[str, str, int]:
    """Signo, dígitos (los menos que distinguen al número) y exponente del primero: -0.0125 es («-», «125», -2)."""
    mantisa, _, exponente = f"{abs(numero)!r}".partition("e")
    entero, _, decimal = mantisa.partition(".")
    digitos = (entero + decimal).lstrip("0")
    primero = len(entero) - 1 if entero != "0" else -1 - (len(decimal) - len(decimal.lstrip("0")))
    return "-" if numero < 0 else "", digitos.rstrip("0"), primero + int(exponente or 0)
