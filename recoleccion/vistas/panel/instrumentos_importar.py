"""Agregar una encuesta desde una hoja de cálculo: leerla, enseñar qué se leyó y, si la titular dice que sí, guardarla.

Entre un paso y otro espera en la base, no en el navegador (ver ``consultas/importadas.py``). La lee otro proceso, con
tiempo y memoria contados (``formularios/aparte.py``).
"""

from dataclasses import asdict, replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from formularios import aparte
from formularios.instrumento import Instrumento
from recoleccion.consultas import importadas, instrumentos
from recoleccion.errores import ErrorJornada

from .. import seguridad
from ..contexto import ahora, bd
from ..sesion import requiere
from . import bp
from .comun import anotando
from .instrumentos import MEGAS, cambios, leido
from .marco import con_marco
from .subida import abrir, nombre_corto

_MAX_ARCHIVO = MEGAS * 1_000_000
MUY_GRANDE = f"El archivo pesa más de {MEGAS} MB. Quite imágenes y hojas que sobren, y súbalo otra vez."
SIN_ARCHIVO = "Elija el archivo de su encuesta: .xlsx, .xls, .csv o .zip."
A_LA_VISTA = 200
"""Problemas o avisos que se enseñan; con más, la hoja se arregla por partes."""


@bp.route("/instrumentos/importar", methods=["GET", "POST"])
@seguridad.csrf.exempt
@requiere("titular")
def instrumento_importar() -> ResponseReturnValue:
    """Lee el archivo. La ficha CSRF se comprueba aquí adentro: para leerla se acepta antes un cuerpo más grande."""
    if request.method == "GET":
        return _subir(None, 200)
    try:
        archivo, contenido = abrir("archivo", _MAX_ARCHIVO)
    except RequestEntityTooLarge:
        return _subir(MUY_GRANDE, 413)
    if archivo is None or not archivo.filename:
        return _subir(SIN_ARCHIVO, 422)
    if len(contenido) > _MAX_ARCHIVO:
        return _subir(MUY_GRANDE, 413)
    nombre = nombre_corto(archivo.filename) or "encuesta"
    resultado = aparte.importar(nombre, contenido)
    if resultado.instrumento is None:
        recortada = _dejar(resultado.recortada, nombre) if resultado.recortada else None
        datos = {"archivo": nombre, "resultado": resultado, "a_la_vista": A_LA_VISTA, "megas": MEGAS}
        return render_template("panel/instrumento_problemas.html", recortada=recortada, **datos), 422
    return redirect(url_for(".instrumento_importada", huella=_dejar(resultado, nombre)), 303)


def _dejar(leido: aparte.Leido, nombre: str) -> str:
    """La deja en espera de que la titular la vea; devuelve con qué se vuelve a pedir."""
    assert leido.instrumento is not None
    return importadas.dejar(bd(), leido.instrumento, [asdict(aviso) for aviso in leido.avisos], nombre, ahora())


def _subir(error: str | None, estado: int) -> ResponseReturnValue:
    return render_template("panel/instrumento_subir.html", error=error, megas=MEGAS), estado


@bp.get("/instrumentos/importada/<huella>")
@requiere("titular")
def instrumento_importada(huella: str) -> ResponseReturnValue:
    """El reporte de lo leído. Nada se ha guardado todavía."""
    return _reporte(huella)


def _reporte(huella: str, error: str | None = None) -> ResponseReturnValue:
    hallada = importadas.leer(bd(), huella)
    if hallada is None:
        return _ya_no_esta()
    encuesta, avisos, archivo = hallada
    anterior = next(instrumentos.anteriores(bd(), replace(encuesta, version=_siguiente(encuesta))), None)
    pagina = render_template(
        "panel/instrumento_importada.html",
        error=error,
        encuesta=encuesta,
        huella=huella,
        archivo=archivo,
        avisos=avisos,
        a_la_vista=A_LA_VISTA,
        lugar=instrumentos.lugar(bd(), encuesta),
        siguiente=_siguiente(encuesta),
        anterior=anterior,
        cambios=cambios(anterior, encuesta),
        leido=leido(encuesta),
    )
    return con_marco(pagina, 409 if error else 200)


@bp.post("/instrumentos/importada/<huella>")
@requiere("titular")
def instrumento_guardar(huella: str) -> ResponseReturnValue:
    """Guarda exactamente lo que se vio. Con ``version`` en el formulario, que es la que sigue, con ese número."""
    hallada = importadas.leer(bd(), huella)
    if hallada is None:
        return _ya_no_esta()
    encuesta = hallada[0]
    if "version" in request.form:
        if request.form["version"] != str(_siguiente(encuesta)):
            return _reporte(huella, "Entre tanto se guardó otra versión. Revísela y guarde otra vez.")
        encuesta = replace(encuesta, version=_siguiente(encuesta))
    if instrumentos.lugar(bd(), encuesta) == "igual":
        importadas.olvidar(bd(), huella)
        flash(f"«{encuesta.titulo}», versión {encuesta.version}, ya estaba guardada.")
        return redirect(url_for(".instrumento", clave=encuesta.clave, version=encuesta.version), 303)
    try:
        with anotando("guardar encuesta", f"encuesta {encuesta.clave} {encuesta.version}"):
            instrumentos.guardar(bd(), encuesta, ahora())
            importadas.olvidar(bd(), huella)
    except ErrorJornada as error:
        return _reporte(huella, f"No se guardó. {error.mensaje} {error.que_hacer}")
    flash(f"Se guardó «{encuesta.titulo}», versión {encuesta.version}. Ya se puede elegir en un evento.")
    return redirect(url_for(".instrumento", clave=encuesta.clave, version=encuesta.version), 303)


@bp.post("/instrumentos/importada/<huella>/descarte")
@requiere("titular")
def instrumento_descartar(huella: str) -> ResponseReturnValue:
    importadas.olvidar(bd(), huella)
    flash("Se descartó: no se guardó nada.")
    return redirect(url_for(".instrumentos_lista"), 303)


def _siguiente(encuesta: Instrumento) -> int:
    return instrumentos.siguiente_version(bd(), encuesta.clave)


def _ya_no_esta() -> ResponseReturnValue:
    flash("Esa hoja ya no está esperando: se guardó, se descartó o pasó un día. Si hace falta, súbala otra vez.")
    return redirect(url_for(".instrumentos_lista"), 303)
