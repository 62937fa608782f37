"""El teléfono de la promotora: la aplicación instalable de ``/campo/`` y las cuatro direcciones con que habla.

La aplicación abre sin señal, así que su página no lleva nada de nadie: ni sesión, ni token, ni datos. Se entra
con usuario y contraseña una vez; después el teléfono se presenta con su propia llave (``Authorization: Bearer``),
que no es cookie y por eso no necesita token CSRF.
"""

import json
from typing import Any

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from flask_wtf.csrf import generate_csrf
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from recoleccion import paquete
from recoleccion.consultas import dispositivos, recepcion
from recoleccion.consultas.cuentas import Cuenta
from recoleccion.errores import ErrorJornada

from . import aplicacion_campo, paquete_campo, seguridad, sesion
from .contexto import ahora, azar, bd, instalacion

bp = Blueprint("campo", __name__, url_prefix="/campo")
ROLES = ("promotora", "titular")


class FormularioEntrar(FlaskForm):
    usuario = StringField("Usuario", [InputRequired("Escriba su usuario."), Length(max=80)])
    contrasena = PasswordField("Contraseña", [InputRequired("Escriba su contraseña."), Length(max=200)])


# --- Páginas -----------------------------------------------------------------------------------------------------


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
    formulario = FormularioEntrar()
    if formulario.validate_on_submit():
        cuenta = sesion.iniciar(formulario.usuario.data, formulario.contrasena.data)
        if cuenta and cuenta.rol in ROLES:
            return redirect(url_for(".aplicacion") + "#/preparar", 303)
        sesion.cerrar()
        formulario.contrasena.errors = [
            "Esa cuenta no registra en campo. Entre con la de una promotora."
            if cuenta
            else "El usuario o la contraseña no coinciden. Revíselos y vuelva a intentar."
        ]
    estado = 422 if formulario.errors else 200
    return render_template("campo/entrar.html", formulario=formulario), estado


@bp.get("/sw.js")
def sw() -> ResponseReturnValue:
    """El service worker, con la lista de archivos y la versión que sale de sus contenidos."""
    datos = json.dumps({"version": aplicacion_campo.version(), "archivos": aplicacion_campo.direcciones()})
    guion = (paquete.carpeta("static") / "js" / "sw.js").read_text("utf-8")
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


# --- Lo que habla el teléfono ------------------------------------------------------------------------------------


@bp.get("/api/dispositivo")
def quien() -> ResponseReturnValue:
    """Quién entró en este navegador y el token CSRF con que dar de alta el teléfono."""
    cuenta = _cuenta_de_campo()
    return jsonify(version=1, nombre=cuenta.nombre, csrf=generate_csrf())


@bp.post("/api/dispositivo")
def alta() -> ResponseReturnValue:
    """Da de alta el teléfono y cierra la sesión: de aquí en adelante basta su llave, que sólo sirve para campo.

    El teléfono pasa de mano en mano en las encuestas; una sesión abierta dejaría abierto también el panel.
    """
    cuenta = _cuenta_de_campo()
    nombre = _cuerpo().get("nombre")
    nombre = nombre.strip()[:60] if isinstance(nombre, str) else ""
    id, token = dispositivos.alta(bd(), nombre or f"Teléfono de {cuenta.nombre}", cuenta.id, ahora(), azar())
    sesion.cerrar()
    return jsonify(version=1, dispositivo=id, token=token), 201


@bp.get("/api/paquete")
def descargar() -> ResponseReturnValue:
    _dispositivo()
    return jsonify(paquete_campo.armar(bd(), instalacion(), ahora(), aplicacion_campo.version()))


@bp.post("/api/lote")
@seguridad.csrf.exempt
def lote() -> ResponseReturnValue:
    """Recibe un lote y contesta un acuse por registro, ya guardado en disco."""
    if not seguridad.mismo_sitio():
        abort(403)
    dispositivo = _dispositivo()
    if request.mimetype != "application/json":
        raise ErrorJornada("lote_ilegible")
    sello = instalacion().sello
    return jsonify(
        recepcion.recibir_lote(bd(), request.get_data(), dispositivo_id=dispositivo["id"], sello=sello, ahora=ahora())
    )


@bp.get("/api/salud")
def salud() -> ResponseReturnValue:
    """Para saber que del otro lado está la oficina y no un portal de internet."""
    return jsonify(version=1, hora_servidor=ahora().isoformat(), app=aplicacion_campo.version())


def _dispositivo() -> dict[str, Any]:
    """El teléfono que pregunta. :raises ErrorJornada: ``token_invalido``."""
    tipo, _, token = request.headers.get("Authorization", "").partition(" ")
    dispositivo = dispositivos.por_token(bd(), token) if tipo == "Bearer" and token else None
    if dispositivo is None:
        raise ErrorJornada("token_invalido")
    return dispositivo


def _cuenta_de_campo() -> Cuenta:
    """:raises ErrorJornada: ``token_invalido`` si nadie ha entrado (o entró quien no registra en campo)."""
    cuenta = sesion.cuenta_actual()
    if cuenta is None or cuenta.rol not in ROLES:
        raise ErrorJornada("token_invalido")
    return cuenta


def _cuerpo() -> dict[str, Any]:
    cuerpo = request.get_json(silent=True)
    return cuerpo if isinstance(cuerpo, dict) else {}
