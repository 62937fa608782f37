"""La puerta de cada petición: con qué publicación se contesta, qué SQL trae y si ya está hecha la página."""

from typing import Any

from datasette.utils.asgi import Request

from .acceso import puerta
from .cabeceras import App, cabecera, responder, ruta_cruda
from .limites import LIBRE, Turnos, de_la_peticion
from .memoria_de_paginas import TOPE_PAGINA, Memoria, Pagina, hacer
from .recarga import ENTREGAS, Entrega, Vigia

_SIN_CUERPO = {"type": "http.response.body", "body": b""}


def con_entrega(app: App, vigia: Vigia, memoria: Memoria | None = None) -> App:
    """Cada petición termina con la publicación con que empezó, y la respuesta dice cuál fue (``x-jornada-entrega``)."""
    guardadas, turnos = memoria or Memoria(), Turnos()

    async def envuelta(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        entregas = vigia.mirar()
        ENTREGAS.set(entregas)
        libre = de_la_peticion(ruta_cruda(scope), scope.get("query_string") or b"")
        LIBRE.set(libre)
        salida = _Salida(scope, send, entregas)
        if scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        if base := _descarga(scope, entregas):
            await salida.mandar(base)
            return
        if libre and puerta(vigia.datasette).quien(Request(scope, receive)):
            await _por_turno(turnos, app, scope, receive, salida.tal_cual)
            return
        if scope["method"] != "GET" or cabecera(scope, b"cookie") or cabecera(scope, b"authorization"):
            await app(scope, receive, salida.tal_cual)
            return
        version = ",".join(e.sha256 for e in entregas.values())
        llave = _llave(scope)
        pagina = guardadas.leer(version, llave)
        if pagina is None:
            pagina = await salida.reunir(app, scope, receive)
            if pagina is None:
                return
            guardadas.guardar(version, llave, pagina)
        await salida.mandar(pagina)

    return envuelta


async def _por_turno(turnos: Turnos, app: App, scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Una consulta libre: espera su turno antes de entrar, y lo deja en cuanto empieza la respuesta, que ya está hecha.

    Quien lee despacio no aparta el lugar de los demás.
    """
    if not await turnos.tomar():
        await responder(send, 503, "Hay muchas consultas a la vez. Intente en unos segundos.", [(b"retry-after", b"5")])
        return
    suyo = True

    async def enviar(mensaje: dict[str, Any]) -> None:
        nonlocal suyo
        if suyo:
            suyo = False
            turnos.dejar()
        await send(mensaje)

    try:
        await app(scope, receive, enviar)
    finally:
        if suyo:
            turnos.dejar()


def _llave(scope: dict[str, Any]) -> tuple[str, ...]:
    """La dirección entera: Datasette escribe el anfitrión en algunas cabeceras."""
    consulta = (scope.get("query_string") or b"").decode("latin-1")
    return scope.get("scheme", ""), cabecera(scope, b"host").decode("latin-1"), ruta_cruda(scope), consulta


def _descarga(scope: dict[str, Any], entregas: dict[str, Entrega]) -> Pagina | None:
    """``/publica.db``, de los bytes de esta publicación: Datasette la leería del disco, que ya puede ser otra."""
    if scope["method"] != "GET":
        return None
    entrega = entregas.get(ruta_cruda(scope).removeprefix("/").removesuffix(".db"))
    if entrega is None or not ruta_cruda(scope).endswith(".db"):
        return None
    nombre = ruta_cruda(scope)[1:].encode()
    cabeceras = [
        (b"content-type", b"application/vnd.sqlite3"),
        (b"content-disposition", b'attachment; filename="' + nombre + b'"'),
        (b"cache-control", b"no-cache"),
    ]
    return Pagina(cabeceras, entrega.contenido, False, f'"{entrega.sha256}"'.encode())


class _Salida:
    """Por donde sale una respuesta, con la publicación a la vista y sin cuerpo si se pidió con HEAD."""

    def __init__(self, scope: dict[str, Any], send: Any, entregas: dict[str, Entrega]) -> None:
        self._send = send
        self._es_head = scope["method"] == "HEAD"
        self._conocida = cabecera(scope, b"if-none-match")
        self._gzip = b"gzip" in cabecera(scope, b"accept-encoding")
        self._marca = [(b"x-jornada-entrega", e.corta.encode()) for e in list(entregas.values())[:1]]

    async def tal_cual(self, mensaje: dict[str, Any]) -> None:
        if mensaje["type"] == "http.response.start":
            mensaje = {**mensaje, "headers": [*map(tuple, mensaje.get("headers", [])), *self._marca]}
        elif self._es_head and mensaje["type"] == "http.response.body":
            mensaje = {**mensaje, "body": b""}
        await self._send(mensaje)

    async def mandar(self, pagina: Pagina) -> None:
        """Una respuesta 200 entera, comprimida si se puede; 304 si quien pide ya la tiene."""
        comunes = [*pagina.cabeceras, (b"etag", pagina.etag), *self._marca]
        if self._conocida and pagina.etag in (e.strip() for e in self._conocida.split(b",")):
            await self._send({"type": "http.response.start", "status": 304, "headers": comunes})
            await self._send(_SIN_CUERPO)
            return
        cuerpo = pagina.cuerpo
        if pagina.se_comprime:
            comunes.append((b"vary", b"Accept-Encoding"))
            if self._gzip:
                cuerpo = pagina.gzip
                comunes.append((b"content-encoding", b"gzip"))
        comunes.append((b"content-length", str(len(cuerpo)).encode()))
        await self._send({"type": "http.response.start", "status": 200, "headers": comunes})
        await self._send(_SIN_CUERPO if self._es_head else {"type": "http.response.body", "body": cuerpo})

    async def reunir(self, app: App, scope: dict[str, Any], receive: Any) -> Pagina | None:
        """La respuesta entera si se puede guardar; si no, la deja pasar tal cual y devuelve ``None``."""
        inicio: dict[str, Any] | None = None
        partes: list[bytes] = []
        peso = 0

        async def recibir(mensaje: dict[str, Any]) -> None:
            nonlocal inicio, peso
            if mensaje["type"] == "http.response.start" and _se_guarda(mensaje):
                inicio = mensaje
                return
            if inicio is None:
                await self.tal_cual(mensaje)
                return
            partes.append(mensaje.get("body", b""))
            peso += len(partes[-1])
            if peso > TOPE_PAGINA:  # no cabe en la memoria: lo juntado sale y lo demás pasa de largo
                await self.tal_cual(inicio)
                inicio = None
                await self.tal_cual({**mensaje, "body": b"".join(partes)})
                partes.clear()

        await app(scope, receive, recibir)
        return hacer([(k, v) for k, v in inicio["headers"]], b"".join(partes)) if inicio else None


def _se_guarda(mensaje: dict[str, Any]) -> bool:
    nombres = {k.lower() for k, _ in mensaje.get("headers", [])}
    return mensaje["status"] == 200 and b"set-cookie" not in nombres
