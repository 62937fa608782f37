"""Respaldar y levantar desde las pruebas, con una hoja de papel que siempre es la misma."""

from datetime import datetime
from pathlib import Path
from random import Random

from sqlite_utils import Database

from recoleccion.instalacion import Instalacion
from recoleccion.respaldos import cuaderno, hacer, levantar, llave, rotacion
from tests.elenco import HORA

HOJA = llave.LlaveDePapel(bytes(range(16)))
SECRETA = llave.identidad(HOJA.identidad)


def respaldar(
    instalacion: Instalacion, carpeta: Path, ahora: datetime = HORA, plan: rotacion.Plan | None = None
) -> hacer.Hecho:
    """Como ``jornada respaldar``, con :data:`HOJA`."""
    if not llave.hay(instalacion.datos):
        llave.guardar(instalacion.datos, HOJA.publica)
    return hacer.respaldar(instalacion, carpeta, ahora, plan)


def levantar_en(archivo: Path, destino: Path, semilla: int = 1, ahora: datetime = HORA) -> Instalacion:
    """Como ``jornada restaurar``, con lo que hay al lado."""
    lugar, junto = Instalacion(destino), archivo.with_name(cuaderno.JUNTO)
    copia = cuaderno.leer(junto, [SECRETA]) if junto.is_file() else None
    levantar.restaurar(archivo, lugar, [SECRETA], ahora, Random(semilla), copia)
    return lugar


def todo_lo_que_dice(base: Database) -> dict[str, list[tuple]]:
    """Cada tabla con todos sus renglones, menos lo que al levantar cambia a propósito."""
    tablas = [fila[0] for fila in base.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    dicho = {tabla: sorted(map(tuple, base.execute(f"SELECT * FROM [{tabla}]")), key=repr) for tabla in tablas}
    dicho["ajuste"] = [fila for fila in dicho["ajuste"] if fila[0] not in ("epoca", "bitacora_cabeza")]
    dicho["bitacora"] = [fila for fila in dicho["bitacora"] if "levantar respaldo" not in fila]
    for cambia in ("sesion", "cuaderno", "sqlite_sequence"):
        dicho.pop(cambia, None)
    return dicho
