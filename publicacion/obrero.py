"""El proceso que corre una sola consulta libre y termina. Sólo usa la biblioteca estándar y no abre ningún archivo.

Recibe por la entrada el pedido y los bytes de la base, y contesta JSON por la salida. Lo que una consulta puede gastar
está acotado tres veces: por SQLite (largo de los valores, memoria, profundidad), por el sistema (memoria, procesador,
archivos) y por quien lo llamó, que lo mata si no contesta. Así ninguna función de una sola instrucción, como un GLOB
sobre un texto enorme, detiene al portal: a éste sólo le cuesta un proceso.
"""

import contextlib
import json
import os
import sqlite3
import struct
import sys
import time
from typing import Any

LIMITES = {
    sqlite3.SQLITE_LIMIT_LENGTH: 1_000_000,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 20_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 100,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 100,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 50,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 25_000,
    sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 50,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 200,
    sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER: 100,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 0,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}
MEMORIA_SQLITE = 48 * 1024 * 1024
MEMORIA_PROCESO = 256 * 1024 * 1024
"""De direcciones (RLIMIT_AS): Python y sus bibliotecas ya apartan como 40 MB."""
_CADA = 5_000
"""Instrucciones de SQLite entre una mirada al reloj y la siguiente."""
_PROHIBIDAS = frozenset({"load_extension", "fts3_tokenizer", "readfile", "writefile", "edit"})


class Detenida(Exception):
    """Lo que se le dice a quien consultó."""


def acotar_proceso(segundos: float) -> None:
    """Memoria, procesador y archivos de este proceso. En Windows no se puede: quedan los otros dos topes."""
    with contextlib.suppress(ImportError, AttributeError):
        os.nice(10)
    try:
        import resource  # noqa: PLC0415  # no está en Windows
    except ImportError:
        return
    topes = {
        "RLIMIT_AS": MEMORIA_PROCESO,
        "RLIMIT_CPU": int(segundos) + 2,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_CORE": 0,
        "RLIMIT_NPROC": 0,
    }
    for nombre, tope in topes.items():
        with contextlib.suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, nombre), (tope, tope))


def abrir(base: bytes) -> sqlite3.Connection:
    """La base en memoria, sólo para leer."""
    con = sqlite3.connect(":memory:")
    con.deserialize(base)
    for ajuste in (f"hard_heap_limit = {MEMORIA_SQLITE + len(base)}", "temp_store = MEMORY", "trusted_schema = OFF",
                   "query_only = ON", "cache_size = -2000"):  # fmt: skip
        con.execute(f"PRAGMA {ajuste}")
    for limite, valor in LIMITES.items():
        con.setlimit(limite, valor)
    con.text_factory = lambda crudo: crudo.decode("utf-8", "replace")
    con.set_authorizer(_solo_leer)
    return con


def _solo_leer(accion: int, uno: str | None, dos: str | None, *_: Any) -> int:
    if accion in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE):
        return sqlite3.SQLITE_OK
    if accion == sqlite3.SQLITE_FUNCTION and (dos or "").lower() not in _PROHIBIDAS:
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def consultar(con: sqlite3.Connection, pedido: dict[str, Any]) -> dict[str, Any]:
    """Columnas y renglones, hasta donde se permite.

    :raises Detenida: con la frase en español si pasó de un tope o la consulta está mal.
    """
    fin = time.monotonic() + pedido["segundos"]
    con.set_progress_handler(lambda: time.monotonic() > fin, _CADA)
    try:
        cursor = con.execute(pedido["sql"], pedido["parametros"])
        columnas = [c[0] for c in cursor.description or ()]
        filas, cortada = _traer(cursor, pedido, max(1, len(columnas)), fin)
    except MemoryError:
        raise Detenida("La consulta pidió más memoria de la que se presta y se detuvo.") from None
    except (sqlite3.Error, OverflowError) as error:
        raise Detenida(_en_claro(str(error), pedido)) from None
    return {"columnas": columnas, "filas": filas, "cortada": cortada}


def _traer(cursor: Any, pedido: dict[str, Any], ancho: int, fin: float) -> tuple[list[list[Any]], bool]:
    caben = min(pedido["filas"], max(1, pedido["celdas"] // ancho))
    filas: list[list[Any]] = []
    bytes_ = 0
    for fila in cursor:
        if len(filas) == caben:
            return filas, True
        bytes_ += sum(len(v) if isinstance(v, str | bytes) else 8 for v in fila)
        if bytes_ > pedido["bytes"]:
            return filas, True
        if time.monotonic() > fin:
            raise sqlite3.OperationalError("interrupted")
        filas.append([{"hex": v.hex()} if isinstance(v, bytes) else v for v in fila])
    return filas, False


_FRASES = {
    "interrupted": "La consulta tardó más de {segundos} segundos y se detuvo. Pida menos renglones o ponga un filtro.",
    "too big": "Un valor de la consulta pasó de un millón de letras y se detuvo.",
    "not authorized": "Aquí sólo se puede leer: SELECT, sin PRAGMA, ATTACH ni funciones que toquen archivos.",
    "prohibited": "Aquí sólo se puede leer: SELECT, sin PRAGMA, ATTACH ni funciones que toquen archivos.",
    "out of memory": "La consulta pidió más memoria de la que se presta y se detuvo.",
    "pattern too complex": "El patrón de LIKE o GLOB pasa de 200 letras.",
    "Expression tree is too large": "La consulta tiene demasiadas condiciones una dentro de otra.",
    "parser stack overflow": "La consulta tiene demasiadas condiciones una dentro de otra.",
    "too many columns": "La consulta pide más de 100 columnas.",
    "too many terms in compound": "La consulta une más de 50 SELECT.",
    "query string is too large": "La consulta pasa de 20,000 letras.",
    "one statement at a time": "Escriba una sola consulta.",
}


def _en_claro(error: str, pedido: dict[str, Any]) -> str:
    frase = next((f for clave, f in _FRASES.items() if clave in error), None)
    return frase.format(segundos=f"{pedido['segundos']:g}") if frase else f"SQLite dice: {error}"


def principal() -> None:
    """Pedido (largo de 4 bytes y JSON) y base por la entrada; un JSON por la salida."""
    entrada = sys.stdin.buffer
    (largo,) = struct.unpack(">I", entrada.read(4))
    pedido = json.loads(entrada.read(largo))
    base = entrada.read()
    acotar_proceso(pedido["segundos"])
    try:
        respuesta = consultar(abrir(base), pedido)
    except Detenida as detenida:
        respuesta = {"error": str(detenida)}
    except MemoryError:
        respuesta = {"error": "La consulta pidió más memoria de la que se presta y se detuvo."}
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.buffer.write(json.dumps(respuesta).encode())
        sys.stdout.buffer.flush()
    os._exit(0)  # sin esperar a que se devuelva la memoria


if __name__ == "__main__":
    principal()
