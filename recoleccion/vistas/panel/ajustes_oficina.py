"""Los ajustes de la oficina. «En producción» se niega mientras falte el teléfono propio o algo del aviso."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import Field

from formularios.hoja_catalogo import huella_fila
from recoleccion.consultas import ajustes, llaves_acceso, oficina

from .. import acceso
from ..contexto import bd, instalacion
from ..sesion import confirma, requiere
from . import bp
from .comun import anotando
from .formas import FormularioAjustes

CLAVES = ("oficina", "municipio", "clave_inegi", "host_publico", "modo", "buscadores", acceso.AJUSTE)
OTRA_DIRECCION = (
    "Las llaves de acceso son de la dirección anterior y ya no sirven: antes de salir, cada quien agregue otra en «Mi "
    "entrada» o imprima sus códigos."
)
OMISION = {"buscadores": "no", acceso.AJUSTE: "no"}
FALTAS = {
    "telefono_propio": (
        "falta el teléfono de su oficina con la fecha en que lo verificó",
        "Ponerlo en el directorio",
        "panel.directorio_lista",
    ),
    "aviso_incompleto": (
        "falta completar el aviso de privacidad, que todavía dice «[completar: …]»",
        "Completar el aviso",
        "panel.aviso_editar",
    ),
}
"""Qué falta para estar en producción, y dónde se resuelve."""


@bp.route("/ajustes", methods=["GET", "POST"])
@requiere("titular")
@confirma
def ajustes_oficina() -> ResponseReturnValue:
    actuales = {clave: ajustes.leer(bd(), clave, OMISION.get(clave, "")) for clave in CLAVES}
    actuales["clave_inegi"] = oficina.clave_inegi(bd(), instalacion()) or ""
    formulario = FormularioAjustes(request.form if request.method == "POST" else None, data=actuales)
    faltas = [FALTAS[falta] for falta in oficina.faltas_para_produccion(bd())]
    cambios: list[tuple[str, str, str]] = []
    if request.method == "POST":
        bien = formulario.validate()
        if formulario.modo.data == "produccion" and faltas:
            formulario.modo.errors = [f"Todavía no se puede: {'; '.join(frase for frase, _, _ in faltas)}."]
            bien = False
        if bien and request.form.get("revision", huella_fila(actuales)) != huella_fila(actuales):
            cambios = [(c.label.text, _dicho(c, actuales[c.name]), _dicho(c, c.data)) for c in formulario]
            cambios = [uno for uno in cambios if uno[1] != uno[2]]
        if bien and not cambios:
            nuevos = formulario.data | {"clave_inegi": formulario.clave_inegi.data or actuales["clave_inegi"]}
            cambian = [clave for clave in CLAVES if nuevos[clave] != actuales[clave]]
            with anotando("guardar ajustes", "ajuste", ", ".join(cambian)):
                for clave in cambian:
                    ajustes.guardar(bd(), clave, nuevos[clave])
            flash("Se guardaron los ajustes." if cambian else "No cambió nada.")
            if "host_publico" in cambian and llaves_acceso.cuantas(bd()):
                flash(OTRA_DIRECCION)
            return redirect(url_for(".ajustes_oficina"), 303)
    pagina = render_template(
        "panel/ajustes.html",
        formulario=formulario,
        faltas=faltas,
        cambios=cambios,
        llaves=llaves_acceso.cuantas(bd()),
        revision=huella_fila(actuales),
    )
    return pagina, 409 if cambios else 422 if formulario.errors else 200


def _dicho(campo: Field, valor: str | None) -> str:
    """Cómo se lee: de una lista, el texto de la opción."""
    return dict(getattr(campo, "opciones", {})).get(valor or "", valor or "")
