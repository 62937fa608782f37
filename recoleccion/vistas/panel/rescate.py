"""Subir los archivos de rescate que un teléfono no pudo mandar. Los puede traer cualquiera: van sellados y firmados."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from recoleccion.consultas import rescate as consulta
from recoleccion.errores import ErrorJornada

from .. import seguridad
from ..contexto import ahora, bd, instalacion
from ..sesion import requiere
from . import bp
from .comun import anotar

_MAX_SUBIDA = 2 * consulta.MAX_BYTES + 65_536
_MB = consulta.MAX_BYTES // 1_048_576


@bp.get("/telefonos/rescate")
@requiere("titular")
def rescate() -> ResponseReturnValue:
    return render_template("panel/rescate.html", hechos=[], maximo=_MB)


@bp.post("/telefonos/rescate")
@seguridad.csrf.exempt
@requiere("titular")
def subir_rescate() -> ResponseReturnValue:
    """La ficha CSRF se comprueba aquí adentro: para leerla hay que aceptar primero un cuerpo más grande."""
    request.max_content_length = _MAX_SUBIDA
    try:
        seguridad.csrf.protect()
        archivos = [archivo for archivo in request.files.getlist("archivos") if archivo.filename]
    except RequestEntityTooLarge:
        error = f"Es demasiado en un solo envío. Súbalos de uno en uno; cada archivo puede medir hasta {_MB} MB."
        return render_template("panel/rescate.html", hechos=[], maximo=_MB, error=error), 413
    if not archivos:
        return render_template("panel/rescate.html", hechos=[], maximo=_MB, error="Elija el archivo de rescate."), 422
    hechos = [_tomar(archivo) for archivo in archivos]
    estado = 200 if any(hecho["resumen"] for hecho in hechos) else 422
    return render_template("panel/rescate.html", hechos=hechos, maximo=_MB), estado


def _tomar(archivo: FileStorage) -> dict[str, object]:
    """Lo que se le dice de un archivo; uno malo no detiene a los demás."""
    hecho: dict[str, object] = {"nombre": archivo.filename, "resumen": None, "error": None}
    try:
        if archivo.stream.seek(0, 2) > consulta.MAX_BYTES:
            raise ErrorJornada("rescate_grande", megas=_MB)
        archivo.stream.seek(0)
        resumen = consulta.importar(bd(), archivo.stream, sello=instalacion().sello, ahora=ahora())
    except ErrorJornada as error:
        return hecho | {"error": f"{error.mensaje} {error.que_hacer}"}
    cuentas = f"{resumen.nuevos} nuevos, {resumen.estaban} que ya estaban, {resumen.en_revision} en revisión"
    anotar("subir archivo de rescate", "rescate", cuentas)
    return hecho | {"resumen": resumen}
