"""El avance de cada línea del programa anual. Se calcula cada vez de los registros: nadie lo escribe ni se guarda.

Tres reglas: una asistencia no es una persona distinta; el alcance en redes no se suma a la población; las líneas no
se suman entre sí, porque un evento puede contar en varias.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlite_utils import Database

from . import ajustes, poa

EDADES = ("0-11", "12-17", "18-29", "30-44", "45-59", "60+", "nd")
UMBRALES = (90, 70)
"""Desde qué porcentaje es verde y desde cuál amarillo, si la oficina no dice otra cosa."""

Cuatro = tuple[float, float, float, float]
Limites = tuple[int, int]


@dataclass(frozen=True)
class Poblacion:
    """Asistencias por sexo, edad y localidad; nunca personas distintas.

    ``por_edad`` trae todas las claves y suma lo mismo que ``total``: de lo anotado en actividades no se sabe la edad y
    va en ``nd``. ``localidades`` son las de los eventos, también las de uno sin asistencias.
    """

    mujeres: int = 0
    hombres: int = 0
    no_especificado: int = 0
    por_edad: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(EDADES, 0))
    localidades: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return self.mujeres + self.hombres + self.no_especificado

    def __add__(self, otra: "Poblacion") -> "Poblacion":
        """La de dos trimestres de una misma línea; la de dos líneas nunca se suma."""
        return Poblacion(
            self.mujeres + otra.mujeres,
            self.hombres + otra.hombres,
            self.no_especificado + otra.no_especificado,
            _sumar(self.por_edad, otra.por_edad),
            _sumar(self.localidades, otra.localidades),
        )


def _sumar(una: Mapping[str, int], otra: Mapping[str, int]) -> dict[str, int]:
    return {clave: una.get(clave, 0) + otra.get(clave, 0) for clave in una | otra}


@dataclass(frozen=True)
class Linea:
    """Una línea con lo programado y lo realizado en cada trimestre; ``t`` va de 1 a 4.

    ``base``: de cuántos (solicitudes, reglamentos que hay), si la línea lo lleva. ``alcance``: en redes, aparte.
    ``eventos`` y ``actividades``: cuántos registros hay detrás, cuenten o no en ``realizado``.
    """

    clave: str
    tipo: str
    texto: str
    indicador: str | None
    unidad: str | None
    medida: str | None
    responsable: str | None
    meta_anual: float | None
    linea_base: float | None
    programado: tuple[float | None, float | None, float | None, float | None]
    realizado: Cuatro
    base: tuple[int, int, int, int] | None
    alcance: tuple[int, int, int, int]
    poblacion: tuple[Poblacion, Poblacion, Poblacion, Poblacion]
    eventos: tuple[int, int, int, int]
    actividades: tuple[int, int, int, int]

    def acumulado(self, t: int) -> float:
        return sum(self.realizado[:t])

    def poblacion_acumulada(self, t: int) -> Poblacion:
        return sum(self.poblacion[:t], Poblacion())

    def programado_acumulado(self, t: int) -> float | None:
        """Hasta ese trimestre, un trimestre en blanco vale cero; ``None`` si los cuatro lo están."""
        if all(programado is None for programado in self.programado):
            return None
        return sum(programado or 0 for programado in self.programado[:t])

    def porcentaje(self, t: int) -> float | None:
        """De 0 a 100 y más: lo acumulado entre lo programado hasta ahí o, sin trimestres, entre la meta anual."""
        programado = self.programado_acumulado(t)
        return _porcentaje(self.acumulado(t), self.meta_anual if programado is None else programado)

    def porcentaje_anual(self, t: int) -> float | None:
        """Lo acumulado entre la meta del año; sin meta, entre la suma de los cuatro trimestres."""
        return _porcentaje(
            self.acumulado(t), self.programado_acumulado(4) if self.meta_anual is None else self.meta_anual
        )

    def semaforo(self, t: int, limites: Limites) -> str | None:
        """``verde``, ``amarillo`` o ``rojo``; ``None`` si no hay con qué comparar.

        Con meta anual y sin trimestres sólo se juzga al terminar el año.
        """
        porcentaje = self.porcentaje(t)
        if porcentaje is None or (t < 4 and self.programado_acumulado(t) is None):
            return None
        return "verde" if porcentaje >= limites[0] else "amarillo" if porcentaje >= limites[1] else "rojo"


def _porcentaje(hecho: float, de: float | None) -> float | None:
    return 100 * hecho / de if de else None


_HECHOS = (
    "WITH hecho AS (SELECT id, (CAST(substr(fecha, 6, 2) AS INTEGER) + 2) / 3 AS trimestre, localidad, serie_id"
    " FROM evento WHERE fecha BETWEEN :desde AND :hasta AND estado <> 'cancelado'),"
    " gente AS (SELECT a.evento_id, a.sexo, a.edad, sum(a.personas) AS n"
    " FROM hecho h JOIN asistencia_contada a ON a.evento_id = h.id GROUP BY 1, 2, 3)"
)
_EVENTOS = f"""{_HECHOS},
 junto AS (SELECT evento_id, count(*) AS n FROM evento_institucion
   WHERE evento_id IN (SELECT id FROM hecho) GROUP BY 1),
 contestada AS (SELECT evento_id, sum(n) AS n FROM (SELECT evento_id, max(n) AS n FROM recuento_evento
   WHERE evento_id IN (SELECT id FROM hecho WHERE EXISTS (
     SELECT 1 FROM linea_poa WHERE ejercicio = :ejercicio AND medida = 'contestaciones'))
   GROUP BY evento_id, instrumento, version) GROUP BY 1)
 SELECT l.linea, h.trimestre, count(*) AS eventos, count(h.serie_id) AS sesiones,
   coalesce(sum(j.n), 0) AS vinculos, coalesce(sum(c.n), 0) AS contestaciones
 FROM hecho h JOIN evento_linea l ON l.evento_id = h.id AND l.ejercicio = :ejercicio
 LEFT JOIN junto j ON j.evento_id = h.id LEFT JOIN contestada c ON c.evento_id = h.id GROUP BY 1, 2"""  # noqa: S608
_GENTE = f"""{_HECHOS}
 SELECT l.linea, h.trimestre, h.localidad, g.sexo, g.edad, coalesce(sum(g.n), 0) AS n
 FROM hecho h JOIN evento_linea l ON l.evento_id = h.id AND l.ejercicio = :ejercicio
 LEFT JOIN gente g ON g.evento_id = h.id GROUP BY 1, 2, 3, 4, 5"""  # noqa: S608
_ACTIVIDADES = """
 SELECT linea, trimestre, cuenta, sum(registros) AS registros, sum(cantidad) AS cantidad,
   coalesce(sum(mujeres), 0) AS mujeres, coalesce(sum(hombres), 0) AS hombres,
   coalesce(sum(no_especificado), 0) AS no_especificado, coalesce(sum(alcance), 0) AS alcance
 FROM (
   SELECT linea, (CAST(substr(fecha, 6, 2) AS INTEGER) + 2) / 3 AS trimestre, 1 AS registros,
     CASE WHEN cuenta = 'avance' AND limite IS NOT NULL THEN 'base' ELSE cuenta END AS cuenta,
     cantidad, mujeres, hombres, no_especificado, alcance
   FROM actividad WHERE ejercicio = :ejercicio AND fecha BETWEEN :desde AND :hasta AND quitada_en IS NULL
   UNION ALL
   SELECT linea, (CAST(substr(cumplida_el, 6, 2) AS INTEGER) + 2) / 3, 0, 'avance',
     cantidad, mujeres, hombres, no_especificado, NULL
   FROM actividad WHERE cuenta = 'avance' AND limite IS NOT NULL AND cumplida_el BETWEEN :desde AND :hasta
     AND quitada_en IS NULL)
 GROUP BY 1, 2, 3"""
_INSTITUCIONES = """
 SELECT (CAST(substr(fecha, 6, 2) AS INTEGER) + 2) / 3 AS trimestre, count(DISTINCT institucion_id) AS n
 FROM institucion_verificada WHERE fecha BETWEEN :desde AND :hasta GROUP BY 1"""


def de_ejercicio(db: Database, ejercicio: int, *, hasta: str | None = None) -> list[Linea]:
    """Las líneas de un ejercicio, en su orden, con lo que dicen los registros hasta esa fecha ISO (incluida).

    Cuenta un evento no cancelado de ese año que lleve la línea. ``hasta=None`` es el año entero, también lo que está
    por venir: para el ejercicio en curso, dé la fecha de hoy.

    Lo anotado en actividades cuenta en su fecha. Lo que tiene fecha límite es base desde que se pide y avance cuando se
    cumple, aunque sea en otro trimestre u otro año.
    """
    periodo = {"ejercicio": ejercicio, "desde": f"{ejercicio}-01-01", "hasta": _tope(ejercicio, hasta)}
    eventos = {(f["linea"], f["trimestre"]): dict(f) for f in db.execute(_EVENTOS, periodo)}
    gente: dict[tuple[str, int], list[Mapping[str, Any]]] = defaultdict(list)
    for fila in db.execute(_GENTE, periodo):
        gente[fila["linea"], fila["trimestre"]].append(dict(fila))
    anotadas: dict[tuple[str, int], list[Mapping[str, Any]]] = defaultdict(list)
    for fila in db.execute(_ACTIVIDADES, periodo):
        anotadas[fila["linea"], fila["trimestre"]].append(dict(fila))
    instituciones = {fila["trimestre"]: fila["n"] for fila in db.execute(_INSTITUCIONES, periodo)}
    con_base = {clave for (clave, _), filas in anotadas.items() if any(f["cuenta"] == "base" for f in filas)}

    def linea(fila: Mapping[str, Any]) -> Linea:
        clave = fila["clave"]
        cuartos = [
            _trimestre(
                fila["medida"],
                {**eventos.get((clave, t), {}), "instituciones": instituciones.get(t, 0)},
                _poblacion(gente[clave, t]),
                anotadas[clave, t],
            )
            for t in (1, 2, 3, 4)
        ]
        de: dict[str, Any] = {nombre: tuple(cuarto[nombre] for cuarto in cuartos) for nombre in cuartos[0]}
        de["base"] = de["base"] if clave in con_base else None
        return Linea(
            **{c: fila[c] for c in ("clave", "tipo", "texto", "indicador", "unidad", "medida", "responsable")},
            meta_anual=fila["meta_anual"],
            linea_base=fila["linea_base"],
            programado=(fila["t1"], fila["t2"], fila["t3"], fila["t4"]),
            **de,
        )

    return [linea(fila) for fila in poa.listar(db, ejercicio)]


def _trimestre(
    medida: str | None, eventos: Mapping[str, Any], poblacion: Poblacion, anotadas: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """Lo de una línea en un trimestre: lo que dan sus eventos más lo anotado que cuenta como avance."""
    avances = [fila for fila in anotadas if fila["cuenta"] == "avance"]
    de_eventos = {**eventos, "asistencias": poblacion.total}.get(medida or "", 0)
    for fila in avances:
        personas = fila["mujeres"] + fila["hombres"] + fila["no_especificado"]
        poblacion += Poblacion(
            fila["mujeres"], fila["hombres"], fila["no_especificado"], dict.fromkeys(EDADES, 0) | {"nd": personas}
        )
    return {
        "realizado": de_eventos + sum(fila["cantidad"] for fila in avances),
        "base": sum(fila["cantidad"] for fila in anotadas if fila["cuenta"] == "base"),
        "alcance": sum(fila["alcance"] for fila in anotadas),
        "poblacion": poblacion,
        "eventos": eventos.get("eventos", 0),
        "actividades": sum(fila["registros"] for fila in anotadas),
    }


def _poblacion(filas: Iterable[Mapping[str, Any]]) -> Poblacion:
    """De renglones localidad, sexo, edad, n; sin sexo, la localidad de un evento al que no llegó nadie."""
    sexos, edades, localidades = {"M": 0, "H": 0, "": 0}, dict.fromkeys(EDADES, 0), defaultdict[str, int](int)
    for fila in filas:
        n = fila["n"]
        localidades[fila["localidad"]] += n
        if fila["sexo"] is not None:
            sexos[fila["sexo"] if fila["sexo"] in sexos else ""] += n
            edades[fila["edad"] if fila["edad"] in edades else "nd"] += n
    return Poblacion(sexos["M"], sexos["H"], sexos[""], edades, dict(localidades))


def umbrales(db: Database) -> Limites:
    """Desde qué porcentaje es verde y desde cuál amarillo (ajuste ``semaforo``, «90,70»)."""
    partes = (ajustes.leer(db, "semaforo") or "").split(",")
    if len(partes) == 2 and all(parte.isascii() and parte.isdigit() for parte in partes):
        return int(partes[0]), int(partes[1])
    return UMBRALES


def _tope(ejercicio: int, hasta: str | None) -> str:
    ultimo = f"{ejercicio}-12-31"
    return min(hasta, ultimo) if hasta else ultimo
