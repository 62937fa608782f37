"""Cómo está la instalación, de un vistazo: para la titular y quien cuida la computadora. Ni un nombre ni una cifra."""

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlite_utils.utils import sqlite3

from recoleccion import paquete
from recoleccion.consultas import ajustes
from recoleccion.respaldos import estado
from recoleccion.revisar.renglon import AVISO, BIEN, MAL
from recoleccion.revisar.todo import pronto

from .. import salud
from ..contexto import bd, instalacion
from ..sesion import requiere
from . import bp

COMO = {BIEN: ("bien", "✓", "Bien"), AVISO: ("aviso", "!", "Aviso"), MAL: ("mal", "✕", "Mal")}
"""De cada estado: su clase, su signo y su palabra."""


@bp.get("/estado-del-sistema")
@requiere("titular", "administra")
def estado_sistema() -> ResponseReturnValue:
    lugar, base = instalacion(), bd()
    renglones = sorted(pronto(lugar, base), key=lambda uno: [MAL, AVISO, BIEN].index(uno.estado))
    respaldo, restaurado = (estado.leer(lugar.datos, cual) for cual in (estado.RESPALDO, estado.RESTAURADO))
    return render_template(
        "panel/estado_sistema.html",
        renglones=renglones,
        como=COMO,
        peor=COMO[renglones[0].estado],
        respaldo=respaldo,
        restaurado=restaurado,
        base_bytes=lugar.privada.stat().st_size,
        version=paquete.version_instalada(),
        sqlite=sqlite3.sqlite_version,
        host=ajustes.leer(base, "host_publico") or "",
        ficha=salud.ficha(lugar.secreto_sesion),
    )
