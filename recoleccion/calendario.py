"""El año en el calendario: sus semanas, sus efemérides y el texto iCalendar (RFC 5545) de los eventos. Puro."""

import calendar
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, NamedTuple

from formularios.catalogos import Opcion

from . import reglas
from .fechas import MESES

_SEMANAS = calendar.Calendar(firstweekday=calendar.MONDAY)
_UN_DIA = timedelta(days=1)
ANIOS = range(2000, 2101)
"""Los años que el calendario del panel sabe enseñar."""


class Efemeride(NamedTuple):
    """Un día señalado; con ``hasta`` distinto de ``desde``, varios seguidos. ``cada_mes``: se repite cada mes."""

    clave: str
    etiqueta: str
    desde: date
    hasta: date
    cada_mes: bool = False

    @property
    def corta(self) -> str:
        """La etiqueta sin su fecha («8 de marzo, Día de…»), o lo que va antes de la coma si no empieza con ella."""
        primera, _, resto = self.etiqueta.partition(", ")
        con_fecha = resto and primera == f"{self.desde.day} de {MESES[self.desde.month - 1]}"
        return resto[:1].upper() + resto[1:] if con_fecha else primera


def semanas(anio: int, mes: int) -> list[list[date]]:
    """Las semanas de un mes, de lunes a domingo, completas con días del mes anterior y del siguiente."""
    return _SEMANAS.monthdatescalendar(anio, mes)


def mes_anterior(anio: int, mes: int) -> tuple[int, int]:
    return (anio, mes - 1) if mes > 1 else (anio - 1, 12)


def mes_siguiente(anio: int, mes: int) -> tuple[int, int]:
    return (anio, mes + 1) if mes < 12 else (anio + 1, 1)


def leer_mes(texto: str) -> tuple[int, int] | None:
    """De «2026-11», el año y el mes; ``None`` si no es un mes de los :data:`ANIOS`."""
    escrito = re.fullmatch(r"([0-9]{4})-([0-9]{2})", texto)
    if escrito is None:
        return None
    anio, mes = int(escrito[1]), int(escrito[2])
    return (anio, mes) if anio in ANIOS and 1 <= mes <= 12 else None


# --- Efemérides -------------------------------------------------------------------------------------------------


def efemerides(opciones: Iterable[Opcion], anio: int) -> list[Efemeride]:
    """Las de un año, en orden de fecha, del catálogo ``efemeride``.

    Sin mes, es el mismo día de cada mes, menos donde ya cae otra. ``hasta_mes`` y ``hasta_dia`` (opcionales) la hacen
    durar; si terminan antes de empezar, acaba el año siguiente. Un día que ese año no tiene (29 de febrero) no sale.
    """
    opciones = list(opciones)
    fijas = [e for o in opciones if o.extra["mes"] for a in (anio - 1, anio) if (e := _fija(o, a)) is not None]
    del_anio = [e for e in fijas if e.desde.year <= anio <= e.hasta.year]
    tomados = {e.desde for e in del_anio}
    for opcion in opciones:
        if not opcion.extra["mes"]:
            dias = (_dia(anio, mes, int(opcion.extra["dia"])) for mes in range(1, 13))
            del_anio += [
                Efemeride(opcion.clave, opcion.etiqueta, dia, dia, cada_mes=True)
                for dia in dias
                if dia is not None and dia not in tomados
            ]
    return sorted(del_anio, key=lambda e: (e.desde, e.hasta, e.clave))


def _fija(opcion: Opcion, anio: int) -> Efemeride | None:
    desde = _dia(anio, int(opcion.extra["mes"]), int(opcion.extra["dia"]))
    if desde is None:
        return None
    hasta = _hasta(opcion, desde)
    return Efemeride(opcion.clave, opcion.etiqueta, desde, hasta)


