"""Una demostración servida de verdad, para las pruebas que sólo miran."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.navegador.procesos import Servidor, jornada


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
