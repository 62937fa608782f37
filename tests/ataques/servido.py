"""Un Datasette de verdad, en su proceso, con los argumentos y el ambiente con que lo arranca ``jornada servir``."""

import importlib.metadata
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

from publicacion import lanzar
from tests.ataques.vivo import Respuesta

RAIZ = Path(__file__).parents[2]


@contextmanager
def portal(publica: Path, carpeta: Path) -> Iterator[int]:
    """El puerto en que atiende. Lo que diga el proceso queda en ``carpeta``."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        puerto = int(s.getsockname()[1])
    ambiente = lanzar.entorno() | {"PYTHONPATH": os.pathsep.join([*_declarado(carpeta), str(RAIZ)])}
    with (carpeta / "datasette.log").open("wb") as salida:
        proceso = subprocess.Popen(
            lanzar.orden(publica, puerto), env=ambiente, cwd=carpeta, stdout=salida, stderr=salida
        )
    try:
        limite = time.monotonic() + 30
        while True:
            try:
                pedir(puerto, "/robots.txt")
                break
            except OSError:
                if time.monotonic() > limite or proceso.poll() is not None:
                    raise AssertionError((carpeta / "datasette.log").read_text()) from None
                time.sleep(0.1)
        yield puerto
    finally:
        proceso.terminate()
        proceso.wait(10)


def pedir(puerto: int, ruta: str) -> Respuesta:
    """Tal cual se pide: sin seguir redirecciones ni componer la ruta."""
    with closing(HTTPConnection("127.0.0.1", puerto, timeout=20)) as con:
        con.request("GET", ruta)
        r = con.getresponse()
        return Respuesta(r.status, r.getheader("content-type", ""), r.read())


def _declarado(carpeta: Path) -> list[str]:
    """Si jornada no está instalada, una carpeta que declara su complemento como lo haría la instalación."""
    if any(p.value == "publicacion.plugin" for p in importlib.metadata.entry_points(group="datasette")):
        return []
    informacion = carpeta / "sitio" / "jornada-0.dist-info"
    informacion.mkdir(parents=True, exist_ok=True)
    (informacion / "METADATA").write_text("Metadata-Version: 2.1\nName: jornada\nVersion: 0\n")
    (informacion / "entry_points.txt").write_text("[datasette]\njornada_publicacion = publicacion.plugin\n")
    return [str(carpeta / "sitio")]
