"""La hoja de códigos para entrar: diez, de un solo uso cada uno, para guardarla bajo llave."""

from collections.abc import Sequence

from reportlab.lib.units import mm

from . import hoja

PASOS = (
    "Guárdela bajo llave. Con uno de estos códigos alguien puede hacerse pasar por usted: no le tome foto.",
    "Si no trae su teléfono o su llave de acceso: dé su contraseña y, donde se pide el número, un código.",
    "Si olvidó su contraseña: en la página de entrar, «Olvidé mi contraseña», escriba su usuario y un código.",
    "Cada código sirve una vez: táchelo al usarlo. Cuando queden pocos pida otros en «Mi entrada», y rompa esta hoja.",
    "Un código nunca abre los nombres: para eso está la frase de la llave de nombres.",
)


def codigos_pdf(
    codigos: Sequence[str], *, nombre: str, usuario: str, oficina: str, direccion: str, fecha: str
) -> bytes:
    """Una hoja carta. ``codigos``: ya en grupos; ``direccion``: donde se entra; ``fecha``: con palabras."""
    lienzo, salida = hoja.nuevo_lienzo("Códigos para entrar")
    ancho = hoja.ANCHO - 2 * hoja.MARGEN
    y = hoja.ALTO - hoja.MARGEN - 10 * mm
    y = hoja.centrar(lienzo, [hoja.recortar(oficina, hoja.NORMAL, 12, ancho)], hoja.NORMAL, 12, y)
    y = hoja.centrar(lienzo, ["Códigos para entrar"], hoja.NEGRITA, 24, y - 4 * mm)
    de_quien = hoja.recortar(f"{nombre} · usuario: {usuario}", hoja.NORMAL, 13, ancho)
    y = hoja.centrar(lienzo, [de_quien], hoja.NORMAL, 13, y - 1 * mm)
    y = hoja.centrar(lienzo, [hoja.recortar(direccion, hoja.NORMAL, 11, ancho)], hoja.NORMAL, 11, y - 1 * mm)
    y -= 10 * mm
    paso, columnas = 14 * mm, 2
    renglones = -(-len(codigos) // columnas)
    alto = renglones * paso + 8 * mm
    lienzo.setLineWidth(1)
    lienzo.rect(hoja.MARGEN, y - alto, ancho, alto)
    for lugar, codigo in enumerate(codigos):
        columna, renglon = divmod(lugar, renglones)
        x = hoja.MARGEN + 6 * mm + columna * ancho / columnas
        base = y - 12 * mm - renglon * paso
        lienzo.rect(x, base - 0.5 * mm, 4.5 * mm, 4.5 * mm)
        lienzo.setFont(hoja.FIJA, 15)
        lienzo.drawString(x + 8 * mm, base, codigo)
    y -= alto + 6 * mm
    hoja.centrar(
        lienzo, ["Los espacios no hace falta escribirlos. Marque el cuadro del que ya usó."], hoja.NORMAL, 11, y
    )
    y -= 16 * mm
    for numero, texto in enumerate(PASOS, 1):
        tamano, lineas = hoja.ajustar(f"{numero}. {texto}", hoja.NORMAL, ancho - 20 * mm, 12, 10, 2)
        lienzo.setFont(hoja.NORMAL, tamano)
        for linea in lineas:
            lienzo.drawString(hoja.MARGEN + 10 * mm, y, linea)
            y -= 6.5 * mm
        y -= 2 * mm
    hoja.pie(lienzo, f"Se imprimió el {fecha}", 1, 1)
    lienzo.showPage()
    lienzo.save()
    return salida.getvalue()
