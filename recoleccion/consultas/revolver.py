"""Lo que pasa con los sobres cuando se abre la urna, en memoria: juntar, contar, revolver. Sin base ni reloj."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .. import reglas

Preguntas = Mapping[tuple[str, int], Mapping[str, Mapping[str, Any]]]
"""El modelo de cada pregunta, por encuesta y versión: dos versiones pueden usar la misma clave para otra cosa."""

MINIMO = 10
"""Debajo de esto no se cuenta, no se abre y no se dice la zona."""


@dataclass(frozen=True)
class Sobre:
    """Una contestación abierta en memoria."""

    id: str
    evento_id: str
    instrumento: str
    version: int
    fecha: str
    zona: str
    respuestas: Mapping[str, str | list[str]]
    textos: Mapping[str, str]
    ficha: str | None
    sexo: str | None
    edad: str | None


@dataclass(frozen=True)
class Revuelto:
    """Lo que queda: renglones sin evento, sin ficha y sin orden. ``recuentos`` por evento, sólo desde 10."""

    mes: str
    contestaciones: list[dict[str, Any]]
    cambios: list[dict[str, Any]]
    comentarios: list[dict[str, Any]]
    recuentos: dict[tuple[str, str, int, str, str], int]


def revolver(sobres: Sequence[Sobre], preguntas: Preguntas, azar: random.Random) -> Revuelto:
    """Junta, cuenta y revuelve.

    La procedencia (lo demográfico que no es sexo ni edad) se cuenta por evento y no pasa al renglón: ningún cuadro
    la usa ahí y haría más fácil reconocer a alguien.

    """
    parejas = _parejas(sobres)
    antes_de = {despues.id: antes for antes, despues in parejas}
    contestaciones = []
    for sobre in sobres:
        origen, suyas = antes_de.get(sobre.id, sobre), preguntas[sobre.instrumento, sobre.version]
        contestaciones.append(
            {
                "zona": sobre.zona,
                "instrumento": sobre.instrumento,
                "version": sobre.version,
                "sexo": sobre.sexo or origen.sexo,
                "edad": sobre.edad or origen.edad,
                "respuestas": _json({p: r for p, r in sobre.respuestas.items() if not suyas[p].get("demografica")}),
            }
        )
    cambios = [_cambio(antes, despues, preguntas) for antes, despues in parejas]
    comentarios = [
        {"instrumento": sobre.instrumento, "pregunta": pregunta, "texto": texto}
        for sobre in sobres
        for pregunta, texto in sobre.textos.items()
    ]
    _callar_zonas(contestaciones, "instrumento", "version")
    _callar_zonas(cambios)
    return Revuelto(
        mes=max(sobre.fecha for sobre in sobres)[:7],
        contestaciones=_barajar(contestaciones, azar),
        cambios=_barajar(cambios if len(cambios) >= MINIMO else [], azar),
        comentarios=_barajar(comentarios, azar),
        recuentos=_recuentos(sobres, preguntas),
    )


def _parejas(sobres: Sequence[Sobre]) -> list[tuple[Sobre, Sobre]]:
    """Antes y después con la misma ficha en el mismo evento. Una ficha repetida no es de nadie."""
    por_ficha: dict[tuple[str, str], dict[str, list[Sobre]]] = {}
    for sobre in sobres:
        if sobre.ficha is not None:
            lados = por_ficha.setdefault((sobre.evento_id, sobre.ficha), {})
            lados.setdefault(sobre.instrumento, []).append(sobre)
    return [
        (lados["antes"][0], lados["despues"][0])
        for lados in por_ficha.values()
        if len(lados.get("antes", ())) == len(lados.get("despues", ())) == 1
    ]


def _cambio(antes: Sobre, despues: Sobre, preguntas: Preguntas) -> dict[str, Any]:
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
    return {"zona": antes.zona, "sexo": antes.sexo, "edad": antes.edad, "cambios": _json(cambios)}


def _preguntan_igual(una: Mapping[str, Any], otra: Mapping[str, Any]) -> bool:
    return all(una.get(campo) == otra.get(campo) for campo in ("tipo", "texto", "opciones", "correcta"))


def _callar_zonas(filas: list[dict[str, Any]], *grupo: str) -> None:
    """Quita la zona donde, en su grupo, hay menos de 10 renglones de ella."""
    cuentas = Counter((fila["zona"], *(fila[c] for c in grupo)) for fila in filas)
    for fila in filas:
        if cuentas[fila["zona"], *(fila[c] for c in grupo)] < MINIMO:
            fila["zona"] = None


def _recuentos(sobres: Sequence[Sobre], preguntas: Preguntas) -> dict[tuple[str, str, int, str, str], int]:
    """Por evento y encuesta, solo de opciones. La pregunta vacía cuenta las contestaciones."""
    opciones = {
        cual: {p: {o["clave"] for o in modelo.get("opciones", ())} for p, modelo in suyas.items()}
        for cual, suyas in preguntas.items()
    }
    totales = Counter((s.evento_id, s.instrumento, s.version) for s in sobres)
    cuentas: Counter[tuple[str, str, int, str, str]] = Counter()
    for sobre in sobres:
        clave = (sobre.evento_id, sobre.instrumento, sobre.version)
        if totales[clave] < MINIMO:
            continue
        cuentas[*clave, "", ""] += 1
        for pregunta, respuesta in sobre.respuestas.items():
            for opcion in opciones[clave[1:]][pregunta].intersection(
                [respuesta] if isinstance(respuesta, str) else respuesta
            ):
                cuentas[*clave, pregunta, opcion] += 1
    return dict(cuentas)


def _barajar(filas: list[dict[str, Any]], azar: random.Random) -> list[dict[str, Any]]:
    """En orden al azar y cada una con una llave nueva."""
    azar.shuffle(filas)
    return [{"id": reglas.nuevo_id(azar), **fila} for fila in filas]


def _json(valor: object) -> str:
    return reglas.json_canonico(valor).decode()
