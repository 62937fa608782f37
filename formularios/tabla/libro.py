"""Un XLSX: su primera hoja con datos, lo que dicen sus fórmulas y qué celdas están combinadas.

Lo corre otro proceso (``python -m formularios.tabla.libro``): un libro hecho a propósito puede agotar tiempo y memoria.
"""

import io
import json
import re
import sys
import warnings
import zipfile
import zlib
from datetime import date, datetime, time
from lzma import LZMAError
from typing import Any

from formularios.tabla.modelo import BYTES_ABIERTO, COLUMNAS, FILAS, PARTES, Cruda, ErrorTabla

NO_SE_LEE = "El archivo está dañado o no es una hoja de cálculo. Ábralo en su programa y guárdelo de nuevo como .xlsx."
_ZIP_DANADO = (zipfile.BadZipFile, zlib.error, LZMAError, RuntimeError, OSError, EOFError, UnicodeDecodeError)
_COMBINADA = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"')
_COMBINADAS = 2_000
"""Las que caben; una hoja con más es un dibujo."""
_ERRORES = frozenset({"#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#N/A", "#NUM!", "#NULL!"})


def leer(contenido: bytes) -> Cruda:
    """:raises ErrorTabla: con su frase; nunca otra cosa."""
    _revisar(contenido)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl avisa de formatos que aquí no importan
            return _leer(contenido)
    except ErrorTabla:
        raise
    except Exception:  # un libro hecho a propósito puede fallar de cualquier modo dentro del lector
        raise ErrorTabla(NO_SE_LEE) from None


def _revisar(contenido: bytes) -> None:
    """Que sea un libro y no una bomba: se suma lo que dice medir antes de abrir nada."""
    try:
        with zipfile.ZipFile(io.BytesIO(contenido)) as archivo:
            dentro = archivo.infolist()
    except _ZIP_DANADO:
        raise ErrorTabla(NO_SE_LEE) from None
    nombres = {parte.filename for parte in dentro}
    if "content.xml" in nombres:
        raise ErrorTabla("Es un archivo de LibreOffice. Guárdelo como .xlsx y súbalo otra vez.")
    if "xl/workbook.xml" not in nombres:
        raise ErrorTabla("No es una hoja de cálculo. Suba un archivo .csv o .xlsx.")
    if len(dentro) > PARTES or sum(parte.file_size for parte in dentro) > BYTES_ABIERTO:
        raise ErrorTabla("El archivo se vuelve enorme al abrirlo. Copie sus datos en un libro nuevo, sin formatos.")


def _leer(contenido: bytes) -> Cruda:
    import openpyxl  # noqa: PLC0415  # tarda en cargar

    libro = openpyxl.load_workbook(io.BytesIO(contenido), read_only=True)
    avisos: list[str] = []
    visibles = [hoja for hoja in libro.worksheets if hoja.sheet_state == "visible"]
    for hoja in visibles:
        filas, formulas = _filas(hoja)
        if filas:
            break
    else:
        raise ErrorTabla("El libro no tiene nada escrito. Revise que sea el que quería subir.")
    if len(libro.worksheets) > 1:
        avisos.append(f"El libro tiene {len(libro.worksheets)} hojas; se leyó «{hoja.title}».")
    problemas: dict[int, str] = {}
    if formulas:
        resultados = openpyxl.load_workbook(io.BytesIO(contenido), read_only=True, data_only=True)[hoja.title]
        problemas = _con_resultados(filas, formulas, _filas(resultados)[0])
        avisos.append("Hay fórmulas: se leyó lo que daban la última vez que se guardó el libro.")
    return Cruda(filas, problemas, _combinadas(contenido, hoja), avisos)


def _filas(hoja: Any) -> tuple[list[tuple[int, list[str]]], list[tuple[int, int]]]:
    """Los renglones con algo escrito y dónde hay fórmulas, como ``(fila, columna desde 0)``."""
    hoja.reset_dimensions()  # lo que el archivo dice medir puede ser mentira
    filas: list[tuple[int, list[str]]] = []
    formulas: list[tuple[int, int]] = []
    for numero, celdas in enumerate(hoja.iter_rows(max_col=COLUMNAS + 1), start=1):
        textos = [_texto(celda.value) for celda in celdas]
        if not any(textos):
            continue
        formulas += [(numero, n) for n, celda in enumerate(celdas) if celda.data_type == "f"]
        filas.append((numero, textos))
        if len(filas) > FILAS * 2:
            raise ErrorTabla(f"La hoja tiene más de {FILAS:,} renglones. Pártala en varias.")
    return filas, formulas


def _con_resultados(
    filas: list[tuple[int, list[str]]], formulas: list[tuple[int, int]], resultados: list[tuple[int, list[str]]]
) -> dict[int, str]:
    """Pone en su lugar lo que daba cada fórmula; devuelve las filas donde no daba nada."""
    celdas, valores = dict(filas), dict(resultados)
    problemas = {}
    for numero, columna in formulas:
        valor = valores.get(numero, [""] * (columna + 1))[columna]
        if valor and valor not in _ERRORES:
            celdas[numero][columna] = valor
        else:
            problemas[numero] = "Tiene una fórmula que no da resultado. Escriba el dato en vez de la fórmula."
    return problemas


def _combinadas(contenido: bytes, hoja: Any) -> list[tuple[int, int, str]]:
    with zipfile.ZipFile(io.BytesIO(contenido)) as archivo:
        xml = archivo.read(hoja._worksheet_path)
    rangos = []
    for hallado in _COMBINADA.finditer(xml):
        columna, fila, otra, hasta = (parte.decode() for parte in hallado.groups())
        rangos.append((int(fila), int(hasta), f"{columna}{fila}:{otra}{hasta}"))
        if len(rangos) > _COMBINADAS:
            raise ErrorTabla(f"La hoja tiene más de {_COMBINADAS:,} celdas combinadas. Sepárelas y súbala otra vez.")
    return rangos


def _texto(valor: Any) -> str:
    """Lo que una celda dice: los números sin ceros de más y las fechas como ``2026-11-25``."""
    if valor is None:
        return ""
    if isinstance(valor, bool):
        return "sí" if valor else "no"
    if isinstance(valor, float):
        return str(int(valor)) if valor.is_integer() and abs(valor) < 1e15 else f"{valor:.10g}"
    if isinstance(valor, datetime):
        return valor.date().isoformat() if valor.time() == time() else valor.isoformat(" ", "minutes")
    if isinstance(valor, date):
        return valor.isoformat()
    if isinstance(valor, time):
        return valor.isoformat("minutes")
    return str(valor)


def _principal() -> None:
    from formularios.aparte import con_limites  # noqa: PLC0415

    con_limites()
    try:
        cruda = leer(sys.stdin.buffer.read())
        salida: dict[str, Any] = vars(cruda)
    except ErrorTabla as error:
        salida = {"error": str(error)}
    sys.stdout.buffer.write(json.dumps(salida).encode())


if __name__ == "__main__":
    _principal()
