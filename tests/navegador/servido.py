"""La aplicación de una prueba en un servidor de verdad, en otro hilo y en un puerto libre.

Con ``JORNADA_LENTO=400``, cada respuesta tarda esos milisegundos más: lo que así falla, en otra máquina falla a veces.
"""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

LENTO = int(os.environ.get("JORNADA_LENTO", "0")) / 1000
"""Segundos."""


class Callado(WSGIRequestHandler):
    """No anota cada petición."""

    def log_request(self, *_: object) -> None:
        pass


def _lenta(app: Any) -> Any:
    def atender(entorno: Any, empezar: Any) -> Any:
        time.sleep(LENTO)
        return app(entorno, empezar)

    return atender


@contextmanager
def servida(app: Any) -> Iterator[str]:
    """La dirección donde contesta, sin diagonal al final."""
    servidor = make_server("127.0.0.1", 0, _lenta(app) if LENTO else app, threaded=True, request_handler=Callado)
    hilo = threading.Thread(target=servidor.serve_forever)
    hilo.start()
    try:
        yield f"http://127.0.0.1:{servidor.server_port}"
    finally:
        servidor.shutdown()
        hilo.join(timeout=10)
        servidor.server_close()
