"""Entrar y salir."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from recoleccion.consultas import bitacora
from recoleccion.consultas.cuentas import Cuenta
from recoleccion.errores import ErrorJornada
from recoleccion.fechas import plural

from .. import llavero, puerta, sesion
from ..contexto import ahora, bd
from . import bp

NO_COINCIDEN = "El usuario o la contraseña no coinciden. Revise las mayúsculas e inténtelo otra vez."
FALTAN = "Escriba su usuario y su contraseña."


@bp.route("/entrar", methods=["GET", "POST"])
@sesion.publica
def entrar() -> ResponseReturnValue:
    destino = sesion.destino_local(request.values.get("next"))
    usuario = request.form.get("usuario", "").strip()
    error, estado = None, 422
    if request.method == "POST":
        contrasena = request.form.get("contrasena", "")
        if not usuario or not contrasena:
            error = FALTAN
        else:
            try:
                if cuenta := sesion.iniciar(usuario, contrasena):
                    _anotar_entrada(cuenta)
                    return redirect(destino or url_for(".inicio"), 303)
                error = NO_COINCIDEN
            except ErrorJornada as espera:
                error, estado = str(espera), espera.http_status
    elif sesion.cuenta_actual() is not None:
        return redirect(destino or url_for(".inicio"), 303)
    pase = request.values.get("pase", "")[:600]
    pagina = render_template("panel/entrar.html", usuario=usuario, destino=destino, error=error, pase=pase)
    return pagina, estado if error else 200


def _anotar_entrada(cuenta: Cuenta) -> None:
    """Con cuántas equivocadas se probaron antes en otros navegadores: así la dueña se entera."""
    fallos = puerta.fallos_antes()
    cuantas = plural(fallos, "contraseña equivocada", "contraseñas equivocadas")
    bitacora.anotar(bd(), ahora(), cuenta.usuario, "entrar", "panel", f"antes, {cuantas}" if fallos else "")


@bp.post("/salir")
@sesion.publica
def salir() -> ResponseReturnValue:
    if sesion.cuenta_actual() is not None:
        llavero.cerrar()
    sesion.cerrar()
    return redirect(url_for(".entrar"), 303)
