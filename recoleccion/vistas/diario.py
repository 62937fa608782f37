"""El diario del servidor: un renglón JSON por petición de la oficina y de los teléfonos, sin datos de nadie.

Lleva la regla de la ruta (``/panel/eventos/<id>``), nunca la dirección pedida, quién la pidió, desde dónde ni con qué.
De las páginas de asistentes sólo se anota lo que falló de nuestro lado: la hora en que alguien contestó, junto a las de
la lista, diría quién fue. La hora va al minuto por lo mismo.
"""

import json
import logging
import time
from datetime import datetime
from pathlib import Path
from types import TracebackType

from flask import Flask, Response, g, request

from . import asistente, contexto

PETICIONES = logging.getLogger("jornada.peticiones")
_SIN_ANOTAR = {"static", None}


def iniciar(app: Flask) -> None:
    app.before_request(_empezar)
    app.after_request(_anotar)


def _empezar() -> None:
    g.empezo = time.perf_counter()


def _anotar(respuesta: Response) -> Response:
    de_asistente = request.blueprint == asistente.bp.name
    if PETICIONES.isEnabledFor(logging.INFO) and (
        respuesta.status_code >= 500 or not (de_asistente or request.endpoint in _SIN_ANOTAR)
    ):
        dicho = {
            "metodo": request.method if request.method in _VERBOS else "otro",
            "ruta": request.url_rule.rule if request.url_rule else "(sin ruta)",
            "estado": respuesta.status_code,
            "ms": round((time.perf_counter() - g.get("empezo", time.perf_counter())) * 1000),
        }
        PETICIONES.info("peticion", extra={"dicho": dicho, "cuando": contexto.ahora()})
    return respuesta


_VERBOS = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH"}


class EnJson(logging.Formatter):
    """Un renglón JSON. De una excepción, su clase y los lugares del código: su mensaje puede traer un nombre."""

    def format(self, registro: logging.LogRecord) -> str:
        cuando = getattr(registro, "cuando", None) or datetime.fromtimestamp(registro.created).astimezone()
        dicho = {"hora": cuando.isoformat(timespec="minutes"), "nivel": registro.levelname.lower()}
        dicho |= getattr(registro, "dicho", None) or {"de": registro.name, "que": self._que(registro)}
        if registro.exc_info and registro.exc_info[0]:
            dicho |= {"error": registro.exc_info[0].__name__, "en": lugares(registro.exc_info[2])}
        return json.dumps(dicho, ensure_ascii=False)

    def _que(self, registro: logging.LogRecord) -> str:
        """Lo nuestro se sabe limpio; de una biblioteca, sólo su texto fijo, sin lo que le metió."""
        return registro.getMessage() if registro.name.startswith("recoleccion") else str(registro.msg)


def lugares(traza: TracebackType | None) -> list[str]:
    """Dónde pasó, del primero al último: archivo, renglón y función."""
    hallados = []
    while traza is not None:
        marco = traza.tb_frame.f_code
        hallados.append(f"{Path(marco.co_filename).name}:{traza.tb_lineno} {marco.co_name}")
        traza = traza.tb_next
    return hallados


def hablar() -> None:
    """Desde aquí todo lo que se anota sale en JSON por la salida de errores, que systemd guarda."""
    salida = logging.StreamHandler()
    salida.setFormatter(EnJson())
    raiz = logging.getLogger()
    raiz.handlers[:] = [salida]
    raiz.setLevel(logging.WARNING)
    PETICIONES.setLevel(logging.INFO)
