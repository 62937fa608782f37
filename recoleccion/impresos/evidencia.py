"""La hoja de evidencia de un evento: qué se hizo, cuántas personas, con qué carta, cómo acabó, qué contestaron y fotos.

Los nombres y las fotos sólo van si quien la pide los trae abiertos; sin ellos la hoja dice dónde están.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from reportlab.lib.pagesizes import letter
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    Image,
    KeepTogether,
    PageTemplate,
    Spacer,
    Table,
)

from recoleccion.fechas import numero, plural

from . import hoja
from .informe_tablas import Estilos, tabla
from .piezas import parrafo

UTIL = hoja.ANCHO - 2 * hoja.MARGEN
ALTO_FOTO = 62 * mm


@dataclass(frozen=True)
class Hoja:
    """Todo ya con palabras, no con claves.

    :param poblacion: edad, mujeres, hombres, no especificado y total; el último renglón es el total.
    :param carta: como ``consultas.cartas.leer``, o nula.
    :param encuestas: ``titulo``, ``contestaciones`` y ``preguntas`` (nula si son menos de 10).
    :param lista: No., nombre, sexo, edad y localidad; nula si los nombres están cerrados.
    :param fotos: ``jpeg`` y ``pie`` de cada una; las cerradas no vienen.
    :param huella: la de las cifras, sin nombres.
    """

    oficina: str
    leyenda: str
    pie: str
    logo: bytes | None
    titulo: str
    datos: Sequence[tuple[str, str]]
    poblacion: Sequence[tuple[str, ...]]
    como: str
    cierre: Sequence[str]
    carta: Mapping[str, Any] | None
    encuestas: Sequence[Mapping[str, Any]]
    lista: Sequence[tuple[str, ...]] | None
    fotos: Sequence[Mapping[str, Any]]
    avisos: Sequence[str]
    huella: str


def evidencia_pdf(h: Hoja) -> bytes:
    """Las hojas carta; los mismos datos dan los mismos bytes."""
    _, hojas = _armar(h, 0)
    return _armar(h, hojas)[0]


def _armar(h: Hoja, total: int) -> tuple[bytes, int]:
    salida = BytesIO()
    abajo = hoja.MARGEN + 8 * mm
    marco = Frame(
        hoja.MARGEN, abajo, UTIL, hoja.ALTO - abajo - hoja.MARGEN,
        leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0,
    )  # fmt: skip
    documento = BaseDocTemplate(
        salida, pagesize=letter, title=hoja.imprimible(f"Hoja de evidencia. {h.titulo}"), author="jornada",
        lang="es-MX", invariant=1, pageCompression=1,
    )  # fmt: skip

    def al_pie(lienzo: Canvas, doc: Any) -> None:
        lienzo.saveState()
        hoja.pie(lienzo, f"Hoja de evidencia · Huella de sus cifras {h.huella[:32]}", doc.page, total)
        lienzo.restoreState()

    documento.addPageTemplates(PageTemplate(frames=[marco], onPageEnd=al_pie))
    documento.build(list(_partes(h, Estilos(9))))
    return salida.getvalue(), documento.page


def _partes(h: Hoja, e: Estilos) -> Iterator[Flowable]:
    yield from _cabeza(h, e)
    yield from _seccion("Asistencia, por edad y sexo", e, [_gente(h, e), Spacer(0, 1.5 * mm), parrafo(h.como, e.texto)])
    if h.cierre:
        yield from _seccion("Cómo terminó", e, [parrafo(texto, e.texto) for texto in h.cierre])
    if h.carta:
        yield from _seccion("Carta descriptiva", e, list(_carta(h.carta, e)))
    if h.encuestas:
        yield from _seccion("Encuestas", e, list(_encuestas(h.encuestas, e)))
    if h.lista:
        titulos = ["No.", "Nombre", "Sexo", "Edad", "Localidad"]
        de_lista = tabla(titulos, h.lista, [0.07, 0.4, 0.16, 0.09, 0.28], UTIL, e, numeros=(0,))
        yield from _seccion("Lista de asistencia", e, [de_lista])
    if h.fotos:
        yield CondPageBreak(ALTO_FOTO + 25 * mm)
        yield from _seccion("Fotos", e, list(_fotos(h.fotos, e)))
    for aviso in h.avisos:
        yield Spacer(0, 2 * mm)
        yield parrafo(aviso, e.texto)
    firma = [Spacer(0, 16 * mm), parrafo("_" * 40, e.firma), parrafo("Nombre y firma de quien la entrega", e.firma)]
    if h.pie:
        firma.append(parrafo(h.pie, e.nota))
    yield KeepTogether(firma)


def _seccion(titulo: str, e: Estilos, contenido: Sequence[Flowable]) -> Iterator[Flowable]:
    yield CondPageBreak(28 * mm)
    yield parrafo(titulo, e.seccion)
    yield from contenido


def _cabeza(h: Hoja, e: Estilos) -> Iterator[Flowable]:
    textos = [parrafo(h.oficina, e.oficina), parrafo(f"Hoja de evidencia. {h.titulo}", e.titulo)]
    if h.leyenda:
        textos.append(parrafo(h.leyenda, e.nota))
    if h.logo:
        logo = _imagen(h.logo, 15 * mm, 45 * mm)
        cabeza = Table([[logo, textos]], colWidths=[logo.drawWidth + 5 * mm, UTIL - logo.drawWidth - 5 * mm])
        cabeza.setStyle([("VALIGN", (0, 0), (-1, -1), "MIDDLE"), ("LEFTPADDING", (0, 0), (-1, -1), 0)])
        yield cabeza
    else:
        yield from textos
    yield Spacer(0, 3 * mm)
    celdas = [[parrafo(nombre, e.negrita), parrafo(valor, e.celda)] for nombre, valor in h.datos]
    if len(celdas) % 2:
        celdas.append(["", ""])
    filas = [uno + otro for uno, otro in zip(celdas[::2], celdas[1::2], strict=True)]
    datos = Table(filas, colWidths=[UTIL * f for f in (0.14, 0.36, 0.14, 0.36)], hAlign="LEFT")
    datos.setStyle([
        ("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 1), ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
    ])  # fmt: skip
    yield datos


def _gente(h: Hoja, e: Estilos) -> Table:
    titulos = ["Grupo de edad", "Mujeres", "Hombres", "No especificado", "Total"]
    return tabla(titulos, h.poblacion, [0.36, 0.16, 0.16, 0.16, 0.16], UTIL * 0.8, e, totales=True)


def _carta(carta: Mapping[str, Any], e: Estilos) -> Iterator[Flowable]:
    yield parrafo(f"Objetivo: {carta['objetivo']}", e.texto)
    if carta.get("publico"):
        yield parrafo(f"A quién va dirigida: {carta['publico']}", e.texto)
    filas = [
        (m.get("momento") or "", m.get("actividad") or "", numero(m["minutos"]) if m.get("minutos") else "")
        for m in carta.get("momentos", ())
    ]
    if filas:
        yield Spacer(0, 1.5 * mm)
        yield tabla(["Momento", "Qué se hizo", "Minutos"], filas, [0.25, 0.63, 0.12], UTIL, e, numeros=(2,))
    if carta.get("materiales"):
        yield Spacer(0, 1.5 * mm)
        yield parrafo(f"Materiales: {carta['materiales']}", e.texto)


def _encuestas(encuestas: Sequence[Mapping[str, Any]], e: Estilos) -> Iterator[Flowable]:
    for encuesta in encuestas:
        if encuesta["preguntas"] is None:
            falta = "no se dice qué contestaron: hacen falta 10 contestaciones para que nadie se reconozca."
            yield parrafo(f"{encuesta['titulo']}: {falta}", e.texto)
            yield Spacer(0, 1.5 * mm)
            continue
        cuantas = plural(encuesta["contestaciones"], "contestación", "contestaciones")
        filas = [
            (pregunta["texto"], "; ".join(f"{o['texto']}: {numero(o['n'])}" for o in pregunta["opciones"] if o["n"]))
            for pregunta in encuesta["preguntas"]
        ]
        yield tabla([f"{encuesta['titulo']}: {cuantas}", "Qué contestaron"], filas, [0.5, 0.5], UTIL, e, numeros=())
        if encuesta.get("puntaje"):
            p = encuesta["puntaje"]
            yield parrafo(f"En promedio, {p.aciertos:.1f} aciertos de {p.preguntas}.", e.texto)
        yield Spacer(0, 2 * mm)


def _fotos(fotos: Sequence[Mapping[str, Any]], e: Estilos) -> Iterator[Flowable]:
    """Dos por renglón; un renglón nunca se parte."""
    for inicio in range(0, len(fotos), 2):
        celdas = [
            [_imagen(foto["jpeg"], ALTO_FOTO, UTIL / 2 - 4 * mm), parrafo(foto["pie"] or " ", e.centro)]
            for foto in fotos[inicio : inicio + 2]
        ]
        renglon = Table([celdas], colWidths=[UTIL / 2] * len(celdas), hAlign="LEFT")
        renglon.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("ALIGN", (0, 0), (-1, -1), "CENTER")])
        yield renglon


def _imagen(contenido: bytes, alto: float, ancho: float) -> Image:
    """Con su proporción, lo más grande que quepa."""
    imagen = Image(BytesIO(contenido))
    escala = min(alto / imagen.imageHeight, ancho / imagen.imageWidth)
    imagen.drawHeight, imagen.drawWidth = imagen.imageHeight * escala, imagen.imageWidth * escala
    return imagen
