"""Atender una carpeta de datos: la aplicación en este proceso (waitress) y Datasette en otro, vigilado.

Un solo proceso escribe la base; por eso un candado sobre la carpeta impide arrancar dos. Datasette sólo recibe
la ruta de ``publica.db`` y un ambiente limpio: ni las variables ni el directorio de la oficina llegan a él.
"""

import ctypes
import io
import logging
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import qrcode
import waitress.server
from filelock import FileLock, Timeout
from flask import Flask

from . import cuerpos
from .aplicacion import create_app
from .consola import Fallo, decir, ruta_corta
from .consultas.conexion import advertencia_de_version, mantener_abierta
from .instalacion import Instalacion
from .vistas import aluvion, diario, seguridad, sesion
from .vistas.publicador import Publicador

HILOS = 8
CONEXIONES = 400
"""A la vez. Con cien, quien abra cien y calle deja afuera a la sala."""
ESPERA_MAXIMA = 30.0
"""Segundos entre intentos de levantar Datasette cuando no se deja."""
_VIVE_BIEN = 60.0
"""Si duró esto, la siguiente caída se atiende sin espera."""


@contextmanager
def candado(datos: Path) -> Iterator[None]:
    """Exclusivo sobre la carpeta mientras se atiende. :raises Fallo: si otro proceso ya la atiende."""
    cerrojo = FileLock(datos / "servir.lock", timeout=0)
    try:
        cerrojo.acquire()
    except Timeout as error:
        raise Fallo(
            f"Ya hay otro «jornada servir» atendiendo la carpeta {ruta_corta(datos)}.",
            "Use ése, o ciérrelo antes de abrir otro. Si quiere otra carpeta, dígala con --datos.",
        ) from error
    try:
        yield
    finally:
        cerrojo.release()


def escuchar(direccion: str, puerto: int) -> socket.socket:
    """Un puerto ya apartado. :raises Fallo: si está ocupado o no se permite."""
    familia = socket.AF_INET6 if ":" in direccion else socket.AF_INET
    enchufe = socket.socket(familia, socket.SOCK_STREAM)
    if os.name != "nt":  # en Windows esta opción dejaría compartir un puerto ocupado
        enchufe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        enchufe.bind((direccion, puerto))
        enchufe.listen(1024)
    except socket.gaierror as error:
        enchufe.close()
        raise Fallo(
            f"«{direccion}» no es una dirección de esta computadora.", "Sin --direccion es 127.0.0.1."
        ) from error
    except (OSError, OverflowError) as error:
        enchufe.close()
        raise Fallo(
            f"El puerto {puerto} de {direccion} está ocupado o no se permite usarlo.",
            "Cierre el programa que lo usa, o elija otro con --puerto y --puerto-datos.",
        ) from error
    return enchufe


