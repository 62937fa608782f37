"""El aviso de privacidad en dos hojas: la que se pega en la entrada, con letra grande, y la que se lee al empezar."""

from collections.abc import Sequence

from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from recoleccion.fechas import fecha_corta

from . import hoja, qr

FOTOS = "En esta actividad se toman fotos para el informe. Si no quiere salir en ellas, dígalo a quien organiza."
"""Lo que se pega y se lee donde habrá fotos: sin esto no se pueden guardar (``evento.avisa_fotos``)."""
PALABRAS_POR_SEGUNDO = 3
"""Leído despacio y claro; una conversación va más aprisa."""
CONSEJOS = (
    "Léalo completo y despacio, antes de que alguien se registre.",
    "Quien llegó tarde lo tiene pegado en la entrada y en su teléfono, antes de empezar.",
    "Quien no quiera dar su nombre participa igual: toca «Asistir sin nombre» o se lo dice a usted.",
    "Si le preguntan algo que no sabe, no lo invente: apúntelo y contéstelo después.",
)


def segundos(texto: str) -> int:
    """Cuánto dura leído en voz alta, de cinco en cinco."""
    return max(5, round(len(texto.split()) / PALABRAS_POR_SEGUNDO / 5) * 5)


def guion(leido: str, *, con_fotos: bool) -> str:
    """Lo que se lee: el texto del aviso y, si habrá fotos, que las habrá."""
    return f"{leido.strip()} {FOTOS}" if con_fotos else leido.strip()


def aviso_pdf(
    *,
    simplificado: str,
    leido: str,
    oficina: str,
    version: int,
    vigente_desde: str,
    con_fotos: bool = False,
    completo: str | None = None,
) -> bytes:
    """Dos hojas carta, blanco y negro.

    :param completo: la dirección donde se lee entero, para el QR; sin ella se dice que se pida.
    :param vigente_desde: fecha ISO.
    """
    lienzo, salida = hoja.nuevo_lienzo("Aviso de privacidad")
    abajo = f"Aviso de privacidad, versión {version}, del {fecha_corta(vigente_desde)}"
    _para_pegar(lienzo, [*simplificado.split("\n"), *([FOTOS] if con_fotos else [])], oficina, completo)
    hoja.pie(lienzo, abajo, 1, 2)
    lienzo.showPage()
    _para_leer(lienzo, guion(leido, con_fotos=con_fotos))
    hoja.pie(lienzo, abajo, 2, 2)
    lienzo.showPage()
    lienzo.save()
    return salida.getvalue()


def _para_pegar(lienzo: Canvas, parrafos: Sequence[str], oficina: str, completo: str | None) -> None:
    ancho = hoja.ANCHO - 2 * hoja.MARGEN
    tamano, lineas = hoja.ajustar(oficina, hoja.NORMAL, ancho, 14, 10, 1)
    y = hoja.centrar(lienzo, lineas, hoja.NORMAL, tamano, hoja.ALTO - hoja.MARGEN)
    y = hoja.centrar(lienzo, ["Aviso de privacidad"], hoja.NEGRITA, 40, y - 6 * mm) - 8 * mm
    suelo = hoja.MARGEN + 8 * mm
    if completo:
        suelo = _donde_completo(lienzo, completo, suelo)
    else:
        parrafos = [*parrafos, "Si quiere leer el aviso completo, pídalo: se lo enseñamos."]
    _parrafos(lienzo, parrafos, hoja.NORMAL, y, suelo, 34)


def _donde_completo(lienzo: Canvas, completo: str, suelo: float) -> float:
    """El QR con la dirección escrita, hasta abajo; devuelve dónde acaba lo de arriba."""
    lado = 46 * mm
    qr.dibujar(lienzo, qr.matriz(completo, "M"), hoja.MARGEN - 4 * mm, suelo, lado)
    x, ancho = hoja.MARGEN + lado, hoja.ANCHO - 2 * hoja.MARGEN - lado
    lienzo.setFont(hoja.NEGRITA, 18)
    lienzo.drawString(x, suelo + 29 * mm, "El aviso completo se lee aquí")
    sitio = completo.split("://")[-1]
    tamano, lineas = hoja.ajustar(sitio, hoja.NORMAL, ancho, 16, 9, 1)
    lienzo.setFont(hoja.NORMAL, tamano)
    lienzo.drawString(x, suelo + 20 * mm, lineas[0])
    lienzo.setFont(hoja.NORMAL, 14)
    lienzo.drawString(x, suelo + 12 * mm, "También se lo enseñamos si lo pide.")
    return suelo + lado + 4 * mm


def _para_leer(lienzo: Canvas, texto: str) -> None:
    y = hoja.centrar(lienzo, ["Para leer en voz alta al empezar"], hoja.NEGRITA, 24, hoja.ALTO - hoja.MARGEN - 4 * mm)
    y = hoja.centrar(lienzo, [f"Dura unos {segundos(texto)} segundos"], hoja.NORMAL, 14, y - 1 * mm) - 8 * mm
    suelo = hoja.MARGEN + 62 * mm
    lienzo.setLineWidth(1)
    lienzo.line(hoja.MARGEN, suelo, hoja.ANCHO - hoja.MARGEN, suelo)
    _parrafos(lienzo, [texto], hoja.NORMAL, y, suelo + 6 * mm, 28)
    _parrafos(lienzo, [f"• {consejo}" for consejo in CONSEJOS], hoja.NORMAL, suelo - 6 * mm, hoja.MARGEN + 6 * mm, 13)


def _parrafos(
    lienzo: Canvas, parrafos: Sequence[str], letra: str, arriba: float, suelo: float, mayor: float, menor: float = 9
) -> None:
    """Todos los párrafos con la letra más grande con que caben entre ``arriba`` y ``suelo``."""
    ancho = hoja.ANCHO - 2 * hoja.MARGEN
    limpios = [limpio for parrafo in parrafos if (limpio := hoja.imprimible(parrafo))]
    tamano = mayor
    while True:
        tandas = [simpleSplit(parrafo, letra, tamano, ancho) for parrafo in limpios]
        alto = sum(len(tanda) for tanda in tandas) * tamano * 1.28 + (len(tandas) - 1) * tamano * 0.55
        if alto <= arriba - suelo or tamano <= menor:
            break
        tamano -= 0.5
    lienzo.setFillGray(0)
    lienzo.setFont(letra, tamano)
    y = arriba
    for tanda in tandas:
        for linea in tanda:
            y -= tamano * 1.28
            lienzo.drawString(hoja.MARGEN, y, linea)
        y -= tamano * 0.55
