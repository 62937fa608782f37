"""Lo que hace falta para que algo salga mal de veras: un hilo sin permisos y un proceso que se mata a la mitad."""

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeVar

import elenco_publicacion as elenco
from sqlite_utils import Database

from recoleccion.instalacion import ZONA_HORARIA, Instalacion
from recoleccion.publicador import publicar
from tests.recoleccion.disco import Disco

PROCESOS = multiprocessing.get_context("forkserver")
PROCESOS.set_forkserver_preload([__name__])
T = TypeVar("T")
ENERO = datetime(2027, 1, 5, 9, 0, tzinfo=ZONA_HORARIA)
_DE_ARCHIVOS = frozenset({"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree"})


def chica(datos: Path) -> Path:
    """Un lote publicado en octubre y otro que espera desde enero, con pocos datos: lo que se prueba es lo que falla."""
    datos.mkdir()
    elenco.carpeta(datos)
    elenco.sembrar(datos / "privada.db", eventos=6, por_evento=30)
    Instalacion(datos).crear_claves()
    with closing(Database(datos / "privada.db")) as db:
        for tabla in ("asistencia", "contestacion", "cambio"):
            db.execute(f"UPDATE {tabla} SET lote = NULL")
        for tabla in ("contestacion", "cambio"):
            db.execute(f"UPDATE {tabla} SET mes = '2026-12'")
        db.execute("DELETE FROM evento_encuesta WHERE instrumento <> 'satisfaccion'")
        db.execute("UPDATE evento SET fecha = replace(fecha, '2026-10', '2026-07') WHERE fecha LIKE '2026-10%'")
        db.conn.commit()
    publicar(Instalacion(datos, lambda: ENERO.replace(year=2026, month=10)), quien="titular", paso=nada)
    return datos


def nada(_frase: str) -> None:
    """Sin avance."""


def sin_privilegios(hacer: Callable[[], T]) -> T:
    """Corre en un hilo al que ni siendo root se le perdonan los permisos (sin CAP_DAC_OVERRIDE; Linux)."""
    salida: list[T] = []
    fallas: list[BaseException] = []

    def correr() -> None:
        try:
            _quitar_privilegios()
            salida.append(hacer())
        except BaseException as error:
            fallas.append(error)

    hilo = threading.Thread(target=correr)
    hilo.start()
    hilo.join()
    if fallas:
        raise fallas[0]
    return salida[0]


def _quitar_privilegios() -> None:
    """capset(2): las capacidades son de cada hilo. Quita 1 (DAC_OVERRIDE) y 2 (DAC_READ_SEARCH)."""
    libc = ctypes.CDLL(None, use_errno=True)
    cabeza = (ctypes.c_uint32 * 2)(0x20080522, 0)
    datos = (ctypes.c_uint32 * 6)()
    assert libc.capget(cabeza, datos) == 0
    datos[0] &= ~0b110
    assert libc.capset(cabeza, datos) == 0


def publicar_hasta(datos: Path, punto: int) -> int | None:
    """Publica en otro proceso que se mata (SIGKILL) al llegar a ``punto``; cuántos hubo, si alcanzó a terminar."""
    aqui, alla = PROCESOS.Pipe()
    proceso = PROCESOS.Process(target=_publicar_y_morir, args=(datos, punto, alla))
    proceso.start()
    alla.close()
    try:
        cuantos: int | None = aqui.recv()
    except EOFError:
        cuantos = None
    proceso.join()
    assert proceso.exitcode == (0 if cuantos is not None else -signal.SIGKILL), proceso.exitcode
    proceso.close()
    aqui.close()
    return cuantos


def _publicar_y_morir(datos: Path, punto: int, tubo: Connection) -> None:
    """Cada vez que se toca el disco es un punto: al sincronizar o recortar (SQLite) y al abrir, renombrar o borrar."""
    van = 0

    def tocar() -> None:
        nonlocal van
        van += 1
        if van == punto:
            os.kill(os.getpid(), signal.SIGKILL)

    def oir(suceso: str, args: tuple[object, ...]) -> None:
        if suceso in _DE_ARCHIVOS and str(args[0]).startswith(str(datos)) and not _solo_lee(suceso, args):
            tocar()

    def del_disco(que: str, archivo: str) -> int:
        if que != "escribir" or archivo == "publica.db.nuevo-journal":
            tocar()
        return 0

    sys.addaudithook(oir)
    with Disco() as disco:
        disco.falla = del_disco
        publicar(Instalacion(datos, lambda: ENERO), quien="titular", paso=nada)
    tubo.send(van)


def _solo_lee(suceso: str, args: tuple[object, ...]) -> bool:
    if suceso != "open":
        return False
    modo, banderas = args[1], args[2]
    return modo in ("r", "rb") or (
        modo is None and isinstance(banderas, int) and not banderas & (os.O_WRONLY | os.O_RDWR)
    )
