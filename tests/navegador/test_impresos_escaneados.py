"""Lo impreso se escanea: cada QR del papel, vuelto imagen gris como sale de la impresora, lo lee nuestro lector."""

import subprocess
from io import BytesIO
from random import Random

from PIL import Image
from playwright.sync_api import Browser
from reportlab.lib.units import mm

from recoleccion.impresos import aviso, cartel, credenciales, fichas, hoja
from recoleccion.impresos.invitacion import invitacion_png
from tests.cuadros import Cuadro
from tests.navegador.lectores import poner_mesa

HOST = "https://registro.ejemplo.mx"
PUNTOS = 110
"""Por pulgada: una foto de teléfono de la hoja entera trae más."""
EVENTO = {
    "titulo": "Plática para familias", "fecha": "2026-11-25", "hora_inicio": "17:00", "hora_fin": "19:00",
    "sede": "Salón", "clave": "K7MD2Q", "avisa_fotos": 1,
}  # fmt: skip


def dibujada(pdf: bytes) -> Image.Image:
    """La primera hoja, en gris."""
    orden = ["pdftoppm", "-r", str(PUNTOS), "-gray", "-f", "1", "-l", "1", "-png", "-"]
    return Image.open(BytesIO(subprocess.run(orden, input=pdf, capture_output=True, check=True).stdout)).convert("L")


def recorte(imagen: Image.Image, x: float, y: float, ancho: float, alto: float) -> Image.Image:
    """Un pedazo de la hoja; ``x`` e ``y``, en puntos de PDF, son su esquina de abajo a la izquierda."""
    por_punto = PUNTOS / 72
    cuadro = (x, hoja.ALTO - y - alto, x + ancho, hoja.ALTO - y)
    return imagen.crop(tuple(round(lado * por_punto) for lado in cuadro))


def cuadro(nombre: str, imagen: Image.Image, texto: str) -> Cuadro:
    salida = BytesIO()
    imagen.convert("L").save(salida, "JPEG", quality=70)
    return Cuadro(nombre=nombre, texto=texto, ancho=imagen.width, alto=imagen.height, jpeg=salida.getvalue())


def cuadros() -> list[Cuadro]:
    textos = {"simplificado": "Corto.", "leido": "Leído.", "oficina": "O", "version": 1, "vigente_desde": "2026-11-25"}
    token, ficha = "J1" + "7ZK" * 9 + "A", fichas.fichas_distintas(1, Random(3))[0]
    abajo = credenciales.Y0 + (credenciales.RENGLONES - 1) * credenciales.TARJETA[1]
    arriba = fichas.Y0 + (fichas.RENGLONES - 1) * fichas.TARJETA[1]
    direccion = "HTTPS://REGISTRO.EJEMPLO.MX/K7MD2Q"
    invitacion = Image.open(BytesIO(invitacion_png(EVENTO, HOST, "CE-MUJER"))).convert("L")
    return [
        cuadro("cartel", dibujada(cartel.cartel_pdf(EVENTO, HOST, "CE-MUJER")), direccion),
        cuadro("invitación en un mensaje", invitacion.resize((540, 675)), direccion),
        cuadro("aviso", recorte(dibujada(aviso.aviso_pdf(**textos, completo=f"{HOST}/K7MD2Q/aviso")), 0, 0, hoja.ANCHO,
                                90 * mm), f"{HOST}/K7MD2Q/aviso"),
        cuadro("credencial", recorte(dibujada(credenciales.credenciales_pdf([("12345674", token)])), credenciales.X0,
                                     abajo, *credenciales.TARJETA), token),
        cuadro("ficha", recorte(dibujada(fichas.fichas_pdf(1, Random(3))), fichas.X0, arriba, *fichas.TARJETA),
               f"F1{ficha}"),
    ]  # fmt: skip


def test_cada_qr_del_papel_se_lee_y_dice_lo_que_debe(navegador: Browser):
    lote = cuadros()
    with poner_mesa(navegador) as mesa:
        leidos = {uno.nombre: mesa.leer(uno, ["nuestro, entero"])["nuestro, entero"][0] for uno in lote}
        blanca = cuadro("control", Image.new("L", (lote[0].ancho, lote[0].alto), 255), "")
        assert mesa.leer(blanca, ["nuestro, entero"])["nuestro, entero"][0] is None
    assert leidos == {uno.nombre: uno.texto for uno in lote}
