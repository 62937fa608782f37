"""Códigos QR: como SVG para la pantalla y como cuadrícula para dibujarlos en un PDF, siempre en vectores."""

from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.image.svg import SvgPathImage
from reportlab.pdfgen.canvas import Canvas

NIVELES = {"M": ERROR_CORRECT_M, "Q": ERROR_CORRECT_Q}
MARGEN = 4  # módulos en blanco alrededor (ISO/IEC 18004)

Matriz = list[list[bool]]


def direccion(host: str, clave: str) -> str:
    """La dirección del cartel, en mayúsculas para que quepa en modo alfanumérico (QR más chico).

    ``host`` es lo que configuró la oficina: un nombre («registro.ejemplo.mx»), que se sirve por HTTPS, o una
    dirección con su esquema («http://127.0.0.1:8000») para la demostración.
    """
    return f"{con_esquema(host)}/{clave}".upper()


def con_esquema(host: str) -> str:
    """``https://registro.ejemplo.mx``, sin diagonal al final."""
    base = host.strip().rstrip("/")
    return base if "://" in base else f"https://{base}"


def sin_esquema(host: str) -> str:
    """El host como se le dice a una persona: «registro.ejemplo.mx»."""
    return host.strip().rstrip("/").split("://")[-1].lower()


def _codigo(texto: str, nivel: str) -> QRCode:
    codigo = QRCode(error_correction=NIVELES[nivel], border=MARGEN)
    codigo.add_data(texto)
    codigo.make(fit=True)
    return codigo


def matriz(texto: str, nivel: str = "Q") -> Matriz:
    """Los módulos del QR sin margen: ``True`` es negro. 25 x 25 es la versión 2."""
    return [[bool(modulo) for modulo in fila] for fila in _codigo(texto, nivel).modules]


def svg(texto: str, nivel: str = "Q") -> str:
    """El QR como elemento ``<svg>`` con su margen, sin estilos en línea."""
    return _codigo(texto, nivel).make_image(image_factory=SvgPathImage).to_string(encoding="unicode")


def corridas(cuadricula: Matriz) -> list[tuple[int, int, int]]:
    """Los módulos negros como barras horizontales ``(fila, columna, largo)``: menos trazos que uno por módulo."""
    barras = []
    for fila, modulos in enumerate(cuadricula):
        columna = 0
        while columna < len(modulos):
            largo = 0
            while columna + largo < len(modulos) and modulos[columna + largo]:
                largo += 1
            if largo:
                barras.append((fila, columna, largo))
            columna += largo or 1
    return barras


def dibujar(lienzo: Canvas, cuadricula: Matriz, x: float, y: float, lado: float) -> None:
    """Pinta el QR en negro, margen incluido, con su esquina inferior izquierda en ``(x, y)``; todo en puntos."""
    modulo = lado / (len(cuadricula) + 2 * MARGEN)
    arriba = y + lado - MARGEN * modulo
    trazo = lienzo.beginPath()
    for fila, columna, largo in corridas(cuadricula):
        trazo.rect(x + (MARGEN + columna) * modulo, arriba - (fila + 1) * modulo, largo * modulo, modulo)
    lienzo.setFillGray(0)
    lienzo.drawPath(trazo, stroke=0, fill=1)
