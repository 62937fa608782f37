"""Probar una contraseña: la única puerta, para el panel, el campo y el turno de un teléfono. Cuánto: ``intentos.py``.

Un navegador donde alguien entró guarda una galleta firmada: la cuenta, la marca de su contraseña y un número. No
abre sesión: sólo lo hace *conocido*, y con ella nadie se salta la contraseña. Al cambiarla deja de valer.
"""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar, cast

from flask import Flask, Response, after_this_request, current_app, g, request
from itsdangerous import BadData, URLSafeSerializer

from recoleccion.consultas import cuentas
from recoleccion.consultas.cuentas import Cuenta
from recoleccion.errores import ErrorJornada
from recoleccion.fechas import plural
from recoleccion.intentos import SIN_ESPERA, Carril, Intentos, SinLugar

from .contexto import ahora, bd

_EXTENSION = "jornada_intentos"
_CARRILES = "jornada_carriles"
ESPERAN, ESPERAN_CONOCIDOS = 2, 4
"""Cuántas contraseñas se forman detrás de la que se prueba: un extraño ocupa a lo más tres de los ocho hilos."""
DURA = timedelta(days=180)
"""Sin entrar por este tiempo, un navegador deja de ser conocido."""
PASE = timedelta(minutes=15)
"""Lo que sirve el pase que da «jornada entrada»."""
CUENTAS_POR_NAVEGADOR = 6
_Marcas = list[list[str]]
T = TypeVar("T")


def iniciar(app: Flask) -> None:
    app.extensions[_EXTENSION] = Intentos(secrets.token_bytes(16))
    app.extensions[_CARRILES] = {False: Carril(ESPERAN), True: Carril(ESPERAN_CONOCIDOS)}


def autenticar(usuario: str, contrasena: str) -> Cuenta | None:
    """La cuenta, si la contraseña es suya. Quien termine de entrar llama a :func:`recordar`.

    :raises ErrorJornada: ``muchos_intentos``, sin probarla y exista o no la cuenta.
    """
    numero = _conocido(usuario)
    g.fallos_antes = _intentos().fallos(_de_cuenta(usuario), ahora())
    return _probar(f"navegador {numero}" if numero else _de_cuenta(usuario), usuario, contrasena, bool(numero))


def recordar(cuenta: Cuenta) -> None:
    """Este navegador queda conocido: aquí se entró con esa cuenta, con todo y su segundo paso si lo usa."""
    _recordar(cuenta, _conocido(cuenta.usuario) or secrets.token_urlsafe(12))


def intentar(usuario: str, prueba: Callable[[], T | None]) -> T | None:
    """Un intento de lo que no es la contraseña (el número, un código impreso), contado aparte y con el mismo freno.

    Se cuenta por cuenta, o por navegador si es conocido; saber la contraseña no hace conocido a ninguno.

    :raises ErrorJornada: ``muchos_numeros``, sin probar.
    """
    numero = _conocido(usuario)
    quien = f"segundo {numero}" if numero else f"segundo {_de_cuenta(usuario)}"
    return _con_freno(quien, bool(numero), "muchos_numeros", prueba)


def autenticar_en_telefono(telefono: str, usuario: str, contrasena: str) -> Cuenta | None:
    """Lo mismo desde un teléfono dado de alta: es conocido, y sus fallos son de él. :raises ErrorJornada: igual."""
    return _probar(f"teléfono {telefono} {_de_cuenta(usuario)}", usuario, contrasena, True)


def confirmar(cuenta: Cuenta, contrasena: str) -> bool:
    """Si es la contraseña de quien ya está en sesión. :raises ErrorJornada: ``muchos_intentos``."""
    return _probar(f"sesión {cuenta.id}", cuenta.usuario, contrasena, True) is not None


def fallos_antes() -> int:
    """Cuántas equivocadas se probaron hace poco, en navegadores no conocidos, con la cuenta que acaba de entrar."""
    return int(g.get("fallos_antes", 0))


