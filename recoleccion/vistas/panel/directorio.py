"""El directorio: las líneas e instituciones que salen en toda pantalla de ayuda."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from recoleccion.consultas import directorio as consulta

from ..contexto import ahora, bd
from ..sesion import requiere
from . import bp
from .comun import anotando
from .formas import FormularioInstitucion
from .hoy import sin_verificar


@bp.get("/directorio")
@requiere("titular")
def directorio_lista() -> ResponseReturnValue:
    lineas = consulta.listar(bd())
    viejas = {linea["id"] for linea in sin_verificar(lineas, ahora().date())}
    return render_template("panel/directorio.html", lineas=lineas, viejas=viejas)


@bp.route("/directorio/nueva", methods=["GET", "POST"])
@requiere("titular")
def directorio_nueva() -> ResponseReturnValue:
    return _editar(None, {"propia": request.args.get("propia") == "1", "en_ayuda": True})


@bp.route("/directorio/<id>", methods=["GET", "POST"])
@requiere("titular")
def directorio_editar(id: str) -> ResponseReturnValue:
    return _editar(id, _linea(id))


@bp.post("/directorio/<id>/verificacion")
@requiere("titular")
def directorio_verificar(id: str) -> ResponseReturnValue:
    linea = _linea(id)
    with anotando("verificar directorio", f"institucion {id}"):
        consulta.guardar(bd(), linea | {"verificado_el": ahora().date().isoformat()})
    flash(f"«{linea['nombre']}» quedó verificada hoy.")
    return redirect(url_for(".directorio_lista"), 303)


@bp.post("/directorio/<id>/baja")
@requiere("titular")
def directorio_borrar(id: str) -> ResponseReturnValue:
    linea = _linea(id)
    with anotando("borrar directorio", f"institucion {id}", linea["nombre"]):
        consulta.borrar(bd(), id)
    flash(f"Se quitó «{linea['nombre']}» del directorio.")
    return redirect(url_for(".directorio_lista"), 303)


def _editar(id: str | None, actual: dict[str, Any]) -> ResponseReturnValue:
    formulario = FormularioInstitucion(request.form if request.method == "POST" else None, data=actual)
    if request.method == "POST" and formulario.validar(ahora().date()):
        with anotando("guardar directorio", f"institucion {id or 'nueva'}", formulario.nombre.data):
            consulta.guardar(bd(), formulario.data | {"id": id, "orden": actual.get("orden")})
        flash(f"Se guardó «{formulario.nombre.data}».")
        return redirect(url_for(".directorio_lista"), 303)
    estado = 422 if formulario.errors else 200
    return render_template("panel/directorio_editar.html", formulario=formulario, id=id), estado


def _linea(id: str) -> dict[str, Any]:
    linea = consulta.leer(bd(), id)
    if linea is None:
        abort(404)
    return linea
