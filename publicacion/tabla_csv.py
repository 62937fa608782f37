"""Leer un CSV que alguien guardó desde cualquier hoja de cálculo."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from .errores import ErrorPublicacion

Fila = dict[str, str]


def leer_csv(ruta: Path, exigidas: Sequence[str]) -> Iterator[Fila]:
    """Las filas de un catálogo de la oficina.

    :raises ErrorPublicacion: si falta el archivo o una de las columnas ``exigidas``.
    """
    if not ruta.is_file():
        raise ErrorPublicacion(f"Falta el catálogo {ruta.name}.", "Ejecute «jornada preparar» para ponerlo de nuevo.")
    encabezado, filas = texto_de(ruta)
    if faltan := [columna for columna in exigidas if columna not in encabezado]:
        raise ErrorPublicacion(
            f"A {ruta.name} le falta la columna {', '.join(faltan)}.",
            "Corríjalo, o bórrelo y ejecute «jornada preparar» para ponerlo de nuevo.",
        )
    yield from filas


def texto_de(ruta: Path) -> tuple[list[str], list[Fila]]:
    """(columnas, filas), con coma, punto y coma o tabulador, en UTF-8, UTF-16 o Windows-1252. Lo que falta va ``""``.

    :raises ErrorPublicacion: si no es texto.
    """
    crudo = ruta.read_bytes()
    texto = _decodificar(crudo, ruta)
    primera = texto.split("\n", 1)[0]
    separador = max(",;\t", key=primera.count)
    lector = csv.DictReader(io.StringIO(texto, newline=""), delimiter=separador, restval="")
    columnas = [(columna or "").strip() for columna in lector.fieldnames or ()]
    lector.fieldnames = columnas
    filas = [{c: (v or "").strip() for c, v in fila.items() if isinstance(c, str)} for fila in lector]
    return columnas, [fila for fila in filas if any(fila.values())]


def _decodificar(crudo: bytes, ruta: Path) -> str:
    if crudo[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return crudo.decode("utf-16", errors="replace")
    if b"\x00" in crudo or crudo.startswith(b"PK"):
        raise ErrorPublicacion(
            f"{ruta.name} no es un archivo de texto CSV.",
            "Si viene comprimido (.zip), sáquelo primero; si es una hoja de cálculo, guárdela como CSV UTF-8.",
        )
    try:
        return crudo.decode("utf-8-sig")
    except UnicodeDecodeError:
        return crudo.decode("cp1252", errors="replace")
