"""Quién entró: la sesión de la oficina, para el panel y para la aplicación de campo.

En la cookie (firmada) sólo van el id de la cuenta y la marca de su contraseña; el rol y si sigue activa se leen de la
base en cada petición.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, abort, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.test import create_environ

from recoleccion.consultas import cuentas
from recoleccion.consultas.cuentas import Cuenta

from . import puerta
from .contexto import bd

Vista = Callable[..., ResponseReturnValue]
PUBLICA = "publica"
"""Marca de una vista que cualquiera puede abrir (entrar, por ejemplo)."""


def cuenta_actual() -> Cuenta | None:
    """La cuenta de quien hace la petición, si entró con la contraseña vigente y sigue activa."""
    if "cuenta" not in g:
        id = session.get("cuenta")
        cuenta = cuentas.leer(bd(), id) if isinstance(id, str) else None
        vale = cuenta is not None and cuenta.activa and session.get("marca") == cuenta.marca
        g.cuenta = cuenta if vale else None
    encontrada: Cuenta | None = g.cuenta
    return encontrada


def cuenta_segura() -> Cuenta:
    """La cuenta actual dentro de una vista con :func:`requiere`, donde siempre la hay."""
    cuenta = cuenta_actual()
    if cuenta is None:
        abort(401)
    return cuenta


def iniciar(usuario: str, contrasena: str) -> Cuenta | None:
    """Abre sesión si el usuario y la contraseña son buenos. :raises ErrorJornada: ``muchos_intentos``."""
    cuenta = puerta.autenticar(usuario, contrasena)
    if cuenta is not None:
        abrir(cuenta)
    return cuenta


def abrir(cuenta: Cuenta) -> None:
    """La sesión de quien ya probó quién es. Lo que hubiera en la sesión se olvida."""
    session.clear()
    session["cuenta"], session["marca"] = cuenta.id, cuenta.marca
    g.cuenta = cuenta


def entro(app: Flask, galletas: str) -> bool:
    """¿Trae este encabezado ``Cookie`` una sesión firmada de la oficina? No lee la base: sólo la firma."""
    peticion = app.request_class(create_environ(headers={"Cookie": galletas}))
    abierta = app.session_interface.open_session(app, peticion)
    return abierta is not None and "cuenta" in abierta


def cerrar() -> None:
    """Cierra la sesión de este navegador."""
    session.clear()
    g.pop("cuenta", None)


def requiere(*roles: str) -> Callable[[Vista], Vista]:
    """Sólo deja pasar a cuentas con uno de ``roles``.

    Sin sesión: a la página de entrar (o 401 si quien pregunta es un programa). Con otro rol: una página amable.
    """

    def decorar(vista: Vista) -> Vista:
        @wraps(vista)
        def con_permiso(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            cuenta = cuenta_actual()
            if cuenta is None:
                return _a_entrar()
            if cuenta.rol not in roles:
                return render_template("panel/sin_permiso.html", cuenta=cuenta), 403
            return vista(*args, **kwargs)

        con_permiso.requiere = roles  # type: ignore[attr-defined]
        return con_permiso

    return decorar


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


def _a_entrar() -> ResponseReturnValue:
    if request.path.endswith(".json") or "/api/" in request.path:
        abort(401)
    blueprint = "campo" if request.blueprint == "campo" else "panel"
    destino = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for(f"{blueprint}.entrar", **({"next": destino} if destino else {})), 303)
