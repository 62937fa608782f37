"""Correr ``jornada`` desde las pruebas: aquí mismo, o como proceso que se queda atendiendo."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from click.testing import CliRunner, Result

from recoleccion.cli import principal

RAIZ = Path(__file__).resolve().parent.parent


def correr(*argumentos: object, entrada: str | None = None) -> Result:
    return CliRunner().invoke(principal, [str(a) for a in argumentos], input=entrada, catch_exceptions=False)


class Servido:
    """Un ``jornada servir`` corriendo; sus direcciones salen de lo que dijo."""

    def __init__(self, proceso: "subprocess.Popen[str]") -> None:
        self.proceso = proceso
        self.dicho = ""
        while "Para cerrar" not in self.dicho:
            linea = self.proceso.stdout.readline() if self.proceso.stdout else ""
            assert linea, f"se cerró antes de atender:\n{self.dicho}"
            self.dicho += linea
        self.app, self.datos = re.findall(r"(?:Asistentes|Datos públicos)\s+(\S+)", self.dicho)

    def hijos(self) -> list[int]:
        tareas = Path(f"/proc/{self.proceso.pid}/task")
        return [int(pid) for t in tareas.iterdir() for pid in (t / "children").read_text().split()]

    def hijo(self) -> int:
        hallados: list[int] = []
        hasta(lambda: hallados.extend(self.hijos()) or bool(hallados))
        return hallados[0]


def hasta(condicion: Callable[[], object], segundos: float = 20) -> None:
    limite = time.monotonic() + segundos
    while not condicion():
        assert time.monotonic() < limite, "no pasó a tiempo"
        time.sleep(0.1)


def estado(direccion: str, ruta: str = "") -> int | None:
    partes = urlsplit(direccion)
    con = HTTPConnection(partes.hostname or "", partes.port, timeout=10)
    try:
        con.request("GET", partes.path + ruta)
        return con.getresponse().status
    except OSError:
        return None
    finally:
        con.close()


def vive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False


def orden(datos: Path, *resto: object, que: str = "servir") -> list[str]:
    return [sys.executable, "-m", "recoleccion.cli", que, "--datos", str(datos), *(str(r) for r in resto)]


def _oir_ctrl_c() -> None:
    """Quien corre las pruebas de fondo (``pytest &``) hereda a sus hijos un Ctrl-C que no se oye."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def servir(datos: Path, que: str = "servir", *mas: str) -> Iterator[Servido]:
    """Con puertos que escoge el sistema; ``que`` puede ser también ``demo``; ``mas``, otras opciones."""
    with subprocess.Popen(
        orden(datos, "--puerto", 0, "--puerto-datos", 0, *mas, que=que),
        cwd=RAIZ,
        env=os.environ | {"JORNADA_SECRETO": "no debe llegar a Datasette"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        preexec_fn=_oir_ctrl_c,
    ) as proceso:
        try:
            yield Servido(proceso)
        finally:
            proceso.kill()
