"""Lo que pasa con los sobres cuando se abre la urna, en memoria: juntar, contar, revolver. Sin base ni reloj."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .. import reglas
from .callar import MINIMO, Persona, Preguntas, Sobre, callar, callar_filas, contados

SIN_SABER = ("grupo",)
"""Lo que sólo sirve mientras se revuelve: de qué evento era cada renglón."""


@dataclass(frozen=True)
class Revuelto:
    """Lo que queda: renglones sin evento, sin ficha y sin orden. ``recuentos`` por evento, sólo desde 10."""

    mes: str
    contestaciones: list[dict[str, Any]]
    cambios: list[dict[str, Any]]
    comentarios: list[dict[str, Any]]
    recuentos: dict[tuple[str, str, int, str, str], int]


def revolver(elegidas: Sequence[Persona], preguntas: Preguntas, azar: random.Random) -> Revuelto:
    """Calla lo raro, cuenta y revuelve.

    La procedencia (lo demográfico que no es sexo ni edad) se cuenta por evento y no pasa al renglón: ningún cuadro
    la usa ahí y haría más fácil reconocer a alguien.
    """
    sobres = [sobre for persona in elegidas for sobre in persona.sobres]
    callar(elegidas, azar)
    contestaciones = [
        _de(persona)
        | {
            "instrumento": sobre.instrumento,
            "version": sobre.version,
            "respuestas": _respuestas(sobre, preguntas[sobre.instrumento, sobre.version]),
        }
        for persona in elegidas
        for sobre in persona.sobres
    ]
    cambios = [
        _de(persona) | {"cambios": _cambio(*persona.sobres, preguntas)}
        for persona in elegidas
        if len(persona.sobres) == 2
    ]
    comentarios = [
        {"instrumento": sobre.instrumento, "pregunta": pregunta, "texto": texto}
        for sobre in sobres
        for pregunta, texto in sobre.textos.items()
    ]
    callar_filas(contestaciones, "grupo", "instrumento", "version")
    callar_filas(cambios, "grupo")
    _callar_zonas(contestaciones, "instrumento", "version")
    _callar_zonas(cambios)
    return Revuelto(
        mes=max(sobre.fecha for sobre in sobres)[:7],
        contestaciones=_barajar(contestaciones, azar),
        cambios=_barajar(cambios if len(cambios) >= MINIMO else [], azar),
        comentarios=_barajar(comentarios, azar),
        recuentos=_recuentos(sobres, preguntas),
    )


def _de(persona: Persona) -> dict[str, Any]:
    return {"grupo": persona.grupo, "zona": persona.zona, "sexo": persona.sexo, "edad": persona.edad}


def _respuestas(sobre: Sobre, suyas: Mapping[str, Mapping[str, Any]]) -> str:
    return _json({p: r for p, r in sobre.respuestas.items() if not suyas[p].get("demografica")})


def _cambio(antes: Sobre, despues: Sobre, preguntas: Preguntas) -> str:
    """Sólo de lo que las dos preguntan igual: con otras palabras u otras opciones no hay qué comparar."""
    cambios = {}
    suyas, otras = (preguntas[sobre.instrumento, sobre.version] for sobre in (antes, despues))
    for pregunta, respuesta in antes.respuestas.items():
        otra = despues.respuestas.get(pregunta)
        modelo = suyas[pregunta]
        if isinstance(respuesta, str) and isinstance(otra, str) and _preguntan_igual(modelo, otras[pregunta]):
            cambio = reglas.cambio(pregunta, modelo.get("correcta"), respuesta, otra)
            if cambio is not None:
                cambios[pregunta] = cambio
    return _json(cambios)


def _preguntan_igual(una: Mapping[str, Any], otra: Mapping[str, Any]) -> bool:
    return all(una.get(campo) == otra.get(campo) for campo in ("tipo", "texto", "opciones", "correcta"))


def _callar_zonas(filas: list[dict[str, Any]], *grupo: str) -> None:
    """Quita la zona donde, en su grupo, hay menos de 10 renglones de ella."""
    cuentas = Counter((fila["zona"], *(fila[c] for c in grupo)) for fila in filas)
    for fila in filas:
        if cuentas[(fila["zona"], *(fila[c] for c in grupo))] < MINIMO:
            fila["zona"] = None


def _recuentos(sobres: Sequence[Sobre], preguntas: Preguntas) -> dict[tuple[str, str, int, str, str], int]:
    """Por evento y encuesta, solo de opciones. La pregunta vacía cuenta las contestaciones.

    Salen en orden de clave: en el de llegada, la primera opción de cada pregunta sería la de una misma persona, y el
    número interno de cada renglón lo guardaría.
    """
    opciones = {
        cual: {p: {o["clave"] for o in modelo.get("opciones", ())} for p, modelo in suyas.items()}
        for cual, suyas in preguntas.items()
    }
    aparte = contados(sobres)
    cuentas: Counter[tuple[str, str, int, str, str]] = Counter()
    for sobre in sobres:
        clave = sobre.contado
        if clave not in aparte:
            continue
        cuentas[*clave, "", ""] += 1
        for pregunta, respuesta in sobre.respuestas.items():
            for opcion in opciones[clave[1:]][pregunta].intersection(
                [respuesta] if isinstance(respuesta, str) else respuesta
            ):
                cuentas[*clave, pregunta, opcion] += 1
    return dict(sorted(cuentas.items()))


def _barajar(filas: list[dict[str, Any]], azar: random.Random) -> list[dict[str, Any]]:
    """En orden al azar y cada una con una llave nueva."""
    azar.shuffle(filas)
    return [{"id": reglas.nuevo_id(azar), **{c: v for c, v in fila.items() if c not in SIN_SABER}} for fila in filas]


def _json(valor: object) -> str:
    return reglas.json_canonico(valor).decode()
