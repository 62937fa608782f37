"""El archivo de un respaldo: ``tar | gzip | age``, escrito y leído por pedazos.

Lo abre también quien no tiene este programa: ``age -d -i llave.txt ARCHIVO | tar xz``. Lo que ya va sellado no se
comprime: es otro miembro del mismo gzip, sin comprimir. El manifiesto va al final, cuando ya se sabe la huella de todo.
"""

import errno
import gzip
import hashlib
import json
import os
import re
import tarfile
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from pyrage import DecryptError, EncryptError, decrypt_io, encrypt_io, x25519

from ..errores import ErrorJornada

MANIFIESTO = "manifiesto.json"
VERSION = 2
PEDAZO = 262_144
_BLOQUE = 512
_MANIFIESTO_MAXIMO = 64 * 1_048_576
_ADMITIDOS = re.compile(
    r"privada\.db|publica\.db|analistas\.json|(catalogos|claves|textos)/[A-Za-z0-9_-][A-Za-z0-9._-]*"
    r"|evidencias/[0-9a-f-]+\.sobre"
)
_NUNCA = "claves/nombres.llaves"
"""El cuaderno de los nombres viaja aparte, y lo que quede de él al lado no viaja: abriría lo que ya se borró."""

Donde = Callable[[str], Path | None]
"""Dado el nombre de algo del respaldo, dónde escribirlo; ``None``: sólo se comprueba."""


def escribir(
    destino: Path,
    grupos: Iterable[tuple[int, Iterable[tuple[str, Path]]]],
    para: list[x25519.Recipient],
    dicho: dict[str, object],
) -> dict[str, str]:
    """Escribe ``destino`` (0600, ya asegurado en el disco) y devuelve la huella de cada cosa que lleva.

    :param grupos: cuánto se comprime (de 0 a 9) y qué va: su nombre y de dónde sale. Lo que ya no está no va.
    :param dicho: lo demás que diga el manifiesto.
    :raises OSError: si el disco no lo deja.
    """
    huellas: dict[str, str] = {}
    destino.unlink(missing_ok=True)
    descriptor = os.open(destino, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "wb") as salida:
        sellar(_Lector(_todo(grupos, huellas, dicho)), salida, para)
        salida.flush()
        os.fsync(salida.fileno())
    return huellas


def sellar(entrada: object, salida: IO[bytes], para: list[x25519.Recipient]) -> None:
    """Cifra un flujo con age. :raises OSError: el de leer o escribir."""
    try:
        encrypt_io(entrada, salida, para)
    except EncryptError as error:  # un error de quien lee llega envuelto y sin su número
        numero = re.search(r"\[Errno (\d+)\]", str(error))
        raise OSError(int(numero[1]) if numero else errno.EIO, str(error)) from error


def leer(archivo: Path, identidades: list[x25519.Identity], donde: Donde) -> dict[str, Any]:
    """Descifra, escribe lo que ``donde`` diga (0600, asegurado) y comprueba cada huella; devuelve el manifiesto.

    :raises ErrorJornada: ``respaldo_de_otra_llave``, ``respaldo_ilegible``.
    """
    vistas: dict[str, str] = {}
    try:
        with Abierto(archivo, identidades) as claro:
            manifiesto = _recorrer(claro, donde, vistas)
            while claro.read(PEDAZO):  # hasta el final: age comprueba ahí que no lo cortaron
                pass
        return _cotejado(manifiesto, vistas)
    except ErrorJornada:
        raise
    except (tarfile.TarError, zlib.error, gzip.BadGzipFile, EOFError, KeyError, ValueError, TypeError) as error:
        raise ErrorJornada("respaldo_ilegible", archivo=archivo) from error


def admitido(nombre: str) -> bool:
    """¿Puede ir en un respaldo algo con ese nombre?"""
    return not nombre.startswith(_NUNCA) and _ADMITIDOS.fullmatch(nombre) is not None


def huella(ruta: Path) -> str:
    with ruta.open("rb") as origen:
        return hashlib.file_digest(origen, "sha256").hexdigest()


