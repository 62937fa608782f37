"""El elenco de las pruebas: la hora en que ocurren, la contraseña de todas las cuentas y una plática."""

import re
from datetime import datetime, timedelta
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient

from recoleccion.instalacion import ZONA_HORARIA
from recoleccion.vistas import aluvion
from recoleccion.vistas.regreso import trae_ficha

HORA = datetime(2026, 11, 25, 17, 5, tzinfo=ZONA_HORARIA)
"""El momento en que ocurren las pruebas: cinco minutos después de que empezó la plática."""
CONTRASENA = "camino nube mesa"


_HOJA = re.compile(r"/(\w{6})/(?:r|n|e/\d+)(?:\?.*)?")


class Cliente(FlaskClient):
    """Lee la respuesta entera y la cierra, como lo haría un servidor; si no, cada archivo estático queda abierto.

    Lo que manda una asistente lleva el sello de una página abierta hace un minuto, si la prueba no pone el suyo; y un
    id, que sin él no hay página. Si se le regresa una página (:mod:`recoleccion.vistas.regreso`), la pide.
    """

    def open(self, *args, buffered: bool = True, **kwargs):
        hoja = _HOJA.fullmatch(args[0]) if args and isinstance(args[0], str) else None
        datos = kwargs.get("data") or {}
        if hoja and kwargs.get("method") == "POST" and isinstance(datos, dict) and "nace" not in datos:
            kwargs["data"] = datos | sellada(self.application, hoja[1], datos.get("id") or str(uuid4()))
        respuesta = super().open(*args, buffered=buffered, **kwargs)
        if hoja and respuesta.status_code == 303 and trae_ficha(respuesta.headers["Location"]):
            return super().open(respuesta.headers["Location"], buffered=buffered)
        return respuesta


def sellada(app: Flask, clave: str, id: str, hace: int = 60) -> dict[str, str]:
    """``id`` y sello, como los de una página abierta hace tantos segundos."""
    de_la_app = aluvion.de(app)
    return {"id": id, "nace": de_la_app.sellos.nacimiento(clave, id, de_la_app.hora() - hace)}


class Reloj:
    """Un reloj que sólo avanza cuando la prueba lo dice."""

    def __init__(self, hora: datetime = HORA) -> None:
        self.hora = hora

    def __call__(self) -> datetime:
        return self.hora

    def avanzar(self, **lapso: float) -> None:
        self.hora += timedelta(**lapso)


def evento_de_prueba(**cambios) -> dict:
    """Los datos de una plática de hoy, como los entrega el formulario del panel."""
    return {
        "titulo": "Violencia digital: cómo cuidarse",
        "tipo": "platica",
        "tema": "digital",
        "fecha": "2026-11-25",
        "hora_inicio": "17:00",
        "hora_fin": "19:00",
        "sede": "Casa de la Cultura",
        "localidad": "valle_de_guadalupe",
        "zona": "cabecera",
        "programa": "prevencion",
        "efemeride": "25n",
        "pide_nombre": True,
        "pide_telefono": True,
        "pide_procedencia": True,
        "autorizacion_escolar": False,
        "lineas": ["M4"],
        "encuestas": ["antes", "despues", "satisfaccion", "reconocer"],
    } | cambios
