"""Los nombres que ya toca borrar: cuántos hay de cada año, y borrar para siempre, con acta, los que vencieron."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from recoleccion.consultas import actas, oficina
from recoleccion.consultas import retencion as consulta
from recoleccion.errores import ErrorJornada
from recoleccion.fechas import plural
from recoleccion.impresos.acta import papel_pdf
from recoleccion.impresos.derechos import de_borrado

from ..contexto import ahora, bd, instalacion
from ..sesion import confirma, cuenta_segura, requiere
from . import bp
from .comun import anotando, entero_escrito
from .impresos import pdf


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
    acta = consulta.borrar_con_acta(bd(), anio, ahora=ahora(), quien=cuenta_segura().usuario)
    consulta.rematar(bd(), instalacion().evidencias)
    cuantos = (actas.leer(bd(), acta) or {"datos": {"nombres": 0}})["datos"]["nombres"]
    flash(
        f"Se borraron para siempre los nombres y teléfonos de {plural(cuantos, 'registro', 'registros')} de {anio}."
        " Imprima el acta y archívela."
    )
    return redirect(url_for(".retencion"), 303)


@bp.post("/nombres/periodo")
@requiere("titular")
def retencion_periodo() -> ResponseReturnValue:
    """Cuántos años se guardan: lo que diga el aviso de la oficina."""
    anios = entero_escrito("anios")
    if not 1 <= anios <= consulta.MAXIMO:
        return _pagina(mal_periodo=True), 422
    with anotando("cambiar conservación", "ajustes", plural(anios, "año más", "años más")):
        consulta.cambiar_conserva(bd(), anios)
    flash("Se guardó. Vea que el aviso de privacidad diga lo mismo.")
    return redirect(url_for(".retencion"), 303)


@bp.get("/nombres/actas/<id>.pdf")
@requiere("titular")
def retencion_acta(id: str) -> ResponseReturnValue:
    """El acta de algo que se borró. No dice de quién era. :raises ErrorJornada: ``acta_no_existe``."""
    acta = actas.leer(bd(), id)
    if acta is None:
        raise ErrorJornada("acta_no_existe")
    return pdf(papel_pdf(de_borrado(oficina.membrete(bd(), instalacion()).oficina, acta)), f"acta-{id}")


def _pagina(error: int | None = None, *, mal_periodo: bool = False) -> str:
    conserva = consulta.conserva(bd())
    nombres, hojas = consulta.por_anio(bd()), consulta.hojas_por_anio(bd())
    anios = {anio: (nombres.get(anio, 0), hojas.get(anio, 0)) for anio in sorted({*nombres, *hojas})}
    return render_template(
        "panel/retencion.html",
        anios=anios,
        conserva=conserva,
        maximo=consulta.MAXIMO,
        ultimo=consulta.ultimo_vencido(ahora().date(), conserva),
        actas=actas.listar(bd(), "conservacion"),
        error=error,
        mal_periodo=mal_periodo,
    )
