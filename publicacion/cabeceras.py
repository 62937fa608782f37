"""Lo que rodea a cada respuesta del portal: cabeceras estrictas, rutas escondidas y peticiones que se rechazan."""

import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote

from .fallas import RASTROS

App = Callable[[dict[str, Any], Any, Any], Awaitable[None]]

# Sin scripts: ninguna página los necesita. Los estilos salen de un solo archivo nuestro.
CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
CABECERAS: dict[bytes, bytes] = {
    b"content-security-policy": CSP.encode(),
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=()",
    b"cross-origin-opener-policy": b"same-origin",
    b"x-robots-tag": b"noindex, nofollow",
}
PROPIAS = "/-/jornada/"
RECIBEN = frozenset({"/entrar", "/salir"})
"""Las únicas que aceptan POST."""
CUERPO_CUANDO_MAS = 4_096
RUTA_CUANDO_MAS, CONSULTA_CUANDO_MAS = 2_000, 24_000
_NADA = PROPIAS + "no-existe"
_MAL_ESCRITA = re.compile(r"[\x00-\x20\x7f\\]")


def escondida(ruta: str) -> bool:
    """Las páginas ``/-/`` de Datasette cuentan rutas del disco y ajustes: no están. Su otra base, tampoco."""
    primera = ruta.split("/")[1] if ruta.startswith("/") else ""
    return primera in ("-", ":memory:", "_memory") and not ruta.startswith(PROPIAS)


def rechazada(ruta: str) -> bool:
    """Rutas con que se puede mandar a otro sitio con apariencia de éste (``/\\otro``, ``//otro/``), o mal escritas.

    Se mira también lo que dicen al quitarles el ``%``, las veces que haga falta: ``%252F`` es una diagonal.
    """
    if not ruta.startswith("/") or len(ruta) > RUTA_CUANDO_MAS or not ruta.isascii():
        return True
    for _ in range(4):
        if _MAL_ESCRITA.search(ruta) or "//" in ruta or {".", ".."} & set(ruta.split("/")):
            return True
        clara = unquote(ruta, errors="replace")
        if clara == ruta:
            return False
        if clara.count("/") != ruta.count("/"):
            return True
        ruta = clara
    return True


def con_cabeceras(app: App, *, buscadores: bool = False) -> App:
    """Envuelve la aplicación: rechaza lo que no se atiende y pone las cabeceras a todo lo que sale.

    ``buscadores``: la oficina decidió que Google y los demás sí lo muestren.
    """
    fijas = [(k, v) for k, v in CABECERAS.items() if not (buscadores and k == b"x-robots-tag")]

    async def envuelta(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
            return
        if scope["type"] != "http":
            await app(scope, receive, send)
            return

        empezo = False

        async def enviar(mensaje: dict[str, Any]) -> None:
            nonlocal empezo
            if mensaje["type"] == "http.response.start":
                empezo = True
                suyas = [(k, v) for k, v in mensaje.get("headers", []) if k.lower() not in CABECERAS]
                mensaje = {**mensaje, "headers": [*suyas, *fijas]}
            await send(mensaje)

        ruta = ruta_cruda(scope)
        if rechazada(ruta) or len(scope.get("query_string") or b"") > CONSULTA_CUANDO_MAS:
            await responder(enviar, 400, "La dirección no es válida.")
            return
        permitidos = ["GET", "HEAD", "OPTIONS", *(["POST"] if ruta in RECIBEN else [])]
        metodo = scope["method"]
        if metodo not in permitidos or metodo == "OPTIONS":
            estado = 204 if metodo == "OPTIONS" else 405
            cuerpo = "" if metodo == "OPTIONS" else "Aquí sólo se puede leer."
            await responder(enviar, estado, cuerpo, [(b"allow", ", ".join(permitidos).encode())])
            return
        if metodo == "POST" and not _cabe(scope):
            await responder(enviar, 413, "Lo que mandó es demasiado grande.")
            return
        if escondida(ruta):
            # Datasette responde su página de «no encontrada», igual que a cualquier otra ruta.
            scope = {**scope, "path": _NADA, "raw_path": _NADA.encode(), "query_string": b""}
        try:
            await app(scope, receive, enviar)
        except Exception:
            if empezo:
                raise
            RASTROS.print_exc()  # a la bitácora del proceso; a quien pidió, sólo que falló
            await responder(enviar, 500, "Algo falló de nuestro lado. Vuelva a intentar en un minuto.")

    return envuelta


def ruta_cruda(scope: dict[str, Any]) -> str:
    """La ruta tal como llegó, sin la consulta."""
    return (scope.get("raw_path") or scope["path"].encode()).decode("latin-1").partition("?")[0]


def cabecera(scope: dict[str, Any], nombre: bytes) -> bytes:
    return next((v for k, v in scope.get("headers") or [] if k.lower() == nombre), b"")


def _cabe(scope: dict[str, Any]) -> bool:
    """El cuerpo dice cuánto mide y cabe. Un navegador siempre lo dice."""
    largo = cabecera(scope, b"content-length")
    return largo.isdigit() and int(largo) <= CUERPO_CUANDO_MAS and not cabecera(scope, b"transfer-encoding")


async def responder(enviar: Any, estado: int, texto: str, mas: list[tuple[bytes, bytes]] | None = None) -> None:
    tipo = [(b"content-type", b"text/plain; charset=utf-8"), *(mas or [])]
    await enviar({"type": "http.response.start", "status": estado, "headers": tipo})
    await enviar({"type": "http.response.body", "body": texto.encode()})
