"""Las páginas ya hechas de la publicación vigente: entre una publicación y otra no cambian.

Sólo respuestas 200 a quien no trae galletas ni contraseña. La llave incluye la publicación y la dirección entera, así
que una publicación nueva empieza de cero y nadie ve la página de otro.
"""

import gzip
import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property

TOPE = 24 * 1024 * 1024
TOPE_PAGINA = 1024 * 1024
DESDE = 1_000
"""Bytes desde los que se comprime."""
_COMPRIMIBLES = (b"text/", b"application/json", b"image/svg+xml")

Cabeceras = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Pagina:
    """``se_comprime``: si conviene. ``etag``: entre comillas, como va en la cabecera."""

    cabeceras: Cabeceras
    cuerpo: bytes
    se_comprime: bool
    etag: bytes

    @cached_property
    def gzip(self) -> bytes:
        """El cuerpo comprimido; se hace la primera vez que alguien lo pide así."""
        return gzip.compress(self.cuerpo, 6, mtime=0)

    @property
    def peso(self) -> int:
        """Bytes que ocupa, contando lo que ocupará comprimida."""
        return len(self.cuerpo) * (2 if self.se_comprime else 1) + 1_000


def hacer(cabeceras: Cabeceras, cuerpo: bytes) -> Pagina:
    """La página lista para guardarse, sin las cabeceras que dependen de cómo se mande."""
    suyas = [(k, v) for k, v in cabeceras if k.lower() not in (b"content-length", b"transfer-encoding", b"etag")]
    if not any(k.lower() == b"cache-control" for k, _ in suyas):
        suyas.append((b"cache-control", b"no-cache"))  # que pregunte con su etag: casi siempre no ha cambiado
    tipo = next((v for k, v in suyas if k.lower() == b"content-type"), b"")
    conviene = len(cuerpo) >= DESDE and tipo.startswith(_COMPRIMIBLES)
    etag = f'W/"{hashlib.sha256(cuerpo).hexdigest()[:20]}"'.encode()
    return Pagina(suyas, cuerpo, conviene, etag)


class Memoria:
    """Las usadas hace menos, hasta :data:`TOPE` bytes."""

    def __init__(self, tope: int = TOPE) -> None:
        self._tope = tope
        self._peso = 0
        self._entregas = ""
        self._paginas: OrderedDict[tuple[str, ...], Pagina] = OrderedDict()

    def leer(self, entregas: str, llave: tuple[str, ...]) -> Pagina | None:
        self._al_dia(entregas)
        pagina = self._paginas.get(llave)
        if pagina is not None:
            self._paginas.move_to_end(llave)
        return pagina

    def guardar(self, entregas: str, llave: tuple[str, ...], pagina: Pagina) -> None:
        """Si la publicación ya es otra, no se guarda."""
        if entregas != self._entregas or len(pagina.cuerpo) > TOPE_PAGINA:
            return
        if (vieja := self._paginas.pop(llave, None)) is not None:
            self._peso -= vieja.peso
        self._paginas[llave] = pagina
        self._peso += pagina.peso
        while self._peso > self._tope:
            self._peso -= self._paginas.popitem(last=False)[1].peso

    def _al_dia(self, entregas: str) -> None:
        if entregas != self._entregas:
            self._entregas, self._peso = entregas, 0
            self._paginas.clear()