def _probar(quien: str, usuario: str, contrasena: str, conocido: bool) -> Cuenta | None:
    """:raises ErrorJornada: ``muchos_intentos``; ``entrada_ocupada``, que no cuenta como intento."""
    carril = cast(dict[bool, Carril], current_app.extensions[_CARRILES])[conocido]
    try:
        with carril.turno():
            return _con_freno(quien, conocido, "muchos_intentos", lambda: cuentas.autenticar(bd(), usuario, contrasena))
    except SinLugar as error:
        after_this_request(lambda respuesta: _con_espera(respuesta, 5))
        raise ErrorJornada("entrada_ocupada") from error


def _con_freno(quien: str, conocido: bool, codigo: str, prueba: Callable[[], T | None]) -> T | None:
    falta = _intentos().pedir(quien, ahora(), conocido=conocido)
    if falta > SIN_ESPERA:
        segundos = -(-falta // timedelta(seconds=1))
        after_this_request(lambda respuesta: _con_espera(respuesta, segundos))
        raise ErrorJornada(codigo, espera=_en_palabras(segundos))
    hallado = prueba()
    if hallado is not None:
        _intentos().acierto(quien, ahora(), conocido=conocido)
    return hallado


def _de_cuenta(usuario: str) -> str:
    """Nunca más fina que como la base compara usuarios: cambiar mayúsculas no da intentos de más."""
    return f"cuenta {usuario.strip().casefold()}"


def _en_palabras(segundos: int) -> str:
    return plural(segundos, "segundo", "segundos") if segundos < 60 else plural(-(-segundos // 60), "minuto", "minutos")


def _con_espera(respuesta: Response, segundos: int) -> Response:
    respuesta.headers["Retry-After"] = str(segundos)
    return respuesta


# --- El navegador conocido ---------------------------------------------------------------------------------------


def dar_pase(secreto: bytes, cuenta: Cuenta, momento: datetime) -> str:
    """Lo que «jornada entrada» pone en una dirección para que un navegador nuevo entre como conocido."""
    return _firmar(secreto, "pase", [[cuenta.id, cuenta.marca, secrets.token_urlsafe(12)]], momento)


def _firmar(secreto: bytes, para: str, marcas: _Marcas, momento: datetime) -> str:
    return str(_firmante(secreto, para).dumps([int(momento.timestamp()), marcas]))


def _firmante(secreto: bytes, para: str) -> URLSafeSerializer:
    return URLSafeSerializer(secreto, salt=f"jornada/{para}/v1")


def _conocido(usuario: str) -> str | None:
    """El número de este navegador para esa cuenta, si la conoce."""
    for id, marca, numero in [*_de_la_galleta(), *_leer("pase", request.form.get("pase", ""), PASE)]:
        cuenta = cuentas.leer(bd(), id)
        if cuenta and cuenta.marca == marca and _de_cuenta(cuenta.usuario) == _de_cuenta(usuario):
            return numero
    return None


def _de_la_galleta() -> _Marcas:
    return _leer("conocido", request.cookies.get(_galleta(), ""), DURA)


def _leer(para: str, escrito: str, dura: timedelta) -> _Marcas:
    try:
        cuando, marcas = _firmante(_secreto(), para).loads(escrito)
    except BadData:
        return []
    return cast(_Marcas, marcas) if abs(ahora().timestamp() - cuando) < dura.total_seconds() else []


def _recordar(cuenta: Cuenta, numero: str) -> None:
    otras = [marca for marca in _de_la_galleta() if marca[0] != cuenta.id]
    marcas = [[cuenta.id, cuenta.marca, numero], *otras][:CUENTAS_POR_NAVEGADOR]
    escrito = _firmar(_secreto(), "conocido", marcas, ahora())

    @after_this_request
    def _(respuesta: Response) -> Response:
        respuesta.set_cookie(
            _galleta(), escrito, max_age=DURA, httponly=True, samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )  # fmt: skip
        return respuesta


def _galleta() -> str:
    return "__Host-conocido" if current_app.config["SESSION_COOKIE_SECURE"] else "conocido"


def _secreto() -> bytes:
    return cast(bytes, current_app.config["SECRET_KEY"])


def _intentos() -> Intentos:
    return cast(Intentos, current_app.extensions[_EXTENSION])
