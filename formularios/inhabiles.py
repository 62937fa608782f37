"""Los días que no cuentan para un plazo: sábados, domingos y los de ``inhabiles.csv``, que la oficina completa.

Los que vienen son los de descanso obligatorio de la Ley Federal del Trabajo (artículo 74). Cada ayuntamiento acuerda
además los suyos (vacaciones, días del municipio): se agregan en el archivo, uno por renglón. La columna ``regla`` dice
cuándo: ``MM-DD`` (cada año), ``3 lunes 11`` (el tercer lunes de noviembre), ``AAAA-MM-DD`` (una vez) o
``AAAA-MM-DD a AAAA-MM-DD`` (un periodo).
"""

import csv
import io
import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from .catalogos import INICIALES, ErrorCatalogo

ARCHIVO = "inhabiles.csv"
_UN_DIA = timedelta(days=1)
_SEMANA = ("lunes", "martes", "miércoles", "jueves", "viernes")
_PERIODO = re.compile(r"(\d{4}-\d\d-\d\d)(?: a (\d{4}-\d\d-\d\d))?")
_CADA_ANIO = re.compile(r"(\d\d)-(\d\d)")
_ENESIMO = re.compile(r"([1-5]) (\w+) (\d\d)")


@dataclass(frozen=True)
class Inhabiles:
    """Los de un archivo, ya entendidos."""

    cada_anio: frozenset[tuple[int, int]]
    enesimos: tuple[tuple[int, int, int], ...]
    """``(cuál, día de la semana, mes)``: el tercer lunes de noviembre es ``(3, 0, 11)``."""
    periodos: tuple[tuple[date, date], ...]

    def habil(self, dia: date) -> bool:
        """¿Cuenta para un plazo?"""
        if dia.weekday() >= len(_SEMANA) or (dia.month, dia.day) in self.cada_anio:
            return False
        if any(desde <= dia <= hasta for desde, hasta in self.periodos):
            return False
        return ((dia.day - 1) // 7 + 1, dia.weekday(), dia.month) not in self.enesimos

    def sumar(self, desde: date, cuantos: int) -> date:
        """El último día de un plazo de ``cuantos`` días hábiles que empieza a contar al día siguiente de ``desde``."""
        dia = desde
        while cuantos > 0:
            dia += _UN_DIA
            cuantos -= self.habil(dia)
        return dia

    def faltan(self, hoy: date, limite: date) -> int:
        """Cuántos días hábiles quedan después de hoy, contando el del límite; negativo si ya pasó."""
        paso, desde, hasta = (1, hoy, limite) if limite >= hoy else (-1, limite, hoy)
        return paso * sum(self.habil(desde + _UN_DIA * n) for n in range(1, (hasta - desde).days + 1))


def cargar_o_los_de_ley(carpeta: Path) -> tuple[Inhabiles, str | None]:
    """Los de esa carpeta; si su archivo no se puede usar, los que vienen y por qué: un plazo se sigue contando."""
    try:
        return cargar(carpeta), None
    except ErrorCatalogo as error:
        return cargar(INICIALES), str(error)


def cargar(carpeta: Path) -> Inhabiles:
    """Los de esa carpeta de catálogos; si no tiene el archivo, los que vienen.

    :raises ErrorCatalogo: con el renglón y qué hacer.
    """
    ruta = carpeta / ARCHIVO
    try:
        texto = (ruta if ruta.is_file() else INICIALES / ARCHIVO).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ErrorCatalogo(f"{ARCHIVO}: no se pudo leer. Guárdelo como CSV UTF-8.") from error
    cada_anio, enesimos, periodos = set(), [], []
    for numero, fila in enumerate(csv.DictReader(io.StringIO(texto)), 2):
        regla = " ".join((fila.get("regla") or "").lower().split())
        if not regla:
            continue
        try:
            if hallado := _PERIODO.fullmatch(regla):
                desde, hasta = date.fromisoformat(hallado[1]), date.fromisoformat(hallado[2] or hallado[1])
                if hasta < desde:
                    raise ValueError
                periodos.append((desde, hasta))
            elif hallado := _CADA_ANIO.fullmatch(regla):
                cada_anio.add((int(hallado[1]), int(hallado[2])))
                date(2024, int(hallado[1]), int(hallado[2]))  # bisiesto: el 29 de febrero también se puede decir
            elif hallado := _ENESIMO.fullmatch(regla):
                enesimos.append((int(hallado[1]), _SEMANA.index(hallado[2]), int(hallado[3])))
            else:
                raise ValueError
        except ValueError as error:
            raise ErrorCatalogo(
                f"{ARCHIVO}, fila {numero}: «{regla}» no es una fecha. Escriba 12-25, «3 lunes 11», 2026-12-21 o"
                " «2026-12-21 a 2027-01-05»."
            ) from error
    return Inhabiles(frozenset(cada_anio), tuple(enesimos), tuple(periodos))
