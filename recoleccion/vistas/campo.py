"""El teléfono de la promotora: las páginas de la aplicación instalable de ``/campo/``. Con qué habla: ``api.py``.

La aplicación abre sin señal, así que su página no lleva nada de nadie: ni sesión, ni token, ni datos.
"""

import json

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from recoleccion import paquete
from recoleccion.errores import ErrorJornada

from . import acceso, aplicacion_campo, estaticos, puerta, sesion
from .api import ROLES

bp = Blueprint("campo", __name__, url_prefix="/campo")


class FormularioEntrar(FlaskForm):
    usuario = StringField("Usuario", [InputRequired("Escriba su usuario."), Length(max=80)])
    contrasena = PasswordField("Contraseña", [InputRequired("Escriba su contraseña."), Length(max=200)])


@bp.get("/")
def aplicacion() -> ResponseReturnValue:
    pagina = render_template(
        "campo/aplicacion.html", version=aplicacion_campo.version(), modulos=aplicacion_campo.modulos()
    )
    respuesta = Response(pagina)
    respuesta.headers["Cache-Control"] = "no-cache"
    return respuesta


@bp.route("/entrar", methods=["GET", "POST"])
def entrar() -> ResponseReturnValue:
    formulario = FormularioEntrar(request.form)  # sola leería también un JSON, y uno que no es un objeto la tumba
    if formulario.validate_on_submit():
        try:
            cuenta = puerta.autenticar(formulario.usuario.data, formulario.contrasena.data)
        except ErrorJornada as espera:
            formulario.contrasena.errors = [str(espera)]
            return render_template("campo/entrar.html", formulario=formulario, donde=acceso.sitio()), espera.http_status
        if cuenta and cuenta.rol in ROLES:
            if acceso.pide_segundo(cuenta):
                acceso.anotar_falta(cuenta)
                sesion.pendiente(cuenta)
                return redirect(url_for(".entrar_segundo"), 303)
            sesion.abrir(cuenta, "contrasena")
            acceso.anotar_entrada(cuenta, "contrasena", "campo")
            return redirect(url_for(".aplicacion") + "#/preparar", 303)
        sesion.cerrar()
        formulario.contrasena.errors = [
            "Esa cuenta no registra en campo. Entre con la de una promotora."
            if cuenta
            else "El usuario o la contraseña no coinciden. Revíselos y vuelva a intentar."
        ]
    estado = 422 if formulario.errors else 200
    return render_template("campo/entrar.html", formulario=formulario, donde=acceso.sitio()), estado


@bp.route("/entrar/segundo", methods=["GET", "POST"])
def entrar_segundo() -> ResponseReturnValue:
    """Para quien ya dio su contraseña y usa segundo paso. El turno, sin señal, sigue siendo el PIN del teléfono."""
    cuenta = sesion.tomar_pendiente()
    if cuenta is None or cuenta.rol not in ROLES:
        return redirect(url_for(".entrar"), 303)
    error, estado = None, 200
    if request.method == "POST":
        try:
            if metodo := acceso.segundo_con(cuenta, request.form):
                sesion.abrir(cuenta, metodo)
                acceso.anotar_entrada(cuenta, metodo, "campo")
                return redirect(url_for(".aplicacion") + "#/preparar", 303)
            error, estado = "No es ese número o código, o ya se usó. Escriba el que la aplicación enseñe ahora.", 422
        except ErrorJornada as espera:
            error, estado = str(espera), espera.http_status
    return render_template("campo/entrar_segundo.html", error=error, donde=acceso.sitio()), estado


@bp.get("/sw.js")
def sw() -> ResponseReturnValue:
    """El service worker, con la lista de archivos y la versión que sale de sus contenidos."""
    datos = json.dumps({"version": aplicacion_campo.version(), "archivos": aplicacion_campo.direcciones()})
    guion = estaticos.contenido(paquete.carpeta("static") / "js" / "sw.js").decode()
    return _guion(f"self.JORNADA = {datos};\n{guion}")


@bp.get("/lector.js")
def lector() -> ResponseReturnValue:
    """El hilo que lee los QR; su dirección cae dentro del alcance del service worker para abrir sin señal."""
    return _guion('import "/static/js/lector_obrero.js";\n')


@bp.get("/manifest.webmanifest")
def manifiesto() -> ResponseReturnValue:
    respuesta = jsonify(aplicacion_campo.MANIFIESTO)
    respuesta.mimetype = "application/manifest+json"
    respuesta.headers["Cache-Control"] = "no-cache"
    return respuesta


def _guion(texto: str) -> Response:
    respuesta = Response(texto, mimetype="text/javascript")
    respuesta.headers["Cache-Control"] = "no-cache"
    return respuesta
