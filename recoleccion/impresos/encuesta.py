"""Una encuesta en papel: la misma, con los mismos números que en la pantalla, para quien prefiere la pluma.

No lleva lugar para el nombre. Al pie de cada hoja van la ayuda, cómo dejarla y una clave corta con la que quien
captura sabe cuál es: instrumento, versión y las primeras ocho letras de su huella. Lo que se dice después de contestar
(el cierre y las respuestas correctas) no se imprime: quedaría a la vista antes.
"""

from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from itertools import product, takewhile
from typing import Any, Literal

from reportlab.lib.pagesizes import A4, letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, KeepTogether, PageTemplate, Paragraph, Spacer

from formularios import condiciones, frases
from formularios.huecos import sin_huecos
from formularios.instrumento import Grupo, Instrumento, Pregunta
from formularios.valores import valores_de_rango

from . import hoja
from .piezas import CUERPO, SANGRIA, Escala, Rayas, Recuadro, circulo, cuadro, opciones, parrafo

TAMANOS = {"carta": letter, "a4": A4}
OPCIONES_EN_PAPEL = 40
"""Con más, no se imprimen: se escribe la respuesta."""
LETRAS_DE_OPCION = 400
ESCALON = 11
"""Un rango de hasta tantos valores se marca; uno más largo se escribe."""
BLOQUES = 3
"""Cuántas vueltas de una repetición se imprimen, a lo más."""
SALIDA = "Puede dejarla cuando quiera, sin decir por qué. No escriba su nombre en esta hoja."
PERSONAL = "La llena el personal de la oficina."
RAYA = "_" * 14

OFICINA = ParagraphStyle("oficina", parent=CUERPO, fontSize=10, leading=12)
TITULO = ParagraphStyle("titulo", parent=CUERPO, fontName=hoja.NEGRITA, fontSize=20, leading=24, spaceAfter=2 * mm)
INTRO = ParagraphStyle("intro", parent=CUERPO, spaceAfter=1.5 * mm)
GRUPO = ParagraphStyle("grupo", parent=CUERPO, fontName=hoja.NEGRITA, fontSize=14, leading=17, spaceAfter=1.5 * mm)
CONDICION = ParagraphStyle("condicion", parent=CUERPO, fontName="Helvetica-Oblique", fontSize=11, spaceAfter=1 * mm)
PREGUNTA = ParagraphStyle(
    "pregunta", parent=CUERPO, fontName=hoja.NEGRITA, leftIndent=SANGRIA, bulletFontName=hoja.NEGRITA,
    bulletFontSize=CUERPO.fontSize, spaceAfter=1 * mm,
)  # fmt: skip
AYUDA = ParagraphStyle("ayuda", parent=CUERPO, fontSize=10.5, leading=13, leftIndent=SANGRIA, spaceAfter=1 * mm)
HUECO = ParagraphStyle("hueco", parent=CUERPO, leftIndent=SANGRIA, spaceBefore=2 * mm)

_AL_PIE = 3.6 * mm
_PIE = 12 * mm
_LETRA_PIE = 8.5


def encuesta_pdf(
    instrumento: Instrumento,
    *,
    oficina: str,
    tamano: Literal["carta", "a4"],
    idioma: str | None = None,
    tema: str = "",
    ayuda: Sequence[Mapping[str, Any]] = (),
) -> bytes:
    """Las hojas de una encuesta; los mismos datos dan los mismos bytes.

    :param instrumento: entero, como se guardó: de él es la huella que se imprime.
    :param tema: el del evento, que elige el módulo (ver :meth:`Instrumento.para_tema`).
    :param ayuda: renglones con ``nombre`` y ``telefono``, para el pie.
    """
    clave = f"{instrumento.clave} · versión {instrumento.version} · {instrumento.huella[:8]}"
    idioma = idioma or instrumento.idioma
    mostrado = instrumento.para_tema(tema)
    mostrado = sin_huecos(mostrado.en(idioma) if idioma else mostrado, RAYA)
    hojas = _Hojas(mostrado, idioma, oficina, TAMANOS[tamano], clave, ayuda)
    _, cuantas = hojas.armar(0)
    return hojas.armar(cuantas)[0]


