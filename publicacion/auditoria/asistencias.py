"""Las asistencias de un lote como sistema: los cubos, el resumen de eventos y las líneas del POA, todo junto.

Quien ataca sabe lo publicado, cómo se redondea, cuántos eventos hubo y de qué programa, zona, mes y líneas del POA (se
anuncian), y que lo escondido por ser de pocas personas no junta diez en ningún evento. Lo que no sabe es, de cada clase
de eventos que lo publicado no distingue, cuántas asistencias hubo de cada sexo y edad.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any, NamedTuple

from ..conteo import lineas_del_lote, sin_repetir, valor
from ..modelo import Asistencia, Celda, Crudo, Reglas
from ..proteccion import canonico
from .sabido import ANCHO, Publicada, entre, grupo_de, leer
from .sistema import Conocida, Objetivo, Sistema, suma

TABLAS = frozenset({"asistencia_cubo", "evento_resumen", "poa"})


class Clase(NamedTuple):
    """Los eventos que lo publicado no distingue entre sí."""

    mes: str
    programa: str
    zona: str
    lineas: tuple[tuple[int, str], ...]


class Variable(NamedTuple):
    """Una cuenta desconocida; en ``sexo`` y ``edad``, ``""`` es «no lo dijo»."""

    clase: Clase
    sexo: str
    edad: str


Lugar = tuple[str, tuple[Any, ...]]
"""Una celda, o algo que se deduce restando celdas: su tabla (o ``clase``) y su llave."""


class Asistencias:
    """La cuenta verdadera de un lote, lista para preguntarle qué se sabría si se publicaran tales celdas."""

    def __init__(self, crudo: Crudo, reglas: Reglas) -> None:
        self._reglas = reglas
        filas = sin_repetir(crudo.asistencias)
        clase_de = self._clases(crudo, filas)
        self._eventos = Counter(clase_de.values())
        cuenta: Counter[tuple[Variable, str]] = Counter()
        # De cada lugar, cuántas asistencias puso cada evento y cada credencial.
        self._por_evento: dict[Lugar, Counter[str]] = defaultdict(Counter)
        self._credenciales: dict[Lugar, Counter[str]] = defaultdict(Counter)
        for f in filas:
            suya = Variable(clase_de[f.evento], self._en("sexo", f.sexo), self._en("edad", valor(f, "edad")))
            cuenta[suya, f.evento] += f.personas
            if f.credencial is not None:
                for lugar in self._lugares(suya):
                    self._credenciales[lugar][f.credencial] += f.personas
        for (suya, evento), n in cuenta.items():
            for lugar in self._lugares(suya):
                self._por_evento[lugar][evento] += n
        sexos, edades = ([*reglas.valores(d), ""] for d in ("sexo", "edad"))
        self._variables = [Variable(c, s, e) for c, s, e in product(sorted(self._eventos), sexos, edades)]
        self._sumandos: dict[Lugar, list[int]] = defaultdict(list)
        for i, variable in enumerate(self._variables):
            for lugar in self._lugares(variable):
                self._sumandos[lugar].append(i)
        verdad: Counter[Variable] = Counter()
        for (suya, _), n in cuenta.items():
            verdad[suya] += n
        self._verdad = tuple(verdad[variable] for variable in self._variables)
        self._donde = dict(self._lugares_de_cubos())

    def _en(self, dimension: str, clave: str) -> str:
        return clave if clave in self._reglas.valores(dimension) else ""

    def _clases(self, crudo: Crudo, filas: list[Asistencia]) -> dict[str, Clase]:
        """La clase de cada evento, por su id."""
        lineas = {(linea.ejercicio, linea.clave) for linea in lineas_del_lote(crudo)}
        salida = {}
        for e in crudo.eventos:
            suyas = tuple(sorted(lineas.intersection(e.lineas)))
            salida[e.id] = Clase(e.mes, self._en("programa", e.programa), self._en("zona", e.zona), suyas)
        for f in filas:
            sin_linea = Clase(f.mes, self._en("programa", f.programa), self._en("zona", f.zona), ())
            salida.setdefault(f.evento, sin_linea)
        return salida

    def _lugares_de_cubos(self) -> Iterator[tuple[Lugar, dict[str, str]]]:
        """Cada grupo de cada eje, con «no lo dijo» entre sus claves, y sus condiciones."""
        for eje in self._reglas.ejes_asistencia:
            dimensiones = _dimensiones(eje)
            for claves in product(*([*self._reglas.valores(d), ""] for d in dimensiones)):
                yield ("asistencia_cubo", (eje, grupo_de(claves))), dict(zip(dimensiones, claves, strict=True))

    def _lugares(self, v: Variable) -> Iterator[Lugar]:
        """En qué celdas se suma una variable."""
        tiene = {"sexo": v.sexo, "edad": v.edad, "zona": v.clase.zona, "programa": v.clase.programa}
        for eje in self._reglas.ejes_asistencia:
            yield "asistencia_cubo", (eje, grupo_de([tiene[d] for d in _dimensiones(eje)]))
        yield "evento_resumen", v.clase[:3]
        yield "clase", v.clase
        for linea in v.clase.lineas:
            yield "poa", linea

    # --- el sistema ---------------------------------------------------------------------------------------------

    def sistema(self, celdas: Iterable[Celda]) -> Sistema:
        """Lo que se sabría si se publicaran estas celdas, y lo que con eso no debe poder deducirse."""
        publicadas = [p for p in leer(celdas) if p.tabla in TABLAS]
        conocidas = tuple(c for p in publicadas for c in self._sabido(p))
        objetivos: dict[tuple[tuple[int, ...], str], Objetivo] = {}
        for objetivo in (*(o for p in publicadas for o in self._escondidas(p)), *self._sin_celda()):
            objetivos.setdefault((objetivo.variables, objetivo.clase), objetivo)
        return Sistema(self._verdad, conocidas, tuple(objetivos.values()))

    def _sabido(self, publicada: Publicada) -> Iterator[Conocida]:
        lugar = (publicada.tabla, publicada.llave)
        if publicada.n is not None:
            exacta = publicada.tabla == "poa"
            desde, hasta = (publicada.n, publicada.n) if exacta else entre(publicada.n, self._reglas)
            yield Conocida(suma(self._sumandos.get(lugar, ())), desde, hasta, publicada.tabla, publicada.celda)
        elif self._mayor(lugar) < self._reglas.umbral:
            # «De pocas personas» quiere decir, cuando menos, que ningún evento juntó diez.
            por_clase: dict[Clase, list[int]] = defaultdict(list)
            for i in self._sumandos.get(lugar, ()):
                por_clase[self._variables[i].clase].append(i)
            for clase, variables in por_clase.items():
                hasta = (self._reglas.umbral - 1) * self._eventos[clase]
                yield Conocida(suma(variables), None, hasta, publicada.tabla, publicada.celda)

    def _mayor(self, lugar: Lugar) -> int:
        """Lo más que juntó un solo evento."""
        return max(self._por_evento[lugar].values(), default=0) if lugar in self._por_evento else 0

    # --- lo que no debe poder deducirse -------------------------------------------------------------------------

    def _escondidas(self, publicada: Publicada) -> Iterator[Objetivo]:
        """Lo que la regla esconde. Lo que sólo se vació al quitar una tabla no delata a nadie, y no se cuida."""
        lugar = (publicada.tabla, publicada.llave)
        if publicada.n is not None or lugar not in self._por_evento:
            return
        variables = tuple(self._sumandos[lugar])
        cuando_menos, cuando_mas = self._personas(lugar)
        tope = self._tope(lugar)
        satura = tope is not None and cuando_mas > tope
        if cuando_menos < self._reglas.umbral or satura:
            yield Objetivo(variables, "angosta", publicada.tabla, publicada.celda, ancho=ANCHO)
        if tope is not None and cuando_menos > tope:
            # De veras fueron casi todas: que las asistencias no lo prueben.
            yield Objetivo(variables, "satura", publicada.tabla, publicada.celda, bajo=tope)

    def _personas(self, lugar: Lugar) -> tuple[int, int]:
        """Cuántas personas distintas hubo, cuando menos y cuando más."""
        total, credenciales = sum(self._por_evento[lugar].values()), self._credenciales.get(lugar, Counter())
        return max(len(credenciales), self._mayor(lugar)), total - sum(credenciales.values()) + len(credenciales)

    def _tope(self, lugar: Lugar) -> int | None:
        """Desde cuántas asistencias pudo haber ido casi toda la gente de una celda."""
        tabla, llave = lugar
        if tabla == "poa":
            return None
        donde = {"zona": llave[2]} if tabla == "evento_resumen" else self._donde.get(lugar, {})
        habitantes = self._reglas.censo.denominador(donde.get("zona"), donde.get("sexo"), donde.get("edad"))
        return None if habitantes is None else int(self._reglas.saturacion * habitantes)

    def _sin_celda(self) -> Iterator[Objetivo]:
        """Lo que ninguna tabla da y sale de restar: quienes no dijeron sexo o edad, y el evento chico de una línea."""
        for lugar in sorted(self._por_evento):
            tabla, llave = lugar
            es_clase = tabla == "clase"
            if (es_clase or "" in self._donde.get(lugar, {}).values()) and 0 < self._mayor(lugar) < self._reglas.umbral:
                publica = "evento_resumen" if es_clase else tabla
                celda = canonico(list(llave[:3] if es_clase else llave))
                yield Objetivo(tuple(self._sumandos[lugar]), "angosta", publica, celda, ancho=ANCHO)


def _dimensiones(eje: str) -> tuple[str, ...]:
    return () if eje == "total" else tuple(eje.split("+"))
