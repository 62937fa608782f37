"""Los formularios de un evento como los pide otra aplicación: cada encuesta, y el registro de asistencia.

Por aquí no se piden nombres ni teléfonos: ODK Collect no sabe cerrarlos en un sobre y los guardaría a la vista. Tampoco
va nada que diga qué teléfono es ni a qué hora se contestó (``start``, ``end``, ``deviceid``...).
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from formularios.asistencia import FALTA
from formularios.catalogos import Catalogos
from formularios.instrumento import Instrumento, Opcion, Pregunta

from ..fechas import fecha_corta

ASISTENCIA = "Asistencia"
"""Con mayúscula: ninguna clave de encuesta la lleva."""
_ID = re.compile(rf"({ASISTENCIA}|[a-z][a-z0-9_]{{0,39}})-([A-Z2-9]{{6}})")
_VERSION = re.compile(r"([1-9][0-9]{0,15})-[0-9a-f]{8}")


@dataclass(frozen=True)
class Forma:
    """Un formulario listo para bajar. ``huella``: ``md5:…`` del XML, que es la única que OpenRosa admite."""

    id: str
    version: str
    titulo: str
    xml: bytes

    @property
    def huella(self) -> str:
        return f"md5:{hashlib.md5(self.xml, usedforsecurity=False).hexdigest()}"


def encuesta(evento: Mapping[str, Any], instrumento: Instrumento) -> Forma:
    """:param instrumento: entero; de aquí sale con el módulo que le toca al tema del evento."""
    de_su_tema = instrumento.para_tema(evento["tema"])
    return _forma(de_su_tema, f"{instrumento.clave}-{evento['clave']}", _de_cual(evento), prefijo(instrumento))


@lru_cache(maxsize=256)
def por_que_no(instrumento: Instrumento) -> tuple[tuple[str, str], ...]:
    """Qué pregunta o grupo no entenderían igual las otras aplicaciones, y por qué; nada, si se les puede ofrecer."""
    from formularios.xlsform.equivalencia import sin_equivalente  # noqa: PLC0415  # carga pyxform

    return tuple(sin_equivalente(instrumento))


def cabe(instrumento: Instrumento) -> bool:
    """¿La entienden igual las otras aplicaciones? La que no, sólo se contesta en las nuestras."""
    return not por_que_no(instrumento)


def asistencia(evento: Mapping[str, Any], catalogos: Catalogos, aviso: Mapping[str, Any]) -> Forma:
    """Su versión empieza con la del aviso de privacidad que muestra: así el registro dice cuál se leyó."""
    preguntas = [("sexo", "¿Usted es…?"), ("edad", "¿Cuántos años tiene?"), ("procedencia", "¿De dónde viene?")]
    instrumento = Instrumento(
        clave=ASISTENCIA,
        version=aviso["version"],
        titulo="Registro de asistencia",
        intro=aviso["simplificado"],
        minutos=1,
        preguntas=tuple(
            Pregunta(
                clave,
                "una",
                texto,
                tuple(Opcion(opcion, etiqueta) for opcion, etiqueta in catalogos.pares(clave)),
                obligatoria=True,
                mensaje_obligatoria=FALTA,
            )
            for clave, texto in preguntas
            if clave != "procedencia" or evento["pide_procedencia"]
        ),
    )
    return _forma(instrumento, f"{ASISTENCIA}-{evento['clave']}", _de_cual(evento), prefijo(instrumento))


def partir_id(id: str) -> tuple[str, str] | None:
    """Del ``formID``, la encuesta (o :data:`ASISTENCIA`) y la clave del evento; ``None`` si no es nuestro."""
    partes = _ID.fullmatch(id)
    return (partes[1], partes[2]) if partes else None


def partir_version(version: str) -> int | None:
    """La versión de la encuesta (o del aviso) que va en la del formulario."""
    partes = _VERSION.fullmatch(version)
    return int(partes[1]) if partes else None


def prefijo(instrumento: Instrumento) -> str:
    """Con el que no empieza ninguna de sus preguntas: para lo que el formulario agrega."""
    libre = "jornada"
    claves = [p.clave for p in instrumento.preguntas] + [g.clave for g in instrumento.grupos]
    while any(clave.startswith(libre) for clave in claves):
        libre += "_"
    return libre


def _de_cual(evento: Mapping[str, Any]) -> str:
    return f"{evento['titulo']}, {fecha_corta(evento['fecha'])}"


@lru_cache(maxsize=256)
def _forma(instrumento: Instrumento, id: str, de_cual: str, prefijo: str) -> Forma:
    from formularios.xlsform.xform import xform  # noqa: PLC0415  # carga pyxform: sólo si alguien usa OpenRosa

    titulo = "".join(c if c.isprintable() else " " for c in f"{instrumento.titulo} · {de_cual}")
    version, xml = xform(_sin_control(instrumento), id=id, titulo=titulo, prefijo=prefijo)
    return Forma(id, version, titulo, xml)


def _sin_control(instrumento: Instrumento) -> Instrumento:
    """El aviso lo escribe la oficina: una letra que no cabe en XML no debe dejar a nadie sin formulario."""
    intro = "".join(c if c.isprintable() or c == "\n" else " " for c in instrumento.intro)
    return replace(instrumento, intro=intro)