class _Hojas:
    """Arma el documento; dos veces, porque el pie dice cuántas hojas son."""

    def __init__(
        self,
        instrumento: Instrumento,
        idioma: str | None,
        oficina: str,
        medida: tuple[float, float],
        clave: str,
        ayuda: Sequence[Mapping[str, Any]],
    ) -> None:
        self.instrumento, self.oficina, self.clave = instrumento, oficina, clave
        self.idioma, self.frases = idioma, frases.de(idioma)
        self.ancho, self.alto = medida
        self.util = self.ancho - 2 * hoja.MARGEN
        self.de_ayuda = _en_renglones([f"{a['nombre']}, {a['telefono']}" for a in ayuda], self.util)

    def armar(self, total: int) -> tuple[bytes, int]:
        """Los bytes y cuántas hojas salieron."""
        salida = BytesIO()
        pie = _PIE + len(self.de_ayuda) * _AL_PIE
        marco = Frame(
            hoja.MARGEN, hoja.MARGEN + pie, self.util, self.alto - 2 * hoja.MARGEN - pie,
            leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0,
        )  # fmt: skip
        documento = BaseDocTemplate(
            salida, pagesize=(self.ancho, self.alto), title=hoja.imprimible(self.instrumento.titulo),
            author="jornada", lang="es-MX", invariant=1, pageCompression=1,
        )  # fmt: skip
        documento.addPageTemplates(
            PageTemplate(frames=[marco], onPageEnd=lambda lienzo, doc: self._pie(lienzo, doc.page, total))
        )
        documento.build([*self._cabeza(), *self._preguntas()])
        return salida.getvalue(), documento.page

    def _pie(self, lienzo: Any, numero: int, total: int) -> None:
        lienzo.saveState()
        renglones = [*self.de_ayuda, SALIDA]
        y = hoja.MARGEN + len(renglones) * _AL_PIE + 1.5 * mm
        lienzo.setLineWidth(0.4)
        lienzo.line(hoja.MARGEN, y + 3.5 * mm, self.ancho - hoja.MARGEN, y + 3.5 * mm)
        lienzo.setFont(hoja.NORMAL, _LETRA_PIE)
        for renglon in renglones:
            lienzo.drawString(hoja.MARGEN, y, renglon)
            y -= _AL_PIE
        hoja.pie(lienzo, self.clave, numero, total, self.ancho)
        lienzo.restoreState()

    # --- Lo que va arriba --------------------------------------------------------------------------------------------

    def _cabeza(self) -> Iterator[Flowable]:
        i = self.instrumento
        yield parrafo(self.oficina, OFICINA)
        yield parrafo(i.titulo, TITULO)
        toma = self.frases["toma"].format(duracion=frases.duracion(i.minutos, self.frases))
        yield parrafo(f"{i.intro} {toma}".strip(), INTRO)
        if i.edad_minima:
            yield parrafo(self.frases["mayores"].format(n=i.edad_minima), INTRO)
        if como := _como_se_marca(i):
            yield parrafo(como, INTRO)
        if i.lleva_ficha:
            yield Spacer(0, 1 * mm)
            hueco = "Su ficha: ______________________  -  ________    La palabra y el número de su tarjeta, si tiene."
            yield Recuadro(parrafo(hueco, CUERPO))
        yield Spacer(0, 3 * mm)

    # --- Las preguntas -----------------------------------------------------------------------------------------------

    def _preguntas(self) -> Iterator[Flowable]:
        """Cada pregunta, entera en una hoja y con los encabezados y notas que la preceden."""
        pendientes: list[Flowable] = []
        sin_ficha = False
        for pregunta, vueltas, abren in _en_orden(self.instrumento):
            for grupo, vuelta in abren:
                pendientes += self._grupo(grupo, vuelta)
            if pregunta.tipo == "nota" and pregunta.texto:
                pendientes += [*self._condicion(pregunta.relevante), parrafo(pregunta.texto, INTRO)]
                continue
            if not pregunta.con_campo:
                continue
            if pregunta.solo_si and not sin_ficha:
                pendientes.append(parrafo(self.frases["sin_ficha"], CONDICION))
            sin_ficha = pregunta.solo_si is not None
            yield KeepTogether([*pendientes, *self._pregunta(pregunta, vueltas), Spacer(0, 4 * mm)])
            pendientes = []
        yield from pendientes

    def _grupo(self, grupo: Grupo, vuelta: int | None) -> Iterator[Flowable]:
        texto = grupo.texto
        if vuelta is not None:
            texto = f"{texto} ({vuelta})" if texto else self.frases["vuelta"].format(n=vuelta)
        if texto:
            yield parrafo(texto, GRUPO)
        if vuelta in (None, 1):
            yield from self._condicion(grupo.relevante)
        if vuelta == 1 and (grupo.maximo or _fijas(grupo) or BLOQUES + 1) > _bloques(grupo):
            yield parrafo("Si hay más, use otra hoja.", CONDICION)

    def _condicion(self, relevante: str | None) -> Iterator[Flowable]:
        if dicha := condiciones.frase(self.instrumento, relevante, self.instrumento.numeros, self.idioma):
            yield parrafo(dicha, CONDICION)

    def _pregunta(self, p: Pregunta, vueltas: tuple[int, ...]) -> Iterator[Flowable]:
        yield from self._condicion(p.relevante)
        if p.solo_personal:
            yield parrafo(PERSONAL, CONDICION)
        numero = self.instrumento.numeros.get(p.clave)
        yield parrafo(p.texto, PREGUNTA, bulletText=f"{numero}." if numero else None)
        necesaria = self.frases["necesaria"] if p.obligatoria is True else None
        if ayuda := " ".join(filter(None, (necesaria, p.ayuda))):
            yield parrafo(ayuda, AYUDA)
        yield from self._donde_contestar(p)

    def _donde_contestar(self, p: Pregunta) -> Iterator[Flowable]:
        if p.tipo in ("una", "varias", "orden"):
            yield from self._opciones(p)
        elif p.tipo == "acepto":
            yield from opciones([self.frases["si"]], cuadro, self.util)
        elif p.tipo == "rango" and len(valores := valores_de_rango(p)) <= ESCALON:
            yield Escala(valores, caras=_animos([False] * len(valores), -1) if _con_caras(p) else ())
        elif p.tipo in ("texto", "codigo"):
            largo = p.maximo or 200
            yield Rayas(4 if largo > 200 or "multiline" in (p.apariencia or "") else 2 if largo > 60 else 1)
        else:
            yield Paragraph(_hueco(p), HUECO)

    def _opciones(self, p: Pregunta) -> Iterator[Flowable]:
        todas = self.instrumento.opciones_de(p)
        apariencia = (p.apariencia or "").split()
        if len(todas) > OPCIONES_EN_PAPEL:
            yield parrafo("Escriba cuál:" if p.tipo == "una" else "Escriba cuáles:", AYUDA)
            yield Rayas(1 if p.tipo == "una" else 2)
            return
        textos = [_recortado(o.texto) + (" (si marca ésta, sólo ésta)" if o.exclusiva else "") for o in todas]
        if p.tipo == "orden":
            yield parrafo("Escriba en cada cuadro su lugar: 1 a la primera, 2 a la segunda, y así.", AYUDA)
        if p.tipo == "una" and 2 <= len(todas) <= 7 and {"likert", "caritas", "numbers"} & set(apariencia):
            yield Escala(textos, caras=_animos([o.exclusiva for o in todas], 1) if _con_caras(p) else ())
        else:
            yield from opciones(textos, circulo if p.tipo == "una" else cuadro, self.util)


