"""La aplicación Flask: junta las piezas y decide qué ve una persona cuando algo sale mal."""

from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from functools import partial
from io import BytesIO
from pathlib import Path
from random import Random, SystemRandom
from types import TracebackType
from typing import IO, Any

from flask import Flask, Request, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import BadHost, HTTPException, SecurityError

from . import paquete
from .avalancha import Limites
from .consultas import ajustes, conexion, evidencias, identidades, llave_giro, ranuras
from .errores import ErrorJornada
from .fechas import FILTROS
from .instalacion import Instalacion, ahora
from .vistas import (
    aluvion,
    antesala,
    api,
    asistente,
    campo,
    contexto,
    diario,
    estaticos,
    interrumpido,
    llavero,
    manual,
    openrosa,
    panel,
    puerta,
    salud,
    seguridad,
    sesion,
)
from .vistas.publicador import Publicador

_PAGINAS = {
    400: ("No entendimos lo que llegó", "Regrese a la página anterior, recárguela e inténtelo otra vez."),
    403: ("Eso no se puede desde aquí", "Abra la página desde su dirección e inténtelo otra vez."),
    404: (
        "Esa página no existe",
        "Revise la dirección. Si trae un código del cartel, escríbalo en la página de inicio.",
    ),
    405: ("Esa página no se usa así", "Vuelva al inicio y empiece desde ahí."),
    413: ("Lo que mandó es demasiado grande", "Envíelo en partes más chicas."),
    500: (
        "Algo falló de nuestro lado",
        "Regrese e inténtelo otra vez: no se va a duplicar. Si sigue igual, avise a quien lleva el registro.",
    ),
}


class Peticion(Request):
    """Lo que se sube se recibe en memoria: en un archivo temporal una foto dejaría sus bytes en el disco."""

    def _get_file_stream(self, *_como: Any, **_mas: Any) -> IO[bytes]:
        return BytesIO()


class Aplicacion(Flask):
    """Flask que anota sus fallas sin anotar datos de nadie."""

    request_class = Peticion

    def log_exception(self, exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None]) -> None:
        """Anota clase de error y lugares del código. Ni mensaje ni dirección: pueden traer un nombre o un código."""
        tipo, _error, traza = exc_info
        regla = request.url_rule.rule if request.url_rule else "(sin ruta)"
        nombre = tipo.__name__ if tipo else "?"
        self.logger.error("%s en %s %s\n  %s", nombre, request.method, regla, "\n  ".join(diario.lugares(traza)))


def create_app(
    datos: Path,
    *,
    reloj: Callable[[], datetime] = ahora,
    azar: Random | None = None,
    publicador: Publicador | None = None,
    limites: Limites | None = None,
) -> Flask:
    """La aplicación que atiende la carpeta ``datos``.

    :param publicador: con quién publica el panel; sin él sólo se publica desde la consola.
    :param limites: cuánto cabe por la puerta; sólo lo cambian pruebas y bancos.
    :raises ErrorJornada: si la base falta, está dañada o es de una versión más nueva.
    """
    instalacion = Instalacion(Path(datos), reloj)
    conexion.verificar(instalacion.privada)
    _terminar_lo_pendiente(instalacion)
    app = Aplicacion(
        "recoleccion",
        static_folder=str(paquete.carpeta("static")),
        static_url_path="/static",
        template_folder=str(paquete.carpeta("plantillas")),
    )
    app.config["SECRET_KEY"] = instalacion.secreto_sesion
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    azar = azar or SystemRandom()
    contexto.iniciar(app, instalacion, azar, publicador)
    diario.iniciar(app)
    llavero.iniciar(app)
    puerta.iniciar(app)
    aluvion.iniciar(app, instalacion, azar, limites)
    app.wsgi_app = antesala.Antesala(app, app.wsgi_app, partial(sesion.entro, app))  # type: ignore[method-assign]
    seguridad.iniciar(app, https=_host_publico(instalacion).startswith("https://"))
    estaticos.iniciar(app)
    _iniciar_errores(app)
    for nombre, filtro in FILTROS.items():
        app.add_template_filter(filtro, nombre)
    for sin_galletas in (asistente.bp, openrosa.bp):
        seguridad.csrf.exempt(sin_galletas)
    for bp in (asistente.bp, manual.bp, panel.bp, campo.bp, api.bp, openrosa.bp, salud.bp):
        app.register_blueprint(bp)
    app.register_blueprint(api.bp, url_prefix=api.PREFIJO_ANTERIOR, name="api_anterior")
    return app


def _terminar_lo_pendiente(instalacion: Instalacion) -> None:
    """Lo que un corte dejó a medias: fotos sin renglón o por girar, nombres por borrar del cuaderno o por cubrir."""
    llave_giro.limpiar(instalacion.evidencias)
    with closing(conexion.abrir(instalacion.privada)) as base:
        if instalacion.evidencias.is_dir():
            evidencias.barrer(base, instalacion.evidencias)
        ranuras.al_empezar(base, marcar=True)
        identidades.cubrir_las_descubiertas(base)


def _host_publico(instalacion: Instalacion) -> str:
    with closing(conexion.abrir(instalacion.privada, solo_lectura=True)) as base:
        return ajustes.leer(base, "host_publico") or ""


def _iniciar_errores(app: Flask) -> None:
    @app.errorhandler(ErrorJornada)
    def error_jornada(error: ErrorJornada) -> ResponseReturnValue:
        return _respuesta_de_error(error.codigo, error.mensaje, error.que_hacer, error.http_status)

    @app.errorhandler(HTTPException)
    def error_http(error: HTTPException) -> ResponseReturnValue:
        estado = error.code or 500
        if estado < 400:
            return error.get_response()
        if isinstance(error, CSRFError) and (sigue := interrumpido.por_otra_ficha()) is not None:
            return sigue
        mensaje, que_hacer = _PAGINAS.get(estado, _PAGINAS[400 if estado < 500 else 500])
        if isinstance(error, BadHost | SecurityError):  # con un Host así ninguna página puede dar una dirección
            return f"{mensaje}. {que_hacer}\n", estado, {"Content-Type": "text/plain; charset=utf-8"}
        respuesta = app.make_response(_respuesta_de_error(f"http_{estado}", mensaje, que_hacer, estado))
        for nombre, valor in error.get_headers():
            if nombre in ("Allow", "Retry-After"):
                respuesta.headers[nombre] = valor
        return respuesta


def _respuesta_de_error(codigo: str, mensaje: str, que_hacer: str, estado: int) -> ResponseReturnValue:
    """JSON para el teléfono de la promotora, XML para ODK Collect; página amable para una persona."""
    if request.path.startswith((f"{api.PREFIJO}/", f"{api.PREFIJO_ANTERIOR}/")):
        error = {"codigo": codigo, "mensaje": mensaje, "que_hacer": que_hacer}
        return jsonify(version=1, error=error), estado
    if request.path.startswith(f"{openrosa.PREFIJO}/"):
        return openrosa.respuesta(f"{mensaje} {que_hacer}", estado)
    de_oficina = request.path.startswith(("/panel", "/campo"))
    if estado >= 500 and not de_oficina:  # una asistente no puede liberar espacio en el disco
        mensaje, que_hacer = _PAGINAS[500]
    return render_template("error.html", mensaje=mensaje, que_hacer=que_hacer, de_oficina=de_oficina), estado
