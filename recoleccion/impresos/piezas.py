"""Las piezas de una encuesta en papel: renglones con dónde marcar, escalas con caritas y rayas para escribir.

Son ``Flowable`` de reportlab: dicen cuánto miden y se dibujan; quien arma la hoja decide cuáles van juntas.
"""

from collections.abc import Callable, Sequence
from typing import Any

from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph

from . import hoja

Marca = Callable[[Canvas, float, float], None]
"""Dibuja dónde se marca, con su centro en ``(x, y)``."""

RADIO = 2.2 * mm
SANGRIA = 9 * mm
"""Lo que se recorre lo de abajo de una pregunta, para que su número quede solo a la izquierda."""
_A_LA_MARCA, _ENTRE = 2 * RADIO + 2.2 * mm, 6 * mm
_CARA = 4.2 * mm

CUERPO = ParagraphStyle("cuerpo", fontName=hoja.NORMAL, fontSize=11.5, leading=14.5)
EN_ESCALA = ParagraphStyle("en_escala", parent=CUERPO, fontSize=10, leading=12, alignment=1)


def parrafo(texto: str, estilo: ParagraphStyle, **extras: Any) -> Paragraph:
    """Un párrafo con lo que la letra del papel tiene, y sus renglones donde estaban."""
    renglones = [escapar(hoja.imprimible(renglon)) for renglon in texto.splitlines()]
    return Paragraph("<br/>".join(renglones), estilo, **extras)


def escapar(texto: str) -> str:
    return texto.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def circulo(lienzo: Canvas, x: float, y: float) -> None:
    lienzo.circle(x, y, RADIO)


def cuadro(lienzo: Canvas, x: float, y: float) -> None:
    lienzo.rect(x - RADIO, y - RADIO, 2 * RADIO, 2 * RADIO)


def opciones(textos: Sequence[str], marca: Marca, ancho: float) -> list[Flowable]:
    """Las opciones con su marca: todas en un renglón si caben; si no, en columnas parejas, o una por renglón."""
    textos = [hoja.imprimible(texto) for texto in textos]
    anchos = [_A_LA_MARCA + stringWidth(t, CUERPO.fontName, CUERPO.fontSize) + _ENTRE for t in textos]
    util = ancho - SANGRIA
    if sum(anchos) <= util and len(textos) <= 6:
        return [Renglon(textos, anchos, marca)]
    columnas = next((n for n in (3, 2) if len(textos) > 2 * n and max(anchos) <= util / n), 1)
    tandas = hoja.tandas(textos, columnas)
    return [Renglon(tanda, [util / columnas] * columnas, marca) for tanda in tandas]


class Renglon(Flowable):
    """Opciones una junto a otra, cada una con su marca a la izquierda."""

    def __init__(self, textos: Sequence[str], anchos: Sequence[float], marca: Marca) -> None:
        super().__init__()
        self.parrafos = [parrafo(texto, CUERPO) for texto in textos]
        self.anchos, self.marca = anchos, marca

    def wrap(self, ancho: float, alto: float) -> tuple[float, float]:
        altos = [p.wrap(a - _A_LA_MARCA, alto)[1] for p, a in zip(self.parrafos, self.anchos, strict=False)]
        self.width, self.height = ancho, max(altos) + 2 * mm
        return self.width, self.height

    def draw(self) -> None:
        self.canv.setLineWidth(0.8)
        x, arriba = SANGRIA, self.height - 1 * mm
        for un_parrafo, ancho in zip(self.parrafos, self.anchos, strict=False):
            self.marca(self.canv, x + RADIO, arriba - CUERPO.leading / 2 - 0.4 * mm)
            un_parrafo.drawOn(self.canv, x + _A_LA_MARCA, arriba - un_parrafo.height)
            x += ancho


class Escala(Flowable):
    """Círculos en un renglón con su texto abajo; con ``caras``, una carita arriba de cada uno."""

    def __init__(self, textos: Sequence[str], *, caras: Sequence[float | None] = ()) -> None:
        """:param caras: de -1, muy triste, a 1, muy contenta, o ninguna; una por texto."""
        super().__init__()
        self.parrafos = [parrafo(texto, EN_ESCALA) for texto in textos]
        self.caras = caras

    def wrap(self, ancho: float, alto: float) -> tuple[float, float]:
        self.paso = min((ancho - SANGRIA) / len(self.parrafos), 40 * mm)
        altos = [p.wrap(self.paso - 2 * mm, alto)[1] for p in self.parrafos]
        self.cabeza = 2 * RADIO + 1.5 * mm + (2 * _CARA + 1.5 * mm if self.caras else 0)
        self.width, self.height = ancho, self.cabeza + max(altos) + 1.5 * mm
        return self.width, self.height

    def draw(self) -> None:
        self.canv.setLineWidth(0.8)
        for lugar, un_parrafo in enumerate(self.parrafos):
            izquierda = SANGRIA + lugar * self.paso
            centro, y = izquierda + self.paso / 2, self.height
            if self.caras:
                animo = self.caras[lugar]
                if animo is not None:
                    carita(self.canv, centro, y - _CARA, animo)
                y -= 2 * _CARA + 1.5 * mm
            circulo(self.canv, centro, y - RADIO)
            un_parrafo.drawOn(self.canv, izquierda + 1 * mm, self.height - self.cabeza - un_parrafo.height)


def carita(lienzo: Canvas, x: float, y: float, animo: float) -> None:
    """Una cara con la boca hacia arriba o hacia abajo, según ``animo`` (de -1 a 1)."""
    lienzo.circle(x, y, _CARA)
    for lado in (-1, 1):
        lienzo.circle(x + lado * _CARA * 0.36, y + _CARA * 0.28, _CARA * 0.09, fill=1)
    ancho, orilla = _CARA * 0.5, y - _CARA * 0.35 + animo * _CARA * 0.12
    hondo = orilla - animo * _CARA * 0.42
    lienzo.bezier(x - ancho, orilla, x - ancho / 2, hondo, x + ancho / 2, hondo, x + ancho, orilla)


class Rayas(Flowable):
    """Renglones en blanco para escribir a mano."""

    ALTO = 9 * mm

    def __init__(self, cuantas: int) -> None:
        super().__init__()
        self.cuantas = cuantas

    def wrap(self, ancho: float, alto: float) -> tuple[float, float]:
        self.width, self.height = ancho, self.cuantas * self.ALTO
        return self.width, self.height

    def draw(self) -> None:
        self.canv.setLineWidth(0.5)
        for numero in range(self.cuantas):
            y = numero * self.ALTO + 1 * mm
            self.canv.line(SANGRIA, y, self.width, y)


class Recuadro(Flowable):
    """Un texto dentro de un marco."""

    def __init__(self, contenido: Paragraph) -> None:
        super().__init__()
        self.contenido = contenido

    def wrap(self, ancho: float, alto: float) -> tuple[float, float]:
        self.width, self.height = ancho, self.contenido.wrap(ancho - 6 * mm, alto)[1] + 6 * mm
        return self.width, self.height

    def draw(self) -> None:
        self.canv.setLineWidth(1)
        self.canv.rect(0, 0, self.width, self.height)
        self.contenido.drawOn(self.canv, 3 * mm, 3 * mm)
