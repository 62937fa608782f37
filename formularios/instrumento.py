"""El modelo de un instrumento: un cuestionario con versión, inmutable y con huella.

Se guarda como JSON. Un instrumento con contestaciones no cambia: un cambio es otra versión. Todo lo que se
muestra y se valida sale de aquí; ninguna pantalla conoce las preguntas.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

INCLUIDOS = ("antes", "despues", "satisfaccion", "reconocer")
TIPOS = ("una", "varias", "texto")
DEMOGRAFICAS = ("sexo", "edad", "procedencia")
CONDICIONES = ("sin_ficha",)

_CARPETA = Path(__file__).parent / "instrumentos"
_CLAVE_INSTRUMENTO = re.compile(r"[a-z][a-z0-9_]{0,39}")
_CLAVE_PREGUNTA = re.compile(r"[A-Z][A-Z0-9_]{0,39}")  # en mayúsculas no choca con ningún campo del formulario
_CLAVE_OPCION = re.compile(r"[A-Za-z0-9_+\-]{1,40}")


class ErrorInstrumento(ValueError):
    """Un instrumento que no se puede usar; el mensaje dice dónde y por qué."""


@dataclass(frozen=True)
class Opcion:
    """``exclusiva``: no se puede marcar junto con otra («Nada por ahora»)."""

    clave: str
    texto: str
    exclusiva: bool = False


@dataclass(frozen=True)
class Pregunta:
    """Una pregunta; toda pregunta se puede saltar."""

    clave: str
    tipo: str
    """``una`` opción, ``varias`` opciones o ``texto`` libre."""
    texto: str
    opciones: tuple[Opcion, ...] = ()
    modulo: str | None = None
    """Bloque que se cambia según el tema del evento; ver :meth:`Instrumento.para_tema`."""
    correcta: str | None = None
    """Opción correcta. Nunca se muestra con la pregunta."""
    explicacion: str | None = None
    """Un renglón con la respuesta correcta, para después de contestar."""
    demografica: str | None = None
    """``sexo``, ``edad`` o ``procedencia``: usa las claves de ese catálogo."""
    solo_si: str | None = None
    """``sin_ficha``: solo cuenta si no se dio una ficha."""
    privada: bool = False
    """Texto que va aparte de las respuestas y nunca se publica."""
    maximo: int | None = None
    """Letras que caben en un texto."""
    ayuda: str | None = None
    """Renglón debajo de la pregunta."""

    def claves(self) -> frozenset[str]:
        return frozenset(opcion.clave for opcion in self.opciones)


@dataclass(frozen=True)
class Instrumento:
    """Un cuestionario. ``minutos``: lo que toma, se dice al empezar (1.5 es minuto y medio)."""

    clave: str
    version: int
    titulo: str
    intro: str
    minutos: float
    preguntas: tuple[Pregunta, ...]
    lleva_ficha: bool = False
    edad_minima: int | None = None
    cierre: str | None = None

    @property
    def huella(self) -> str:
        """SHA-256 del JSON canónico: la misma para el mismo contenido en cualquier máquina."""
        canonico = json.dumps(self.a_dict(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonico.encode()).hexdigest()

    @property
    def duracion(self) -> str:
        """Lo que toma, en palabras."""
        if self.minutos < 2:
            return "1 minuto" if self.minutos == 1 else f"{round(self.minutos * 60)} segundos"
        return f"{self.minutos:g} minutos"

    @property
    def numeros(self) -> dict[str, int]:
        """Número de cada pregunta que se cuenta; las condicionadas no llevan número."""
        contadas = [pregunta.clave for pregunta in self.preguntas if pregunta.solo_si is None]
        return {clave: numero for numero, clave in enumerate(contadas, start=1)}

    def para_tema(self, tema: str) -> "Instrumento":
        """El mismo instrumento con un solo módulo: el que se llama como el tema o, si no hay, el primero."""
        modulos = [p.modulo for p in self.preguntas if p.modulo is not None]
        elegido = tema if tema in modulos else next(iter(modulos), None)
        return replace(self, preguntas=tuple(p for p in self.preguntas if p.modulo in (None, elegido)))

    def a_dict(self) -> dict[str, Any]:
        """Para JSON. Lo que vale su omisión no se escribe: agregar un campo al modelo no cambia huellas viejas."""
        return {
            **_sin_omisiones(self),
            "preguntas": [
                _sin_omisiones(p) | ({"opciones": [_sin_omisiones(o) for o in p.opciones]} if p.opciones else {})
                for p in self.preguntas
            ],
        }

    @classmethod
    def de_dict(cls, d: Mapping[str, Any]) -> "Instrumento":
        """Inverso de :meth:`a_dict`. :raises ErrorInstrumento: si algo no cuadra, con la pregunta y el motivo."""
        try:
            preguntas = tuple(
                Pregunta(**{**p, "opciones": tuple(Opcion(**o) for o in p.get("opciones", ()))}) for p in d["preguntas"]
            )
            instrumento = cls(**{**d, "preguntas": preguntas})
        except (TypeError, KeyError, AttributeError) as error:
            raise ErrorInstrumento(f"el instrumento no tiene la forma esperada: {error}") from None
        _revisar(instrumento)
        return instrumento


@lru_cache(maxsize=1)
def _leidos() -> tuple[Instrumento, ...]:
    textos = [(_CARPETA / f"{clave}.json").read_text(encoding="utf-8") for clave in INCLUIDOS]
    return tuple(Instrumento.de_dict(json.loads(texto)) for texto in textos)


def incluidos() -> dict[str, Instrumento]:
    """Los cuatro que vienen con el sistema, en el orden en que se usan en una plática."""
    return {instrumento.clave: instrumento for instrumento in _leidos()}


def _sin_omisiones(objeto: Instrumento | Pregunta | Opcion) -> dict[str, Any]:
    return {c.name: getattr(objeto, c.name) for c in fields(objeto) if getattr(objeto, c.name) != c.default}


def _revisar(instrumento: Instrumento) -> None:
    if not _CLAVE_INSTRUMENTO.fullmatch(instrumento.clave):
        raise ErrorInstrumento(f"clave de instrumento inválida: {instrumento.clave!r}")
    if instrumento.version < 1 or instrumento.minutos <= 0 or not instrumento.preguntas:
        raise ErrorInstrumento(f"{instrumento.clave}: la versión, los minutos y las preguntas no pueden faltar")
    _sin_repetir(instrumento.clave, (pregunta.clave for pregunta in instrumento.preguntas))
    for pregunta in instrumento.preguntas:
        motivo = _problema(pregunta)
        if motivo:
            raise ErrorInstrumento(f"{instrumento.clave}, pregunta {pregunta.clave}: {motivo}")
        _sin_repetir(f"{instrumento.clave}, pregunta {pregunta.clave}", (o.clave for o in pregunta.opciones))


def _problema(pregunta: Pregunta) -> str | None:
    claves = pregunta.claves()
    comprobaciones = {
        "la clave lleva mayúsculas, números y guion bajo": _CLAVE_PREGUNTA.fullmatch(pregunta.clave) is not None,
        "falta el texto": bool(pregunta.texto.strip()),
        "el tipo no existe": pregunta.tipo in TIPOS,
        "las opciones no van con el tipo": (pregunta.tipo == "texto") == (not claves),
        "una opción tiene la clave mal": all(_CLAVE_OPCION.fullmatch(clave) for clave in claves),
        "la correcta no es una de las opciones": pregunta.correcta is None or pregunta.correcta in claves,
        "lo demográfico no existe": pregunta.demografica is None or pregunta.demografica in DEMOGRAFICAS,
        "lo demográfico es de una opción": pregunta.demografica is None or pregunta.tipo == "una",
        "la condición no existe": pregunta.solo_si is None or pregunta.solo_si in CONDICIONES,
        "un texto debe ser privado y decir su máximo": pregunta.tipo != "texto"
        or (pregunta.privada and pregunta.maximo is not None and pregunta.maximo > 0),
    }
    return next((motivo for motivo, cumple in comprobaciones.items() if not cumple), None)


def _sin_repetir(donde: str, claves: Iterable[str]) -> None:
    vistas: set[str] = set()
    for clave in claves:
        if clave in vistas:
            raise ErrorInstrumento(f"{donde}: la clave «{clave}» está repetida")
        vistas.add(clave)
