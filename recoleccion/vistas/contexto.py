"""Lo que una vista toma de la petición en curso: la base, la instalación, la hora y el azar."""

from datetime import datetime
from random import Random
from typing import cast

from flask import Flask, current_app, g
from sqlite_utils import Database

from recoleccion import reglas
from recoleccion.consultas import conexion
from recoleccion.instalacion import Instalacion

from .publicador import Publicador

_EXTENSION = "jornada"
_EXTENSION_AZAR = "jornada_azar"
_EXTENSION_PUBLICADOR = "jornada_publicador"


def iniciar(app: Flask, instalacion: Instalacion, azar: Random, publicador: Publicador | None) -> None:
    """Deja en la aplicación lo que dura lo que ella, y cierra la base al terminar cada petición."""
    app.extensions[_EXTENSION] = instalacion
    app.extensions[_EXTENSION_AZAR] = azar
    app.extensions[_EXTENSION_PUBLICADOR] = publicador
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


def publicador() -> Publicador | None:
    """Con quién publica el panel, si se atiende con «jornada servir»."""
    return cast("Publicador | None", current_app.extensions[_EXTENSION_PUBLICADOR])


def nuevo_id() -> str:
    """Un UUIDv4: no dice orden ni hora."""
    return reglas.nuevo_id(azar())


def _cerrar_bd(_error: BaseException | None) -> None:
    base = g.pop("bd", None)
    if base is not None:
        base.conn.close()
