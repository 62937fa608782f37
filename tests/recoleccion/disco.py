"""Un disco que se anota y que falla, debajo del SQLite de verdad.

Cambia, en la VFS del SQLite que usa el programa, la función que abre archivos (``sqlite3_vfs.xOpen``); a cada archivo
abierto le pone la suya de escribir, recortar y sincronizar. Lo demás (candados, memoria compartida) es lo de siempre.
Con lo anotado se reconstruye lo que habría en el disco si la luz se fuera en un instante dado: de lo escrito después
del último ``fsync`` de un archivo puede haber llegado cualquier parte, en pedazos de un sector. Supone que el nombre de
un archivo sincronizado existe y que escribir unos bytes no estropea a sus vecinos (lo que SQLite llama «powersafe
overwrite»). Fuente: https://sqlite.org/c3ref/vfs.html y https://sqlite.org/c3ref/io_methods.html
"""

import ctypes
import random
from collections.abc import Callable
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_void_p, cast, memmove, pointer, string_at
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pysqlite3._sqlite3 as biblioteca

LLENO, FALLA_ESCRIBIR, FALLA_SINCRONIZAR = 13, 778, 1034
"""Códigos de SQLite: ``SQLITE_FULL``, ``SQLITE_IOERR_WRITE``, ``SQLITE_IOERR_FSYNC``."""
SECTOR = 512

_Abrir = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)
_Escribir = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_Recortar = CFUNCTYPE(c_int, c_void_p, c_int64)
_Sincronizar = CFUNCTYPE(c_int, c_void_p, c_int)


class _Vfs(Structure):
    _fields_ = [
        ("version", c_int), ("largo_archivo", c_int), ("largo_ruta", c_int), ("siguiente", c_void_p),
        ("nombre", c_char_p), ("datos", c_void_p), ("abrir", c_void_p),
    ]  # fmt: skip


class _Metodos(Structure):
    _fields_ = [
        ("version", c_int), ("cerrar", c_void_p), ("leer", c_void_p), ("escribir", c_void_p), ("recortar", c_void_p),
        ("sincronizar", c_void_p), ("resto", c_void_p * 13),
    ]  # fmt: skip


@dataclass(frozen=True)
class Hecho:
    """``que``: escribir, recortar, sincronizar o acusar. ``donde``: desplazamiento, o largo nuevo al recortar."""

    que: str
    archivo: str = ""
    donde: int = 0
    bytes: bytes = b""
    ids: tuple[str, ...] = ()


class Disco:
    """Mientras dura el ``with``, anota lo que SQLite le hace al disco.

    :ivar falla: recibe ``(que, archivo)`` antes de cada hecho; devuelve 0 o el código de SQLite con que fallar.
    """

    def __init__(self) -> None:
        self.hechos: list[Hecho] = []
        self.falla: Callable[[str, str], int] = lambda _que, _archivo: 0
        self._nombres: dict[int, str] = {}
        self._metodos: dict[int, _Metodos] = {}

    def __enter__(self) -> Self:
        sqlite = ctypes.CDLL(biblioteca.__file__)
        sqlite.sqlite3_vfs_find.restype = POINTER(_Vfs)
        self._vfs = sqlite.sqlite3_vfs_find(None).contents
        self._abrir_de_antes = self._vfs.abrir
        self._abrir_original = _Abrir(self._abrir_de_antes)
        self._mios = (
            _Abrir(self._abrir), _Escribir(self._escribir), _Recortar(self._recortar), _Sincronizar(self._sincronizar)
        )  # fmt: skip
        self._vfs.abrir = cast(self._mios[0], c_void_p).value
        return self

    def __exit__(self, *_: object) -> None:
        """Las conexiones abiertas aquí adentro deben cerrarse antes de salir."""
        self._vfs.abrir = self._abrir_de_antes

    def acusar(self, ids: list[str]) -> None:
        self.hechos.append(Hecho("acusar", ids=tuple(ids)))

    def _abrir(self, vfs: int, nombre: int | None, archivo: int, banderas: int, salida: int) -> int:
        # ``nombre`` se pasa como llegó: SQLite guarda ese puntero y lo vuelve a leer mientras el archivo esté abierto.
        resultado = self._abrir_original(vfs, nombre, archivo, banderas, salida)
        if resultado == 0 and nombre:
            puntero = cast(archivo, POINTER(c_void_p))
            originales = puntero[0]
            if originales not in self._metodos:
                copia = _Metodos()
                memmove(pointer(copia), originales, ctypes.sizeof(_Metodos))
                self._escribir_original = _Escribir(copia.escribir)
                self._recortar_original = _Recortar(copia.recortar)
                self._sincronizar_original = _Sincronizar(copia.sincronizar)
                copia.escribir, copia.recortar, copia.sincronizar = (
                    cast(mio, c_void_p).value for mio in self._mios[1:]
                )
                self._metodos[originales] = copia
            puntero[0] = ctypes.addressof(self._metodos[originales])
            self._nombres[archivo] = Path(string_at(nombre).decode()).name
        return int(resultado)

    def _escribir(self, archivo: int, datos: int, cuantos: int, donde: int) -> int:
        nombre = self._nombres[archivo]
        codigo = self.falla("escribir", nombre)
        if codigo:  # la mitad sí alcanzó a llegar: así se llena un disco
            self._escribir_original(archivo, datos, cuantos // 2, donde)
            return codigo
        self.hechos.append(Hecho("escribir", nombre, donde, string_at(datos, cuantos)))
        return int(self._escribir_original(archivo, datos, cuantos, donde))

    def _recortar(self, archivo: int, largo: int) -> int:
        nombre = self._nombres[archivo]
        codigo = self.falla("recortar", nombre)
        if codigo:
            return codigo
        self.hechos.append(Hecho("recortar", nombre, largo))
        return int(self._recortar_original(archivo, largo))

    def _sincronizar(self, archivo: int, banderas: int) -> int:
        nombre = self._nombres[archivo]
        codigo = self.falla("sincronizar", nombre)
        if codigo:
            return codigo
        self.hechos.append(Hecho("sincronizar", nombre))
        return int(self._sincronizar_original(archivo, banderas))


def apagon(iniciales: dict[str, bytes], hechos: list[Hecho], azar: random.Random) -> dict[str, bytes]:
    """Lo que queda en el disco si la luz se va justo después de ``hechos``.

    :param iniciales: los archivos antes del primer hecho, ya sincronizados.
    """
    firmes = {
        nombre: max((n for n, h in enumerate(hechos) if (h.que, h.archivo) == ("sincronizar", nombre)), default=-1)
        for nombre in {h.archivo for h in hechos if h.archivo}
    }
    suerte = azar.choice([0.0, 0.5, 0.9])
    quedan = {nombre: bytearray(contenido) for nombre, contenido in iniciales.items()}
    for n, hecho in enumerate(hechos):
        if hecho.que not in ("escribir", "recortar"):
            continue
        archivo = quedan.setdefault(hecho.archivo, bytearray())
        firme = n < firmes[hecho.archivo]
        if hecho.que == "recortar":
            if firme or azar.random() < suerte:
                archivo[:] = archivo[: hecho.donde].ljust(hecho.donde, b"\0")
            continue
        for desde in range(0, len(hecho.bytes), SECTOR):
            if firme or azar.random() < suerte:
                pedazo, donde = hecho.bytes[desde : desde + SECTOR], hecho.donde + desde
                archivo.extend(bytes(max(0, donde - len(archivo))))
                archivo[donde : donde + len(pedazo)] = pedazo
    return {nombre: bytes(contenido) for nombre, contenido in quedan.items()}
