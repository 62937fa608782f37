"""Lo que rodea a cada respuesta del portal: cabeceras estrictas, rutas escondidas y rutas que se rechazan."""

from collections.abc import Awaitable, Callable
from typing import Any

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
_NADA = PROPIAS + "no-existe"


def escondida(ruta: str) -> bool:
    """Las páginas ``/-/`` de Datasette cuentan rutas del disco, versiones y ajustes: no están."""
    return ruta.startswith("/-/") and not ruta.startswith(PROPIAS)


def rechazada(ruta: str) -> bool:
    """Rutas con que se puede mandar a otro sitio con apariencia de éste (``/\\otro``, ``//otro/``), o mal escritas."""
    return "\\" in ruta or "%5c" in ruta.lower() or ruta.startswith("//") or not ruta.isascii()


def con_cabeceras(app: App, antes: Callable[[], None]) -> App:
    """Envuelve la aplicación. ``antes`` se llama al empezar cada petición."""

    async def envuelta(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return

        async def enviar(mensaje: dict[str, Any]) -> None:
            if mensaje["type"] == "http.response.start":
                suyas = [(k, v) for k, v in mensaje.get("headers", []) if k.lower() not in CABECERAS]
                mensaje = {**mensaje, "headers": [*suyas, *CABECERAS.items()]}
            await send(mensaje)

        ruta = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1").partition("?")[0]
        if rechazada(ruta):
            await _responder(enviar, 400, "La dirección no es válida.")
            return
        antes()
        if escondida(ruta):
            # Datasette responde su página de «no encontrada», igual que a cualquier otra ruta.
            scope = {**scope, "path": _NADA, "raw_path": _NADA.encode(), "query_string": b""}
        await app(scope, receive, enviar)

    return envuelta


async def _responder(enviar: Any, estado: int, texto: str) -> None:
    tipo = [(b"content-type", b"text/plain; charset=utf-8")]
    await enviar({"type": "http.response.start", "status": estado, "headers": tipo})
    await enviar({"type": "http.response.body", "body": texto.encode()})
