"""Lo que comparten las pruebas de publicación: una oficina inventada y, si hace falta, un Datasette de verdad."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import elenco_publicacion as elenco
import pytest

from publicacion import escritura, orquestar
from tests.datasette_vivo import encendido
from tests.navegador.procesos import puerto_libre


@dataclass(frozen=True)
class Oficina:
    datos: Path
    privada: Path
    publica: Path
    catalogos: Path
    eventos: list[str]

    def publicar(self) -> str:
        """Calcula el lote, lo asienta y escribe el archivo público; devuelve su SHA-256."""
        celdas, reglas = orquestar.calcular(
            self.privada, elenco.LOTE, elenco.DESDE, elenco.HASTA, self.catalogos, elenco.SECRETO
        )
        elenco.asentar(self.privada, celdas, reglas)
        return escritura.escribir(self.privada, self.publica)


@pytest.fixture(scope="session")
def sembrada(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """Se siembra una sola vez; cada prueba recibe su copia."""
    datos = tmp_path_factory.mktemp("sembrada")
    privada, _ = elenco.carpeta(datos)
    return datos, elenco.sembrar(privada)


@pytest.fixture
def oficina(tmp_path: Path, sembrada: tuple[Path, list[str]]) -> Oficina:
    """Una base privada sembrada, sin publicar."""
    datos = Path(shutil.copytree(sembrada[0], tmp_path / "datos"))
    return Oficina(datos, datos / "privada.db", datos / "publica.db", datos / "catalogos", sembrada[1])


@pytest.fixture
def lanzar_datasette(tmp_path: Path) -> Iterator[Callable[[list[str]], None]]:
    """Arranca un proceso de Datasette con los argumentos dados y lo termina al acabar la prueba."""
    with ExitStack() as encendidos:

        def lanzar_con(argumentos: list[str]) -> None:
            encendidos.enter_context(encendido(argumentos, tmp_path))

        yield lanzar_con


@pytest.fixture
def puerto() -> int:
    return puerto_libre()
