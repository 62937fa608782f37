"""Escribir un archivo entero o nada, y que su nombre también quede en el disco."""

import errno
import os
from pathlib import Path


def poner(ruta: Path, contenido: bytes) -> None:
    """El archivo entero (0600) y asegurado con su nombre, en lugar del que hubiera; o el que había se queda."""
    temporal = ruta.with_name(ruta.name + ".nuevo")
    try:
        descriptor = os.open(temporal, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(descriptor, "wb") as archivo:
            archivo.write(contenido)
            archivo.flush()
            os.fsync(archivo.fileno())
        os.replace(temporal, ruta)
        asegurar_nombres(ruta.parent)
    except BaseException:
        temporal.unlink(missing_ok=True)
        raise


def asegurar_nombres(carpeta: Path) -> None:
    """Que un archivo recién nombrado siga llamándose así aunque se vaya la luz. Windows no puede ni lo necesita."""
    if os.name == "nt":
        return
    descriptor = os.open(carpeta, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):  # una memoria o un disco de red que no saben
            raise
    finally:
        os.close(descriptor)
