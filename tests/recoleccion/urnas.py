"""Llenar y cerrar urnas de prueba."""

from fabrica import HORA

from recoleccion.consultas import eventos


def satisfaccion(base, fabrica, cuantas: int, **respuestas) -> None:
    fabrica.mandar(base, *[fabrica.contestacion(S1="buena", **respuestas) for _ in range(cuantas)])


def antes(fabrica, n: int, **respuestas) -> dict:
    return fabrica.contestacion("antes", ficha=f"LUNA-{n}", D1="M", D2="30-44", **respuestas)


def despues(fabrica, n: int, **respuestas) -> dict:
    return fabrica.contestacion("despues", ficha=f"LUNA-{n}", **respuestas)


def cerrar(base, fabrica, azar) -> dict:
    return eventos.cerrar(base, fabrica.evento_id, HORA, fabrica.sello, azar)
