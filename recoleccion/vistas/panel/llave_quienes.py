"""Quién más abre los nombres: cada titular con su propia frase, que se le da en persona y se le puede quitar."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from recoleccion.consultas import cuentas
from recoleccion.consultas import llave as consulta

from .. import llavero
from ..contexto import ahora, bd
from ..sesion import confirma, cuenta_segura, requiere
from . import bp
from .comun import anotando, anotar
from .formas_llave import FormularioDar
from .llave import NO_ES, OBJETO


@bp.route("/llave/otra", methods=["GET", "POST"])
@requiere("titular")
@confirma
def llave_otra() -> ResponseReturnValue:
    """Otra titular la abre con su frase. Lo pide quien ya la abre, con la suya, y ella escribe la propia ahí mismo."""
    puestas = {quien["cuenta_id"] for quien in consulta.quienes(bd())}
    otras = {
        cuenta.id: cuenta.nombre
        for cuenta in cuentas.listar(bd())
        if cuenta.activa and cuenta.rol == "titular" and cuenta.id != cuenta_segura().id and cuenta.id not in puestas
    }
    formulario = FormularioDar(request.form if request.method == "POST" else None)
    formulario.poner(otras)
    if request.method == "POST" and formulario.validar():
        sello = consulta.abrir(bd(), formulario.actual.data, cuenta_segura().id)
        if sello is not None:
            nombre, usuario = otras[formulario.cuenta.data], _usuario(formulario.cuenta.data)
            consulta.dar(bd(), sello, formulario.cuenta.data, formulario.nueva.data, ahora=ahora())
            anotar("dar la llave", f"cuenta {usuario}")
            flash(f"Ahora {nombre} también abre los nombres, con su frase.")
            return redirect(url_for(".llave"), 303)
        anotar("frase equivocada", OBJETO)
        formulario.actual.errors = [NO_ES]
    pagina = render_template("panel/llave_otra.html", formulario=formulario, otras=otras, hay=consulta.hay(bd()))
    return pagina, 422 if formulario.errors else 200


def _usuario(cuenta_id: str) -> str:
    cuenta = cuentas.leer(bd(), cuenta_id)
    return cuenta.usuario if cuenta else cuenta_id


@bp.post("/llave/quitar")
@requiere("titular")
@confirma
def llave_quitar() -> ResponseReturnValue:
    """Una frase deja de abrir los nombres, y lo que tenga abierto se cierra.

    :raises ErrorJornada: ``llave_sin_nadie``.
    """
    por = request.form.get("por", "")
    suya = next((quien for quien in consulta.quienes(bd()) if quien["por"] == por), None)
    if suya is None:
        flash("Esa frase ya no abría los nombres: no se cambió nada.")
        return redirect(url_for(".llave"), 303)
    de_quien = f"cuenta {_usuario(suya['cuenta_id'])}" if suya["cuenta_id"] else "frase de la oficina"
    with anotando("quitar la llave", de_quien):
        consulta.retirar(bd(), por)
    if suya["cuenta_id"]:
        llavero.cerrar_de(suya["cuenta_id"])
    else:
        llavero.el_de_todas().quitar_de(None)
    flash(f"{suya['nombre'] or 'La frase de la oficina'} ya no abre los nombres.")
    return redirect(url_for(".llave"), 303)
