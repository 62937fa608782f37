"""Las tablas de un lote como la titular las piensa: qué es cada una, cuál hace más falta y cuánto mide todo junto."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..errores import ErrorPublicacion
from ..modelo import Celda, Crudo, Examinada, Reglas

CELDAS_CUANDO_MAS = 1000
"""Más celdas son más oportunidades de restar una de otra, y una auditoría que ya no cabe en unos segundos."""

PRIORIDAD = (
    "total",
    "poa",
    "sexo",
    "edad",
    "programa",
    "zona",
    "evento_resumen",
    "sexo+edad",
    "programa+sexo",
    "sexo+zona",
    "edad+zona",
)
"""Las tablas de la que más falta hace a la que menos; las que no se nombran van después."""

_NOMBRES = {"sexo": "sexo", "edad": "edad", "zona": "zona", "programa": "programa"}


class Unidad(NamedTuple):
    """Lo que se quita de una vez."""

    lugar: int
    orden: int
    tabla: str
    llave: tuple[str, ...]
    nombre: str

    @classmethod
    def de(cls, celda: Celda, crudo: Crudo, reglas: Reglas) -> "Unidad":
        """La tabla a que pertenece una celda."""
        llave = json.loads(celda.celda)
        if celda.tabla == "evento_resumen":
            return cls(_lugar("evento_resumen"), 0, celda.tabla, (), "eventos por mes, programa y zona")
        if celda.tabla == "poa":
            linea = (int(llave[0]), str(llave[1]))
            orden = next((n for n, x in enumerate(crudo.lineas_poa) if (x.ejercicio, x.clave) == linea), 0)
            return cls(_lugar("poa"), orden, celda.tabla, (str(linea[0]), linea[1]), f"línea {linea[1]} del POA")
        eje = llave[0]
        como = "en total" if eje == "total" else "por " + " y ".join(_NOMBRES[d] for d in eje.split("+"))
        if celda.tabla == "asistencia_cubo":
            return cls(_lugar(eje), 0, celda.tabla, (eje,), f"asistencias {como}")
        pregunta = llave[2:-1]
        if celda.tabla == "respuesta_cubo":
            titulo = crudo.titulos.get(pregunta[0], pregunta[0])
            return cls(_lugar(eje), 0, celda.tabla, (eje, *pregunta), f"{pregunta[1]} de «{titulo}» {como}")
        return cls(_lugar(eje), 0, celda.tabla, (eje, *pregunta), f"cambio en {pregunta[0]} {como}")

    @property
    def se_puede_quitar(self) -> bool:
        """El total de asistencias no: sin él no hay publicación que valga la pena."""
        return (self.tabla, self.llave) != ("asistencia_cubo", ("total",))


def _lugar(que: str) -> int:
    return PRIORIDAD.index(que) if que in PRIORIDAD else len(PRIORIDAD)


def en_orden(unidades: Iterable[Unidad]) -> list[Unidad]:
    """De la que más falta hace a la que menos."""
    return sorted(unidades)


def demasiadas(examinadas: Sequence[Examinada], crudo: Crudo, reglas: Reglas) -> ErrorPublicacion:
    """El lote no cabe: qué ocupa más y qué se puede juntar."""
    por_parte: Counter[str] = Counter()
    for tabla, texto, _ in (e.celda for e in examinadas):
        if tabla == "respuesta_cubo":
            encuesta = json.loads(texto)[2]
            por_parte[f"la encuesta «{crudo.titulos.get(encuesta, encuesta)}»"] += 1
        else:
            por_parte["el cambio entre antes y después" if tabla == "cambio_cubo" else "asistencias y eventos"] += 1
    mayores = ", ".join(f"{nombre} ({n})" for nombre, n in por_parte.most_common(3))
    return ErrorPublicacion(
        f"El lote {crudo.lote} tendría {len(examinadas):,} celdas y se pueden publicar {CELDAS_CUANDO_MAS:,}: con"
        f" más se podría restar una de otra. Lo que más ocupa: {mayores}.",
        "Junte zonas o programas en los catálogos, o deje encuestas sin publicar: escriba su clave en"
        " «publicacion.csv», en el renglón encuestas_sin_publicar.",
    )
