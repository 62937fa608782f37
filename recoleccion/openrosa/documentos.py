"""Los documentos que se contestan: la lista de formularios, el manifiesto y la respuesta a un envío.

Fuente: docs.getodk.org/openrosa-form-list (``xforms``, ``manifest``) y /openrosa-http (``OpenRosaResponse``).
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterable

from .formas import Forma

CABECERAS = {"X-OpenRosa-Version": "1.0", "Content-Language": "es"}


def lista(formas: Iterable[tuple[Forma, str]]) -> bytes:
    """:param formas: cada una con la dirección completa de donde se baja. Ninguna usa más archivos: sin manifiesto."""
    raiz = ET.Element("xforms", xmlns="http://openrosa.org/xforms/xformsList")
    for forma, direccion in formas:
        xform = ET.SubElement(raiz, "xform")
        for nombre, texto in (
            ("formID", forma.id),
            ("name", forma.titulo),
            ("version", forma.version),
            ("hash", forma.huella),
            ("downloadUrl", direccion),
        ):
            ET.SubElement(xform, nombre).text = texto
    return _bytes(raiz)


def manifiesto() -> bytes:
    """Vacío: las listas de opciones van dentro de cada formulario y aquí no hay imágenes ni audios."""
    return _bytes(ET.Element("manifest", xmlns="http://openrosa.org/xforms/xformsManifest"))


def respuesta(mensaje: str, clase: str) -> bytes:
    """:param clase: ``submit_success``, ``submit_pending`` o ``submit_error``; la aplicación junta las iguales."""
    raiz = ET.Element("OpenRosaResponse", xmlns="http://openrosa.org/http/response")
    ET.SubElement(raiz, "message", nature=clase).text = mensaje
    return _bytes(raiz)


def _bytes(raiz: ET.Element) -> bytes:
    documento: bytes = ET.tostring(raiz, encoding="utf-8", xml_declaration=True)
    return documento
