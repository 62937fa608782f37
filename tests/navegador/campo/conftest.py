"""El servidor y el teléfono de las pruebas de campo."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from recoleccion.aplicacion import create_app
from recoleccion.consultas import eventos
from recoleccion.instalacion import ahora
from tests.elenco import evento_de_prueba
from tests.navegador.promotora import OTRO, TITULO, contexto_de_telefono
from tests.navegador.servido import servida


@contextmanager
def servir(datos: Path, base, por: Callable[[Any], Any] = lambda app: app) -> Iterator[str]:
    """Un servidor de verdad, con su reloj de verdad y dos eventos de hoy; ``por`` se pone entre él y la aplicación."""
    hoy, azar = ahora(), Random(4)
    for titulo, cambios in ((TITULO, {}), (OTRO, {"pide_nombre": False, "pide_telefono": False})):
        datos_evento = evento_de_prueba(titulo=titulo, fecha=hoy.date().isoformat(), **cambios)
        eventos.abrir(base, eventos.crear(base, datos_evento, hoy, azar), hoy)
    with servida(por(create_app(datos))) as direccion:
        yield direccion


@pytest.fixture
def sitio(datos: Path, base) -> Iterator[str]:
    with servir(datos, base) as direccion:
        yield direccion


@pytest.fixture
def contexto(navegador: Browser) -> Iterator[BrowserContext]:
    nuevo = contexto_de_telefono(navegador)
    yield nuevo
    nuevo.close()
