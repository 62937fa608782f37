"""Levantar una carpeta de datos de un respaldo, de veras o de prueba."""

import shutil
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from pyrage import x25519

from ..consultas import bitacora, conexion, ranuras, respaldo, revision, sesiones
from ..consultas.disco import asegurar_nombres
from ..errores import ErrorJornada
from ..instalacion import Instalacion
from . import archivo, cuaderno, disco, estado

ENLACE, PUBLICOS = "publicos", ("publica.db", "analistas.json")


@dataclass(frozen=True)
class Levantado:
    """Lo que hay que decir de lo que se levantó.

    :ivar hecho_en: cuándo se respaldó (ISO).
    :ivar cabeza: la de la bitácora, como va en el papel; o ``None``.
    :ivar cuaderno_mal: por qué la copia del cuaderno no alcanza para esa base, si es así: es más vieja que ella.
    """

    hecho_en: str
    cabeza: str | None
    cuaderno_mal: str | None


def restaurar(
    origen: Path,
    instalacion: Instalacion,
    identidades: list[x25519.Identity],
    ahora: datetime,
    azar: Random,
    copia_del_cuaderno: bytes | None = None,
    *,
    sin_nombres: bool = False,
    base: Path | None = None,
) -> Levantado:
    """Levanta ``instalacion.datos`` de un respaldo ya comprobado; la carpeta debe estar vacía o no existir.

    La base toma una ``epoca`` nueva: los teléfonos vuelven a ofrecer lo que guardan y nada se pierde ni se duplica. Las
    sesiones que hubiera abiertas entonces se cierran.

    :param copia_del_cuaderno: lo que dice ``nombres.llaves.age``.
    :param base: si se da, ésta en vez de la del respaldo: la que sacó ``litestream restore``, que llega más acá.
    :param sin_nombres: aunque falte; los nombres de ese respaldo no se podrán abrir.
    :raises ErrorJornada: ``respaldo_ilegible``, ``respaldo_de_otra_llave``, ``carpeta_ocupada``, ``falta_cuaderno``, o
        base dañada o más nueva.
    """
    destino = instalacion.datos
    if destino.exists() and (not destino.is_dir() or {ruta.name for ruta in destino.iterdir()} - {ENLACE}):
        raise ErrorJornada("carpeta_ocupada", carpeta=destino)
    destino.parent.mkdir(parents=True, exist_ok=True)
    paso = destino.with_name(f".restaurando-{destino.name}")
    disco.quitar(paso)  # lo que un corte dejó a medias
    try:
        manifiesto = _sacar(origen, identidades, paso)
        hecho_en = str(manifiesto["hecho_en"])
        if copia_del_cuaderno is not None:
            cuaderno.escribir(paso, copia_del_cuaderno)
        elif manifiesto["cuaderno"] and not sin_nombres:
            raise ErrorJornada("falta_cuaderno", archivo=cuaderno.JUNTO)
        if base is not None:
            shutil.copyfile(base, paso / "privada.db")
        conexion.verificar(paso / "privada.db")
        cabeza, cuaderno_mal = _estrenar(paso, hecho_en, ahora, azar)
        estado.anotar(paso, estado.RESTAURADO, en=ahora.isoformat(), de=hecho_en)
        if destino.exists():
            _llevar_lo_publico(destino, paso)
            destino.rmdir()
        paso.rename(destino)
        asegurar_nombres(destino.parent)
    finally:
        disco.quitar(paso)
    return Levantado(hecho_en, cabeza, None if copia_del_cuaderno is None else cuaderno_mal)


def _llevar_lo_publico(destino: Path, paso: Path) -> None:
    """Si ``jornada instalar`` ya puso el enlace a la carpeta de lo publicado, se conserva y eso va ahí."""
    enlace = destino / ENLACE
    if not enlace.is_symlink():
        return
    for nombre in PUBLICOS:
        if (paso / nombre).exists():
            shutil.copyfile(paso / nombre, enlace / nombre)
            (paso / nombre).unlink()
    (paso / ENLACE).symlink_to(enlace.readlink())
    enlace.unlink()


def _estrenar(paso: Path, hecho_en: str, ahora: datetime, azar: Random) -> tuple[str | None, str | None]:
    """Época nueva, ninguna sesión, un renglón en la bitácora. Devuelve su cabeza de antes y si falta cuaderno."""
    with closing(conexion.abrir(paso / "privada.db")) as base:
        with conexion.escritura(base):
            cabeza, cuaderno_mal = bitacora.cabeza(base), ranuras.inservible(base)
            respaldo.nueva_epoca(base, azar)
            sesiones.cerrar_todas(base)
            bitacora.anotar(base, ahora, "consola", "levantar respaldo", "respaldo", f"hecho el {hecho_en}")
        conexion.vaciar_bitacora(base)
    return cabeza.corta if cabeza else None, cuaderno_mal


def comprobar(origen: Path, identidades: list[x25519.Identity], de_paso: Path) -> str:
    """Abre un respaldo con la llave de la hoja y lo revisa entero sin dejar nada. Devuelve cuándo se hizo.

    :raises ErrorJornada: lo que impediría restaurarlo.
    """
    disco.quitar(de_paso)
    try:
        manifiesto = _sacar(origen, identidades, de_paso, solo_la_base=True)
        _revisar(de_paso / "privada.db")
    finally:
        disco.quitar(de_paso)
    return str(manifiesto["hecho_en"])


def ensayar(origen: Path, copia: Path, de_paso: Path, propia: x25519.Identity) -> None:
    """Restaura de prueba lo recién escrito y lo compara con la copia de que salió. Lo demás sólo se lee.

    :raises ErrorJornada: ``respaldo_fallido`` si algo no quedó igual.
    """
    try:
        huellas = _sacar(origen, [propia], de_paso, solo_la_base=True)["archivos"]
        _revisar(de_paso / "privada.db")
    except ErrorJornada as error:
        raise ErrorJornada("respaldo_fallido") from error
    if huellas["privada.db"] != archivo.huella(copia):
        raise ErrorJornada("respaldo_fallido")


def _revisar(ruta: Path) -> None:
    """La base se abre, está entera y es nuestra. Un renglón suelto o una bitácora tocada también se respaldan."""
    with closing(conexion.abrir(ruta, solo_lectura=True)) as base:
        if revision.danos(base, ruta) or revision.esquema(base) == "vacio":
            raise ErrorJornada("base_danada", archivo=ruta.name)


def _sacar(
    origen: Path, identidades: list[x25519.Identity], paso: Path, *, solo_la_base: bool = False
) -> dict[str, Any]:
    """``solo_la_base``: para revisarla. Lo demás se lee y se coteja, y las llaves no se escriben en una memoria USB."""
    paso.mkdir(mode=0o700)

    def donde(nombre: str) -> Path | None:
        return None if solo_la_base and nombre != "privada.db" else paso / nombre

    return archivo.leer(origen, identidades, donde)
