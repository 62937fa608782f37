"""La lista de asistencia para firmar: renglones ya llenos, firma en blanco, y renglones vacíos al final.

Lleva nombres: quien la pide decide quién la ve; aquí sólo se dibuja.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from recoleccion.fechas import plural

from . import hoja

COLUMNAS: tuple[tuple[str, str, float], ...] = (
    ("no", "No.", 10 * mm),
    ("nombre", "Nombre", 58 * mm),
    ("sexo", "Sexo", 20 * mm),
    ("edad", "Edad", 16 * mm),
    ("procedencia", "Localidad", 32 * mm),
    ("telefono", "Teléfono", 25 * mm),
    ("firma", "Firma", 30.9 * mm),
)
ALTO_RENGLON = 8 * mm
POR_HOJA = 22


@dataclass(frozen=True)
class Encabezado:
    """Lo que va arriba y abajo de cada hoja, ya con palabras (no claves)."""

    oficina: str
    titulo: str
    datos: Sequence[tuple[str, str]]
    totales: str
    leyenda: str
    programa: str = ""
    """La leyenda que pide el programa."""
    pie: str = ""
    bitacora: str = ""
    """La cabeza corta de la bitácora al imprimirse: la firma de la hoja también la guarda."""
    logo: bytes | None = None


def lista_pdf(encabezado: Encabezado, filas: Sequence[Mapping[str, str]], en_blanco: int = 5) -> bytes:
    """Las hojas con ``filas`` (llaves de ``COLUMNAS`` menos ``no`` y ``firma``) y ``en_blanco`` renglones vacíos.

    La última hoja se completa con renglones vacíos: el papel que sobra también sirve.
    """
    lienzo, salida = hoja.nuevo_lienzo("Lista de asistencia")
    renglones: list[Mapping[str, str]] = [dict(fila) for fila in filas] + [{}] * en_blanco
    renglones += [{}] * (-len(renglones) % POR_HOJA or (0 if renglones else POR_HOJA))
    hojas = len(renglones) // POR_HOJA
    for numero, tanda in enumerate(hoja.tandas(renglones, POR_HOJA), 1):
        y = _arriba(lienzo, encabezado)
        _tabla(lienzo, y, tanda, (numero - 1) * POR_HOJA)
        _abajo(lienzo, encabezado, numero, hojas, len(filas))
        lienzo.showPage()
    lienzo.save()
    return salida.getvalue()


def _arriba(lienzo: Canvas, encabezado: Encabezado) -> float:
    ancho = hoja.ANCHO - 2 * hoja.MARGEN
    hoja.logotipo(lienzo, encabezado.logo, hoja.MARGEN, hoja.ALTO - hoja.MARGEN + 2 * mm, 34 * mm, 12 * mm)
    y = hoja.centrar(
        lienzo, [hoja.recortar(encabezado.oficina, hoja.NORMAL, 10, ancho)], hoja.NORMAL, 10, hoja.ALTO - hoja.MARGEN
    )
    libre = ancho - 2 * 36 * mm if encabezado.logo else ancho
    tamano, lineas = hoja.ajustar(
        f"Lista de asistencia · {encabezado.titulo}", hoja.NEGRITA, libre, 14, 10, 2 if encabezado.logo else 1
    )
    y = hoja.centrar(lienzo, lineas, hoja.NEGRITA, tamano, y - 1 * mm) - 6 * mm
    mitad = ancho / 2
    for lugar, (nombre, valor) in enumerate(encabezado.datos):
        x, renglon = hoja.MARGEN + (lugar % 2) * mitad, y - (lugar // 2) * 5 * mm
        lienzo.setFont(hoja.NEGRITA, 9)
        lienzo.drawString(x, renglon, f"{nombre}:")
        lienzo.setFont(hoja.NORMAL, 9)
        lienzo.drawString(x + 24 * mm, renglon, hoja.recortar(valor, hoja.NORMAL, 9, mitad - 26 * mm))
    return y - -(-len(encabezado.datos) // 2) * 5 * mm


def _tabla(lienzo: Canvas, y: float, tanda: Sequence[Mapping[str, str]], antes: int) -> None:
    cabeza = 6 * mm
    lienzo.setLineWidth(0.5)
    lienzo.setStrokeGray(0.2)
    x = hoja.MARGEN
    for clave, titulo, ancho in COLUMNAS:
        lienzo.setFont(hoja.NEGRITA, 9)
        lienzo.drawString(x + 1.5 * mm, y - 4.2 * mm, titulo)
        for i, fila in enumerate(tanda):
            texto = str(antes + i + 1) if clave == "no" else fila.get(clave, "")
            _celda(lienzo, x + 1.5 * mm, y - cabeza - (i + 1) * ALTO_RENGLON, ancho - 3 * mm, texto)
        x += ancho
        lienzo.line(x, y, x, y - cabeza - len(tanda) * ALTO_RENGLON)
    lienzo.line(hoja.MARGEN, y, hoja.MARGEN, y - cabeza - len(tanda) * ALTO_RENGLON)
    for i in range(-1, len(tanda) + 1):
        altura = y if i < 0 else y - cabeza - i * ALTO_RENGLON
        lienzo.line(hoja.MARGEN, altura, x, altura)


def _celda(lienzo: Canvas, x: float, y: float, ancho: float, texto: str) -> None:
    """El texto en su casilla: un renglón si cabe; si no, dos más chicos. ``y`` es la orilla de abajo."""
    tamano, lineas = hoja.ajustar(texto, hoja.NORMAL, ancho, 9, 9, 1)
    if lineas and lineas[0].endswith("…"):
        tamano, lineas = hoja.ajustar(texto, hoja.NORMAL, ancho, 8, 7, 2)
    lienzo.setFont(hoja.NORMAL, tamano)
    arriba = y + (2.6 if len(lineas) == 1 else 4.4) * mm
    for i, linea in enumerate(lineas):
        lienzo.drawString(x, arriba - i * 3 * mm, linea)


def _abajo(lienzo: Canvas, encabezado: Encabezado, numero: int, hojas: int, con_fila: int) -> None:
    ancho = hoja.ANCHO - 2 * hoja.MARGEN
    lienzo.setFillGray(0)
    if numero == hojas:
        lienzo.setFont(hoja.NEGRITA, 9)
        lienzo.drawString(hoja.MARGEN, hoja.MARGEN + 26 * mm, hoja.recortar(encabezado.totales, hoja.NEGRITA, 9, ancho))
    _leyenda(lienzo, encabezado.leyenda, hoja.MARGEN + 21 * mm)
    _leyenda(lienzo, encabezado.programa, hoja.MARGEN + 13 * mm)
    hoja.renglon_de_la_oficina(lienzo, encabezado.pie)
    partes = ["Lista de asistencia", plural(con_fila, "registro", "registros")]
    if encabezado.bitacora:
        partes.append(f"Bitácora {encabezado.bitacora}")
    hoja.pie(lienzo, " · ".join(partes), numero, hojas)


def _leyenda(lienzo: Canvas, texto: str, y: float) -> None:
    tamano, lineas = hoja.ajustar(texto, hoja.NORMAL, hoja.ANCHO - 2 * hoja.MARGEN, 8, 6.5, 2)
    lienzo.setFont(hoja.NORMAL, tamano)
    for i, linea in enumerate(lineas):
        lienzo.drawString(hoja.MARGEN, y - i * 3.2 * mm, linea)
