"""Dos solicitudes ARCO de la demostración: una que acaba de llegar y una ya contestada. De nadie."""

from datetime import datetime, timedelta
from random import Random

from sqlite_utils import Database

from .. import reglas
from ..consultas import derechos


def llenar(db: Database, ahora: datetime, azar: Random) -> None:
    """Por la misma puerta que las demás: selladas para la oficina y con su folio."""
    hace = {"cancelacion": 4, "acceso": 60}
    pide = {
        "cancelacion": "Que se borre mi nombre de la plática a la que fui en marzo.",
        "acceso": "Saber qué datos míos tienen.",
    }
    for derecho, dias in sorted(hace.items(), key=lambda par: -par[1]):
        id, dia = reglas.nuevo_id(azar), ahora.date() - timedelta(days=dias)
        dicho = {"nombre": "Persona de ejemplo", "avisar": "346 000 00 00", "representante": "", "pide": pide[derecho]}
        derechos.recibir(
            db, id=id, derecho=derecho, via="persona", recibida_el=dia, dicho=dicho,
            ahora=ahora - timedelta(days=dias), quien="titular",
        )  # fmt: skip
        if derecho == "acceso":
            derechos.responder(db, id, "sin_datos", "", dia + timedelta(days=9))
