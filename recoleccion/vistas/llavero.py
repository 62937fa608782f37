"""La llave de la oficina abierta: sólo en la memoria de este proceso, de una sesión del panel, y se cierra sola.

En la cookie va un número al azar que no dice nada; la llave nunca sale del servidor ni toca el disco. Al reiniciar,
todas quedan cerradas.
"""

import secrets
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from flask import Flask, current_app, session

from recoleccion.sellado import Sello

from .contexto import ahora
from .sesion import cuenta_segura

DURA = timedelta(minutes=15)
"""Sin ver nombres, se cierra."""
_EXTENSION = "jornada_llavero"
_FICHA = "llave"


@dataclass(frozen=True)
class _Abierta:
    sello: Sello
    de_quien: tuple[str, str]
    usada: datetime

    def vale(self, momento: datetime) -> bool:
        return abs(momento - self.usada) < DURA


class Llavero:
    """Las llaves abiertas, por ficha de sesión."""

    def __init__(self) -> None:
        self._abiertas: dict[str, _Abierta] = {}
        self._candado = threading.Lock()

    def guardar(self, sello: Sello, de_quien: tuple[str, str], momento: datetime) -> str:
        """La ficha con que esta sesión la vuelve a pedir."""
        ficha = secrets.token_urlsafe(16)
        with self._candado:
            self._abiertas[ficha] = _Abierta(sello, de_quien, momento)
        return ficha

    def tomar(self, ficha: object, de_quien: tuple[str, str], momento: datetime, *, usar: bool) -> Sello | None:
        """La llave, si es de esta cuenta y no lleva :data:`DURA` sin usarse. ``usar``: cuenta como uso."""
        self.barrer(momento)
        with self._candado:
            abierta = self._abiertas.get(ficha) if isinstance(ficha, str) else None
            if abierta is None or abierta.de_quien != de_quien:
                return None
            if usar:
                self._abiertas[str(ficha)] = _Abierta(abierta.sello, de_quien, momento)
            return abierta.sello

    def quitar(self, ficha: object) -> bool:
        with self._candado:
            return isinstance(ficha, str) and self._abiertas.pop(ficha, None) is not None

    def quitar_de(self, cuenta_id: str | None) -> None:
        """Las de todas las sesiones de una cuenta; sin cuenta, todas."""
        with self._candado:
            self._abiertas = {
                ficha: abierta
                for ficha, abierta in self._abiertas.items()
                if cuenta_id is not None and abierta.de_quien[0] != cuenta_id
            }

    def barrer(self, momento: datetime) -> None:
        """Olvida las que ya se vencieron, aunque nadie las vuelva a pedir."""
        with self._candado:
            for ficha in [ficha for ficha, abierta in self._abiertas.items() if not abierta.vale(momento)]:
                del self._abiertas[ficha]


def iniciar(app: Flask) -> None:
    """Un llavero vacío para esta aplicación, que se revisa en cada petición."""
    app.extensions[_EXTENSION] = Llavero()
    app.before_request(lambda: _llavero().barrer(ahora()))


def abrir(sello: Sello) -> None:
    """Deja la llave abierta para esta sesión; la que hubiera se cierra."""
    cerrar()
    session[_FICHA] = _llavero().guardar(sello, _quien(), ahora())


def cerrar() -> bool:
    """La cierra en esta sesión; si estaba abierta."""
    return _llavero().quitar(session.pop(_FICHA, None))


def cerrar_de(cuenta_id: str) -> None:
    """La cierra en todas las sesiones de esa cuenta."""
    _llavero().quitar_de(cuenta_id)


def el_de_todas() -> Llavero:
    """El llavero entero, para cerrarlas todas cuando la llave cambie."""
    return _llavero()


def sello_abierto() -> Sello | None:
    """La llave para leer nombres ahora, y otros 15 minutos; ``None`` si está cerrada."""
    return _llavero().tomar(session.get(_FICHA), _quien(), ahora(), usar=True)


def esta_abierta() -> bool:
    """Lo mismo, sin que cuente como uso."""
    return _llavero().tomar(session.get(_FICHA), _quien(), ahora(), usar=False) is not None


def _llavero() -> Llavero:
    return cast(Llavero, current_app.extensions[_EXTENSION])


def _quien() -> tuple[str, str]:
    """La cuenta y la marca de su contraseña: al cambiarla, lo abierto deja de valer."""
    cuenta = cuenta_segura()
    return cuenta.id, cuenta.marca
