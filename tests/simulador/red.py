"""Lo que le pasa a un mensaje entre el teléfono y el servidor."""

import json
from dataclasses import dataclass
from random import Random

from .servidor import Respuesta, leer_json
from .telefono import EnCurso, Pedido, Pestana, Telefono

HTML = "text/html; charset=utf-8"
ERRORES = (403, 404, 413, 429, 500, 502, 503, 504, 507)
"""Lo que contesta un intermediario por su cuenta, en HTML y sin que el servidor se entere."""


@dataclass(eq=False)
class Mensaje:
    """Una petición en el aire. ``respuesta`` nula: va de ida. ``huerfano``: ya nadie espera su respuesta."""

    nombre: str
    pedido: Pedido
    telefono: Telefono
    pestana: Pestana
    en_curso: EnCurso
    respuesta: Respuesta | None = None
    huerfano: bool = False


def portal() -> Respuesta:
    """Un portal cautivo: 200, y no es nuestro."""
    return Respuesta(200, HTML, "<!doctype html><title>Bienvenido</title><p>Acepte las condiciones</p>")


def perder(_respuesta: Respuesta, _azar: Random) -> Respuesta:
    return Respuesta(0)


def error(azar: Random) -> Respuesta:
    return Respuesta(azar.choice(ERRORES), HTML, "<h1>error</h1>")


def truncar(respuesta: Respuesta, azar: Random) -> Respuesta:
    """La conexión se cortó a media respuesta."""
    return Respuesta(
        respuesta.estado, respuesta.tipo, respuesta.cuerpo[: azar.randrange(max(1, len(respuesta.cuerpo)))]
    )


def incompleta(respuesta: Respuesta, azar: Random) -> Respuesta:
    """Un acuse al que le faltan registros y viene en otro orden: lo que no viene, no se toca."""
    datos = leer_json(respuesta)
    if respuesta.estado != 200 or not datos or not isinstance(datos.get("acuses"), list):
        return respuesta
    acuses = list(datos["acuses"])
    azar.shuffle(acuses)

    return Respuesta(200, respuesta.tipo, json.dumps({**datos, "acuses": acuses[: azar.randint(0, len(acuses))]}))


ENREDOS = (
    (perder, "se perdió de vuelta"),
    (truncar, "respuesta cortada"),
    (incompleta, "acuse incompleto"),
    (lambda _respuesta, _azar: portal(), "portal cautivo"),
    (lambda _respuesta, azar: error(azar), "error de un intermediario"),
)
"""Lo que le pasa a una respuesta que el servidor sí dio."""
