"""Cuáles respaldos se quedan: el último de cada uno de los últimos días, semanas y meses en que se respaldó.

Cuenta días en que hubo respaldo, no días del calendario: una computadora apagada un mes, o un reloj que brinca años, no
vacía la carpeta.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

_NOMBRE = re.compile(r"respaldo-(\d{4}-\d{2}-\d{2}-\d{6})\.tar\.gz\.age")
_HORA = "%Y-%m-%d-%H%M%S"


@dataclass(frozen=True)
class Plan:
    """Cuántos se guardan de cada clase; uno mismo puede servir para las tres."""

    diarios: int = 7
    semanales: int = 5
    mensuales: int = 12


def nombre(ahora: datetime) -> str:
    return f"respaldo-{ahora.strftime(_HORA)}.tar.gz.age"


def hecho_el(nombre: str) -> datetime | None:
    """La hora que dice el nombre, sin zona; ``None`` si no es un respaldo nuestro."""
    halla = _NOMBRE.fullmatch(nombre)
    try:
        return datetime.strptime(halla[1], _HORA) if halla else None  # noqa: DTZ007
    except ValueError:
        return None


def sobran(nombres: Iterable[str], plan: Plan) -> list[str]:
    """De esos archivos, los que ya no hace falta guardar. Lo que no es un respaldo nuestro nunca sobra."""
    fechas = {nombre: hora for nombre in nombres if (hora := hecho_el(nombre)) is not None}
    quedan: set[str] = set()
    clases: tuple[tuple[int, Callable[[datetime], object]], ...] = (
        (plan.diarios, lambda hora: hora.date()),
        (plan.semanales, lambda hora: hora.isocalendar()[:2]),
        (plan.mensuales, lambda hora: (hora.year, hora.month)),
    )
    for cuantos, tramo in clases:
        ultimo_de = {tramo(hora): nombre for nombre, hora in sorted(fechas.items(), key=lambda uno: uno[1])}
        quedan |= set(list(ultimo_de.values())[-cuantos:] if cuantos else [])
    return sorted(fechas.keys() - quedan)
