"""Lo que lleva el papel: logotipo, leyenda y pie, de la oficina y de cada programa."""

from collections.abc import Sequence
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from formularios import hoja_catalogo
from formularios.catalogos import ErrorCatalogo, Opcion
from formularios.hoja_catalogo import CambioAjeno, huella_fila
from recoleccion import fotos
from recoleccion.consultas import ajustes, oficina
from recoleccion.errores import ErrorJornada

from .. import seguridad
from ..contexto import bd, instalacion
from ..sesion import requiere
from . import bp
from .comun import anotando
from .formas_catalogos import FormularioPapel
from .subida import recibir

MAXIMO = 10_000_000
"""Bytes del archivo que se sube; guardado pesa mucho menos."""
TEXTOS = ("leyenda", "pie")
ES_SVG = "Un SVG puede llevar instrucciones adentro y no se acepta. Guárdelo como PNG y súbalo otra vez."
NO_ES_IMAGEN = "Ese archivo no es una imagen. Suba el logotipo en PNG o JPG."
NO_SE_LEE = "El archivo está dañado o incompleto. Ábralo, guárdelo otra vez como PNG y súbalo."


@bp.route("/papeleria", methods=["GET", "POST"])
@seguridad.csrf.exempt
@requiere("titular")
def papeleria() -> ResponseReturnValue:
    """Lo de la oficina, y cómo queda cada programa."""
    return _editar(None)


@bp.route("/papeleria/<clave>", methods=["GET", "POST"])
@seguridad.csrf.exempt
@requiere("titular")
def papeleria_programa(clave: str) -> ResponseReturnValue:
    return _editar(clave)


@bp.get("/papeleria/logo.jpg")
@requiere("titular")
def logo_oficina() -> ResponseReturnValue:
    return _imagen(None)


@bp.get("/papeleria/<clave>/logo.jpg")
@requiere("titular")
def logo_programa(clave: str) -> ResponseReturnValue:
    """El que sale en el papel de ese programa: el suyo o, si no tiene, el de la oficina."""
    return _imagen(_programa(clave).clave)


def _imagen(programa: str | None) -> ResponseReturnValue:
    imagen = oficina.membrete(bd(), instalacion(), programa).logo
    if imagen is None:
        return "", 204
    tipo = "image/png" if imagen.startswith(b"\x89PNG") else "image/jpeg"
    respuesta = Response(imagen, mimetype=tipo)
    respuesta.headers["Cache-Control"] = "no-store"
    return respuesta


def _editar(clave: str | None) -> ResponseReturnValue:
    if request.method == "GET":
        programa = _programa(clave) if clave else None
        return _pagina(programa, FormularioPapel(data=_textos(programa)))
    nombre, contenido, grande = "", b"", None
    try:
        nombre, contenido = recibir("logo", MAXIMO)  # antes que nada: ahí se revisa la ficha CSRF
    except ErrorJornada as error:
        grande = error
    programa = _programa(clave) if clave else None
    if grande:
        return _rechazado(programa, FormularioPapel(data=_textos(programa)), grande)
    formulario = FormularioPapel(request.form)
    if not formulario.validate():
        return _pagina(programa, formulario), 422
    try:
        logo = _limpio(nombre, contenido) if contenido else None
    except ErrorJornada as error:
        return _rechazado(programa, formulario, error)
    except ValueError as error:
        return _pagina(programa, formulario, str(error)), 422
    actual = _textos(programa)
    if request.form.get("revision", huella_fila(actual)) != huella_fila(actual):
        cambios = [(formulario[c].label.text, actual[c], formulario[c].data or "") for c in TEXTOS]
        if cambios := [uno for uno in cambios if uno[1] != uno[2]]:
            return _pagina(programa, formulario, cambios=cambios), 409
    return _guardar(programa, formulario, logo, actual)


def _rechazado(programa: Opcion | None, formulario: FormularioPapel, error: ErrorJornada) -> ResponseReturnValue:
    return _pagina(programa, formulario, f"{error.mensaje} {error.que_hacer}"), error.http_status


