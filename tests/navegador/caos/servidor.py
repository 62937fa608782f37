"""El servidor de verdad (la aplicación en waitress, como la atiende ``jornada servir``), hecho para matarlo.

Siempre en el mismo puerto y con los mismos datos: ``python -m tests.navegador.caos.servidor DATOS PUERTO [DEFECTO]``.
"""

import random
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

import waitress.server

from recoleccion.aplicacion import create_app
from recoleccion.consultas import conexion, respaldo
from tests.navegador.caos import defectos
from tests.navegador.procesos import RAIZ


class Servidor:
    """Un proceso sobre una carpeta de datos; se mata con SIGKILL y se vuelve a levantar."""

    def __init__(self, datos: Path, puerto: int, defecto: str = "") -> None:
        self.datos, self.puerto, self.defecto = datos, puerto, defecto
        self.muertes = self.restauradas = 0
        self._respaldos: list[Path] = []
        self._proceso: subprocess.Popen[bytes] | None = None

    def levantar(self) -> None:
        modulo = "tests.navegador.caos.servidor"
        orden = [sys.executable, "-m", modulo, str(self.datos), str(self.puerto), self.defecto]
        self._proceso = subprocess.Popen(orden, cwd=RAIZ, stdin=subprocess.DEVNULL)
        for _ in range(600):
            assert self._proceso.poll() is None, "el servidor no arrancó"
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.puerto}/ayuda", timeout=30):
                    return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("el servidor no contesta")

    @property
    def vivo(self) -> bool:
        return self._proceso is not None and self._proceso.poll() is None

    def matar(self) -> None:
        """SIGKILL: no alcanza a despedirse."""
        if self._proceso is not None and self.vivo:
            self._proceso.send_signal(signal.SIGKILL)
            self._proceso.wait()
            self.muertes += 1

    def respaldar(self) -> None:
        """Una copia mientras atiende, como la de ``jornada respaldar``."""
        copia = self.datos.with_name(f"respaldo-{len(self._respaldos)}.db")
        with closing(conexion.abrir(self.datos / "privada.db")) as base:
            respaldo.copiar(base, copia)
        self._respaldos.append(copia)

    def restaurar(self, azar: random.Random) -> None:
        """Muere, y lo que vuelve es un respaldo de hace rato, con otra época, como con ``jornada restaurar``."""
        self.matar()
        for resto in self.datos.glob("privada.db*"):
            resto.unlink()
        shutil.copy(azar.choice(self._respaldos[-4:]), self.datos / "privada.db")
        with closing(conexion.abrir(self.datos / "privada.db")) as base:
            respaldo.nueva_epoca(base, azar)
        self.restauradas += 1
        self.levantar()


def _atender(datos: Path, puerto: int, defecto: str) -> None:
    app = create_app(datos)
    app.wsgi_app = defectos.plantar(defecto, app.wsgi_app, datos)  # type: ignore[method-assign]
    waitress.server.create_server(app, host="127.0.0.1", port=puerto, threads=8).run()


if __name__ == "__main__":
    _atender(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else "")
