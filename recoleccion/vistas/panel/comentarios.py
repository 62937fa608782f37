"""Las dudas y sugerencias que se escribieron en las encuestas. Sólo las lee la titular; nunca se publican.

Ella dice de qué trata cada una, en una lista cerrada, y después puede borrar los textos y quedarse con las cuentas.
"""

from itertools import groupby

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from formularios.huecos import neutro
from recoleccion.consultas import comentarios as consulta
from recoleccion.consultas import instrumentos, urna
from recoleccion.consultas.conexion import vaciar_bitacora
from recoleccion.fechas import plural

from ..contexto import bd, instalacion
from ..sesion import requiere
from . import bp
from .comun import anotando

DE = "de-"
"""Con qué empieza el nombre del campo de cada texto."""


@bp.get("/comentarios")
@requiere("titular")
def comentarios() -> ResponseReturnValue:
    """Por mes y programa, sin evento ni orden de llegada."""
    base, etiqueta = bd(), instalacion().catalogos.etiqueta
    # De la versión más vieja a la más nueva: cada pregunta con sus últimas palabras, también la que ya se quitó.
    preguntas = {
        (encuesta.clave, pregunta.clave): f"{encuesta.titulo} · {neutro(pregunta.texto) or pregunta.clave}"
        for encuesta in instrumentos.todas(base)
        for pregunta in encuesta.preguntas
    }
    grupos = [
        {
            "mes": mes,
            "programa": etiqueta("programa", programa),
            "pregunta": preguntas.get((instrumento, pregunta), pregunta),
            "textos": list(filas),
        }
        for (mes, programa, instrumento, pregunta), filas in groupby(
            urna.comentarios(base), key=lambda f: (f["mes"], f["programa"], f["instrumento"], f["pregunta"])
        )
    ]
    suyas = consulta.claves(base)
    clasificados = sum(fila["id"] in suyas for grupo in grupos for fila in grupo["textos"])
    cuentas = {consulta.CLAVES.get(clave, clave): n for clave, n in consulta.cuentas(base).items()}
    return render_template(
        "panel/comentarios.html", grupos=grupos, claves=consulta.CLAVES, suyas=suyas, de=DE, cuentas=cuentas,
        clasificados=clasificados,
    )  # fmt: skip


@bp.post("/comentarios")
@requiere("titular")
def comentarios_clasificar() -> ResponseReturnValue:
    elegidas = {campo.removeprefix(DE): clave for campo, clave in request.form.items() if campo.startswith(DE)}
    with anotando("clasificar textos", "comentarios"):
        cuantos = consulta.clasificar(bd(), elegidas)
    flash(f"Se guardó de qué {'trata' if cuantos == 1 else 'tratan'} {plural(cuantos, 'texto', 'textos')}.")
    return redirect(url_for(".comentarios"), 303)


@bp.post("/comentarios/borrado")
@requiere("titular")
def comentarios_borrar() -> ResponseReturnValue:
    with anotando("borrar textos clasificados", "comentarios"):
        cuantos = consulta.borrar_los_clasificados(bd())
    vaciar_bitacora(bd())
    flash(f"Se {'borró' if cuantos == 1 else 'borraron'} {plural(cuantos, 'texto', 'textos')}. Las cuentas se quedan.")
    return redirect(url_for(".comentarios"), 303)