class Datasette:
    """El proceso de Datasette: se levanta, se vuelve a levantar si se cae, y muere con éste."""

    def __init__(self, orden: list[str], ambiente: dict[str, str], bitacora: Path) -> None:
        self._orden = orden
        self._ambiente = ambiente
        self._bitacora = bitacora
        self._fin = threading.Event()
        self._proceso: subprocess.Popen[bytes] | None = None
        self._hilo = threading.Thread(target=self._vigilar, name="datasette", daemon=True)

    def empezar(self) -> None:
        self._hilo.start()

    def parar(self) -> None:
        self._fin.set()
        self._hilo.join(timeout=15)

    @property
    def pid(self) -> int | None:
        return self._proceso.pid if self._proceso else None

    def _vigilar(self) -> None:
        espera = 0.0
        with tempfile.TemporaryDirectory(prefix="jornada-") as vacia:
            while not self._fin.wait(espera):
                desde = time.monotonic()
                self._una_vez(Path(vacia))
                duro = time.monotonic() - desde
                espera = 0.5 if duro > _VIVE_BIEN else min(max(espera * 2, 1.0), ESPERA_MAXIMA)
                if not self._fin.is_set():
                    decir(f"Datasette se cerró; se levanta otra vez en {espera:.0f} s (motivo: {self._bitacora.name}).")

    def _una_vez(self, carpeta: Path) -> None:
        """Corre Datasette hasta que termine o se pida parar. Sus accesos no se anotan; sus fallas sí."""
        with self._bitacora.open("wb") as fallas:
            self._proceso = subprocess.Popen(
                self._orden,
                cwd=carpeta,
                env=self._ambiente,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=fallas,
                preexec_fn=_morir_con_el_padre if sys.platform == "linux" else None,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        while self._proceso.poll() is None and not self._fin.wait(0.2):
            pass
        if self._proceso.poll() is None:
            self._proceso.terminate()
            try:
                self._proceso.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self._proceso.kill()
                self._proceso.wait()


_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def _morir_con_el_padre() -> None:
    """En Linux, el núcleo termina al hijo aunque a nosotros nos maten de golpe (prctl PR_SET_PDEATHSIG)."""
    if _LIBC is not None:
        _LIBC.prctl(1, signal.SIGTERM)


def servir(
    instalacion: Instalacion,
    *,
    direccion: str,
    puerto: int,
    puerto_datos: int,
    orden_datos: Callable[[int], list[str]] | None,
    ambiente: dict[str, str],
    al_empezar: Callable[[str, str | None], None],
    publicador: Publicador | None = None,
) -> None:
    """Atiende hasta Ctrl-C o SIGTERM.

    :param orden_datos: dado un puerto, la orden que levanta Datasette sobre ``publica.db``; ``None`` si lo levanta otro
        usuario, con «jornada datos».
    :param ambiente: las únicas variables que recibe ese proceso.
    :param al_empezar: se llama con las dos direcciones (la de los datos, si se atienden aquí) cuando ya se contesta.
    :param publicador: con quién publica el panel.
    :raises Fallo: puerto ocupado u otro proceso en la misma carpeta.
    :raises ErrorJornada: base dañada, ausente o de una versión más nueva.
    """
    if aviso := advertencia_de_version():
        decir(f"Aviso: {aviso}")
    if "JOURNAL_STREAM" in os.environ or os.environ.get("JORNADA_DIARIO"):
        diario.hablar()
    with candado(instalacion.datos):
        app = create_app(instalacion.datos, reloj=instalacion.reloj, publicador=publicador)
        enchufe = escuchar(direccion, puerto)
        puerto = enchufe.getsockname()[1]
        logging.getLogger("waitress").setLevel(logging.ERROR)
        servidor = servidor_web(app, enchufe)
        datasette, datos = None, None
        if orden_datos is not None:
            apartado = escuchar("127.0.0.1", puerto_datos)
            puerto_datos = apartado.getsockname()[1]
            apartado.close()
            datos = direccion_web("127.0.0.1", puerto_datos)
            datasette = Datasette(orden_datos(puerto_datos), ambiente, instalacion.datos / "datasette.log")
        signal.signal(signal.SIGTERM, _salir)
        if datasette is not None:
            datasette.empezar()
        try:
            with mantener_abierta(instalacion.privada):
                al_empezar(direccion_web(direccion, puerto), datos)
                avisar_a_systemd()
                servidor.run()
        finally:
            servidor.close()
            if datasette is not None:
                datasette.parar()
        decir("Se cerró en orden. Los datos quedaron guardados.")


def servidor_web(app: Flask, enchufe: socket.socket) -> Any:
    """El servidor de waitress, con los límites de :mod:`.cuerpos`."""
    servidor = waitress.server.create_server(
        app,
        sockets=[enchufe],
        threads=HILOS,
        ident="",
        max_request_body_size=cuerpos.COMUN,
        connection_limit=CONEXIONES,
        channel_timeout=60,  # a quien abre y no manda nada no se le guarda el lugar
        asyncore_use_poll=hasattr(select, "poll"),
        outbuf_overflow=cuerpos.DE_LA_OFICINA,  # una foto abierta tampoco se escribe en un temporal al salir
        trusted_proxy="127.0.0.1",
        trusted_proxy_headers={"x-forwarded-proto"},
        clear_untrusted_proxy_headers=True,
    )
    servidor.channel_class = cuerpos.canal(
        servidor.adj,
        lambda galletas: sesion.entro(app, galletas),
        formulario=seguridad.MAXIMO_FORMULARIO,
        cabeceras=seguridad.DE_ERROR,
    )
    turnos = servidor.task_dispatcher.queue
    aluvion.de(app).presion = lambda: len(turnos)
    return servidor


def avisar_a_systemd() -> None:
    """Que ya se atiende, si quien nos levantó lo espera (``Type=notify``); si no, nada."""
    enchufe = os.environ.get("NOTIFY_SOCKET", "")
    if not enchufe or sys.platform != "linux":
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as salida:
        salida.sendto(b"READY=1", "\0" + enchufe[1:] if enchufe.startswith("@") else enchufe)


def _salir(_senal: int, _marco: FrameType | None) -> None:
    raise SystemExit(0)


def direccion_web(direccion: str, puerto: int) -> str:
    """``http://127.0.0.1:8000`` (y entre corchetes si es IPv6)."""
    anfitrion = f"[{direccion}]" if ":" in direccion else direccion
    return f"http://{anfitrion}:{puerto}"


def qr_en_texto(contenido: str) -> str:
    """El QR con letras de bloque, para la terminal."""
    codigo = qrcode.QRCode(border=2)
    codigo.add_data(contenido)
    salida = io.StringIO()
    codigo.print_ascii(out=salida, invert=True)
    return salida.getvalue()
