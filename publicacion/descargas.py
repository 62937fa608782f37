"""Las descargas de cada publicación: hoja de cálculo, CSV, Parquet y la base, hechas una sola vez y antes de publicar.

Cada archivo público tiene su carpeta, con el principio de su SHA-256 por nombre: el portal da las que salieron del
archivo que está sirviendo, nunca las de otro. Del mismo archivo salen siempre los mismos bytes.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlite_utils.utils import sqlite3

from .compartida import dejar_leer
from .esquema_publico import TABLAS, VISTAS
from .metadatos import LICENCIA, LICENCIA_URL, TITULO
from .portal.fechas import fecha

if TYPE_CHECKING:
    from .formatos import Hoja

INDICE = "indice.json"
NO_SE_MUESTRA = "menos de 10 personas o protegida"
CUENTAS = frozenset({"n", "asistencias", "contestaciones"})
"""Columnas en que un vacío quiere decir «no se muestra», no cero."""
LARGO = 12
"""Letras del SHA-256 que dan nombre a la carpeta."""

TIPOS = {
    "datos.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "datos-csv.zip": "application/zip",
    "datos-parquet.zip": "application/zip",
    "datos.sqlite": "application/vnd.sqlite3",
}
_TITULOS = {
    "datos.xlsx": ("Hoja de cálculo (Excel, LibreOffice)", "Una hoja por tabla para leer, con encabezados en español."),
    "datos-csv.zip": ("CSV", "Todas las tablas, en UTF-8. Para cualquier programa."),
    "datos-parquet.zip": ("Parquet", "Todas las tablas con sus tipos. Para Python, R o DuckDB."),
    "datos.sqlite": ("SQLite", "La base entera, tal como la sirve este portal."),
}


@dataclass(frozen=True)
class Archivo:
    """Una descarga: ``nombre`` en la dirección, ``bytes`` de tamaño y su SHA-256."""

    nombre: str
    titulo: str
    para_que: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Indice:
    """Lo que la página de descargas necesita. ``huella``: SHA-256 del archivo público del que salieron."""

    huella: str
    periodo: str
    cita: str
    archivos: tuple[Archivo, ...]


def carpeta_de(ruta_publica: Path) -> Path:
    """Donde viven las descargas de un archivo público: junto a él."""
    return ruta_publica.with_name(f"{ruta_publica.stem}.descargas")


def hacer(ruta_db: Path, carpeta: Path) -> None:
    """Escribe las descargas de ``ruta_db`` en ``carpeta``/<12 letras de su SHA-256>/, enteras o nada.

    Si ya estaban no hace nada. Necesita que ``ruta_db`` no cambie mientras tanto.

    :raises OSError: si no se pueden escribir (disco lleno, permisos); no queda nada a medias.
    """
    base = ruta_db.read_bytes()
    huella = hashlib.sha256(base).hexdigest()
    destino = carpeta / huella[:LARGO]
    if (destino / INDICE).is_file():
        return
    carpeta.mkdir(parents=True, exist_ok=True)
    dejar_leer(carpeta, carpeta.parent)
    temporal = carpeta / f".{huella[:LARGO]}.nuevo"
    shutil.rmtree(temporal, ignore_errors=True)
    temporal.mkdir()
    try:
        archivos, periodo, cita = _contenidos(ruta_db, base, huella)
        for nombre, contenido in archivos.items():
            _escribir(temporal / nombre, contenido)
        indice = Indice(huella, periodo, cita, tuple(_archivo(n, c) for n, c in archivos.items()))
        _escribir(temporal / INDICE, (json.dumps(asdict(indice), ensure_ascii=False, indent=1) + "\n").encode())
        shutil.rmtree(destino, ignore_errors=True)  # de un intento que no llegó al índice
        dejar_leer(temporal, carpeta.parent)
        os.replace(temporal, destino)
    finally:
        shutil.rmtree(temporal, ignore_errors=True)


def indice(carpeta: Path, huella: str) -> Indice | None:
    """El índice de las descargas del archivo con esa huella; ``None`` si no están."""
    try:
        leido = json.loads((carpeta / huella[:LARGO] / INDICE).read_text("utf-8"))
        hallado = Indice(**leido | {"archivos": tuple(Archivo(**a) for a in leido["archivos"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return hallado if hallado.huella == huella else None


def limpiar(carpeta: Path, huella: str) -> None:
    """Deja las descargas del archivo con esa huella y las anteriores a ellas; borra las demás. Nunca falla."""
    vigente = carpeta / huella[:LARGO]
    try:
        otras = sorted((p for p in carpeta.iterdir() if p != vigente), key=lambda p: p.stat().st_mtime_ns)
    except OSError:
        return
    anteriores = [p for p in otras if (p / INDICE).is_file()][-1:]
    for sobra in otras:
        if sobra not in anteriores:
            shutil.rmtree(sobra, ignore_errors=True)


def _contenidos(ruta_db: Path, base: bytes, huella: str) -> tuple[dict[str, bytes], str, str]:
    from .formatos import a_csv, a_parquet, a_xlsx, empacar  # noqa: PLC0415  # sólo al publicar: openpyxl tarda y pesa

    uri = f"{ruta_db.resolve().as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(uri, uri=True)) as con:
        vistas = [_hoja(con, nombre, v.titulo) for nombre, v in VISTAS.items() if _esta(con, nombre)]
        tablas = [_hoja(con, nombre, t.titulo) for nombre, t in TABLAS.items() if _esta(con, nombre)]
        lotes = con.execute("SELECT lote, etiqueta, publicado_el FROM lote ORDER BY desde DESC, lote DESC").fetchall()
        reglas = (
            con.execute("SELECT explicacion, valor FROM reglas WHERE lote = ? ORDER BY regla", lotes[0][:1]).fetchall()
            if lotes
            else []
        )
    periodo = lotes[0][1] if lotes else ""
    cita = _cita(lotes)
    leame = list(_leame(lotes, reglas, cita, huella))
    texto = "\r\n".join(f"{asunto}: {dicho}" if asunto else dicho for asunto, dicho in leame) + "\r\n"
    todas = [("para-leer", vistas), ("tablas", tablas)]
    archivos = {
        "datos.xlsx": a_xlsx(TITULO, [*leame, *((h.titulo, VISTAS[h.nombre].descripcion) for h in vistas)], vistas),
        "datos-csv.zip": empacar(
            [
                ("LEAME.txt", texto.encode("utf-8-sig")),
                *((f"{donde}/{h.nombre}.csv", a_csv(h)) for donde, hojas in todas for h in hojas),
            ]
        ),
        "datos-parquet.zip": empacar(
            [
                ("LEAME.txt", texto.encode("utf-8-sig")),
                *((f"{donde}/{h.nombre}.parquet", a_parquet(h)) for donde, hojas in todas for h in hojas),
            ]
        ),
        "datos.sqlite": base,
    }
    return archivos, periodo, cita


def _esta(con: Any, nombre: str) -> bool:
    return con.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (nombre,)).fetchone() is not None


def _hoja(con: Any, nombre: str, titulo: str) -> "Hoja":
    from .formatos import Hoja  # noqa: PLC0415

    columnas = [(c[1], c[2]) for c in con.execute(f"PRAGMA table_info({nombre})")]
    return Hoja(
        nombre,
        titulo,
        tuple(c for c, _ in columnas),
        tuple(t for _, t in columnas),
        con.execute(f"SELECT * FROM {nombre}").fetchall(),  # noqa: S608  # de nuestra lista
        CUENTAS,
    )


def _cita(lotes: list[Any]) -> str:
    if not lotes:
        return f"{TITULO}. Todavía sin periodos publicados."
    periodos = lotes[0][1] if len(lotes) == 1 else f"{lotes[-1][1]} – {lotes[0][1]}"
    return f"{TITULO}, {periodos}. Publicado el {fecha(max(f[2] for f in lotes))}. Licencia {LICENCIA}."


def _leame(lotes: list[Any], reglas: list[Any], cita: str, huella: str) -> Iterator[tuple[str, str]]:
    yield "Qué es", "Cuentas de grupos. Ningún renglón es una persona y nada de aquí lleva nombre."
    yield "Periodos", "; ".join(f"{f[1]} ({f[0]}), publicado el {fecha(f[2])}" for f in lotes) or "Todavía ninguno."
    yield (
        "Cómo se protegió",
        "Las encuestas no llevan nombre y no se juntan con la lista de asistencia. Las cuentas chicas se esconden y las"
        " demás se cambian un poco al azar, una sola vez, con las reglas de abajo: lo publicado no se recalcula.",
    )
    yield (
        "Lo que no se muestra",
        f"Una cuenta escondida ({NO_SE_MUESTRA}) no es un cero: en la hoja de cálculo se dice con esas palabras; en"
        " CSV y Parquet va vacía.",
    )
    yield (
        "Hasta dónde llega",
        "Son asistencias, no personas distintas: quien vino tres veces cuenta tres. Como cada cuenta"
        " se cambió un poco, las sumas no cuadran exactas y un porcentaje de grupo chico puede variar varios puntos."
        " Quien contestó las encuestas decidió hacerlo: no representa a toda la población.",
    )
    yield "POA", "Las líneas no se suman entre sí: un evento puede contar en varias."
    for explicacion, valor in reglas:
        if explicacion:
            yield "Regla", f"{explicacion.rstrip('.')}: {valor}"
    yield "Cómo citar", cita
    yield "Licencia", f"{LICENCIA}, {LICENCIA_URL}"
    yield "SHA-256 de la base", huella


def _archivo(nombre: str, contenido: bytes) -> Archivo:
    titulo, para_que = _TITULOS[nombre]
    return Archivo(nombre, titulo, para_que, len(contenido), hashlib.sha256(contenido).hexdigest())


def _escribir(ruta: Path, contenido: bytes) -> None:
    with ruta.open("wb") as archivo:
        archivo.write(contenido)
        archivo.flush()
        os.fsync(archivo.fileno())
