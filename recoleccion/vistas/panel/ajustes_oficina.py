"""Los ajustes de la oficina. «En producción» se niega mientras falte el teléfono propio, verificado."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from recoleccion.consultas import ajustes, directorio

from ..contexto import bd
from ..sesion import requiere
from . import bp
from .comun import anotando
from .formas import FormularioAjustes

CLAVES = ("oficina", "municipio", "host_publico", "modo", "buscadores")
OMISION = {"buscadores": "no"}
FALTA_PROPIO = (
    "Todavía no se puede: falta el teléfono de su oficina con la fecha en que lo verificó. "
    "Póngalo en Directorio y regrese."
)


@bp.route("/ajustes", methods=["GET", "POST"])
@requiere("titular")
def ajustes_oficina() -> ResponseReturnValue:
    actuales = {clave: ajustes.leer(bd(), clave, OMISION.get(clave, "")) for clave in CLAVES}
    formulario = FormularioAjustes(request.form if request.method == "POST" else None, data=actuales)
    if request.method == "POST":
        bien = formulario.validate()
        if formulario.modo.data == "produccion" and not telefono_propio_verificado():
            formulario.modo.errors = [FALTA_PROPIO]
            bien = False
        if bien:
            cambian = [clave for clave in CLAVES if formulario.data[clave] != actuales[clave]]
            with anotando("guardar ajustes", "ajuste", ", ".join(cambian)):
                for clave in cambian:
                    ajustes.guardar(bd(), clave, formulario.data[clave])
            flash("Se guardaron los ajustes." if cambian else "No cambió nada.")
            return redirect(url_for(".ajustes_oficina"), 303)
    listo = telefono_propio_verificado()
    return render_template("panel/ajustes.html", formulario=formulario, listo=listo), 422 if formulario.errors else 200


def telefono_propio_verificado() -> bool:
    """Si el directorio de ayuda ya tiene el número de la oficina con su fecha de verificación."""
    return any(linea["propia"] and linea["verificado_el"] for linea in directorio.ayuda(bd()))
