"""El aviso de privacidad: se lee el vigente; cambiarlo es otra versión y la anterior se conserva."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from recoleccion.consultas import avisos

from ..contexto import ahora, bd
from ..sesion import requiere
from . import bp
from .comun import anotando
from .formas import FormularioAviso


@bp.get("/aviso")
@requiere("titular")
def aviso() -> ResponseReturnValue:
    return render_template("panel/aviso.html", aviso=avisos.vigente(bd()))


@bp.route("/aviso/editar", methods=["GET", "POST"])
@requiere("titular")
def aviso_editar() -> ResponseReturnValue:
    vigente = avisos.vigente(bd())
    formulario = FormularioAviso(request.form if request.method == "POST" else None, data=vigente)
    if request.method == "POST" and formulario.validar():
        with anotando("guardar aviso", "aviso"):
            version = avisos.nuevo(bd(), **formulario.data, ahora=ahora())
        igual = version == vigente["version"]
        flash("No cambió nada: sigue la misma versión." if igual else f"Se guardó la versión {version} del aviso.")
        return redirect(url_for(".aviso"), 303)
    estado = 422 if formulario.errors else 200
    return render_template("panel/aviso_editar.html", formulario=formulario, aviso=vigente), estado
