"""Lo que llegó de un teléfono y no se pudo contar. Está guardado; aquí se ve y se marca como revisado."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from recoleccion.consultas import cuarentena as consulta
from recoleccion.consultas import recepcion
from recoleccion.fechas import plural

from ..contexto import ahora, bd, instalacion
from ..sesion import requiere
from . import bp
from .comun import anotando


@bp.get("/cuarentena")
@requiere("titular")
def cuarentena() -> ResponseReturnValue:
    return render_template(
        "panel/cuarentena.html", esperan=consulta.listar(bd()), revisados=consulta.listar(bd(), resueltas=True)
    )


@bp.post("/cuarentena/<id>/revision")
@requiere("titular")
def revision(id: str) -> ResponseReturnValue:
    resolucion = " ".join(request.form.get("resolucion", "").split())[:200] or "Revisado"
    with anotando("revisar cuarentena", f"cuarentena {id}"):
        consulta.resolver(bd(), id, resolucion, ahora())
    flash("Quedó como revisado. El registro se conserva.")
    return redirect(url_for(".cuarentena"), 303)


@bp.post("/cuarentena/bajas/aceptacion")
@requiere("titular")
def aceptar_bajas() -> ResponseReturnValue:
    """Acepta de una vez todo lo que mandaron teléfonos dados de baja: lo firmaron ellos, no otra persona."""
    esperan = [fila["id"] for fila in consulta.listar(bd()) if fila["codigo"] == "dispositivo_revocado"]
    with anotando("aceptar lo de teléfonos dados de baja", "cuarentena", str(len(esperan))):
        estados = [recepcion.reintentar(bd(), id, sello=instalacion().sello, ahora=ahora()) for id in esperan]
    faltan = sum(estado not in ("aceptado", "repetido", None) for estado in estados)
    flash(
        "Ya se contaron."
        if not faltan
        else f"Se contó lo que se pudo; {plural(faltan, 'sigue guardado', 'siguen guardados')} aquí."
    )
    return redirect(url_for(".cuarentena"), 303)


@bp.post("/cuarentena/<id>/reintento")
@requiere("titular")
def reintento(id: str) -> ResponseReturnValue:
    """Vuelve a tomar el registro: quizá ya existe su evento o ya se actualizó el servidor."""
    with anotando("reintentar cuarentena", f"cuarentena {id}"):
        estado = recepcion.reintentar(bd(), id, sello=instalacion().sello, ahora=ahora())
    if estado in ("aceptado", "repetido", None):
        flash("Ya se contó." if estado else "Ese registro ya se había revisado.")
    else:
        flash("Todavía no se puede contar. Sigue guardado aquí.")
    return redirect(url_for(".cuarentena"), 303)
