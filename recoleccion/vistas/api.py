"""Lo que habla el teléfono de la promotora con el servidor: ``/api/v1/*``, JSON siempre, también al fallar.

Se entra con usuario y contraseña una vez; después el teléfono se presenta con su propia llave
(``Authorization: Bearer``), que no es cookie y por eso no necesita token CSRF. El contrato es
``recoleccion/protocolo/openapi.json``. Los teléfonos con la aplicación de antes siguen llamando a ``/campo/api/*``:
son estas mismas funciones.
"""

from typing import Any

from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from recoleccion.consultas import cuentas, dispositivos, recepcion
from recoleccion.consultas.cuentas import Cuenta
from recoleccion.errores import ErrorJornada
from recoleccion.protocolo import lectura_json

from . import aplicacion_campo, paquete_campo, puerta, seguridad, sesion
from .contexto import ahora, azar, bd, instalacion

PREFIJO, PREFIJO_ANTERIOR = "/api/v1", "/campo/api"
ROLES = cuentas.ROLES_DE_CAMPO
bp = Blueprint("api", __name__, url_prefix=PREFIJO)


@bp.get("/dispositivo")
def quien() -> ResponseReturnValue:
    """Quién entró en este navegador y el token CSRF con que dar de alta el teléfono."""
    cuenta = _cuenta_de_campo()
    return jsonify(version=1, nombre=cuenta.nombre, csrf=generate_csrf())


@bp.post("/dispositivo")
def alta() -> ResponseReturnValue:
    """Da de alta el teléfono y cierra la sesión: de aquí en adelante basta su llave, que sólo sirve para campo.

    El teléfono pasa de mano en mano en las encuestas; una sesión abierta dejaría abierto también el panel.
    """
    if not seguridad.mismo_sitio():
        abort(403)
    cuenta, cuerpo = _cuenta_de_campo(), _cuerpo()
    nombre, llave = _nombre(cuerpo) or f"Teléfono de {cuenta.nombre}", cuerpo.get("llave")
    if llave is not None and not isinstance(llave, str):
        raise ErrorJornada("llave_invalida")
    id, token = dispositivos.alta(bd(), nombre, cuenta.id, ahora(), azar(), llave)
    sesion.cerrar()
    return jsonify(version=1, dispositivo=id, token=token), 201


@bp.post("/alta")
@seguridad.csrf.exempt
def alta_con_codigo() -> ResponseReturnValue:
    """Da de alta un teléfono con el código que la titular muestra en su pantalla, sin usuario ni contraseña."""
    if not seguridad.mismo_sitio():
        abort(403)
    cuerpo = _cuerpo()
    codigo, llave = cuerpo.get("codigo"), cuerpo.get("llave")
    if not isinstance(codigo, str):
        raise ErrorJornada("codigo_de_alta")
    if not isinstance(llave, str):
        raise ErrorJornada("llave_invalida")
    id, token = dispositivos.alta_con_codigo(bd(), codigo, _nombre(cuerpo), llave, ahora(), azar())
    return jsonify(version=1, dispositivo=id, token=token), 201


@bp.get("/turno")
def quienes_siguen() -> ResponseReturnValue:
    """Qué cuentas pueden registrar: la que ya no esté (o cambió su contraseña) deja de abrir turno en el teléfono."""
    _dispositivo_vigente()
    return jsonify(version=1, promotoras=paquete_campo.promotoras(bd()))


@bp.post("/turno")
@seguridad.csrf.exempt
def quien_registra() -> ResponseReturnValue:
    """Una promotora dice en este teléfono quién es. No abre sesión: sólo da con qué firmar sus registros."""
    if not seguridad.mismo_sitio():
        abort(403)
    telefono, cuerpo = _dispositivo_vigente(), _cuerpo()
    usuario, contrasena = cuerpo.get("usuario"), cuerpo.get("contrasena")
    if not all(isinstance(dicho, str) and dicho.isprintable() for dicho in (usuario, contrasena)):
        raise ErrorJornada("turno_no_coincide")
    cuenta = puerta.autenticar_en_telefono(telefono["id"], usuario, contrasena)
    if cuenta is None:
        raise ErrorJornada("turno_no_coincide")
    if cuenta.rol not in ROLES:
        raise ErrorJornada("turno_otro_papel")
    return jsonify(version=1, cuenta=cuenta.id, nombre=cuenta.nombre, marca=cuenta.marca)


@bp.get("/paquete")
def descargar() -> ResponseReturnValue:
    _dispositivo_vigente()
    return jsonify(paquete_campo.armar(bd(), instalacion(), ahora(), aplicacion_campo.version()))


@bp.post("/lote")
@seguridad.csrf.exempt
def lote() -> ResponseReturnValue:
    """Recibe un lote y contesta un acuse por registro, ya guardado en disco.

    De un teléfono dado de baja también: lo suyo se retiene y la titular decide.
    """
    if not seguridad.mismo_sitio():
        abort(403)
    dispositivo = _dispositivo()
    if request.mimetype != "application/json":
        raise ErrorJornada("lote_ilegible")
    sello = instalacion().sello
    return jsonify(
        recepcion.recibir_lote(bd(), request.get_data(), dispositivo_id=dispositivo["id"], sello=sello, ahora=ahora())
    )


@bp.get("/salud")
def salud() -> ResponseReturnValue:
    """Para saber que del otro lado está la oficina y no un portal de internet."""
    return jsonify(version=1, hora_servidor=ahora().isoformat(), app=aplicacion_campo.version())


def _dispositivo() -> dict[str, Any]:
    """El teléfono que pregunta, aunque esté dado de baja. :raises ErrorJornada: ``token_invalido``."""
    tipo, _, token = request.headers.get("Authorization", "").partition(" ")
    dispositivo = dispositivos.por_token(bd(), token) if tipo == "Bearer" and token else None
    if dispositivo is None:
        raise ErrorJornada("token_invalido")
    return dispositivo


def _dispositivo_vigente() -> dict[str, Any]:
    """:raises ErrorJornada: ``token_invalido``, ``dispositivo_revocado``."""
    dispositivo = _dispositivo()
    if dispositivo["revocado_en"]:
        raise ErrorJornada("dispositivo_revocado")
    return dispositivo


def _cuenta_de_campo() -> Cuenta:
    """Quien acaba de entrar: con la sesión que otra dejó abierta hace rato no se agrega un teléfono.

    :raises ErrorJornada: ``token_invalido`` si nadie ha entrado (o entró quien no registra en campo).
    """
    cuenta = sesion.cuenta_actual()
    if cuenta is None or cuenta.rol not in ROLES or not sesion.confirmada():
        raise ErrorJornada("token_invalido")
    return cuenta


def _cuerpo() -> dict[str, Any]:
    """Lo que llegó; nada si no es un objeto de JSON."""
    try:
        cuerpo = lectura_json.leer(request.get_data()) if request.is_json else None
    except ValueError:
        cuerpo = None
    return cuerpo if isinstance(cuerpo, dict) else {}


def _nombre(cuerpo: dict[str, Any]) -> str:
    """El nombre del teléfono, en un renglón; vacío si no se dio."""
    nombre = cuerpo.get("nombre")
    letras = (c if c.isprintable() else " " for c in nombre) if isinstance(nombre, str) else ""
    return " ".join("".join(letras).split())[:60]
