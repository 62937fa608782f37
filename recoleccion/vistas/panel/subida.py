"""Recibir un archivo de una página del panel: la ficha CSRF se comprueba ya que se aceptó un cuerpo más grande."""

from flask import request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from recoleccion.errores import ErrorJornada

from .. import seguridad

_DE_MAS = 65_536
"""Bytes de un envío que no son del archivo: los demás campos y cómo vienen separados."""


def abrir(campo: str, maximo: int) -> tuple[FileStorage | None, bytes]:
    """El archivo, si se eligió, y hasta ``maximo`` + 1 de sus bytes: con uno de más, no cabe.

    La vista va con ``@seguridad.csrf.exempt``: para leer la ficha hay que aceptar antes el cuerpo entero.

    :raises RequestEntityTooLarge: si el envío no cabe.
    """
    request.max_content_length = maximo + _DE_MAS
    seguridad.csrf.protect()
    archivo = request.files.get(campo)
    return archivo, archivo.stream.read(maximo + 1) if archivo else b""


def recibir(campo: str, maximo: int) -> tuple[str, bytes]:
    """Nombre (corto) y contenido del archivo; los dos vacíos si no se eligió ninguno.

    :param maximo: bytes.
    :raises ErrorJornada: ``archivo_grande``.
    """
    try:
        archivo, contenido = abrir(campo, maximo)
    except RequestEntityTooLarge:
        raise ErrorJornada("archivo_grande", megas=maximo // 1_000_000) from None
    if len(contenido) > maximo:
        raise ErrorJornada("archivo_grande", megas=maximo // 1_000_000)
    return nombre_corto(archivo.filename or "") if archivo else "", contenido


def nombre_corto(nombre: str) -> str:
    """Sin carpetas ni lo que no se ve; la extensión siempre se conserva."""
    solo = nombre.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letra for letra in solo if letra.isprintable())[-80:].strip()
