"""La hoja de cierre: cuántas personas se contaron a ojo contra las registradas, y qué pasó."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from formularios.carta import FormularioCierre
from recoleccion.consultas import asistencias, cierres, cuentas
from recoleccion.errores import ErrorJornada
from recoleccion.fechas import plural

from ..contexto import ahora, bd
from ..sesion import cuenta_segura, requiere
from . import bp
from .comun import anotando, evento_o_404
from .vivo import numeros


def comparar(contadas: int | None, registradas: int) -> str | None:
    """Lo contado a ojo contra lo registrado, en una frase; ``None`` si no se contó."""
    if contadas is None:
        return None
    faltan = contadas - registradas
    if faltan == 0:
        return "Se registró a todas las personas que se contaron."
    if faltan > 0:
        porcentaje = f"{round(100 * registradas / contadas)} % quedó en la lista"
        return f"{plural(faltan, 'persona', 'personas')} sin registrar ({porcentaje})."
    return f"Se registraron {plural(-faltan, 'persona más', 'personas más')}: quizá llegaron después de contar."


@bp.route("/eventos/<id>/hoja-de-cierre", methods=["GET", "POST"])
@requiere("titular")
def hoja_de_cierre(id: str) -> ResponseReturnValue:
    evento, actual = evento_o_404(id), cierres.leer(bd(), id)
    if request.method == "GET":
        datos = actual or {}
        contadas = "" if datos.get("contadas") is None else str(datos["contadas"])
        return _pagina(evento, actual, FormularioCierre(data={"contadas": contadas, "nota": datos.get("nota") or ""}))
    formulario = FormularioCierre(request.form)
    if not formulario.validate():
        return _pagina(evento, actual, formulario, vista=request.form.get("vista", ""))
    try:
        with anotando("hoja de cierre", f"evento {id}"):
            cierres.guardar(
                bd(),
                id,
                **formulario.a_dict(),
                vista=request.form.get("vista") or None,
                ahora=ahora(),
                quien=cuenta_segura().usuario,
            )
    except ErrorJornada as error:
        if error.codigo != "cambio_de_otra_persona":
            raise
        return _pagina(evento, cierres.leer(bd(), id), formulario, la_otra=True)
    flash("Se guardó la hoja de cierre.")
    return redirect(url_for(".evento", id=id), 303)


def _pagina(
    evento: dict[str, Any],
    actual: Mapping[str, Any] | None,
    formulario: FormularioCierre,
    *,
    vista: str | None = None,
    la_otra: bool = False,
) -> ResponseReturnValue:
    """:param la_otra: enseñar también la que está guardada, que escribió otra persona."""
    nombres = {cuenta.usuario: cuenta.nombre for cuenta in cuentas.listar(bd())}
    pagina = render_template(
        "panel/cierre.html",
        evento=evento,
        actual=actual,
        quien=nombres.get(actual["guardada_por"], actual["guardada_por"]) if actual else None,
        formulario=formulario,
        vista=vista if vista is not None else (actual or {}).get("marca", ""),
        la_otra=la_otra and actual is not None,
        vivo=numeros(evento),
        frase=comparar(actual["contadas"], asistencias.vivo(bd(), evento["id"])["total"]) if actual else None,
    )
    return pagina, 409 if la_otra else 422 if formulario.errors else 200
