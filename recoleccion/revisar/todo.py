"""Toda la revisión, en orden."""

from collections.abc import Iterator
from contextlib import closing

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from ..consultas import ajustes, conexion
from ..errores import ErrorJornada
from ..fechas import fecha_corta, hora_larga, plural
from ..instalacion import Instalacion
from ..respaldos import estado
from . import certificado, copias, equipo, oficina
from .renglon import AVISO, BIEN, MAL, Renglon


def revisar(lugar: Instalacion, cabezas: tuple[str, ...] = ()) -> Iterator[Renglon]:
    """:param cabezas: códigos de la bitácora copiados de hojas impresas."""
    yield from oficina.base(lugar, cabezas)
    yield from equipo.llaves(lugar)
    yield equipo.catalogos(lugar)
    yield equipo.espacio(lugar)
    host, modo = _ajustes(lugar)
    yield from copias.todas(lugar, modo)
    if visto := certificado.revisar(host, modo, lugar.reloj()):
        yield visto
    yield sqlite()


def sqlite() -> Renglon:
    dicho = conexion.advertencia_de_version()
    if dicho:
        return Renglon(AVISO, dicho)
    return Renglon(BIEN, "El SQLite de esta computadora no tiene defectos conocidos.")


def pronto(lugar: Instalacion, db: Database) -> Iterator[Renglon]:
    """Lo que se puede mirar en cada visita, sin recorrer la base ni las fotos; lo demás lo dice la última completa."""
    yield from copias.todas(lugar, ajustes.leer(db, "modo") or "prueba")
    yield completa(lugar)
    yield equipo.espacio(lugar)
    yield from oficina.bitacora_entera(db, ())
    yield oficina.reloj(db, lugar)
    yield equipo.catalogos(lugar)
    yield sqlite()


def completa(lugar: Instalacion) -> Renglon:
    """Cómo salió la última revisión completa, la de ``jornada verificar``."""
    visto = estado.leer(lugar.datos, estado.REVISION)
    hecha = estado.cuando(visto, "en")
    if hecha is None:
        return Renglon(AVISO, "Todavía no se hace una revisión completa.", "Hágala: jornada verificar")
    cuando = f"del {fecha_corta(hecha)}, {hora_larga(hecha)}"
    if visto.get("malos"):
        que = plural(visto["malos"], "cosa mal", "cosas mal")
        return Renglon(MAL, f"La revisión completa {cuando} encontró {que}.", "Vea cuáles con: jornada verificar")
    if lugar.reloj() - hecha > copias.TARDE:
        return Renglon(AVISO, f"La última revisión completa ya es vieja: {cuando}", "Hágala: jornada verificar")
    return Renglon(BIEN, f"La revisión completa {cuando}, no encontró nada mal.")


def _ajustes(lugar: Instalacion) -> tuple[str, str]:
    """La dirección pública y el modo; si la base no se deja leer, ya se dijo."""
    try:
        with closing(conexion.abrir(lugar.privada, solo_lectura=True)) as db:
            return ajustes.leer(db, "host_publico") or "http://", ajustes.leer(db, "modo") or "prueba"
    except (ErrorJornada, sqlite3.Error):
        return "http://", "prueba"
