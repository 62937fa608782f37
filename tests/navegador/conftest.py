"""Una demostración servida de verdad, para las pruebas que sólo miran."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.navegador.procesos import Servidor


@pytest.fixture(scope="session")
def demostracion(demo_hecha: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Un año inventado, para todas las pruebas que sólo miran."""
    return Path(shutil.copytree(demo_hecha, tmp_path_factory.mktemp("demo") / "datos"))


@pytest.fixture(scope="session")
def servidor_demo(demostracion: Path) -> Iterator[Servidor]:
    servidor = Servidor(demostracion)
    yield servidor
    servidor.cerrar()
