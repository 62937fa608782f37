"""Cada pregunta de cada encuesta como un sistema aparte: cuántas personas de cada grupo eligieron cada opción.

Lo publicado de una pregunta no se suma con lo de otra: cada quien puede saltarse la que quiera, así que la base de cada
una es distinta y no se publica.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

from ..conteo import contestadas, ejes_de, preguntas_de_cambio, valor
from ..modelo import Celda, Crudo, Reglas
from ..preguntas import CAMBIOS, ESCALERA_CAMBIO, Nivel, escalera
from ..proteccion import canonico, visibles_de_una, visibles_de_varias
from .sabido import ANCHO, Publicada, entre, grupo_de, leer
from .sistema import Conocida, Objetivo, Sistema, suma

Grupo = tuple[str, ...]


@dataclass(frozen=True)
class Encuestada:
    """Una pregunta con su cuenta verdadera: por grupo fino (todas las dimensiones de sus ejes) y opción."""

    tabla: str
    suya: tuple[str, ...]
    """La parte de la llave que la nombra: (instrumento, pregunta), o (pregunta,) en el cambio."""
    ejes: tuple[str, ...]
    niveles: list[Nivel]
    cuenta: Counter[tuple[Grupo, str]]
    bases: Counter[Grupo]
    """Cuántas contestaron. En las de varias opciones es menos que la suma."""
    varias: bool
    reglas: Reglas

    # --- los sistemas -------------------------------------------------------------------------------------------

    def sistemas(self, celdas: Iterable[Celda]) -> Iterator[Sistema]:
        """Uno; en las de varias opciones, uno por opción: cada una es un sí o no aparte."""
        publicadas = [p for p in leer(celdas) if p.tabla == self.tabla and p.llave[2:-1] == self.suya]
        opciones = [clave for (clave,) in self.niveles[0]]
        if not any(p.n is not None for p in publicadas):
            return  # de lo que no se publica nada no se deduce nada
        for juntas in [[o] for o in opciones] if self.varias else [opciones]:
            suyas = [p for p in publicadas if set(p.llave[-1].split("|")) <= set(juntas)]
            yield self._sistema(suyas, juntas)

    def _sistema(self, publicadas: Sequence[Publicada], opciones: list[str]) -> Sistema:
        variables = list(product(self._finos(), opciones))
        sumandos = _Sumandos(variables, self.dimensiones)
        conocidas: list[Conocida] = []
        objetivos: dict[tuple[tuple[int, ...], str], Objetivo] = {}
        vistas: dict[tuple[str, str], list[Publicada]] = defaultdict(list)
        for p in publicadas:
            if p.n is not None:
                conocidas.append(self._sabida(p, sumandos))
                vistas[p.llave[0], p.llave[1]].append(p)
        if not self.varias:
            conocidas += [c for suyas in vistas.values() for c in self._de_la_regla(suyas, sumandos)]
        for objetivo in self._objetivos(publicadas, opciones, set(vistas), sumandos):
            objetivos.setdefault((objetivo.variables, objetivo.clase), objetivo)
        return Sistema(tuple(self.cuenta[v] for v in variables), tuple(conocidas), tuple(objetivos.values()))

    @property
    def dimensiones(self) -> tuple[str, ...]:
        return _dimensiones_de(self.ejes)

    def _finos(self) -> Iterator[Grupo]:
        yield from product(*([*self.reglas.valores(d), ""] for d in self.dimensiones))

    # --- lo que se sabe -----------------------------------------------------------------------------------------

    def _sabida(self, p: Publicada, sumandos: "_Sumandos") -> Conocida:
        assert p.n is not None
        terminos = suma(sumandos.de(p.llave[0], p.llave[1], p.llave[-1].split("|")))
        return Conocida(terminos, *entre(p.n, self.reglas), p.tabla, p.celda)

    def _de_la_regla(self, suyas: list[Publicada], sumandos: "_Sumandos") -> Iterator[Conocida]:
        """Un grupo que se muestra tiene base de 30, y ninguna de sus categorías pasa del 90 %."""
        eje, grupo = suyas[0].llave[:2]
        todas = sorted({v for p in suyas for v in sumandos.de(eje, grupo, p.llave[-1].split("|"))})
        yield Conocida(suma(todas), self.reglas.base_minima, None, suyas[0].tabla, suyas[0].celda)
        tope = Fraction(self.reglas.tope_respuesta).limit_denominator(1000)
        for p in suyas:
            estas = set(sumandos.de(eje, grupo, p.llave[-1].split("|")))
            pesos = tuple((v, tope.denominator * (v in estas) - tope.numerator) for v in todas)
            yield Conocida(pesos, None, 0, p.tabla, p.celda)

    # --- lo que no debe poder deducirse -------------------------------------------------------------------------

    def _objetivos(
        self,
        publicadas: Sequence[Publicada],
        opciones: list[str],
        vistas: set[tuple[str, str]],
        sumandos: "_Sumandos",
    ) -> Iterator[Objetivo]:
        for p in publicadas:
            # Lo que sólo se vació al quitar una tabla no delata a nadie, y no se cuida.
            if p.n is None and p.llave[-1] not in self._que_muestra_la_regla(p.llave[0], p.llave[1], sumandos):
                yield from self._escondida(p.llave[0], p.llave[1], p.llave[-1], sumandos)
        for eje in self.ejes:
            dimensiones = _dimensiones_de((eje,))
            for claves in product(*([*self.reglas.valores(d), ""] for d in dimensiones)):
                grupo = grupo_de(claves)
                if "" in claves:  # quienes no dijeron sexo o edad: el total menos los demás
                    for opcion in opciones:
                        yield from self._escondida(eje, grupo, opcion, sumandos)
                if (eje, grupo) not in vistas:
                    yield from self._seguras(eje, grupo, opciones, sumandos)

    def _que_muestra_la_regla(self, eje: str, grupo: str, sumandos: "_Sumandos") -> Mapping[str, int]:
        finos = sumandos.finos(eje, grupo)
        cuenta: Counter[str] = Counter()
        for (fino, opcion), n in self.cuenta.items():
            if fino in finos:
                cuenta[opcion] += n
        if self.varias:
            base = sum(self.bases[fino] for fino in finos)
            return visibles_de_varias(cuenta, base, [clave for (clave,) in self.niveles[0]], self.reglas)[0]
        return visibles_de_una(cuenta, self.niveles, self.reglas)[0]

    def _escondida(self, eje: str, grupo: str, categoria: str, sumandos: "_Sumandos") -> Iterator[Objetivo]:
        variables = sumandos.de(eje, grupo, categoria.split("|"))
        if sum(self.cuenta[sumandos.variables[v]] for v in variables):
            yield Objetivo(variables, "angosta", self.tabla, self._celda(eje, grupo, categoria), ancho=ANCHO)

    def _seguras(self, eje: str, grupo: str, opciones: list[str], sumandos: "_Sumandos") -> Iterator[Objetivo]:
        """Un grupo en que todas dijeron lo mismo: que alguna pudiera haber dicho otra cosa."""
        if not sum(self.bases[fino] for fino in sumandos.finos(eje, grupo)):
            return
        for nivel in self.niveles:
            for categoria in nivel:
                demas = opciones if self.varias else [o for o in opciones if o not in categoria]
                variables = sumandos.de(eje, grupo, demas)
                if demas and not sum(self.cuenta[sumandos.variables[v]] for v in variables):
                    celda = self._celda(eje, grupo, "|".join(opciones if self.varias else categoria))
                    yield Objetivo(variables, "segura", self.tabla, celda, ancho=1)

    def _celda(self, eje: str, grupo: str, categoria: str) -> str:
        return canonico([eje, grupo, *self.suya, categoria])


class _Sumandos:
    """Qué variables suma cada categoría de cada grupo."""

    def __init__(self, variables: list[tuple[Grupo, str]], dimensiones: tuple[str, ...]) -> None:
        self.variables = variables
        self._dimensiones = dimensiones
        self._por_grupo: dict[tuple[str, str], list[int]] = {}

    def _del_grupo(self, eje: str, grupo: str) -> list[int]:
        if (eje, grupo) not in self._por_grupo:
            lugares = [self._dimensiones.index(d) for d in _dimensiones_de((eje,))]
            self._por_grupo[eje, grupo] = [
                i for i, (fino, _) in enumerate(self.variables) if grupo_de(tuple(fino[n] for n in lugares)) == grupo
            ]
        return self._por_grupo[eje, grupo]

    def de(self, eje: str, grupo: str, opciones: Iterable[str]) -> tuple[int, ...]:
        estas = set(opciones)
        return tuple(i for i in self._del_grupo(eje, grupo) if self.variables[i][1] in estas)

    def finos(self, eje: str, grupo: str) -> set[Grupo]:
        return {self.variables[i][0] for i in self._del_grupo(eje, grupo)}


def encuestadas(crudo: Crudo, reglas: Reglas) -> Iterator[Encuestada]:
    """Todas las preguntas de un lote: las de las encuestas y las del cambio entre antes y después."""
    por_ejes = {
        ejes: _por_grupo(crudo.contestaciones, ejes, reglas) for ejes in {ejes_de(p, reglas) for p in crudo.preguntas}
    }
    for pregunta in crudo.preguntas:
        ejes = ejes_de(pregunta, reglas)
        por_grupo = por_ejes[ejes]
        cuenta: Counter[tuple[Grupo, str]] = Counter()
        bases: Counter[Grupo] = Counter()
        for grupo, filas in por_grupo.items():
            for elegidas in contestadas(filas, pregunta):
                bases[grupo] += 1
                cuenta.update((grupo, opcion) for opcion in elegidas)
        suya = (pregunta.instrumento, pregunta.clave)
        varias = pregunta.tipo == "varias"
        yield Encuestada("respuesta_cubo", suya, ejes, escalera(pregunta), cuenta, bases, varias, reglas)
    por_grupo = _por_grupo(crudo.cambios, reglas.ejes_cambio, reglas)
    for clave in preguntas_de_cambio(crudo):
        cuenta, bases = Counter(), Counter()
        for grupo, cambios in por_grupo.items():
            for fila in cambios:
                if (que := fila.cambios.get(clave)) in CAMBIOS:
                    bases[grupo] += 1
                    cuenta[grupo, que] += 1
        yield Encuestada("cambio_cubo", (clave,), reglas.ejes_cambio, ESCALERA_CAMBIO, cuenta, bases, False, reglas)


def _por_grupo(filas: Iterable[Any], ejes: tuple[str, ...], reglas: Reglas) -> dict[Grupo, list[Any]]:
    dimensiones = _dimensiones_de(ejes)
    salida: dict[Grupo, list[Any]] = defaultdict(list)
    for fila in filas:
        claves = ((d, valor(fila, d)) for d in dimensiones)
        salida[tuple(clave if clave in reglas.valores(d) else "" for d, clave in claves)].append(fila)
    return salida


def _dimensiones_de(ejes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(d for eje in ejes if eje != "total" for d in eje.split("+")))
