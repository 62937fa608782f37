"""Quién entró: la sesión de la oficina, para el panel y para la aplicación de campo.

La sesión vive en la base (``consultas/sesiones.py``); en la galleta firmada va su número al azar, que cambia al entrar
y en cada confirmación. El rol y si la cuenta sigue activa se leen en cada petición.

Quien revisa un segundo paso llama a :func:`pendiente` cuando la contraseña fue buena, a :func:`tomar_pendiente` en la
página que pide lo que falta, y a :func:`abrir` cuando lo dieron.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, render_template, request, session
from flask.typing import ResponseReturnValue
from werkzeug.test import create_environ

from recoleccion.consultas import cuentas, sesiones
from recoleccion.consultas.cuentas import Cuenta
from recoleccion.consultas.sesiones import Metodo, Sesion
from recoleccion.errores import ErrorJornada

from . import interrumpido, puerta
from .contexto import ahora, bd
from .navegador import nombrar

Vista = Callable[..., ResponseReturnValue]
PUBLICA = "publica"
"""Marca de una vista que cualquiera puede abrir (entrar, por ejemplo)."""
DURA_PENDIENTE = timedelta(minutes=5)
"""Lo que se espera el segundo paso después de la contraseña."""


def actual() -> Sesion | None:
    """La sesión de este navegador, aunque esté en pausa; la que sirve cuenta como usada."""
    if "sesion" not in g:
        numero = session.get("sesion")
        g.sesion = sesiones.leer(bd(), numero, ahora()) if isinstance(numero, str) else None
        if g.sesion and not g.sesion.en_pausa and not _de_la_vista("de_fondo"):
            _usar(g.sesion)
    encontrada: Sesion | None = g.sesion
    return encontrada


def cuenta_actual() -> Cuenta | None:
    """La cuenta de quien hace la petición, si su sesión sirve. En pausa, sólo para lo que late solo."""
    encontrada = actual()
    vale = encontrada and (not encontrada.en_pausa or _de_la_vista("en_pausa"))
    return encontrada.cuenta if encontrada and vale else None


def cuenta_segura() -> Cuenta:
    """La cuenta actual dentro de una vista con :func:`requiere`, donde siempre la hay."""
    cuenta = cuenta_actual()
    if cuenta is None:
        abort(401)
    return cuenta


def abrir(cuenta: Cuenta, metodo: Metodo = "contrasena") -> None:
    """La sesión de quien ya probó quién es. Lo que hubiera en este navegador se olvida y se cierra."""
    cerrar()
    numero = sesiones.abrir(bd(), cuenta, metodo, nombrar(request.user_agent.string), ahora())
    session["sesion"], session["cuenta"] = numero, cuenta.id
    puerta.recordar(cuenta)


def cerrar() -> None:
    """Cierra la sesión de este navegador."""
    numero = session.get("sesion")
    abierta = sesiones.leer(bd(), numero, ahora()) if isinstance(numero, str) else None
    if abierta is not None:
        sesiones.cerrar(bd(), abierta.id)
    session.clear()
    g.pop("sesion", None)


def confirmar(metodo: Metodo) -> None:
    """Quien tiene la sesión probó otra vez que es ella: sale de la pausa y vale cinco minutos para lo delicado."""
    abierta = actual()
    if abierta is None:
        abort(401)
    session["sesion"] = sesiones.confirmar(bd(), abierta, metodo, ahora())
    g.pop("sesion", None)


def confirmada() -> bool:
    """Si quien tiene la sesión probó hace menos de cinco minutos que es ella."""
    abierta = actual()
    return abierta is not None and not abierta.en_pausa and abierta.confirmada(ahora())


# --- La contraseña fue buena y falta el segundo paso ----------------------------------------------------------------


def pendiente(cuenta: Cuenta) -> None:
    """Deja dicho en la galleta que su contraseña fue buena. No abre nada; a los cinco minutos se olvida."""
    cerrar()
    session["pendiente"] = [cuenta.id, cuenta.marca, ahora().isoformat()]


def tomar_pendiente() -> Cuenta | None:
    """De quién falta el segundo paso. Se puede volver a pedir hasta que :func:`abrir` la abra o pasen cinco minutos."""
    dicho = session.get("pendiente")
    if not isinstance(dicho, list) or len(dicho) != 3:
        return None
    id, marca, desde = dicho
    cuenta = cuentas.leer(bd(), id)
    vale = cuenta and cuenta.activa and cuenta.marca == marca
    return cuenta if vale and abs(ahora() - datetime.fromisoformat(desde)) < DURA_PENDIENTE else None


def entro(app: Flask, galletas: str) -> bool:
    """¿Trae este encabezado ``Cookie`` una sesión firmada de la oficina? No lee la base: sólo la firma."""
    peticion = app.request_class(create_environ(headers={"Cookie": galletas}))
    abierta = app.session_interface.open_session(app, peticion)
    return abierta is not None and "sesion" in abierta


# --- Quién puede abrir qué -----------------------------------------------------------------------------------------


def requiere(*roles: str) -> Callable[[Vista], Vista]:
    """Sólo deja pasar a cuentas con uno de ``roles``.

    Sin sesión: a la página de entrar (o 401 si quien pregunta es un programa), llevando lo que se mandaba. Con otro
    rol: una página amable.
    """

    def decorar(vista: Vista) -> Vista:
        @wraps(vista)
        def con_permiso(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            if (antes := interrumpido.retomar()) is not None:
                return antes
            cuenta = cuenta_actual()
            if cuenta is None:
                return interrumpido.a_entrar()
            if cuenta.rol not in roles:
                return render_template("panel/sin_permiso.html", cuenta=cuenta), 403
            return vista(*args, **kwargs)

        con_permiso.requiere = roles  # type: ignore[attr-defined]
        return con_permiso

    return decorar


def confirma(vista: Vista) -> Vista:
    """Antes de lo delicado pide otra vez probar quién es, y sigue con lo que se mandó. Va debajo de ``@requiere``.

    Ver la página (GET) no lo pide.
    """

    @wraps(vista)
    def con_confirmacion(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        if request.method in ("GET", "HEAD", "OPTIONS") or confirmada():
            return vista(*args, **kwargs)
        return interrumpido.a_confirmar()

    con_confirmacion.confirma = True  # type: ignore[attr-defined]
    return con_confirmacion


def de_fondo(vista: Vista) -> Vista:
    """Lo que la página pide sola cada tanto: no cuenta como uso de la sesión."""
    vista.de_fondo = True  # type: ignore[attr-defined]
    return vista


def tambien_en_pausa(vista: Vista) -> Vista:
    """Además se contesta con la sesión en pausa. Sólo para cuentas que ya están a la vista, nunca nombres."""
    vista.en_pausa = True  # type: ignore[attr-defined]
    return de_fondo(vista)


def publica(vista: Vista) -> Vista:
    """Declara que una vista se abre sin sesión: así se distingue de una a la que se le olvidó el permiso."""
    vista.requiere = (PUBLICA,)  # type: ignore[attr-defined]
    return vista


def destino_local(destino: str | None) -> str | None:
    """La dirección a la que se quería ir, sólo si es de este sitio y de la oficina; si no, ``None``."""
    if not destino or "\\" in destino or any(ord(c) < 33 for c in destino):
        return None
    try:
        partes = urlsplit(destino)
    except ValueError:
        return None
    de_aqui = not partes.scheme and not partes.netloc and destino.startswith(("/panel/", "/campo/"))
    return destino if de_aqui else None


def _de_la_vista(marca: str) -> bool:
    return bool(getattr(current_app.view_functions.get(request.endpoint or ""), marca, False))


def _usar(abierta: Sesion) -> None:
    try:
        sesiones.usar(bd(), abierta, ahora())
    except ErrorJornada:  # con el disco lleno las páginas se siguen viendo
        current_app.logger.warning("no se pudo anotar el uso de una sesión")
