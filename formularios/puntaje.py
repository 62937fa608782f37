"""Cuánto se acertó en un grupo: el puntaje de domain.md (aciertos entre preguntas), con «No sé» aparte.

Sale de las cuentas por opción, que ya cuidan el mínimo; de nadie en particular se sabe cuánto sacó.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from formularios.instrumento import Instrumento, Pregunta

NO_SE = "no sé"


@dataclass(frozen=True)
class Puntaje:
    """De ``preguntas`` que tienen respuesta correcta, cuántas se aciertan y cuántas no se saben, en promedio."""

    preguntas: int
    aciertos: float
    no_se: float


def puntaje(instrumento: Instrumento, cuentas: Mapping[str, Mapping[str, int]]) -> Puntaje | None:
    """:param cuentas: por pregunta, cuántas contestaron cada opción; quien se la saltó no cuenta en ella.

    Devuelve ``None`` si ninguna pregunta con respuesta correcta tiene contestaciones.
    """
    aciertos, no_se = [], []
    for pregunta in instrumento.preguntas:
        n = cuentas.get(pregunta.clave, {})
        total = sum(n.values())
        if pregunta.correcta is None or not total:
            continue
        aciertos.append(n.get(pregunta.correcta, 0) / total)
        no_se.append(sum(n.get(clave, 0) for clave in _no_sabe(instrumento, pregunta)) / total)
    return Puntaje(len(aciertos), sum(aciertos), sum(no_se)) if aciertos else None


def _no_sabe(instrumento: Instrumento, pregunta: Pregunta) -> list[str]:
    """Las opciones que dicen «No sé», sin importar mayúsculas ni punto."""
    return [o.clave for o in instrumento.opciones_de(pregunta) if o.texto.strip().rstrip(".").casefold() == NO_SE]
