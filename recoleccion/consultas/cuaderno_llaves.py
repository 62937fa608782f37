"""El cuaderno: un archivo de llaves al azar, una por cada nombre o foto guardada, que se borran escribiéndoles encima.

Cada sobre se cubre otra vez con la llave de su ranura (``ranuras.py``). El cuaderno no va en los respaldos: va su copia
al lado, una sola, que cada respaldo encima. Así lo borrado aquí no lo abre un respaldo viejo, ni con la frase.

El archivo ``claves/nombres.llaves``: 64 bytes de cabeza (32 con :data:`MAGIA`, 16 con el id del cuaderno, 16 con la
marca de la última vez que se arrancó) y después ranuras de 32 bytes. Una ranura es una llave, o ceros (ahí no hay
llave: un bloque que se cortó), o ocho ``0xff`` y 24 bytes: está borrada, y los 24 dicen de qué registro era (el
principio del SHA-256 de su id) o son ceros si no era de ninguno. Una ranura nunca cruza un sector de 512 bytes.
"""

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from types import TracebackType

from .disco import poner

NOMBRE = "nombres.llaves"
CARPETA = "claves"
MAGIA = b"jornada/nombres.llaves/v1\n".ljust(32, b"\0")
CABEZA, LARGO, BLOQUE = 64, 32, 1024
"""Bytes de la cabeza y de una ranura; cuántas ranuras se hacen de una vez, aseguradas en el disco antes de usarlas."""
RESERVA = 4096
"""Cuántas hay siempre hechas y sin usar: la copia de anoche ya trae las llaves de los nombres de hoy. Si se pierde el
disco y la base vuelve por otro lado (una réplica), se leen."""
SENAL = b"\xff" * 8
LARGO_HUELLA = LARGO - len(SENAL)
SIN_DUENA = bytes(LARGO_HUELLA)
HUECO = bytes(LARGO)


class CuadernoInservible(Exception):
    """El cuaderno falta, es de otra oficina, o el disco no lo deja leer."""


def huella_borrada(id: str) -> bytes:
    """Con qué se recuerda que el nombre de este registro se borró: de ella no sale el id."""
    return hashlib.sha256(id.encode()).digest()[:LARGO_HUELLA]


def es_llave(ranura: bytes) -> bool:
    return len(ranura) == LARGO and ranura != HUECO and not ranura.startswith(SENAL)


def lugar(datos: Path) -> Path:
    """Dónde va en una carpeta de datos."""
    return datos / CARPETA / NOMBRE


