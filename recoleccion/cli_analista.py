"""``jornada analista``: quién puede consultar con SQL libre lo publicado."""

from contextlib import closing
from datetime import date
from pathlib import Path
from random import SystemRandom

import click

from publicacion import analistas
from publicacion.errores import ErrorPublicacion

from .consola import Fallo, Grupo, con_datos, decir
from .consultas import bitacora, conexion
from .fechas import fecha_corta, plural
from .instalacion import Instalacion


@click.group(cls=Grupo)
def analista() -> None:
    """Da y quita accesos para consultar con SQL lo ya publicado."""


@analista.command()
@con_datos
@click.argument("nombre", metavar="NOMBRE")
@click.option("--dias", default=analistas.DIAS, show_default=True, metavar="NÚMERO", help="Cuántos días sirve.")
def alta(datos: Path, nombre: str, dias: int) -> None:
    """Da de alta a NOMBRE y muestra su acceso, una sola vez."""
    instalacion = Instalacion(datos)
    conexion.verificar(instalacion.privada)
    try:
        token, nueva = analistas.alta(
            analistas.ruta_de(instalacion.publica), nombre, hoy=_hoy(instalacion), azar=SystemRandom(), dias=dias
        )
    except ErrorPublicacion as error:
        raise Fallo(error.mensaje, error.que_hacer) from error
    _anotar(instalacion, "dar acceso de analista", nueva.nombre)
    decir(f"Alta de {nueva.nombre}. Sirve hasta el {fecha_corta(nueva.vence)}.")
    decir(f"\n  {token}\n")
    decir("Apúntelo ahora: no se vuelve a mostrar. Se escribe en la página de los datos, en «Entrar».")


@analista.command()
@con_datos
@click.argument("nombre", metavar="NOMBRE")
def baja(datos: Path, nombre: str) -> None:
    """Quita el acceso a NOMBRE. Surte efecto en ese momento, aunque tenga una sesión abierta."""
    instalacion = Instalacion(datos)
    conexion.verificar(instalacion.privada)
    try:
        sale = analistas.baja(analistas.ruta_de(instalacion.publica), nombre)
    except ErrorPublicacion as error:
        raise Fallo(error.mensaje, error.que_hacer) from error
    _anotar(instalacion, "quitar acceso de analista", sale.nombre)
    decir(f"Baja de {sale.nombre}. Su acceso ya no sirve.")


@analista.command()
@con_datos
def lista(datos: Path) -> None:
    """Dice quién tiene acceso y hasta cuándo. Los accesos no se guardan: no se pueden mostrar."""
    instalacion = Instalacion(datos)
    try:
        todas = analistas.leer(analistas.ruta_de(instalacion.publica))
    except ErrorPublicacion as error:
        raise Fallo(error.mensaje, error.que_hacer) from error
    for una in todas:
        cuando = "hasta el" if una.vigente(_hoy(instalacion)) else "venció el"
        decir(f"{una.nombre:<30} desde el {fecha_corta(una.alta)}, {cuando} {fecha_corta(una.vence)}")
    decir(plural(len(todas), "analista en la lista", "analistas en la lista") + ".")


def _hoy(instalacion: Instalacion) -> date:
    return instalacion.reloj().date()


def _anotar(instalacion: Instalacion, accion: str, nombre: str) -> None:
    with closing(conexion.abrir(instalacion.privada)) as db:
        bitacora.anotar(db, instalacion.reloj(), "consola", accion, f"analista {nombre}")
