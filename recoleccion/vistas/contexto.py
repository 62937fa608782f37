"""Lo que una vista toma de la petición en curso: la base, la instalación, la hora y el azar."""

from datetime import datetime
from random import Random
from typing import cast

from flask import Flask, current_app, g
from sqlite_utils import Database

from recoleccion import reglas
from recoleccion.consultas import conexion
from recoleccion.instalacion import Instalacion

_EXTENSION = "jornada"
_EXTENSION_AZAR = "jornada_azar"


def iniciar(app: Flask, instalacion: Instalacion, azar: Random) -> None:
    """Deja la instalación y el azar en la aplicación y cierra la base al terminar cada petición."""
    app.extensions[_EXTENSION] = instalacion
    app.extensions[_EXTENSION_AZAR] = azar
    app.teardown_appcontext(_cerrar_bd)


def instalacion() -> Instalacion:
    """La carpeta de datos que atiende esta aplicación."""
    return cast(Instalacion, current_app.extensions[_EXTENSION])


def bd() -> Database:
    """La base privada: una conexión por petición, abierta la primera vez que se pide."""
    if "bd" not in g:
        g.bd = conexion.abrir(instalacion().privada)
    return cast(Database, g.bd)


def ahora() -> datetime:
    """La hora de la oficina, con zona horaria. Las pruebas la fijan con ``create_app(reloj=...)``."""
    return instalacion().reloj()


def azar() -> Random:
    """La fuente de azar: la del sistema, salvo en pruebas."""
    return cast(Random, current_app.extensions[_EXTENSION_AZAR])


def nuevo_id() -> str:
    """Un UUIDv4: no dice orden ni hora."""
    return reglas.nuevo_id(azar())


def _cerrar_bd(_error: BaseException | None) -> None:
    base = g.pop("bd", None)
    if base is not None:
        base.conn.close()
