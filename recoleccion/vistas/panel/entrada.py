"""Entrar y salir."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from recoleccion.errores import ErrorJornada

from .. import acceso, interrumpido, llavero, llevado, puerta, sesion
from . import acceso_entrar, bp

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
    if acceso.pide_segundo(cuenta):
        return acceso_entrar.pedir_segundo(cuenta)
    sesion.abrir(cuenta, "contrasena")
    acceso.anotar_entrada(cuenta, "contrasena")
    return interrumpido.despues_de_entrar(destino)


@bp.post("/salir")
@sesion.publica
def salir() -> ResponseReturnValue:
    llavero.cerrar()
    sesion.cerrar()
    return redirect(url_for(".entrar"), 303)
