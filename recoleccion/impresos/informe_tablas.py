"""Las tablas de un informe en papel: la de las líneas del programa, y las sencillas."""

from collections.abc import Mapping, Sequence
from typing import Any

from reportlab.lib.colors import Color, black, gray
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, Paragraph, Table

from recoleccion.informes import cuadro
from recoleccion.informes.cuadro import Renglon

from . import hoja
from .piezas import parrafo

CLARO = Color(0.92, 0.92, 0.92)
FIGURAS = {"verde": "palomita", "amarillo": "triangulo", "rojo": "cruz"}


class Estilos:
    """Los de un informe, a partir del tamaño de su letra (puntos)."""

    def __init__(self, letra: float) -> None:
        self.letra = letra
        self.celda = ParagraphStyle("celda", fontName=hoja.NORMAL, fontSize=letra, leading=letra * 1.18)
        self.numero = ParagraphStyle("numero", parent=self.celda, alignment=2)
        self.centro = ParagraphStyle("centro", parent=self.celda, alignment=1)
        self.negrita = ParagraphStyle("negrita", parent=self.celda, fontName=hoja.NEGRITA)
        self.negrita_numero = ParagraphStyle("negrita_numero", parent=self.negrita, alignment=2)
        self.titulillo = ParagraphStyle(
            "titulillo", parent=self.negrita, alignment=1, fontSize=letra * 0.92, leading=letra * 1.1
        )
        self.texto = ParagraphStyle("texto", fontName=hoja.NORMAL, fontSize=9, leading=11.5)
        self.nota = ParagraphStyle("nota", parent=self.texto, fontSize=8, leading=10)
        self.oficina = ParagraphStyle("oficina", parent=self.texto, fontSize=10, leading=12.5)
        self.titulo = ParagraphStyle(
            "titulo", parent=self.texto, fontName=hoja.NEGRITA, fontSize=15, leading=18, spaceAfter=2
        )
        self.seccion = ParagraphStyle(
            "seccion", parent=self.texto, fontName=hoja.NEGRITA, fontSize=11, leading=14, spaceBefore=9, spaceAfter=3
        )
        self.firma = ParagraphStyle("firma", parent=self.texto, alignment=1)
        self.firma_nombre = ParagraphStyle("firma_nombre", parent=self.firma, fontName=hoja.NEGRITA)


class Semaforo(Flowable):
    """Una figura que se distingue en blanco y negro y su palabra: ✓ Verde, ▲ Amarillo, × Rojo."""

    def __init__(self, clave: str, estilos: Estilos) -> None:
        super().__init__()
        self.clave, self.lado = clave, estilos.letra * 1.25
        self.texto = Paragraph(cuadro.SEMAFORO[clave], estilos.titulillo if clave in FIGURAS else estilos.centro)

    def wrap(self, ancho: float, alto: float) -> tuple[float, float]:
        _, self.alto_texto = self.texto.wrap(ancho, alto)
        arriba = self.lado + 1.5 if self.clave in FIGURAS else 0
        self.width, self.height = ancho, self.alto_texto + arriba
        return self.width, self.height

    def draw(self) -> None:
        self.texto.drawOn(self.canv, 0, 0)
        if self.clave in FIGURAS:
            getattr(self, f"_{FIGURAS[self.clave]}")(self.width / 2, self.alto_texto + 1.5 + self.lado / 2, self.lado)

    def _palomita(self, x: float, y: float, lado: float) -> None:
        self.canv.setLineWidth(0.9)
        self.canv.circle(x, y, lado / 2)
        trazo = self.canv.beginPath()
        trazo.moveTo(x - lado * 0.22, y)
        trazo.lineTo(x - lado * 0.05, y - lado * 0.18)
        trazo.lineTo(x + lado * 0.24, y + lado * 0.2)
        self.canv.drawPath(trazo)

    def _triangulo(self, x: float, y: float, lado: float) -> None:
        self.canv.setLineWidth(0.9)
        trazo = self.canv.beginPath()
        trazo.moveTo(x, y + lado / 2)
        trazo.lineTo(x + lado * 0.56, y - lado / 2)
        trazo.lineTo(x - lado * 0.56, y - lado / 2)
        trazo.close()
        self.canv.setFillGray(0.75)
        self.canv.drawPath(trazo, fill=1)
        self.canv.setFillGray(0)

    def _cruz(self, x: float, y: float, lado: float) -> None:
        self.canv.setFillGray(0)
        self.canv.rect(x - lado / 2, y - lado / 2, lado, lado, stroke=0, fill=1)
        self.canv.setStrokeGray(1)
        self.canv.setLineWidth(1.3)
        d = lado * 0.26
        self.canv.line(x - d, y - d, x + d, y + d)
        self.canv.line(x - d, y + d, x + d, y - d)
        self.canv.setStrokeGray(0)


def tabla(
    titulos: Sequence[str],
    filas: Sequence[Sequence[str]],
    anchos: Sequence[float],
    util: float,
    e: Estilos,
    *,
    totales: bool = False,
    numeros: Sequence[int] | None = None,
) -> Table:
    """Una tabla sencilla: la cabeza se repite en cada hoja y los números van a la derecha.

    :param anchos: fracciones de ``util`` (puntos). :param totales: el último renglón va en negritas.
    :param numeros: qué columnas lo son; por omisión, todas menos la primera.
    """
    numericas = set(range(1, len(titulos)) if numeros is None else numeros)
    cuerpo: list[list[Any]] = [[parrafo(t, e.titulillo) for t in titulos]]
    for lugar, fila in enumerate(filas):
        ultimo = totales and lugar == len(filas) - 1
        de_numero, de_texto = (e.negrita_numero, e.negrita) if ultimo else (e.numero, e.celda)
        cuerpo.append([parrafo(t, de_numero if i in numericas else de_texto) for i, t in enumerate(fila)])
    hecha = Table(cuerpo, colWidths=[util * ancho for ancho in anchos], repeatRows=1, hAlign="LEFT")
    hecha.setStyle(_ESTILO_COMUN)
    return hecha


