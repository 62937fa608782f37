"""Las dudas y sugerencias que se escribieron en las encuestas. Sólo las lee la titular; nunca se publican."""

from itertools import groupby

from flask import render_template
from flask.typing import ResponseReturnValue

from formularios.huecos import neutro
from recoleccion.consultas import instrumentos, urna

from ..contexto import bd, instalacion
from ..sesion import requiere
from . import bp


@bp.get("/comentarios")
@requiere("titular")
def comentarios() -> ResponseReturnValue:
    """Por mes y programa, sin evento ni orden de llegada."""
    base, etiqueta = bd(), instalacion().catalogos.etiqueta
    # De la versión más vieja a la más nueva: cada pregunta con sus últimas palabras, también la que ya se quitó.
    preguntas = {
        (fila["clave"], pregunta.clave): f"{version['titulo']} · {neutro(pregunta.texto) or pregunta.clave}"
        for fila in instrumentos.listar(base)
        for version in reversed(instrumentos.versiones(base, fila["clave"]))
        for pregunta in instrumentos.leer(base, fila["clave"], version["version"]).preguntas
    }
    grupos = [
        {
            "mes": mes,
            "programa": etiqueta("programa", programa),
            "pregunta": preguntas.get((instrumento, pregunta), pregunta),
            "textos": [fila["texto"] for fila in filas],
        }
        for (mes, programa, instrumento, pregunta), filas in groupby(
            urna.comentarios(base), key=lambda f: (f["mes"], f["programa"], f["instrumento"], f["pregunta"])
        )
    ]
    return render_template("panel/comentarios.html", grupos=grupos)
