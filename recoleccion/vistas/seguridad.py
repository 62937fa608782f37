"""Cabeceras, límites y procedencia de cada petición. Toda respuesta pasa por aquí, también las de error."""

import os
from functools import lru_cache
from urllib.parse import urlsplit

import brotli
from flask import Flask, Response, g, request
from flask_compress import Compress
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

csrf = CSRFProtect()
_compresor = Compress()

MAXIMO_CUERPO = 1_310_720
"""Bytes: un lote de 1 MB y su holgura."""

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


CSP_ASISTENTE, CSP_CAMPO, CSP_GUION = _politica(_BASE), _politica(_CAMPO), _politica(_GUION)


def iniciar(app: Flask, *, https: bool) -> None:
    """Pone límites, cookie de sesión, CSRF, compresión y cabeceras. ``https``: así lo dice ``host_publico``."""
    app.config.update(
        MAX_CONTENT_LENGTH=MAXIMO_CUERPO,
        MAX_FORM_MEMORY_SIZE=262_144,
        MAX_FORM_PARTS=200,
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
    csrf.init_app(app)
    _compresor.init_app(app)
    if os.environ.get("JORNADA_PROXY") == "1":
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    app.after_request(_cabeceras)
    app.after_request(_comprimir)


def mismo_sitio() -> bool:
    """Si quien manda el formulario es una página nuestra.

    Las páginas de asistentes no llevan cookie, así que tampoco ficha CSRF: lo dicen ``Sec-Fetch-Site`` y, en
    navegadores que no la mandan, ``Origin``. Sin ninguna de las dos no es un navegador y no hay qué suplantar.
    """
    sitio = request.headers.get("Sec-Fetch-Site")
    if sitio is not None:
        return sitio in ("same-origin", "none")
    origen = request.headers.get("Origin")
    return origen is None or urlsplit(origen).netloc == request.host


def _cabeceras(respuesta: Response) -> Response:
    en_campo = request.path.startswith("/campo/")
    csp = CSP_CAMPO if en_campo else CSP_ASISTENTE
    if request.endpoint == "static":
        csp = CSP_GUION if request.path.endswith((".js", ".mjs")) else CSP_ASISTENTE
    else:
        respuesta.headers.setdefault("Cache-Control", "no-store")
    camara = "(self)" if en_campo else "()"
    for nombre, valor in (
        ("Content-Security-Policy", csp),
        ("X-Content-Type-Options", "nosniff"),
        # «no-referrer» haría que Flask-WTF rechazara todo POST por HTTPS.
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", f"camera={camara}, microphone=(), geolocation=()"),
    ):
        respuesta.headers.setdefault(nombre, valor)
    return respuesta


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
    return _compresor.after_request(respuesta)


def _apretar_archivo(respuesta: Response) -> None:
    """Un guion o una hoja de estilos, lo más chico que se pueda: 7 % menos de lo que baja un teléfono."""
    texto = respuesta.mimetype in ("text/javascript", "text/css", "image/svg+xml")
    if not texto or request.accept_encodings["br"] <= 0:
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
