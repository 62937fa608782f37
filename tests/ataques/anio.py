"""Un año inventado de este municipio, siempre el mismo: quién vive ahí, 300 eventos, 8,475 asistencias y sus encuestas.

Sirve para atacar lo publicado sabiendo la verdad. Los habitantes por sexo y zona son los del censo; lo demás (edades,
familias, quién va y qué contesta) son supuestos que no miden a nadie, y se dicen aquí.
"""

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from formularios.instrumento import incluidos
from publicacion.extraccion import preguntas_cerradas
from publicacion.modelo import (
    Asistencia,
    Censo,
    Crudo,
    Evento,
    LineaPoa,
    Pregunta,
    Reglas,
)
from tests.ataques.urna import Salida, por_la_urna

ENTERO = os.environ.get("JORNADA_ANIO") == "entero"
"""El año completo y muchas repeticiones (``make nocturna``); si no, un tramo y pocas."""
EJERCICIO = 2026
CENSO = {("cabecera", "M"): 2355, ("cabecera", "H"): 2273, ("otras", "M"): 1003, ("otras", "H"): 996}
"""Habitantes. INEGI, Censo de Población y Vivienda 2020, clave 14111: 3,358 mujeres y 3,269 hombres."""
ZONAS = {"cabecera": "Cabecera municipal", "zona_1": "Ranchos del norte", "zona_2": "Ranchos del sur",
         "zona_3": "Ranchos del oriente"}  # fmt: skip
PROGRAMAS = {"prevencion": "Prevención de violencia", "igualdad": "Igualdad", "empoderamiento": "Empoderamiento",
             "comunidad": "Comunidad"}  # fmt: skip
EDADES = ("0-11", "12-17", "18-29", "30-44", "45-59", "60+")
# Supuestos: no hay edades por zona en lo que se pudo obtener del censo.
_PESO_EDAD = (0.22, 0.11, 0.20, 0.20, 0.14, 0.13)
_POR_FAMILIA = 3.7
# Por público: cuánto más va una mujer que un hombre, y cuánto va cada edad.
_PUBLICOS = {
    "vecinas": (6.0, (0.05, 0.3, 1.0, 1.6, 1.4, 1.0)),
    "escuela": (1.1, (0.1, 6.0, 0.4, 0.1, 0.05, 0.05)),
    "calle": (2.2, (0.7, 0.8, 1.0, 1.0, 1.0, 0.9)),
}
_PROGRAMA = {"prevencion": 0.34, "igualdad": 0.26, "empoderamiento": 0.18, "comunidad": 0.22}
LINEAS_DE = {"prevencion": ("M4",), "igualdad": ("M4",), "empoderamiento": ("A5", "M3"), "comunidad": ("M5",)}
_ENCUESTAS = {
    "prevencion": ("antes", "despues", "satisfaccion"),
    "igualdad": ("antes", "despues", "satisfaccion"),
    "empoderamiento": ("satisfaccion",),
    "comunidad": ("reconocer",),
}


class EventoSimulado(NamedTuple):
    id: str
    dia: date
    programa: str
    zona: str
    publico: str
    cupo: int
    encuestas: tuple[str, ...]
    modulo: str


class Persona(NamedTuple):
    """``edad``: el grupo que se captura. ``dice``: lo que ella declara al llegar (sexo, edad)."""

    sexo: str
    edad: str
    zona: str
    familia: int
    asidua: float
    dice: tuple[str, str]
    credencial: str | None


class Hoja(NamedTuple):
    """Lo que una persona contestó en una encuesta de un evento. Esto sólo lo sabe quien simula."""

    evento: int
    persona: int
    instrumento: str
    respuestas: dict[str, Any]


@dataclass(frozen=True)
class Anio:
    """La verdad completa. ``fueron``: por evento, los índices de quienes asistieron."""

    personas: tuple[Persona, ...]
    eventos: tuple[EventoSimulado, ...]
    fueron: tuple[tuple[int, ...], ...]
    hojas: tuple[Hoja, ...]

    @cached_property
    def reglas(self) -> Reglas:
        return Reglas(zonas=ZONAS, programas=PROGRAMAS, censo=censo())

    @cached_property
    def preguntas(self) -> tuple[Pregunta, ...]:
        return tuple(
            replace(p, versiones=frozenset({1}))
            for clave, instrumento in sorted(incluidos().items())
            for p in preguntas_cerradas(clave, instrumento.a_dict())
        )

    def crudo(self, lote: str, desde: date, hasta: date) -> Crudo:
        """Lo que la oficina tendría en ese periodo, ya abiertas sus urnas."""
        aqui = [i for i, e in enumerate(self.eventos) if desde <= e.dia <= hasta]
        return Crudo(
            lote=lote,
            desde=desde.isoformat(),
            hasta=hasta.isoformat(),
            asistencias=tuple(self._asistencia(i, p) for i in aqui for p in self.fueron[i]),
            contestaciones=tuple(c for i in aqui for c in self._salidas[i][0]),
            cambios=tuple(c for i in aqui for c in self._salidas[i][1]),
            eventos=tuple(
                Evento(e.id, f"{e.dia:%Y-%m}", e.programa, e.zona, tuple((EJERCICIO, c) for c in LINEAS_DE[e.programa]))
                for e in (self.eventos[i] for i in aqui)
            ),
            lineas_poa=LINEAS_POA,
            preguntas=self.preguntas,
            titulos={clave: instrumento.titulo for clave, instrumento in incluidos().items()},
        )

    def _asistencia(self, evento: int, persona: int) -> Asistencia:
        e, p = self.eventos[evento], self.personas[persona]
        return Asistencia(e.id, f"{e.dia:%Y-%m}", e.programa, e.zona, *p.dice, 1, p.credencial)

    @cached_property
    def _salidas(self) -> list[Salida]:
        return por_la_urna(self.eventos, self.personas, self.hojas)


