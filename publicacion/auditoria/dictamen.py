"""Auditar un lote: juntar lo que se publicaría con lo que cualquiera sabe, y ver qué de lo escondido se deduce."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from ..modelo import Celda, Crudo, Reglas
from .asistencias import Asistencias
from .encuestas import encuestadas
from .rangos import Rango, deducibles
from .sabido import leer
from .sistema import Sistema


class Hallazgo(NamedTuple):
    """Algo que se podría deducir. ``desde`` y ``hasta``: entre qué cuentas queda encerrado lo que se escondió."""

    tabla: str
    celda: str
    clase: str
    """``angosta``, ``segura``, ``satura``, ``sin_comprobar`` o ``no_cuadra``."""
    desde: int
    hasta: int
    frase: str
    """Dicha a la titular."""


@dataclass(frozen=True)
class Dictamen:
    """Si el lote se puede publicar así. No lleva horas ni duración: el mismo lote da siempre el mismo."""

    pasa: bool
    hallazgos: tuple[Hallazgo, ...] = ()
    razon: str = ""
    """Dicha a la titular: por qué no pasa, o qué hubo que quitar para que pasara."""
    quitadas: tuple[str, ...] = ()
    """Las tablas que se quitaron, con su nombre para leer. Conservan sus renglones, vacíos."""


PASA = "Con todo lo que se publica junto no se puede deducir nada de lo que se esconde."

_FRASES = {
    "angosta": "{donde}: se esconde, pero restando lo demás se deduce que fueron {cuantas}.",
    "segura": "{donde}: se esconde, pero se deduce que en ese grupo todas contestaron lo mismo.",
    "satura": "{donde}: se esconde porque fue casi toda la gente de ese grupo, y restando lo demás se puede probar.",
    "sin_comprobar": "{donde}: no se pudo comprobar a tiempo que no se deduzca.",
    "no_cuadra": "{donde}: lo que se iba a publicar no sale de los datos guardados.",
}


class Parte(Protocol):
    """Lo que se audita junto porque se puede sumar y restar entre sí."""

    def sistemas(self, celdas: Iterable[Celda]) -> Iterator[Sistema]: ...


class _TodasLasAsistencias(Asistencias):
    def sistemas(self, celdas: Iterable[Celda]) -> Iterator[Sistema]:
        yield self.sistema(celdas)


def partes(celdas: Sequence[Celda], crudo: Crudo, reglas: Reglas) -> Iterator[tuple[Parte, list[Celda]]]:
    """Cada parte del lote con sus celdas: todas las asistencias juntas, y cada pregunta por su lado."""
    por_parte: dict[tuple[str, ...], list[Celda]] = {}
    for publicada, celda in zip(leer(celdas), (c for c in celdas), strict=True):
        suya = (publicada.tabla, *publicada.llave[2:-1]) if publicada.tabla in _DE_ENCUESTA else ()
        por_parte.setdefault(suya, []).append(celda)
    yield _TodasLasAsistencias(crudo, reglas), por_parte.get((), [])
    for pregunta in encuestadas(crudo, reglas):
        yield pregunta, por_parte.get((pregunta.tabla, *pregunta.suya), [])


_CON_EJE = frozenset({"asistencia_cubo", "respuesta_cubo", "cambio_cubo"})
_DE_ENCUESTA = frozenset({"respuesta_cubo", "cambio_cubo"})


def revisar(parte: Parte, celdas: Iterable[Celda], reglas: Reglas) -> Iterator[Hallazgo]:
    """Lo que se podría deducir de una parte si se publicara así."""
    for sistema in parte.sistemas(celdas):
        if contradichas := sistema.contradichas():
            yield from (_hallazgo(c.tabla, c.celda, "no_cuadra", 0, 0, reglas) for c in contradichas)
        else:
            yield from (_de_rango(rango, reglas) for rango in deducibles(sistema))


def auditar(celdas: Sequence[Celda], crudo: Crudo, reglas: Reglas) -> Dictamen:
    """Si estas celdas se pueden publicar juntas. Las etiquetas se pasan por alto.

    ``crudo`` es la cuenta verdadera: con ella se sabe qué se esconde de veras y se tiene el primer testigo.
    """
    numericas = [c for c in celdas if c.tabla in _CON_NUMERO]
    hallazgos = [h for parte, suyas in partes(numericas, crudo, reglas) for h in revisar(parte, suyas, reglas)]
    return Dictamen(not hallazgos, tuple(hallazgos), razon_de(hallazgos))


_CON_NUMERO = _DE_ENCUESTA | {"asistencia_cubo", "evento_resumen", "poa"}


def razon_de(hallazgos: Sequence[Hallazgo]) -> str:
    if not hallazgos:
        return PASA
    otros = f" Y {len(hallazgos) - 1} más como ésta." if len(hallazgos) > 1 else ""
    return f"Se podría deducir algo que se esconde. {hallazgos[0].frase}{otros}"


def _de_rango(rango: Rango, reglas: Reglas) -> Hallazgo:
    objetivo = rango.objetivo
    clase = objetivo.clase if rango.seguro else "sin_comprobar"
    return _hallazgo(objetivo.tabla, objetivo.celda, clase, rango.desde, rango.hasta, reglas)


def _hallazgo(tabla: str, celda: str, clase: str, desde: int, hasta: int, reglas: Reglas) -> Hallazgo:
    cuantas = str(desde) if desde == hasta else f"de {desde} a {hasta}"
    donde = f"{nombre_de_tabla(tabla)}, «{_en_palabras(tabla, celda, reglas)}»"
    return Hallazgo(tabla, celda, clase, desde, hasta, _FRASES[clase].format(donde=donde, cuantas=cuantas))


_TABLAS = {
    "asistencia_cubo": "Asistencias",
    "evento_resumen": "Eventos por mes",
    "poa": "Líneas del POA",
    "respuesta_cubo": "Respuestas",
    "cambio_cubo": "Cambio entre antes y después",
}


def nombre_de_tabla(tabla: str) -> str:
    return _TABLAS[tabla]


def _en_palabras(tabla: str, celda: str, reglas: Reglas) -> str:
    """La llave de una celda como la diría alguien: con las etiquetas de los catálogos donde las hay."""
    etiquetas: dict[str, str] = {"todas": "todas", "": "sin decirlo", "60+": "60 años o más"}
    for dimension in ("sexo", "edad", "zona", "programa"):
        etiquetas |= reglas.valores(dimension)
    partes = []
    llave = json.loads(celda)
    for parte in llave[1:] if tabla in _CON_EJE else llave:  # el grupo ya dice su eje
        texto = str(parte)
        separadas = texto.replace("60+", "60\0").split("+") if "+" in texto else [texto]
        partes.append(", ".join(etiquetas.get(t.replace("\0", "+"), t) for t in separadas))
    return " · ".join(partes)
