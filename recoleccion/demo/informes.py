"""Los informes que la oficina de la demostración ya guardó: los de los periodos que terminaron."""

from datetime import date, datetime, time, timedelta
from random import Random

from sqlite_utils import Database

from .. import informar, reglas
from ..consultas import poa
from ..informes import periodos
from ..instalacion import Instalacion

_FIRMAS = {
    "elaboro": {"nombre": "Titular de demostración", "cargo": "Titular de la oficina"},
    "reviso": {"nombre": "", "cargo": "Contraloría municipal"},
    "vobo": {"nombre": "", "cargo": "Presidencia municipal"},
}
_POR_QUE = (
    "Se movieron fechas por las lluvias; lo que falta se programó con las delegaciones para el siguiente trimestre."
)


def llenar(db: Database, instalacion: Instalacion, ahora: datetime, azar: Random) -> None:
    """Guarda cada uno cinco días después de terminar su periodo, con una justificación en lo atrasado."""
    for ejercicio in poa.ejercicios(db):
        for periodo in periodos.todos(ejercicio):
            if not periodo.termino(ahora.date()):
                continue
            dia = date.fromisoformat(periodo.hasta) + timedelta(days=5)
            cuando = min(ahora, datetime.combine(dia, time(12), ahora.tzinfo))
            cifras = informar.cifras(db, instalacion, periodo, cuando.date())
            atrasadas = [linea["clave"] for linea in cifras.get("lineas", ()) if linea["semaforo"] == "rojo"]
            informar.guardar(
                db,
                cifras,
                id=reglas.nuevo_id(azar),
                ahora=cuando,
                quien="Titular de demostración",
                justificaciones=dict.fromkeys(atrasadas, _POR_QUE),
                nota="",
                firmas=_FIRMAS,
            )
