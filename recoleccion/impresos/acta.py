"""Los papeles de los derechos y de la conservación: acuse de una solicitud, lo que se entrega, y el acta de lo borrado.

Todos son lo mismo: de quién es, un cuadro de datos, párrafos y tablas, y dónde firmar. Letra de 11 puntos: se lee.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, KeepTogether, PageTemplate, Spacer, Table

from . import hoja
from .piezas import CUERPO, parrafo

_UTIL = hoja.ANCHO - 2 * hoja.MARGEN
_PIE = 8 * mm
TEXTO = ParagraphStyle("texto_acta", parent=CUERPO, fontSize=11, leading=15, spaceAfter=2 * mm)
CELDA = ParagraphStyle("celda_acta", parent=TEXTO, fontSize=10, leading=12.5, spaceAfter=0)
NEGRITA = ParagraphStyle("negrita_acta", parent=CELDA, fontName=hoja.NEGRITA)
OFICINA = ParagraphStyle("oficina_acta", parent=TEXTO, alignment=1, spaceAfter=0)
TITULO = ParagraphStyle("titulo_acta", parent=TEXTO, fontName=hoja.NEGRITA, fontSize=16, leading=20, alignment=1)
SECCION = ParagraphStyle(
    "seccion_acta", parent=TEXTO, fontName=hoja.NEGRITA, fontSize=12, spaceBefore=3 * mm, spaceAfter=1 * mm
)
FIRMA = ParagraphStyle("firma_acta", parent=CELDA, alignment=1)


@dataclass(frozen=True)
class Seccion:
    """Un título, sus párrafos y, si la lleva, una tabla (la primera fila son los encabezados)."""

    titulo: str = ""
    parrafos: Sequence[str] = ()
    tabla: Sequence[Sequence[str]] = ()
    anchos: Sequence[float] = ()
    """Qué parte del ancho lleva cada columna; juntas suman 1."""


@dataclass(frozen=True)
class Papel:
    oficina: str
    titulo: str
    datos: Sequence[tuple[str, str]]
    secciones: Sequence[Seccion]
    firmas: Sequence[str] = ()
    """Debajo de cada raya."""
    pie: str = ""
    codigos: Sequence[str] = field(default=())
    """Renglones que se comparan letra por letra: huella, cabeza de la bitácora."""


def papel_pdf(papel: Papel) -> bytes:
    """Las hojas; los mismos datos dan los mismos bytes."""
    _, cuantas = _armar(papel, 0)
    return _armar(papel, cuantas)[0]


def _armar(papel: Papel, total: int) -> tuple[bytes, int]:
    """Los bytes y cuántas hojas salieron. Va dos veces, porque el pie dice cuántas son."""
    salida = BytesIO()
    marco = Frame(
        hoja.MARGEN, hoja.MARGEN + _PIE, _UTIL, hoja.ALTO - 2 * hoja.MARGEN - _PIE,
        leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0,
    )  # fmt: skip
    documento = BaseDocTemplate(
        salida, pagesize=letter, title=hoja.imprimible(papel.titulo), author="jornada", lang="es-MX", invariant=1,
        pageCompression=1,
    )  # fmt: skip

    def al_pie(lienzo: Any, doc: Any) -> None:
        lienzo.saveState()
        hoja.pie(lienzo, papel.pie or papel.titulo, doc.page, total)
        lienzo.restoreState()

    documento.addPageTemplates(PageTemplate(frames=[marco], onPageEnd=al_pie))
    documento.build(list(_cuerpo(papel)))
    return salida.getvalue(), documento.page


def _cuerpo(papel: Papel) -> Iterator[Flowable]:
    yield parrafo(papel.oficina, OFICINA)
    yield parrafo(papel.titulo, TITULO)
    yield Spacer(1, 3 * mm)
    if papel.datos:
        filas = [[parrafo(nombre, NEGRITA), parrafo(valor, CELDA)] for nombre, valor in papel.datos]
        yield Table(filas, [0.3 * _UTIL, 0.7 * _UTIL], style=[("BOX", (0, 0), (-1, -1), 0.8, "black"), *_ESTILO])
        yield Spacer(1, 3 * mm)
    for seccion in papel.secciones:
        yield from _seccion(seccion)
    if papel.codigos:
        yield Spacer(1, 3 * mm)
        for codigo in papel.codigos:
            yield parrafo(codigo, CELDA)
    if papel.firmas:
        yield KeepTogether([Spacer(1, 22 * mm), _firmas(papel.firmas)])


_ESTILO = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LINEBELOW", (0, 0), (-1, -2), 0.3, "grey")]


def _seccion(seccion: Seccion) -> Iterator[Flowable]:
    arriba: list[Flowable] = [parrafo(seccion.titulo, SECCION)] if seccion.titulo else []
    textos = [parrafo(texto, TEXTO) for texto in seccion.parrafos]
    yield KeepTogether([*arriba, *textos[:1]])
    yield from textos[1:]
    if seccion.tabla:
        cabeza, *filas = seccion.tabla
        celdas = [[parrafo(texto, NEGRITA) for texto in cabeza]]
        celdas += [[parrafo(texto, CELDA) for texto in fila] for fila in filas]
        anchos = [_UTIL * parte for parte in seccion.anchos or [1 / len(cabeza)] * len(cabeza)]
        estilo = [*_ESTILO, ("LINEBELOW", (0, 0), (-1, 0), 0.8, "black"), ("BOX", (0, 0), (-1, -1), 0.5, "black")]
        yield Table(celdas, anchos, style=estilo, repeatRows=1)
        yield Spacer(1, 3 * mm)


def _firmas(quienes: Sequence[str]) -> Table:
    ancho = _UTIL / len(quienes)
    estilo = [("LINEABOVE", (n, 0), (n, 0), 0.8, "black") for n in range(0, 2 * len(quienes), 2)]
    celdas: list[Any] = []
    anchos: list[float] = []
    for quien in quienes:
        celdas += [parrafo(quien, FIRMA), ""]
        anchos += [ancho - 8 * mm, 8 * mm]
    return Table([celdas], anchos, style=estilo)
