"""Las hojas del año simulado, pasadas por la urna de verdad: lo que se calla, lo que espera y lo que se revuelve."""

import json
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from formularios.instrumento import incluidos
from publicacion.modelo import Cambio, Contestacion
from recoleccion.consultas.callar import Sobre, elegir
from recoleccion.consultas.revolver import revolver

UNIDADES = (("antes", "despues"), ("satisfaccion",), ("reconocer",))
_PREGUNTAS = {
    (clave, 1): {p["clave"]: p for p in instrumento.a_dict()["preguntas"]} for clave, instrumento in incluidos().items()
}

Salida = tuple[tuple[Contestacion, ...], tuple[Cambio, ...]]


def por_la_urna(
    eventos: Sequence[Any], personas: Sequence[Any], hojas: Iterable[Any], semilla: int = 5
) -> list[Salida]:
    """Por evento, lo que salió al cerrarlo. Lo que no juntó suficientes espera al siguiente de su programa."""
    de_evento: dict[int, list[Any]] = defaultdict(list)
    for hoja in hojas:
        de_evento[hoja.evento].append(hoja)
    esperan: dict[tuple[str, tuple[str, ...]], list[Sobre]] = defaultdict(list)
    azar = random.Random(semilla)
    salidas = []
    for i, e in enumerate(eventos):
        contestaciones: list[Contestacion] = []
        cambios: list[Cambio] = []
        for unidad in UNIDADES:
            urna = esperan[e.programa, unidad]
            urna += [_sobre(e, personas[h.persona], h) for h in de_evento[i] if h.instrumento in unidad]
            elegidas = elegir(urna, _PREGUNTAS) if urna else []
            if elegidas:
                salen = {s.id for p in elegidas for s in p.sobres}
                urna[:] = [s for s in urna if s.id not in salen]
                revuelto = revolver(elegidas, _PREGUNTAS, azar)
                contestaciones += [
                    Contestacion(
                        f["instrumento"], 1, e.programa, f["zona"], f["sexo"], f["edad"], json.loads(f["respuestas"])
                    )
                    for f in revuelto.contestaciones
                ]
                cambios += [
                    Cambio(e.programa, f["zona"], f["sexo"], f["edad"], json.loads(f["cambios"]))
                    for f in revuelto.cambios
                ]
        salidas.append((tuple(contestaciones), tuple(cambios)))
    return salidas


def _sobre(evento: Any, persona: Any, hoja: Any) -> Sobre:
    sexo, edad = persona.dice if hoja.instrumento == "antes" else (None, None)
    return Sobre(
        id=f"{hoja.evento}-{hoja.persona}-{hoja.instrumento}",
        evento_id=evento.id,
        instrumento=hoja.instrumento,
        version=1,
        fecha=evento.dia.isoformat(),
        zona=evento.zona,
        tema="igualdad" if evento.modulo == "G" else "tipos",
        respuestas=hoja.respuestas,
        textos={},
        ficha=f"F{hoja.persona}" if hoja.instrumento in ("antes", "despues") else None,
        sexo=sexo,
        edad=edad,
    )
