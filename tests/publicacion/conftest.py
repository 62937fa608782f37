"""Lo que comparten las pruebas de publicación: una oficina inventada y, si hace falta, un Datasette de verdad."""

import importlib.metadata
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import elenco_publicacion as elenco
import pytest

from publicacion import escritura, lanzar, orquestar

RAIZ = Path(__file__).parents[2]


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
    procesos: list[subprocess.Popen[bytes]] = []

    def lanzar_con(argumentos: list[str]) -> None:
        ambiente = lanzar.entorno() | {"PYTHONPATH": os.pathsep.join([*_puntos_de_entrada(tmp_path), str(RAIZ)])}
        salida = (tmp_path / "datasette.log").open("wb")
        procesos.append(subprocess.Popen(argumentos, env=ambiente, cwd=tmp_path, stdout=salida, stderr=salida))
        salida.close()
        base = f"http://127.0.0.1:{argumentos[argumentos.index('--port') + 1]}"
        limite = time.monotonic() + 20
        while True:
            try:
                with urllib.request.urlopen(f"{base}/robots.txt", timeout=5):
                    return
            except urllib.error.HTTPError:
                return
            except OSError:
                if time.monotonic() > limite or procesos[-1].poll() is not None:
                    raise AssertionError((tmp_path / "datasette.log").read_text()) from None
                time.sleep(0.1)

    yield lanzar_con
    for proceso in procesos:
        proceso.terminate()
        proceso.wait(10)


@pytest.fixture
def puerto() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def _puntos_de_entrada(tmp_path: Path) -> list[str]:
    """Si jornada no está instalada, una carpeta que declara su complemento como lo haría la instalación."""
    if any(p.value == "publicacion.plugin" for p in importlib.metadata.entry_points(group="datasette")):
        return []
    informacion = tmp_path / "sitio" / "jornada-0.dist-info"
    informacion.mkdir(parents=True, exist_ok=True)
    (informacion / "METADATA").write_text("Metadata-Version: 2.1\nName: jornada\nVersion: 0\n")
    (informacion / "entry_points.txt").write_text("[datasette]\njornada_publicacion = publicacion.plugin\n")
    return [str(tmp_path / "sitio")]
