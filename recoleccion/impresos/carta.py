"""La carta descriptiva en papel: para qué, a quién, momento por momento, con qué, y dónde firmar.

Sin carta escrita sale la misma hoja con renglones en blanco, para llenarla a mano.
"""

from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any

from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, KeepTogether, PageTemplate, Spacer, Table

from recoleccion.fechas import numero

from . import hoja
from .piezas import CUERPO, parrafo

EN_BLANCO = 7
"""Renglones de momentos de la hoja sin llenar."""
_UTIL = hoja.ANCHO - 2 * hoja.MARGEN
_PIE = 14 * mm
_LOGO = (34 * mm, 16 * mm)
TEXTO = ParagraphStyle("texto", parent=CUERPO, fontSize=10.5, leading=13.5)
CELDA = ParagraphStyle("celda", parent=TEXTO, fontSize=10, leading=12.5)
NEGRITA = ParagraphStyle("negrita", parent=CELDA, fontName=hoja.NEGRITA)
DERECHA = ParagraphStyle("derecha", parent=CELDA, alignment=2)
OFICINA = ParagraphStyle("de_quien", parent=TEXTO, alignment=1)
TITULO = ParagraphStyle("titulo_carta", parent=TEXTO, fontName=hoja.NEGRITA, fontSize=15, leading=19, alignment=1)
SECCION = ParagraphStyle(
    "seccion", parent=TEXTO, fontName=hoja.NEGRITA, fontSize=11.5, spaceBefore=3 * mm, spaceAfter=1 * mm
)
SUMA = ParagraphStyle("suma", parent=NEGRITA, alignment=2)
FIRMA = ParagraphStyle("firma", parent=CELDA, alignment=1)


def carta_pdf(
    *,
    oficina: str,
    titulo: str,
    datos: Sequence[tuple[str, str]],
    carta: Mapping[str, Any],
    leyenda: str = "",
    logo: bytes | None = None,
) -> bytes:
    """Las hojas; los mismos datos dan los mismos bytes.

    :param datos: del evento, ya con palabras, de dos en dos por renglón.
    :param carta: ``objetivo``, ``publico``, ``momentos`` (``momento``, ``actividad``, ``minutos``) y ``materiales``.
    :param leyenda: la del programa.
    :param logo: un JPEG o un PNG.
    """
    _, cuantas = _armar(0, oficina, titulo, datos, carta, leyenda, logo)
    return _armar(cuantas, oficina, titulo, datos, carta, leyenda, logo)[0]


def _armar(
    total: int,
    oficina: str,
    titulo: str,
    datos: Sequence[tuple[str, str]],
    carta: Mapping[str, Any],
    leyenda: str,
    logo: bytes | None,
) -> tuple[bytes, int]:
    """Los bytes y cuántas hojas salieron. Va dos veces, porque el pie dice cuántas son."""
    salida = BytesIO()
    marco = Frame(
        hoja.MARGEN, hoja.MARGEN + _PIE, _UTIL, hoja.ALTO - 2 * hoja.MARGEN - _PIE,
        leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0,
    )  # fmt: skip
    documento = BaseDocTemplate(
        salida, pagesize=letter, title="Carta descriptiva", author="jornada", lang="es-MX", invariant=1,
        pageCompression=1,
    )  # fmt: skip

    def al_pie(lienzo: Any, doc: Any) -> None:
        lienzo.saveState()
        if leyenda:
            renglones = hoja.ajustar(leyenda, hoja.NORMAL, _UTIL, 8, 6, 2)
            lienzo.setFont(hoja.NORMAL, renglones[0])
            for n, renglon in enumerate(reversed(renglones[1])):
                lienzo.drawString(hoja.MARGEN, hoja.MARGEN + 5 * mm + n * 3.2 * mm, renglon)
        hoja.pie(lienzo, f"Carta descriptiva · {titulo}"[:90], doc.page, total)
        if logo and doc.page == 1:
            ancho, alto = _LOGO
            lienzo.drawImage(
                ImageReader(BytesIO(logo)), hoja.MARGEN, hoja.ALTO - hoja.MARGEN - alto, ancho, alto,
                preserveAspectRatio=True, anchor="nw", mask="auto",
            )  # fmt: skip
        lienzo.restoreState()

    documento.addPageTemplates(PageTemplate(frames=[marco], onPageEnd=al_pie))
    documento.build([*_cabeza(oficina, titulo, datos, con_logo=logo is not None), *_cuerpo(carta), *_firmas()])
    return salida.getvalue(), documento.page


