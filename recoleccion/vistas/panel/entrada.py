"""Entrar y salir."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from recoleccion.consultas import bitacora

from .. import llavero, sesion
from ..contexto import ahora, bd
from . import bp

NO_COINCIDEN = "El usuario o la contraseña no coinciden. Revise las mayúsculas e inténtelo otra vez."
FALTAN = "Escriba su usuario y su contraseña."


@bp.route("/entrar", methods=["GET", "POST"])
@sesion.publica
def entrar() -> ResponseReturnValue:
    destino = sesion.destino_local(request.values.get("next"))
    usuario = request.form.get("usuario", "").strip()
    error = None
    if request.method == "POST":
        contrasena = request.form.get("contrasena", "")
        if not usuario or not contrasena:
            error = FALTAN
        elif cuenta := sesion.iniciar(usuario, contrasena):
            bitacora.anotar(bd(), ahora(), cuenta.usuario, "entrar", "panel")
            return redirect(destino or url_for(".inicio"), 303)
        else:
            error = NO_COINCIDEN
    elif sesion.cuenta_actual() is not None:
        return redirect(destino or url_for(".inicio"), 303)
    return render_template("panel/entrar.html", usuario=usuario, destino=destino, error=error), 422 if error else 200


@bp.post("/salir")
@sesion.publica
def salir() -> ResponseReturnValue:
    if sesion.cuenta_actual() is not None:
        llavero.cerrar()
    sesion.cerrar()
    return redirect(url_for(".entrar"), 303)
