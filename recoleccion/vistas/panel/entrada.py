"""Entrar y salir."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from recoleccion.consultas import bitacora
from recoleccion.consultas.cuentas import Cuenta
from recoleccion.errores import ErrorJornada
from recoleccion.fechas import plural

from .. import interrumpido, llavero, llevado, puerta, sesion
from ..contexto import ahora, bd
from . import bp

NO_COINCIDEN = "El usuario o la contraseña no coinciden. Revise las mayúsculas e inténtelo otra vez."
FALTAN = "Escriba su usuario y su contraseña."


@bp.route("/entrar", methods=["GET", "POST"])
@sesion.publica
def entrar() -> ResponseReturnValue:
    """Con la sesión en pausa sólo pide probar que es la misma; con una abierta no hay nada que pedir."""
    destino = sesion.destino_local(request.values.get("next"))
    if request.method == "POST":
        return _entrar(destino)
    if sesion.cuenta_actual() is not None:
        return redirect(destino or url_for(".inicio"), 303)
    return interrumpido.pagina_confirmar(None) if sesion.actual() is not None else interrumpido.pagina_entrar(None)


def _entrar(destino: str | None) -> ResponseReturnValue:
    usuario, contrasena = request.form.get("usuario", "").strip(), request.form.get("contrasena", "")
    escrito = request.form.get(llevado.CAMPO)
    if not usuario or not contrasena:
        return interrumpido.pagina_entrar(escrito, FALTAN), 422
    try:
        cuenta = puerta.autenticar(usuario, contrasena)
    except ErrorJornada as espera:
        return interrumpido.pagina_entrar(escrito, str(espera)), espera.http_status
    if cuenta is None:
        return interrumpido.pagina_entrar(escrito, NO_COINCIDEN), 422
    sesion.abrir(cuenta, "contrasena")
    anotar_entrada(cuenta)
    return interrumpido.despues_de_entrar(destino)


def anotar_entrada(cuenta: Cuenta) -> None:
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
