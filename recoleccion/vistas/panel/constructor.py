"""Hacer una encuesta en pantalla: empezarla, ver el borrador, mover y quitar preguntas, y guardarlo como versión.

Cada formulario lleva la revisión que se vio: si alguien más cambió el borrador, no se pisa (``consultas/borradores``).
"""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from formularios import edicion
from formularios.edicion import Borrador
from recoleccion.consultas import borradores
from recoleccion.consultas.borradores import Guardado
from recoleccion.errores import ErrorJornada

from ..contexto import ahora, bd
from ..sesion import requiere
from . import bp
from .comun import anotando, entero_escrito
from .constructor_leido import a_la_vista
from .formas_constructor import FormularioNueva, FormularioPortada, de_portada, minutos_de
from .instrumentos_vista import probar
from .marco import con_marco

ALGUIEN_MAS = (
    "Alguien más la cambió mientras usted la veía, y lo que pidió no se hizo. Así quedó: repítalo si hace falta."
)


def borrador_o_404(clave: str) -> Guardado:
    try:
        return borradores.leer(bd(), clave)
    except ErrorJornada:
        abort(404)


def guardar(borrador: Borrador, que: str) -> None:
    """:raises ErrorJornada: ``borrador_cambio``."""
    with anotando(que, f"encuesta {borrador['modelo']['clave']}"):
        borradores.guardar(bd(), borrador, revision=entero_escrito("revision"), ahora=ahora())


@bp.route("/instrumentos/nueva", methods=["GET", "POST"])
@requiere("titular")
def constructor_nueva() -> ResponseReturnValue:
    inicio = {"intro": edicion.INTRO, "minutos": "2"}
    formulario = FormularioNueva(request.form if request.method == "POST" else None, data=inicio)
    if request.method == "POST" and formulario.validate():
        with anotando("empezar encuesta", "encuesta nueva", formulario.titulo.data):
            clave = borradores.crear(
                bd(),
                formulario.titulo.data,
                minutos=minutos_de(formulario.minutos.data),
                intro=formulario.intro.data or "",
                ahora=ahora(),
            )
        return redirect(url_for(".constructor_pregunta_nueva", clave=clave), 303)
    estado = 422 if formulario.errors else 200
    return render_template("panel/constructor_nueva.html", formulario=formulario), estado


@bp.post("/instrumentos/<clave>/copia")
@requiere("titular")
def constructor_copiar(clave: str) -> ResponseReturnValue:
    """Empezar otra a partir de ésta."""
    try:
        with anotando("copiar encuesta", f"encuesta {clave}"):
            otra = borradores.copiar(bd(), clave, ahora=ahora())
    except ErrorJornada:
        abort(404)
    flash("Es una copia: cámbiele el título y lo que quiera. La original sigue igual.")
    return redirect(url_for(".constructor", clave=otra), 303)


@bp.get("/instrumentos/<clave>/editar")
@requiere("titular")
def constructor(clave: str) -> ResponseReturnValue:
    return _pagina(clave)


def _pagina(clave: str, aviso: str | None = None, estado: int = 200) -> ResponseReturnValue:
    leido = a_la_vista(borrador_o_404(clave))
    return con_marco(render_template("panel/constructor.html", clave=clave, aviso=aviso, **leido), estado)


@bp.post("/instrumentos/<clave>/editar")
@requiere("titular")
def constructor_cambiar(clave: str) -> ResponseReturnValue:
    """Los botones de cada pregunta, y deshacer."""
    guardado = borrador_o_404(clave)
    accion, pregunta = request.form.get("accion", ""), request.form.get("pregunta", "")
    antes = guardado.borrador
    despues, cual = {
        "subir": lambda: (edicion.mover(antes, pregunta, -1), pregunta),
        "bajar": lambda: (edicion.mover(antes, pregunta, 1), pregunta),
        "duplicar": lambda: _con_copia(antes, pregunta),
        "quitar": lambda: (edicion.quitar(antes, pregunta), None),
        "deshacer": lambda: (edicion.deshacer(antes), None),
    }.get(accion, lambda: (antes, None))()
    if despues is not antes:
        try:
            guardar(despues, f"{accion} pregunta")
        except ErrorJornada as error:
            return _si_cambio(error, clave)
    return redirect(url_for(".constructor", clave=clave, _anchor=cual or "preguntas"), 303)


