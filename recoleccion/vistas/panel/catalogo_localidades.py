"""Cargar las localidades del INEGI: subir su archivo, ver qué se leyó, decir la zona de cada una y guardar."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from formularios import localidades as inegi
from formularios.catalogos import ErrorCatalogo
from formularios.hoja_catalogo import CambioAjeno
from recoleccion.consultas import localidades as consulta
from recoleccion.consultas import oficina
from recoleccion.errores import ErrorJornada
from recoleccion.fechas import plural

from .. import seguridad
from ..contexto import ahora, bd, instalacion
from ..sesion import requiere
from . import bp
from .comun import anotando
from .subida import recibir

MAXIMO = 30_000_000
MINIMO = 1
SIN_CLAVE = "Falta la clave del INEGI de su municipio. Escríbala en «Ajustes» y regrese."


@bp.route("/catalogos/localidad/inegi", methods=["GET", "POST"])
@seguridad.csrf.exempt
@requiere("titular")
def localidades_cargar() -> ResponseReturnValue:
    """Sube el archivo. Lo leído espera un día a que se revise; nada se cambia todavía."""
    municipio = oficina.clave_inegi(bd(), instalacion())
    if request.method == "GET":
        return _subir(municipio)
    try:
        nombre, contenido = recibir("archivo", MAXIMO)
    except ErrorJornada as error:
        return _subir(municipio, f"{error.mensaje} Baje el de su estado, no el de todo el país."), error.http_status
    if municipio is None:
        return _subir(municipio, SIN_CLAVE), 422
    if not contenido:
        return _subir(municipio, "Elija el archivo del INEGI."), 422
    try:
        lectura = inegi.leer(nombre, contenido, municipio)
    except inegi.ErrorLocalidades as error:
        return _subir(municipio, f"{error} No se cambió nada."), 422
    consulta.dejar(bd(), lectura, nombre, ahora())
    return redirect(url_for(".localidades_previa"), 303)


@bp.route("/catalogos/localidad/previa", methods=["GET", "POST"])
@requiere("titular")
def localidades_previa() -> ResponseReturnValue:
    """Lo que se leyó, con la zona de cada una; al aceptar se guarda justo eso."""
    hallada = consulta.en_espera(bd(), ahora())
    if hallada is None:
        return redirect(url_for(".localidades_cargar"), 303)
    try:
        vista = consulta.previa(bd(), instalacion(), *hallada, _minimo())
        if request.method == "POST":
            return _guardar(vista)
    except ErrorCatalogo as error:
        raise ErrorJornada("catalogo_ilegible", detalle=str(error).rstrip(".")) from error
    except CambioAjeno as error:
        raise ErrorJornada("catalogo_cambio") from error
    return render_template("panel/localidades_previa.html", vista=vista, elegidas={}, error=None)


@bp.post("/catalogos/localidad/descarte")
@requiere("titular")
def localidades_descartar() -> ResponseReturnValue:
    consulta.olvidar(bd())
    flash("Se descartó: no se cambió nada.")
    return redirect(url_for(".catalogo", catalogo="localidad"), 303)


def _guardar(vista: consulta.Previa) -> ResponseReturnValue:
    resto = request.form.get("resto", "")
    elegidas = {f["clave"]: request.form.get(f"zona-{f['clave']}", f["zona"]) or resto for f in vista.filas}
    error = None
    if vista.sobran:
        error = f"No caben: sobran {vista.sobran}. Suba el número de habitantes y vea otra vez."
    elif sin_zona := [fila["etiqueta"] for fila in vista.filas if not elegidas[fila["clave"]]]:
        error = f"Falta la zona de {plural(len(sin_zona), 'localidad', 'localidades')}, como «{sin_zona[0]}»."
    if error:
        return render_template("panel/localidades_previa.html", vista=vista, elegidas=elegidas, error=error), 422
    detalle = f"{vista.archivo}: {plural(vista.nuevas, 'nueva', 'nuevas')}"
    with anotando("cargar localidades", "catálogo localidad", detalle):
        consulta.guardar(bd(), instalacion(), vista, elegidas)
        consulta.olvidar(bd())
    flash(f"Se cargaron {plural(len(vista.filas), 'localidad', 'localidades')}.")
    return redirect(url_for(".catalogo", catalogo="localidad"), 303)


def _minimo() -> int:
    escrito = request.values.get("minimo", "")
    return int(escrito) if escrito.isascii() and escrito.isdigit() and len(escrito) < 7 else MINIMO


def _subir(municipio: str | None, error: str | None = None) -> str:
    return render_template(
        "panel/localidades_cargar.html", municipio=municipio, error=error, megas=MAXIMO // 1_000_000,
        en_espera=consulta.en_espera(bd(), ahora()),
    )  # fmt: skip
