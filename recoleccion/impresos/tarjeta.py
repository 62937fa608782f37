"""La tarjeta de ayuda: de bolsillo, diez por hoja, con los números a los que se puede llamar y nada que delate.

Quien la lleva puede vivir con quien la vigila. Por eso dice «Números útiles», no lleva el nombre de la oficina y calla
lo que de lejos se leería mal; por atrás es un calendario, que es razón para cargarla. Carta, blanco y negro.
"""

import calendar
from collections.abc import Mapping, Sequence
from typing import Any

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from recoleccion.fechas import MESES
from recoleccion.reglas import sin_acentos

from . import hoja
from .credenciales import COLUMNAS, RENGLONES, TARJETA, X0, Y0

CABEN = 7
"""Números por tarjeta; con más, la letra ya no se lee."""
TITULO = "Números útiles"
NEUTRO = "Orientación"
DELATA = (
    "mujer", "violen", "violet", "genero", "igualdad", "maltrat", "agresi", "abuso", "denunci", "refugio", "victima",
    "feminic", "acoso",
)  # fmt: skip
_ORILLA, _NUMERO = 5 * mm, 27 * mm


def tarjetas_pdf(ayuda: Sequence[Mapping[str, Any]], ejercicio: int, *, completa: bool = False) -> bytes:
    """Dos hojas: los números y, para imprimir por atrás, el calendario de ``ejercicio``.

    :param ayuda: con ``nombre``, ``servicio`` y ``telefono``, en orden; van las primeras :data:`CABEN`.
    :param completa: con los nombres tal como son, para repartir donde no hay de quién cuidarse.
    """
    lienzo, salida = hoja.nuevo_lienzo(TITULO)
    numeros = [(quien["telefono"], _texto(quien, completa)) for quien in ayuda[:CABEN]]
    xs = [X0 + TARJETA[0] * i for i in range(COLUMNAS + 1)]
    ys = [Y0 + TARJETA[1] * i for i in range(RENGLONES + 1)]
    for numero, (dibujar, pie) in enumerate(
        (
            (lambda x, y: _frente(lienzo, x, y, numeros), "Imprima por los dos lados (orilla larga) y recorte"),
            (lambda x, y: _calendario(lienzo, x, y, ejercicio), "Por atrás: un calendario"),
        ),
        1,
    ):
        hoja.marcas_de_corte(lienzo, xs, ys)
        for x in xs[:-1]:
            for y in ys[:-1]:
                dibujar(x, y)
        hoja.pie(lienzo, pie, numero, 2)
        lienzo.showPage()
    lienzo.save()
    return salida.getvalue()


def _texto(quien: Mapping[str, Any], completa: bool) -> str:
    """Qué es ese número, sin lo que delate; si nada queda, :data:`NEUTRO`."""
    partes = [str(quien[campo] or "").strip() for campo in ("nombre", "servicio")]
    dichas = [parte for parte in partes if parte and (completa or not delata(parte))]
    return ". ".join(dichas) or NEUTRO


def delata(texto: str) -> bool:
    """Si de lejos dice de qué es la tarjeta."""
    plano = sin_acentos(texto).casefold()
    return any(raiz in plano for raiz in DELATA)


def _frente(lienzo: Canvas, x: float, y: float, numeros: Sequence[tuple[str, str]]) -> None:
    izquierda, derecha = x + _ORILLA, x + TARJETA[0] - _ORILLA
    lienzo.setFillGray(0)
    lienzo.setStrokeGray(0.6)
    lienzo.setLineWidth(0.3)
    lienzo.setFont(hoja.NORMAL, 8)
    lienzo.drawString(izquierda, y + TARJETA[1] - 7 * mm, TITULO)
    alto = min(8 * mm, (TARJETA[1] - 12 * mm) / max(1, len(numeros)))
    for lugar, (telefono, texto) in enumerate(numeros):
        arriba = y + TARJETA[1] - 9 * mm - lugar * alto
        lienzo.line(izquierda, arriba, derecha, arriba)
        tamano, lineas = hoja.ajustar(telefono, hoja.NEGRITA, _NUMERO - 1 * mm, 10.5, 7, 1)
        _al_centro(lienzo, izquierda, arriba, alto, hoja.NEGRITA, tamano, lineas)
        tamano, lineas = hoja.ajustar(texto, hoja.NORMAL, derecha - izquierda - _NUMERO, 8, 8, 1)
        if lineas[-1].endswith("…"):
            tamano, lineas = hoja.ajustar(texto, hoja.NORMAL, derecha - izquierda - _NUMERO, 6.8, 5.8, 2)
        _al_centro(lienzo, izquierda + _NUMERO, arriba, alto, hoja.NORMAL, tamano, lineas)


def _al_centro(
    lienzo: Canvas, x: float, arriba: float, alto: float, letra: str, tamano: float, lineas: Sequence[str]
) -> None:
    """Los renglones, a media altura de su fila."""
    salto = tamano * 1.12
    y = arriba - alto / 2 + (len(lineas) - 1) * salto / 2 - tamano * 0.35
    lienzo.setFont(letra, tamano)
    for numero, linea in enumerate(lineas):
        lienzo.drawString(x, y - numero * salto, linea)


def _calendario(lienzo: Canvas, x: float, y: float, ejercicio: int) -> None:
    """Doce meses de cuatro en cuatro, de domingo a sábado."""
    ancho, alto = (TARJETA[0] - 6 * mm) / 4, (TARJETA[1] - 8 * mm) / 3
    lienzo.setFillGray(0)
    lienzo.setFont(hoja.NEGRITA, 7)
    lienzo.drawCentredString(x + TARJETA[0] / 2, y + TARJETA[1] - 4.4 * mm, str(ejercicio))
    for mes in range(1, 13):
        fila, columna = divmod(mes - 1, 4)
        _mes(lienzo, x + 3 * mm + columna * ancho, y + TARJETA[1] - 6 * mm - fila * alto, ancho, ejercicio, mes)


def _mes(lienzo: Canvas, x: float, arriba: float, ancho: float, ejercicio: int, mes: int) -> None:
    paso, renglon = (ancho - 1.6 * mm) / 7, 1.72 * mm
    lienzo.setFont(hoja.NEGRITA, 5)
    lienzo.drawString(x + 0.8 * mm, arriba - 1.8 * mm, MESES[mes - 1])
    lienzo.setFont(hoja.NORMAL, 4.6)
    semanas = calendar.Calendar(firstweekday=calendar.SUNDAY).monthdayscalendar(ejercicio, mes)
    for numero, semana in enumerate(semanas, 1):
        for lugar, dia in enumerate(semana, 1):
            if dia:
                lienzo.drawRightString(x + 0.4 * mm + lugar * paso, arriba - 1.9 * mm - numero * renglon, str(dia))
