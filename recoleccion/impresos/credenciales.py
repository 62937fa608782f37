"""Hojas de credenciales: diez por hoja, sin nombres. El QR es opaco (no es una dirección) y versión 2-M.

El token sólo existe en el papel: quien llama no lo guarda ni lo anota.
"""

from collections.abc import Sequence

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from . import hoja, qr

COLUMNAS, RENGLONES = 2, 5
TARJETA = (88 * mm, 50 * mm)
LADO_QR = 40 * mm
X0 = (hoja.ANCHO - COLUMNAS * TARJETA[0]) / 2
Y0 = hoja.ALTO - hoja.MARGEN - RENGLONES * TARJETA[1]


def credenciales_pdf(lista: Sequence[tuple[str, str]]) -> bytes:
    """Las tarjetas de ``lista`` (folio de 8 dígitos, token), en el orden dado, con líneas de corte."""
    lienzo, salida = hoja.nuevo_lienzo("Credenciales")
    por_hoja = COLUMNAS * RENGLONES
    hojas = -(-len(lista) // por_hoja)
    for numero, tanda in enumerate(hoja.tandas(lista, por_hoja), 1):
        xs = [X0 + TARJETA[0] * i for i in range(COLUMNAS + 1)]
        ys = [Y0 + TARJETA[1] * i for i in range(RENGLONES + 1)]
        hoja.marcas_de_corte(lienzo, xs, ys)
        for lugar, (folio, token) in enumerate(tanda):
            fila, columna = divmod(lugar, COLUMNAS)
            _tarjeta(lienzo, xs[columna], ys[RENGLONES - 1 - fila], folio, token)
        hoja.pie(lienzo, f"Credenciales {tanda[0][0]} a {tanda[-1][0]}", numero, hojas)
        lienzo.showPage()
    lienzo.save()
    return salida.getvalue()


def _tarjeta(lienzo: Canvas, x: float, y: float, folio: str, token: str) -> None:
    qr.dibujar(lienzo, qr.matriz(token, "M"), x + 4 * mm, y + (TARJETA[1] - LADO_QR) / 2, LADO_QR)
    izquierda = x + 4 * mm + LADO_QR + 2 * mm
    lienzo.setFont(hoja.NEGRITA, 12)
    lienzo.drawString(izquierda, y + 36 * mm, "Credencial")
    lienzo.setFont(hoja.NORMAL, 8)
    lienzo.drawString(izquierda, y + 29 * mm, "Folio")
    lienzo.setFont(hoja.FIJA, 15)
    lienzo.drawString(izquierda, y + 23.5 * mm, f"{folio[:4]} {folio[4:]}")
    lienzo.setFont(hoja.NORMAL, 8)
    for renglon, texto in enumerate(("Muéstrela al llegar.", "No lleva su nombre.", "Si la pierde, avise.")):
        lienzo.drawString(izquierda, y + 17 * mm - renglon * 3.8 * mm, texto)
