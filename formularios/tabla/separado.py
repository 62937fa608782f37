"""Un CSV: en qué codificación viene, con qué se separan sus columnas y sus renglones."""

import csv
import io
from collections import Counter

from formularios.tabla.escribir import sin_apostrofo
from formularios.tabla.modelo import COLUMNAS, FILAS, Cruda, ErrorTabla

_SEPARADORES = ",;\t"
_DE_AQUI, _NI_FU_NI_FA = frozenset("áéíóúüñÁÉÍÓÚÜÑ"), frozenset("¿¡°ºª«»“”‘’–—…·")
_VIEJAS = (("cp1252", "Windows"), ("cp850", "DOS"), ("mac_roman", "Mac"))
_MARCAS = (b"\xff\xfe", b"\xfe\xff")


def leer(contenido: bytes) -> Cruda:
    """:raises ErrorTabla: si no es texto o si sus comillas no cierran."""
    texto, avisos = texto_de(contenido)
    if texto[:5].lower().startswith("sep=") and len(texto) > 4:
        separador, texto = texto[4], "\n" + texto.partition("\n")[2]
    else:
        separador = _separador(texto)
    lector = csv.reader(io.StringIO(texto, newline=""), delimiter=separador, strict=True)
    filas: list[tuple[int, list[str]]] = []
    try:
        for numero, celdas in enumerate(lector, start=1):
            if len(filas) > FILAS * 2:
                raise ErrorTabla(f"El archivo tiene más de {FILAS:,} renglones. Pártalo en varios.")
            if len(celdas) > COLUMNAS * 10:
                raise ErrorTabla(f"La fila {numero} tiene más de {COLUMNAS} columnas. Deje sólo las que hacen falta.")
            filas.append((numero, [sin_apostrofo(celda) for celda in celdas]))
    except csv.Error:
        raise ErrorTabla(
            f"En la fila {len(filas) + 1} hay unas comillas que no cierran. Corríjala, o guarde el archivo como .xlsx."
        ) from None
    return Cruda(filas, avisos=avisos)


def texto_de(contenido: bytes) -> tuple[str, list[str]]:
    """El texto y los avisos de su codificación. :raises ErrorTabla: si no es texto."""
    if contenido.startswith(_MARCAS):
        return contenido.decode("utf-16", errors="replace"), []
    if b"\0" in contenido:
        raise ErrorTabla("El archivo no es una hoja de cálculo. Suba un archivo .csv o .xlsx.")
    try:
        texto = contenido.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _de_antes(contenido)
    arreglado = _dos_veces(texto)
    if arreglado is not None:
        return arreglado, ["Los acentos venían revueltos («Ã³» en vez de «ó») y se arreglaron. Revíselos."]
    return texto, []


def _de_antes(contenido: bytes) -> tuple[str, list[str]]:
    """La codificación vieja con la que más letras quedan en letras nuestras; si empatan, la de Windows."""

    def nuestras(codificacion: str) -> int:
        raras = Counter(letra for letra in contenido.decode(codificacion, errors="replace") if letra > "\x7f")
        return sum(
            veces if letra in _DE_AQUI else -veces for letra, veces in raras.items() if letra not in _NI_FU_NI_FA
        )

    codificacion, nombre = max(_VIEJAS, key=lambda vieja: nuestras(vieja[0]))
    aviso = (
        f"El archivo no está en UTF-8; se leyó como de {nombre}. Si los acentos están mal, guárdelo como «CSV UTF-8»."
    )
    return contenido.decode(codificacion, errors="replace"), [aviso]


def _dos_veces(texto: str) -> str | None:
    """Un texto que alguien leyó como Windows y volvió a guardar como UTF-8; ``None`` si no es el caso."""
    if not any(seña in texto for seña in ("Ã¡", "Ã©", "Ã\xad", "Ã³", "Ãº", "Ã±")):
        return None
    try:
        return texto.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return None


def _separador(texto: str) -> str:
    """El que hace la tabla más pareja: más renglones del mismo ancho y, si empatan, más anchos."""

    def parejo(separador: str) -> tuple[float, int]:
        lector = csv.reader(io.StringIO(texto[:100_000], newline=""), delimiter=separador)
        anchos: Counter[int] = Counter()
        try:
            for _, celdas in zip(range(100), lector, strict=False):
                anchos[len(celdas)] += 1 if any(celdas) else 0
        except csv.Error:
            return 0, 0
        veces, ancho = max(((veces, ancho) for ancho, veces in anchos.items() if ancho > 1), default=(0, 0))
        return veces / max(1, anchos.total()), ancho

    return max(_SEPARADORES, key=parejo)