def _en_renglones(lineas: Sequence[str], ancho: float) -> list[str]:
    """Las líneas de ayuda, una tras otra y ninguna partida; cuatro renglones a lo más."""
    renglones: list[str] = []
    for linea in map(hoja.imprimible, lineas):
        junto = f"{renglones[-1]} · {linea}" if renglones else f"Ayuda: {linea}"
        if renglones and stringWidth(junto, hoja.NORMAL, _LETRA_PIE) > ancho:
            renglones.append(hoja.recortar(linea, hoja.NORMAL, _LETRA_PIE, ancho))
        else:
            renglones[-1:] = [hoja.recortar(junto, hoja.NORMAL, _LETRA_PIE, ancho)]
    return renglones[:4]


def _como_se_marca(i: Instrumento) -> str:
    tipos = {p.tipo for p in i.preguntas if p.con_campo}
    if not tipos & {"una", "varias", "acepto", "rango"}:
        return ""
    if tipos & {"varias", "acepto"}:
        return "Marque con una X. Donde hay círculos, uno solo; donde hay cuadros, los que quiera."
    return "Marque con una X un solo círculo en cada pregunta."


def _recortado(texto: str) -> str:
    return texto if len(texto) <= LETRAS_DE_OPCION else f"{texto[:LETRAS_DE_OPCION].rstrip()}…"


