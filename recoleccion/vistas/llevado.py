"""Un envío guardado en un campo oculto de la página, para seguirlo después de probar quién es.

Va cifrado (puede llevar nombres o una frase, y la página se queda en la pantalla), firmado, y sólo lo puede seguir la
misma cuenta en la misma dirección. Los archivos no van. En el servidor no queda nada.
"""

import json
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from flask import current_app, request
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.exceptions import RequestEntityTooLarge

from recoleccion import cuerpos, sellado

from . import seguridad
from .contexto import ahora, instalacion

CAMPO = "llevado"
"""Cómo se llama el campo. Quien pida otro paso antes de abrir la sesión lo repite tal cual en su página."""
FICHA = "csrf_token"
DURA = timedelta(hours=24)
MAXIMO = 240_000
"""Letras del campo: uno más grande no cabe en un envío."""
_INFO = b"jornada/llevado/v1"


@dataclass(frozen=True)
class Llevado:
    """``con_archivos``: también se había elegido un archivo, que no va."""

    direccion: str
    cuenta: str
    campos: list[tuple[str, str]]
    con_archivos: bool


def direccion_pedida() -> str:
    return request.full_path.rstrip("?")


def del_envio(cuenta: str, *, con_ficha: bool = True) -> str | None:
    """El que se está recibiendo, cifrado; ``None`` si no cabe.

    :raises CSRFError: si su ficha no es de esta sesión (salvo sin ``con_ficha``).
    """
    try:
        request.max_content_length = cuerpos.DE_LA_OFICINA  # las vistas que reciben archivos la aceptan después
        if con_ficha:
            seguridad.csrf.protect()
        campos = [(campo, valor) for campo, valor in request.form.items(multi=True) if campo != FICHA]
        con_archivos = any(archivo.filename for archivo in request.files.values())
    except RequestEntityTooLarge:
        return None
    return sellar(Llevado(direccion_pedida(), cuenta, campos, con_archivos))


def sellar(llevado: Llevado) -> str | None:
    datos = [llevado.direccion, llevado.cuenta, llevado.campos, llevado.con_archivos, ahora().isoformat()]
    claro = zlib.compress(json.dumps(datos, ensure_ascii=False, separators=(",", ":")).encode())
    escrito = str(_firmante().dumps(sellado.b64(instalacion().sello.sellar(claro, _INFO))))
    return escrito if len(escrito) <= MAXIMO else None


def abrir(escrito: str | None) -> Llevado | None:
    """Lo que lleva el campo; ``None`` si no es nuestro o es de otro día."""
    try:
        claro = instalacion().sello.abrir(sellado.de_b64(_firmante().loads(escrito or "")), _INFO)
        direccion, cuenta, campos, con_archivos, cuando = json.loads(zlib.decompress(claro))
    except (BadData, ValueError, zlib.error):
        return None
    vale = abs(ahora() - datetime.fromisoformat(cuando)) < DURA
    return Llevado(direccion, cuenta, [(c, v) for c, v in campos], con_archivos) if vale else None


def _firmante() -> URLSafeSerializer:
    return URLSafeSerializer(cast(bytes, current_app.config["SECRET_KEY"]), salt="jornada/llevado/v1")
