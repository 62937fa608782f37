"""Entrar con llave de acceso, el segundo paso, y la contraseña olvidada de quien tiene sus códigos impresos."""

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from recoleccion.consultas import codigos_unicos, cuentas
from recoleccion.consultas.conexion import escritura
from recoleccion.consultas.cuentas import Cuenta
from recoleccion.errores import ErrorJornada

from .. import acceso, interrumpido, llevado, puerta, sesion
from ..contexto import bd
from . import bp
from .comun import anotar
from .formas_acceso import FormularioOlvido

PARA = ("entrar", "segundo", "confirmar", "alta")
NO_ES_LLAVE = "Esa llave no se pudo usar. Inténtelo otra vez, o entre con su contraseña."
NO_ES_NUMERO = (
    "No es ese número o código. Uno ya usado no sirve otra vez: espere a que la aplicación enseñe el siguiente."
)
NO_COINCIDE = "Algo no coincide, o ese código ya se usó. Si usa el número de la aplicación, escríbalo también."


@bp.get("/acceso/reto.json")
@sesion.publica
def acceso_reto() -> ResponseReturnValue:
    """Lo que el navegador necesita para pedir una llave. No dice de quién hay llaves."""
    para, donde, cuenta = request.args.get("para", ""), acceso.sitio(), sesion.cuenta_actual()
    if donde is None or para not in PARA or (para == "alta" and cuenta is None):
        abort(404)
    return Response(acceso.opciones(para, donde, cuenta), mimetype="application/json")


@bp.post("/entrar/llave")
@sesion.publica
def entrar_llave() -> ResponseReturnValue:
    cuenta = acceso.con_llave(request.form.get("credencial", ""), "entrar")
    if cuenta is None:
        return interrumpido.pagina_entrar(request.form.get(llevado.CAMPO), NO_ES_LLAVE), 422
    sesion.abrir(cuenta, "llave")
    acceso.anotar_entrada(cuenta, "llave")
    return interrumpido.despues_de_entrar(_destino())


@bp.route("/entrar/segundo", methods=["GET", "POST"])
@sesion.publica
def entrar_segundo() -> ResponseReturnValue:
    """Para quien ya dio su contraseña. Lo que mandaba cuando se acabó su sesión sigue con ella."""
    if sesion.cuenta_actual() is not None:
        return redirect(_destino() or url_for(".inicio"), 303)
    cuenta = sesion.tomar_pendiente()
    if cuenta is None:
        flash("Pasaron más de cinco minutos. Escriba su contraseña otra vez.")
        return redirect(url_for(".entrar", next=_destino()), 303)
    if request.method == "GET":
        return pagina_segundo()
    try:
        metodo = acceso.segundo_con(cuenta, request.form)
    except ErrorJornada as espera:
        return pagina_segundo(str(espera)), espera.http_status
    if metodo is None:
        return pagina_segundo(NO_ES_LLAVE if request.form.get("credencial") else NO_ES_NUMERO), 422
    sesion.abrir(cuenta, metodo)
    acceso.anotar_entrada(cuenta, metodo)
    return interrumpido.despues_de_entrar(_destino())


def pedir_segundo(cuenta: Cuenta) -> ResponseReturnValue:
    """Después de una contraseña buena. Si había algo a medias, la página misma lo lleva."""
    acceso.anotar_falta(cuenta)
    sesion.pendiente(cuenta)
    if request.form.get(llevado.CAMPO):
        return pagina_segundo()
    return redirect(url_for(".entrar_segundo", next=_destino(), pase=_pase() or None), 303)


def pagina_segundo(error: str | None = None) -> str:
    escrito = request.form.get(llevado.CAMPO)
    return render_template(
        "panel/entrar_segundo.html",
        donde=acceso.sitio(),
        destino=_destino(),
        pase=_pase(),
        llevado=escrito,
        que=llevado.abrir(escrito),
        error=error,
    )


@bp.route("/entrar/olvido", methods=["GET", "POST"])
@sesion.publica
def entrar_olvido() -> ResponseReturnValue:
    formulario = FormularioOlvido(request.form if request.method == "POST" else None)
    if request.method == "GET" or not formulario.validar():
        return _pagina_olvido(formulario), 422 if formulario.errors else 200
    try:
        cuenta = puerta.intentar(formulario.usuario.data, lambda: _recuperar(formulario))
    except ErrorJornada as espera:
        return _pagina_olvido(formulario, str(espera)), espera.http_status
    if cuenta is None:
        return _pagina_olvido(formulario, NO_COINCIDE), 422
    sesion.abrir(cuenta, "codigo")
    anotar("recuperar contraseña", f"cuenta {cuenta.usuario}", "con un código impreso")
    flash("Se cambió su contraseña y se cerraron sus otras sesiones.")
    return redirect(url_for(".mi_entrada"), 303)


def _recuperar(formulario: FormularioOlvido) -> Cuenta | None:
    """El código suple a la contraseña, no al segundo paso: quien lo usa da también su número."""
    usuario = formulario.usuario.data.casefold()
    cuenta = next((c for c in cuentas.listar(bd()) if c.activa and c.usuario.casefold() == usuario), None)
    if cuenta is None or codigos_unicos.normalizar(formulario.codigo.data) is None:
        return None
    if acceso.pide_segundo(cuenta) and not acceso.es_su_numero(cuenta, formulario.numero.data or ""):
        return None
    with escritura(bd()):
        if not acceso.gastar_codigo(cuenta, formulario.codigo.data):
            return None
        cuentas.cambiar_contrasena(bd(), cuenta.id, formulario.nueva.data)
    return cuentas.leer(bd(), cuenta.id)


def _pagina_olvido(formulario: FormularioOlvido, error: str | None = None) -> str:
    return render_template("panel/entrar_olvido.html", formulario=formulario, error=error)


def _destino() -> str | None:
    return sesion.destino_local(request.values.get("next"))


def _pase() -> str:
    return request.values.get("pase", "")[:600]