def _bloques(grupo: Grupo) -> int:
    """Cuántas vueltas de una repetición se imprimen."""
    return min(BLOQUES, max(1, grupo.minimo or _fijas(grupo)), grupo.maximo or BLOQUES)


def _fijas(grupo: Grupo) -> int:
    return int(grupo.veces) if grupo.veces is not None and grupo.veces.isdigit() else 0


Abren = list[tuple[Grupo, int | None]]


def _en_orden(i: Instrumento) -> Iterator[tuple[Pregunta, tuple[int, ...], Abren]]:
    """Cada pregunta en cada vuelta que se imprime, y los grupos (con su vuelta) que abren justo antes."""
    lugares = [
        (_lugar(i, numero, vueltas), pregunta, vueltas)
        for numero, pregunta in enumerate(i.preguntas)
        for vueltas in product(*(range(1, _bloques(g) + 1) for g in i.repeticiones(pregunta.grupo)))
    ]
    abiertos: Abren = []
    for _, pregunta, vueltas in sorted(lugares, key=lambda lugar: lugar[0]):
        quedan = iter(vueltas)
        camino = [(g, next(quedan) if g.repite else None) for g in i.camino[pregunta.grupo]]
        iguales = takewhile(lambda par: par[0] == par[1], zip(abiertos, camino, strict=False))
        yield pregunta, vueltas, camino[sum(1 for _ in iguales) :]
        abiertos = camino


def _lugar(i: Instrumento, numero: int, vueltas: tuple[int, ...]) -> tuple[int, ...]:
    """Con qué se ordena: de cada repetición que la contiene, dónde empieza y qué vuelta es; y su propio lugar."""
    orden: list[int] = []
    for grupo, vuelta in zip(i.repeticiones(i.preguntas[numero].grupo), vueltas, strict=True):
        orden += [next(n for n, p in enumerate(i.preguntas) if grupo in i.camino[p.grupo]), vuelta]
    return (*orden, numero)


def _con_caras(p: Pregunta) -> bool:
    return "caritas" in (p.apariencia or "").split()


def _animos(solas: Sequence[bool], primero: int) -> list[float | None]:
    """De 1, muy contenta, a -1, muy triste, empezando por ``primero``; la opción que va sola no lleva cara."""
    pasos = max(1, solas.count(False) - 1)
    lugares = iter(range(len(solas)))
    return [None if sola else primero * (1 - 2 * next(lugares) / pasos) for sola in solas]


def _hueco(p: Pregunta) -> str:
    if p.tipo == "fecha":
        return "Día ________   Mes ________   Año ____________"
    if p.tipo == "hora":
        return "Hora ________ : ________"
    if p.tipo == "rango":
        return f"{RAYA}  de {p.inicio} a {p.fin}"
    return RAYA if p.tipo in ("entero", "decimal") else RAYA * 3
