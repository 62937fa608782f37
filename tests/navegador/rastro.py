"""Busca un texto en cada archivo de un perfil de Chromium, de cualquiera de las maneras en que puede estar escrito.

De cada archivo se mira lo crudo y lo que trae adentro: registros de LevelDB sin partir y sin snappy, valores de
IndexedDB comprimidos, renglones de SQLite, cuerpos de la caché (gzip, deflate, brotli) y las sesiones, que Chromium
cifra con una llave que en Linux sin llavero es pública.
"""

import base64
import json
import re
import shutil
import sqlite3
import struct
import tempfile
import urllib.parse
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import brotli
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from tests.navegador import leveldb

_CACHE = struct.pack("<Q", 0xFCFB6D1BA7725C30)
_FIN_CACHE = struct.pack("<Q", 0xF4FA6F45970D41D8)
# En un valor de IndexedDB: «lo que sigue va comprimido con snappy» (blink, idb_value_wrapping.cc).
_IDB_SNAPPY = b"\xff\x11\x02"
_TOPE = 64 * 1_048_576


def buscar(perfil: Path, textos: Iterable[str]) -> list[tuple[str, str, str]]:
    """``(texto, archivo, cómo estaba)`` de cada texto hallado."""
    buscados = {(bytes_, exacta): (texto, forma) for texto in textos for forma, bytes_, exacta in formas(texto)}
    hallados = []
    for archivo in sorted(perfil.rglob("*")):
        if not archivo.is_file() or archivo.is_symlink():
            continue
        nombre = str(archivo.relative_to(perfil))
        for vista, datos in [("el nombre", nombre.encode()), *vistas(archivo)]:
            minusculas = datos.lower()
            for (bytes_, exacta), (texto, forma) in buscados.items():
                if bytes_ in (datos if exacta else minusculas):
                    hallados.append((texto, nombre, f"{vista}, {forma}"))
    return hallados


def formas(texto: str) -> Iterator[tuple[str, bytes, bool]]:
    """``(nombre, bytes, si importan las mayúsculas)``."""
    for variante in dict.fromkeys((texto, texto.lower())):  # bytes.lower() sólo baja las letras sin acento
        for nombre in ("utf-8", "latin-1", "utf-16-le", "utf-16-be"):
            yield nombre, variante.encode(nombre, "replace").lower(), False
        yield "por ciento", urllib.parse.quote(variante).lower().encode(), False
        yield "por ciento y más", urllib.parse.quote_plus(variante).lower().encode(), False
        yield "JSON", json.dumps(variante)[1:-1].lower().encode(), False
        yield "hexadecimal", variante.encode().hex().encode(), False
    for nombre in ("utf-8", "utf-16-le"):
        for corrido in range(3):
            yield f"base64 de {nombre}", _en_base64(texto.encode(nombre), corrido), True
            yield f"base64url de {nombre}", _en_base64(texto.encode(nombre), corrido, b"-_"), True


def _en_base64(datos: bytes, corrido: int, signos: bytes = b"+/") -> bytes:
    """Lo que se ve de ``datos`` cuando empiezan ``corrido`` bytes después de un múltiplo de tres: sin las orillas."""
    entero = base64.b64encode(b"\0" * corrido + datos, signos)
    return entero[(0, 2, 3)[corrido] : (corrido + len(datos)) // 3 * 4]


def vistas(archivo: Path) -> Iterator[tuple[str, bytes]]:
    """Lo crudo del archivo y todo lo que trae adentro."""
    datos = archivo.read_bytes()
    yield "crudo", datos
    for vista, adentro in _adentro(archivo, datos):
        yield vista, adentro
        yield from ((f"{vista}, {otra}", mas) for otra, mas in _comprimido(adentro))
    yield from _comprimido(datos)


def _adentro(archivo: Path, datos: bytes) -> Iterator[tuple[str, bytes]]:
    if archivo.suffix == ".ldb":
        yield "tabla de LevelDB", b"\n".join(leveldb.tabla(datos))
    elif archivo.suffix == ".log" or archivo.name.startswith("MANIFEST-"):
        yield "registros de LevelDB", b"\n".join(leveldb.registros(datos))
    elif datos.startswith(b"SNSS"):
        yield "sesión", b"\n".join(_ordenes_de_sesion(datos))
    elif datos.startswith(b"SQLite format 3"):
        yield "renglones de SQLite", b"\n".join(_renglones(archivo))
    elif datos.startswith(_CACHE):
        yield from _cuerpo_de_cache(datos)


def _comprimido(datos: bytes) -> Iterator[tuple[str, bytes]]:
    for hallado in re.finditer(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]", datos):
        if salida := _inflar(datos[hallado.start() :], 47):
            yield "gzip", salida
    for hallado in re.finditer(re.escape(_IDB_SNAPPY), datos):
        try:
            yield "snappy de IndexedDB", leveldb.sin_snappy(datos[hallado.end() :])
        except ValueError:
            continue


def _inflar(datos: bytes, ventana: int) -> bytes:
    try:
        return zlib.decompressobj(ventana).decompress(datos, _TOPE)
    except zlib.error:
        return b""


def _cuerpo_de_cache(datos: bytes) -> Iterator[tuple[str, bytes]]:
    """Lo que va después de la llave, si está comprimido sin nada que lo anuncie."""
    cuerpo = datos[24 + struct.unpack_from("<I", datos, 12)[0] :].split(_FIN_CACHE)[0]
    if salida := _inflar(cuerpo, -15):
        yield "deflate", salida
    try:
        yield "brotli", brotli.decompress(cuerpo)
    except brotli.error:
        return


def _ordenes_de_sesion(datos: bytes) -> Iterator[bytes]:
    """Con la versión 5 cada orden lleva cuatro bytes de largo y va cifrada; antes, dos y a la vista."""
    i, ancho = 8, 4 if struct.unpack_from("<I", datos, 4)[0] >= 5 else 2
    while i + ancho <= len(datos):
        largo = int.from_bytes(datos[i : i + ancho], "little")
        yield descifrar(datos[i + ancho : i + ancho + largo])
        i += ancho + largo


def descifrar(datos: bytes) -> bytes:
    """Lo que Chromium cifra en Linux sin llavero (``v10``); lo demás, igual."""
    if not datos.startswith(b"v10") or (len(datos) - 3) % 16:
        return datos
    llave = PBKDF2HMAC(hashes.SHA1(), 16, b"saltysalt", 1).derive(b"peanuts")
    abrir = Cipher(algorithms.AES128(llave), modes.CBC(b" " * 16)).decryptor()
    return abrir.update(datos[3:]) + abrir.finalize()


def _renglones(archivo: Path) -> Iterator[bytes]:
    """Cada valor de cada tabla, con lo que todavía esté en su diario."""
    with tempfile.TemporaryDirectory() as carpeta:
        for parte in archivo.parent.glob(f"{archivo.name}*"):
            if parte.is_file():
                shutil.copy(parte, carpeta)
        with closing(sqlite3.connect(Path(carpeta) / archivo.name)) as base:
            base.text_factory = bytes
            for (tabla,) in base.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
                for fila in base.execute(f'SELECT * FROM "{tabla.decode()}"'):
                    yield b"\x1f".join(descifrar(v) if isinstance(v, bytes) else str(v).encode() for v in fila)
