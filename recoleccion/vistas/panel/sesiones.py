"""En qué computadoras está abierta la oficina: cada quien ve las suyas y las cierra; la titular, las de todas."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from recoleccion.consultas import sesiones as consulta
from recoleccion.consultas.cuentas import ROLES
from recoleccion.consultas.sesiones import Sesion
from recoleccion.errores import ErrorJornada
from recoleccion.fechas import plural

from .. import sesion
from ..contexto import ahora, bd
from ..sesion import cuenta_segura, requiere
from . import bp
from .comun import anotando

COMO_ENTRO = {
    "contrasena": "con contraseña",
    "llave": "con llave de acceso",
    "totp": "con contraseña y número",
    "codigo": "con un código impreso",
}


@bp.get("/sesiones")
@requiere(*ROLES)
def sesiones() -> ResponseReturnValue:
    suyas, ajenas = _alcanza()
    plazos = consulta.PLAZOS[cuenta_segura().rol]
    return render_template(
        "panel/sesiones.html", suyas=suyas, ajenas=ajenas, metodos=COMO_ENTRO, esta=_esta(), plazos=plazos
    )


@bp.post("/sesiones/cierre")
@requiere(*ROLES)
def sesion_cerrar() -> ResponseReturnValue:
    """Cierra una de las que puede ver. :raises ErrorJornada: ``sesion_no_esta``."""
    id = request.form.get("sesion", "")
    cual = next((abierta for grupo in _alcanza() for abierta in grupo if abierta.id == id), None)
    if cual is None:
        raise ErrorJornada("sesion_no_esta")
    with anotando("cerrar sesión", f"cuenta {cual.cuenta.usuario}", cual.navegador):
        consulta.cerrar(bd(), cual.id)
    flash(f"Se cerró la sesión de {cual.cuenta.nombre}, {cual.navegador}.")
    return redirect(url_for(".sesiones"), 303)


@bp.post("/sesiones/cierre-de-las-demas")
@requiere(*ROLES)
def sesiones_cerrar_demas() -> ResponseReturnValue:
    """Las suyas, menos ésta."""
    cuenta = cuenta_segura()
    cuantas = sum(abierta.id != _esta() for abierta in consulta.listar(bd(), ahora(), cuenta.id))
    with anotando("cerrar sesión", f"cuenta {cuenta.usuario}", f"{plural(cuantas, 'otra suya', 'otras suyas')}"):
        consulta.cerrar_de(bd(), cuenta.id, menos=_esta())
    flash("Sólo quedó abierta ésta.")
    return redirect(url_for(".sesiones"), 303)


def _alcanza() -> tuple[list[Sesion], list[Sesion]]:
    """Las suyas y, si es titular, las de las demás cuentas."""
    cuenta = cuenta_segura()
    de_quien = None if cuenta.rol == "titular" else cuenta.id
    todas = consulta.listar(bd(), ahora(), de_quien)
    return [s for s in todas if s.cuenta.id == cuenta.id], [s for s in todas if s.cuenta.id != cuenta.id]


def _esta() -> str:
    abierta = sesion.actual()
    return abierta.id if abierta else ""
