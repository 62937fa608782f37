"""El elenco de las pruebas: la hora en que ocurren, la contraseña de todas las cuentas y una plática."""

from datetime import datetime, timedelta

from flask.testing import FlaskClient

from recoleccion.instalacion import ZONA_HORARIA

HORA = datetime(2026, 11, 25, 17, 5, tzinfo=ZONA_HORARIA)
"""El momento en que ocurren las pruebas: cinco minutos después de que empezó la plática."""
CONTRASENA = "camino nube mesa"


class Cliente(FlaskClient):
    """Lee la respuesta entera y la cierra, como lo haría un servidor; si no, cada archivo estático queda abierto."""

    def open(self, *args, buffered: bool = True, **kwargs):
        return super().open(*args, buffered=buffered, **kwargs)


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
