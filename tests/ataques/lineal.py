"""Quien resuelve el archivo como un sistema: ¿entre qué números queda cada cuenta escondida?

Independiente de la auditoría de ``publicacion``: sólo mira renglones publicados y sabe cómo se redondea. De la verdad
sólo se sirve al final, para contar cuánto acertó.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import product
from pathlib import Path
from typing import NamedTuple

import highspy
import numpy as np
from sqlite_utils import Database

from bench.proteccion_ajena import celdas
from publicacion.conteo import meses, sin_repetir
from publicacion.modelo import Crudo, Reglas

Intervalo = tuple[float, float]
Lugar = tuple[tuple[str, str], ...]
"""Una suma de asistencias: pares (dimensión, valor) en orden; vacío es el total."""
ANGOSTO = 3
"""Una cuenta encerrada en menos que esto se da por recuperada."""
HOLGURA = 4
DIMENSIONES = ("sexo", "edad", "zona", "programa", "mes")
_TOLERANCIA = 1e-6


class Recuperada(NamedTuple):
    donde: str
    desde: int
    hasta: int


class Sistema:
    """Cuentas enteras desde 0 de las que se conocen algunas sumas."""

    def __init__(self, variables: int) -> None:
        self._n = variables
        self._h = highspy.Highs()
        self._h.setOptionValue("output_flag", False)
        infinito = np.full(variables, highspy.kHighsInf)
        self._h.addVars(variables, np.zeros(variables), infinito)

    def sabe(self, indices: Sequence[int], intervalo: Intervalo) -> None:
        desde, hasta = (highspy.kHighsInf if math.isinf(x) else float(x) for x in intervalo)
        self._h.addRow(desde, hasta, len(indices), np.array(indices, np.int32), np.ones(len(indices)))

    def acotar(self, indices: Sequence[int]) -> Intervalo | None:
        """El menor y el mayor valor de una suma; ``None`` si lo que se sabe se contradice."""
        costos = np.zeros(self._n)
        costos[list(indices)] = 1.0
        self._h.changeColsCost(self._n, np.arange(self._n, dtype=np.int32), costos)
        cotas = []
        for sentido in (highspy.ObjSense.kMinimize, highspy.ObjSense.kMaximize):
            self._h.changeObjectiveSense(sentido)
            self._h.run()
            estado = self._h.getModelStatus()
            if estado == highspy.HighsModelStatus.kOptimal:
                cotas.append(self._h.getInfo().objective_function_value)
            elif estado in (
                highspy.HighsModelStatus.kUnbounded,
                highspy.HighsModelStatus.kUnboundedOrInfeasible,
            ):
                cotas.append(math.inf)
            else:
                return None
        return (
            math.ceil(cotas[0] - _TOLERANCIA),
            math.inf if math.isinf(cotas[1]) else math.floor(cotas[1] + _TOLERANCIA),
        )


# --- asistencias ------------------------------------------------------------------------------------------------


def recuperar_asistencias(
    sabido: Mapping[Lugar, Intervalo],
    escondidas: Iterable[Lugar],
    dominios: Mapping[str, Sequence[str]],
    exactas: Iterable[tuple[Sequence[Lugar], int]] = (),
) -> dict[Lugar, Intervalo]:
    """Entre qué queda cada escondida. ``exactas``: sumas de lugares que se publican tal cual (el POA)."""
    # A cada dimensión que se puede no decir se le agrega «no lo dijo».
    valores = [(*dominios[d], "") if d in ("sexo", "edad") else tuple(dominios[d]) for d in DIMENSIONES]
    numero = {combinacion: i for i, combinacion in enumerate(product(*valores))}

    def indices(lugar: Lugar) -> list[int]:
        pedido = dict(lugar)
        partes = [(pedido[d],) if d in pedido else v for d, v in zip(DIMENSIONES, valores, strict=True)]
        return [numero[c] for c in product(*partes)]

    sistema = Sistema(len(numero))
    for lugar, intervalo in sabido.items():
        sistema.sabe(indices(lugar), intervalo)
    for lugares, n in exactas:
        sistema.sabe(sorted({i for lugar in lugares for i in indices(lugar)}), (n, n))
    salida = {}
    for lugar in escondidas:
        cotas = sistema.acotar(indices(lugar))
        if cotas is None:
            return {}
        salida[lugar] = cotas
    return salida


def acertadas(cotas: Mapping[Lugar, Intervalo], verdad: Mapping[Lugar, int]) -> list[Recuperada]:
    """Las que quedaron encerradas en menos de ``ANGOSTO`` y sí eran de alguien."""
    return [
        Recuperada(repr(lugar), int(desde), int(hasta))
        for lugar, (desde, hasta) in cotas.items()
        if hasta - desde < ANGOSTO and verdad[lugar] > 0 and desde <= verdad[lugar] <= hasta
    ]


def lugares(ejes: Iterable[str], dominios: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str, Lugar]]:
    """(eje, grupo, lugar) de cada celda de los cubos."""
    for eje in ejes:
        partes = () if eje == "total" else tuple(eje.split("+"))
        for grupo in product(*(dominios[d] for d in partes)):
            yield eje, "+".join(grupo) or "todas", tuple(zip(partes, grupo, strict=True))


class DelArchivo(NamedTuple):
    """Lo que el archivo dice de un lote, ya como intervalos."""

    sabido: dict[Lugar, Intervalo]
    escondidas: list[Lugar]
    dominios: dict[str, list[str]]
    poa: dict[str, int]


def leer_asistencias(publica: Path, lote: str, *, vacio: Intervalo = (0, math.inf)) -> DelArchivo:
    """``vacio``: lo que se cree de una celda vacía; con certeza, sólo que no es negativa."""
    sabido: dict[Lugar, Intervalo] = {}
    escondidas: list[Lugar] = []
    with closing(Database(publica)) as db:
        cubo = {
            (f["eje"], f["grupo"]): f["n"]
            for f in db.query("SELECT eje, grupo, n FROM asistencia_cubo WHERE lote = ?", [lote])
        }
        resumen = list(db.query("SELECT mes, programa, zona, eventos, n FROM evento_resumen WHERE lote = ?", [lote]))
        poa = {
            f["linea"]: f["asistencias"]
            for f in db.query("SELECT linea, asistencias FROM poa WHERE lote = ? AND asistencias NOT NULL", [lote])
        }
    dominios = {d: [g for e, g in cubo if e == d] for d in DIMENSIONES[:-1]}
    dominios["mes"] = sorted({f["mes"] for f in resumen})
    celdas = [(lugar, cubo[eje, grupo]) for eje, grupo, lugar in lugares({e for e, _ in cubo}, dominios)]
    celdas += [(tuple((d, f[d]) for d in ("zona", "programa", "mes")), f["n"]) for f in resumen]
    sin_eventos = {tuple((d, f[d]) for d in ("zona", "programa", "mes")) for f in resumen if not f["eventos"]}
    for lugar, n in celdas:
        sabido[lugar] = (0, 0) if lugar in sin_eventos else vacio if n is None else (max(10, n - HOLGURA), n + HOLGURA)
        if n is None and lugar not in sin_eventos:
            escondidas.append(lugar)
    return DelArchivo(sabido, escondidas, dominios, poa)


# --- respuestas -------------------------------------------------------------------------------------------------


class Pregunta(NamedTuple):
    """Lo que se ve de una pregunta: (grupo, categoría «a|b») -> intervalo. ``opciones``: las claves sueltas."""

    sabido: dict[tuple[str, str], Intervalo]
    opciones: tuple[str, ...]


GRUPOS = ("M", "H", "")


def resolver_pregunta(pregunta: Pregunta) -> tuple[dict[tuple[str, str], Intervalo], list[tuple[str, str]]]:
    """(cotas de cada grupo y opción, grupos en que se sabe qué contestaron y qué fue)."""
    numero = {llave: i for i, llave in enumerate(product(GRUPOS, pregunta.opciones))}

    def indices(grupo: str, categoria: str) -> list[int]:
        suyos = GRUPOS if grupo == "todas" else (grupo,)
        return [numero[g, clave] for g in suyos for clave in categoria.split("|")]

    sistema = Sistema(len(numero))
    for llave, intervalo in pregunta.sabido.items():
        sistema.sabe(indices(*llave), intervalo)
    cotas, demostradas = {}, []
    for grupo in ("todas", *GRUPOS):
        for opcion in pregunta.opciones:
            suya = sistema.acotar(indices(grupo, opcion))
            if suya is None:
                return {}, []
            cotas[grupo, opcion] = suya
            otras = [i for o in pregunta.opciones if o != opcion for i in indices(grupo, o)]
            demas = sistema.acotar(otras)
            if demas is not None and demas[1] < 1 and suya[0] >= 1:
                demostradas.append((grupo, opcion))
    return cotas, demostradas


def leer_respuestas(publica: Path, lote: str) -> dict[tuple[str, str], Pregunta]:
    """Las preguntas del lote, tal como se ven. Las de varias opciones no suman su base y no entran."""
    salida: dict[tuple[str, str], Pregunta] = {}
    with closing(Database(publica)) as db:
        filas = list(
            db.query(
                "SELECT grupo, instrumento, pregunta, respuesta, n FROM respuesta_cubo WHERE lote = ? AND"
                " eje IN ('total', 'sexo')",
                [lote],
            )
        )
    for f in filas:
        llave = (f["instrumento"], f["pregunta"])
        vieja = salida.get(llave, Pregunta({}, ()))
        opciones = vieja.opciones if "|" in f["respuesta"] else tuple(dict.fromkeys((*vieja.opciones, f["respuesta"])))
        sabido = vieja.sabido
        if f["n"] is not None:
            sabido[f["grupo"], f["respuesta"]] = (max(10, f["n"] - HOLGURA), f["n"] + HOLGURA)
        salida[llave] = Pregunta(sabido, opciones)
    return salida


# --- la verdad, para contar aciertos ----------------------------------------------------------------------------


def dominios_de(crudo: Crudo, reglas: Reglas) -> dict[str, list[str]]:
    return {d: list(reglas.valores(d)) for d in DIMENSIONES[:-1]} | {"mes": meses(crudo.desde, crudo.hasta)}


def verdades(crudo: Crudo, reglas: Reglas, dominios: Mapping[str, Sequence[str]]) -> dict[Lugar, int]:
    """La cuenta verdadera de cada lugar que se publica."""
    cuentas = celdas.asistencias(crudo, reglas)
    cubos = {lugar: cuentas[eje, grupo] for eje, grupo, lugar in lugares(reglas.ejes_asistencia, dominios)}
    por_clase = Counter[tuple[str, str, str]]()
    for f in sin_repetir(crudo.asistencias):
        por_clase[f.zona, f.programa, f.mes] += f.personas
    resumen = {
        tuple(zip(("zona", "programa", "mes"), donde, strict=True)): por_clase[donde]
        for donde in product(dominios["zona"], dominios["programa"], dominios["mes"])
    }
    return cubos | resumen
