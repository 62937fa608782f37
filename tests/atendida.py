"""La aplicación de una prueba, atendida por waitress como la atiende ``jornada servir``, y cerrada en orden."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import waitress.server
from waitress import wasyncore


@contextmanager
def atendida(app: Callable[..., Any]) -> Iterator[str]:
    """La dirección en que contesta mientras dure el bloque."""
    with atendiendo(waitress.server.create_server(app, host="127.0.0.1", port=0, threads=8, ident="")) as puerto:
        yield f"http://127.0.0.1:{puerto}"


@contextmanager
def atendiendo(servidor: Any) -> Iterator[int]:
    """El puerto de un servidor de waitress que atiende en otro hilo mientras dure el bloque.

    Primero deja de escuchar, luego acaban los que contestan, y sólo entonces se cierra: uno que acaba de contestar
    despierta al que escucha, y si ya está cerrado truena.
    """
    fin = threading.Event()

    def escuchar() -> None:
        while not fin.is_set():
            wasyncore.loop(timeout=1, use_poll=servidor.adj.asyncore_use_poll, map=servidor._map, count=1)

    hilo = threading.Thread(target=escuchar)
    hilo.start()
    try:
        yield servidor.effective_port
    finally:
        fin.set()
        servidor.pull_trigger()
        hilo.join(10)
        servidor.task_dispatcher.shutdown()
        wasyncore.close_all(servidor._map)
