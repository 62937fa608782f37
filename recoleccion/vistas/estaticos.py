"""Guiones y hojas de estilo: se leen completos en ``static/`` y se sirven sin comentarios ni sangrías.

Lo que se manda, su huella (``?v=``), su ``ETag`` y la versión de la aplicación de campo salen de los mismos bytes: los
de :func:`contenido`. Sin esto la aplicación de campo pesaría 58.3 KB comprimida en vez de 42.6 (23/11/2026).
"""

import hashlib
import os
import re
from base64 import b64encode
from functools import lru_cache
from pathlib import Path

import rcssmin
import rjsmin
from flask import Flask, Response, abort, g, request, url_for
from markupsafe import Markup
from werkzeug.security import safe_join

from . import juntos, poda

_ESTILO = "<style></style>"
"""El lugar de los estilos en una página, mientras se dibuja."""
_GUION = re.compile(r'src="[^"]*/static/(js/[^"?]+)')
_MINIMOS = {".js": (rjsmin.jsmin, "text/javascript"), ".css": (rcssmin.cssmin, "text/css")}


def contenido(ruta: Path) -> bytes:
    """Lo que se sirve de un archivo de ``static/``. Lo de ``vendor/`` ya viene empacado y va tal cual.

    ``rjsmin`` no entiende una plantilla dentro de otra: ``tests/test_estaticos.py`` compara cada guion con lo servido.
    """
    return _leer(ruta)[0]


def huella(ruta: Path) -> str:
    """Diez letras que cambian si cambia lo que se sirve."""
    return _leer(ruta)[1]


def escrito(ruta: Path) -> bytes:
    """Lo mismo antes de quitarle nada; un guion de los que se juntan, con los que importa."""
    rutas = juntos.archivos(ruta)
    return ruta.read_bytes() if len(rutas) == 1 else juntos.leer(rutas).encode()


def _leer(ruta: Path) -> tuple[bytes, str]:
    estados = [otra.stat() for otra in juntos.de_que_depende(ruta)]
    return _apretar(ruta, tuple((estado.st_mtime_ns, estado.st_size) for estado in estados))


@lru_cache(maxsize=256)
def _apretar(ruta: Path, _como_estan: tuple[tuple[int, int], ...]) -> tuple[bytes, str]:
    servido = juntos.armado(ruta) or sin_comentarios(ruta)
    return servido, hashlib.sha256(servido).hexdigest()[:10]


def sin_comentarios(ruta: Path) -> bytes:
    """Lo escrito, sin comentarios ni sangrías: lo que se sirve de lo que ``construir.py`` no arma."""
    servido = escrito(ruta)
    if ruta.suffix in _MINIMOS and ruta.parent.name != "vendor":
        servido = _MINIMOS[ruta.suffix][0](servido.decode()).encode()
    return servido


@lru_cache(maxsize=256)
def _huella_csp(texto: str) -> str:
    """Como la pide ``style-src``."""
    return f"'sha256-{b64encode(hashlib.sha256(texto.encode()).digest()).decode()}'"


def iniciar(app: Flask) -> None:
    """``estatico("css/x.css")`` en plantillas: la dirección lleva la huella y por eso no caduca nunca."""

    def archivo(nombre: str) -> Path:
        return Path(app.static_folder or "") / nombre

    def servir(filename: str) -> Response:
        seguro = safe_join(app.static_folder or "", filename)
        if seguro is None or not (os.path.isfile(seguro) or juntos.se_sirve(Path(seguro))):
            abort(404)  # ``Path.is_file`` falla con un nombre larguísimo
        ruta = Path(seguro)
        if ruta.suffix not in _MINIMOS:
            return app.send_static_file(filename)
        respuesta = Response(contenido(ruta), mimetype=_MINIMOS[ruta.suffix][1])
        respuesta.set_etag(huella(ruta))
        respuesta.make_conditional(request)
        return respuesta

    app.view_functions["static"] = servir

    @app.template_global()
    def estatico(ruta: str) -> str:
        return url_for("static", filename=ruta, v=huella(archivo(ruta)))

    @app.template_global()
    def estilo(*hojas: str) -> Markup:
        """Esas hojas dentro de la página, que ahorra un viaje; la política admite ese texto exacto y ninguno más."""
        g.estilo_en_linea = "".join(contenido(archivo(hoja)).decode() for hoja in hojas)
        return Markup(_ESTILO)  # noqa: S704  # vacío: se llena al final

    @app.after_request
    def estilos(respuesta: Response) -> Response:
        """Ya dibujada la página, de sus hojas va lo que ella usa."""
        hoja = g.get("estilo_en_linea")
        if hoja is None:
            return respuesta
        pagina = respuesta.get_data(as_text=True)
        hay = poda.nombres(pagina)
        for guion in _GUION.findall(pagina):
            hay |= poda.nombres_de_guion(contenido(archivo(guion)).decode()) | poda.DE_UN_ENVIO
        hoja = poda.podar(hoja, hay)
        g.estilo_en_linea = _huella_csp(hoja)
        respuesta.set_data(pagina.replace(_ESTILO, f"<style>{hoja}</style>", 1))
        return respuesta

    @app.after_request
    def permanencia(respuesta: Response) -> Response:
        if request.endpoint == "static" and respuesta.status_code in (200, 304):
            vigente = request.args.get("v") == huella(archivo(request.path.removeprefix("/static/")))
            respuesta.headers["Cache-Control"] = "max-age=31536000, immutable" if vigente else "no-cache"
        return respuesta
