"""Lo que una celda publicada le dice a cualquiera."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from ..modelo import TOTAL, Celda, Reglas
from ..proteccion import canonico

ANCHO = 3
"""Una cuenta escondida que se puede encerrar en menos que esto se da por descubierta."""

_COLUMNA = {
    "asistencia_cubo": "n",
    "evento_resumen": "n",
    "respuesta_cubo": "n",
    "cambio_cubo": "n",
    "poa": "asistencias",
}


def grupo_de(claves: Sequence[str]) -> str:
    """El nombre de un grupo. El de quienes no dijeron sexo es ``""``, que ninguna celda lleva."""
    return "+".join(claves) if claves else TOTAL


class Publicada(NamedTuple):
    """Una celda como se vería: ``n`` es ``None`` si va vacía."""

    tabla: str
    llave: tuple[Any, ...]
    n: int | None
    celda: str


def leer(celdas: Iterable[Celda]) -> Iterator[Publicada]:
    """Las celdas que llevan un número; las etiquetas no."""
    for celda in celdas:
        if celda.tabla in _COLUMNA:
            yield Publicada(
                celda.tabla, tuple(json.loads(celda.celda)), json.loads(celda.valor)[_COLUMNA[celda.tabla]], celda.celda
            )


def sin_numero(celda: Celda) -> Celda:
    """La misma celda, vacía: conserva su renglón y lo que no es de personas."""
    valor = json.loads(celda.valor) | {_COLUMNA[celda.tabla]: None}
    return celda._replace(valor=canonico(valor))


def entre(n: int, reglas: Reglas) -> tuple[int, int | None]:
    """Entre qué cuentas verdaderas está una que se muestra como ``n``.

    Con redondeo, a menos de un múltiplo por cada lado; nunca menos del umbral, porque si no se habría escondido. Con
    ruido (modo eps) cualquier cuenta desde el umbral pudo dar ``n``.
    """
    if reglas.modo == "eps":
        return reglas.umbral, None
    return max(reglas.umbral, n - reglas.redondeo + 1), n + reglas.redondeo - 1
