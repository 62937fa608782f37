"""Que las preguntas quepan en lo que se puede publicar: cuáles se separan por sexo, y cuáles no salen.

Un lote tiene un tope de celdas. Las encuestas de la oficina pueden ser muchas, y una más no debe parar la publicación:
lo que no cabe primero deja de separarse por grupo y, si aun así no cabe, no sale. Se decide por las preguntas y por las
encuestas que llevaron los eventos, nunca por lo contestado. Puro.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from .auditoria.unidades import CELDAS_CUANDO_MAS
from .conteo import ejes_de
from .modelo import Crudo, Pregunta, Reglas
from .preguntas import escalera
from .proteccion import examinar, grupos

DE_SIEMPRE = ("antes", "despues", "satisfaccion", "reconocer")
"""Las encuestas con que se mide el programa: las últimas en quedarse sin lugar, de atrás para adelante."""


class Cupo(NamedTuple):
    """Lo que no cupo, como «clave de la encuesta: pregunta»."""

    sin_separar: tuple[str, ...] = ()
    sin_lugar: tuple[str, ...] = ()


def caber(crudo: Crudo, reglas: Reglas, tope: int = CELDAS_CUANDO_MAS) -> tuple[Crudo, Cupo]:
    """El lote con las preguntas que caben en ``tope`` celdas, y lo que no cupo.

    Si ni sin preguntas cabe, se devuelve sin ellas: quien audita dirá qué juntar.
    """
    preguntas = list(crudo.preguntas)
    sobran = _celdas(crudo, preguntas, reglas) - tope
    por_ceder = sorted(preguntas, key=lambda p: _lugar(p, crudo), reverse=True)
    sin_separar: list[str] = []
    sin_lugar: list[str] = []
    for pregunta, quitar in _pasos(por_ceder):
        if sobran <= 0:
            break
        (sin_lugar if quitar else sin_separar).append(": ".join(_cual(pregunta)))
        donde = next(n for n, p in enumerate(preguntas) if _cual(p) == _cual(pregunta))
        antes = preguntas[donde]
        preguntas[donde : donde + 1] = [] if quitar else [replace(pregunta, sin_separar=True)]
        if quitar and pregunta.instrumento in DE_SIEMPRE:  # con ella se va también su cambio
            sobran = _celdas(crudo, preguntas, reglas) - tope
        else:
            sobran -= _tamano(antes, reglas) - (0 if quitar else _tamano(preguntas[donde], reglas))
    quedan = tuple(cual for cual in sin_separar if cual not in sin_lugar)
    return replace(crudo, preguntas=tuple(preguntas)), Cupo(tuple(sorted(quedan)), tuple(sorted(sin_lugar)))


def _pasos(por_ceder: list[Pregunta]) -> Iterator[tuple[Pregunta, bool]]:
    """Primero dejan de separarse las de la oficina, luego no salen; al final, lo mismo con las de siempre."""
    for de_siempre in (False, True):
        suyas = [p for p in por_ceder if (p.instrumento in DE_SIEMPRE) is de_siempre]
        yield from ((p, False) for p in suyas)
        yield from ((p, True) for p in suyas)


def _lugar(pregunta: Pregunta, crudo: Crudo) -> tuple[int, bool, int]:
    """Lo que más falta hace va primero: las de siempre; las que llevó algún evento del periodo; y en su orden."""
    nombre = pregunta.instrumento
    fija = DE_SIEMPRE.index(nombre) if nombre in DE_SIEMPRE else len(DE_SIEMPRE)
    return fija, nombre not in crudo.aplicadas, crudo.preguntas.index(pregunta)


def _cual(pregunta: Pregunta) -> tuple[str, str]:
    return pregunta.instrumento, pregunta.clave


def _tamano(pregunta: Pregunta, reglas: Reglas) -> int:
    """Cuántas celdas ocupa una pregunta."""
    categorias = {categoria for nivel in escalera(pregunta) for categoria in nivel}
    return len(categorias) * sum(len(list(grupos(eje, reglas))) for eje in ejes_de(pregunta, reglas))


def _celdas(crudo: Crudo, preguntas: list[Pregunta], reglas: Reglas) -> int:
    """Cuántas celdas tendría, haya contestado alguien o no: se cuentan con el lote vacío."""
    vacio = replace(crudo, asistencias=(), contestaciones=(), cambios=(), preguntas=tuple(preguntas))
    return len(examinar(vacio, reglas, b""))


SIN_FALTA = Cupo()


def no_cupo(cupo: Cupo) -> Iterator[str]:
    """Avisos para la titular: qué no cabe y cómo escoger otra cosa."""
    como = (
        "Para escoger otras, escriba en «publicacion.csv», renglón encuestas_sin_publicar, las encuestas que no salen."
    )
    for cuales, que in ((cupo.sin_separar, "sin separar por sexo"), (cupo.sin_lugar, "fuera de la publicación")):
        if cuales:
            yield f"Son muchas preguntas para un lote: quedan {que} {len(cuales)} ({_algunas(cuales)}). {como}"


def _algunas(cuales: tuple[str, ...]) -> str:
    return ", ".join(cuales[:8]) + (f" y {len(cuales) - 8} más" if len(cuales) > 8 else "")
