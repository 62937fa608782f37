"""Entre qué cuentas queda encerrado lo que se escondió: programación lineal y, si hace falta, entera (HiGHS).

Se resuelve lo menos posible. Cada solución entera es otro juego de datos que cualquiera tendría por posible, y sirve de
testigo para todo lo escondido a la vez: dos testigos bastante separados ponen a salvo una celda sin acotarla. Sólo se
acota lo que se queda sin testigos, y la cota entera sólo se busca si la lineal no decide.
"""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import highspy
import numpy as np

from .sistema import Objetivo, Sistema

TOLERANCIA = 1e-6
NODOS = 2000
"""Cuánto se busca una cota entera; si no alcanza, lo escondido se da por deducible."""


class Rango(NamedTuple):
    """Lo escondido que no está a salvo, y entre qué cuentas queda. ``seguro``: falso si no se pudo terminar de ver."""

    objetivo: Objetivo
    desde: int
    hasta: int
    seguro: bool


def deducibles(sistema: Sistema) -> list[Rango]:
    """Los objetivos que no están a salvo, en su orden."""
    testigos = _Testigos(sistema)
    con_tope = _con_tope(sistema)
    pendientes = testigos.pendientes(
        o for o in sistema.objetivos if o.bajo is not None or con_tope.issuperset(o.variables)
    )
    if not pendientes:
        return []
    programa = _Programa(sistema)
    # De una vez, todo lo escondido lo más chico y lo más grande que se pueda: casi siempre basta.
    todas = sorted({v for o in pendientes for v in o.variables})
    for sentido in (-1, 1):
        testigos.agregar(programa.resolver(todas, sentido).valores)
    hallados = []
    for objetivo in testigos.pendientes(pendientes):
        if not testigos.a_salvo(objetivo):
            rango = _acotar(objetivo, programa, testigos)
            if rango is not None:
                hallados.append(rango)
    return hallados


def _acotar(objetivo: Objetivo, programa: "_Programa", testigos: "_Testigos") -> Rango | None:
    """El rango de un objetivo que no está a salvo; ``None`` en cuanto un testigo lo pone a salvo."""
    cotas: dict[int, float] = {}
    for enteras in (False, True):
        for sentido in (-1, 1):
            solucion = programa.resolver(objetivo.variables, sentido, enteras=enteras)
            testigos.agregar(solucion.valores)
            if testigos.a_salvo(objetivo):
                return None
            cotas[sentido] = solucion.cota
        desde, hasta = math.ceil(cotas[-1] - TOLERANCIA), math.floor(cotas[1] + TOLERANCIA)
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
        modelo = highspy.HighsLp()
        modelo.num_col_, modelo.num_row_ = self._n, len(sistema.conocidas)
        modelo.col_cost_ = np.zeros(self._n)
        modelo.col_lower_ = np.zeros(self._n)
        modelo.col_upper_ = np.full(self._n, float(self._cota))
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
        self._enteras = False

    def resolver(self, variables: Iterable[int], sentido: int, *, enteras: bool = False) -> _Solucion:
        """Lo más que puede valer la suma (``sentido`` 1) o lo menos (-1), y unos datos en que lo vale.

        Si no se llega al final, la cota es la que nada descarta: no acota de más.
        """
        costo = np.zeros(self._n)
        costo[list(variables)] = 1.0
        if enteras != self._enteras:
            tipo = highspy.HighsVarType.kInteger if enteras else highspy.HighsVarType.kContinuous
            self._highs.changeColsIntegrality(self._n, self._indices, np.array([tipo] * self._n))
            self._enteras = enteras
        self._highs.changeColsCost(self._n, self._indices, costo)
        maximo = sentido > 0
        self._highs.changeObjectiveSense(highspy.ObjSense.kMaximize if maximo else highspy.ObjSense.kMinimize)
        self._highs.run()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return _Solucion(float(self._cota * self._n) if maximo else 0.0, ())
        informe = self._highs.getInfo()
        valores = list(self._highs.getSolution().col_value)
        return _Solucion(informe.mip_dual_bound if enteras else informe.objective_function_value, valores)
