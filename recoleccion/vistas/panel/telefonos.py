"""Los teléfonos de las promotoras: cómo se agregan, qué les falta por enviar y cuáles ya no deben enviar."""

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from formularios.texto import en_una_linea
from recoleccion.consultas import ajustes, cuentas, dispositivos
from recoleccion.consultas.cuentas import Cuenta
from recoleccion.errores import ErrorJornada
from recoleccion.impresos import qr
from recoleccion.openrosa import collect

from ..api import ROLES
from ..contexto import ahora, azar, bd
from ..openrosa import PREFIJO as PREFIJO_OPENROSA
from ..sesion import confirma, de_fondo, requiere
from . import bp
from .comun import anotando
from .impresos import host_publico

PREFIJO_ALTA = "A1"
"""Lo que distingue al QR de un alta de una credencial (``J1``) y de una ficha (``F1``)."""


@bp.get("/telefonos")
@requiere("titular")
def telefonos() -> ResponseReturnValue:
    return render_template("panel/telefonos.html", telefonos=dispositivos.listar(bd()), cuentas=_de_campo())


@bp.post("/telefonos/altas")
@requiere("titular")
@confirma
def ofrecer_alta() -> ResponseReturnValue:
    """El código para un teléfono. Se ve sólo en esta respuesta: recargarla hace otro."""
    elegida = _elegida()
    if elegida is None:
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
@de_fondo
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


@bp.post("/telefonos/otras-aplicaciones")
@requiere("titular")
@confirma
def agregar_con_otra_aplicacion() -> ResponseReturnValue:
    """Un teléfono con ODK Collect o KoboCollect: su dirección y su código se ven sólo en esta respuesta."""
    elegida = _elegida()
    if elegida is None:
        return redirect(url_for(".telefonos"), 303)
    nombre = en_una_linea(request.form.get("nombre", ""))[:60] or f"Teléfono de {elegida.nombre}"
    with anotando("agregar teléfono con otra aplicación", f"cuenta {elegida.usuario}"):
        _, permiso = dispositivos.alta(bd(), nombre, elegida.id, ahora(), azar(), clase="odk")
    direccion = f"{qr.con_esquema(host_publico())}{PREFIJO_OPENROSA}/{permiso}"
    configurado = collect.ajustes(direccion, ajustes.leer(bd(), "oficina") or "")
    return render_template(
        "panel/telefono_odk.html",
        nombre=nombre,
        de_quien=elegida,
        direccion=direccion,
        dibujo=Markup(qr.svg(collect.texto_del_qr(configurado), "M")),  # noqa: S704  lo dibuja qrcode
    ), 201


def _elegida() -> Cuenta | None:
    """La cuenta que eligió la titular; si no es una que registre en campo, se le dice."""
    elegida = next((cuenta for cuenta in _de_campo() if cuenta.id == request.form.get("cuenta")), None)
    if elegida is None:
        flash("Elija quién va a usar el teléfono.")
    return elegida


def _de_campo() -> list[Cuenta]:
    """Las cuentas que registran en campo, las promotoras primero."""
    activas = [cuenta for cuenta in cuentas.listar(bd()) if cuenta.activa and cuenta.rol in ROLES]
    return sorted(activas, key=lambda cuenta: (cuenta.rol != "promotora", cuenta.nombre))
