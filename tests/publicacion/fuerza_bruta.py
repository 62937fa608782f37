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


# --- asistencias ----------------------------------------------------------------------------------------------------

TABLAS = ("asistencia_cubo", "evento_resumen", "poa")
Parte = tuple[Evento, str]
"""Las asistencias de un sexo a un evento: lo que se recorre."""


def rangos_de_asistencias(celdas: list[Celda], crudo: Crudo, reglas: Reglas) -> dict[tuple, tuple[int, int, int]]:
    """De cada celda escondida por ser de pocas, y de cada evento de pocas: (verdadera, la menor posible, la mayor).

    Para lotes sin dos eventos del mismo mes, programa y zona, y con ejes que no separan la edad.
    """
    sexos = ("M", "H", "") if any("sexo" in eje for eje in reglas.ejes_asistencia) else ("",)
    partes = [(e, sexo) for e in crudo.eventos for sexo in sexos]
    tuvo = np.array([_cuantas(crudo, e, sexo if len(sexos) > 1 else None) for e, sexo in partes])
    vistas = {(tabla, *llave): n for tabla in TABLAS for llave, n in publicadas(celdas, tabla).items()}
    # También lo que ninguna celda da: quienes no dijeron sexo, y cada evento.
    sin_celda = {("asistencia_cubo", eje, grupo) for eje, grupo in _sin_decir(reglas)}
    sin_celda |= {("evento_resumen", e.mes, e.programa, e.zona) for e in crudo.eventos}
    cuales = {
        llave: [i for i, parte in enumerate(partes) if _entra(llave[0], llave[1:], parte)]
        for llave in [*vistas, *sorted(sin_celda - set(vistas))]
    }

    def mayor(suyos: list[int]) -> int:
        """Lo más que juntó un evento en una celda."""
        return max((sum(tuvo[i] for i in suyos if partes[i][0] == e) for e in crudo.eventos), default=0)

    pocas = {llave for llave, vista in vistas.items() if vista is None and mayor(cuales[llave]) < reglas.umbral}
    menos = reglas.umbral - 1
    topes = [
        min([_tope(parte, vistas, reglas), *(menos for k in pocas if _entra(k[0], k[1:], parte))]) for parte in partes
    ]
    mundos = np.array(list(product(*(range(tope + 1) for tope in topes))), dtype=np.int16).reshape(-1, len(partes))
    posibles = np.ones(len(mundos), dtype=bool)
    for llave, vista in vistas.items():
        suyos, exacta = cuales[llave], llave[0] == "poa" and vista is not None
        suma = mundos[:, suyos].sum(axis=1)
        posibles &= (suma == vista) if exacta else pudo_ser(reglas, vista, suma)
        if llave in pocas:
            for e in crudo.eventos:
                posibles &= mundos[:, [i for i in suyos if partes[i][0] == e]].sum(axis=1) < reglas.umbral
    mundos = mundos[posibles]
    return {
        llave: (int(tuvo[suyos].sum()), *_extremos(mundos[:, suyos].sum(axis=1)))
        for llave, suyos in cuales.items()
        # Una línea del POA de muchas se esconde por lo que diría restarla, no por ella.
        if (llave in sin_celda or vistas[llave] is None) and 0 < mayor(suyos) < reglas.umbral
    }


def _cuantas(crudo: Crudo, evento: Evento, sexo: str | None) -> int:
    dice = {"M": "M", "H": "H"}
    return sum(f.personas for f in crudo.asistencias if f.evento == evento.id and sexo in (None, dice.get(f.sexo, "")))


def _sin_decir(reglas: Reglas) -> list[tuple[str, str]]:
    solos = [("sexo", "")] if "sexo" in reglas.ejes_asistencia else []
    return solos + [("programa+sexo", f"{p}+") for p in reglas.programas if "programa+sexo" in reglas.ejes_asistencia]


def _tope(parte: Parte, vistas: dict[tuple, int | None], reglas: Reglas) -> int:
    """Más asistencias no pudo tener: ninguna celda en que entra alcanza. Si no entra en ninguna, las que sea."""
    topes = [
        n + (0 if llave[0] == "poa" else reglas.redondeo - 1)
        for llave, n in vistas.items()
        if n is not None and _entra(llave[0], llave[1:], parte)
    ]
    return min(topes, default=LAS_QUE_SEA)


def _entra(tabla: str, llave: tuple, parte: Parte) -> bool:
    evento, sexo = parte
    if tabla == "asistencia_cubo":
        tiene = {"sexo": sexo, "zona": evento.zona, "programa": evento.programa}
        eje, grupo = llave
        return eje == "total" or "+".join(tiene[d] for d in eje.split("+")) == grupo
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
