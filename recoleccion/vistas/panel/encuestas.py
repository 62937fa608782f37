"""Lo que salió de la urna de un evento, con las palabras de cada encuesta. Sólo desde 10 contestaciones."""

from collections.abc import Mapping
from typing import Any

from recoleccion.consultas import instrumentos, urna

from ..contexto import bd

MINIMO = 10
"""Con menos contestaciones no se enseña nada: en un pueblo chico se sabría de quién son."""


def resultados(evento: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Por encuesta del evento: ``titulo``, ``contestaciones`` y ``preguntas`` (texto y opciones con su cuenta).

    ``preguntas`` es ``None`` mientras no haya :data:`MINIMO` contestaciones contadas.
    """
    recuento = urna.recuento(bd(), evento["id"])
    return [_una(evento, encuesta, recuento.get(encuesta["instrumento"], {})) for encuesta in evento["encuestas"]]


def _una(
    evento: Mapping[str, Any], encuesta: Mapping[str, Any], cuentas: Mapping[str, Mapping[str, int]]
) -> dict[str, Any]:
    contestaciones = cuentas.get("", {}).get("", 0)
    resultado = {"titulo": encuesta["titulo"], "contestaciones": contestaciones, "preguntas": None}
    if contestaciones < MINIMO:
        return resultado
    instrumento = instrumentos.leer(bd(), encuesta["instrumento"], encuesta["version"]).para_tema(evento["tema"])
    preguntas = []
    for pregunta in instrumento.preguntas:
        if pregunta.privada or pregunta.clave not in cuentas:
            continue
        n = cuentas[pregunta.clave]
        opciones = [
            {"texto": opcion.texto, "n": n.get(opcion.clave, 0), "correcta": opcion.clave == pregunta.correcta}
            for opcion in pregunta.opciones
        ]
        preguntas.append({"texto": pregunta.texto, "opciones": opciones, "mayor": max(o["n"] for o in opciones) or 1})
    return resultado | {"preguntas": preguntas}