_ESTILO_COMUN = [
    ("GRID", (0, 0), (-1, -1), 0.4, gray),
    ("BACKGROUND", (0, 0), (-1, 0), CLARO),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("TOPPADDING", (0, 0), (-1, -1), 1.5),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
    ("LEFTPADDING", (0, 0), (-1, -1), 2.5),
    ("RIGHTPADDING", (0, 0), (-1, -1), 2.5),
]


def tabla_de_lineas(datos: Mapping[str, Any], util: float, e: Estilos) -> Table:
    """Dos renglones por línea: arriba sus cifras; abajo edades, localidades, justificación y evidencia, si hay."""
    trimestres = datos["trimestres"]
    una = len(trimestres) == 1
    # Anchos relativos; los trimestres del año entero comparten el lugar de uno.
    cifras = [52, 44] if una else [44] * 4
    anchos = [26, 140 if una else 100, 84 if una else 66, 52, 46, *cifras, 48, 54, 42, 54, 40, 42, 34, 40]
    total = sum(anchos)
    columnas = len(anchos)
    primera = ["Línea", "Actividad", "Indicador", "Unidad", "Meta anual"]
    primera += ["Programado", "Realizado"] if una else [f"T{t} prog. / real." for t in trimestres]
    primera += [
        "Acumulado",
        "Programado acumulado",
        "% de avance",
        "Semáforo",
        "Mujeres",
        "Hombres",
        "No esp.",
        "Total",
    ]
    gente = columnas - 4
    arriba = [""] * columnas
    arriba[5] = f"Trimestre {trimestres[0]}" if una else "Programado / realizado por trimestre"
    arriba[5 + len(cifras)] = f"Hasta el trimestre {trimestres[-1]}"
    arriba[gente] = "Población beneficiada"
    cortes = _segundo_renglon(columnas)
    abajo = [""] * columnas
    for (desde, _), titulo in zip(
        cortes, ("Grupos de edad", "Localidades atendidas", "Justificación", "Evidencia"), strict=True
    ):
        abajo[desde] = titulo
    cuerpo: list[list[Any]] = [[parrafo(t, e.titulillo) for t in fila] for fila in (arriba, primera, abajo)]
    estilo: list[Any] = [
        *_ESTILO_COMUN,
        ("BACKGROUND", (0, 0), (-1, 2), CLARO),
        ("SPAN", (5, 0), (4 + len(cifras), 0)),
        ("SPAN", (5 + len(cifras), 0), (gente - 1, 0)),
        ("SPAN", (gente, 0), (-1, 0)),
        *(("SPAN", (columna, 0), (columna, 1)) for columna in range(5)),
        ("SPAN", (0, 2), (0, 2)),
    ]
    for columna in range(5):
        cuerpo[0][columna], cuerpo[1][columna] = cuerpo[1][columna], ""
    estilo += [("SPAN", (desde, 2), (hasta, 2)) for desde, hasta in cortes]
    for renglon in cuadro.renglones(datos):
        fila = len(cuerpo)
        cuerpo += _dos_renglones(renglon, columnas, cortes, e)
        estilo.append(("LINEABOVE", (0, fila), (-1, fila), 1, black))
        if len(cuerpo) == fila + 2:
            estilo += [("SPAN", (desde, fila + 1), (hasta, fila + 1)) for desde, hasta in cortes]
            estilo += [("SPAN", (0, fila), (0, fila + 1)), ("NOSPLIT", (0, fila), (-1, fila + 1))]
    hecha = Table(cuerpo, colWidths=[util * ancho / total for ancho in anchos], repeatRows=3, hAlign="LEFT")
    hecha.setStyle(estilo)
    return hecha


def _segundo_renglon(columnas: int) -> list[tuple[int, int]]:
    """De qué columna a cuál van edades, localidades, justificación y evidencia."""
    ultima = columnas - 1
    return [(1, 2), (3, 6), (7, ultima - 4), (ultima - 3, ultima)]


def _dos_renglones(r: Renglon, columnas: int, cortes: Sequence[tuple[int, int]], e: Estilos) -> list[list[Any]]:
    textos = [parrafo(t, e.celda) for t in (r.actividad, r.indicador, r.unidad)]
    if len(r.trimestres) == 1:
        trimestres = [parrafo(t, e.numero) for t in r.trimestres[0]]
    else:
        trimestres = [parrafo(f"{programado} / {realizado}", e.numero) for programado, realizado in r.trimestres]
    arriba: list[Any] = [
        parrafo(r.clave, e.negrita),
        *textos,
        parrafo(r.meta_anual, e.numero),
        *trimestres,
        parrafo(r.acumulado, e.negrita_numero),
        parrafo(r.programado_acumulado, e.numero),
        parrafo(r.porcentaje, e.negrita_numero),
        Semaforo(r.semaforo, e),
        *(parrafo(t, e.numero) for t in (r.mujeres, r.hombres, r.no_especificado)),
        parrafo(r.total, e.negrita_numero),
    ]
    textos_abajo = (r.edades, r.localidades, r.justificacion, r.evidencia)
    if all(texto == "—" for texto in textos_abajo):
        return [arriba]
    abajo: list[Any] = [""] * columnas
    for (desde, _), texto in zip(cortes, textos_abajo, strict=True):
        abajo[desde] = parrafo(texto, e.celda)
    return [arriba, abajo]
