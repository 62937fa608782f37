"""Respaldar una carpeta de datos en un solo archivo y volver a levantarla de él.

El archivo es un ZIP con la base privada (copia hecha con ``VACUUM INTO``), la pública, los catálogos, las llaves, las
evidencias (siguen selladas) y un manifiesto con la huella SHA-256 de cada cosa. Lleva nombres y llaves: se guarda bajo
llave. Con años de fotos mide gigabytes: se escribe, se comprueba y se levanta por pedazos.
"""

import hashlib
import json
import os
import re
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from random import Random
from typing import IO

from .consultas import conexion, evidencias, respaldo
from .errores import ErrorJornada
from .instalacion import Instalacion

MANIFIESTO = "manifiesto.json"
_VERSION = 1
_ADMITIDOS = re.compile(
    r"privada\.db|publica\.db|(catalogos|claves|textos)/[A-Za-z0-9._-]+|evidencias/[0-9a-f-]+\.sobre"
)
_PEDAZO = 1_048_576
_INTENTOS = 3
"""Si entre copiar la base y copiar las evidencias se quita una, se vuelve a empezar."""


def respaldar(
    instalacion: Instalacion, archivo: Path, ahora: datetime, avisar: Callable[[int], object] = lambda _: None
) -> dict[str, str]:
    """Escribe ``archivo`` (0600, entero o nada), lo vuelve a abrir y lo comprueba.

    :param avisar: se llama con cuántas evidencias faltan o están dañadas, si hay. Por una foto no se deja de respaldar
        todo lo demás.
    :returns: el manifiesto: ruta -> SHA-256.
    :raises ErrorJornada: ``respaldo_existe`` si el archivo ya está; ``respaldo_fallido`` si no quedó bien.
    """
    if archivo.exists():
        raise ErrorJornada("respaldo_existe", archivo=archivo)
    conexion.verificar(instalacion.privada)
    archivo.parent.mkdir(parents=True, exist_ok=True)
    temporal = archivo.with_name(archivo.name + ".nuevo")
    try:
        huellas, danadas = _copiar_todo(instalacion, temporal, ahora)
        _comprobar(temporal)
        temporal.rename(archivo)
    finally:
        temporal.unlink(missing_ok=True)
    if danadas:
        avisar(danadas)
    return huellas


def _copiar_todo(instalacion: Instalacion, destino: Path, ahora: datetime) -> tuple[dict[str, str], int]:
    """La base y, con ella, las evidencias que nombra; y cuántas de ellas faltan o están dañadas.

    :raises ErrorJornada: ``respaldo_fallido``.
    """
    for _ in range(_INTENTOS):
        with tempfile.TemporaryDirectory(dir=destino.parent, prefix=".respaldo-") as carpeta:
            copia = Path(carpeta) / "privada.db"
            with closing(conexion.abrir(instalacion.privada)) as base:
                respaldo.copiar(base, copia)
                nombradas = _evidencias(copia)
                huellas = _empacar(instalacion.datos, copia, nombradas, destino, ahora)
                faltan = {nombre for nombre in nombradas if nombre not in huellas}
                if faltan <= {f"evidencias/{nombre}" for nombre, _ in evidencias.vigentes(base)}:
                    return huellas, sum(huellas.get(nombre) != huella for nombre, huella in nombradas.items())
    raise ErrorJornada("respaldo_fallido")


