"""El portal servido de verdad, y cómo se le pide."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

from publicacion import lanzar
from tests.ataques.vivo import Respuesta
from tests.datasette_vivo import encendido
from tests.navegador.procesos import puerto_libre


@contextmanager
def portal(publica: Path, carpeta: Path) -> Iterator[int]:
    """El puerto en que atiende. Lo que diga el proceso queda en ``carpeta``."""
    with encendido(lanzar.orden(publica, puerto_libre()), carpeta) as puerto:
        yield puerto


def pedir(puerto: int, ruta: str) -> Respuesta:
    """Tal cual se pide: sin seguir redirecciones ni componer la ruta."""
    with closing(HTTPConnection("127.0.0.1", puerto, timeout=20)) as con:
        con.request("GET", ruta)
        r = con.getresponse()
        return Respuesta(r.status, r.getheader("content-type", ""), r.read())
