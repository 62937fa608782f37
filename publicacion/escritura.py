"""Escribe ``publica.db`` nueva desde el libro, y sólo desde el libro: rehacerla da los mismos bytes.

Nunca se copia la base privada para borrarle cosas: lo borrado se queda en las páginas libres. El archivo nace
aparte, con tablas ``WITHOUT ROWID`` en orden canónico y sin horas; se ataca como lo haría quien quiere saber de más,
se hacen sus descargas, y sólo entonces toma el lugar del anterior, de una sola vez.
"""

import errno
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from sqlite_utils.utils import sqlite3

from . import ataques, descargas
from .compartida import dejar_leer, es_compartida
from .errores import ErrorPublicacion
from .esquema_publico import TABLAS, diccionario, sentencias
from .extraccion import Privada, abrir
from .modelo import Celda
from .neutro import neutro
from .reglamento import explicar, huella

ETIQUETAS = frozenset({"eje", "grupo", "categoria", "pregunta", "respuesta"})
"""Tablas sin lote: de cada llave queda la etiqueta del lote más nuevo."""
SIGUE_IGUAL = "No se publicó nada y lo de antes sigue igual."

Filas = dict[str, list[dict[str, Any]]]


class PorAsentar(NamedTuple):
    """Un lote que todavía no está en el libro, para ver el archivo que daría. Fechas ISO; ``reglas``, JSON."""

    lote: str
    desde: str
    hasta: str
    asentado_el: str
    reglas: str
    celdas: Iterable[Celda]


def escribir(ruta_privada: Privada, ruta_publica: Path, *, textos: Iterable[str] = ()) -> str:
    """Rehace el archivo público y sus descargas y devuelve su SHA-256. Con el libro vacío queda válido y vacío.

    Si algo falla, el archivo de antes y sus descargas siguen como estaban; repetirla termina lo que se haya cortado.

    :param textos: lo privado que no debe aparecer en los bytes.
    :raises ErrorPublicacion: si el libro se alteró, no cabe en el esquema, un ataque consiguió algo, o el disco falla.
    """
    nuevo = ruta_publica.with_name(f"{ruta_publica.name}.nuevo")
    with _de_paso(nuevo), _en_espanol():
        sha = _construir(nuevo, _leer_libro(ruta_privada))
        _atacar(nuevo, ruta_publica, textos)
        carpeta = descargas.carpeta_de(ruta_publica)
        descargas.hacer(nuevo, carpeta)
        dejar_leer(nuevo, ruta_publica.parent)
        os.replace(nuevo, ruta_publica)
        _a_disco(ruta_publica.parent)
        descargas.limpiar(carpeta, sha)
    return sha


def ensayar(
    ruta_privada: Privada,
    ruta: Path,
    *,
    anterior: Path | None = None,
    ademas: PorAsentar | None = None,
    textos: Iterable[str] = (),
) -> str:
    """El archivo que saldría, en ``ruta``, ya atacado; no toca el publicado. Devuelve el SHA-256 que tendría.

    :param anterior: la publicación que reemplazaría.
    :param ademas: un lote que aún no se asienta.
    :raises ErrorPublicacion: como :func:`escribir`.
    """
    with _en_espanol():
        sha = _construir(ruta, _leer_libro(ruta_privada, ademas))
        _atacar(ruta, anterior, textos)
    return sha


def escribir_vacia(ruta_publica: Path) -> None:
    """Un archivo público sin ningún lote, para poder atender aunque el libro no se deje publicar.

    :raises ErrorPublicacion: si el disco falla.
    """
    nuevo = ruta_publica.with_name(f"{ruta_publica.name}.nuevo")
    with _de_paso(nuevo), _en_espanol():
        _construir(nuevo, _filas(()))
        dejar_leer(nuevo, ruta_publica.parent)
        os.replace(nuevo, ruta_publica)


