"""Lo que dibujan los macros de ``plantillas/panel/_graficas.html``: barras, columnas y líneas.

Puro: de cuentas salen medidas y textos. A lo ancho se mide en por ciento y a lo alto en pixeles, así que la letra no
se encoge en un teléfono y no hace falta ningún guion. Cada gráfica trae su tabla con los mismos números y ligas.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from recoleccion.fechas import numero
from recoleccion.reglas import sin_acentos

ALTO = 168
"""Pixeles de una gráfica de columnas o de línea, con sus letreros."""
_ARRIBA, _ABAJO = 20, 22
"""Lo que ocupan el letrero de la columna más alta y el nombre de cada una."""


class Dato(NamedTuple):
    """Una barra. ``marca``: lo que ya tocaba llevar; ``detalle``: un renglón chico; ``estado``: clase de color."""

    etiqueta: str
    valor: float
    meta: float | None = None
    enlace: str | None = None
    detalle: str = ""
    marca: float | None = None
    estado: str = ""


@dataclass(frozen=True)
class Barra:
    """``ancho``, ``ancho_meta`` y ``lugar``, en por ciento del dibujo."""

    dato: Dato
    ancho: float
    ancho_meta: float | None
    lugar: float | None

    @property
    def texto(self) -> str:
        return numero(self.dato.valor)

    @property
    def texto_meta(self) -> str:
        return "" if self.dato.meta is None else numero(self.dato.meta)


@dataclass(frozen=True)
class Barras:
    titulo: str
    id: str
    unidad: str
    filas: tuple[Barra, ...]
    con_meta: bool

    @property
    def vacia(self) -> bool:
        return not any(fila.dato.valor for fila in self.filas)


def barras(
    datos: Iterable[Dato | tuple], *, titulo: str, unidad: str = "", cada_una: bool = False, con_meta: bool = False
) -> Barras:
    """Una barra por renglón, en una tabla que es la misma gráfica.

    :param datos: :class:`Dato`, o ``(etiqueta, valor, meta o nada, enlace o nada)``.
    :param cada_una: cada renglón en su propia escala, porque sus unidades no se comparan (las líneas del POA); sin meta
        no hay contra qué y no se dibuja.
    :param con_meta: con la columna de la meta aunque nadie tenga.
    """
    hechos = [dato if isinstance(dato, Dato) else Dato(*dato) for dato in datos]
    con_meta = con_meta or any(dato.meta is not None for dato in hechos)
    mayor = max((_tope(dato) for dato in hechos), default=0)
    filas = []
    for dato in hechos:
        tope = mayor if not cada_una else 0 if dato.meta is None and dato.marca is None else _tope(dato)
        filas.append(
            Barra(
                dato,
                _por_ciento(dato.valor, tope),
                None if dato.meta is None else _por_ciento(dato.meta, tope),
                None if dato.marca is None else _por_ciento(dato.marca, tope),
            )
        )
    return Barras(titulo, identificador(titulo), unidad, tuple(filas), con_meta)


def _tope(dato: Dato) -> float:
    return max(dato.valor, dato.meta or 0, dato.marca or 0)


def _por_ciento(valor: float, tope: float) -> float:
    return round(min(100.0, max(0.0, 100 * valor / tope)), 2) if tope else 0.0


class Serie(NamedTuple):
    """Un valor por etiqueta (``None`` si todavía no hay) y, si se quiere, a dónde lleva cada uno."""

    nombre: str
    valores: Sequence[float | None]
    enlaces: Sequence[str | None] = ()

    def enlace(self, n: int) -> str | None:
        return self.enlaces[n] if n < len(self.enlaces) else None


class Marca(NamedTuple):
    """Una columna o un punto: ``x``, ``ancho`` y ``centro`` en por ciento; ``y`` y ``alto`` en pixeles.

    ``destaca``: la más alta o la última de su serie, cuyo letrero se lee también en un teléfono.
    """

    serie: int
    etiqueta: str
    texto: str
    enlace: str | None
    x: float
    ancho: float
    centro: float
    y: float
    alto: float
    destaca: bool


class Tramo(NamedTuple):
    serie: int
    x1: float
    y1: float
    x2: float
    y2: float


class Renglon(NamedTuple):
    """De la tabla: la etiqueta y, por serie, ``(texto, enlace)``; el texto es vacío donde no hay dato."""

    etiqueta: str
    celdas: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True)
class Grafica:
    """De columnas o de línea (con ``tramos``). ``ejes``: cada etiqueta y su centro en por ciento."""

    titulo: str
    id: str
    unidad: str
    series: tuple[str, ...]
    ejes: tuple[tuple[str, float], ...]
    marcas: tuple[Marca, ...]
    tramos: tuple[Tramo, ...]
    renglones: tuple[Renglon, ...]
    alto: int = ALTO
    base: int = ALTO - _ABAJO

    @property
    def apretada(self) -> bool:
        """Los letreros se encimarían también en una computadora: sólo se leen los que destacan."""
        return len(self.ejes) > 8 and any(len(marca.texto) > 3 for marca in self.marcas)

    @property
    def vacia(self) -> bool:
        return not any(celda not in ("", "0") for renglon in self.renglones for celda, _ in renglon.celdas)


def columnas(etiquetas: Sequence[str], series: Sequence[Serie], *, titulo: str, unidad: str = "") -> Grafica:
    """Columnas juntas por etiqueta: la primera serie es la que se mira; las demás van tramadas, para comparar."""
    paso = 100 / max(1, len(etiquetas))
    ancho = paso * 0.8 / max(1, len(series))
    marcas = [
        marca
        for s, serie in enumerate(series)
        for marca in _marcas(
            s, serie, etiquetas, series, [n * paso + paso * 0.1 + s * ancho for n in _lugares(etiquetas)], ancho * 0.94
        )
    ]
    return _armar(etiquetas, series, titulo, unidad, marcas, [])


def linea(etiquetas: Sequence[str], series: Sequence[Serie], *, titulo: str, unidad: str = "") -> Grafica:
    """Una línea por serie, con un punto en cada dato; donde no hay dato la línea se corta."""
    paso = 100 / max(1, len(etiquetas))
    marcas: list[Marca] = []
    tramos: list[Tramo] = []
    for s, serie in enumerate(series):
        suyas = _marcas(s, serie, etiquetas, series, [n * paso for n in _lugares(etiquetas)], paso)
        marcas += suyas
        tramos += [
            Tramo(s, a.centro, a.y, b.centro, b.y) for a, b in pairwise(suyas) if b.centro - a.centro < paso * 1.5
        ]
    return _armar(etiquetas, series, titulo, unidad, marcas, tramos)


def _lugares(etiquetas: Sequence[str]) -> range:
    return range(len(etiquetas))


def _marcas(
    s: int, serie: Serie, etiquetas: Sequence[str], series: Sequence[Serie], lugares: Sequence[float], ancho: float
) -> list[Marca]:
    """Lo dibujado de una serie, a la escala de la más alta de todas."""
    tope = max((valor for una in series for valor in una.valores if valor is not None), default=0)
    hay = [(n, valor) for n, valor in enumerate(serie.valores) if valor is not None]
    destacan = {max(hay, key=lambda par: (par[1], par[0]))[0], hay[-1][0]} if hay else set()
    marcas = []
    for n, valor in hay:
        alto = round((ALTO - _ARRIBA - _ABAJO) * valor / tope, 1) if tope else 0.0
        marcas.append(
            Marca(
                serie=s,
                etiqueta=etiquetas[n],
                texto=numero(valor),
                enlace=serie.enlace(n),
                x=round(lugares[n], 2),
                ancho=round(ancho, 2),
                centro=round(lugares[n] + ancho / 2, 2),
                y=round(ALTO - _ABAJO - alto, 1),
                alto=alto,
                destaca=n in destacan,
            )
        )
    return marcas


def _armar(
    etiquetas: Sequence[str],
    series: Sequence[Serie],
    titulo: str,
    unidad: str,
    marcas: Sequence[Marca],
    tramos: Sequence[Tramo],
) -> Grafica:
    paso = 100 / max(1, len(etiquetas))
    return Grafica(
        titulo,
        identificador(titulo),
        unidad,
        tuple(serie.nombre for serie in series),
        tuple((etiqueta, round((n + 0.5) * paso, 2)) for n, etiqueta in enumerate(etiquetas)),
        tuple(marcas),
        tuple(tramos),
        tuple(Renglon(etiquetas[n], tuple(_celda(serie, n) for serie in series)) for n in _lugares(etiquetas)),
    )


def _celda(serie: Serie, n: int) -> tuple[str, str | None]:
    valor = serie.valores[n] if n < len(serie.valores) else None
    return ("" if valor is None else numero(valor), serie.enlace(n))


def identificador(titulo: str) -> str:
    """Un ``id`` de HTML que sale del título: dos gráficas de una página llevan títulos distintos."""
    return re.sub(r"[^a-z0-9]+", "-", sin_acentos(titulo).casefold()).strip("-") or "grafica"
