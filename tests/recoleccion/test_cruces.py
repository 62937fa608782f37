"""Donde se cruzan dos piezas: la cuarentena y las ranuras, el cuaderno y el respaldo, la llave que se cambia y un corte."""

import errno
from datetime import timedelta
from random import Random

import pytest
from fabrica import HORA

from recoleccion.consultas import conexion, cuaderno_llaves, derechos, derechos_datos, evidencias, identidades, llave
from recoleccion.consultas import llave_giro
from recoleccion.errores import ErrorJornada
from recoleccion.respaldos import archivo
from tests.llave import BARATO, FRASE

NOMBRE, NUEVA = "Eustolia Íñiguez Plascencia", "mesa larga y nubes de camino"


def girar(base, instalacion) -> llave_giro.Girada:
    return llave_giro.girar(
        base, instalacion.evidencias, llave.abrir(base, FRASE), NUEVA, sello=instalacion.sello, ahora=HORA,
        quien="titular", azar=Random(9), costo=BARATO,
    )  # fmt: skip


def test_una_encuesta_apartada_no_dice_despues_de_quien_llego(base, fabrica):
    """Las ranuras se dan en orden: la de una encuesta apartada la pondría entre dos nombres."""
    mala = fabrica.contestacion()
    mala["datos"]["version"] = 99
    fabrica.mandar(base, fabrica.asistencia(nombre=NOMBRE), mala, fabrica.asistencia(nombre="Petra Barba"))
    apartadas = base.execute("SELECT rowid AS lugar, ranura FROM cuarentena").fetchall()
    assert [fila["ranura"] for fila in apartadas] == [None]


def test_ni_el_orden_de_la_cuarentena_dice_cual_llego_primero(base, fabrica):
    registros = [fabrica.asistencia(evento="11111111-1111-4111-8111-111111111111") for _ in range(12)]
    fabrica.mandar(base, *registros)
    filas = base.execute("SELECT registro_id FROM cuarentena ORDER BY rowid").fetchall()
    llegaron = [registro["id"] for registro in registros]
    assert len(filas) == 12 and [fila["registro_id"] for fila in filas] != llegaron


@pytest.mark.parametrize("cola", ["", ".mal", ".nuevo"])
def test_ni_lo_que_quede_junto_al_cuaderno_va_en_un_respaldo(cola):
    assert not archivo.admitido(f"claves/{cuaderno_llaves.NOMBRE}{cola}")