class Abierto:
    """Lo que hay adentro de un archivo de age, como algo que se lee. Otro hilo lo descifra conforme se pide.

    Al salir del ``with`` sin error se asegura que el archivo estaba entero.

    :raises ErrorJornada: ``respaldo_de_otra_llave``, ``respaldo_ilegible``.
    """

    def __init__(self, archivo: Path, identidades: list[x25519.Identity]) -> None:
        self._archivo, self._identidades = archivo, identidades
        self._falla: Exception | None = None

    def __enter__(self) -> IO[bytes]:
        lee, escribe = os.pipe()
        self._lee = os.fdopen(lee, "rb", PEDAZO)
        self._hilo = threading.Thread(target=self._descifrar, args=(os.fdopen(escribe, "wb", 0),), daemon=True)
        self._hilo.start()
        return self._lee

    def __exit__(self, clase: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        self._lee.close()
        self._hilo.join()
        if isinstance(error, OSError) and not isinstance(error, gzip.BadGzipFile):
            return  # fue el disco de este lado; el otro hilo sólo se quedó sin quien le leyera
        if isinstance(self._falla, DecryptError) and "matching" in str(self._falla):
            raise ErrorJornada("respaldo_de_otra_llave", archivo=self._archivo) from self._falla
        if self._falla is not None and not isinstance(self._falla, BrokenPipeError):
            raise ErrorJornada("respaldo_ilegible", archivo=self._archivo) from self._falla

    def _descifrar(self, salida: IO[bytes]) -> None:
        try:
            with salida, self._archivo.open("rb") as entrada:
                decrypt_io(entrada, _Entero(salida), self._identidades)
        except Exception as error:  # se cuenta en el otro hilo
            self._falla = error


class _Entero:
    """Escribe todo lo que le dan: una tubería puede tomar sólo una parte."""

    def __init__(self, salida: IO[bytes]) -> None:
        self._salida = salida

    def write(self, bytes_: bytes) -> int:
        resto = memoryview(bytes_)
        while resto:
            resto = resto[self._salida.write(resto) :]
        return len(bytes_)

    def flush(self) -> None:
        self._salida.flush()


class _Lector:
    """Un generador de pedazos, como algo que se lee."""

    def __init__(self, pedazos: Iterator[bytes]) -> None:
        self._pedazos, self._resto = pedazos, memoryview(b"")

    def read(self, cuantos: int) -> bytes:
        while not self._resto:
            siguiente = next(self._pedazos, None)
            if siguiente is None:
                return b""
            self._resto = memoryview(siguiente)
        dado, self._resto = self._resto[:cuantos], self._resto[cuantos:]
        return bytes(dado)


def _todo(
    grupos: Iterable[tuple[int, Iterable[tuple[str, Path]]]], huellas: dict[str, str], dicho: dict[str, object]
) -> Iterator[bytes]:
    for nivel, cosas in grupos:
        yield from _comprimir(_tar(cosas, huellas), nivel)
    manifiesto = {"version": VERSION, **dicho, "archivos": huellas}
    yield from _comprimir(_final(json.dumps(manifiesto, indent=1).encode()), 6)


def _comprimir(pedazos: Iterable[bytes], nivel: int) -> Iterator[bytes]:
    """Un miembro de gzip."""
    compresor = zlib.compressobj(nivel, wbits=31)
    for pedazo in pedazos:
        if hecho := compresor.compress(pedazo):
            yield hecho
    yield compresor.flush()


def _tar(cosas: Iterable[tuple[str, Path]], huellas: dict[str, str]) -> Iterator[bytes]:
    for nombre, ruta in cosas:
        try:
            origen = ruta.open("rb")
        except FileNotFoundError:
            continue
        with origen:
            mide = os.fstat(origen.fileno()).st_size
            yield _encabezado(nombre, mide, int(os.fstat(origen.fileno()).st_mtime))
            huella, van = hashlib.sha256(), 0
            while pedazo := origen.read(min(PEDAZO, mide - van)):
                huella.update(pedazo)
                van += len(pedazo)
                yield pedazo
            if van != mide:
                raise OSError(f"{nombre} cambió mientras se copiaba")
            yield bytes(-mide % _BLOQUE)
            huellas[nombre] = huella.hexdigest()


def _final(manifiesto: bytes) -> Iterator[bytes]:
    yield _encabezado(MANIFIESTO, len(manifiesto), 0)
    yield manifiesto
    yield bytes(-len(manifiesto) % _BLOQUE + 2 * _BLOQUE)


def _encabezado(nombre: str, mide: int, hecho_en: int) -> bytes:
    entrada = tarfile.TarInfo(nombre)
    entrada.size, entrada.mode, entrada.mtime = mide, 0o600, hecho_en
    return entrada.tobuf(tarfile.GNU_FORMAT)  # el tamaño de más de 8 GB también cabe


def _recorrer(claro: IO[bytes], donde: Donde, vistas: dict[str, str]) -> dict[str, Any]:
    """Saca lo que va saliendo; devuelve el manifiesto, que es lo último."""
    with gzip.GzipFile(fileobj=claro) as descomprimido, tarfile.open(fileobj=descomprimido, mode="r|") as paquete:
        for entrada in paquete:
            contenido = paquete.extractfile(entrada) if entrada.isreg() else None
            if contenido is None or entrada.name in vistas:
                raise ValueError("trae algo que no es de un respaldo")
            if entrada.name == MANIFIESTO:
                if entrada.size > _MANIFIESTO_MAXIMO:
                    raise ValueError("el manifiesto es demasiado grande")
                leido: dict[str, Any] = json.loads(contenido.read())
                return leido
            if not admitido(entrada.name):
                raise ValueError("trae archivos que no son de un respaldo")
            vistas[entrada.name] = _sacar(contenido, donde(entrada.name))
    raise ValueError("no trae manifiesto")


def _sacar(contenido: IO[bytes], ruta: Path | None) -> str:
    huella = hashlib.sha256()
    if ruta is None:
        while pedazo := contenido.read(PEDAZO):
            huella.update(pedazo)
        return huella.hexdigest()
    ruta.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(ruta, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "wb") as salida:
        while pedazo := contenido.read(PEDAZO):
            huella.update(pedazo)
            salida.write(pedazo)
        salida.flush()
        os.fsync(salida.fileno())
    return huella.hexdigest()


def _cotejado(manifiesto: dict[str, Any], vistas: dict[str, str]) -> dict[str, Any]:
    if manifiesto["version"] != VERSION or manifiesto["archivos"] != vistas or "privada.db" not in vistas:
        raise ValueError("el manifiesto no corresponde")
    datetime.fromisoformat(manifiesto["hecho_en"])
    return manifiesto
