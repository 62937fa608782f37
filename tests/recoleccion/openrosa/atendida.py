"""La aplicación de una prueba, atendida por waitress como la atiende ``jornada servir``."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import waitress.server
from flask import Flask
from waitress import wasyncore


@contextmanager
def atendida(app: Flask) -> Iterator[str]:
    """La dirección en que contesta mientras dure el bloque."""
    escucha = waitress.server.create_server(app, host="127.0.0.1", port=0, threads=8)
    fin = threading.Event()
    hilo = threading.Thread(target=_atender, args=(escucha, fin), daemon=True)
    hilo.start()
    try:
        yield f"http://127.0.0.1:{escucha.effective_port}"
    finally:
        fin.set()
        hilo.join(10)


def _atender(escucha: waitress.server.BaseWSGIServer, fin: threading.Event) -> None:
    """Como ``run``, pero se detiene cuando se le dice: cerrarlo desde otro hilo lo deja a medias."""
    while not fin.is_set():
        wasyncore.loop(timeout=0.1, map=escucha._map, count=1)
    escucha.task_dispatcher.shutdown()
    wasyncore.close_all(escucha._map)
