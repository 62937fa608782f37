"""Lo que se escribe en una celda cuando se quiso poner un número o un día. Fallan con ``ValueError`` y su frase."""

import re
from datetime import date

from formularios.tabla.emparejar import llana

ANIOS = (2000, 2100)
_MESES = ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic")
_MILES = re.compile(r"[0-9]{1,3}([ ,][0-9]{3})+(\.[0-9]+)?")
_FORMULA = re.compile(r"=|[+@].*[A-Za-z(]")


def leer_entero(texto: str, *, maximo: int = 1_000_000) -> int:
    """Un número entero de cero en adelante: «12», «1,234», «12.0»."""
    valor = _numero(texto)
    if valor != int(valor):
        raise ValueError(f"«{_corto(texto)}» no es un número entero.")
    return int(_entre(valor, texto, maximo))


def leer_decimal(texto: str, *, maximo: float = 1_000_000) -> float:
    """Un número de cero en adelante: «1.5», «1,5», «1,234.5»."""
    return _entre(_numero(texto), texto, maximo)


def _numero(texto: str) -> float:
    limpio = texto.strip().replace("−", "-").replace("\u202f", " ").replace("\xa0", " ")
    if _FORMULA.match(limpio):
        raise ValueError(f"«{_corto(texto)}» es una fórmula. Escriba el número.")
    if _MILES.fullmatch(limpio.lstrip("-")):
        limpio = limpio.replace(",", "").replace(" ", "")
    elif re.fullmatch(r"-?[0-9]+,[0-9]{1,2}", limpio):
        limpio = limpio.replace(",", ".")
    if not re.fullmatch(r"[-+]?[0-9]{1,15}(\.[0-9]{1,15})?", limpio):
        raise ValueError(f"«{_corto(texto)}» no es un número. Escríbalo con cifras, como 12.")
    return float(limpio)


def _entre(valor: float, texto: str, maximo: float) -> float:
    if valor < 0:
        raise ValueError(f"«{_corto(texto)}» es negativo. Escriba cero o más.")
    if valor > maximo:
        raise ValueError(f"«{_corto(texto)}» es demasiado. Caben hasta {maximo:,}.")
    return valor


def leer_dia(texto: str) -> date:
    """«2026-11-25», «25/11/2026», «25-11-26», «25 de noviembre de 2026», «25-nov-26»; con hora, sin contarla.

    El día va antes que el mes, como se escribe aquí.
    """
    limpio = re.sub(r"[T ]+[0-9]{1,2}:[0-9]{2}(:[0-9.]+)?$", "", texto.strip())
    if partes := re.fullmatch(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})", limpio):
        anio, mes, dia = (int(parte) for parte in partes.groups())
    elif partes := re.fullmatch(r"([0-9]{1,2})[/.\-]([0-9]{1,2})[/.\-]([0-9]{4}|[0-9]{2})", limpio):
        dia, mes, anio = (int(parte) for parte in partes.groups())
    elif partes := re.fullmatch(r"([0-9]{1,2}) (?:de )?([a-z]{3,10}) (?:de |del )?([0-9]{4}|[0-9]{2})", llana(limpio)):
        dia, anio = int(partes[1]), int(partes[3])
        mes = next((n for n, nombre in enumerate(_MESES, start=1) if partes[2].startswith(nombre)), 0)
        mes = mes or (9 if partes[2].startswith("set") else 0)
    elif re.fullmatch(r"[0-9]{5}(\.[0-9]+)?", limpio):
        raise ValueError(f"«{_corto(texto)}» es una fecha guardada como número. Dele formato de fecha a la columna.")
    else:
        raise ValueError(f"«{_corto(texto)}» no es una fecha. Escríbala como 25/11/2026.")
    anio += 2000 if anio < 100 else 0
    try:
        fecha = date(anio, mes, dia)
    except ValueError:
        raise ValueError(f"«{_corto(texto)}» no existe en el calendario. Escríbala como día/mes/año.") from None
    if not ANIOS[0] <= anio <= ANIOS[1]:
        raise ValueError(f"Revise el año de «{_corto(texto)}».")
    return fecha


def _corto(texto: str) -> str:
    return texto if len(texto) <= 40 else f"{texto[:40]}…"