def _con_copia(borrador: Borrador, pregunta: str) -> tuple[Borrador, str]:
    nuevo = edicion.duplicar(borrador, pregunta)
    claves = {p["clave"] for p in borrador["modelo"]["preguntas"]}
    return nuevo, next((p["clave"] for p in nuevo["modelo"]["preguntas"] if p["clave"] not in claves), pregunta)


def _si_cambio(error: ErrorJornada, clave: str) -> ResponseReturnValue:
    """La página como quedó, con lo que pasó arriba."""
    avisos = {"borrador_cambio": ALGUIEN_MAS, "borrador_incompleto": str(error), "borrador_igual": str(error)}
    if error.codigo not in avisos:
        raise error
    return _pagina(clave, avisos[error.codigo], error.http_status)


@bp.route("/instrumentos/<clave>/editar/portada", methods=["GET", "POST"])
@requiere("titular")
def constructor_portada(clave: str) -> ResponseReturnValue:
    guardado = borrador_o_404(clave)
    formulario = FormularioPortada(
        request.form if request.method == "POST" else None, data=de_portada(guardado.borrador)
    )
    contexto: dict[str, Any] = {"guardado": guardado, "formulario": formulario, "clave": clave, "ahora_dice": None}
    if request.method == "POST" and formulario.validate():
        try:
            guardar(formulario.aplicar(guardado.borrador), "cambiar portada")
        except ErrorJornada as error:
            if error.codigo != "borrador_cambio":
                raise
            contexto["ahora_dice"] = de_portada(guardado.borrador)
            return render_template("panel/constructor_portada.html", **contexto), 409
        return redirect(url_for(".constructor", clave=clave), 303)
    return render_template("panel/constructor_portada.html", **contexto), 422 if formulario.errors else 200


@bp.route("/instrumentos/<clave>/editar/vista", methods=["GET", "POST"])
@requiere("titular")
def constructor_vista(clave: str) -> ResponseReturnValue:
    """El borrador como lo verá una asistente; con algo por corregir, todavía no se puede."""
    guardado = borrador_o_404(clave)
    if edicion.problemas(guardado.borrador):
        return redirect(url_for(".constructor", clave=clave), 303)
    return probar(edicion.instrumento(guardado.borrador))


@bp.post("/instrumentos/<clave>/editar/version")
@requiere("titular")
def constructor_guardar(clave: str) -> ResponseReturnValue:
    revision, version = entero_escrito("revision"), entero_escrito("version")
    try:
        with anotando("guardar encuesta", f"encuesta {clave}", f"versión {version}"):
            guardada = borradores.guardar_version(bd(), clave, revision=revision, version=version, ahora=ahora())
    except ErrorJornada as error:
        return _si_cambio(error, clave)
    flash(f"Se guardó «{guardada.titulo}», versión {guardada.version}. Ya se puede elegir en un evento.")
    return redirect(url_for(".instrumento_ultimo", clave=clave), 303)


@bp.post("/instrumentos/<clave>/editar/descarte")
@requiere("titular")
def constructor_descartar(clave: str) -> ResponseReturnValue:
    titulo = borrador_o_404(clave).borrador["modelo"]["titulo"]
    try:
        with anotando("descartar borrador", f"encuesta {clave}"):
            borradores.descartar(bd(), clave, revision=entero_escrito("revision"))
    except ErrorJornada as error:
        return _si_cambio(error, clave)
    flash(f"Se descartó el borrador de «{titulo}». Las versiones guardadas siguen igual.")
    return redirect(url_for(".instrumentos_lista"), 303)
