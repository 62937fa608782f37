"""Entre qué cuentas queda encerrado lo que se escondió: programación lineal y entera (HiGHS).

Se resuelve lo menos posible. Cada solución entera es otro juego de datos que cualquiera tendría por posible, y sirve de
testigo para todo lo escondido a la vez: dos testigos bastante separados ponen a salvo una celda sin acotarla. Los
primeros se buscan cerca de los datos verdaderos, que es rápido. Sólo se acota lo que se queda sin testigos, y la cota
entera, que es lo caro, sólo se busca si la lineal no decide.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import highspy
import numpy as np

from .sistema import Objetivo, Sistema

TOLERANCIA = 1e-6
NODOS = 2000
"""Cuánto se busca una cota entera; si no alcanza, lo escondido se da por deducible."""


CERCA = 2
"""Cuánto puede diferir cada cuenta de la verdadera al buscar los primeros testigos."""


class Rango(NamedTuple):
    """Lo escondido que no está a salvo, y entre qué cuentas queda. ``seguro``: falso si no se pudo terminar de ver."""

    objetivo: Objetivo
    desde: int
    hasta: int
    seguro: bool


def deducibles(sistema: Sistema) -> Iterator[Rango]:
    """Los objetivos que no están a salvo, en su orden. Quien sólo quiere saber si hay alguno no paga los demás."""
    testigos = _Testigos(sistema)
    con_tope = _con_tope(sistema)
    pendientes = testigos.pendientes(
        o for o in sistema.objetivos if o.bajo is not None or con_tope.issuperset(o.variables)
    )
    if not pendientes:
        return
    programa = _Programa(sistema)
    # De una vez, todo lo escondido lo más chico y lo más grande que se pueda: casi siempre basta.
    for cerca in (False, True):
        todas = sorted({v for o in pendientes for v in o.variables})
        for sentido in (-1, 1):
            testigos.agregar(programa.resolver(todas, sentido, enteras=cerca, cerca=cerca).valores)
        pendientes = testigos.pendientes(pendientes)
        if not pendientes:
            return
    for objetivo in pendientes:
        if not testigos.a_salvo(objetivo) and (rango := _acotar(objetivo, programa, testigos)) is not None:
            yield rango


def _acotar(objetivo: Objetivo, programa: "_Programa", testigos: "_Testigos") -> Rango | None:
    """El rango de un objetivo que no está a salvo; ``None`` en cuanto un testigo lo pone a salvo."""
    cotas = (0.0, math.inf)
    for enteras, cerca in ((False, False), (True, True), (True, False)):
        halladas = []
        for sentido in (-1, 1):
            solucion = programa.resolver(objetivo.variables, sentido, enteras=enteras, cerca=cerca)
            testigos.agregar(solucion.valores)
            if testigos.a_salvo(objetivo):
                return None
            halladas.append(solucion.cota)
        if not cerca:
            cotas = (halladas[0], halladas[1])
        desde, hasta = math.ceil(cotas[0] - TOLERANCIA), math.floor(cotas[1] + TOLERANCIA)
        if not objetivo.a_salvo(desde, hasta):  # los enteros caben en lo lineal: ya no hay qué buscar
            return Rango(objetivo, desde, hasta, seguro=True)
    return Rango(objetivo, desde, hasta, seguro=False)


def _con_tope(sistema: Sistema) -> set[int]:
    """Las variables que algo limita por arriba. Una suma con otra que nada limite es tan grande como se quiera."""
    return {
        variable
        for conocida in sistema.conocidas
        for variable, coeficiente in conocida.terminos
        if conocida.hasta is not None or conocida.resta
    }


class _Testigos:
    """Lo menor y lo mayor que se ha visto valer a cada objetivo, en datos enteros que cumplen todo lo sabido."""

    def __init__(self, sistema: Sistema) -> None:
        self._sistema = sistema
        self._objetivos = sistema.objetivos
        self._vistos = {o: (n, n) for o in sistema.objetivos for n in [_valor(o, sistema.verdad)]}

    def agregar(self, valores: Sequence[float]) -> None:
        enteros = [round(v) for v in valores]
        if not enteros or any(abs(v - n) > TOLERANCIA for v, n in zip(valores, enteros, strict=True)):
            return
        if not self._sistema.admite(enteros):
            return
        for objetivo, (menor, mayor) in self._vistos.items():
            n = _valor(objetivo, enteros)
            self._vistos[objetivo] = (min(menor, n), max(mayor, n))

    def a_salvo(self, objetivo: Objetivo) -> bool:
        return objetivo.a_salvo(*self._vistos[objetivo])

    def pendientes(self, objetivos: Iterable[Objetivo]) -> list[Objetivo]:
        return [o for o in objetivos if not self.a_salvo(o)]


def _valor(objetivo: Objetivo, valores: Sequence[int]) -> int:
    return sum(valores[v] for v in objetivo.variables)


class _Solucion(NamedTuple):
    cota: float
    valores: Sequence[float]


class _Programa:
    """Un sistema cargado en HiGHS. Cada problema empieza donde acabó el anterior: sólo cambia qué se busca."""

    def __init__(self, sistema: Sistema) -> None:
        self._n = len(sistema.verdad)
        self._cota = sistema.cota
        verdad = np.array(sistema.verdad, dtype=float)
        self._lejos = (np.zeros(self._n), np.full(self._n, float(self._cota)))
        self._cerca = (np.maximum(0.0, verdad - CERCA), verdad + CERCA)
        modelo = highspy.HighsLp()
        modelo.num_col_, modelo.num_row_ = self._n, len(sistema.conocidas)
        modelo.col_cost_ = np.zeros(self._n)
        modelo.col_lower_, modelo.col_upper_ = self._lejos
        infinito = highspy.kHighsInf
        modelo.row_lower_ = np.array([-infinito if c.desde is None else float(c.desde) for c in sistema.conocidas])
        modelo.row_upper_ = np.array([infinito if c.hasta is None else float(c.hasta) for c in sistema.conocidas])
        matriz = modelo.a_matrix_
        matriz.format_ = highspy.MatrixFormat.kRowwise
        matriz.start_ = np.cumsum([0, *(len(c.terminos) for c in sistema.conocidas)])
        matriz.index_ = np.array([v for c in sistema.conocidas for v, _ in c.terminos], dtype=np.int32)
        matriz.value_ = np.array([float(k) for c in sistema.conocidas for _, k in c.terminos])
        self._highs = highspy.Highs()  # type: ignore[no-untyped-call]
        for opcion, valor in (
            ("output_flag", False),
            ("threads", 1),
            ("presolve", "off"),
            ("mip_max_nodes", NODOS),
            ("mip_rel_gap", 0.0),
            ("mip_abs_gap", 0.5),
        ):
            self._highs.setOptionValue(opcion, valor)
        self._highs.passModel(modelo)
        self._indices = np.arange(self._n, dtype=np.int32)
        self._enteras = self._esta_cerca = False

    def resolver(
        self, variables: Iterable[int], sentido: int, *, enteras: bool = False, cerca: bool = False
    ) -> _Solucion:
        """Lo más que puede valer la suma (``sentido`` 1) o lo menos (-1), y unos datos en que lo vale.

        ``cerca``: sólo entre los datos que difieren poco de los verdaderos; da testigos, no cotas. Si no se llega al
        final, la cota es la que nada descarta: no acota de más.
        """
        costo = np.zeros(self._n)
        costo[list(variables)] = 1.0
        if enteras != self._enteras:
            tipo = highspy.HighsVarType.kInteger if enteras else highspy.HighsVarType.kContinuous
            self._highs.changeColsIntegrality(self._n, self._indices, np.array([tipo] * self._n))
            self._enteras = enteras
        if cerca != self._esta_cerca:
            self._highs.changeColsBounds(self._n, self._indices, *(self._cerca if cerca else self._lejos))
            self._esta_cerca = cerca
        self._highs.changeColsCost(self._n, self._indices, costo)
        maximo = sentido > 0
        self._highs.changeObjectiveSense(highspy.ObjSense.kMaximize if maximo else highspy.ObjSense.kMinimize)
        self._highs.run()
        valores = list(self._highs.getSolution().col_value)
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return _Solucion(float(self._cota * self._n) if maximo else 0.0, valores)
        informe = self._highs.getInfo()
        return _Solucion(informe.mip_dual_bound if enteras else informe.objective_function_value, valores)
