"""La carta descriptiva de un evento: escribirla, verla y su PDF."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from formularios.carta import (
    MAXIMO_MOMENTOS,
    MOMENTOS,
    FormularioCarta,
    como_se_llena,
    formulario_carta,
    minutos,
)
from recoleccion.consultas import cartas, oficina
from recoleccion.errores import ErrorJornada
from recoleccion.fechas import fecha_larga, horario
from recoleccion.impresos.carta import carta_pdf
from recoleccion.reglas import limites

from ..contexto import ahora, bd, instalacion
from ..sesion import requiere
from . import bp
from .comun import anotando, evento_o_404
from .impresos import pdf


@bp.route("/eventos/<id>/carta", methods=["GET", "POST"])
@requiere("titular")
def carta(id: str) -> ResponseReturnValue:
    """Siempre hay renglones de sobra; con «Guardar y agregar renglones», más.

    Si otra persona la guardó mientras tanto, lo suyo se enseña junto a lo que se escribió y se decide.
    """
    evento, actual = evento_o_404(id), cartas.leer(bd(), id)
    if request.method == "GET":
        formulario = formulario_carta(_renglones(actual))(data=como_se_llena(actual))
        return _pagina(evento, actual, formulario)
    formulario = formulario_carta(_mandados())(request.form)
    if not formulario.validate():
        return _pagina(evento, actual, formulario, vista=request.form.get("vista", ""))
    try:
        with anotando("escribir carta", f"evento {id}"):
            cartas.guardar(bd(), id, formulario.a_dict(), vista=request.form.get("vista") or None, ahora=ahora())
    except ErrorJornada as error:
        if error.codigo != "cambio_de_otra_persona":
            raise
        return _pagina(evento, cartas.leer(bd(), id), formulario, la_otra=True)
    flash("Se guardó la carta descriptiva.")
    return redirect(url_for(".carta", id=id, mas=1) if "mas" in request.form else url_for(".evento", id=id), 303)


def _renglones(actual: dict[str, Any] | None) -> int:
    escritos = len(actual["momentos"]) if actual else 0
    return max(MOMENTOS, escritos + (4 if request.args.get("mas") else 1))


def _mandados() -> int:
    """Cuántos renglones trae el formulario."""
    return sum(f"momento-{n}" in request.form for n in range(1, MAXIMO_MOMENTOS + 1)) or 1


def _pagina(
    evento: dict[str, Any],
    actual: dict[str, Any] | None,
    formulario: FormularioCarta,
    *,
    vista: str | None = None,
    la_otra: bool = False,
) -> ResponseReturnValue:
    """:param la_otra: enseñar también la que está guardada."""
    pagina = render_template(
        "panel/carta.html",
        evento=evento,
        actual=actual,
        formulario=formulario,
        vista=vista if vista is not None else (actual or {}).get("marca", ""),
        la_otra=la_otra and actual is not None,
        suma=minutos(actual["momentos"]) if actual else 0,
        dura=_dura(evento),
    )
    return pagina, 409 if la_otra else 422 if formulario.errors else 200


def _dura(evento: dict[str, Any]) -> int:
    inicio, fin = limites(evento, ahora())
    return int((fin - inicio).total_seconds()) // 60


@bp.get("/eventos/<id>/carta.pdf")
@requiere("titular")
def carta_para_imprimir(id: str) -> ResponseReturnValue:
    """Sin carta escrita sale la hoja en blanco, para llenarla a mano."""
    evento, actual = evento_o_404(id), cartas.leer(bd(), id)
    etiqueta = instalacion().catalogos.etiqueta
    datos = [
        ("Actividad", etiqueta("tipo", evento["tipo"])),
        ("Tema", etiqueta("tema", evento["tema"])),
        ("Fecha", fecha_larga(evento["fecha"], con_ejercicio=True)),
        ("Hora", horario(evento["hora_inicio"], evento["hora_fin"])),
        ("Sede", evento["sede"]),
        ("Facilita", evento["facilitadora"] or ""),
        ("Programa", etiqueta("programa", evento["programa"])),
        ("Duración", f"{_dura(evento)} minutos"),
    ]
    membrete = oficina.membrete(bd(), instalacion(), evento["programa"])
    return pdf(
        carta_pdf(
            oficina=membrete.oficina,
            titulo=evento["titulo"],
            datos=datos,
            carta=actual or {},
            leyenda=membrete.leyenda,
            logo=membrete.logo,
        ),
        f"carta-{evento['clave']}",
    )
