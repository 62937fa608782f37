"""Chromium y, cuando hace falta, una demostración servida de verdad."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.navegador.procesos import BANDERAS, Servidor, jornada, ruta_chromium


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as motor:
        yield motor


@pytest.fixture(scope="session")
def navegador(playwright: Playwright) -> Iterator[Browser]:
    abierto = playwright.chromium.launch(executable_path=ruta_chromium(), args=BANDERAS)
    yield abierto
    abierto.close()


@pytest.fixture(scope="session")
def demostracion(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Un año inventado, armado una vez para todas las pruebas que sólo miran."""
    datos = tmp_path_factory.mktemp("demo") / "datos"
    jornada("demo", "--sin-servir", datos=datos)
    return datos


@pytest.fixture(scope="session")
def servidor_demo(demostracion: Path) -> Iterator[Servidor]:
    servidor = Servidor(demostracion)
    yield servidor
    servidor.cerrar()