def _guardar(
    programa: Opcion | None, formulario: FormularioPapel, logo: bytes | None, actual: dict[str, str]
) -> ResponseReturnValue:
    textos = {campo: formulario.data[campo] or "" for campo in TEXTOS}
    cambian = [campo for campo in TEXTOS if textos[campo] != actual[campo]]
    quita = bool(formulario.quitar_logo.data) and logo is None
    que = [*cambian, *(["logotipo"] if logo or quita else [])]
    clave = programa.clave if programa else None
    if que:
        with anotando("guardar papel", f"programa {clave}" if clave else "oficina", ", ".join(que)):
            if cambian:
                _guardar_textos(programa, textos)
            ruta = oficina.ruta_logo(instalacion(), clave)
            if logo:
                hoja_catalogo.guardar_entero(ruta, logo)
            elif quita:
                ruta.unlink(missing_ok=True)
                ruta.with_suffix(".png").unlink(missing_ok=True)
    flash("Se guardó. Así saldrá en lo que se imprima desde ahora." if que else "No cambió nada.")
    return redirect(url_for(".papeleria_programa", clave=clave) if clave else url_for(".papeleria"), 303)


def _guardar_textos(programa: Opcion | None, textos: dict[str, str]) -> None:
    if programa is None:
        for campo, texto in textos.items():
            ajustes.guardar(bd(), campo, texto)
        return
    carpeta = instalacion().carpeta_catalogos
    try:
        hoja = hoja_catalogo.leer(carpeta, "programa")
        hoja_catalogo.escribir(carpeta, hoja_catalogo.cambiar(hoja, programa.clave, textos))
    except ErrorCatalogo as error:
        raise ErrorJornada("catalogo_ilegible", detalle=str(error).rstrip(".")) from error
    except CambioAjeno as error:
        raise ErrorJornada("catalogo_cambio") from error


def _limpio(nombre: str, contenido: bytes) -> bytes:
    """El logotipo vuelto a dibujar, sin lo que el archivo trajera además de la imagen.

    :raises ValueError: con la frase de por qué no se acepta. :raises ErrorJornada: lo de :func:`fotos.limpiar`.
    """
    if nombre.casefold().endswith((".svg", ".svgz")) or b"<svg" in contenido[:4096].lower():
        raise ValueError(ES_SVG)
    try:
        return fotos.limpiar(contenido).jpeg
    except ErrorJornada as error:
        if error.codigo == "foto_tipo":
            raise ValueError(NO_ES_IMAGEN) from error
        if error.codigo == "foto_ilegible":
            raise ValueError(NO_SE_LEE) from error
        raise


def _pagina(
    programa: Opcion | None,
    formulario: FormularioPapel,
    error: str | None = None,
    cambios: Sequence[tuple[str, str, str]] = (),
) -> str:
    """:param cambios: (campo, lo que guardó alguien más, lo que se escribió aquí)."""
    lugar, clave = instalacion(), programa.clave if programa else None
    return render_template(
        "panel/papeleria.html",
        programa=programa,
        formulario=formulario,
        error=error,
        cambios=cambios,
        revision=huella_fila(_textos(programa)),
        membrete=oficina.membrete(bd(), lugar, clave),
        propio=oficina.logo(lugar, clave) is not None,
        programas=[] if programa else [_resumen(o) for o in lugar.catalogos.programa if not o.retirada],
        megas=MAXIMO // 1_000_000,
    )


def _resumen(programa: Opcion) -> dict[str, Any]:
    """Qué tiene propio un programa."""
    tiene = [que for que in TEXTOS if programa.extra.get(que)]
    if oficina.logo(instalacion(), programa.clave):
        tiene.insert(0, "logotipo")
    return {"clave": programa.clave, "etiqueta": programa.etiqueta, "tiene": tiene}


def _textos(programa: Opcion | None) -> dict[str, str]:
    if programa is None:
        return {campo: ajustes.leer(bd(), campo) or "" for campo in TEXTOS}
    return {campo: programa.extra.get(campo, "") for campo in TEXTOS}


def _programa(clave: str) -> Opcion:
    hallado = next((opcion for opcion in instalacion().catalogos.programa if opcion.clave == clave), None)
    if hallado is None:
        abort(404)
    return hallado
