"""Contestar un instrumento: los campos que se muestran y la revisión de lo que llega.

Lo mismo sirve para el teléfono de la asistente y para lo que sube el teléfono de la promotora. Manda lo que dice
:func:`validar`: vuelve a mirar qué venía al caso, qué faltó, qué no cumple y cuánto dan los cálculos. Nada de lo que
llegue la hace fallar.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from wtforms import Field, Form

from formularios import formulas, valores
from formularios.campos import Datos, Parrafo, Renglon, Una, Varias, primeros_errores
from formularios.ficha import normalizar_ficha
from formularios.instrumento import Instrumento, Pregunta, nombre_campo
from formularios.recorrido import Recorrido, junto

__all__ = ["Datos", "Validacion", "del_instrumento", "formulario", "nombre_campo", "validar"]

ERROR_FICHA = (
    "No reconocemos esa ficha. Revise la palabra y el número de su tarjeta, por ejemplo LUNA-37, o borre lo escrito."
)
_LARGO = 400
"""Letras que caben en un renglón antes de leerlo; cada tipo dice luego cuántas admite."""


@lru_cache(maxsize=64)
def formulario(instrumento: Instrumento) -> type[Form]:
    """La clase con un campo por lugar donde se contesta (:func:`nombre_campo`), y ``ficha`` si la lleva.

    De lo que se repite hay tantos como vueltas puede dar. Sus errores no se usan: los dice :func:`validar`.
    """
    campos: dict[str, Any] = {}
    if instrumento.lleva_ficha:
        campos["ficha"] = Renglon("Su ficha", maximo=40, revisar=_revisar_ficha)
    for pregunta in instrumento.preguntas:
        if pregunta.con_campo:
            campos |= {nombre_campo(pregunta, v): _campo(instrumento, pregunta) for v in vueltas(instrumento, pregunta)}
    return type("FormularioContestar", (Form,), campos)


def vueltas(instrumento: Instrumento, pregunta: Pregunta) -> list[tuple[int, ...]]:
    """Las vueltas que puede dar lo que la contiene, para dibujar un campo en cada una; ``[()]`` si no se repite."""
    lugares: list[tuple[int, ...]] = [()]
    for grupo in instrumento.repeticiones(pregunta.grupo):
        lugares = [(*lugar, n) for lugar in lugares for n in range(1, grupo.tope + 1)]
    return lugares


@dataclass(frozen=True)
class Validacion:
    """Lo contestado que vale. Sexo y edad van aparte y no se repiten en ``respuestas``; los textos privados tampoco.

    Números, fechas y horas son texto canónico; varias opciones y un orden, una lista. De lo que se repite hay una
    lista, con un elemento por vuelta (vacío si no se contestó). ``errores`` va por nombre de campo.
    """

    respuestas: dict[str, str | list[str]]
    textos: dict[str, str]
    ficha: str | None
    sexo: str | None
    edad: str | None
    errores: dict[str, str]


def validar(
    instrumento: Instrumento,
    datos: Mapping[str, Sequence[str]],
    *,
    ahora: datetime | None = None,
    personal: bool | None = False,
) -> Validacion:
    """Revisa lo que llegó. Nunca falla: lo que no vale queda en ``errores`` y no en lo demás.

    Lo contestado a una pregunta que no venía al caso se ignora, con sus errores.

    :param ahora: la hora con zona, para ``today()`` y ``now()``; sin ella, la del servidor en UTC.
    :param personal: si se contestó en un teléfono de la oficina (ver ``Pregunta.solo_personal``); ``None``: no se sabe.
    """
    crudo = Datos(datos)
    ficha, errores = _ficha(instrumento, crudo)
    recorrido = Recorrido(
        instrumento, crudo, ahora=ahora or datetime.now(UTC), con_ficha=ficha is not None, personal=personal
    )
    errores |= recorrido.revisar()
    apartadas = formulas.apartadas(instrumento)
    respuestas: dict[str, str | list[str]] = {}
    textos: dict[str, str] = {}
    demografia: dict[str, str] = {}
    for pregunta in instrumento.preguntas:
        valor = _valor(recorrido, pregunta)
        if not valor:
            continue
        if pregunta.clave in apartadas:
            textos[pregunta.clave] = valor if isinstance(valor, str) else "\n".join(filter(None, valor))
        elif pregunta.demografica in ("sexo", "edad"):
            demografia[pregunta.demografica] = junto(valor)
        else:
            respuestas[pregunta.clave] = valor
    return Validacion(respuestas, textos, ficha, demografia.get("sexo"), demografia.get("edad"), errores)


def del_instrumento(
    instrumento: Instrumento, datos: Mapping[str, Sequence[str]], *, personal: bool = False
) -> dict[str, list[str]]:
    """De lo que llegó, solo los campos que se le preguntaron y tal cual: lo que se guarda para validar otra vez."""
    bases = {nombre_campo(p) for p in instrumento.preguntas if p.con_campo and (personal or not p.solo_personal)}
    return {nombre: list(crudo) for nombre, crudo in datos.items() if nombre.split("~", 1)[0] in bases}


def _valor(recorrido: Recorrido, pregunta: Pregunta) -> str | list[str]:
    """Lo que se guarda de una pregunta. El día no se guarda: diría cuándo contestó quien contestó."""
    if pregunta.tipo in ("hoy", "nota"):
        return ""
    if not recorrido.instrumento.repeticiones(pregunta.grupo):
        valor = _si_vale(recorrido, pregunta, ())
        return "" if valor == "NaN" else valor
    todas = [junto(_si_vale(recorrido, pregunta, v)) for v in recorrido.vueltas_de(pregunta)]
    return todas if any(todas) else ""


def _si_vale(recorrido: Recorrido, pregunta: Pregunta, lugar: tuple[int, ...]) -> str | list[str]:
    return "" if nombre_campo(pregunta, lugar) in recorrido.errores else recorrido.valor(pregunta, lugar)


def _ficha(instrumento: Instrumento, crudo: Datos) -> tuple[str | None, dict[str, str]]:
    if not instrumento.lleva_ficha:
        return None, {}
    lleno = _solo_ficha()(crudo)
    lleno.validate()
    return (lleno.data["ficha"] or None, {}) if not lleno.errors else (None, primeros_errores(lleno))


@lru_cache(maxsize=1)
def _solo_ficha() -> type[Form]:
    return type("FormularioFicha", (Form,), {"ficha": Renglon("Su ficha", maximo=40, revisar=_revisar_ficha)})


def _revisar_ficha(texto: str) -> str:
    ficha = normalizar_ficha(texto)
    if ficha is None:
        raise ValueError(ERROR_FICHA)
    return ficha


def _campo(instrumento: Instrumento, pregunta: Pregunta) -> Field:
    pares = [(opcion.clave, opcion.texto) for opcion in instrumento.opciones_de(pregunta)]
    exclusivas = [opcion.clave for opcion in instrumento.opciones_de(pregunta) if opcion.exclusiva]
    if pregunta.tipo == "una":
        return Una(pregunta.texto, pares)
    if pregunta.tipo == "acepto":
        return Varias(pregunta.texto, [("OK", "Sí")])
    if pregunta.tipo in ("varias", "orden"):
        return Varias(pregunta.texto, pares, exclusivas)
    if pregunta.tipo == "texto":
        return Parrafo(pregunta.texto, maximo=pregunta.maximo or valores.MAXIMO_TEXTO)
    return Renglon(pregunta.texto, maximo=_LARGO)
