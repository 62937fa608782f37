"""Un Chromium con perfil en disco, hecho para matarlo: entero o sólo sus pestañas, siempre con SIGKILL."""

import os
import signal
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import BrowserContext, Playwright

from tests.navegador.procesos import BANDERAS, ruta_chromium

_PROPIAS = [
    "--headless=new", "--remote-debugging-port=0", "--no-default-browser-check", "--disable-breakpad", "--lang=es-MX",
    "--password-store=basic", "--use-mock-keychain", "--window-size=360,740", "--hide-crash-restore-bubble",
]  # fmt: skip


class Chromium:
    """Lo mismo que trae el teléfono: el perfil queda en el disco y la siguiente vez se abre de ahí."""

    def __init__(self, motor: Playwright, perfil: Path) -> None:
        self._motor, self.perfil = motor, perfil
        self._proceso: subprocess.Popen[bytes] | None = None
        self.golpe = threading.Lock()
        """Tomado mientras se mata: los golpes caen desde otro hilo."""
        self.golpeado = False
        """Algo se mató desde la última vez que se abrió: lo que falle ahora es por eso."""

    def abrir(self) -> BrowserContext:
        self.golpeado = False
        puerto = self.perfil / "DevToolsActivePort"
        puerto.unlink(missing_ok=True)
        self._proceso = subprocess.Popen(
            [ruta_chromium(), *BANDERAS, *_PROPIAS, f"--user-data-dir={self.perfil}", "about:blank"],
            env=os.environ | {"TZ": "America/Mexico_City"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        limite = time.monotonic() + 60
        while not (puerto.exists() and puerto.read_text().count("\n")):
            assert self._proceso.poll() is None, "Chromium no abrió"
            assert time.monotonic() < limite, "Chromium no dijo su puerto"
            time.sleep(0.02)
        navegador = self._motor.chromium.connect_over_cdp(f"http://127.0.0.1:{puerto.read_text().split()[0]}")
        contexto = navegador.contexts[0]
        contexto.set_default_timeout(40_000)
        return contexto

    @property
    def vivo(self) -> bool:
        return self._proceso is not None and self._proceso.poll() is None

    def matar(self) -> None:
        """Todos sus procesos de un golpe, como cuando el sistema se queda sin memoria o se acaba la pila."""
        with self.golpe:
            if self._proceso is not None and self.vivo:
                self.golpeado = True
                os.killpg(self._proceso.pid, signal.SIGKILL)
                self._proceso.wait()

    def matar_pestanas(self) -> None:
        """Sólo los procesos que dibujan páginas; el navegador queda en pie."""
        with self.golpe:
            self.golpeado = True
            for pid in self._pestanas():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def _pestanas(self) -> list[int]:
        """Los renderizadores del grupo de procesos que abrimos."""
        halladas = []
        for carpeta in Path("/proc").iterdir():
            if not carpeta.name.isdigit():
                continue
            try:
                if self._proceso and os.getpgid(int(carpeta.name)) == self._proceso.pid:
                    orden = (carpeta / "cmdline").read_bytes()
                    if b"--type=renderer" in orden:
                        halladas.append(int(carpeta.name))
            except (OSError, ProcessLookupError):
                continue
        return halladas

    def cerrar(self) -> None:
        """Como quien la cierra: alcanza a despedirse."""
        if self._proceso is not None and self.vivo:
            self._proceso.terminate()
            try:
                self._proceso.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self.matar()
