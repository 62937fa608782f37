"""La hoja del código de recuperación: una sola, para guardarla bajo llave lejos de la computadora.

El mismo código tres veces: en doce palabras, que se copian sin error; en grupos, que se dictan; en QR.
"""

from collections.abc import Sequence

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from . import hoja, qr

PASOS = (
    "Guárdela en la caja fuerte o bajo llave, lejos de la computadora donde corre el programa.",
    "Con este código se abren todos los nombres y teléfonos: no le tome foto ni lo mande por mensaje.",
    "Si olvida la frase: entre al panel, «Llave de nombres», «Olvidé la frase», y escriba las palabras o los grupos.",
    "El QR es para el lector conectado a la computadora, en esa misma página. No lo abra con un teléfono.",
    "Si esta hoja se pierde: en «Llave de nombres» pida otro código. El anterior deja de servir.",
    "También abre los respaldos hechos desde la fecha de abajo. Los de antes, con la frase y la hoja de entonces.",
    "Sin la frase y sin esta hoja nadie puede volver a leer los nombres, tampoco quien instaló el programa.",
)
_DERECHA = 52 * mm
"""El lado del QR."""


def recuperacion_pdf(codigo: str, palabras: Sequence[str], oficina: str, fecha: str) -> bytes:
    """Una hoja carta. ``codigo``: en grupos separados con guiones; ``fecha``: ya escrita con palabras."""
    lienzo, salida = hoja.nuevo_lienzo("Código de recuperación")
    ancho = hoja.ANCHO - 2 * hoja.MARGEN
    y = hoja.centrar(
        lienzo, [hoja.recortar(oficina, hoja.NORMAL, 12, ancho)], hoja.NORMAL, 12, hoja.ALTO - hoja.MARGEN - 6 * mm
    )
    y = hoja.centrar(lienzo, ["Código de recuperación"], hoja.NEGRITA, 24, y - 3 * mm)
    y = hoja.centrar(lienzo, ["Abre la llave de los nombres si se olvida la frase"], hoja.NORMAL, 13, y - 1 * mm)
    y = _codigo(lienzo, codigo, palabras, y - 8 * mm)
    y = hoja.numerados(lienzo, PASOS, y - 9 * mm, sangria=4 * mm, letra=(11, 9), renglon=5.4 * mm, aire=1.4 * mm)
    hoja.quien_la_guarda(lienzo, y - 7 * mm, 4 * mm)
    hoja.pie(lienzo, f"Se imprimió el {fecha}", 1, 1)
    lienzo.showPage()
    lienzo.save()
    return salida.getvalue()


def _codigo(lienzo: Canvas, codigo: str, palabras: Sequence[str], arriba: float) -> float:
    """El recuadro: las palabras numeradas en tres columnas y el QR a un lado; abajo, los grupos."""
    alto, izquierda = 92 * mm, hoja.MARGEN
    lienzo.setLineWidth(1)
    lienzo.rect(izquierda, arriba - alto, hoja.ANCHO - 2 * hoja.MARGEN, alto)
    columnas, paso = 3, (hoja.ANCHO - 2 * hoja.MARGEN - _DERECHA - 8 * mm) / 3
    filas = -(-len(palabras) // columnas)
    for n, palabra in enumerate(palabras):
        x, y = izquierda + 7 * mm + n // filas * paso, arriba - 15 * mm - n % filas * 12 * mm
        lienzo.setFont(hoja.NORMAL, 10)
        lienzo.drawRightString(x + 4 * mm, y, f"{n + 1}.")
        lienzo.setFont(hoja.FIJA, 16)
        lienzo.drawString(x + 6 * mm, y, palabra)
    lado = _DERECHA
    qr.dibujar(
        lienzo,
        qr.matriz(codigo.replace("-", ""), "M"),
        hoja.ANCHO - hoja.MARGEN - lado - 3 * mm,
        arriba - lado - 3 * mm,
        lado,
    )
    grupos = codigo.split("-")
    for renglon, tanda in enumerate((grupos[:4], grupos[4:])):
        lienzo.setFont(hoja.FIJA, 20)
        lienzo.drawCentredString(hoja.ANCHO / 2, arriba - 68 * mm - renglon * 10 * mm, "   ".join(tanda))
    leyenda = "Las palabras y los grupos son el mismo código: basta uno. Sin O, I ni L: son cero y uno."
    hoja.centrar(lienzo, [leyenda], hoja.NORMAL, 10, arriba - 82 * mm)
    return arriba - alto
