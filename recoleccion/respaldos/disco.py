"""Lo que respaldar y restaurar le piden al disco: asegurar nombres y no dejar copias de la base en lo borrado."""

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import IO

from ..consultas.disco import asegurar_nombres

_CEROS = bytes(1_048_576)


def poner(temporal: Path, definitivo: Path) -> None:
    """Le da su nombre a un archivo ya asegurado, y asegura el nombre."""
    temporal.replace(definitivo)
    asegurar_nombres(definitivo.parent)


def con_ceros(archivo: IO[bytes]) -> None:
    """Escribe ceros sobre lo que hay en un archivo. En un disco de estado sólido puede quedar lo de antes."""
    archivo.seek(0)
    falta = os.fstat(archivo.fileno()).st_size
    while falta > 0:
        falta -= archivo.write(_CEROS[:falta])
    archivo.flush()
    os.fsync(archivo.fileno())


def quitar(carpeta: Path) -> None:
    """Borra una carpeta de paso; la copia de la base se cubre antes con ceros."""
    if carpeta.is_dir():
        for ruta in carpeta.rglob("*.db*"):
            with suppress(OSError), ruta.open("r+b") as archivo:
                con_ceros(archivo)
    shutil.rmtree(carpeta, ignore_errors=True)
