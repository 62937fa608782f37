"""Contestar un instrumento: los campos que se muestran y la revisión de lo que llega.

Lo mismo sirve para el teléfono de la asistente y para lo que sube el teléfono de la promotora. Toda pregunta
se puede saltar y nada de lo que llegue hace fallar a :func:`validar`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from wtforms import Field, Form

from formularios.campos import Datos, Parrafo, Renglon, Una, Varias, primeros_errores
from formularios.ficha import normalizar_ficha
from formularios.instrumento import Instrumento, Pregunta

__all__ = ["Datos", "Validacion", "formulario", "validar"]

ERROR_FICHA = (
    "No reconocemos esa ficha. Revise la palabra y el número de su tarjeta, por ejemplo LUNA-37, o borre lo escrito."
)


@lru_cache(maxsize=64)
def formulario(instrumento: Instrumento) -> type[Form]:
    """La clase con un campo por pregunta, del mismo nombre, y ``ficha`` si el instrumento la lleva."""
    campos: dict[str, Any] = {}
    if instrumento.lleva_ficha:
        campos["ficha"] = Renglon("Su ficha", maximo=40, revisar=_revisar_ficha)
    campos |= {pregunta.clave: _campo(pregunta) for pregunta in instrumento.preguntas}
    return type("FormularioContestar", (Form,), campos)


@dataclass(frozen=True)
class Validacion:
    """Lo contestado que vale. Sexo y edad van aparte y no se repiten en ``respuestas``; los textos privados tampoco."""

    respuestas: dict[str, str | list[str]]
    textos: dict[str, str]
    ficha: str | None
    sexo: str | None
    edad: str | None
    errores: dict[str, str]


def validar(instrumento: Instrumento, datos: Mapping[str, Sequence[str]]) -> Validacion:
    """Revisa lo que llegó. Nunca falla: lo que no vale queda en ``errores`` y no en lo demás.

    Lo contestado a una pregunta que no venía al caso (``solo_si``) se ignora, con sus errores.
    """
    lleno = formulario(instrumento)(Datos(datos))
    lleno.validate()
    errores = primeros_errores(lleno)
    ficha = lleno.data.get("ficha") or None if "ficha" not in errores else None
    respuestas: dict[str, str | list[str]] = {}
    textos: dict[str, str] = {}
    aparte: dict[str, str] = {}
    for pregunta in instrumento.preguntas:
        contestado = lleno[pregunta.clave].data
        if pregunta.solo_si == "sin_ficha" and ficha is not None:
            errores.pop(pregunta.clave, None)
        elif pregunta.clave in errores or not contestado:
            continue
        elif pregunta.tipo == "texto":
            textos[pregunta.clave] = contestado
        elif pregunta.demografica in ("sexo", "edad"):
            aparte[pregunta.demografica] = contestado
        else:
            respuestas[pregunta.clave] = contestado
    return Validacion(respuestas, textos, ficha, aparte.get("sexo"), aparte.get("edad"), errores)


def _revisar_ficha(texto: str) -> str:
    ficha = normalizar_ficha(texto)
    if ficha is None:
        raise ValueError(ERROR_FICHA)
    return ficha


def _campo(pregunta: Pregunta) -> Field:
    opciones = [(opcion.clave, opcion.texto) for opcion in pregunta.opciones]
    if pregunta.tipo == "una":
        return Una(pregunta.texto, opciones)
    if pregunta.tipo == "varias":
        return Varias(pregunta.texto, opciones, [opcion.clave for opcion in pregunta.opciones if opcion.exclusiva])
    return Parrafo(pregunta.texto, maximo=pregunta.maximo or 200)
