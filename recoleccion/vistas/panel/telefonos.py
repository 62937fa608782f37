"""Los teléfonos de las promotoras: qué les falta por enviar y cuáles ya no deben enviar."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from recoleccion.consultas import dispositivos

from ..contexto import ahora, bd
from ..sesion import requiere
from . import bp
from .comun import anotando


@bp.get("/telefonos")
@requiere("titular")
def telefonos() -> ResponseReturnValue:
    return render_template("panel/telefonos.html", telefonos=dispositivos.listar(bd()))


@bp.post("/telefonos/<id>/revocacion")
@requiere("titular")
def revocar_telefono(id: str) -> ResponseReturnValue:
    with anotando("revocar teléfono", f"dispositivo {id}"):
        dispositivos.revocar(bd(), id, ahora())
    flash("Ese teléfono ya no puede enviar. Lo que ya había enviado se conserva.")
    return redirect(url_for(".telefonos"), 303)
