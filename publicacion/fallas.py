"""Lo que Datasette no entiende de una dirección es un error de quien pide (400), en español, y no llena el disco.

Datasette 0.65 contesta 500 y anota el rastro entero cuando un filtro está mal escrito: cualquiera podría llenar el
disco a punta de direcciones inventadas.
"""

import time
import traceback
from collections.abc import Callable
from typing import Any

from datasette import Response
from datasette.utils.asgi import Base400, Request
from datasette.views.base import DatasetteError

POR_HORA = 60
"""Rastros que se anotan por hora."""


class Rastros:
    """Toma el lugar de ``traceback`` donde se anotan las fallas: igual, pero cuando más :data:`POR_HORA` por hora."""

    def __init__(self, reloj: Callable[[], float] = time.monotonic) -> None:
        self._reloj = reloj
        self._hora = -1
        self._van = 0

    def print_exc(self) -> None:
        hora = int(self._reloj() // 3600)
        if hora != self._hora:
            self._hora, self._van = hora, 0
        self._van += 1
        if self._van <= POR_HORA:
            traceback.print_exc()


RASTROS = Rastros()


async def contestar(datasette: Any, request: Request, exception: Exception) -> Response | None:
    """Nuestra página para lo que Datasette daría en inglés o como falla suya; ``None`` si la suya está bien."""
    if isinstance(exception, Base400):
        return None
    if isinstance(exception, DatasetteError):
        if exception.title == "SQL Interrupted":
            return await _pagina(datasette, request, "La consulta tardó demasiado y se detuvo. Ponga un filtro.")
        if exception.status != 500:
            return None
    elif not _es_de_datasette(datasette, request):
        return None
    return await _pagina(datasette, request, "La dirección pide algo que no existe, o está mal escrita.")


def _es_de_datasette(datasette: Any, request: Request) -> bool:
    """Una tabla, un renglón o una base: lo único que pudo fallar es lo que dice la dirección."""
    primera = request.path.split("/")[1].partition(".")[0]
    return any(base.route == primera for base in datasette.databases.values())


async def _pagina(datasette: Any, request: Request, frase: str) -> Response:
    if request.path.endswith(".json"):
        return Response.json({"ok": False, "error": frase, "status": 400, "title": None}, status=400)
    contexto = {"status": 400, "error": frase, "title": None}
    return Response.html(await datasette.render_template("error.html", contexto, request=request), status=400)