LINEAS_POA = tuple(
    LineaPoa(EJERCICIO, clave, orden, "meta" if clave[0] == "M" else "accion", f"Línea {clave} del programa")
    for orden, clave in enumerate(("M3", "M4", "M5", "A5"))
)


def censo() -> Censo:
    """Como lo lee ``reglamento`` del catálogo de la oficina."""
    habitantes: dict[tuple[str | None, str | None, str | None], int] = {}
    for zona, clave in (("cabecera", "cabecera"), ("otras", "otras localidades")):
        por_sexo = {sexo: CENSO[zona, sexo] for sexo in "MH"}
        habitantes |= {(clave, sexo, None): n for sexo, n in por_sexo.items()} | {
            (clave, None, None): sum(por_sexo.values())
        }
    for sexo in "MH":
        habitantes[None, sexo, None] = sum(n for (_, s), n in CENSO.items() if s == sexo)
    habitantes[None, None, None] = sum(CENSO.values())
    return Censo(habitantes)


def simular(semilla: int = 14111, *, eventos: int = 300, asistencias: int = 8475, contesta: float = 0.7) -> Anio:
    """El año entero. La misma semilla da siempre el mismo.

    :param contesta: parte de las asistentes de 12 años o más que contesta cada encuesta que se le ofrece.
    """
    azar = np.random.default_rng(semilla)
    personas = _personas(azar)
    calendario = _eventos(azar, eventos, asistencias)
    fueron = repartir(azar, personas, calendario)
    return Anio(personas, calendario, fueron, tuple(_hojas(azar, personas, calendario, fueron, contesta)))