def _empacar(datos: Path, copia: Path, nombradas: Iterable[str], destino: Path, ahora: datetime) -> dict[str, str]:
    destino.unlink(missing_ok=True)
    descriptor = os.open(destino, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    huellas: dict[str, str] = {}
    with os.fdopen(descriptor, "w+b") as salida:
        with zipfile.ZipFile(salida, "w", zipfile.ZIP_DEFLATED) as paquete:
            for nombre, ruta in [("privada.db", copia), *_acompanantes(datos)]:
                huellas[nombre] = _meter(paquete, nombre, ruta)
            for nombre in nombradas:
                with suppress(FileNotFoundError):
                    huellas[nombre] = _meter(paquete, nombre, datos / nombre, zipfile.ZIP_STORED)  # no se comprime
            manifiesto = {"version": _VERSION, "hecho_en": ahora.isoformat(timespec="seconds"), "archivos": huellas}
            paquete.writestr(MANIFIESTO, json.dumps(manifiesto, indent=2))
        salida.flush()
        os.fsync(salida.fileno())
    return huellas


def _meter(paquete: zipfile.ZipFile, nombre: str, ruta: Path, como: int = zipfile.ZIP_DEFLATED) -> str:
    """Copia un archivo al ZIP, por pedazos, y devuelve su huella."""
    huella = hashlib.sha256()
    entrada = zipfile.ZipInfo.from_file(ruta, nombre, strict_timestamps=False)
    entrada.compress_type = como
    with ruta.open("rb") as origen, paquete.open(entrada, "w", force_zip64=True) as destino:
        for pedazo in _pedazos(origen):
            huella.update(pedazo)
            destino.write(pedazo)
    return huella.hexdigest()


def _pedazos(origen: IO[bytes]) -> Iterator[bytes]:
    return iter(lambda: origen.read(_PEDAZO), b"")


def _acompanantes(datos: Path) -> list[tuple[str, Path]]:
    """Lo que hace falta además de la base privada, con su nombre dentro del ZIP."""
    rutas = [
        datos / "publica.db",
        *(r for c in ("catalogos", "claves", "textos") for r in sorted((datos / c).glob("*"))),
    ]
    return [(r.relative_to(datos).as_posix(), r) for r in rutas if r.is_file()]


def _evidencias(copia: Path) -> dict[str, str]:
    """Las que nombra la base copiada: nombre dentro del ZIP y la huella que debe tener."""
    with closing(conexion.abrir(copia, solo_lectura=True)) as base:
        return {f"evidencias/{nombre}": huella for nombre, huella in evidencias.vigentes(base)}


def restaurar(archivo: Path, instalacion: Instalacion, azar: Random) -> None:
    """Levanta ``instalacion.datos`` desde un respaldo comprobado; la carpeta debe estar vacía o no existir.

    La base toma una ``epoca`` nueva: los teléfonos vuelven a ofrecer lo que guardan y nada se pierde ni se duplica.

    :raises ErrorJornada: ``respaldo_ilegible``, ``carpeta_ocupada``, o base dañada o más nueva.
    """
    destino = instalacion.datos
    if destino.exists() and (not destino.is_dir() or any(destino.iterdir())):
        raise ErrorJornada("carpeta_ocupada", carpeta=destino)
    destino.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=destino.parent, prefix=".restaurando-") as temporal:
        nueva = Path(temporal) / "datos"
        nueva.mkdir(mode=0o700)
        nombres = _comprobar(archivo)
        with zipfile.ZipFile(archivo) as paquete:
            for nombre in nombres:
                _sacar(paquete, nombre, nueva / nombre)
        conexion.verificar(nueva / "privada.db")
        with closing(conexion.abrir(nueva / "privada.db")) as base:
            respaldo.nueva_epoca(base, azar)
        if destino.exists():
            destino.rmdir()
        nueva.rename(destino)


def _sacar(paquete: zipfile.ZipFile, nombre: str, ruta: Path) -> None:
    ruta.parent.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(ruta, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as salida, paquete.open(nombre) as contenido:
        for pedazo in _pedazos(contenido):
            salida.write(pedazo)
        salida.flush()
        os.fsync(salida.fileno())


def _comprobar(archivo: Path) -> dict[str, str]:
    """Lo que trae el respaldo y su huella, ya comprobada. :raises ErrorJornada: ``respaldo_ilegible``."""
    try:
        with zipfile.ZipFile(archivo) as paquete:
            manifiesto = json.loads(paquete.read(MANIFIESTO))
            huellas: dict[str, str] = manifiesto["archivos"]
            if manifiesto["version"] != _VERSION or sorted(paquete.namelist()) != sorted([*huellas, MANIFIESTO]):
                raise ValueError("el manifiesto no corresponde")
            if "privada.db" not in huellas or not all(_ADMITIDOS.fullmatch(nombre) for nombre in huellas):
                raise ValueError("trae archivos que no son de un respaldo")
            if any(_huella(paquete, nombre) != huella for nombre, huella in huellas.items()):
                raise ValueError("algo cambió después de respaldar")
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, AttributeError, EOFError) as error:
        raise ErrorJornada("respaldo_ilegible", archivo=archivo) from error
    return huellas


def _huella(paquete: zipfile.ZipFile, nombre: str) -> str:
    huella = hashlib.sha256()
    with paquete.open(nombre) as contenido:
        for pedazo in _pedazos(contenido):
            huella.update(pedazo)
    return huella.hexdigest()
