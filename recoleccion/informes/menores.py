"""Lo que una cuenta chica puede decir de alguien, en un informe que sale de la oficina.

Las asistencias a un evento abierto se ven en la plaza y la lista firmada las acompaña: se cuentan exactas. Una
asesoría o canalización (M6) no: «1 hombre de tal trimestre» puede ser alguien a quien todos conocen. De esas líneas el
sexo se dice sólo si en cada trimestre del informe cada sexo trae cero o :data:`MINIMO` personas o más; así, del anual y
de los otros trimestres tampoco se resta el que se calló. La edad, igual. De lo que se les cambió no se dice el día.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

MINIMO = 10
RESERVADAS = frozenset({"M6"})
"""Líneas en que haber ido dice algo de la persona."""
RESERVADO = "Menos de 10 de algún sexo: no se separa por sexo ni edad."


def poblacion(linea: str, trimestres: Sequence[Any]) -> dict[str, Any]:
    """``mujeres``, ``hombres``, ``no_especificado``, ``total`` y ``por_edad`` de la suma; nulos los que se callan."""
    total = sum(_total(p) for p in trimestres)
    reservada = linea in RESERVADAS
    if reservada and any(_alguna_chica((p.mujeres, p.hombres, p.no_especificado)) for p in trimestres):
        return {"mujeres": None, "hombres": None, "no_especificado": None, "total": total, "por_edad": {}}
    por_edad: dict[str, int] = {}
    for p in () if reservada and any(_alguna_chica(p.por_edad.values()) for p in trimestres) else trimestres:
        for edad, n in p.por_edad.items():
            if n:
                por_edad[edad] = por_edad.get(edad, 0) + n
    return {
        "mujeres": sum(p.mujeres for p in trimestres),
        "hombres": sum(p.hombres for p in trimestres),
        "no_especificado": sum(p.no_especificado for p in trimestres),
        "total": total,
        "por_edad": por_edad,
    }


def _alguna_chica(cuentas: Iterable[int]) -> bool:
    return any(0 < n < MINIMO for n in cuentas)


def cambio(hecho: Mapping[str, Any]) -> dict[str, Any]:
    """Un cambio al programa como va en un informe: de una actividad reservada, ni su día ni cuántas personas eran."""
    if hecho["linea"] in RESERVADAS and hecho["que"].startswith("actividad"):
        return {**hecho, "que": "una actividad", "antes": None, "despues": None}
    return dict(hecho)


def _total(p: Any) -> int:
    return int(p.mujeres + p.hombres + p.no_especificado)
