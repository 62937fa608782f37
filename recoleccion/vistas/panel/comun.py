"""Lo que usan varias partes del panel."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from flask import request

from recoleccion import reglas
from recoleccion.consultas import bitacora, eventos
from recoleccion.consultas.conexion import escritura
from recoleccion.errores import ErrorJornada

from ..contexto import ahora, bd
from ..sesion import cuenta_segura

ESTADOS = {
    "abierto": ("●", "Abierto"),
    "futuro": ("◷", "Programado"),
    "pasado": ("!", "Terminó y sigue sin cerrar"),
    "cerrado": ("■", "Cerrado"),
    "cancelado": ("×", "Cancelado"),
}


def anotar(accion: str, objeto: str, detalle: str = "") -> None:
    """Un renglón de bitácora a nombre de quien está en sesión. Nunca lleva datos de asistentes."""
    bitacora.anotar(bd(), ahora(), cuenta_segura().usuario, accion, objeto, detalle)


@contextmanager
def anotando(accion: str, objeto: str, detalle: str = "") -> Iterator[None]:
    """Lo que se haga adentro y su renglón de bitácora quedan juntos, o no queda nada."""
    with escritura(bd()):
        yield
        anotar(accion, objeto, detalle)


def entero_escrito(campo: str) -> int:
    """El que trae un campo oculto del formulario; -1, que no es de nada, si alguien lo cambió por otra cosa."""
    escrito = request.form.get(campo, "")
    return int(escrito) if escrito.isascii() and escrito.isdigit() and len(escrito) < 10 else -1


def evento_o_404(id: str) -> dict[str, Any]:
    """:raises ErrorJornada: ``evento_no_existe``."""
    evento = eventos.leer(bd(), id)
    if evento is None:
        raise ErrorJornada("evento_no_existe")
    return con_situacion(evento, ahora())


def con_situacion(evento: dict[str, Any], momento: datetime) -> dict[str, Any]:
    """El evento con ``situacion`` y lo que se lee de ella: ``icono`` y ``palabra``."""
    situacion = reglas.situacion(evento, momento)
    icono, palabra = ESTADOS[situacion]
    return evento | {"situacion": situacion, "icono": icono, "palabra": palabra}
