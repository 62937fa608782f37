"""Dejar una foto en lo que se guarda de ella: derecha, de 1,600 puntos y sin decir dónde, cuándo ni con qué se tomó.

Una imagen hecha a propósito puede agotar la memoria o aprovechar un defecto de quien la abre. Por eso la abre otro
proceso, con tiempo y memoria contados: recibe los bytes por su entrada y devuelve los puntos, vueltos a dibujar. Nada
toca el disco.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from recoleccion.errores import ErrorJornada

MEGAS = 20
MAX_BYTES = MEGAS * 1_048_576
"""Lo más que puede pesar una foto al subirla."""
LADO = 1600
"""Puntos del lado largo: se lee una lista fotografiada y pesa menos de medio mega."""
CALIDAD = 82
SEGUNDOS = 20
MEMORIA = 1_500_000_000
"""Bytes de direcciones que puede pedir el proceso (donde el sistema lo sabe limitar)."""
A_LA_VEZ, ESPERA = 2, 10.0
PUNTOS = {"JPEG": 210_000_000, "PNG": 60_000_000, "WEBP": 60_000_000}
"""Lo más que se abre de cada formato. Una JPEG se abre ya reducida: caben las de 200 megapixeles."""

_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
# Lo único que puede traer una JPEG limpia (ITU-T T.81): tablas, cuadro, trazos y el letrero JFIF.
_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
PERMITIDOS = frozenset({_SOI, _EOI, _SOS, 0xC0, 0xC2, 0xC4, 0xDB, 0xDD, 0xE0})
_MARCA = re.compile(rb"\xff([^\x00\xd0-\xd7\xff])")


@dataclass(frozen=True)
class Foto:
    """Una JPEG limpia y cuánto mide, en puntos."""

    jpeg: bytes
    ancho: int
    alto: int


_turno = BoundedSemaphore(A_LA_VEZ)


def limpiar(contenido: bytes, segundos: float = SEGUNDOS) -> Foto:
    """La foto, derecha, reducida y sin metadatos.

    :raises ErrorJornada: ``foto_grande``, ``foto_enorme``, ``foto_heic``, ``foto_tipo``, ``foto_ilegible``,
        ``foto_espera``.
    """
    if len(contenido) > MAX_BYTES:
        raise ErrorJornada("foto_grande", megas=MEGAS)
    _exigir_tipo(contenido)
    if not _turno.acquire(timeout=ESPERA):
        raise ErrorJornada("foto_espera")
    try:
        return _revisar(_correr(contenido, segundos))
    except (subprocess.TimeoutExpired, OSError, ValueError, KeyError, TypeError) as error:
        raise ErrorJornada("foto_ilegible") from error
    finally:
        _turno.release()


def _exigir_tipo(contenido: bytes) -> None:
    """Por cómo empieza, no por su nombre. :raises ErrorJornada: ``foto_heic``, ``foto_tipo``, ``foto_ilegible``."""
    if not contenido:
        raise ErrorJornada("foto_ilegible")
    if contenido[4:8] == b"ftyp" and contenido[8:12] in _HEIC:
        raise ErrorJornada("foto_heic")
    es_webp = contenido[:4] == b"RIFF" and contenido[8:12] == b"WEBP"
    if not (es_webp or contenido.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))):
        raise ErrorJornada("foto_tipo")


def _correr(contenido: bytes, segundos: float) -> bytes:
    ambiente = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONWARNINGS": "ignore"}
    orden = [sys.executable, "-m", "recoleccion.fotos"]
    terminado = subprocess.run(orden, input=contenido, capture_output=True, timeout=segundos, env=ambiente, check=False)
    return terminado.stdout


def _revisar(salida: bytes) -> Foto:
    """Lo que contestó el otro proceso, sin creerle: que sea una JPEG completa y sin nada de más.

    :raises ErrorJornada: el que haya dicho. :raises ValueError: si no se entiende o trae metadatos.
    """
    cabeza, _, jpeg = salida.partition(b"\n")
    dicho: dict[str, Any] = json.loads(cabeza)
    if "error" in dicho:
        raise ErrorJornada("foto_enorme" if dicho["error"] == "foto_enorme" else "foto_ilegible")
    if not set(segmentos(jpeg)) <= PERMITIDOS:
        raise ValueError("trae metadatos")
    ancho, alto = int(dicho["ancho"]), int(dicho["alto"])
    if not (0 < ancho <= LADO and 0 < alto <= LADO):
        raise ValueError("no mide lo que debe")
    return Foto(jpeg, ancho, alto)


def segmentos(jpeg: bytes) -> list[int]:
    """Las marcas de una JPEG, en orden (0xE1 es EXIF o XMP; 0xFE, un comentario).

    :raises ValueError: si no es una JPEG entera, o sigue algo después de su final.
    """
    marcas = list(_segmentos(jpeg))
    if not marcas or marcas[0] != _SOI or marcas[-1] != _EOI:
        raise ValueError("no es una JPEG entera")
    return marcas


def _segmentos(jpeg: bytes) -> Iterator[int]:
    lugar = 0
    while (hallada := _MARCA.match(jpeg, lugar)) is not None:
        marca, lugar = hallada[1][0], hallada.end()
        yield marca
        if marca == _EOI:
            break
        if marca != _SOI:
            lugar += int.from_bytes(jpeg[lugar : lugar + 2], "big")
        if marca == _SOS:  # los trazos siguen hasta la marca que viene
            siguiente = _MARCA.search(jpeg, lugar)
            lugar = siguiente.start() if siguiente else len(jpeg)
    if lugar != len(jpeg):
        raise ValueError("algo sobra o algo falta")


class _Enorme(Exception):
    """Tiene más puntos de los que se abren."""


def limpiar_aqui(contenido: bytes) -> Foto:
    """Lo mismo en este proceso y sin límites: para el proceso aparte."""
    from PIL import Image, ImageOps  # noqa: PLC0415  # quien atiende no carga el lector de imágenes

    Image.MAX_IMAGE_PIXELS = None  # la cuenta se lleva abajo, por formato
    with Image.open(BytesIO(contenido), formats=tuple(PUNTOS)) as abierta:
        if abierta.width * abierta.height > PUNTOS.get(str(abierta.format), PUNTOS["JPEG"]):
            raise _Enorme
        largo = max(abierta.size)
        abierta.draft("RGB", (max(1, abierta.width * LADO // largo), max(1, abierta.height * LADO // largo)))
        abierta.load()
        derecha = ImageOps.exif_transpose(abierta) if _giro(abierta) else abierta
        # Un lienzo nuevo: lo que la foto traía además de sus puntos se queda en la otra.
        limpia = Image.new("RGB", derecha.size, "white")
        if derecha.has_transparency_data:
            con_fondo = derecha.convert("RGBA")
            limpia.paste(con_fondo, mask=con_fondo.getchannel("A"))
        else:
            limpia.paste(derecha.convert("RGB"))
    limpia.thumbnail((LADO, LADO), Image.Resampling.LANCZOS)
    salida = BytesIO()
    limpia.save(salida, "JPEG", quality=CALIDAD, optimize=True)
    return Foto(salida.getvalue(), limpia.width, limpia.height)


def _giro(imagen: Any) -> bool:
    """Si dice que está de lado; lo que no se entienda de sus datos no la hace ilegible."""
    try:
        return imagen.getexif().get(0x0112, 1) in range(2, 9)
    except Exception:
        return False


def _con_limites() -> None:
    """Menos prisa que quien atiende, y la memoria contada. Donde el sistema no sabe (Windows), sin ello."""
    try:
        import resource  # noqa: PLC0415

        os.nice(5)
        with suppress(OSError):  # si falta memoria, que el núcleo cierre éste y no al que atiende
            Path("/proc/self/oom_score_adj").write_text("1000", "ascii")
        resource.setrlimit(resource.RLIMIT_AS, (MEMORIA, MEMORIA))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, AttributeError, OSError, ValueError):
        return


def _principal() -> None:
    _con_limites()
    try:
        foto = limpiar_aqui(sys.stdin.buffer.read())
    except (_Enorme, MemoryError):
        sys.stdout.write(json.dumps({"error": "foto_enorme"}) + "\n")
    except Exception:
        sys.stdout.write(json.dumps({"error": "foto_ilegible"}) + "\n")
    else:
        sys.stdout.buffer.write(json.dumps({"ancho": foto.ancho, "alto": foto.alto}).encode() + b"\n" + foto.jpeg)


if __name__ == "__main__":
    _principal()
