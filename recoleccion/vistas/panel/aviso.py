"""El aviso de privacidad: se lee el vigente; cambiarlo es otra versión, y se ve en qué difiere de las anteriores."""

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from recoleccion import diferencias
from recoleccion.consultas import ajustes, avisos

from ..contexto import ahora, bd
from ..sesion import requiere
from . import bp
from .comun import anotando, entero_escrito
from .formas import FormularioAviso

TITULOS = {"simplificado": "Corto, en la pantalla", "leido": "Para leer en voz alta", "integral": "Completo"}
FALTA_COMPLETAR = "Todavía dice «{}». Con el sistema en producción, el aviso tiene que estar completo."


@bp.get("/aviso")
@requiere("titular")
def aviso() -> ResponseReturnValue:
    vigente = avisos.vigente(bd())
    return render_template("panel/aviso.html", aviso=vigente, titulos=TITULOS, huecos=avisos.huecos(vigente))


@bp.get("/aviso/versiones")
@requiere("titular")
def aviso_versiones() -> ResponseReturnValue:
    return render_template("panel/aviso_versiones.html", versiones=avisos.versiones(bd()))


@bp.get("/aviso/versiones/<int:version>")
@requiere("titular")
def aviso_version(version: int) -> ResponseReturnValue:
    """Una versión y en qué cambió respecto de otra (``?contra=``); si no se dice, de la anterior."""
    escrita = request.args.get("contra", "")
    contra = int(escrita) if escrita.isascii() and escrita.isdigit() and len(escrita) < 9 else version - 1
    esta, otra = avisos.leer(bd(), version), avisos.leer(bd(), contra)
    if esta is None:
        abort(404)
    return render_template(
        "panel/aviso_version.html",
        aviso=esta,
        otra=otra,
        titulos=TITULOS,
        cambios=_diferencias(otra or esta, esta),
        versiones=[uno["version"] for uno in avisos.versiones(bd()) if uno["version"] != version],
    )


@bp.route("/aviso/editar", methods=["GET", "POST"])
@requiere("titular")
def aviso_editar() -> ResponseReturnValue:
    vigente = avisos.vigente(bd())
    formulario = FormularioAviso(request.form if request.method == "POST" else None, data=vigente)
    ajenos = None
    if request.method == "POST" and formulario.validar() and _completo(formulario):
        if "desde" not in request.form or entero_escrito("desde") == vigente["version"]:
            with anotando("guardar aviso", "aviso"):
                version = avisos.nuevo(bd(), **formulario.data, ahora=ahora())
            igual = version == vigente["version"]
            flash("No cambió nada: sigue la misma versión." if igual else f"Se guardó la versión {version} del aviso.")
            return redirect(url_for(".aviso"), 303)
        ajenos = _diferencias(vigente, formulario.data)
    pagina = render_template(
        "panel/aviso_editar.html", formulario=formulario, aviso=vigente, ajenos=ajenos, titulos=TITULOS
    )
    return pagina, 409 if ajenos is not None else 422 if formulario.errors else 200


def _completo(formulario: FormularioAviso) -> bool:
    """En producción no se guarda uno con huecos: lo leería la gente."""
    if ajustes.leer(bd(), "modo") != "produccion":
        return True
    bien = True
    for parte in avisos.PARTES:
        if huecos := avisos.huecos({**dict.fromkeys(avisos.PARTES, ""), parte: formulario.data[parte]}):
            formulario[parte].errors = [FALTA_COMPLETAR.format(huecos[0])]
            bien = False
    return bien


def _diferencias(antes: Mapping[str, Any], despues: Mapping[str, Any]) -> dict[str, list[diferencias.Renglon]]:
    """De cada parte, sus renglones; sin la parte que no cambió."""
    partes = {parte: diferencias.renglones(antes[parte], despues[parte]) for parte in TITULOS}
    return {
        parte: diferencias.alrededor(lista)
        for parte, lista in partes.items()
        if any(uno.que != "igual" for uno in lista)
    }
