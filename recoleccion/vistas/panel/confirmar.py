"""Probar otra vez quién es, para seguir después de una pausa. Lo demás: ``../interrumpido.py``."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from .. import interrumpido, sesion
from . import bp


@bp.route("/confirmacion", methods=["GET", "POST"])
@sesion.publica
def confirmacion() -> ResponseReturnValue:
    """Pide la prueba y, al darla, regresa a donde iba. Pública porque en pausa nadie tiene permiso de nada."""
    abierta, destino = sesion.actual(), sesion.destino_local(request.values.get("next"))
    if abierta is None:
        return redirect(url_for(".entrar", **({"next": destino} if destino else {})), 303)
    if request.method == "GET":
        return interrumpido.pagina_confirmar(None)
    return interrumpido.intentar(abierta.cuenta, None) or redirect(destino or interrumpido.donde_empieza(), 303)
