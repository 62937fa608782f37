"""Un Datasette de verdad, en su proceso, con los argumentos y el ambiente con que lo arranca ``jornada servir``."""

import importlib.metadata
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from publicacion import lanzar

RAIZ = Path(__file__).parents[1]
ESPERA = 30.0


@contextmanager
def encendido(argumentos: list[str], carpeta: Path) -> Iterator[int]:
    """El puerto en que ya atiende; al salir se termina. Lo que diga el proceso queda en ``carpeta``."""
    puerto = int(argumentos[argumentos.index("--port") + 1])
    ambiente = lanzar.entorno() | {"PYTHONPATH": os.pathsep.join([*_declarado(carpeta), str(RAIZ)])}
    with (carpeta / "datasette.log").open("wb") as salida:
        proceso = subprocess.Popen(argumentos, env=ambiente, cwd=carpeta, stdout=salida, stderr=salida)
    try:
        limite = time.monotonic() + ESPERA
        while not _atiende(puerto):
            if time.monotonic() > limite or proceso.poll() is not None:
                raise AssertionError((carpeta / "datasette.log").read_text())
            time.sleep(0.1)
        yield puerto
    finally:
        proceso.terminate()
        proceso.wait(10)


def _atiende(puerto: int) -> bool:
    con = HTTPConnection("127.0.0.1", puerto, timeout=5)
    try:
        con.request("GET", "/robots.txt")
        con.getresponse().read()
    except (OSError, HTTPException):
        return False
    finally:
        con.close()
    return True


def _declarado(carpeta: Path) -> list[str]:
    """Si jornada no está instalada, una carpeta que declara su complemento como lo haría la instalación."""
    if any(p.value == "publicacion.plugin" for p in importlib.metadata.entry_points(group="datasette")):
        return []
    informacion = carpeta / "sitio" / "jornada-0.dist-info"
    informacion.mkdir(parents=True, exist_ok=True)
    (informacion / "METADATA").write_text("Metadata-Version: 2.1\nName: jornada\nVersion: 0\n")
    (informacion / "entry_points.txt").write_text("[datasette]\njornada_publicacion = publicacion.plugin\n")
    return [str(carpeta / "sitio")]
