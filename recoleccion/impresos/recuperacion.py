"""La hoja del código de recuperación: una sola, para guardarla bajo llave lejos de la computadora."""

from reportlab.lib.units import mm

from . import hoja

PASOS = (
    "Guárdela en la caja fuerte o bajo llave, lejos de la computadora donde corre el programa.",
    "Con este código se abren todos los nombres y teléfonos: no le tome foto ni lo mande por mensaje.",
    "Si olvida la frase: entre al panel, «Llave de nombres», «Olvidé la frase», y escríbalo.",
    "Si esta hoja se pierde: en «Llave de nombres» pida otro código. El anterior deja de servir.",
    "Sin la frase y sin esta hoja nadie puede volver a leer los nombres, tampoco quien instaló el programa.",
)


def recuperacion_pdf(codigo: str, oficina: str, fecha: str) -> bytes:
    """Una hoja carta. ``codigo``: en grupos separados con guiones; ``fecha``: ya escrita con palabras."""
    lienzo, salida = hoja.nuevo_lienzo("Código de recuperación")
    ancho = hoja.ANCHO - 2 * hoja.MARGEN
    y = hoja.centrar(
        lienzo, [hoja.recortar(oficina, hoja.NORMAL, 12, ancho)], hoja.NORMAL, 12, hoja.ALTO - hoja.MARGEN - 10 * mm
    )
    y = hoja.centrar(lienzo, ["Código de recuperación"], hoja.NEGRITA, 24, y - 4 * mm)
    y = hoja.centrar(lienzo, ["Abre la llave de los nombres si se olvida la frase"], hoja.NORMAL, 13, y - 1 * mm)
    y -= 14 * mm
    grupos = codigo.split("-")
    alto = 40 * mm
    lienzo.setLineWidth(1)
    lienzo.rect(hoja.MARGEN, y - alto, ancho, alto)
    for renglon, tanda in enumerate((grupos[:4], grupos[4:])):
        lienzo.setFont(hoja.FIJA, 26)
        lienzo.drawCentredString(hoja.ANCHO / 2, y - 15 * mm - renglon * 15 * mm, "   ".join(tanda))
    y -= alto + 8 * mm
    hoja.centrar(lienzo, ["No lleva la letra O ni la I ni la L: son cero y uno."], hoja.NORMAL, 11, y)
    y -= 18 * mm
    for numero, paso in enumerate(PASOS, 1):
        tamano, lineas = hoja.ajustar(f"{numero}. {paso}", hoja.NORMAL, ancho - 20 * mm, 12, 10, 2)
        lienzo.setFont(hoja.NORMAL, tamano)
        for linea in lineas:
            lienzo.drawString(hoja.MARGEN + 10 * mm, y, linea)
            y -= 6.5 * mm
        y -= 2 * mm
    y -= 14 * mm
    for texto in ("Quién la guarda:", "Dónde:"):
        lienzo.setFont(hoja.NORMAL, 12)
        lienzo.drawString(hoja.MARGEN + 10 * mm, y, texto)
        lienzo.line(hoja.MARGEN + 46 * mm, y - 1 * mm, hoja.MARGEN + 150 * mm, y - 1 * mm)
        y -= 12 * mm
    hoja.pie(lienzo, f"Se imprimió el {fecha}", 1, 1)
    lienzo.showPage()
    lienzo.save()
    return salida.getvalue()
