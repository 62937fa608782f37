"""Papel en la demostración: una hoja ya pasada del último evento y otra a medias en el que está abierto."""

from collections.abc import Sequence
from datetime import datetime
from random import Random

from sqlite_utils import Database

from formularios import renglones
from formularios.renglones import Crudo, Hoja

from .. import reglas
from ..consultas import eventos, hojas_a_medias, papel
from ..instalacion import Instalacion

QUIEN = "titular"
PERSONAS, A_MEDIAS = 9, 4


def llenar(db: Database, nueva: Instalacion, ahora: datetime, azar: Random, nombres: Sequence[str]) -> None:
    """:param nombres: de los que ya hay en la demostración, para que su búsqueda de fugas también cubra éstos."""
    hasta = ahora.date().isoformat()
    con_nombre = [e for e in eventos.listar(db, hasta=hasta) if e["pide_nombre"] and e["estado"] != "cancelado"]
    pasado = next((e for e in reversed(con_nombre) if e["estado"] == "cerrado"), None)
    if pasado is not None:
        filas = [
            papel.PorGuardar(reglas.nuevo_id(azar), azar.choice("MMMH"), edad, "rancho", nombre)
            for edad, nombre in zip(azar.choices(("18-29", "30-44", "45-59"), k=PERSONAS), nombres, strict=False)
        ]
        papel.guardar(
            db,
            filas,
            hoja_id=reglas.nuevo_id(azar),
            evento_id=pasado["id"],
            origen="papel",
            sello=nueva.sello,
            ahora=ahora,
            quien=QUIEN,
        )
    abierto = next((e for e in con_nombre if e["estado"] == "abierto"), None)
    if abierto is not None:
        crudos = [Crudo(reglas.nuevo_id(azar), nombre, "M", "30-44", "cabecera") for nombre in nombres[-A_MEDIAS:]]
        hoja = reglas.nuevo_id(azar)
        hojas_a_medias.guardar(
            db,
            renglones.leer(Hoja(nueva.catalogos, reglas.folio_valido), crudos),
            hoja_id=hoja,
            evento_id=abierto["id"],
            origen="papel",
            pagina=hoja,
            ahora=ahora,
            quien=QUIEN,
        )
