"""Abrir, cerrar, reabrir, cancelar un evento y cambiarle el código: cada cambio es un sustantivo que se crea."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from recoleccion.consultas import eventos, urna
from recoleccion.fechas import plural

from ..contexto import ahora, azar, bd, instalacion
from ..sesion import requiere
from . import bp, cerrados
from .comun import anotando, anotar, evento_o_404


def _de_vuelta(id: str, mensaje: str) -> ResponseReturnValue:
    flash(mensaje)
    return redirect(url_for(".evento", id=id), 303)


@bp.post("/eventos/<id>/apertura")
@requiere("titular")
def apertura(id: str) -> ResponseReturnValue:
    evento_o_404(id)
    with anotando("abrir", f"evento {id}"):
        eventos.abrir(bd(), id, ahora())
    return _de_vuelta(id, "El evento está abierto: ya se puede registrar la gente.")


@bp.post("/eventos/<id>/cierre")
@requiere("titular")
def cierre(id: str) -> ResponseReturnValue:
    evento_o_404(id)
    # Cerrar vacía la urna y limpia el disco: va en sus propias transacciones, y la bitácora después.
    eventos.cerrar(bd(), id, ahora(), instalacion().sello, azar())
    anotar("cerrar", f"evento {id}")
    quedan = urna.cuantas(bd(), id)
    if quedan:
        return _de_vuelta(
            id, f"El evento quedó cerrado. Su urna espera: tiene {plural(quedan, 'contestación', 'contestaciones')}."
        )
    return _de_vuelta(id, "El evento quedó cerrado.")


@bp.post("/eventos/<id>/reapertura")
@requiere("titular")
def reapertura(id: str) -> ResponseReturnValue:
    evento = evento_o_404(id)
    with anotando("reabrir", f"evento {id}"):
        cerrados.exigir([evento], f"evento «{evento['titulo']}»", evento["estado"], "abierto otra vez")
        eventos.reabrir(bd(), id, ahora())
    return _de_vuelta(id, "El evento se abrió otra vez.")


@bp.post("/eventos/<id>/cancelacion")
@requiere("titular")
def cancelacion(id: str) -> ResponseReturnValue:
    evento = evento_o_404(id)
    with anotando("cancelar", f"evento {id}"):
        cerrados.exigir([evento], f"evento «{evento['titulo']}»", evento["estado"], "cancelado")
        eventos.cancelar(bd(), id, ahora())
    return _de_vuelta(id, "El evento quedó cancelado. Lo que haya llegado se conserva, pero no se cuenta.")


@bp.post("/eventos/<id>/clave")
@requiere("titular")
def clave(id: str) -> ResponseReturnValue:
    evento_o_404(id)
    with anotando("cambiar clave", f"evento {id}"):
        nueva = eventos.nueva_clave(bd(), id, ahora(), azar())
    return _de_vuelta(id, f"El código nuevo es {nueva}. Los carteles anteriores ya no sirven: imprima otro.")