@dataclass
class Cuaderno:
    """Un cuaderno abierto; se usa con ``with``. Quien escribe trae abierta una transacción de escritura de la base."""

    archivo: FileIO
    id: bytes

    def __enter__(self) -> "Cuaderno":
        return self

    def __exit__(self, _1: type[BaseException] | None, _2: BaseException | None, _3: TracebackType | None) -> None:
        self.archivo.close()

    @property
    def ranuras(self) -> int:
        """Cuántas hay, enteras."""
        return max(0, self._bytes() - CABEZA) // LARGO

    def _bytes(self) -> int:
        return os.fstat(self.archivo.fileno()).st_size

    @property
    def marca(self) -> bytes:
        return self._leer(16, 48)

    def leer(self, desde: int, cuantas: int = 1) -> list[bytes]:
        """Lo que dicen esas ranuras; las que el archivo no alcanza son :data:`HUECO`."""
        junto = self._leer(LARGO * cuantas, CABEZA + LARGO * desde).ljust(LARGO * cuantas, b"\0")
        return [junto[i : i + LARGO] for i in range(0, len(junto), LARGO)]

    def borradas(self) -> Iterator[tuple[int, bytes]]:
        """Las que están borradas y de quién eran. Un pedazo sin ninguna se salta entero: casi todos lo son."""
        for desde in range(0, self.ranuras, BLOQUE):
            pedazo = self._leer(LARGO * min(BLOQUE, self.ranuras - desde), CABEZA + LARGO * desde)
            if SENAL in pedazo:
                for donde in range(0, len(pedazo), LARGO):
                    if pedazo.startswith(SENAL, donde):
                        yield desde + donde // LARGO, pedazo[donde + len(SENAL) : donde + LARGO]

    def agregar(self, cuantas: int, *, desde: int = 0) -> range:
        """Ranuras nuevas al final (nunca antes de ``desde``), ya aseguradas en el disco. Lo que hubiera no se toca."""
        primera = max(-(-(self._bytes() - CABEZA) // LARGO), desde)
        self._escribir(secrets.token_bytes(LARGO * cuantas), CABEZA + LARGO * primera)
        os.fsync(self.archivo.fileno())
        return range(primera, primera + cuantas)

    def borrar(self, ranuras: Iterable[tuple[int, bytes]]) -> int:
        """Escribe encima de cada una su huella (o :data:`SIN_DUENA`) y lo asegura; cuántas cambiaron."""
        cambiadas = 0
        for numero, huella in ranuras:
            dicho = SENAL + huella
            if self.leer(numero)[0] != dicho:
                self._escribir(dicho, CABEZA + LARGO * numero)
                cambiadas += 1
        if cambiadas:
            os.fsync(self.archivo.fileno())
        return cambiadas

    def marcar(self, marca: bytes) -> None:
        """Pone la marca de esta vez: la misma va en la base, y si un día no coinciden alguien cambió uno de los dos."""
        self._escribir(marca, 48)
        os.fsync(self.archivo.fileno())

    def _leer(self, cuantos: int, donde: int) -> bytes:
        self.archivo.seek(donde)
        partes = []
        while cuantos and (parte := self.archivo.read(cuantos)):
            partes.append(parte)
            cuantos -= len(parte)
        return b"".join(partes)

    def _escribir(self, contenido: bytes, donde: int) -> None:
        self.archivo.seek(donde)
        while contenido:
            contenido = contenido[self.archivo.write(contenido) or 0 :]


def abrir(ruta: Path, id: bytes, *, solo_lectura: bool = False) -> Cuaderno:
    """El cuaderno de la oficina ``id``.

    :raises CuadernoInservible: si falta, no es un cuaderno o es de otra oficina.
    """
    try:
        archivo = FileIO(ruta, "r" if solo_lectura else "r+")
    except OSError as error:
        raise CuadernoInservible(f"no se puede abrir {ruta.name}: {error.strerror}") from error
    cuaderno = Cuaderno(archivo, id)
    try:
        cabeza = cuaderno._leer(CABEZA, 0)
        if cabeza[:32] != MAGIA or cabeza[32:48] != id:
            raise CuadernoInservible(f"{ruta.name} está dañado o es de otra oficina")
    except BaseException:
        archivo.close()
        raise
    return cuaderno


def crear(ruta: Path, id: bytes, marca: bytes) -> None:
    """Uno vacío, entero y asegurado con su nombre, o nada. Si ya había archivo, no lo toca."""
    ruta.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not ruta.exists():
        poner(ruta, MAGIA + id + marca)


def unir(uno: bytes, otro: bytes) -> bytes:
    """De dos copias del mismo cuaderno, una: lo borrado en cualquiera queda borrado; lo que le falta a una, de la otra.

    :raises CuadernoInservible: si alguna no es un cuaderno, o son de oficinas distintas.
    """
    if uno[:32] != MAGIA or otro[:32] != MAGIA or uno[:48] != otro[:48]:
        raise CuadernoInservible("no son dos copias del mismo cuaderno")
    largo = max(len(uno), len(otro))
    partes = [uno[:CABEZA]]
    for donde in range(CABEZA, largo - (largo - CABEZA) % LARGO, LARGO):
        partes.append(_la_que_vale([uno[donde : donde + LARGO], otro[donde : donde + LARGO]]))
    return b"".join(partes)


def _la_que_vale(dichas: Sequence[bytes]) -> bytes:
    enteras = [dicha for dicha in dichas if len(dicha) == LARGO and dicha != HUECO]
    # De dos borradas vale la que dice de qué registro era: con eso no vuelve si un teléfono lo ofrece otra vez.
    borradas = sorted((dicha for dicha in enteras if dicha.startswith(SENAL)), key=lambda d: d == SENAL + SIN_DUENA)
    return (borradas or enteras or [HUECO])[0]
