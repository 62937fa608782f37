"""Cuánto se acepta de un envío antes de leerlo, y que lo que suba la oficina no toque el disco sin sellar.

Lo común es chico. Quien ya entró al panel puede subir fotos y archivos de rescate: se sabe por la firma de su cookie,
antes de recibir el cuerpo. Lo suyo espera en memoria; waitress lo pondría en un archivo temporal, y una foto dejaría
ahí sus bytes.
"""

import copy
from collections.abc import Callable

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser

COMUN = 2 * 1_048_576
DE_LA_OFICINA = 96 * 1_048_576
"""Más de lo que acepta cualquier página: así quien se pasa lo lee en español, de la aplicación."""


def canal(ajustes: Adjustments, entro: Callable[[str], bool]) -> type[HTTPChannel]:
    """El canal de waitress que reparte los límites.

    :param entro: dado el encabezado ``Cookie``, si trae una sesión de la oficina.
    """
    amplios = copy.copy(ajustes)
    amplios.max_request_body_size = DE_LA_OFICINA

    class Lector(HTTPRequestParser):
        def parse_header(self, header_plus: bytes) -> None:
            super().parse_header(header_plus)
            if self.body_rcv is None or not self.path.startswith("/panel/"):
                return
            if entro(self.headers.get("COOKIE", "")):
                self.adj = amplios
                self.body_rcv.getbuf().overflow = DE_LA_OFICINA

    class Canal(HTTPChannel):
        parser_class = Lector

    return Canal
