"""Cuánto se ve de lo que pasó, y con qué error. Se mide con la verdad en la mano, así que no sale de las pruebas."""

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from publicacion.modelo import Motivo

DE_RESPUESTAS = frozenset({"respuesta_cubo", "cambio_cubo"})


class Calidad(NamedTuple):
    """``con_gente``: celdas de asistencias con alguien, y grupos que contestaron una pregunta. ``error``: relativo."""

    con_gente: int
    vistas: int
    error: float

    @property
    def parte(self) -> float:
        return self.vistas / max(1, self.con_gente)


def calidad(motivos: Iterable[Motivo]) -> Calidad:
    """Una pregunta en un grupo se ve si se ve en algún peldaño. El error, de cada cuenta que se muestra."""
    unidades: dict[tuple[object, ...], list[Motivo]] = defaultdict(list)
    for m in motivos:
        if m.tabla != "poa":
            llave = json.loads(m.celda)
            unidades[(m.tabla, *(llave[:-1] if m.tabla in DE_RESPUESTAS else llave))].append(m)
    con_gente = [suyos for suyos in unidades.values() if any(m.real for m in suyos)]
    vistas = [suyos for suyos in con_gente if any(m.publicada is not None for m in suyos)]
    errores = [
        abs(m.publicada - m.real) / m.real for suyos in vistas for m in suyos if m.publicada is not None and m.real
    ]
    return Calidad(len(con_gente), len(vistas), sum(errores) / max(1, len(errores)))
