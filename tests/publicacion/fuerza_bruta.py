"""Lo que se puede deducir de unas celdas, sin programación lineal: se recorren todas las cuentas enteras posibles.

Está escrito aparte de la auditoría, leyendo las celdas publicadas y nada más. Sólo sirve con muy poca gente.
"""

import json
from collections.abc import Iterable
from itertools import product

import numpy as np

from publicacion.modelo import Celda, Crudo, Evento, Reglas

LAS_QUE_SEA = 14
"""De lo que nada limita se prueban tantas: más que el umbral y que lo que se pide de ancho."""
Vector = tuple[int, ...]


def publicadas(celdas: Iterable[Celda], tabla: str) -> dict[tuple, int | None]:
    columna = "asistencias" if tabla == "poa" else "n"
    return {tuple(json.loads(c.celda)): json.loads(c.valor)[columna] for c in celdas if c.tabla == tabla}


def pudo_ser(reglas: Reglas, vista: int | None, verdadera: np.ndarray | int) -> np.ndarray | bool:
    """¿De esta cuenta verdadera pudo salir lo que se ve?"""
    if vista is None:
        return verdadera >= 0
    return (abs(verdadera - vista) < reglas.redondeo) & (verdadera >= reglas.umbral)


# --- asistencias por zona y programa --------------------------------------------------------------------------------


def rangos_de_asistencias(celdas: list[Celda], crudo: Crudo, reglas: Reglas) -> dict[tuple, tuple[int, int, int]]:
    """De cada celda escondida, y de cada evento de pocas: (verdadera, la menor posible, la mayor posible).

    Recorre cuántas asistencias pudo tener cada evento. Para lotes sin dos eventos iguales, con los ejes total, zona y
    programa, y en que cada evento escondido no juntó ``umbral``.
    """
    eventos = list(crudo.eventos)
    tuvo = np.array([sum(f.personas for f in crudo.asistencias if f.evento == e.id) for e in eventos])
    topes = [_tope_de_evento(celdas, e, reglas) for e in eventos]
    mundos = np.array(list(product(*(range(tope + 1) for tope in topes)))).reshape(-1, len(eventos))
    cuales: dict[tuple, list[int]] = {}
    posibles = np.ones(len(mundos), dtype=bool)
    for tabla in ("asistencia_cubo", "evento_resumen", "poa"):
        for llave, vista in publicadas(celdas, tabla).items():
            suyos = [i for i, e in enumerate(eventos) if _entra(tabla, llave, e)]
            cuales[tabla, *llave] = suyos
            suma = mundos[:, suyos].sum(axis=1)
            posibles &= (suma == vista) if tabla == "poa" and vista is not None else pudo_ser(reglas, vista, suma)
            if vista is None and all(tuvo[i] < reglas.umbral for i in suyos):
                posibles &= (mundos[:, suyos] < reglas.umbral).all(axis=1)
    vistas_de = {
        (t, *k): n for t in ("asistencia_cubo", "evento_resumen", "poa") for k, n in publicadas(celdas, t).items()
    }
    salida = {}
    for llave, suyos in cuales.items():
        # Una línea del POA de muchas se esconde por lo que diría restarla, no por ella.
        sola = llave[0] == "poa" and any(tuvo[i] >= reglas.umbral for i in suyos)
        if vistas_de[llave] is None and tuvo[suyos].sum() and not sola:
            salida[llave] = (int(tuvo[suyos].sum()), *_extremos(mundos[posibles][:, suyos].sum(axis=1)))
    for i, e in enumerate(eventos):
        if 0 < tuvo[i] < reglas.umbral:
            salida["evento_resumen", e.mes, e.programa, e.zona] = (int(tuvo[i]), *_extremos(mundos[posibles][:, i]))
    return salida


def _tope_de_evento(celdas: list[Celda], evento: Evento, reglas: Reglas) -> int:
    """Más asistencias no pudo tener: ninguna celda en que entra alcanza. Si no entra en ninguna, las que sea."""
    topes = [
        n + (0 if tabla == "poa" else reglas.redondeo - 1)
        for tabla in ("asistencia_cubo", "evento_resumen", "poa")
        for llave, n in publicadas(celdas, tabla).items()
        if n is not None and _entra(tabla, llave, evento)
    ]
    return min(topes, default=LAS_QUE_SEA)


def _entra(tabla, llave, evento) -> bool:
    if tabla == "asistencia_cubo":
        return llave[0] == "total" or getattr(evento, llave[0]) == llave[1]
    if tabla == "evento_resumen":
        return llave == (evento.mes, evento.programa, evento.zona)
    return llave in evento.lineas


def _extremos(valores: np.ndarray) -> tuple[int, int]:
    return int(valores.min()), int(valores.max())


# --- una pregunta por sexo ------------------------------------------------------------------------------------------


def mundos_de_pregunta(celdas: list[Celda], reglas: Reglas, opciones: list[str]) -> dict[str, set[Vector]]:
    """De cada sexo (``""``: quien no lo dijo), las cuentas por opción que pudieron ser."""
    vistas = publicadas(celdas, "respuesta_cubo")

    def topes(eje: str, grupo: str) -> list[int]:
        """Más de cada opción no pudo haber en un grupo: ni él ni el total alcanzan."""
        que = [(k[4].split("|"), n) for k, n in vistas.items() if k[:2] in {(eje, grupo), ("total", "todas")}]
        return [
            min((n + reglas.redondeo - 1 for categoria, n in que if n is not None and o in categoria), default=8)
            for o in opciones
        ]

    def posibles(eje: str, grupo: str) -> set[Vector]:
        suyas = [(k[4].split("|"), n) for k, n in vistas.items() if k[:2] == (eje, grupo) and n is not None]
        todas = product(*(range(tope + 1) for tope in topes(eje, grupo)))
        return {v for v in todas if _cabe(v, suyas, reglas, opciones)}

    por_sexo = {sexo: posibles("sexo", sexo) for sexo in ("M", "H", "")}
    if not any(n is not None for k, n in vistas.items() if k[0] == "total"):
        return por_sexo  # el total no dice nada de nadie
    totales = posibles("total", "todas")
    salida = {}
    for sexo, suyas in por_sexo.items():
        unos, otros = (v for otro, v in por_sexo.items() if otro != sexo)
        sumas = {_mas(u, v) for u, v in product(unos, otros)}
        salida[sexo] = {v for v in suyas if any(_menos(t, v) in sumas for t in totales)}
    return salida


def _mas(u: Vector, v: Vector) -> Vector:
    return tuple(a + b for a, b in zip(u, v, strict=True))


def _menos(u: Vector, v: Vector) -> Vector:
    return tuple(a - b for a, b in zip(u, v, strict=True))


def _cabe(cuentas: Vector, vistas: list[tuple[list[str], int]], reglas: Reglas, opciones: list[str]) -> bool:
    """¿De estas cuentas de un grupo pudo salir lo que se ve de él?"""
    if not vistas:
        return True
    base = sum(cuentas)
    juntas = [(sum(cuentas[opciones.index(o)] for o in categoria), n) for categoria, n in vistas]
    return base >= reglas.base_minima and all(
        bool(pudo_ser(reglas, n, suma)) and suma <= reglas.tope_respuesta * base for suma, n in juntas
    )
