"""La copia del cuaderno de los nombres que va al lado de los respaldos: una sola, encima de la anterior.

El cuaderno (``consultas/cuaderno_llaves.py``) tiene una llave por cada nombre, y a las de los borrados se les
escribe encima. Si fuera dentro de cada respaldo, uno viejo abriría lo que ya se borró.
"""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from pyrage import x25519

from ..consultas import cuaderno_llaves
from ..consultas.cuaderno_llaves import MAGIA
from ..errores import ErrorJornada
from .archivo import Abierto, sellar
from .disco import con_ceros, poner

JUNTO = "nombres.llaves.age"


def copiar(datos: Path, carpeta: Path, para: list[x25519.Recipient], propia: x25519.Identity) -> bool:
    """Sella la copia, la vuelve a abrir con ``propia`` y la pone encima de la anterior, que queda en ceros.

    Va después de copiar la base: así trae las llaves de todo lo que la base nombra, y ninguna de lo ya borrado.

    :returns: ``False`` si esta oficina no tiene cuaderno.
    :raises ErrorJornada: ``respaldo_fallido`` si no quedó igual.
    """
    origen = cuaderno_llaves.lugar(datos)
    if not origen.is_file():
        return False
    contenido = origen.read_bytes()
    destino = carpeta / JUNTO
    temporal = destino.with_name(f"{JUNTO}.nuevo")
    descriptor = os.open(temporal, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as salida:
        sellar(io.BytesIO(contenido), salida, para)
        salida.flush()
        os.fsync(salida.fileno())
    if leer(temporal, [propia]) != contenido:
        raise ErrorJornada("respaldo_fallido")
    with _lo_de_antes(destino) as anterior:
        poner(temporal, destino)
        if anterior is not None:
            con_ceros(anterior)
    return True


def leer(archivo: Path, identidades: list[x25519.Identity]) -> bytes:
    """Lo que dice la copia. :raises ErrorJornada: ``respaldo_de_otra_llave``, ``respaldo_ilegible``."""
    with Abierto(archivo, identidades) as claro:
        contenido = claro.read()
    if not contenido.startswith(MAGIA):
        raise ErrorJornada("respaldo_ilegible", archivo=archivo)
    return contenido


def escribir(datos: Path, contenido: bytes) -> None:
    """Pone la copia en su lugar de una carpeta que se está levantando."""
    destino = cuaderno_llaves.lugar(datos)
    destino.parent.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(destino, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as salida:
        salida.write(contenido)
        salida.flush()
        os.fsync(salida.fileno())


@contextmanager
def _lo_de_antes(ruta: Path) -> Iterator[IO[bytes] | None]:
    """Lo que hay ahora ahí, alcanzable aunque su nombre pase a otro archivo. En Windows eso no se puede."""
    if os.name == "nt" or not ruta.exists():
        yield None
        return
    with ruta.open("r+b") as abierto:
        yield abierto


def barrer(carpeta: Path) -> None:
    """Lo que un corte dejó a medias."""
    resto = carpeta / f"{JUNTO}.nuevo"
    if resto.exists():
        with resto.open("r+b") as abierto:
            con_ceros(abierto)
        resto.unlink()
