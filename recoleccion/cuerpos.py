"""Cuánto se acepta de un envío antes de leerlo, y que lo que suba la oficina no toque el disco sin sellar.

Lo común es chico, y el formulario de una asistente todavía más: nadie ocupa la memoria con cuerpos enormes. Quien ya
entró al panel puede subir fotos y archivos de rescate: se sabe por la firma de su cookie, antes de recibir el cuerpo.
Lo suyo espera en memoria; waitress lo pondría en un archivo temporal, y una foto dejaría ahí sus bytes.
"""

import copy
from collections.abc import Callable, Sequence

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.task import ErrorTask

COMUN = 2 * 1_048_576
DE_LA_OFICINA = 96 * 1_048_576
"""Más de lo que acepta cualquier página: así quien se pasa lo lee en español, de la aplicación."""

DE_TELEFONOS = ("/panel/", "/api/", "/campo/", "/openrosa/")
"""Donde la oficina y sus teléfonos mandan; lo demás son formularios de asistentes."""
_FALLAS = {
    400: "No entendimos lo que llegó.",
    413: "Lo que mandó es demasiado grande. Envíelo en partes más chicas.",
    431: "Lo que mandó es demasiado grande.",
    500: "Algo falló de nuestro lado. Inténtelo otra vez: no se va a duplicar.",
    501: "Aquí no se usa eso.",
}
"""Lo que contesta el servidor sin llegar a la aplicación: una frase que no dice con qué está hecho."""


def canal(
    ajustes: Adjustments, entro: Callable[[str], bool], *, formulario: int, cabeceras: Sequence[tuple[str, str]]
) -> type[HTTPChannel]:
    """El canal de waitress que reparte los límites y pone cabeceras también a los errores que él contesta.

    :param entro: dado el encabezado ``Cookie``, si trae una sesión de la oficina.
    :param formulario: bytes que se aceptan de una asistente.
    """
    amplios, chicos = copy.copy(ajustes), copy.copy(ajustes)
    amplios.max_request_body_size = DE_LA_OFICINA
    chicos.max_request_body_size = formulario + 1  # waitress rechaza el que mide justo eso

    class Lector(HTTPRequestParser):
        def parse_header(self, header_plus: bytes) -> None:
            super().parse_header(header_plus)
            if self.body_rcv is None:
                return
            if not self.path.startswith(DE_TELEFONOS):
                self.adj = chicos
            elif self.path.startswith("/panel/") and entro(self.headers.get("COOKIE", "")):
                self.adj = amplios
                self.body_rcv.getbuf().overflow = DE_LA_OFICINA

    class Falla(ErrorTask):
        def execute(self) -> None:
            error = self.request.error
            cuerpo = f"{_FALLAS.get(error.code, _FALLAS[500])}\n".encode()
            self.status = f"{error.code} {error.reason}"
            self.response_headers += [*cabeceras, ("Content-Type", "text/plain; charset=utf-8")]
            self.set_close_on_finish()
            self.content_length = len(cuerpo)
            self.write(cuerpo)

    class Canal(HTTPChannel):
        parser_class = Lector
        error_task_class = Falla

    return Canal
