"""Ataques al archivo como archivo: lo que hay a su lado, su encabezado, su esquema y lo que quedó en sus rincones."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from sqlite_utils.utils import sqlite3

from ..esquema_publico import sentencias
from .hallazgo import SOPORTE, Hallazgo
from .lectura import Publicado

_FORMATO = b"SQLite format 3\x00"
# Partes del encabezado que cambian con sólo volver a escribir lo mismo: cambios, galleta del esquema y versión.
_SIN_CONTENIDO = ((24, 28), (40, 44), (92, 100))


def acompanantes(p: Publicado) -> Iterator[Hallazgo]:
    """Lo que SQLite deja junto a la base trae renglones enteros, también los que ya se borraron."""
    for resto in ("-wal", "-journal", "-shm"):
        if p.ruta.with_name(p.ruta.name + resto).exists():
            yield Hallazgo("acompanantes", p.ruta.name + resto, f"Hay un archivo que sobra; bórrelo. {SOPORTE}")


def encabezado(p: Publicado) -> Iterator[Hallazgo]:
    """Páginas libres, bytes después de la última página, modo WAL o espacio apartado: lugares donde algo se queda."""
    cabeza = p.crudo[:100]
    numero = int.from_bytes
    pagina = numero(cabeza[16:18], "big")
    tamano = (65536 if pagina == 1 else pagina) * numero(cabeza[28:32], "big")
    for mal, que in (
        (cabeza[:16] != _FORMATO, "no es una base de SQLite"),
        (cabeza[18:20] != b"\x01\x01", "está en modo WAL"),
        (cabeza[20:21] != b"\x00", "aparta espacio al final de cada página"),
        (numero(cabeza[36:40], "big") > 0, "tiene páginas libres, que guardan lo que se borró"),
        (numero(cabeza[52:56], "big") > 0, "no se compactó al hacerse"),
        (numero(cabeza[56:60], "big") != 1, "sus textos no están en UTF-8"),
        (any(cabeza[60:64] + cabeza[68:92]), "lleva números propios en el encabezado"),
        (tamano != len(p.crudo), "tiene bytes de más después de la última página"),
    ):
        if mal:
            yield Hallazgo("encabezado", p.ruta.name, f"El archivo {que}. {SOPORTE}")


def esquema(p: Publicado) -> Iterator[Hallazgo]:
    """Sólo las tablas y vistas declaradas, con sus columnas exactas: sin índices ni números de renglón."""
    esperadas = {_nombre(sentencia): sentencia for sentencia in sentencias()}
    halladas = {(f["type"], f["name"]): f["sql"] for f in p.con.execute("SELECT type, name, sql FROM sqlite_master")}
    for (tipo, nombre), sql in sorted(halladas.items()):
        if (tipo, nombre) not in esperadas:
            yield Hallazgo("esquema", nombre, f"Hay algo que no se publica ({tipo}). {SOPORTE}")
        elif sql != esperadas[tipo, nombre]:
            que = "guarda el orden en que llegaron sus renglones" if _con_rowid(p, tipo, nombre) else "trae otra forma"
            yield Hallazgo("esquema", nombre, f"No es como se declaró: {que}. {SOPORTE}")
    for _, nombre in sorted(set(esperadas) - set(halladas)):
        yield Hallazgo("esquema", nombre, f"Falta en el archivo. {SOPORTE}")


def _nombre(sentencia: str) -> tuple[str, str]:
    tipo, nombre = re.match(r"CREATE (\w+) (\w+)", sentencia).groups()  # type: ignore[union-attr]
    return tipo.lower(), nombre


def _con_rowid(p: Publicado, tipo: str, nombre: str) -> bool:
    try:
        p.con.execute(f'SELECT rowid FROM "{nombre}" LIMIT 1')  # noqa: S608
    except sqlite3.OperationalError:
        return False
    return tipo == "table"


def sobrantes(p: Publicado) -> Iterator[Hallazgo]:
    """El archivo es lo que sus renglones dicen y nada más: hecho de nuevo con ellos, da los mismos bytes.

    Así se halla lo que quede entre renglones, en páginas libres o en un orden distinto, sin saber qué buscar.
    """
    with tempfile.TemporaryDirectory(prefix="jornada-revision-") as carpeta:
        otro = Path(carpeta) / "otro.db"
        with closing(sqlite3.connect(f"{p.ruta.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as con:
            con.execute("PRAGMA secure_delete = ON")
            con.execute("VACUUM INTO ?", (str(otro),))
        rehecho = otro.read_bytes()
    if _contenido(p.crudo) != _contenido(rehecho):
        distinta = next((i for i, (a, b) in enumerate(zip(p.crudo, rehecho, strict=False)) if a != b), len(rehecho))
        donde = f"{p.ruta.name}, hacia el byte {distinta}"
        yield Hallazgo("sobrantes", donde, f"El archivo guarda bytes que ningún renglón muestra. {SOPORTE}")


def _contenido(crudo: bytes) -> bytes:
    limpio = bytearray(crudo)
    for desde, hasta in _SIN_CONTENIDO:
        limpio[desde:hasta] = bytes(hasta - desde)
    return bytes(limpio)
