"""Lee los archivos de LevelDB (lo que hay debajo de IndexedDB y localStorage) hasta el último byte, también lo borrado.

Formatos: github.com/google/leveldb, doc/log_format.md y doc/table_format.md; github.com/google/snappy,
format_description.txt.
"""

import struct
from collections.abc import Iterator

_BLOQUE = 32_768
_MAGIA = 0xDB4775248B80FB57


def _varint(datos: bytes, i: int) -> tuple[int, int]:
    valor = corrimiento = 0
    while True:
        byte = datos[i]
        valor |= (byte & 0x7F) << corrimiento
        i, corrimiento = i + 1, corrimiento + 7
        if byte < 0x80:
            return valor, i


def sin_snappy(datos: bytes) -> bytes:
    """:raises ValueError: si no es snappy."""
    try:
        largo, i = _varint(datos, 0)
        salida = bytearray()
        while len(salida) < largo:
            marca, i = datos[i], i + 1
            if marca & 3 == 0:
                cuantos = marca >> 2
                if cuantos >= 60:
                    extra = cuantos - 59
                    cuantos, i = int.from_bytes(datos[i : i + extra], "little"), i + extra
                salida += datos[i : i + cuantos + 1]
                i += cuantos + 1
                continue
            if marca & 3 == 1:
                cuantos, atras, i = (marca >> 2 & 7) + 4, (marca >> 5) << 8 | datos[i], i + 1
            else:
                ancho = 2 if marca & 3 == 2 else 4
                cuantos, atras, i = (marca >> 2) + 1, int.from_bytes(datos[i : i + ancho], "little"), i + ancho
            if not 0 < atras <= len(salida):
                raise ValueError("no es snappy")
            for _ in range(cuantos):
                salida.append(salida[-atras])
    except IndexError as error:
        raise ValueError("no es snappy") from error
    return bytes(salida)


def registros(datos: bytes) -> Iterator[bytes]:
    """Un ``.log`` o un ``MANIFEST``: los registros enteros, sin los encabezados que los parten cada 32 KiB."""
    junto = b""
    for inicio in range(0, len(datos), _BLOQUE):
        bloque, i = datos[inicio : inicio + _BLOQUE], 0
        while i + 7 <= len(bloque):
            largo, tipo = struct.unpack_from("<HB", bloque, i + 4)
            if tipo == 0 and largo == 0:
                break
            junto += bloque[i + 7 : i + 7 + largo]
            i += 7 + largo
            if tipo in (1, 4):
                yield junto
                junto = b""
    if junto:
        yield junto


def tabla(datos: bytes) -> Iterator[bytes]:
    """Un ``.ldb``: cada llave entera con su valor."""
    if len(datos) < 48 or struct.unpack_from("<Q", datos, len(datos) - 8)[0] != _MAGIA:
        return
    i = len(datos) - 48
    for _ in range(2):
        _, i = _varint(datos, i)
    donde, i = _varint(datos, i)
    largo, _ = _varint(datos, i)
    for _, asa in _pares(_bloque(datos, donde, largo)):
        donde, i = _varint(asa, 0)
        for llave, valor in _pares(_bloque(datos, donde, _varint(asa, i)[0])):
            yield llave + b"\0" + valor


def _bloque(datos: bytes, donde: int, largo: int) -> bytes:
    crudo = datos[donde : donde + largo]
    return sin_snappy(crudo) if datos[donde + largo] == 1 else crudo


def _pares(bloque: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Las llaves van recortadas: cada una dice cuánto comparte con la anterior."""
    fin = len(bloque) - 4 - 4 * struct.unpack_from("<I", bloque, len(bloque) - 4)[0]
    i, llave = 0, b""
    while i < fin:
        comparte, i = _varint(bloque, i)
        propio, i = _varint(bloque, i)
        largo, i = _varint(bloque, i)
        llave = llave[:comparte] + bloque[i : i + propio]
        yield llave, bloque[i + propio : i + propio + largo]
        i += propio + largo
