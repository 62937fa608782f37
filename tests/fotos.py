"""Fotos hechas aquí, con lo que trae una de teléfono: de lado, con su miniatura, su lugar y quién la tomó."""

import struct
import zlib
from io import BytesIO

from PIL import Image, ImageDraw
from PIL.ExifTags import IFD

SENAS = ("Moto de Rosalba", "21 deg 0 min 12", "jornada de campo", "VERSION-DE-LA-CAMARA")
"""Lo que traen escondido y no se debe hallar en ninguna parte."""


def dibujo(ancho: int, alto: int) -> Image.Image:
    """Rojo arriba a la izquierda; lo demás, rayas: así se sabe si quedó derecha, y comprime como una foto."""
    imagen = Image.new("RGB", (ancho, alto), "white")
    pluma = ImageDraw.Draw(imagen)
    for x in range(0, ancho, 16):
        pluma.line((x, 0, ancho - x, alto), fill=(x % 256, (x * 7) % 256, 120), width=6)
    pluma.rectangle((0, 0, ancho // 3, alto // 3), fill="red")
    return imagen


def de_telefono(ancho: int = 2400, alto: int = 1800, *, giro: int = 1) -> bytes:
    """Una JPEG con EXIF (GPS, modelo, miniatura), XMP y comentario. ``giro``: cómo dice que se ve derecha."""
    imagen = dibujo(ancho, alto)
    exif = Image.Exif()
    exif[0x0110], exif[0x010E], exif[0x0112] = SENAS[0], SENAS[2], giro
    exif.get_ifd(IFD.GPSInfo).update(
        {1: "N", 2: (21.0, 0.0, 12.5), 3: "W", 4: (102.0, 37.0, 1.0), 0x1B: SENAS[1].encode()}
    )
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{SENAS[3]}</x:xmpmeta>".encode()
    salida = BytesIO()
    imagen.save(salida, "JPEG", quality=88, exif=exif, comment=SENAS[2].encode(), xmp=xmp)
    return salida.getvalue()


def png(imagen: Image.Image) -> bytes:
    salida = BytesIO()
    imagen.save(salida, "PNG")
    return salida.getvalue()


def bomba() -> bytes:
    """Una PNG de pocos bytes que dice medir 30,000 por 30,000."""
    datos = zlib.compress(bytes(1000))
    cabeza = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(cuerpo)) + tipo + cuerpo + struct.pack(">I", zlib.crc32(tipo + cuerpo))
        for tipo, cuerpo in ((b"IHDR", cabeza), (b"IDAT", datos), (b"IEND", b""))
    )


def pedazos(foto: bytes, cuantos: int = 12, largo: int = 24) -> list[bytes]:
    """Trozos repartidos de una foto: si uno está en un archivo, ahí está la foto."""
    paso = (len(foto) - largo) // cuantos
    return [foto[n * paso : n * paso + largo] for n in range(1, cuantos)]
