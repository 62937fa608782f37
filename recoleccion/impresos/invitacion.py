"""La invitación para compartir por mensaje: una imagen vertical con qué, cuándo y dónde, el QR y el código en letras.

Como el cartel, dice el título que puso la titular y no el tema: una imagen reenviada la ve cualquiera. Sin morado, sin
logotipo y sin datos ocultos.
"""

from collections.abc import Mapping
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

import reportlab
from PIL import Image, ImageDraw, ImageFont

from recoleccion.fechas import fecha_larga, horario

from . import hoja, qr

ANCHO, ALTO = 1080, 1350
"""Puntos: lo que WhatsApp enseña entero en la plática, sin recortar."""
ORILLA = 84
TINTA, SUAVE, ACENTO = "#1d2b36", "#4c5c68", "#0f6568"
_LETRAS = Path(reportlab.__file__).parent / "fonts"  # Bitstream Vera: viene con reportlab y tiene acentos


def invitacion_png(evento: Mapping[str, Any], host: str, oficina: str) -> bytes:
    """La imagen. ``evento``: con ``titulo``, ``fecha``, ``hora_inicio``, ``hora_fin``, ``sede`` y ``clave``."""
    imagen = Image.new("RGB", (ANCHO, ALTO), "white")
    pluma = ImageDraw.Draw(imagen)
    pluma.rectangle((0, 0, ANCHO, 22), fill=ACENTO)
    y = _texto(pluma, evento["titulo"], 96, negrita=True, mayor=76, menor=44, renglones=3)
    dia = fecha_larga(evento["fecha"])
    y = _texto(pluma, dia[0].upper() + dia[1:], y + 40, negrita=True, mayor=50, menor=32, renglones=1, color=ACENTO)
    horas = horario(evento["hora_inicio"], evento["hora_fin"])
    y = _texto(pluma, horas[0].upper() + horas[1:], y + 14, negrita=False, mayor=46, menor=32, renglones=1)
    _texto(pluma, evento["sede"], y + 14, negrita=False, mayor=46, menor=32, renglones=2)
    _registro(pluma, evento["clave"], host, oficina)
    salida = BytesIO()
    imagen.quantize(32).save(salida, "PNG", optimize=True)
    return salida.getvalue()


def mensaje(evento: Mapping[str, Any], host: str) -> str:
    """Lo mismo en palabras, para pegarlo junto a la imagen: hay quien no la puede ver."""
    dia = fecha_larga(evento["fecha"])
    return "\n".join(
        (
            evento["titulo"],
            f"{dia[0].upper()}{dia[1:]}, {horario(evento['hora_inicio'], evento['hora_fin'])}",
            evento["sede"],
            f"Al llegar, regístrese con el código {evento['clave']} en {qr.sin_esquema(host)}",
        )
    )


def _registro(pluma: ImageDraw.ImageDraw, clave: str, host: str, oficina: str) -> None:
    """Abajo: el QR a la izquierda; a su lado el código en letras y, chico, quién invita."""
    cuadricula = qr.matriz(qr.direccion(host, clave))
    cuantos = len(cuadricula) + 2 * qr.MARGEN
    modulo = 460 // cuantos
    lado = modulo * cuantos
    arriba = ALTO - 40 - lado
    pluma.line((ORILLA, arriba - 20, ANCHO - ORILLA, arriba - 20), fill="#c9d2d8", width=3)
    x0, y0 = ORILLA - qr.MARGEN * modulo, arriba
    for fila, columna, largo in qr.corridas(cuadricula):
        x, y = x0 + (qr.MARGEN + columna) * modulo, y0 + (qr.MARGEN + fila) * modulo
        pluma.rectangle((x, y, x + largo * modulo - 1, y + modulo - 1), fill="black")
    x = x0 + lado + 24
    ancho = ANCHO - ORILLA - x
    y = _texto(pluma, "Al llegar, regístrese con su teléfono", arriba + 44, negrita=False, mayor=36, menor=28,
               renglones=2, x=x, ancho=ancho)  # fmt: skip
    y = _texto(pluma, " ".join(clave), y + 30, negrita=True, mayor=62, menor=40, renglones=1, x=x, ancho=ancho)
    _texto(pluma, f"¿Sin cámara? Escríbalo en {qr.sin_esquema(host)}", y + 26, negrita=False, mayor=30, menor=20,
           renglones=4, color=SUAVE, x=x, ancho=ancho)  # fmt: skip
    _texto(pluma, oficina, ALTO - 84, negrita=False, mayor=26, menor=20, renglones=1, color=SUAVE, x=x, ancho=ancho)


def _texto(
    pluma: ImageDraw.ImageDraw,
    texto: str,
    y: float,
    *,
    negrita: bool,
    mayor: int,
    menor: int,
    renglones: int,
    color: str = TINTA,
    x: float = ORILLA,
    ancho: float = ANCHO - 2 * ORILLA,
) -> float:
    """Escribe con la letra más grande que quepa y devuelve la ``y`` que sigue; si no cabe, recorta con «…»."""
    texto = hoja.imprimible(texto)
    for tamano in range(mayor, menor - 1, -2):
        letra = _letra(negrita, tamano)
        lineas = _partir(texto, letra, ancho)
        if len(lineas) <= renglones and all(letra.getlength(linea) <= ancho for linea in lineas):
            break
    else:
        lineas = [*lineas[: renglones - 1], " ".join(lineas[renglones - 1 :])]
        lineas = [_recortar(linea, letra, ancho) for linea in lineas]
    for linea in lineas:
        pluma.text((x, y), linea, font=letra, fill=color)
        y += letra.size * 1.25
    return y


@lru_cache(maxsize=64)
def _letra(negrita: bool, tamano: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_LETRAS / ("VeraBd.ttf" if negrita else "Vera.ttf")), tamano)


def _partir(texto: str, letra: ImageFont.FreeTypeFont, ancho: float) -> list[str]:
    lineas: list[str] = []
    for palabra in texto.split():
        if lineas and letra.getlength(f"{lineas[-1]} {palabra}") <= ancho:
            lineas[-1] += f" {palabra}"
        else:
            lineas.append(palabra)
    return lineas


def _recortar(texto: str, letra: ImageFont.FreeTypeFont, ancho: float) -> str:
    if letra.getlength(texto) <= ancho:
        return texto
    while texto and letra.getlength(texto + "…") > ancho:
        texto = texto[:-1]
    return texto.rstrip() + "…"
