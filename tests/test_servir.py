"""``jornada servir`` con procesos de verdad: atiende, no se duplica, se cierra en orden y no deja huérfanos."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

RAIZ = Path(__file__).resolve().parent.parent


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


def orden(datos: Path, *resto: object) -> list[str]:
    return [sys.executable, "-m", "recoleccion.cli", "servir", "--datos", str(datos), *(str(r) for r in resto)]


@contextmanager
def servir(datos: Path) -> Iterator[Servido]:
    """Con puertos que escoge el sistema."""
    with subprocess.Popen(
        orden(datos, "--puerto", 0, "--puerto-datos", 0),
        cwd=RAIZ,
        env=os.environ | {"JORNADA_SECRETO": "no debe llegar a Datasette"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    ) as proceso:
        try:
            yield Servido(proceso)
        finally:
            proceso.kill()


def test_atiende_las_dos_direcciones_y_se_cierra_en_orden(datos: Path) -> None:
    with servir(datos) as servido:
        assert estado(servido.app) == 200
        assert estado(servido.app, "panel/entrar") == 200
        hasta(lambda: estado(servido.datos) == 200)
        datasette = servido.hijo()
        servido.proceso.send_signal(signal.SIGINT)
        salida, _ = servido.proceso.communicate(timeout=30)
        assert servido.proceso.returncode == 0
        assert "Se cerró en orden" in salida
        hasta(lambda: not vive(datasette))


def test_datasette_no_recibe_las_variables_ni_la_carpeta_de_la_oficina(datos: Path) -> None:
    with servir(datos) as servido:
        hasta(lambda: estado(servido.datos) == 200)
        pid = servido.hijo()
        ambiente = Path(f"/proc/{pid}/environ").read_bytes()
        assert b"JORNADA" not in ambiente
        assert os.readlink(f"/proc/{pid}/cwd") != str(datos)
        argumentos = Path(f"/proc/{pid}/cmdline").read_bytes()
        assert b"publica.db" in argumentos
        assert b"privada" not in argumentos
        abiertos = {os.readlink(fd) for fd in Path(f"/proc/{pid}/fd").iterdir() if fd.exists()}
        assert not any("privada.db" in ruta or "claves" in ruta for ruta in abiertos)


def test_si_datasette_se_cae_se_levanta_otra_vez(datos: Path) -> None:
    with servir(datos) as servido:
        hasta(lambda: estado(servido.datos) == 200)
        primero = servido.hijo()
        os.kill(primero, signal.SIGKILL)
        hasta(lambda: servido.hijos() not in ([], [primero]))
        hasta(lambda: estado(servido.datos) == 200)
        assert estado(servido.app) == 200


def test_si_matan_al_principal_datasette_no_queda_suelto(datos: Path) -> None:
    with servir(datos) as servido:
        hasta(lambda: estado(servido.datos) == 200)
        datasette = servido.hijo()
        servido.proceso.kill()
        servido.proceso.wait()
        hasta(lambda: not vive(datasette))


def test_un_segundo_servir_en_la_misma_carpeta_lo_dice_y_se_retira(datos: Path) -> None:
    with servir(datos) as servido:
        segundo = subprocess.run(
            orden(datos, "--puerto", 0, "--puerto-datos", 0), cwd=RAIZ, capture_output=True, text=True, timeout=60
        )
        assert segundo.returncode == 1
        assert "Ya hay otro «jornada servir»" in segundo.stderr
        assert estado(servido.app) == 200


@pytest.mark.parametrize("opcion", ["--puerto", "--puerto-datos"])
def test_un_puerto_ocupado_se_explica(datos: Path, opcion: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as ocupado:
        puerto = ocupado.getsockname()[1]
        otro = "--puerto" if opcion == "--puerto-datos" else "--puerto-datos"
        resultado = subprocess.run(
            orden(datos, opcion, puerto, otro, 0), cwd=RAIZ, capture_output=True, text=True, timeout=60
        )
    assert resultado.returncode == 1
    assert f"El puerto {puerto}" in resultado.stderr
    assert "Traceback" not in resultado.stderr


def test_lo_que_pasa_por_la_aplicacion_no_queda_escrito_en_la_consola(datos: Path, elenco) -> None:
    with servir(datos) as servido:
        assert estado(servido.app, elenco.clave) in (200, 403, 410)
        assert estado(servido.app, "panel/eventos?texto=Guadalupe+Orozco") in (302, 303)
        servido.proceso.send_signal(signal.SIGTERM)
        salida, _ = servido.proceso.communicate(timeout=30)
    assert elenco.clave not in salida
    assert "Orozco" not in salida
    escritos = b"".join(ruta.read_bytes() for ruta in datos.glob("*.log"))
    assert elenco.clave.encode() not in escritos
