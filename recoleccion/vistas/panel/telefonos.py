"""Los teléfonos de las promotoras: cómo se agregan, qué les falta por enviar y cuáles ya no deben enviar."""

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from recoleccion.consultas import cuentas, dispositivos
from recoleccion.consultas.cuentas import Cuenta
from recoleccion.errores import ErrorJornada
from recoleccion.impresos import qr

from ..api import ROLES
from ..contexto import ahora, azar, bd
from ..sesion import requiere
from . import bp
from .comun import anotando

PREFIJO_ALTA = "A1"
"""Lo que distingue al QR de un alta de una credencial (``J1``) y de una ficha (``F1``)."""


@bp.get("/telefonos")
@requiere("titular")
def telefonos() -> ResponseReturnValue:
    return render_template("panel/telefonos.html", telefonos=dispositivos.listar(bd()), cuentas=_de_campo())


@bp.post("/telefonos/altas")
@requiere("titular")
def ofrecer_alta() -> ResponseReturnValue:
    """El código para un teléfono. Se ve sólo en esta respuesta: recargarla hace otro."""
    elegida = next((cuenta for cuenta in _de_campo() if cuenta.id == request.form.get("cuenta")), None)
    if elegida is None:
        flash("Elija quién va a usar el teléfono.")
        return redirect(url_for(".telefonos"), 303)
    with anotando("ofrecer alta de teléfono", f"cuenta {elegida.usuario}"):
        id, codigo = dispositivos.ofrecer_alta(bd(), elegida.id, ahora(), azar())
    return render_template(
        "panel/telefono_alta.html",
        alta=id,
        codigo=codigo,
        vence=ahora() + dispositivos.VIGENCIA_ALTA,
        de_quien=elegida,
        dibujo=Markup(qr.svg(PREFIJO_ALTA + codigo)),  # noqa: S704  lo dibuja qrcode, no una persona
    ), 201


@bp.get("/telefonos/altas/<id>.json")
@requiere("titular")
def alta_json(id: str) -> ResponseReturnValue:
    """Cómo va un alta: la página lo pregunta para decir sola que el teléfono ya entró."""
    alta = dispositivos.leer_alta(bd(), id, ahora())
    if alta is None:
        raise ErrorJornada("alta_no_existe")
    return jsonify(telefono=alta["telefono"], vencida=alta["vencida"])


@bp.post("/telefonos/<id>/revocacion")
@requiere("titular")
def revocar_telefono(id: str) -> ResponseReturnValue:
    with anotando("revocar teléfono", f"dispositivo {id}"):
        dispositivos.revocar(bd(), id, ahora())
    flash("Ese teléfono se dio de baja. Lo que ya había enviado se conserva; lo que mande después espera su decisión.")
    return redirect(url_for(".telefonos"), 303)


def _de_campo() -> list[Cuenta]:
    """Las cuentas que registran en campo, las promotoras primero."""
    activas = [cuenta for cuenta in cuentas.listar(bd()) if cuenta.activa and cuenta.rol in ROLES]
    return sorted(activas, key=lambda cuenta: (cuenta.rol != "promotora", cuenta.nombre))
