"""Entrar y salir del portal para consultar con SQL: sin JavaScript y sin más galleta que la de quien entra.

La galleta dice quién es y hasta cuándo, firmada por Datasette; en cada petición se mira que siga en la lista. Un guion
manda su token en ``Authorization: Bearer``. El público no entra: ve tablas y preguntas hechas, y nunca recibe galletas.
"""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from datasette import Response
from datasette.utils.asgi import Request
from itsdangerous import BadSignature

from .analistas import Analista, Padron, ruta_de
from .limites import CELDAS_DATOS, CELDAS_PAGINA, FILAS, SEGUNDOS
from .recarga import BasePublica

GALLETA = "jornada_analista"
DURA = 8 * 3600
"""Segundos de una sesión."""
LENTO = 1.0
"""Segundos que tarda en contestarse a un token que no es."""
LENTAS_CUANDO_MAS = 20
"""Respuestas lentas a la vez; a las demás se les dice que esperen. A quien trae un token bueno nunca se le frena."""
_ESPACIO = "jornada-analista"


class Puerta:
    """Quién es quien pide, y cuántas respuestas lentas hay en curso."""

    def __init__(self, datasette: Any, padron: Padron) -> None:
        self._ds = datasette
        self.padron = padron
        self._lentas = 0

    def quien(self, request: Request) -> Analista | None:
        """Por su galleta o por su ``Authorization: Bearer``; ``None`` si no es de la lista o ya venció."""
        esquema, _, token = request.headers.get("authorization", "").partition(" ")
        if esquema.lower() == "bearer":
            return self.padron.por_token(token)
        try:
            id, hasta = self._ds.unsign(request.cookies.get(GALLETA, ""), _ESPACIO)
        except (BadSignature, TypeError, ValueError):
            return None
        return self.padron.por_id(str(id)) if _ahora() < int(hasta) else None

    def firmar(self, analista: Analista) -> str:
        firmada: str = self._ds.sign([analista.id, _ahora() + DURA], _ESPACIO)
        return firmada

    async def frenar(self) -> bool:
        """Aguanta una respuesta a un token malo; ``False`` si ya hay demasiadas aguantando."""
        if self._lentas >= LENTAS_CUANDO_MAS:
            return False
        self._lentas += 1
        try:
            await asyncio.sleep(LENTO)
        finally:
            self._lentas -= 1
        return True


_puertas: dict[int, Puerta] = {}


def puerta(datasette: Any) -> Puerta:
    """La de este Datasette; existe desde que arrancó, con su archivo público."""
    if id(datasette) not in _puertas:
        base = next(b for b in datasette.databases.values() if isinstance(b, BasePublica))
        padron = Padron(ruta_de(Path(str(base.path))), lambda: datetime.now().astimezone().date())
        _puertas[id(datasette)] = Puerta(datasette, padron)
    return _puertas[id(datasette)]


async def actor(datasette: Any, request: Request) -> dict[str, str] | None:
    """Lo que Datasette sabe de quien pide. Los metadatos abren el SQL a quien traiga ``analista``."""
    quien = puerta(datasette).quien(request)
    if quien is None:
        if "authorization" in request.headers:
            await puerta(datasette).frenar()
        return None
    return {"id": quien.id, "name": quien.nombre, "analista": quien.id}


async def entrar(request: Request, datasette: Any) -> Response:
    """``GET``: el formulario. ``POST``: con un token bueno, la galleta; si no, la misma página, despacio."""
    if request.method != "POST":
        return await _pagina(datasette, request, "entrar.html")
    if not _viene_de_aqui(request):
        return await _pagina(datasette, request, "entrar.html", 403, error="Abra esta página y escriba ahí su acceso.")
    escrito = str((await request.post_vars()).get("token", ""))
    analista = puerta(datasette).padron.por_token(escrito)
    if analista is None:
        if not await puerta(datasette).frenar():
            return await _pagina(
                datasette, request, "entrar.html", 429, error="Hay muchos intentos a la vez. Espere un minuto."
            )
        return await _pagina(
            datasette, request, "entrar.html", 403,
            error="Ese acceso no está en la lista, o ya venció. Revíselo, o pida otro a la oficina.",
        )  # fmt: skip
    respuesta = Response.redirect("/consultar", status=303)
    _poner_galleta(respuesta, request, puerta(datasette).firmar(analista), DURA)
    return respuesta


async def salir(request: Request, datasette: Any) -> Response:
    """``GET``: el botón. ``POST``: se borra la galleta."""
    if request.method != "POST":
        return await _pagina(datasette, request, "salir.html")
    if not _viene_de_aqui(request):
        return await _pagina(datasette, request, "salir.html", 403)
    respuesta = Response.redirect("/", status=303)
    _poner_galleta(respuesta, request, "", 0)
    return respuesta


async def consultar(request: Request, datasette: Any) -> Response:
    """Donde se escribe la consulta. Quien no ha entrado va a la puerta."""
    if not request.actor or "analista" not in request.actor:
        return Response.redirect("/entrar", status=303)
    return await _pagina(datasette, request, "consultar.html")


async def _pagina(datasette: Any, request: Request, plantilla: str, estado: int = 200, error: str = "") -> Response:
    contexto = {
        "error": error,
        "base": datasette.get_database().name,
        "segundos": f"{SEGUNDOS:g}",
        "filas": f"{FILAS:,}",
        "celdas_pagina": f"{CELDAS_PAGINA:,}",
        "celdas_datos": f"{CELDAS_DATOS:,}",
    }
    return Response.html(await datasette.render_template(plantilla, contexto, request=request), status=estado)


def _poner_galleta(respuesta: Response, request: Request, valor: str, dura: int) -> None:
    respuesta.set_cookie(
        GALLETA, valor, max_age=dura, secure=request.scheme == "https", httponly=True, samesite="strict"
    )


def _viene_de_aqui(request: Request) -> bool:
    """El formulario es de este portal: lo dice el navegador. Quien no dice nada no es un navegador de hoy."""
    sitio = request.headers.get("sec-fetch-site")
    if sitio is not None:
        return sitio in ("same-origin", "none")
    origen = request.headers.get("origin", "null")
    return origen == "null" or urlsplit(origen).netloc == request.host


def _ahora() -> int:
    return int(datetime.now(UTC).timestamp())
