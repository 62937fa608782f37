"""Lo que salió de la urna de un evento, con las palabras de cada encuesta. Sólo desde 10 contestaciones."""

from collections.abc import Mapping
from typing import Any

from formularios.huecos import sin_huecos
from formularios.puntaje import puntaje
from recoleccion.consultas import instrumentos, urna

from ..contexto import bd

MINIMO = 10
"""Con menos contestaciones no se enseña nada: en un pueblo chico se sabría de quién son."""


def resultados(evento: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Por encuesta: ``titulo``, ``contestaciones``, ``preguntas`` (texto y opciones con su cuenta) y ``puntaje``.

    Son las del evento y, aparte, las de otra versión que trajo un teléfono. ``preguntas`` es ``None`` mientras no haya
    :data:`MINIMO` contestaciones contadas.
    """
    recuento = urna.recuento(bd(), evento["id"])
    suyas = {(e["instrumento"], e["version"]): e["titulo"] for e in evento["encuestas"]}
    for clave, version in recuento.keys() - suyas.keys():
        suyas[clave, version] = f"{instrumentos.leer(bd(), clave, version).titulo} (versión {version})"
    return [_una(evento, cual, titulo, recuento.get(cual, {})) for cual, titulo in suyas.items()]


def _una(
    evento: Mapping[str, Any], cual: tuple[str, int], titulo: str, cuentas: Mapping[str, Mapping[str, int]]
) -> dict[str, Any]:
    contestaciones = cuentas.get("", {}).get("", 0)
    resultado = {"titulo": titulo, "contestaciones": contestaciones, "preguntas": None}
    if contestaciones < MINIMO:
        return resultado
    instrumento = sin_huecos(instrumentos.leer(bd(), *cual).para_tema(evento["tema"]))
    preguntas = []
    for pregunta in instrumento.preguntas:
        if pregunta.privada or pregunta.clave not in cuentas:
            continue
        n = cuentas[pregunta.clave]
        opciones = [
            {"texto": opcion.texto, "n": n.get(opcion.clave, 0), "correcta": opcion.clave == pregunta.correcta}
            for opcion in instrumento.opciones_de(pregunta)
        ]
        preguntas.append({"texto": pregunta.texto, "opciones": opciones, "mayor": max(o["n"] for o in opciones) or 1})
    return resultado | {"preguntas": preguntas, "puntaje": puntaje(instrumento, cuentas)}