def _cabeza(oficina: str, titulo: str, datos: Sequence[tuple[str, str]], *, con_logo: bool) -> Iterator[Flowable]:
    yield parrafo(oficina, OFICINA)
    yield parrafo("Carta descriptiva", TITULO)
    if con_logo:
        yield Spacer(0, 6 * mm)
    yield parrafo(titulo, ParagraphStyle("cual", parent=TITULO, fontSize=12.5, leading=16))
    yield Spacer(0, 2 * mm)
    celdas = [celda for nombre, valor in datos for celda in (parrafo(f"{nombre}:", NEGRITA), parrafo(valor, CELDA))]
    celdas += [""] * (-len(celdas) % 4)
    yield Table(
        [celdas[n : n + 4] for n in range(0, len(celdas), 4)],
        colWidths=[22 * mm, _UTIL / 2 - 22 * mm] * 2,
        style=[("VALIGN", (0, 0), (-1, -1), "TOP"), ("TOPPADDING", (0, 0), (-1, -1), 1),
               ("BOTTOMPADDING", (0, 0), (-1, -1), 1), ("LEFTPADDING", (0, 0), (-1, -1), 0)],
    )  # fmt: skip


def _cuerpo(carta: Mapping[str, Any]) -> Iterator[Flowable]:
    for titulo, clave in (("Para qué se hace", "objetivo"), ("A quién va dirigida", "publico")):
        yield from _seccion(titulo, carta.get(clave), 2 if clave == "objetivo" else 1)
    yield parrafo("Qué se hace", SECCION)
    yield _momentos(carta.get("momentos") or [])
    yield from _seccion("Materiales", carta.get("materiales"), 2)


def _seccion(titulo: str, texto: str | None, renglones: int) -> Iterator[Flowable]:
    rayas = [("LINEBELOW", (0, 0), (-1, -1), 0.4, "grey")]
    en_blanco = Table([[""]] * renglones, colWidths=[_UTIL], rowHeights=7 * mm, style=rayas)
    cuerpo = parrafo(texto, TEXTO) if texto else en_blanco
    yield KeepTogether([parrafo(titulo, SECCION), cuerpo])


def _momentos(momentos: Sequence[Mapping[str, Any]]) -> Table:
    """La tabla con su suma; su cabeza se repite si pasa a otra hoja."""
    filas: list[list[Any]] = [[parrafo(t, NEGRITA) for t in ("Momento", "Actividad")] + [parrafo("Minutos", NEGRITA)]]
    for momento in momentos:
        dura = momento.get("minutos")
        textos = [parrafo(momento.get(c) or "", CELDA) for c in ("momento", "actividad")]
        filas.append([*textos, parrafo(numero(dura) if dura else "", DERECHA)])
    suma = sum(momento.get("minutos") or 0 for momento in momentos)
    altos: list[float | None] = [None] * len(filas)
    if not momentos:
        filas += [["", "", ""]] * EN_BLANCO
        altos += [12 * mm] * EN_BLANCO
    filas.append(["", parrafo("En total", SUMA), parrafo(numero(suma) if suma else "", SUMA)])
    return Table(
        filas,
        colWidths=[38 * mm, _UTIL - 38 * mm - 20 * mm, 20 * mm],
        rowHeights=[*altos, None],
        repeatRows=1,
        splitInRow=1,
        style=[("GRID", (0, 0), (-1, -1), 0.5, "black"), ("VALIGN", (0, 0), (-1, -1), "TOP"),
               ("BACKGROUND", (0, 0), (-1, 0), "#eeeeee")],
    )  # fmt: skip


def _firmas() -> Iterator[Flowable]:
    renglon = [parrafo(t, FIRMA) for t in ("Facilita", "Vo. Bo.")]
    raya = [("LINEABOVE", (columna, 0), (columna, 0), 0.6, "black") for columna in (0, 2)]
    tabla = Table([[renglon[0], "", renglon[1]]], colWidths=[70 * mm, _UTIL - 140 * mm, 70 * mm], style=raya)
    yield KeepTogether([Spacer(0, 16 * mm), tabla])
