"""El marco del tamaño de un teléfono: quién lo puede llevar y qué página puede ir adentro."""

from flask import Response, make_response

from .. import seguridad

_CON_MARCO = f"{seguridad.CSP_PANEL}; frame-src 'self'"
_ENMARCABLE = seguridad.CSP_PANEL.replace("frame-ancestors 'none'", "frame-ancestors 'self'")


def con_marco(pagina: str, estado: int = 200) -> Response:
    """Una página del panel que lleva adentro una vista previa."""
    return _con(pagina, estado, _CON_MARCO)


def enmarcable(pagina: str, estado: int = 200) -> Response:
    """Una vista previa: sólo nuestras páginas la pueden enmarcar."""
    return _con(pagina, estado, _ENMARCABLE)


def _con(pagina: str, estado: int, politica: str) -> Response:
    respuesta = make_response(pagina, estado)
    respuesta.headers["Content-Security-Policy"] = politica
    return respuesta
