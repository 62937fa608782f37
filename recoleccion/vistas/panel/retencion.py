"""Los nombres que ya toca borrar: cuántos hay de cada año y borrar, para siempre, los que vencieron."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from recoleccion.consultas import retencion as consulta
from recoleccion.consultas.conexion import escritura
from recoleccion.fechas import plural

from ..contexto import ahora, bd, instalacion
from ..sesion import confirma, requiere
from . import bp
from .comun import anotar, entero_escrito


@bp.get("/nombres")
@requiere("titular")
def retencion() -> ResponseReturnValue:
    return _pagina()


@bp.post("/nombres")
@requiere("titular")
@confirma
def retencion_borrar() -> ResponseReturnValue:
    """Pide escribir el año: no se deshace. Queda constancia de cuántos eran, nunca de quiénes."""
    anio = entero_escrito("anio")
    if request.form.get("escrito", "").strip() != str(anio):
        return _pagina(error=anio), 422
    with escritura(bd()):
        cuantos = consulta.borrar(bd(), anio, ahora().date())
        anotar("borrar nombres", f"programa {anio}", plural(cuantos, "registro", "registros"))
    consulta.rematar(bd(), instalacion().evidencias)
    flash(f"Se borraron para siempre los nombres y teléfonos de {plural(cuantos, 'registro', 'registros')} de {anio}.")
    return redirect(url_for(".retencion"), 303)


def _pagina(error: int | None = None) -> str:
    ultimo = consulta.ultimo_vencido(ahora().date())
    nombres, hojas = consulta.por_anio(bd()), consulta.hojas_por_anio(bd())
    anios = {anio: (nombres.get(anio, 0), hojas.get(anio, 0)) for anio in sorted({*nombres, *hojas})}
    return render_template("panel/retencion.html", anios=anios, ultimo=ultimo, error=error)
