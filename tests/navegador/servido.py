"""La aplicación de una prueba en un servidor de verdad, en otro hilo y en un puerto libre."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server


class Callado(WSGIRequestHandler):
    """No anota cada petición."""

    def log_request(self, *_: object) -> None:
        pass


@contextmanager
def servida(app: Any) -> Iterator[str]:
    """La dirección donde contesta, sin diagonal al final."""
    servidor = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Callado)
    hilo = threading.Thread(target=servidor.serve_forever)
    hilo.start()
    try:
        yield f"http://127.0.0.1:{servidor.server_port}"
    finally:
        servidor.shutdown()
        hilo.join(timeout=10)
        servidor.server_close()
