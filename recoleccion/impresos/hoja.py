"""La hoja carta que comparten todos los impresos: medidas, textos que caben y pie con número de página."""

from collections.abc import Iterator, Sequence
from io import BytesIO

from reportlab.lib.pagesizes import letter
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader, simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

ANCHO, ALTO = letter
MARGEN = 12 * mm
NORMAL, NEGRITA, FIJA = "Helvetica", "Helvetica-Bold", "Courier-Bold"


def imprimible(texto: str) -> str:
    """Quita lo que la letra del PDF no tiene (emojis, otros alfabetos): nunca un cuadrito negro en el papel."""
    return " ".join(texto.encode("cp1252", "ignore").decode("cp1252").split())


def nuevo_lienzo(titulo: str) -> tuple[Canvas, BytesIO]:
    """Un PDF carta, sin fecha de creación: los mismos datos dan los mismos bytes."""
    salida = BytesIO()
    lienzo = Canvas(salida, pagesize=letter, invariant=1, pageCompression=1, lang="es-MX")
    lienzo.setTitle(imprimible(titulo))
    lienzo.setAuthor("jornada")
    return lienzo, salida


def pie(lienzo: Canvas, texto: str, hoja: int, hojas: int, ancho: float = ANCHO) -> None:
    """El renglón de abajo: qué es a la izquierda, «Hoja 1 de 3» a la derecha. ``ancho``, si la hoja no es carta."""
    lienzo.setFillGray(0)
    lienzo.setFont(NORMAL, 8)
    lienzo.drawString(MARGEN, MARGEN, imprimible(texto))
    lienzo.drawRightString(ancho - MARGEN, MARGEN, f"Hoja {hoja} de {hojas}")


def renglon_de_la_oficina(lienzo: Canvas, texto: str) -> None:
    """El pie que la oficina puso en su papelería, chico y centrado, encima del de :func:`pie`."""
    lienzo.setFillGray(0)
    lienzo.setFont(NORMAL, 8)
    lienzo.drawCentredString(ANCHO / 2, MARGEN + 4.5 * mm, recortar(texto, NORMAL, 8, ANCHO - 2 * MARGEN))


def logotipo(lienzo: Canvas, imagen: bytes | None, x: float, arriba: float, ancho: float, alto: float) -> None:
    """El logotipo dentro de un cuadro, pegado a su esquina de arriba a la izquierda. Uno que no se lee no se dibuja."""
    if imagen is None:
        return
    try:
        leida = ImageReader(BytesIO(imagen))
        mide_ancho, mide_alto = leida.getSize()
        escala = min(ancho / mide_ancho, alto / mide_alto)
        lienzo.drawImage(leida, x, arriba - mide_alto * escala, mide_ancho * escala, mide_alto * escala, mask="auto")
    except (OSError, ValueError, ZeroDivisionError):
        return


def ajustar(
    texto: str, letra: str, ancho: float, mayor: float, menor: float, renglones: int
) -> tuple[float, list[str]]:
    """La letra más grande (puntos) con que ``texto`` cabe en ``renglones``; si no cabe, recorta con «…»."""
    texto = imprimible(texto)
    tamano = mayor
    while tamano >= menor:
        lineas = simpleSplit(texto, letra, tamano, ancho)
        if len(lineas) <= renglones and all(stringWidth(linea, letra, tamano) <= ancho for linea in lineas):
            return tamano, lineas
        tamano -= 1
    lineas = simpleSplit(texto, letra, menor, ancho)
    return menor, [
        recortar(linea, letra, menor, ancho) for linea in [*lineas[: renglones - 1], " ".join(lineas[renglones - 1 :])]
    ]


def recortar(texto: str, letra: str, tamano: float, ancho: float) -> str:
    """El texto en un renglón; lo que no cabe se cambia por «…»."""
    texto = imprimible(texto)
    if stringWidth(texto, letra, tamano) <= ancho:
        return texto
    while texto and stringWidth(texto + "…", letra, tamano) > ancho:
        texto = texto[:-1]
    return texto.rstrip() + "…"


def centrar(lienzo: Canvas, lineas: Sequence[str], letra: str, tamano: float, y: float, salto: float = 1.2) -> float:
    """Escribe renglones centrados hacia abajo desde ``y`` y devuelve la ``y`` que sigue."""
    lienzo.setFont(letra, tamano)
    for linea in lineas:
        y -= tamano
        lienzo.drawCentredString(ANCHO / 2, y, linea)
        y -= tamano * (salto - 1)
    return y


def tandas(lista: Sequence, por_hoja: int) -> Iterator[Sequence]:
    """Parte la lista en lo que cabe por hoja."""
    for inicio in range(0, len(lista), por_hoja):
        yield lista[inicio : inicio + por_hoja]


def marcas_de_corte(lienzo: Canvas, xs: Sequence[float], ys: Sequence[float], largo: float = 3 * mm) -> None:
    """Rayitas fuera de las tarjetas, en cada línea de corte (``xs`` e ``ys`` son las orillas, en puntos)."""
    lienzo.setStrokeGray(0.35)
    lienzo.setLineWidth(0.4)
    for x in xs:
        lienzo.line(x, min(ys) - largo, x, min(ys) - 0.8 * mm)
        lienzo.line(x, max(ys) + 0.8 * mm, x, max(ys) + largo)
    for y in ys:
        lienzo.line(min(xs) - largo, y, min(xs) - 0.8 * mm, y)
        lienzo.line(max(xs) + 0.8 * mm, y, max(xs) + largo, y)
    lienzo.setLineWidth(0.2)
    lienzo.setStrokeGray(0.75)
    for x in xs:
        lienzo.line(x, min(ys), x, max(ys))
    for y in ys:
        lienzo.line(min(xs), y, max(xs), y)


def numerados(
    lienzo: Canvas,
    pasos: Sequence[str],
    y: float,
    *,
    sangria: float,
    letra: tuple[float, float],
    renglon: float,
    aire: float,
) -> float:
    """Los pasos de una hoja que se guarda, uno bajo otro; devuelve la altura donde acaban.

    :param letra: su tamaño y hasta cuál se achica. :param renglon: de renglón a renglón; ``aire``: de paso a paso.
    """
    for numero, paso in enumerate(pasos, 1):
        tamano, lineas = ajustar(f"{numero}. {paso}", NORMAL, ANCHO - 2 * MARGEN - 2 * sangria, *letra, 2)
        lienzo.setFont(NORMAL, tamano)
        for linea in lineas:
            lienzo.drawString(MARGEN + sangria, y, linea)
            y -= renglon
        y -= aire
    return y


def quien_la_guarda(lienzo: Canvas, y: float, sangria: float) -> None:
    """Los dos renglones para llenar a mano."""
    for texto in ("Quién la guarda:", "Dónde:"):
        lienzo.setFont(NORMAL, 12)
        lienzo.drawString(MARGEN + sangria, y, texto)
        lienzo.line(MARGEN + sangria + 36 * mm, y - 1 * mm, MARGEN + 150 * mm, y - 1 * mm)
        y -= 11 * mm
