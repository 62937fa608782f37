"""De los bytes de un archivo a sus hojas: qué dice cada celda y en qué fila está. No entiende de encuestas.

Lee con ``pyxform``, que es quien sabe cómo se acomoda un XLSForm en un libro o en un CSV. Aquí se cuida lo demás: que
el archivo no sea enorme ni esté dañado, que un CSV venga en otra codificación o con punto y coma, y que una fórmula
tenga su valor.
"""

import csv
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from lzma import LZMAError
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter
from pyxform.errors import PyXFormError
from pyxform.xls2json_backends import csv_to_dict, md_to_dict, xls_to_dict, xlsx_to_dict

from formularios.xlsform.neutro import leida
from formularios.xlsform.reporte import ErrorLectura, Problema

HOJAS = ("survey", "choices", "settings", "external_choices", "osm", "entities")
BYTES, BYTES_ABIERTO, PARTES = 4_000_000, 60_000_000, 2_000
FILAS, COLUMNAS, LETRAS = 6_000, 300, 20_000
ZIP_DANADO = (zipfile.BadZipFile, zlib.error, LZMAError, RuntimeError, OSError, EOFError, UnicodeDecodeError)
"""Lo que falla al abrir uno dañado, con contraseña o con nombres ilegibles."""
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class Fila:
    """``numero``: el que se ve en la hoja de cálculo. ``celdas``: por encabezado, sin las vacías."""

    numero: int
    celdas: dict[str, str]


@dataclass
class Hoja:
    nombre: str
    encabezados: list[str]
    filas: list[Fila]


@dataclass
class Libro:
    """``crudo``: lo mismo, como lo entrega ``pyxform``."""

    hojas: dict[str, Hoja]
    nombres: list[str]
    crudo: dict[str, Any]
    avisos: list[Problema] = field(default_factory=list)


def leer(nombre: str, contenido: bytes) -> Libro:
    """El libro, por lo que trae y no por su extensión (muchos ``.xls`` son otra cosa). :raises ErrorLectura:"""
    if len(contenido) > BYTES:
        raise ErrorLectura(f"El archivo pesa más de {BYTES // 1_000_000} MB.", "Quite imágenes y hojas que sobren.")
    if contenido.startswith(_ZIP):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl avisa de formatos que aquí no importan
            return _xlsx(contenido)
    if contenido.startswith(_OLE):
        return _armar(_pyxform(xls_to_dict, contenido), 2)
    texto, avisos = texto_de(contenido)
    if nombre.lower().endswith(".md"):
        return _armar(_pyxform(md_to_dict, texto.encode()), 2)
    return _csv(texto, avisos)


def _pyxform(funcion: Callable[[Any], dict[str, Any]], contenido: bytes) -> dict[str, Any]:
    """Lee con ``pyxform``; cualquier cosa que le pase a un archivo dañado se dice con una frase nuestra."""
    try:
        return funcion(io.BytesIO(contenido))
    except PyXFormError as error:
        repetida = re.search(r"Duplicate column header: (.*)", str(error))
        if repetida:
            raise _columna_repetida(contenido, repetida[1].strip()) from None
        raise ErrorLectura(_NO_SE_LEE, _GUARDELO) from None
    except Exception:  # un archivo hecho a propósito puede fallar de cualquier modo dentro del lector
        raise ErrorLectura(_NO_SE_LEE, _GUARDELO) from None


def _columna_repetida(contenido: bytes, encabezado: str) -> ErrorLectura:
    """Con la hoja y las letras de las columnas; ``pyxform`` solo dice cómo se llaman."""
    que_pasa, que_hacer = f"Dos columnas se llaman «{encabezado}».", "Deje una de las dos o cámbiele el nombre."
    for hoja, primera in _primeras_filas(contenido):
        iguales = [n for n, celda in enumerate(primera, start=1) if " ".join(str(celda).split()) == encabezado]
        if len(iguales) > 1:
            letras = " y ".join(get_column_letter(n) for n in iguales)
            que_pasa = f"Dos columnas ({letras}) se llaman «{encabezado}»."
            return ErrorLectura(que_pasa, que_hacer, hoja=hoja, fila=1, columna=encabezado)
    return ErrorLectura(que_pasa, que_hacer)


def _primeras_filas(contenido: bytes) -> Iterator[tuple[str, list[Any]]]:
    """De un ``.xlsx``; de un ``.xls`` nada, que ``pyxform`` no lo presta."""
    if contenido.startswith(_ZIP):
        libro = openpyxl.load_workbook(io.BytesIO(contenido), read_only=True)
        yield from ((hoja.title, list(next(hoja.iter_rows(max_row=1, values_only=True), ()))) for hoja in libro)


