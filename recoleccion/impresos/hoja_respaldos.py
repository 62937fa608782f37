"""La hoja de los respaldos: lo único que los abre. Doce palabras para escribirlas y un QR para no escribirlas."""

from collections.abc import Sequence

from reportlab.lib.units import mm

from . import hoja, qr

PASOS = (
    "Imprímala dos veces y guárdelas bajo llave en dos lugares, los dos fuera de la oficina. Borre el archivo.",
    "Quien tenga esta hoja y un respaldo lee lo que la oficina guarda, menos los nombres: ésos piden además la frase.",
    "Para levantar todo en otra computadora: jornada restaurar ARCHIVO, y escriba las doce palabras en orden.",
    "Sin este programa: age -d -i llave.txt ARCHIVO | tar xz, con lo que dice el QR en llave.txt.",
    "Una vez al año, pruebe que sirve: jornada restaurar ARCHIVO --solo-comprobar.",
    "Si se pierde: jornada respaldar --nueva-llave --cambiar, y respalde de inmediato.",
)
_LADO = 62 * mm


def hoja_pdf(palabras: Sequence[str], identidad: str, oficina: str, fecha: str) -> bytes:
    """Una hoja carta. ``identidad``: ``AGE-SECRET-KEY-1…``; ``fecha``: ya escrita."""
    lienzo, salida = hoja.nuevo_lienzo("Hoja de los respaldos")
    ancho = hoja.ANCHO - 2 * hoja.MARGEN
    y = hoja.centrar(
        lienzo, [hoja.recortar(oficina, hoja.NORMAL, 12, ancho)], hoja.NORMAL, 12, hoja.ALTO - hoja.MARGEN - 8 * mm
    )
    y = hoja.centrar(lienzo, ["Hoja de los respaldos"], hoja.NEGRITA, 24, y - 4 * mm)
    y = hoja.centrar(lienzo, ["Lo único que abre los archivos de respaldo"], hoja.NORMAL, 13, y - 1 * mm) - 8 * mm
    lienzo.setLineWidth(1)
    lienzo.rect(hoja.MARGEN, y - _LADO - 14 * mm, ancho, _LADO + 14 * mm)
    _palabras(lienzo, palabras, hoja.MARGEN + 8 * mm, y - 11 * mm)
    qr.dibujar(lienzo, qr.matriz(identidad, "M"), hoja.ANCHO - hoja.MARGEN - _LADO - 3 * mm, y - _LADO - 1 * mm, _LADO)
    lienzo.setFont(hoja.FIJA, 9.5)
    lienzo.drawCentredString(hoja.ANCHO / 2, y - _LADO - 9 * mm, identidad)
    y -= _LADO + 26 * mm
    y = hoja.numerados(lienzo, PASOS, y, sangria=8 * mm, letra=(12, 10), renglon=6 * mm, aire=1.5 * mm)
    hoja.quien_la_guarda(lienzo, y - 8 * mm, 8 * mm)
    hoja.pie(lienzo, f"Se hizo el {fecha}", 1, 1)
    lienzo.showPage()
    lienzo.save()
    return salida.getvalue()


def _palabras(lienzo: hoja.Canvas, palabras: Sequence[str], x: float, y: float) -> None:
    """En dos columnas, numeradas: el orden también cuenta."""
    mitad = -(-len(palabras) // 2)
    for lugar, palabra in enumerate(palabras):
        columna, renglon = divmod(lugar, mitad)
        en_x, en_y = x + columna * 54 * mm, y - renglon * 9.4 * mm
        lienzo.setFont(hoja.NORMAL, 10)
        lienzo.drawRightString(en_x + 6 * mm, en_y, f"{lugar + 1}.")
        lienzo.setFont(hoja.FIJA, 15)
        lienzo.drawString(en_x + 8 * mm, en_y, palabra)
