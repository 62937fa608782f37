"""Cuando antes de seguir hay que probar quién es: qué página se da, y cómo sigue lo que se mandaba sin perderse.

Pasa con la sesión en pausa, con la que se acabó, con lo que pide :func:`sesion.confirma`, y con lo que se mandó desde
una ventana de antes de volver a entrar. La página lleva el envío (``llevado.py``) y al dar la prueba sigue su camino.
"""

from flask import abort, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import ImmutableMultiDict

from recoleccion.consultas.cuentas import Cuenta
from recoleccion.errores import ErrorJornada

from . import acceso, llevado, seguridad, sesion
from .llevado import CAMPO, abrir

TRAE = "prueba"
"""El botón de la página que la pide: dice que el envío trae una."""
NO_CUPO = "Lo que mandó no cupo para esperar aquí y no se guardó. Entre en otra ventana, regrese y mándelo otra vez."
NO_CUPO_AL_CONFIRMAR = (
    "Lo que mandó no cupo para esperar aquí y no se guardó. Confirme que es usted y mándelo otra vez."
)
NO_ES = "No coincide. Revíselo e inténtelo otra vez."


def a_entrar() -> ResponseReturnValue:
    """A quien no tiene sesión, o la tiene en pausa."""
    if request.path.endswith(".json") or "/api/" in request.path or _es_un_programa():
        abort(401)
    blueprint = "campo" if request.blueprint == "campo" else "panel"
    if request.method in ("GET", "HEAD"):
        return redirect(url_for(f"{blueprint}.entrar", next=llevado.direccion_pedida()), 303)
    escrito = _del_envio()
    if escrito is None:
        if "cuenta" in session:
            flash(NO_CUPO)
        return redirect(url_for(f"{blueprint}.entrar"), 303)
    return (pagina_confirmar(escrito) if sesion.actual() else pagina_entrar(escrito)), 401


def a_confirmar() -> ResponseReturnValue:
    """Lo que se mandó es delicado y hace más de cinco minutos que no prueba quién es."""
    if _es_un_programa():
        abort(401)
    escrito = _del_envio()
    return pagina_confirmar(escrito, None if escrito else NO_CUPO_AL_CONFIRMAR), 401


def por_otra_ficha() -> ResponseReturnValue | None:
    """La ficha no es de esta sesión porque entró otra vez en otra ventana: se le pregunta si lo manda.

    Sólo si el navegador dice que el envío salió de una página nuestra; si no, ``None``: se rechaza como siempre.
    """
    de_aqui = request.headers.get("Sec-Fetch-Site") == "same-origin" and request.path.startswith("/panel/")
    if not de_aqui or request.method != "POST" or _es_un_programa():
        return None
    cuenta = sesion.cuenta_actual()
    if cuenta is None or not request.form.get(llevado.FICHA) or CAMPO in request.form:
        return None
    escrito = llevado.del_envio(cuenta.id, con_ficha=False)
    return (_pagina_continuar(escrito), 400) if escrito else None


def despues_de_entrar(destino: str | None) -> ResponseReturnValue:
    """A donde va quien acaba de abrir sesión: a lo que mandaba, si la página lo traía; si no, a ``destino``."""
    escrito = request.form.get(CAMPO)
    que = abrir(escrito)
    if escrito and que and que.cuenta == session.get("cuenta"):
        return _pagina_continuar(escrito)
    return redirect(destino or donde_empieza(), 303)


def donde_empieza() -> str:
    """La página de quien acaba de entrar: la de quien administra es cómo está el sistema."""
    cuenta = sesion.cuenta_actual()
    vistas = ("panel.estado_sistema", "panel.bitacora") if cuenta and cuenta.rol == "administra" else ("panel.inicio",)
    return url_for(next(vista for vista in vistas if vista in current_app.view_functions))


def retomar() -> ResponseReturnValue | None:
    """Si esto es un envío que sigue, comprueba la prueba y pone lo que se mandaba. ``None``: la vista sigue.

    :raises ErrorJornada: ``llevado_ilegible``, ``llevado_de_otra``.
    """
    if request.method != "POST" or request.mimetype != "application/x-www-form-urlencoded":
        return None
    escrito = request.form.get(CAMPO)
    if escrito is None:
        return None
    seguridad.csrf.protect()  # también en las vistas que la comprueban después
    que, abierta = abrir(escrito), sesion.actual()
    if que is None or que.direccion != llevado.direccion_pedida():
        raise ErrorJornada("llevado_ilegible")
    if abierta is None:
        return pagina_entrar(escrito), 401
    if abierta.cuenta.id != que.cuenta:
        raise ErrorJornada("llevado_de_otra")
    if TRAE in request.form and (otra := intentar(abierta.cuenta, escrito)):
        return otra
    request.form = ImmutableMultiDict([*que.campos, (llevado.FICHA, request.form.get(llevado.FICHA, ""))])
    vars(request).pop("values", None)
    return None


def intentar(cuenta: Cuenta, escrito: str | None) -> ResponseReturnValue | None:
    """Comprueba la prueba que trae el formulario. ``None``: quedó confirmada; si no, la página otra vez y por qué."""
    try:
        metodo = acceso.confirmar_con(cuenta, request.form)
    except ErrorJornada as espera:
        return pagina_confirmar(escrito, str(espera)), espera.http_status
    if metodo is None:
        return pagina_confirmar(escrito, NO_ES), 422
    sesion.confirmar(metodo)
    return None


# --- Las páginas ---------------------------------------------------------------------------------------------------


def pagina_confirmar(escrito: str | None, error: str | None = None) -> str:
    """La que pide la prueba. Con un envío, el formulario va a la dirección de ese envío."""
    abierta, que = sesion.actual(), abrir(escrito)
    return render_template(
        "panel/confirmar.html",
        de=abierta.cuenta if abierta else None,
        con_numero=abierta is not None and acceso.usa_numero(abierta.cuenta),
        donde=acceso.sitio() if abierta is not None and acceso.tiene_llaves(abierta.cuenta) else None,
        en_pausa=abierta is not None and abierta.en_pausa,
        llevado=escrito,
        que=que,
        direccion=que.direccion if que else url_for("panel.confirmacion"),
        destino=None if que else sesion.destino_local(request.values.get("next")),
        error=error,
    )


def pagina_entrar(escrito: str | None, error: str | None = None) -> str:
    entrando = request.endpoint in ("panel.entrar", "panel.entrar_llave")
    return render_template(
        "panel/entrar.html",
        usuario=request.form.get("usuario", "").strip() if entrando else "",
        destino=sesion.destino_local(request.values.get("next")) if entrando else None,
        pase=request.values.get("pase", "")[:600] if entrando else "",
        donde=acceso.sitio(),
        llevado=escrito,
        que=abrir(escrito),
        error=error,
    )


def _pagina_continuar(escrito: str) -> str:
    return render_template("panel/continuar.html", llevado=escrito, que=abrir(escrito))


def _del_envio() -> str | None:
    """Lo que se mandaba, de la cuenta que tenía la sesión; ``None`` si no había o no cabe."""
    abierta = sesion.actual()
    cuenta = abierta.cuenta.id if abierta else session.get("cuenta")
    return llevado.del_envio(cuenta) if isinstance(cuenta, str) else None


def _es_un_programa() -> bool:
    return request.accept_mimetypes.best == "application/json"
