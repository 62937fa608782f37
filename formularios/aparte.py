"""Leer una hoja de cálculo en otro proceso, con tiempo y memoria contados.

Un archivo hecho a propósito, o solo enorme, puede tener ocupado al lector un minuto o agotar la memoria. Quien atiende
a la gente no carga ``pyxform`` ni se ocupa en ello: lo lee un proceso que se corta si no termina. El archivo entra por
su entrada estándar; lo que vuelve es JSON, y el instrumento se revisa otra vez al recibirlo.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any

from formularios.instrumento import ErrorInstrumento, Instrumento

if TYPE_CHECKING:
    from formularios.xlsform import Problema, Resultado

SEGUNDOS = 15
MEMORIA = 1_500_000_000
"""Bytes de direcciones que puede pedir el proceso (donde el sistema lo sabe limitar)."""
A_LA_VEZ, ESPERA = 2, 3.0
_HOJAS = ("", "survey", "choices", "settings")


@dataclass(frozen=True)
class Nota:
    """Un problema o un aviso, con su lugar en la hoja. ``donde``: el lugar en palabras."""

    hoja: str
    fila: int | None
    columna: str | None
    donde: str
    que_pasa: str
    que_escribir: str


@dataclass(frozen=True)
class Leido:
    """``instrumento`` es ``None`` exactamente cuando hay ``problemas``; las dos listas, en el orden de la hoja.

    ``recortada``: la encuesta sin lo que aquí no se guarda, si con eso bastara; sus avisos dicen qué se quitó.
    """

    instrumento: Instrumento | None
    problemas: tuple[Nota, ...]
    avisos: tuple[Nota, ...]
    recortada: "Leido | None" = None

    def a_dict(self) -> dict[str, Any]:
        return {
            "instrumento": self.instrumento.a_dict() if self.instrumento else None,
            "problemas": [asdict(nota) for nota in self.problemas],
            "avisos": [asdict(nota) for nota in self.avisos],
            "recortada": self.recortada.a_dict() if self.recortada else None,
        }

    @classmethod
    def de_dict(cls, partes: dict[str, Any]) -> "Leido":
        """:raises ErrorInstrumento: si lo que viene no es una encuesta."""
        return cls(
            Instrumento.de_dict(partes["instrumento"]) if partes["instrumento"] else None,
            tuple(Nota(**nota) for nota in partes["problemas"]),
            tuple(Nota(**nota) for nota in partes["avisos"]),
            cls.de_dict(partes["recortada"]) if partes["recortada"] else None,
        )


class Ocupado(Exception):
    """Ya se están leyendo las que caben a la vez."""


_turno = BoundedSemaphore(A_LA_VEZ)


def importar(nombre: str, contenido: bytes, segundos: float = SEGUNDOS) -> Leido:
    """Como ``xlsform.importar``, sin poder quedarse ocupado más de ``segundos``. Nunca falla."""
    try:
        return Leido.de_dict(json.loads(correr("formularios.aparte", nombre, contenido, segundos)))
    except Ocupado:
        return _no("Se están leyendo otras hojas en este momento.", "Espere un minuto y vuelva a subirla.")
    except subprocess.TimeoutExpired:
        return _no(
            f"La hoja tarda más de {segundos:g} segundos en leerse y se dejó.",
            "Cópiela en un libro nuevo, solo con sus hojas survey, choices y settings.",
        )
    except (OSError, ValueError, KeyError, ErrorInstrumento):
        return _no("La hoja no se pudo leer.", "Ábrala en su programa de hojas de cálculo y guárdela de nuevo.")


def leer_aqui(nombre: str, contenido: bytes) -> Leido:
    """Lo mismo en este proceso, sin límites: para la consola y para el proceso aparte."""
    from formularios.xlsform import importar as importar_hoja  # noqa: PLC0415  # carga pyxform

    return _leido(importar_hoja(nombre, contenido))


def _leido(resultado: "Resultado") -> Leido:
    recortada = _leido(resultado.recortada) if resultado.recortada else None
    return Leido(resultado.instrumento, en_orden(resultado.problemas), en_orden(resultado.avisos), recortada)


def en_orden(problemas: "Iterable[Problema]") -> tuple[Nota, ...]:
    """Como se leen en el libro: lo del archivo entero, y luego hoja por hoja y fila por fila."""
    notas = (
        Nota(p.hoja, p.fila, p.columna, p.donde or "El archivo", p.que_pasa, p.que_escribir)
        for p in sorted(problemas, key=lambda p: (_lugar(p.hoja), p.hoja, p.fila or 0))
    )
    return tuple(notas)


def _lugar(hoja: str) -> int:
    return _HOJAS.index(hoja) if hoja in _HOJAS else len(_HOJAS)


def correr(modulo: str, nombre: str, contenido: bytes, segundos: float) -> bytes:
    """Lo que dice ``python -m modulo nombre`` con ``contenido`` en su entrada.

    :raises Ocupado: si no hay lugar. :raises subprocess.TimeoutExpired: si no termina.
    """
    if not _turno.acquire(timeout=ESPERA):
        raise Ocupado
    try:
        return _correr(modulo, nombre, contenido, segundos)
    finally:
        _turno.release()


def _correr(modulo: str, nombre: str, contenido: bytes, segundos: float) -> bytes:
    ambiente = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONIOENCODING": "utf-8"}
    orden = [sys.executable, "-m", modulo, nombre.replace("\0", "")[-200:] or "encuesta"]
    terminado = subprocess.run(orden, input=contenido, capture_output=True, timeout=segundos, env=ambiente, check=False)
    return terminado.stdout


def _no(que_pasa: str, que_escribir: str) -> Leido:
    return Leido(None, (Nota("", None, None, "El archivo", que_pasa, que_escribir),), ())


def con_limites() -> None:
    """Menos prisa que quien atiende, y la memoria contada. Donde el sistema no sabe (Windows), sin ello."""
    try:
        import resource  # noqa: PLC0415

        os.nice(10)
        with suppress(OSError):  # si falta memoria, que el núcleo cierre éste y no al que atiende
            Path("/proc/self/oom_score_adj").write_text("1000", "ascii")
        resource.setrlimit(resource.RLIMIT_AS, (MEMORIA, MEMORIA))
    except (ImportError, AttributeError, OSError, ValueError):
        return


def _principal() -> None:
    con_limites()
    leido = leer_aqui(sys.argv[1], sys.stdin.buffer.read())
    sys.stdout.buffer.write(json.dumps(leido.a_dict()).encode())


if __name__ == "__main__":
    _principal()
