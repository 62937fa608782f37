"""Regresar de una actualización: la copia que ``conexion.preparar`` hace antes de cambiar el esquema.

Está en ``datos/respaldos/antes-de-mNNN….db``, sin otro sello que el de la base misma: los nombres van en sus sobres.
Sólo hay una, y se borra a los treinta días o cuando se borran nombres.
"""

import shutil
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from ..consultas import conexion, copias, cuaderno_llaves, respaldo
from ..errores import ErrorJornada
from ..instalacion import Instalacion
from .disco import asegurar_nombres, con_ceros
from .disco import quitar as disco_quitar

DURA = timedelta(days=30)


@dataclass(frozen=True)
class Vuelta:
    """:ivar antes_de: la migración que se deshizo. :ivar guardada: carpeta con la base que había y sus fotos."""

    antes_de: str
    guardada: Path


def volver_a_la_anterior(instalacion: Instalacion, ahora: datetime, azar: Random) -> Vuelta:
    """La base de antes de actualizar toma su lugar; la que había se guarda aparte, con las fotos de después.

    Se prepara al lado y entra con un solo cambio de nombre. Nadie debe estar atendiendo. De la de antes sólo se usa
    lo que tienen todas las versiones.

    :raises ErrorJornada: ``no_hay_anterior``; ``base_danada`` si la copia no está entera.
    """
    datos = instalacion.datos
    copia = copias.la_ultima(instalacion.privada)
    if copia is None:
        raise ErrorJornada("no_hay_anterior")
    nueva = datos / "privada.db.volviendo"
    nueva.unlink(missing_ok=True)
    shutil.copyfile(copia, nueva)
    nueva.chmod(0o600)
    copias.comprobar(nueva)
    with closing(conexion.abrir(nueva)) as base:
        respaldo.solo_la_epoca(base, azar)
        con_cuaderno = base["cuaderno"].exists()
        conexion.vaciar_bitacora(base)
    _exigir_sin_uso(instalacion.privada)
    guardada = datos / copias.CARPETA / f"despues-de-{ahora:%Y-%m-%d-%H%M%S}"
    guardada.mkdir(mode=0o700, parents=True)
    shutil.copyfile(instalacion.privada, guardada / "privada.db")
    (guardada / "privada.db").chmod(0o600)
    nueva.replace(instalacion.privada)
    asegurar_nombres(datos)
    _apartar_fotos(instalacion.evidencias, copia.stat().st_mtime, guardada)
    libreta = cuaderno_llaves.lugar(datos)
    if not con_cuaderno and libreta.exists():  # al actualizar otra vez nacerá uno: con éste no se entendería
        libreta.rename(guardada / libreta.name)
    return Vuelta(copia.stem.removeprefix(copias.PREFIJO), guardada)


def _exigir_sin_uso(ruta: Path) -> None:
    """Una bitácora WAL que quedara se aplicaría a la otra base y la dañaría. :raises ErrorJornada: ``base_ocupada``."""
    if not ruta.is_file():
        raise ErrorJornada("no_hay_base", carpeta=ruta.parent)
    with closing(conexion.abrir(ruta)) as base:
        vacia = conexion.vaciar_bitacora(base)
    bitacora = ruta.with_name(f"{ruta.name}-wal")
    if not vacia or (bitacora.exists() and bitacora.stat().st_size):
        raise ErrorJornada("base_ocupada")


def _apartar_fotos(carpeta: Path, desde: float, guardada: Path) -> None:
    """Las que llegaron después de la copia: sin renglón que las nombre, al arrancar se borrarían."""
    for ruta in carpeta.iterdir() if carpeta.is_dir() else ():
        if ruta.stat().st_mtime > desde:
            (guardada / carpeta.name).mkdir(mode=0o700, exist_ok=True)
            ruta.rename(guardada / carpeta.name / ruta.name)


def quitar_vencidas(instalacion: Instalacion, ahora: datetime) -> None:
    """Borra, con ceros encima, la copia de antes de actualizar que ya cumplió :data:`DURA`."""
    copia = copias.la_ultima(instalacion.privada)
    if copia is not None and datetime.fromtimestamp(copia.stat().st_mtime, ahora.tzinfo) < ahora - DURA:
        quitar(instalacion)


def quitar(instalacion: Instalacion) -> None:
    """Al borrar nombres no debe quedar una base de antes con ellos."""
    while (copia := copias.la_ultima(instalacion.privada)) is not None:
        with copia.open("r+b") as archivo:
            con_ceros(archivo)
        copia.unlink()
    for guardada in instalacion.privada.parent.glob(f"{copias.CARPETA}/despues-de-*"):
        disco_quitar(guardada)
