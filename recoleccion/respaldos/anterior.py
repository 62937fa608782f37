"""Regresar de una actualización: la copia que ``conexion.preparar`` hace antes de cambiar el esquema.

Está en ``datos/respaldos/antes-de-mNNN….db``, sin otro sello que el de la base misma: los nombres van en sus sobres.
Sólo hay una, y se borra a los treinta días. Los nombres que se borren mientras no se abren desde ella: su llave estaba
en el cuaderno.
"""

import shutil
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from ..consultas import conexion, copias, cuaderno_llaves, respaldo, sesiones
from ..consultas.disco import asegurar_nombres
from ..errores import ErrorJornada
from ..instalacion import Instalacion
from . import disco

DURA = timedelta(days=30)
DESPUES = "despues-de-"


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
        if base["sesion"].exists():
            sesiones.cerrar_todas(base)  # las que se cerraron desde entonces no vuelven
        conexion.vaciar_bitacora(base)
    _exigir_sin_uso(instalacion.privada)
    guardada = _carpeta_nueva(datos / copias.CARPETA / f"{DESPUES}{ahora:%Y-%m-%d-%H%M%S}")
    shutil.copyfile(instalacion.privada, guardada / "privada.db")
    (guardada / "privada.db").chmod(0o600)
    nueva.replace(instalacion.privada)
    asegurar_nombres(datos)
    _apartar_fotos(instalacion.evidencias, copia.stat().st_mtime, guardada)
    libreta = cuaderno_llaves.lugar(datos)
    if not con_cuaderno and libreta.exists():  # al actualizar otra vez nacerá uno: con éste no se entendería
        libreta.rename(guardada / libreta.name)
    return Vuelta(copia.stem.removeprefix(copias.PREFIJO), guardada)


def _carpeta_nueva(carpeta: Path) -> Path:
    """Esa, o con un número si ya estaba: lo guardado no se pisa."""
    numero, libre = 1, carpeta
    while libre.exists():
        numero += 1
        libre = carpeta.with_name(f"{carpeta.name}-{numero}")
    libre.mkdir(mode=0o700, parents=True)
    return libre


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
    """Borra, con ceros encima, las copias de una actualización que ya cumplieron :data:`DURA`."""
    carpeta = instalacion.datos / copias.CARPETA
    for ruta in (*carpeta.glob(f"{copias.PREFIJO}*.db"), *carpeta.glob(f"{DESPUES}*")):
        if datetime.fromtimestamp(ruta.stat().st_mtime, ahora.tzinfo) > ahora - DURA:
            continue
        if ruta.is_dir():
            disco.quitar(ruta)
            continue
        with ruta.open("r+b") as archivo:
            disco.con_ceros(archivo)
        ruta.unlink()
