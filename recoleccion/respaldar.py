"""Respaldar una carpeta de datos en un solo archivo y volver a levantarla de él.

El archivo es un ZIP con la base privada (copia hecha con ``VACUUM INTO``), la pública, los catálogos, las llaves
y un manifiesto con la huella SHA-256 de cada cosa. Lleva nombres y llaves: se guarda bajo llave.
"""

import hashlib
import json
import os
import re
import tempfile
import zipfile
import zlib
from contextlib import closing
from datetime import datetime
from pathlib import Path
from random import Random

from .consultas import conexion, respaldo
from .errores import ErrorJornada
from .instalacion import Instalacion

MANIFIESTO = "manifiesto.json"
_VERSION = 1
_ADMITIDOS = re.compile(r"privada\.db|publica\.db|(catalogos|claves|textos)/[A-Za-z0-9._-]+")


def respaldar(instalacion: Instalacion, archivo: Path, ahora: datetime) -> dict[str, str]:
    """Escribe ``archivo`` (0600, entero o nada), lo vuelve a abrir y lo comprueba.

    :returns: el manifiesto: ruta -> SHA-256.
    :raises ErrorJornada: ``respaldo_existe`` si el archivo ya está; ``respaldo_fallido`` si no quedó bien.
    """
    if archivo.exists():
        raise ErrorJornada("respaldo_existe", archivo=archivo)
    conexion.verificar(instalacion.privada)
    archivo.parent.mkdir(parents=True, exist_ok=True)
    temporal = archivo.with_name(archivo.name + ".nuevo")
    try:
        with tempfile.TemporaryDirectory(dir=archivo.parent, prefix=".respaldo-") as carpeta:
            copia = Path(carpeta) / "privada.db"
            with closing(conexion.abrir(instalacion.privada)) as base:
                respaldo.copiar(base, copia)
            huellas = _empacar(instalacion.datos, copia, temporal, ahora)
        _comprobar(temporal)
        temporal.rename(archivo)
    finally:
        temporal.unlink(missing_ok=True)
    return huellas


def _empacar(datos: Path, copia: Path, destino: Path, ahora: datetime) -> dict[str, str]:
    destino.unlink(missing_ok=True)
    descriptor = os.open(destino, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    huellas: dict[str, str] = {}
    with os.fdopen(descriptor, "w+b") as salida:
        with zipfile.ZipFile(salida, "w", zipfile.ZIP_DEFLATED) as paquete:
            for nombre, ruta in [("privada.db", copia), *_acompanantes(datos)]:
                huellas[nombre] = _huella(ruta.read_bytes())
                paquete.write(ruta, nombre)
            manifiesto = {"version": _VERSION, "hecho_en": ahora.isoformat(timespec="seconds"), "archivos": huellas}
            paquete.writestr(MANIFIESTO, json.dumps(manifiesto, indent=2))
        salida.flush()
        os.fsync(salida.fileno())
    return huellas


def _acompanantes(datos: Path) -> list[tuple[str, Path]]:
    """Lo que hace falta además de la base privada, con su nombre dentro del ZIP."""
    rutas = [
        datos / "publica.db",
        *(r for c in ("catalogos", "claves", "textos") for r in sorted((datos / c).glob("*"))),
    ]
    return [(r.relative_to(datos).as_posix(), r) for r in rutas if r.is_file()]


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
        for nombre, contenido in _comprobar(archivo).items():
            ruta = nueva / nombre
            ruta.parent.mkdir(mode=0o700, exist_ok=True)
            descriptor = os.open(ruta, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as salida:
                salida.write(contenido)
                salida.flush()
                os.fsync(salida.fileno())
        conexion.verificar(nueva / "privada.db")
        with closing(conexion.abrir(nueva / "privada.db")) as base:
            respaldo.nueva_epoca(base, azar)
        if destino.exists():
            destino.rmdir()
        nueva.rename(destino)


def _comprobar(archivo: Path) -> dict[str, bytes]:
    """Lo que trae el respaldo, ya con sus huellas comprobadas. :raises ErrorJornada: ``respaldo_ilegible``."""
    try:
        with zipfile.ZipFile(archivo) as paquete:
            manifiesto = json.loads(paquete.read(MANIFIESTO))
            huellas: dict[str, str] = manifiesto["archivos"]
            if manifiesto["version"] != _VERSION or set(paquete.namelist()) != {*huellas, MANIFIESTO}:
                raise ValueError("el manifiesto no corresponde")
            if "privada.db" not in huellas or not all(_ADMITIDOS.fullmatch(nombre) for nombre in huellas):
                raise ValueError("trae archivos que no son de un respaldo")
            contenido = {nombre: paquete.read(nombre) for nombre in huellas}
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, AttributeError, EOFError) as error:
        raise ErrorJornada("respaldo_ilegible", archivo=archivo) from error
    if any(_huella(contenido[nombre]) != huella for nombre, huella in huellas.items()):
        raise ErrorJornada("respaldo_ilegible", archivo=archivo)
    return contenido


def _huella(contenido: bytes) -> str:
    return hashlib.sha256(contenido).hexdigest()
