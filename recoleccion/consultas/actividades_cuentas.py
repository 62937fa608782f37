"""Lo que las actividades dan a cada línea en cada trimestre: lo lee el avance."""

from dataclasses import dataclass

from sqlite_utils import Database


@dataclass(frozen=True)
class Cuenta:
    """Lo que dan las actividades de una línea en un trimestre.

    ``base``: de cuántas. ``mujeres``, ``hombres`` y ``no_especificado`` salen sólo de lo que es avance; el ``alcance``,
    de todo, y nunca se suma a ellas. ``actividades``: cuántos registros hay detrás, cuenten o no.
    """

    avance: int = 0
    base: int = 0
    alcance: int = 0
    mujeres: int = 0
    hombres: int = 0
    no_especificado: int = 0
    actividades: int = 0


_TRIMESTRES = """
 SELECT linea, (CAST(substr(dia, 6, 2) AS INTEGER) + 2) / 3 AS trimestre, sum(avance) AS avance, sum(base) AS base,
   sum(alcance) AS alcance, sum(mujeres) AS mujeres, sum(hombres) AS hombres,
   sum(no_especificado) AS no_especificado, sum(registros) AS actividades
 FROM (
   SELECT linea, fecha AS dia, iif(cuenta = 'avance' AND limite IS NULL, cantidad, 0) AS avance,
     iif(cuenta = 'base' OR (cuenta = 'avance' AND limite IS NOT NULL), cantidad, 0) AS base,
     coalesce(alcance, 0) AS alcance, iif(cuenta = 'avance', coalesce(mujeres, 0), 0) AS mujeres,
     iif(cuenta = 'avance', coalesce(hombres, 0), 0) AS hombres,
     iif(cuenta = 'avance', coalesce(no_especificado, 0), 0) AS no_especificado, 1 AS registros
   FROM actividad WHERE ejercicio = :ejercicio AND fecha <= :hasta AND quitada_en IS NULL
   UNION ALL
   SELECT linea, cumplida_el, cantidad, 0, 0, 0, 0, 0, 0 FROM actividad
   WHERE ejercicio = :ejercicio AND cuenta = 'avance' AND limite IS NOT NULL AND cumplida_el <= :hasta
     AND quitada_en IS NULL
 ) GROUP BY 1, 2"""


def por_trimestre(db: Database, ejercicio: int, *, hasta: str | None = None) -> dict[str, dict[int, Cuenta]]:
    """``{línea: {trimestre: Cuenta}}`` de un ejercicio, hasta esa fecha ISO (incluida); los vacíos faltan.

    Lo que lleva plazo es base en el trimestre en que se pidió y avance en el que se entregó; lo que se entregó pasado
    el 31 de diciembre ya no es avance de ese ejercicio.
    """
    tope = min(hasta or f"{ejercicio}-12-31", f"{ejercicio}-12-31")
    cuentas: dict[str, dict[int, Cuenta]] = {}
    for fila in db.execute(_TRIMESTRES, {"ejercicio": ejercicio, "hasta": tope}):
        datos = dict(fila)
        linea, trimestre = datos.pop("linea"), datos.pop("trimestre")
        cuentas.setdefault(linea, {})[trimestre] = Cuenta(**datos)
    return cuentas
