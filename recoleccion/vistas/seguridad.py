"""Cabeceras, límites y procedencia de cada petición. Toda respuesta pasa por aquí, también las de error."""

import os
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import brotli
from flask import Flask, Response, abort, g, request
from flask_compress import Compress
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wsgi import get_host

from formularios.instrumento import PARTES_MAXIMAS


class _Csrf(CSRFProtect):
    def protect(self, *como: Any, **mas: Any) -> None:
        try:
            super().protect(*como, **mas)
        except ValueError as error:  # un Referer que no es una dirección
            raise CSRFError("The referrer is not an address.") from error


class _Entero(IntegerConverter):
    """Un número en una dirección, de los que caben en la base; otro es una página que no existe."""

    def __init__(self, mapa: Map) -> None:
        super().__init__(mapa, max=2**53)


csrf = _Csrf()
_compresor = Compress()

MAXIMO_CUERPO = 1_310_720
"""Bytes: un lote de 1 MB y su holgura."""
MAXIMO_FORMULARIO = 262_144
"""Bytes de un formulario; el de la encuesta más grande, contestada entera, es la quinta parte."""
MAXIMO_PARTES = PARTES_MAXIMAS + 50
"""Campos de un envío: los de la encuesta más grande que se admite, la ficha, el ``id`` y su holgura."""

_BASE = {
    "default-src": "'none'",
    "style-src": "'self'",
    "script-src": "'self'",
    "img-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "connect-src": "'self'",
}
_CAMPO = _BASE | {
    # El lector de QR es WebAssembly: sólo aquí, nunca en las páginas de asistentes.
    "script-src": "'self' 'wasm-unsafe-eval'",
    "img-src": "'self' blob:",
    "media-src": "'self' blob:",
    "worker-src": "'self'",
    "manifest-src": "'self'",
}
# Un guion sólo obedece su propia política cuando corre como worker (el que decodifica el QR).
_GUION = {"default-src": "'none'", "script-src": "'self' 'wasm-unsafe-eval'", "connect-src": "'self'"}


def _politica(reglas: dict[str, str]) -> str:
    return "; ".join(f"{clave} {valor}" for clave, valor in reglas.items())


CSP_PANEL, CSP_CAMPO, CSP_GUION = _politica(_BASE), _politica(_CAMPO), _politica(_GUION)
_NUNCA_OBREROS = ("/static/js/asistente/", "/static/js/encuesta/")
CSP_ARCHIVO = "default-src 'none'"
"""De lo que no es página ni guion: una imagen abierta sola no pide ni corre nada."""
_DE_TODA = {"X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin"}


def iniciar(app: Flask, *, https: bool) -> None:
    """Pone límites, cookie de sesión, CSRF, compresión y cabeceras. ``https``: así lo dice ``host_publico``."""
    app.config.update(
        MAX_CONTENT_LENGTH=MAXIMO_CUERPO,
        MAX_FORM_MEMORY_SIZE=MAXIMO_FORMULARIO,
        MAX_FORM_PARTS=MAXIMO_PARTES,  # así sólo cuenta los de multipart; los demás, _contar_partes
        SESSION_COOKIE_NAME="__Host-sesion" if https else "sesion",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        COMPRESS_REGISTER=False,
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=5,  # la aplicación entera pesa 6 % menos que con 4 y cuesta lo mismo
    )
    app.config["COMPRESS_MIMETYPES"] = [
        "text/html", "text/css", "text/javascript", "application/javascript", "application/json",
        "application/manifest+json", "image/svg+xml", "application/wasm",
    ]  # fmt: skip
    app.url_map.converters["int"] = _Entero
    app.before_request(_procedencia)
    app.before_request(_contar_partes)  # antes que CSRF, que ya lee el formulario
    csrf.init_app(app)
    _compresor.init_app(app)
    if os.environ.get("JORNADA_PROXY") == "1":
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    app.after_request(_cabeceras)
    app.after_request(_comprimir)


def _contar_partes() -> None:
    """Un cuerpo de puros ``&`` ocuparía, ya leído, cien veces lo que pesa."""
    if request.mimetype == "application/x-www-form-urlencoded" and request.get_data().count(b"&") >= MAXIMO_PARTES:
        abort(413)


def _procedencia() -> None:
    """Nada cambia por algo que mandó otra página, y ninguna puede pedir por dentro lo de la oficina.

    Va además de la ficha CSRF. Entrar con un enlace sí se puede: es la persona quien lo toca. Una asistente tiene su
    propia página para esto (``asistente.py``), y los teléfonos traen su permiso en cada envío (``api.py`` revisa además
    de dónde viene lo que no lo trae).
    """
    if request.routing_exception is not None:
        return  # no hay tal página, o no se usa así
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        if request.blueprint not in _POR_SU_CUENTA and not mismo_sitio():
            abort(403)
    elif request.path.startswith(_DE_LA_OFICINA) and not mismo_sitio():
        quien = request.headers
        if quien.get("Sec-Fetch-Mode", "navigate") != "navigate" or quien.get("Sec-Fetch-Dest") in _INCRUSTADA:
            abort(403)


