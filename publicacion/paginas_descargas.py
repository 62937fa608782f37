"""``/descargas`` y ``/descargas/<archivo>``: lo que salió del archivo que se está sirviendo, y de ningún otro."""

from pathlib import Path
from typing import Any

from datasette import Response
from datasette.utils import format_bytes
from datasette.utils.asgi import NotFound, Request

from .descargas import LARGO, TIPOS, Indice, carpeta_de, indice
from .recarga import BasePublica


def de_la_entrega(datasette: Any) -> tuple[Indice | None, Path]:
    """El índice de las descargas de la publicación en servicio (``None`` si faltan) y su carpeta."""
    base = datasette.get_database()
    if not isinstance(base, BasePublica):
        return None, Path()
    carpeta, huella = carpeta_de(Path(str(base.path))), base.entrega.sha256
    return indice(carpeta, huella), carpeta / huella[:LARGO]


async def pagina(request: Request, datasette: Any) -> Response:
    """La lista, con tamaños y SHA-256."""
    hallado, _ = de_la_entrega(datasette)
    contexto = {"descargas": hallado, "medida": format_bytes, "base": datasette.get_database().name}
    return Response.html(await datasette.render_template("descargas.html", contexto, request=request))


async def archivo(request: Request, datasette: Any) -> Response:
    """Un archivo de la lista. :raises NotFound: si no está en ella."""
    nombre = request.url_vars["archivo"]
    hallado, carpeta = de_la_entrega(datasette)
    dicho = next((a for a in hallado.archivos if a.nombre == nombre), None) if hallado else None
    if dicho is None:
        raise NotFound("Esa descarga no está")
    try:
        contenido = (carpeta / dicho.nombre).read_bytes()
    except OSError:
        raise NotFound("Esa descarga no está") from None
    return Response(
        contenido,
        headers={
            "content-disposition": f'attachment; filename="{dicho.nombre}"',
            "etag": f'"{dicho.sha256}"',
            "cache-control": "no-cache",
        },
        content_type=TIPOS.get(dicho.nombre, "application/octet-stream"),
    )
