"""Gráficas SVG hechas en el servidor: caben de 320 px en adelante, se leen sin color y sin JavaScript.

Las posiciones horizontales van en porcentaje y la letra en tamaño fijo, así que una misma gráfica sirve al teléfono y
al escritorio. Cada barra lleva su nombre y su número escritos; la trama la distingue además del color. Lo que no se
puede mostrar es un contorno punteado con palabras, nunca una barra de cero.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from markupsafe import Markup, escape

from .numeros import OCULTA, OCULTA_CORTA

ANCHO_BARRA = 76.0
"""Por ciento del ancho que ocupa la barra mayor: lo demás es para su número."""
_TRAMAS = {
    1: '<path class="raya" d="M-2 2l4-4M0 8l8-8M6 10l4-4"/>',
    2: '<circle class="punto" cx="2" cy="2" r="1.4"/><circle class="punto" cx="6" cy="6" r="1.4"/>',
    3: '<path class="raya" d="M0 2h8M0 6h8"/>',
    4: '<path class="raya" d="M2 0v8M6 0v8"/>',
}


class Barra(NamedTuple):
    """``texto`` es el número como se dice; ``serie`` elige color y trama."""

    etiqueta: str
    valor: float | None
    texto: str
    serie: int = 0


class Tramo(NamedTuple):
    etiqueta: str
    parte: float
    texto: str
    serie: int


def barras(
    nombre: str, titulo: str, grupos: Sequence[tuple[str, Sequence[Barra]]], *, tope: float | None = None
) -> Markup:
    """Barras horizontales, con un encabezado por grupo si lo tiene.

    :param nombre: identificador, único en la página.
    :param tope: valor de la barra más larga posible (100 en porcentajes); sin él, el mayor que haya.
    """
    todas = [barra for _, suyas in grupos for barra in suyas]
    mayor = tope or max((b.valor or 0 for b in todas), default=0) or 1
    partes: list[str] = []
    y = 0
    for encabezado, suyas in grupos:
        if encabezado:
            partes.append(f'<text class="grupo" x="0" y="{y + 17}">{escape(recorte(encabezado))}</text>')
            y += 25
        for barra in suyas:
            partes.append(_fila(nombre, barra, y, mayor))
            y += 40
        y += 6 if encabezado else 0
    return _svg(nombre, titulo, _desc(grupos), max(y, 1), partes, {b.serie for b in todas})


def _fila(nombre: str, barra: Barra, y: int, mayor: float) -> str:
    etiqueta = f'<text x="0" y="{y + 13}">{escape(recorte(barra.etiqueta))}</text>'
    if barra.valor is None:
        dicho = f"<title>{escape(barra.etiqueta)}: {OCULTA}</title>"
        return (
            f'<g>{dicho}{etiqueta}<rect class="oculta" x="1" y="{y + 19}" width="24" height="14"/>'
            f'<text class="tenue" x="32" y="{y + 31}">{OCULTA_CORTA}</text></g>'
        )
    ancho = ANCHO_BARRA * barra.valor / mayor
    dicho = f"<title>{escape(barra.etiqueta)}: {escape(barra.texto)}</title>"
    return (
        f"<g>{dicho}{etiqueta}{_rect(nombre, barra.serie, 0, y + 18, ancho, 16)}"
        f'<text class="valor" x="{ancho:.2f}%" dx="6" y="{y + 31}">{escape(barra.texto)}</text></g>'
    )


def apiladas(nombre: str, titulo: str, filas: Sequence[tuple[str, Sequence[Tramo]]]) -> Markup:
    """De cada renglón, cómo se reparten sus 100: un tramo por categoría, con su número adentro si cabe."""
    partes: list[str] = []
    y = 0
    for etiqueta, tramos in filas:
        lineas = partir(etiqueta, 44)
        for linea in lineas:
            partes.append(f'<text x="0" y="{y + 14}">{escape(linea)}</text>')
            y += 18
        x = 0.0
        for tramo in tramos:
            dicho = f"<title>{escape(etiqueta)}. {escape(tramo.etiqueta)}: {escape(tramo.texto)}</title>"
            partes.append(f"<g>{dicho}{_rect(nombre, tramo.serie, x, y + 3, tramo.parte, 22)}")
            if tramo.parte >= 11:
                centro = x + tramo.parte / 2
                partes.append(
                    f'<text class="dentro s{tramo.serie}" x="{centro:.2f}%" y="{y + 19}">{tramo.parte:.0f} %</text>'
                )
            partes.append("</g>")
            x += tramo.parte
        y += 36
    leyenda = {t.serie: t.etiqueta for _, tramos in filas for t in tramos}
    grupos = [(e, [Barra(t.etiqueta, t.parte, t.texto) for t in tramos]) for e, tramos in filas]
    return _leyenda(nombre, leyenda) + _svg(nombre, titulo, _desc(grupos), max(y, 1), partes, set(leyenda))


def columnas(nombre: str, titulo: str, barras_: Sequence[Barra], *, tope: float | None = None) -> Markup:
    """Una columna por periodo, de lo más viejo a lo más nuevo. La etiqueta se parte en renglones por «|»."""
    mayor = tope or max((b.valor or 0 for b in barras_), default=0) or 1
    alto, base = 150.0, 172
    paso = 100 / max(len(barras_), 1)
    ancho = min(paso * 0.72, 14.0)
    partes = [f'<line class="eje" x1="0" x2="100%" y1="{base}" y2="{base}"/>']
    for n, barra in enumerate(barras_):
        centro = paso * (n + 0.5)
        nombre_de = barra.etiqueta.replace("|", " ")
        if barra.valor is None:
            dicho = f"<title>{escape(nombre_de)}: {OCULTA}</title>"
            partes.append(
                f'<g>{dicho}<rect class="oculta" x="{centro - ancho / 2:.2f}%" y="{base - 26}" width="{ancho:.2f}%"'
                f' height="26"/><text class="medio tenue" x="{centro:.2f}%" y="{base - 8}">?</text></g>'
            )
        else:
            h = max(alto * barra.valor / mayor, 1)
            dicho = f"<title>{escape(nombre_de)}: {escape(barra.texto)}</title>"
            partes.append(f"<g>{dicho}{_rect(nombre, barra.serie, centro - ancho / 2, base - h, ancho, h)}")
            corto = barra.texto.partition(" ±")[0].replace(" %", "%")
            partes.append(
                f'<text class="medio valor" x="{centro:.2f}%" y="{base - h - 5:.1f}">{escape(corto)}</text></g>'
            )
        for renglon, texto in enumerate(barra.etiqueta.split("|")):
            partes.append(
                f'<text class="medio chica" x="{centro:.2f}%" y="{base + 15 + 13 * renglon}">{escape(texto)}</text>'
            )
    pie = 13 * max((b.etiqueta.count("|") for b in barras_), default=0)
    grupos = [("", [b._replace(etiqueta=b.etiqueta.replace("|", " ")) for b in barras_])]
    return _svg(nombre, titulo, _desc(grupos), base + 22 + pie, partes, {b.serie for b in barras_})


def _rect(nombre: str, serie: int, x: float, y: float, ancho: float, alto: float) -> str:
    forma = f'x="{x:.2f}%" y="{y:.1f}" width="{ancho:.2f}%" height="{alto:.1f}"'
    fondo = f'<rect class="barra s{serie}" {forma}/>'
    return fondo + (f'<rect fill="url(#{nombre}-t{serie})" {forma}/>' if serie in _TRAMAS else "")


def _svg(nombre: str, titulo: str, desc: str, alto: float, partes: Iterable[str], series: set[int]) -> Markup:
    tramas = "".join(
        f'<pattern id="{nombre}-t{s}" width="8" height="8" patternUnits="userSpaceOnUse">{_TRAMAS[s]}</pattern>'
        for s in sorted(series & set(_TRAMAS))
    )
    defs = f"<defs>{tramas}</defs>" if tramas else ""
    return Markup(  # noqa: S704 (cada texto que entra ya se escapó)
        f'<svg class="grafica" role="img" aria-labelledby="{nombre}-n {nombre}-d" width="100%" height="{alto:.0f}">'
        f'<title id="{nombre}-n">{escape(titulo)}</title><desc id="{nombre}-d">{escape(desc)}</desc>'
        f"{defs}{''.join(partes)}</svg>"
    )


def _leyenda(nombre: str, series: dict[int, str]) -> Markup:
    muestras = "".join(
        f'<li><svg width="22" height="14" aria-hidden="true">{_rect(nombre, s, 0, 0, 100, 14)}</svg>'
        f" {escape(texto)}</li>"
        for s, texto in sorted(series.items())
    )
    return Markup(f'<ul class="leyenda">{muestras}</ul>')  # noqa: S704


def _desc(grupos: Sequence[tuple[str, Sequence[Barra]]]) -> str:
    """La gráfica en palabras, para quien no la ve."""
    frases = []
    for encabezado, suyas in grupos:
        dichas = "; ".join(f"{b.etiqueta}: {b.texto if b.valor is not None else OCULTA}" for b in suyas)
        frases.append(f"{encabezado}: {dichas}" if encabezado else dichas)
    return ". ".join(frases) + "."


def recorte(texto: str, cuanto: int = 46) -> str:
    """Lo que cabe en 320 px; entero queda en la tabla y al pasar el ratón."""
    return texto if len(texto) <= cuanto else texto[: cuanto - 1].rstrip() + "…"


def partir(texto: str, cuanto: int) -> list[str]:
    """En renglones de ``cuanto`` letras cuando más, sin cortar palabras."""
    renglones = [""]
    for palabra in texto.split():
        if renglones[-1] and len(renglones[-1]) + 1 + len(palabra) > cuanto:
            renglones.append("")
        renglones[-1] = f"{renglones[-1]} {palabra}".strip()
    return renglones
