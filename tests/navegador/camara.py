"""Una cámara de mentira para Chromium: un video hecho aquí con los códigos que se le van a enseñar."""

from collections.abc import Sequence
from pathlib import Path

import qrcode
from PIL import Image, ImageOps
from playwright.sync_api import Browser, Playwright

ANCHO, ALTO, CUADROS_POR_SEGUNDO = 640, 480, 10


def banderas(video: Path) -> list[str]:
    """Lo que Chromium necesita para usar ``video`` como cámara y no pedir permiso."""
    return [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={video}",
    ]


def abrir_con_camara(playwright: Playwright, video: Path, *, chromium: str, extra: Sequence[str] = ()) -> Browser:
    """Un Chromium cuya cámara ve ``video`` una y otra vez."""
    return playwright.chromium.launch(executable_path=chromium, args=[*extra, *banderas(video)])


def video_de_codigos(textos: Sequence[str], destino: Path, *, segundos: float = 2.0, pausa: float = 0.5) -> Path:
    """Un video con un código tras otro, cada uno ``segundos``; entre uno y otro, una pared gris."""
    return video_de_imagenes([_codigo(texto) for texto in textos], destino, segundos=segundos, pausa=pausa)


def video_de_imagenes(
    imagenes: Sequence[Image.Image], destino: Path, *, segundos: float = 2.0, pausa: float = 0.5
) -> Path:
    """Escribe un video y4m que enseña cada imagen, al centro y tan grande como quepa."""
    pared = _yuv(Image.new("L", (ANCHO, ALTO), 150))
    with destino.open("wb") as archivo:
        archivo.write(f"YUV4MPEG2 W{ANCHO} H{ALTO} F{CUADROS_POR_SEGUNDO}:1 Ip A1:1 C420jpeg\n".encode())
        for imagen in imagenes:
            for cuadro, duracion in ((pared, pausa), (_yuv(_centrar(imagen)), segundos)):
                archivo.write((b"FRAME\n" + cuadro) * max(1, round(duracion * CUADROS_POR_SEGUNDO)))
    return destino


def _centrar(imagen: Image.Image) -> Image.Image:
    cuadro = Image.new("L", (ANCHO, ALTO), 150)
    papel = ImageOps.contain(imagen.convert("L"), (ANCHO, ALTO))
    cuadro.paste(papel, ((ANCHO - papel.width) // 2, (ALTO - papel.height) // 2))
    return cuadro


def _codigo(texto: str) -> Image.Image:
    """El código en papel blanco, un poco girado, como lo sostiene una persona."""
    qr = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, box_size=8, border=4)
    qr.add_data(texto)
    qr.make(fit=True)
    return qr.make_image().get_image().convert("L").rotate(7, fillcolor=255, expand=True)


def _yuv(gris: Image.Image) -> bytes:
    """Planos Y, U y V a 4:2:0; en gris, U y V van parejos."""
    return gris.tobytes() + bytes([128]) * (ANCHO * ALTO // 2)