_NO_SE_LEE = "El archivo no se puede leer: está dañado, protegido con contraseña o no es una hoja de cálculo."
_GUARDELO = "Ábralo en su programa de hojas de cálculo y guárdelo de nuevo como .xlsx."


def _armar(crudo: dict[str, Any], primera: int, numeros: dict[str, list[int]] | None = None) -> Libro:
    hojas: dict[str, Hoja] = {}
    originales = {nombre.lower(): nombre for nombre in crudo["sheet_names"]}
    for clave in HOJAS:
        if clave not in crudo:
            continue
        nombre = originales.get(clave, clave)
        encabezado = crudo.get(f"{clave}_header") or [{}]
        filas = [
            Fila(numeros[clave][n] if numeros else n + primera, {e: v for e, v in celdas.items() if e and v})
            for n, celdas in enumerate(crudo[clave])
        ]
        hoja = Hoja(nombre, [e for e in encabezado[0] if e], [fila for fila in filas if fila.celdas])
        _revisar_tamano(hoja)
        hojas[clave] = hoja
    return Libro(hojas, list(crudo["sheet_names"]), crudo, list(_hojas_mal_escritas(crudo["sheet_names"])))


def _hojas_mal_escritas(nombres: Sequence[str]) -> Iterator[Problema]:
    """Avisa de las que casi se llaman como las del estándar. :raises ErrorLectura: si solo les sobran espacios."""
    for nombre in nombres:
        limpio = nombre.strip().lower()
        if limpio in HOJAS and limpio != nombre.lower() and len(nombres) > 1:
            raise ErrorLectura("El nombre de la hoja lleva espacios de más.", f"Llámela «{limpio}».", hoja=nombre)
        parecida = get_close_matches(limpio, HOJAS[:3], n=1, cutoff=0.75)
        if parecida and limpio not in HOJAS:
            que_pasa = f"Esta hoja se ignora; ¿es «{parecida[0]}»?"
            yield Problema(nombre, None, None, que_pasa, f"Si lo es, llámela «{parecida[0]}».")


def _revisar_tamano(hoja: Hoja) -> None:
    if len(hoja.filas) > FILAS or len(hoja.encabezados) > COLUMNAS:
        raise ErrorLectura(
            f"La hoja «{hoja.nombre}» tiene más de {FILAS} filas o de {COLUMNAS} columnas.",
            "Ponga las listas largas en un archivo CSV aparte, con select_one_from_file.",
        )
    for fila in hoja.filas:
        for encabezado, valor in fila.celdas.items():
            if len(valor) > LETRAS:
                que_pasa = f"El texto pasa de {LETRAS} letras."
                raise ErrorLectura(que_pasa, "Acórtelo.", hoja=hoja.nombre, fila=fila.numero, columna=encabezado)


# --- .xlsx -------------------------------------------------------------------------------------------------------


def _xlsx(contenido: bytes) -> Libro:
    partes = _partes(contenido)
    hojas = [texto for nombre, texto in partes if nombre.startswith("xl/worksheets/")]
    libro = _armar(_pyxform(xlsx_to_dict, contenido), 2)
    if any(b"<mergeCell " in texto for texto in hojas):
        frase = "Hay celdas combinadas: lo escrito cuenta solo en la primera fila y columna de cada una."
        libro.avisos.append(Problema("", None, None, frase, "Separe las celdas si faltó algo."))
    if any(re.search(rb"<f[ >/]", texto) for texto in hojas):
        for hoja, fila, columna in _formulas_sin_valor(contenido):
            raise ErrorLectura(
                "Hay una fórmula sin su resultado.",
                "Abra el archivo, deje que se calcule y guárdelo; o escriba el valor en vez de la fórmula.",
                hoja=hoja,
                fila=fila,
                columna=columna,
            )
    return libro


def _partes(contenido: bytes) -> list[tuple[str, bytes]]:
    """Lo que trae el ``.xlsx``, si no es una bomba: se suma lo que dice medir antes de abrir nada."""
    try:
        with zipfile.ZipFile(io.BytesIO(contenido)) as archivo:
            dentro = archivo.infolist()
            if len(dentro) > PARTES or sum(parte.file_size for parte in dentro) > BYTES_ABIERTO:
                raise ErrorLectura(
                    "El archivo se vuelve enorme al abrirlo.", "Cópielo en un libro nuevo, solo con sus hojas."
                )
            return [(parte.filename, archivo.read(parte)) for parte in dentro if parte.filename.endswith(".xml")]
    except ZIP_DANADO:
        raise ErrorLectura(_NO_SE_LEE, _GUARDELO) from None