@contextmanager
def _de_paso(ruta: Path) -> Iterator[None]:
    """Un archivo que no debe quedar: ni el de un intento cortado, ni éste si algo sale mal."""
    restos = (ruta, ruta.with_name(f"{ruta.name}-journal"))
    try:
        for resto in restos:
            resto.unlink(missing_ok=True)
        yield
    except PermissionError as error:
        raise ErrorPublicacion(
            "No hay permiso de escribir en la carpeta de los datos publicados, o alguien más tiene abierto el archivo.",
            f"{SIGUE_IGUAL} Revise los permisos de la carpeta. Si está en Windows, detenga «jornada servir», publique y"
            " vuelva a servir.",
        ) from error
    finally:
        for resto in restos:
            try:
                resto.unlink(missing_ok=True)
            except OSError:
                continue  # la carpeta no se deja escribir: la siguiente vez se quita


@contextmanager
def _en_espanol() -> Iterator[None]:
    """Lo que el disco y SQLite dicen en inglés, como :class:`ErrorPublicacion`."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise ErrorPublicacion(
            f"El libro trae un valor que no se puede publicar ({error}).", f"{SIGUE_IGUAL} Avise a quien da soporte."
        ) from error
    except sqlite3.DatabaseError as error:
        dice = str(error)
        raise _del_disco("disk is full" in dice, "readonly" in dice or "unable to open" in dice, dice) from error
    except OSError as error:
        if isinstance(error, PermissionError):
            raise
        lleno = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise _del_disco(lleno, error.errno == errno.EROFS, error.strerror or "") from error


def _del_disco(lleno: bool, sin_permiso: bool, detalle: str) -> ErrorPublicacion:
    if lleno:
        return ErrorPublicacion(
            "Ya no cabe nada en el disco.", f"{SIGUE_IGUAL} Libere espacio y repita: sigue donde iba."
        )
    if sin_permiso:
        return ErrorPublicacion(
            "La carpeta de los datos publicados es de sólo lectura.", f"{SIGUE_IGUAL} Revise sus permisos y repita."
        )
    return ErrorPublicacion(
        f"El disco no dejó escribir o leer ({detalle}).",
        f"{SIGUE_IGUAL} Revise la carpeta y el espacio, y repita; si sigue, avise a quien da soporte.",
    )


def _atacar(ruta: Path, anterior: Path | None, textos: Iterable[str]) -> None:
    """:raises ErrorPublicacion: si algún ataque consiguió algo."""
    hallazgos = ataques.revisar(ruta, anterior=anterior, textos=textos)
    if hallazgos:
        primero = hallazgos[0]
        mas = f" Y {len(hallazgos) - 1} cosas más." if len(hallazgos) > 1 else ""
        raise ErrorPublicacion(
            f"Antes de publicar se atacó el archivo nuevo y se descubrió algo ({primero.ataque}, en {primero.donde}):"
            f" {primero.que}{mas}",
            SIGUE_IGUAL,
        )


def _leer_libro(ruta_privada: Privada, ademas: PorAsentar | None = None) -> Filas:
    """Los renglones de cada tabla pública; sólo de lotes ya asentados (y ``ademas``)."""
    return _filas(_lotes(ruta_privada, ademas))


def _filas(lotes: Iterable[PorAsentar]) -> Filas:
    salida: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = {tabla: {} for tabla in TABLAS}
    for lote in lotes:
        reglas = json.loads(lote.reglas or "{}")
        celdas = list(lote.celdas)
        _comprobar(lote.lote, celdas, reglas)
        for tabla, celda, valor in celdas:
            renglon = _renglon(lote, tabla, json.loads(celda), json.loads(valor))
            salida[tabla][tuple(renglon[c] for c in TABLAS[tabla].llave)] = renglon
        for regla, valor, explicacion in explicar(reglas):
            salida["reglas"][(lote.lote, regla)] = {
                "lote": lote.lote,
                "regla": regla,
                "valor": valor,
                "explicacion": explicacion,
            }
    columnas = tuple(TABLAS["diccionario"].columnas)
    salida["diccionario"] = {fila[:2]: dict(zip(columnas, fila, strict=True)) for fila in diccionario()}
    return {tabla: [filas[llave] for llave in sorted(filas)] for tabla, filas in salida.items()}


def _lotes(ruta_privada: Privada, ademas: PorAsentar | None) -> list[PorAsentar]:
    with abrir(ruta_privada) as con:
        lotes = [
            PorAsentar(
                *fila,
                [
                    Celda(*celda)
                    for celda in con.execute(
                        "SELECT tabla, celda, valor FROM libro WHERE lote = ? ORDER BY tabla, celda", (fila["lote"],)
                    )
                ],
            )
            for fila in con.execute(
                "SELECT lote, desde, hasta, asentado_el, reglas FROM lote_publicacion WHERE estado = 'asentado'"
            ).fetchall()
        ]
    return sorted([*lotes, *([ademas] if ademas else [])], key=lambda lote: (lote.desde, lote.lote))


def _comprobar(lote: str, celdas: list[Celda], reglas: dict[str, Any]) -> None:
    """Lo asentado es lo que se firmó. :raises ErrorPublicacion: si una celda cambió, falta o sobra."""
    contadas = [celda for celda in celdas if celda.tabla not in ETIQUETAS and celda.tabla != "lote"]
    if huella(contadas) != reglas.get("huella"):
        raise ErrorPublicacion(
            f"El libro cambió después de asentar el lote {lote}: sus celdas ya no son las que se publicaron.",
            f"{SIGUE_IGUAL} Alguien escribió en la base privada. Restaure el último respaldo, o avise a quien da"
            " soporte.",
        )


def _renglon(lote: PorAsentar, tabla: str, llave: list[Any], valor: dict[str, Any]) -> dict[str, Any]:
    if tabla not in TABLAS or tabla in {"reglas", "diccionario"}:
        raise ErrorPublicacion(
            f"El libro trae una tabla desconocida: {tabla}.", f"{SIGUE_IGUAL} Avise a quien da soporte."
        )
    nombres = TABLAS[tabla].llave
    if tabla == "lote":
        valor = valor | {"desde": lote.desde, "hasta": lote.hasta, "publicado_el": lote.asentado_el}
    elif tabla not in ETIQUETAS:
        llave = [lote.lote, *llave]
    renglon = dict.fromkeys(TABLAS[tabla].nuevas) | dict(zip(nombres, llave, strict=False)) | valor
    if len(llave) != len(nombres) or set(renglon) != set(TABLAS[tabla].columnas):
        raise ErrorPublicacion(
            f"El libro trae columnas desconocidas en {tabla}.", f"{SIGUE_IGUAL} Avise a quien da soporte."
        )
    return renglon


def _construir(ruta: Path, filas: Filas) -> str:
    """El archivo, ya en el disco; devuelve su SHA-256."""
    if es_compartida(ruta.parent):
        ruta.touch(mode=0o600)  # mientras no se revise, de nadie más
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
    _a_disco(ruta)
    return hashlib.sha256(ruta.read_bytes()).hexdigest()


def _columnas() -> Iterator[tuple[str, list[str]]]:
    for nombre, tabla in TABLAS.items():
        yield nombre, list(tabla.columnas)


def _valores(filas: Iterable[dict[str, Any]], columnas: list[str]) -> Iterator[tuple[Any, ...]]:
    """Un texto de la oficina que una hoja de cálculo tomaría por fórmula va neutro: el archivo se baja tal cual."""
    return (tuple(neutro(fila[columna]) for columna in columnas) for fila in filas)


def _a_disco(ruta: Path) -> None:
    """Que lo escrito (o el cambio de nombre, si es carpeta) sobreviva a un apagón. Windows no sincroniza carpetas."""
    if ruta.is_dir() and os.name == "nt":
        return
    descriptor = os.open(ruta, os.O_RDONLY if ruta.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