def _hasta(opcion: Opcion, desde: date) -> date:
    """El último día; el mismo si el catálogo no dice otro o lo que dice no es una fecha."""
    escrito = (opcion.extra.get("hasta_mes") or "", opcion.extra.get("hasta_dia") or "")
    if not all(parte.isascii() and parte.isdigit() for parte in escrito):
        return desde
    hasta = _dia(desde.year, int(escrito[0]), int(escrito[1]))
    if hasta is not None and hasta < desde:
        hasta = _dia(desde.year + 1, int(escrito[0]), int(escrito[1]))
    return hasta or desde


def _dia(anio: int, mes: int, dia: int) -> date | None:
    try:
        return date(anio, mes, dia)
    except ValueError:
        return None


def por_dia(del_anio: Iterable[Efemeride]) -> dict[date, list[Efemeride]]:
    """Cada efeméride en el día en que empieza."""
    dias: dict[date, list[Efemeride]] = {}
    for efemeride in del_anio:
        dias.setdefault(efemeride.desde, []).append(efemeride)
    return dias


def dias_de_rango(del_anio: Iterable[Efemeride]) -> set[date]:
    """Los días de las que duran más de uno."""
    return {
        efemeride.desde + n * _UN_DIA
        for efemeride in del_anio
        if efemeride.hasta > efemeride.desde
        for n in range((efemeride.hasta - efemeride.desde).days + 1)
    }


# --- iCalendar --------------------------------------------------------------------------------------------------

_LARGO = 75
"""Bytes de un renglón, sin su fin (RFC 5545, 3.1)."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def icalendar(eventos: Iterable[Mapping[str, Any]], *, nombre: str, zona: tzinfo) -> str:
    """El calendario de los eventos: título, lugar y hora. Nunca personas, ni claves, ni quién facilita.

    :param eventos: con ``id``, ``titulo``, ``sede``, ``fecha``, ``hora_inicio``, ``hora_fin``, ``estado``,
        ``creado_en`` y ``revision``.
    :param nombre: el del calendario. :param zona: la de las horas; se escriben en UTC, que no pide ``VTIMEZONE``.
    """
    renglones = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//jornada//calendario//ES",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{_texto(nombre)}",
        f"NAME:{_texto(nombre)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    ]
    for evento in eventos:
        renglones += _vevent(evento, zona)
    return "".join(f"{_doblar(renglon)}\r\n" for renglon in [*renglones, "END:VCALENDAR"])


def _vevent(evento: Mapping[str, Any], zona: tzinfo) -> list[str]:
    inicio, fin = reglas.limites(evento, datetime.min.replace(tzinfo=zona))
    return [
        "BEGIN:VEVENT",
        f"UID:{evento['id']}@jornada",
        f"DTSTAMP:{_utc(datetime.fromisoformat(evento['creado_en']))}",
        f"SEQUENCE:{evento['revision'] - 1}",
        f"DTSTART:{_utc(inicio)}",
        f"DTEND:{_utc(fin)}",
        f"SUMMARY:{_texto(evento['titulo'])}",
        f"LOCATION:{_texto(evento['sede'])}",
        f"STATUS:{'CANCELLED' if evento['estado'] == 'cancelado' else 'CONFIRMED'}",
        "END:VEVENT",
    ]


def _utc(momento: datetime) -> str:
    return f"{momento.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _texto(valor: str) -> str:
    """Escapado como pide el tipo TEXT (3.3.11); sin caracteres de control."""
    limpio = _CONTROL.sub("", valor.replace("\r\n", "\n").replace("\r", "\n"))
    for antes, despues in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        limpio = limpio.replace(antes, despues)
    return limpio


def _doblar(renglon: str) -> str:
    """En pedazos de 75 bytes a lo más, sin partir una letra; cada pedazo de más empieza con un espacio."""
    pedazos, actual, largo = [], "", 0
    for letra in renglon:
        bytes_letra = len(letra.encode())
        if largo + bytes_letra > _LARGO:
            pedazos.append(actual)
            actual, largo = " ", 1
        actual, largo = actual + letra, largo + bytes_letra
    return "\r\n".join([*pedazos, actual])
