"""Probar una encuesta como la verá una asistente: los mismos campos y estilos, se contesta y se revisa, nada se guarda.

Va en un marco del ancho de un teléfono, o en su propia página.
"""

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from formularios import contestar
from formularios.dibujo import dibujar
from formularios.huecos import sin_huecos
from formularios.instrumento import Instrumento
from recoleccion.consultas import importadas

from ..contexto import ahora, bd
from ..sesion import requiere
from . import bp
from .instrumentos import encuesta_o_404
from .marco import enmarcable


@bp.route("/instrumentos/<clave>/<int:version>/vista", methods=["GET", "POST"])
@requiere("titular")
def instrumento_vista(clave: str, version: int) -> ResponseReturnValue:
    return probar(encuesta_o_404(clave, version))


@bp.route("/instrumentos/importada/<huella>/vista", methods=["GET", "POST"])
@requiere("titular")
def instrumento_importada_vista(huella: str) -> ResponseReturnValue:
    hallada = importadas.leer(bd(), huella)
    return probar(hallada[0]) if hallada else redirect(url_for(".instrumentos_lista"), 303)


def probar(entera: Instrumento) -> Response:
    """``?tema=`` escoge el módulo, ``?idioma=`` el idioma y ``?por_pantalla=1`` va de una en una.

    Con ``?personal=1``, como en un teléfono de la oficina, que pregunta más cosas.
    """
    encuesta = entera.para_tema(request.args.get("tema", ""))
    idioma = request.args.get("idioma", "")
    datos = request.form.to_dict(flat=False) if request.method == "POST" else None
    personal = request.args.get("personal") == "1"
    validacion = contestar.validar(encuesta, datos, ahora=ahora(), personal=personal) if datos is not None else None
    errores = validacion.errores if validacion else {}
    lista = validacion is not None and not errores
    pagina = render_template(
        "panel/instrumento_vista.html",
        encuesta=sin_huecos(encuesta.en(idioma)),
        dibujo=None
        if lista
        else dibujar(
            encuesta,
            datos,
            errores,
            personal=personal,
            por_pantalla=request.args.get("por_pantalla") == "1",
            idioma=idioma if idioma in encuesta.idiomas else None,
            ahora=ahora(),
        ),
        validacion=validacion,
    )
    return enmarcable(pagina, 422 if errores else 200)