def _personas(azar: np.random.Generator) -> tuple[Persona, ...]:
    salida = []
    familias = int(sum(CENSO.values()) / _POR_FAMILIA)
    for (zona, sexo), n in CENSO.items():
        edades = azar.choice(len(EDADES), n, p=_PESO_EDAD)
        for edad in edades:
            donde = "cabecera" if zona == "cabecera" else f"zona_{azar.integers(1, 4)}"
            dice = (
                sexo if azar.random() > 0.012 else str(azar.choice(["O", "N"])),
                EDADES[edad] if azar.random() > 0.02 else "nd",
            )
            credencial = f"credencial-{len(salida)}" if azar.random() < 0.12 else None
            asidua = float(azar.gamma(0.6) + 0.02)
            # Las familias de una zona son las de un tramo de la lista.
            tramo = list(ZONAS).index(donde)
            familia = int(azar.integers(familias // 4 * tramo, familias // 4 * (tramo + 1)))
            salida.append(Persona(sexo, EDADES[edad], donde, familia, asidua, dice, credencial))
    return tuple(salida)


def _eventos(azar: np.random.Generator, cuantos: int, asistencias: int) -> tuple[EventoSimulado, ...]:
    cupos = np.clip(azar.lognormal(3.2, 0.5, cuantos), 8, 110)
    cupos = np.maximum(6, np.floor(cupos * asistencias / cupos.sum())).astype(int)
    for i in range(abs(resto := asistencias - int(cupos.sum()))):
        cupos[(i * 7) % cuantos] += 1 if resto > 0 else -1
    salida = []
    for i in range(cuantos):
        programa = str(azar.choice(list(_PROGRAMA), p=list(_PROGRAMA.values())))
        publico = "calle" if programa == "comunidad" else str(azar.choice(["vecinas", "escuela"], p=[0.8, 0.2]))
        salida.append(
            EventoSimulado(
                id=f"evento-{i:03d}",
                dia=date(EJERCICIO, 1, 5) + timedelta(days=int(i * 355 / cuantos)),
                programa=programa,
                zona=str(azar.choice(list(ZONAS), p=[0.58, 0.14, 0.14, 0.14])),
                publico=publico,
                cupo=int(cupos[i]),
                encuestas=_ENCUESTAS[programa],
                modulo="G" if programa == "igualdad" else "K",
            )
        )
    return tuple(salida)


def repartir(
    azar: np.random.Generator, personas: Sequence[Persona], eventos: Sequence[EventoSimulado]
) -> tuple[tuple[int, ...], ...]:
    """A cada evento, las de mayor peso con azar: quien ya es asidua vuelve, y se va en familia."""
    n = len(personas)
    mujer = np.array([p.sexo == "M" for p in personas])
    edad = np.array([EDADES.index(p.edad) for p in personas])
    zona = np.array([p.zona for p in personas])
    familia = np.array([p.familia for p in personas])
    asidua = np.array([p.asidua for p in personas])
    salida = []
    for e in eventos:
        veces, por_edad = _PUBLICOS[e.publico]
        peso = asidua * np.where(mujer, veces, 1.0) * np.array(por_edad)[edad] * np.where(zona == e.zona, 1.0, 0.06)
        gana = azar.gumbel(size=n) + 0.7 * azar.gumbel(size=familia.max() + 1)[familia]
        elegidas = np.argpartition(-(np.log(peso) + gana), e.cupo)[: e.cupo]
        salida.append(tuple(sorted(int(i) for i in elegidas)))
    return tuple(salida)


_PESOS = {
    "S1": (62, 26, 9, 3), "S2": (56, 30, 11, 3), "S3": (60, 30, 10), "S4": (66, 15, 15, 4),
    "S5": (28, 17, 22, 10, 8, 9, 6), "S6": (22, 15, 17, 18, 10, 13, 5),
    "C1": (34, 36, 30), "AT1": (17, 25, 50, 8), "AT2": (21, 25, 46, 8), "AT3": (25, 26, 42, 7),
}  # fmt: skip


def _hojas(
    azar: np.random.Generator,
    personas: Sequence[Persona],
    eventos: Sequence[EventoSimulado],
    fueron: Sequence[Sequence[int]],
    contesta: float,
) -> Iterable[Hoja]:
    preguntas = {c: preguntas_cerradas(c, i.a_dict()) for c, i in incluidos().items()}
    sabe = azar.beta(4, 3, len(personas))
    for i, e in enumerate(eventos):
        for clave in e.encuestas:
            suyas = [p for p in preguntas[clave] if p.clave[0] not in "KG" or p.clave[0] == e.modulo]
            quienes = [p for p in fueron[i] if personas[p].edad != "0-11" and azar.random() < contesta]
            for quien in quienes:
                atina = sabe[quien] * (0.75 if clave == "antes" else 1.0) + (0.0 if clave == "antes" else 0.12)
                yield Hoja(i, quien, clave, {p.clave: _elige(azar, p, float(atina)) for p in suyas})


def _elige(azar: np.random.Generator, pregunta: Pregunta, atina: float) -> Any:
    claves = [clave for clave, _ in pregunta.opciones]
    if pregunta.tipo == "varias":
        *varias, ninguna = claves  # la última, «nada por ahora», va sola
        return [clave for clave in varias if azar.random() < 0.35] or [ninguna]
    if pregunta.correcta is not None:
        if azar.random() < atina:
            return pregunta.correcta
        otras = [clave for clave in claves if clave != pregunta.correcta]
        return otras[int(azar.random() * len(otras))]
    pesos = np.array((*_PESOS.get(pregunta.clave, ()), *(6,) * len(claves))[: len(claves)], float).cumsum()
    return claves[int(np.searchsorted(pesos / pesos[-1], azar.random(), side="right").clip(0, len(claves) - 1))]


def trimestres() -> list[tuple[str, date, date]]:
    inicios = [date(EJERCICIO, mes, 1) for mes in (1, 4, 7, 10)] + [date(EJERCICIO + 1, 1, 1)]
    return [
        (f"{EJERCICIO}-T{i + 1}", inicio, inicios[i + 1] - timedelta(days=1)) for i, inicio in enumerate(inicios[:-1])
    ]


def semanas() -> list[tuple[str, date, date]]:
    lunes = [date(EJERCICIO, 1, 5) + timedelta(weeks=i) for i in range(51)]
    return [(f"{EJERCICIO}-S{i + 1:02d}", dia, dia + timedelta(days=6)) for i, dia in enumerate(lunes)]


def resumen(anio: Anio) -> dict[str, int]:
    """Cuánto es lo simulado, para decirlo junto a las cifras."""
    distintas = {p for fueron in anio.fueron for p in fueron}
    return {
        "habitantes": len(anio.personas),
        "eventos": len(anio.eventos),
        "asistencias": sum(map(len, anio.fueron)),
        "personas": len(distintas),
        "contestaciones": len(anio.hojas),
        "mas_asidua": max(Counter(p for fueron in anio.fueron for p in fueron).values()),
    }
