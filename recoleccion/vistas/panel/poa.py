"""El programa anual: cada línea con sus eventos y asistencias, y la liga a lo que hay detrás de cada número."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from recoleccion.consultas import poa as consulta
from recoleccion.consultas import tablero

from ..contexto import ahora, bd
from ..sesion import requiere
from . import bp

CEROS = {"realizados": 0, "por_venir": 0, "asistencias": 0}


@bp.get("/poa")
@requiere("titular")
def poa() -> ResponseReturnValue:
    hoy = ahora().date()
    ejercicios = consulta.ejercicios(bd())
    cercano = min(ejercicios, key=lambda e: abs(e - hoy.year), default=hoy.year)
    pedido = request.args.get("ejercicio", cercano, int)
    ejercicio = pedido if pedido in ejercicios else cercano
    cuentas = tablero.lineas(bd(), ejercicio, hoy.isoformat())
    lineas = [linea | cuentas.get(linea["clave"], CEROS) for linea in consulta.listar(bd(), ejercicio)]
    return render_template("panel/poa.html", ejercicio=ejercicio, ejercicios=ejercicios, lineas=lineas)
