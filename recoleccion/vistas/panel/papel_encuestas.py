"""Pasar encuestas de papel: una hoja tras otra, a la misma urna y por la misma puerta que las del teléfono.

De una hoja no queda cuándo se pasó, ni quién, ni en qué lugar de la pila iba; de la pila, sólo cuántas fueron. Lo que
va contado vive en la sesión de quien la pasa y se olvida al terminar. La hoja a medias, sólo en la memoria.
"""

from typing import Any

from flask import flash, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from formularios import contestar
from formularios.dibujo import dibujar
from formularios.instrumento import Instrumento
from recoleccion import reglas
from recoleccion.consultas import instrumentos, papel, recepcion, urna
from recoleccion.fechas import plural

from ..contexto import ahora, azar, bd, instalacion, nuevo_id
from ..sesion import cuenta_segura, requiere
from . import bp
from .comun import anotando, evento_o_404
from .papel import es_antes, evento_con_papel, seguir
from .papel_memoria import hojas

_PILA = "pila"
EN_BLANCO = "Esa hoja no traía ninguna respuesta: no se guardó. Siga con la que sigue."
DE_MENOR = "Esa hoja es de una persona a quien no se le pregunta por su edad: no se guardó. Siga con la que sigue."
POR_REVISAR = "Esa hoja no se pudo acomodar y quedó en «Por revisar». Siga con la que sigue."


@bp.route("/eventos/<id>/papel/encuesta", methods=["GET", "POST"])
@requiere("titular")
def papel_encuesta(id: str) -> ResponseReturnValue:
    """La encuesta ``n`` del evento, para la hoja que sigue de la pila."""
    evento = evento_con_papel(id) if request.method == "POST" else evento_o_404(id)
    n = request.args.get("n", 1, int)
    if not 1 <= n <= len(evento["encuestas"]):
        flash("Ese evento no lleva esa encuesta.")
        return redirect(url_for(".papel_evento", id=id), 303)
    encuesta = evento["encuestas"][n - 1]
    instrumento = instrumentos.leer(bd(), encuesta["instrumento"], encuesta["version"]).para_tema(evento["tema"])
    datos, errores, hoja = None, {}, _id_de_la_hoja()
    if request.method == "POST":
        datos = request.form.to_dict(flat=False)
        validacion = contestar.validar(instrumento, datos, ahora=ahora(), personal=True)
        if not validacion.errores:
            _guardar(evento, instrumento, validacion, datos)
            return seguir(url_for(".papel_encuesta", id=id, n=n))
        errores = validacion.errores
    elif (a_medias := _a_medias(request.args.get("hoja", ""))) is not None:
        datos, hoja = a_medias, request.args["hoja"]
    pagina = render_template(
        "panel/papel_encuesta.html",
        evento=evento,
        antes=es_antes(evento),
        n=n,
        dibujo=dibujar(instrumento, datos, errores, personal=True, ahora=ahora()),
        errores=errores,
        van=_van(evento, instrumento),
        id=hoja,
        aqui=url_for(".papel_encuesta", id=id, n=n, hoja=hoja),
    )
    return pagina, 422 if errores else 200


@bp.post("/eventos/<id>/papel/encuesta/medias")
@requiere("titular")
def papel_encuesta_medias(id: str) -> ResponseReturnValue:
    """Lo marcado hasta ahora, para que recargar no lo pierda."""
    hoja = papel.id_de_hoja(request.form.get("id"))
    if hoja is not None:
        datos = {campo: valores for campo, valores in request.form.to_dict(flat=False).items() if campo != "csrf_token"}
        hojas().guardar(cuenta_segura().id, hoja, datos, ahora())
    return jsonify(guardado=hoja is not None)


@bp.post("/eventos/<id>/papel/encuesta/fin")
@requiere("titular")
def papel_encuesta_fin(id: str) -> ResponseReturnValue:
    """Termina la pila. De un evento ya cerrado se intenta contar lo que llegó tarde."""
    evento = evento_con_papel(id)
    van = session.pop(_PILA, {}).get("van", 0)
    if not van:
        flash("No había ninguna hoja en la pila.")
        return redirect(url_for(".papel_evento", id=id), 303)
    hojas = plural(van, "hoja", "hojas")
    with anotando("pasar encuestas de papel", f"evento {id}", hojas):
        pass
    frase = f"Se {'pasó' if van == 1 else 'pasaron'} {hojas}. Esperan en la urna."
    if evento["estado"] == "cerrado":
        resumen = urna.abrir_las_que_toquen(bd(), evento["programa"], instalacion().sello, azar(), ahora())
        if resumen["abiertas"]:
            frase = f"Se pasaron {hojas} y la urna se abrió: ya se cuentan."
    flash(frase)
    return redirect(url_for(".papel_evento", id=id), 303)


def _guardar(
    evento: dict[str, Any], instrumento: Instrumento, validacion: contestar.Validacion, datos: dict[str, list[str]]
) -> None:
    """Echa la hoja a la urna y la cuenta en la pila; mandarla otra vez no hace nada."""
    hojas().olvidar(cuenta_segura().id, _id_de_la_hoja())
    if not (validacion.respuestas or validacion.textos):
        flash(EN_BLANCO)
        return
    if not reglas.puede_contestar(instrumento.edad_minima, validacion.edad, evento["autorizacion_escolar"]):
        flash(DE_MENOR)
        return
    registro = {
        "v": 1,
        "id": _id_de_la_hoja(),
        "tipo": "contestacion",
        "evento": evento["id"],
        "hora": None,
        "sesgo_ms": None,
        "datos": {
            "instrumento": instrumento.clave,
            "version": instrumento.version,
            "ficha": validacion.ficha,
            "respuestas": contestar.del_instrumento(instrumento, datos, personal=True),
        },
    }
    estado = recepcion.registrar_en_linea(bd(), registro, sello=instalacion().sello, ahora=ahora())
    if estado not in ("aceptado", "repetido"):
        flash(POR_REVISAR)
        return
    pila = session.get(_PILA, {})
    if pila.get("ultima") != registro["id"]:
        session[_PILA] = {**_de(evento, instrumento), "van": _van(evento, instrumento) + 1, "ultima": registro["id"]}


def _a_medias(hoja: str) -> dict[str, list[str]] | None:
    """Lo marcado en una hoja que esta cuenta no acabó de pasar."""
    marcado = hojas().leer(cuenta_segura().id, hoja, ahora())
    return None if marcado is None or papel.ya_entraron(bd(), [hoja]) else marcado


def _de(evento: dict[str, Any], instrumento: Instrumento) -> dict[str, str]:
    return {"evento": evento["id"], "encuesta": instrumento.clave}


def _van(evento: dict[str, Any], instrumento: Instrumento) -> int:
    """Cuántas hojas lleva esta pila; otra encuesta, u otro evento, empieza otra."""
    pila = session.get(_PILA, {})
    return int(pila["van"]) if _de(evento, instrumento).items() <= pila.items() else 0


def _id_de_la_hoja() -> str:
    """El que nació con la página; uno nuevo si falta o no sirve."""
    return papel.id_de_hoja(request.form.get("id")) or nuevo_id()
