"""Escribe ``publica.db`` nueva desde el libro, y sólo desde el libro: rehacerla da los mismos bytes.

Nunca se copia la base privada para borrarle cosas: lo borrado se queda en las páginas libres. El archivo nace
aparte, con tablas ``WITHOUT ROWID`` en orden canónico, sin horas, y toma el lugar del anterior de una sola vez.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlite_utils.utils import sqlite3

from .errores import ErrorPublicacion
from .esquema_publico import TABLAS, diccionario, sentencias
from .extraccion import abrir
from .reglamento import explicar

ETIQUETAS = frozenset({"eje", "grupo", "categoria", "pregunta", "respuesta"})
"""Tablas sin lote: de cada llave queda la etiqueta del lote más nuevo."""


def escribir(ruta_privada: Path, ruta_publica: Path) -> str:
    """Rehace el archivo público y devuelve su SHA-256. Con el libro vacío queda un archivo válido y vacío.

    :raises ErrorPublicacion: si el libro no cabe en el esquema o el archivo no se pudo poner en su lugar.
    """
    filas = _leer_libro(ruta_privada)
    nuevo = ruta_publica.with_name(ruta_publica.name + ".nuevo")
    for resto in (nuevo, nuevo.with_name(nuevo.name + "-journal")):
        resto.unlink(missing_ok=True)
    try:
        _construir(nuevo, filas)
        _a_disco(nuevo)
        huella = hashlib.sha256(nuevo.read_bytes()).hexdigest()
        os.replace(nuevo, ruta_publica)
        _a_disco(ruta_publica.parent)
    except sqlite3.IntegrityError as error:
        raise ErrorPublicacion(
            f"El libro trae un valor que no se puede publicar ({error}).",
            "No se publicó nada y lo de antes sigue igual. Avise a quien da soporte.",
        ) from error
    except PermissionError as error:
        raise ErrorPublicacion(
            "No se pudo poner el archivo público en su lugar.",
            "Si está en Windows, detenga «jornada servir», publique y vuelva a servir. Lo de antes sigue igual.",
        ) from error
    finally:
        nuevo.unlink(missing_ok=True)
    return huella


def _leer_libro(ruta_privada: Path) -> dict[str, list[dict[str, Any]]]:
    """De ``libro`` y ``lote_publicacion``, los renglones de cada tabla pública; sólo lotes ya asentados."""
    salida: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = {tabla: {} for tabla in TABLAS}
    with abrir(ruta_privada) as con:
        lotes = con.execute(
            "SELECT lote, desde, hasta, asentado_el, reglas FROM lote_publicacion WHERE estado = 'asentado'"
            " ORDER BY desde, lote"
        ).fetchall()
        for lote in lotes:
            for f in con.execute(
                "SELECT tabla, celda, valor FROM libro WHERE lote = ? ORDER BY tabla, celda", (lote["lote"],)
            ):
                renglon = _renglon(lote, f["tabla"], json.loads(f["celda"]), json.loads(f["valor"]))
                salida[f["tabla"]][tuple(renglon[c] for c in TABLAS[f["tabla"]].llave)] = renglon
            for regla, valor, explicacion in explicar(json.loads(lote["reglas"] or "{}")):
                salida["reglas"][(lote["lote"], regla)] = {
                    "lote": lote["lote"],
                    "regla": regla,
                    "valor": valor,
                    "explicacion": explicacion,
                }
    columnas = tuple(TABLAS["diccionario"].columnas)
    salida["diccionario"] = {fila[:2]: dict(zip(columnas, fila, strict=True)) for fila in diccionario()}
    return {tabla: [filas[llave] for llave in sorted(filas)] for tabla, filas in salida.items()}


def _renglon(lote: Any, tabla: str, llave: list[Any], valor: dict[str, Any]) -> dict[str, Any]:
    if tabla not in TABLAS or tabla in {"reglas", "diccionario"}:
        raise ErrorPublicacion(
            f"El libro trae una tabla desconocida: {tabla}.", "No se publicó nada. Avise a quien da soporte."
        )
    nombres = TABLAS[tabla].llave
    if tabla == "lote":
        valor = valor | {"desde": lote["desde"], "hasta": lote["hasta"], "publicado_el": lote["asentado_el"]}
    elif tabla not in ETIQUETAS:
        llave = [lote["lote"], *llave]
    renglon = dict(zip(nombres, llave, strict=False)) | valor
    if len(llave) != len(nombres) or set(renglon) != set(TABLAS[tabla].columnas):
        raise ErrorPublicacion(
            f"El libro trae columnas desconocidas en {tabla}.", "No se publicó nada. Avise a quien da soporte."
        )
    return renglon


def _construir(ruta: Path, filas: dict[str, list[dict[str, Any]]]) -> None:
    with closing(sqlite3.connect(ruta, isolation_level=None)) as con:
        for ajuste in ("journal_mode = DELETE", "page_size = 4096", "secure_delete = ON", "encoding = 'UTF-8'"):
            con.execute(f"PRAGMA {ajuste}")
        con.execute("BEGIN IMMEDIATE")
        for sentencia in sentencias():
            con.execute(sentencia)
        for tabla, columnas in _columnas():
            con.executemany(
                f"INSERT INTO {tabla} ({', '.join(columnas)}) VALUES ({', '.join('?' * len(columnas))})",  # noqa: S608
                _valores(filas[tabla], columnas),
            )
        con.execute("COMMIT")
        con.execute("VACUUM")


def _columnas() -> Iterator[tuple[str, list[str]]]:
    for nombre, tabla in TABLAS.items():
        yield nombre, list(tabla.columnas)


def _valores(filas: Iterable[dict[str, Any]], columnas: list[str]) -> Iterator[tuple[Any, ...]]:
    return (tuple(fila[columna] for columna in columnas) for fila in filas)


def _a_disco(ruta: Path) -> None:
    """Que lo escrito (o el cambio de nombre, si es carpeta) sobreviva a un apagón. Windows no sincroniza carpetas."""
    if ruta.is_dir() and os.name == "nt":
        return
    descriptor = os.open(ruta, os.O_RDONLY if ruta.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
