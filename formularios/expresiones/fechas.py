"""Fechas como textos ISO, y como días desde 1970-01-01 al compararlas y sumarlas (ODK XForms, ``number()``).

- ``AAAA-MM-DD`` es un día del calendario, sin zona: siempre un número entero de días.
- ``AAAA-MM-DDThh:mm[:ss[.sss]][Z|±hh:mm]`` es un instante: días con fracción, en UTC. Sin zona, la del aparato.
- Lo demás, y los días que no existen (2023-02-29), no son fechas: NaN como número y vacío como texto.
"""

import math
import re
from dataclasses import dataclass
from datetime import date, datetime

_FECHA = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(T([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9])(?:\.([0-9]+))?)?(Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])?)?"
)
_EPOCA = date(1970, 1, 1).toordinal()
_DIA_MS = 86_400_000
MESES = ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"]
DIAS = ["dom", "lun", "mar", "mié", "jue", "vie", "sáb"]


@dataclass(frozen=True)
class Momento:
    """Un día y su hora tal como se escribieron. ``minutos``: desfase de la zona; None si no lo dice."""

    dia: int
    milisegundos: int = 0
    minutos: int | None = None
    con_hora: bool = False


def leer(texto: str) -> Momento | None:
    """El momento que dice un texto sin espacios alrededor, o None si no es una fecha que exista."""
    halla = _FECHA.fullmatch(texto)
    if halla is None:
        return None
    try:
        dia = date(int(halla[1]), int(halla[2]), int(halla[3])).toordinal() - _EPOCA
    except ValueError:
        return None
    if halla[4] is None:
        return Momento(dia)
    milesimas = int(((halla[8] or "") + "000")[:3])
    ms = ((int(halla[5]) * 60 + int(halla[6])) * 60 + int(halla[7] or 0)) * 1000 + milesimas
    return Momento(dia, ms, _desfase(halla[9]), True)


def _desfase(zona: str | None) -> int | None:
    if zona is None or zona == "Z":
        return None if zona is None else 0
    minutos = int(zona[1:3]) * 60 + int(zona[4:])
    return -minutos if zona[0] == "-" else minutos


def dias(texto: str, minutos: int) -> float:
    """Días desde 1970-01-01, o NaN. ``minutos``: el desfase del aparato, para una hora que no dice su zona."""
    momento = leer(texto)
    if momento is None:
        return math.nan
    if not momento.con_hora:
        return float(momento.dia)
    desfase = minutos if momento.minutos is None else momento.minutos
    return (momento.dia * _DIA_MS + momento.milisegundos - desfase * 60_000) / _DIA_MS


def momento_de_numero(numero: float) -> Momento | None:
    """El día de un número de días (se redondea hacia abajo); None fuera de los años 1 a 9999 o si es NaN."""
    if not -719_162 <= numero < 2_932_897:
        return None
    return Momento(math.floor(numero))


def fecha_iso(momento: Momento | None) -> str:
    return "" if momento is None else date.fromordinal(momento.dia + _EPOCA).isoformat()


def desfase_de(ahora: datetime) -> int:
    """Minutos de la zona de ``ahora`` respecto de UTC (enteros)."""
    desfase = ahora.utcoffset()
    return 0 if desfase is None else int(desfase.total_seconds() / 60)


def ahora_iso(ahora: datetime) -> str:
    """``now()``: con milésimas y desfase, nunca en UTC (ODK XForms, tipo dateTime)."""
    minutos = desfase_de(ahora)
    horas, resto = divmod(abs(minutos), 60)
    signo = "-" if minutos < 0 else "+"
    return f"{ahora.replace(tzinfo=None).isoformat(timespec='milliseconds')}{signo}{horas:02}:{resto:02}"


def formatear(momento: Momento | None, formato: str) -> str:
    """``format-date``: ``%Y %y %m %n %b %d %e %a`` y las horas ``%H %h %M %S %3``; ``%%`` es un porciento."""
    if momento is None:
        return ""
    dia = date.fromordinal(momento.dia + _EPOCA)
    segundos, milesimas = divmod(momento.milisegundos, 1000)
    hora, minuto, segundo = segundos // 3600, segundos // 60 % 60, segundos % 60
    piezas = {
        "Y": f"{dia.year:04}",
        "y": f"{dia.year % 100:02}",
        "m": f"{dia.month:02}",
        "n": str(dia.month),
        "b": MESES[dia.month - 1],
        "d": f"{dia.day:02}",
        "e": str(dia.day),
        "a": DIAS[dia.isoweekday() % 7],
        "H": f"{hora:02}",
        "h": str(hora),
        "M": f"{minuto:02}",
        "S": f"{segundo:02}",
        "3": f"{milesimas:03}",
        "%": "%",
    }
    return re.sub("%(.)", lambda halla: piezas[halla[1]], formato, flags=re.DOTALL)


FORMATOS = frozenset("YymnbdeaHhMS3%")
