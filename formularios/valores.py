"""De lo que se escribió a su forma canónica, por tipo de pregunta. Puro: ni campos ni páginas.

Lo canónico es texto, como en ODK XForms: ``-3``, ``1.5``, ``2026-11-23``, ``09:30``, ``OK``; de varias, una lista.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from formularios.campos import ERROR_OPCION, ERROR_UNA_SOLA, error_de_largo, error_de_sola
from formularios.instrumento import Opcion, Pregunta
from formularios.texto import en_una_linea, limpiar

Valor = str | list[str]
MAXIMO_TEXTO, MAXIMO_CODIGO = 200, 200

_ENTERO = re.compile(r"[+-]?[0-9]{1,15}")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,12}(?:\.[0-9]{0,6})?|\.[0-9]{1,6})")
_FECHA_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_FECHA = re.compile(r"([0-9]{1,2})[/\-. ]([0-9]{1,2})[/\-. ]([0-9]{4})")
_HORA = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])(?::[0-5][0-9](?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?")


def leer(pregunta: Pregunta, opciones: Sequence[Opcion], crudo: Sequence[str]) -> Valor:
    """La forma canónica de lo que llegó; ``""`` o ``[]`` si no se contestó.

    :param opciones: las que se le ofrecían, ya filtradas.
    :raises ValueError: con la frase para quien contesta.
    """
    if pregunta.tipo == "texto":
        return _texto(crudo, pregunta.maximo or MAXIMO_TEXTO, limpiar)
    if pregunta.tipo == "codigo":
        return _texto(crudo, MAXIMO_CODIGO, en_una_linea)
    elegidas = [valor for valor in dict.fromkeys(crudo) if valor]
    if pregunta.tipo == "una":
        return _una(elegidas, opciones)
    if pregunta.tipo == "varias":
        return _varias(elegidas, opciones)
    if pregunta.tipo == "orden":
        return _orden([valor for valor in crudo if valor], opciones)
    return uno(pregunta, elegidas)


def uno(pregunta: Pregunta, elegidas: Sequence[str]) -> str:
    """Un valor que no es de opciones ni texto libre. :raises ValueError:"""
    escritas = [limpio for valor in elegidas if (limpio := en_una_linea(valor))]
    if not escritas:
        return ""
    if len(escritas) > 1:
        raise ValueError(ERROR_UNA_SOLA)
    if pregunta.tipo == "rango":
        return _rango(pregunta, _decimal(escritas[0]))
    return _LECTORES.get(pregunta.tipo, str)(escritas[0])


def _texto(crudo: Sequence[str], maximo: int, limpieza: Callable[[str], str]) -> str:
    texto = limpieza(crudo[0]) if crudo else ""
    if len(texto) > maximo:
        raise ValueError(error_de_largo(len(texto), maximo))
    return texto


def _una(elegidas: Sequence[str], opciones: Sequence[Opcion]) -> str:
    if len(elegidas) > 1:
        raise ValueError(ERROR_UNA_SOLA)
    if elegidas and all(opcion.clave != elegidas[0] for opcion in opciones):
        raise ValueError(ERROR_OPCION)
    return elegidas[0] if elegidas else ""


def _varias(elegidas: list[str], opciones: Sequence[Opcion]) -> list[str]:
    por_clave = {opcion.clave: opcion for opcion in opciones}
    if any(clave not in por_clave for clave in elegidas):
        raise ValueError(ERROR_OPCION)
    sola = next((por_clave[clave].texto for clave in elegidas if por_clave[clave].exclusiva), None)
    if sola is not None and len(elegidas) > 1:
        raise ValueError(error_de_sola(sola))
    return elegidas


def _orden(elegidas: list[str], opciones: Sequence[Opcion]) -> list[str]:
    if elegidas and sorted(elegidas) != sorted(opcion.clave for opcion in opciones):
        raise ValueError("Ponga cada opción en un lugar, sin repetir ninguna.")
    return elegidas


def _entero(escrito: str) -> str:
    limpio = escrito.replace("−", "-")
    if not _ENTERO.fullmatch(limpio):
        raise ValueError("Escriba solo el número, sin letras, comas ni decimales. Por ejemplo: 12.")
    return str(int(limpio))


def _decimal(escrito: str) -> str:
    limpio = escrito.replace("−", "-")
    if not _DECIMAL.fullmatch(limpio):
        raise ValueError("Escriba solo el número, con punto para los decimales y sin comas. Por ejemplo: 12.5.")
    return sin_ceros(Decimal(limpio))


def sin_ceros(numero: Decimal) -> str:
    """Sin exponente, sin ceros de sobra y sin menos cero: ``1.50`` es ``1.5``."""
    texto = f"{numero:f}"
    texto = texto.rstrip("0").rstrip(".") if "." in texto else texto
    return "0" if texto in ("-0", "") else texto


def _fecha(escrito: str) -> str:
    iso, nuestra = _FECHA_ISO.fullmatch(escrito), _FECHA.fullmatch(escrito)
    partes = iso.groups() if iso else nuestra.groups()[::-1] if nuestra else None
    try:
        if partes is None:
            raise ValueError
        return date(*(int(parte) for parte in partes)).isoformat()
    except ValueError:
        raise ValueError("Escriba una fecha que exista, como 23/11/2026 (día, mes y año).") from None


def _hora(escrito: str) -> str:
    partes = _HORA.fullmatch(escrito)
    if partes is None:
        raise ValueError("Escriba la hora de 0 a 24, como 09:30 o 16:45.")
    return f"{int(partes[1]):02}:{partes[2]}"


def rango(pregunta: Pregunta) -> tuple[Decimal, Decimal, Decimal]:
    """Inicio, fin y paso. :raises ArithmeticError: si alguno no es un número."""
    inicio, fin, paso = (Decimal(str(x)) for x in (pregunta.inicio, pregunta.fin, pregunta.paso))
    return inicio, fin, paso


def valores_de_rango(pregunta: Pregunta) -> list[str]:
    """Los que se pueden escoger, en orden."""
    inicio, fin, paso = rango(pregunta)
    return [sin_ceros(inicio + paso * n) for n in range(int((fin - inicio) / paso) + 1)]


def error_de_rango(pregunta: Pregunta) -> str:
    """Lo que se dice de un número que no es de los suyos."""
    de_a = "" if rango(pregunta)[2] == 1 else f", de {pregunta.paso} en {pregunta.paso}"
    return f"Elija un número de {pregunta.inicio} a {pregunta.fin}{de_a}."


def _rango(pregunta: Pregunta, escrito: str) -> str:
    valor, (inicio, fin, paso) = Decimal(escrito), rango(pregunta)
    if not inicio <= valor <= fin or (valor - inicio) % paso != 0:
        raise ValueError(error_de_rango(pregunta))
    return escrito


def _acepto(escrito: str) -> str:
    if escrito != "OK":
        raise ValueError(ERROR_OPCION)
    return escrito


def _punto(escrito: str) -> str:
    partes = escrito.replace(",", " ").split()
    try:
        numeros = [Decimal(_decimal(parte)) for parte in _recortadas(partes)]
    except ValueError:
        numeros = []
    if not 2 <= len(numeros) <= 4 or abs(numeros[0]) > 90 or abs(numeros[1]) > 180:
        raise ValueError("Esa ubicación no se entiende. Tómela de nuevo o déjela vacía.")
    return " ".join(sin_ceros(numero) for numero in numeros)


def _recortadas(partes: Sequence[str]) -> list[str]:
    """Los teléfonos dan más cifras de las que significan algo: seis decimales son 10 cm."""
    return [re.sub(r"(\.[0-9]{6})[0-9]+$", r"\1", parte) for parte in partes]


_LECTORES = {
    "entero": _entero,
    "decimal": _decimal,
    "fecha": _fecha,
    "hora": _hora,
    "acepto": _acepto,
    "punto": _punto,
}
