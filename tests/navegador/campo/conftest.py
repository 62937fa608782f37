"""El servidor y el teléfono de las pruebas de campo."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import Browser, BrowserContext
from werkzeug.serving import WSGIRequestHandler, make_server

from recoleccion.aplicacion import create_app
from recoleccion.consultas import eventos
from recoleccion.instalacion import ahora
from tests.elenco import evento_de_prueba
from tests.navegador.promotora import OTRO, TITULO, contexto_de_telefono


class Callado(WSGIRequestHandler):
    """No anota cada petición."""

    def log_request(self, *_: object) -> None:
        pass


@contextmanager
def servir(datos: Path, base) -> Iterator[str]:
    """Un servidor de verdad, con su reloj de verdad y dos eventos de hoy."""
    hoy, azar = ahora(), Random(4)
    for titulo, cambios in ((TITULO, {}), (OTRO, {"pide_nombre": False, "pide_telefono": False})):
        datos_evento = evento_de_prueba(titulo=titulo, fecha=hoy.date().isoformat(), **cambios)
        eventos.abrir(base, eventos.crear(base, datos_evento, hoy, azar), hoy)
    servidor = make_server("127.0.0.1", 0, create_app(datos), threaded=True, request_handler=Callado)
    hilo = threading.Thread(target=servidor.serve_forever)
    hilo.start()
    yield f"http://127.0.0.1:{servidor.port}"
    servidor.shutdown()
    hilo.join()
    servidor.server_close()


@pytest.fixture
def sitio(datos: Path, base) -> Iterator[str]:
    with servir(datos, base) as direccion:
        yield direccion


@pytest.fixture
def contexto(navegador: Browser) -> Iterator[BrowserContext]:
    nuevo = contexto_de_telefono(navegador)
    yield nuevo
    nuevo.close()
