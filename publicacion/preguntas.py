"""Cómo se juntan las opciones de una pregunta antes de esconderla: una escalera fija de 5 a 3 a 2 categorías.

La escalera depende de la pregunta y nunca de lo que se contestó. Cada peldaño es una lista de categorías y cada
categoría, una tupla de claves de opción.
"""

from .modelo import Pregunta

Nivel = list[tuple[str, ...]]

CAMBIOS = {"mejor": "Mejoró", "igual": "Quedó igual", "peor": "Bajó"}
ESCALERA_CAMBIO: list[Nivel] = [[("mejor",), ("igual",), ("peor",)], [("mejor",), ("igual", "peor")]]

SIN_DECIR = frozenset({"nd", "ND", "N", "PND"})
"""Claves de «Prefiero no decir»: quien la elige no entra en la base, como quien se salta la pregunta."""

_POR_CUENTA: dict[int, list[list[list[int]]]] = {
    2: [],
    3: [[[0], [1, 2]]],
    4: [[[0], [1], [2, 3]], [[0, 1], [2, 3]]],
    5: [[[0, 1], [2], [3, 4]], [[0, 1], [2, 3, 4]]],
}
"""Preguntas de escala: se juntan opciones vecinas."""


def escalera(pregunta: Pregunta) -> list[Nivel]:
    """Los peldaños de una pregunta, del más fino al más grueso."""
    claves = [clave for clave, etiqueta in pregunta.opciones if not no_dice(clave, etiqueta)]
    fino: Nivel = [(clave,) for clave in claves]
    if pregunta.peldanos:
        # Quien prefiere no decir no entra en la base, aunque la encuesta la nombre en su escalera.
        suyos = [[tuple(c for c in categoria if c in claves) for categoria in nivel] for nivel in pregunta.peldanos]
        return [fino, *([categoria for categoria in nivel if categoria] for nivel in suyos)]
    if pregunta.tipo == "varias" or len(claves) < 3:
        return [fino]
    if pregunta.correcta is not None and pregunta.correcta in claves:
        resto = tuple(clave for clave in claves if clave != pregunta.correcta)
        return [fino, [(pregunta.correcta,), resto]]
    if (pregunta.instrumento, pregunta.clave) in NOMINALES:
        return [fino, [(claves[0],), tuple(claves[1:])]]
    peldanos = _POR_CUENTA.get(len(claves), [])
    return [fino, *([tuple(claves[i] for i in categoria) for categoria in peldano] for peldano in peldanos)]


NOMINALES = frozenset({("satisfaccion", "S4")})
"""Preguntas sin orden en que sólo tiene sentido separar la primera opción de las demás."""


def no_dice(clave: str, etiqueta: str) -> bool:
    return clave in SIN_DECIR and etiqueta.casefold().startswith("prefiero no")


def etiqueta_categoria(pregunta: Pregunta, categoria: str) -> str:
    """«Regular o mala» para ``regular|mala``."""
    textos = dict(pregunta.opciones)
    primero, *otros = (textos[clave] for clave in categoria.split("|"))
    return " o ".join([primero, *(texto[:1].lower() + texto[1:] for texto in otros)])
