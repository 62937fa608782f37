"""Hojas de fichas: la tarjetita al azar que une «antes» con «después» sin saber de quién es.

Cada ficha se imprime una vez: la persona la saca de un montón, la guarda durante la plática y la usa las dos veces.
"""

from random import Random

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from formularios.ficha import nueva_ficha

from . import hoja, qr

COLUMNAS, RENGLONES = 3, 7
TARJETA = (62 * mm, 35 * mm)
LADO_QR = 30 * mm
X0 = (hoja.ANCHO - COLUMNAS * TARJETA[0]) / 2
Y0 = hoja.ALTO - hoja.MARGEN - RENGLONES * TARJETA[1]
REPETIDAS_SEGUIDAS = 1000


def fichas_distintas(n: int, azar: Random) -> list[str]:
    """``n`` fichas al azar sin repetir. :raises ValueError: si el catálogo de palabras no alcanza para tantas."""
    vistas: dict[str, None] = {}
    repetidas = 0
    while len(vistas) < n:
        antes = len(vistas)
        vistas[nueva_ficha(azar)] = None
        repetidas = repetidas + 1 if len(vistas) == antes else 0
        if repetidas > REPETIDAS_SEGUIDAS:
            raise ValueError(f"no hay {n} fichas distintas")
    return list(vistas)


def fichas_pdf(n: int, azar: Random) -> bytes:
    """Las hojas con ``n`` fichas distintas, 21 por hoja, con líneas de corte."""
    lienzo, salida = hoja.nuevo_lienzo("Fichas")
    por_hoja = COLUMNAS * RENGLONES
    hojas = -(-n // por_hoja)
    for numero, tanda in enumerate(hoja.tandas(fichas_distintas(n, azar), por_hoja), 1):
        xs = [X0 + TARJETA[0] * i for i in range(COLUMNAS + 1)]
        ys = [Y0 + TARJETA[1] * i for i in range(RENGLONES + 1)]
        hoja.marcas_de_corte(lienzo, xs, ys)
        for lugar, ficha in enumerate(tanda):
            fila, columna = divmod(lugar, COLUMNAS)
            _ficha(lienzo, xs[columna], ys[RENGLONES - 1 - fila], ficha)
        hoja.pie(lienzo, "Fichas: recorte, revuelva y que cada persona saque una", numero, hojas)
        lienzo.showPage()
    lienzo.save()
    return salida.getvalue()


def _ficha(lienzo: Canvas, x: float, y: float, ficha: str) -> None:
    palabra, _, numero = ficha.rpartition("-")
    qr.dibujar(lienzo, qr.matriz(f"F1{ficha}"), x + 1 * mm, y + (TARJETA[1] - LADO_QR) / 2, LADO_QR)
    izquierda, ancho = x + LADO_QR + 2 * mm, TARJETA[0] - LADO_QR - 4 * mm
    tamano, lineas = hoja.ajustar(palabra, hoja.NEGRITA, ancho, 15, 8, 1)
    lienzo.setFont(hoja.NEGRITA, tamano)
    lienzo.drawString(izquierda, y + 23 * mm, lineas[0])
    lienzo.setFont(hoja.NEGRITA, 24)
    lienzo.drawString(izquierda, y + 13.5 * mm, numero)
    lienzo.setFont(hoja.NORMAL, 7)
    lienzo.drawString(izquierda, y + 8.5 * mm, "Guárdela: se usa")
    lienzo.drawString(izquierda, y + 5.5 * mm, "al inicio y al final")