_POR_SU_CUENTA = ("asistente", "api", "api_anterior", "openrosa")
_DE_LA_OFICINA = ("/panel", "/campo")
_INCRUSTADA = ("iframe", "frame", "embed", "object")


def mismo_sitio() -> bool:
    """Si lo que llegó lo manda una página nuestra."""
    return de_aqui(request.environ)


def de_aqui(ambiente: Mapping[str, Any]) -> bool:
    """Si lo manda una página nuestra, según lo que dice el navegador.

    Las páginas de asistentes no llevan cookie, así que tampoco ficha CSRF: lo dicen ``Sec-Fetch-Site`` y, en
    navegadores que no la mandan, ``Origin``. Sin ninguna de las dos no es un navegador y no hay qué suplantar.
    """
    sitio = ambiente.get("HTTP_SEC_FETCH_SITE")
    if sitio is not None:
        return sitio in ("same-origin", "none")
    origen = ambiente.get("HTTP_ORIGIN")
    try:
        return origen is None or urlsplit(origen).netloc == (get_host(ambiente) or None)
    except (ValueError, SecurityError):  # no es una dirección, o no lo es el Host
        return False


def _cabeceras(respuesta: Response) -> Response:
    es_archivo = request.endpoint == "static" and "estilo_en_linea" not in g  # la página de «no existe» no lo es
    propias = _de_archivo() if es_archivo else _de_pagina()
    for nombre, valor in (_DE_TODA | propias).items():
        respuesta.headers.setdefault(nombre, valor)
    return respuesta


def _de_archivo() -> dict[str, str]:
    es_guion = request.path.endswith((".js", ".mjs")) and not request.path.startswith(_NUNCA_OBREROS)
    return {"Content-Security-Policy": CSP_GUION if es_guion else CSP_ARCHIVO}


def csp_asistente(estilo: str) -> str:
    """La de una página con sus estilos dentro: ese texto y ninguno más. Su icono, vacío, tampoco se pide."""
    return _politica(_BASE | {"style-src": estilo, "img-src": "'self' data:"})


def _de_pagina() -> dict[str, str]:
    en_campo = request.path.startswith("/campo/")
    csp = CSP_CAMPO if en_campo else CSP_PANEL
    return {
        "Cache-Control": "no-store",
        "Content-Security-Policy": csp_asistente(g.estilo_en_linea) if "estilo_en_linea" in g else csp,
        # «no-referrer» haría que Flask-WTF rechazara todo POST por HTTPS.
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera={0}, microphone=(), geolocation={0}".format("(self)" if en_campo else "()"),
    }


DE_ERROR = [
    *_DE_TODA.items(),
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
]
"""Las de lo que se contesta sin llegar a Flask: una frase que no pide ni corre nada."""


PAGINA_CHICA = 32_768
"""Bytes de una encuesta con guion que se comprime más: 230 menos por la red a cambio de unos 10 ms de procesador."""


def _comprimir(respuesta: Response) -> Response:
    """Comprime todo menos el panel y lo que lleve una ficha CSRF.

    Comprimir un secreto junto a texto que un tercero elige lo revela por el tamaño (BREACH); las páginas de
    asistentes no tienen secretos y en su teléfono cada kilobyte cuenta.
    """
    if request.path.startswith("/panel") or "csrf_token" in g:
        return respuesta
    if request.endpoint == "static" and respuesta.status_code == 200 and request.method == "GET":
        respuesta.direct_passthrough = False
        respuesta.make_sequence()  # entero en memoria, para que gzip también valga: son archivos chicos
        _apretar_archivo(respuesta)
    if g.get("con_guion") and 0 < (respuesta.content_length or 0) <= PAGINA_CHICA and _quiere_brotli():
        respuesta.set_data(brotli.compress(respuesta.get_data(), quality=10))
        respuesta.headers["Content-Encoding"] = "br"
    respuesta = _compresor.after_request(respuesta)
    if respuesta.headers.get("Cache-Control") == "no-store":
        respuesta.headers.pop("Vary", None)  # nadie la guarda: no hay de qué distinguirla
    return respuesta


def _quiere_brotli() -> bool:
    return request.accept_encodings["br"] > 0


def _apretar_archivo(respuesta: Response) -> None:
    """Un guion o una hoja de estilos, lo más chico que se pueda: 7 % menos de lo que baja un teléfono."""
    texto = respuesta.mimetype in ("text/javascript", "text/css", "image/svg+xml")
    if not texto or not _quiere_brotli():
        return
    respuesta.set_data(_apretar(respuesta.get_data()))
    respuesta.headers["Content-Encoding"] = "br"
    etiqueta, debil = respuesta.get_etag()
    if etiqueta and not debil:
        respuesta.set_etag(f"{etiqueta}:br")
        respuesta.make_conditional(request)


@lru_cache(maxsize=128)
def _apretar(contenido: bytes) -> bytes:
    """Brotli al máximo cuesta 5 ms por archivo; se hace una vez por proceso."""
    apretado: bytes = brotli.compress(contenido, quality=11)
    return apretado