def _formulas_sin_valor(contenido: bytes) -> Iterator[tuple[str, int, str]]:
    try:
        formulas, valores = (
            openpyxl.load_workbook(io.BytesIO(contenido), read_only=True, data_only=solo) for solo in (False, True)
        )
        for hoja in formulas.worksheets:
            if hoja.title.lower() not in HOJAS:
                continue
            filas = zip(hoja.iter_rows(max_row=FILAS), valores[hoja.title].iter_rows(max_row=FILAS), strict=False)
            for numero, (con_formula, con_valor) in enumerate(filas, start=1):
                for columna, (formula, valor) in enumerate(zip(con_formula, con_valor, strict=False), start=1):
                    sin_valor = valor.value is None or (isinstance(valor.value, str) and valor.value.startswith("#"))
                    if formula.data_type == "f" and sin_valor:
                        yield hoja.title, numero, get_column_letter(columna)
    except Exception:  # como en _pyxform: el archivo puede venir hecho a propósito
        raise ErrorLectura(_NO_SE_LEE, _GUARDELO) from None


# --- .csv --------------------------------------------------------------------------------------------------------


def texto_de(contenido: bytes) -> tuple[str, list[Problema]]:
    for marca, codificacion in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if contenido.startswith(marca):
            return contenido.decode(codificacion, errors="replace"), []
    try:
        return contenido.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        frase = "El archivo no está en UTF-8; se leyó como Windows (cp1252)."
        aviso = Problema("", None, None, frase, "Revise los acentos; si están mal, guárdelo como «CSV UTF-8».")
        return contenido.decode("cp1252", errors="replace"), [aviso]


_ENCABEZADO = re.compile(r'^.*(?:^|[,;\t"])(?:type|list_name|name)(?:$|[,;\t"\r]).*$', re.MULTILINE)


def separador(texto: str) -> str:
    """El que separa las columnas: el que más hay en el primer encabezado."""
    encabezado = _ENCABEZADO.search(texto[:200_000])
    renglon = encabezado[0] if encabezado else texto.split("\n", 1)[0]
    return max(",;\t", key=renglon.count)


def filas_de_csv(texto: str) -> list[list[str]]:
    """:raises ErrorLectura: si las comillas no cierran o trae lo que un CSV no puede traer."""
    csv.field_size_limit(max(LETRAS * 4, csv.field_size_limit()))
    try:
        return list(csv.reader(io.StringIO(texto, newline=""), delimiter=separador(texto), strict=True))
    except csv.Error:
        raise ErrorLectura("El CSV está mal escrito: unas comillas no cierran.", _GUARDELO) from None


def _csv(texto: str, avisos: list[Problema]) -> Libro:
    """Un CSV lleva el nombre de la hoja en la primera columna y lo demás en las siguientes."""
    filas = [fila for fila in filas_de_csv(texto.replace("\0", ""))]
    if len(filas) > FILAS * 2:
        raise ErrorLectura(f"El CSV tiene más de {FILAS * 2} filas.", "Ponga las listas largas en otro archivo CSV.")
    numeros: dict[str, list[int]] = {}
    hoja, con_encabezado, columnas = "", False, list[str]()
    for numero, fila in enumerate(filas, start=1):
        primera, resto = (fila[0].strip() if fila else ""), [celda.strip() for celda in fila[1:]]
        if primera:
            hoja, con_encabezado = primera.lower(), False
        if not any(resto):
            continue
        if con_encabezado:
            numeros.setdefault(hoja, []).append(numero)
            fila[1:] = [*map(leida, columnas, fila[1:]), *fila[1 + len(columnas) :]]
        elif len(set(filter(None, resto))) < len(list(filter(None, resto))):
            doble = next(celda for n, celda in enumerate(resto) if celda and celda in resto[:n])
            que_pasa = f"Dos columnas se llaman «{doble}»."
            raise ErrorLectura(
                que_pasa, "Deje una de las dos o cámbiele el nombre.", hoja=hoja, fila=numero, columna=doble
            )
        if not con_encabezado:
            con_encabezado, columnas = True, resto
    salida = io.StringIO(newline="")
    csv.writer(salida).writerows([*filas, ["", "", "", "", "", ""]])
    libro = _armar(_pyxform(csv_to_dict, salida.getvalue().encode()), 2, numeros)
    libro.avisos += avisos
    return libro
