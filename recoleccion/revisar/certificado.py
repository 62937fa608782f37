"""El certificado de HTTPS, visto desde aquí como lo vería un teléfono."""

import socket
import ssl
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from ..fechas import fecha_corta
from .renglon import AVISO, BIEN, MAL, Renglon

POR_VENCER = timedelta(days=14)
ESPERA = 5.0


def revisar(host_publico: str, modo: str, ahora: datetime, contexto: ssl.SSLContext | None = None) -> Renglon | None:
    """``None`` si la dirección pública es de esta computadora: ahí no hay qué revisar.

    :param contexto: con qué autoridades; sin él, las del sistema.
    """
    partes = urlsplit(host_publico if "://" in host_publico else f"https://{host_publico}")
    nombre = partes.hostname or ""
    if partes.scheme != "https":
        if modo != "produccion":
            return None
        return Renglon(MAL, "La dirección pública no es https: lo que se manda se puede leer en el camino.",
                       "Ponga Caddy (docs/INSTALAR.md) y cambie la dirección en «Ajustes».")  # fmt: skip
    try:
        vence = _vence(nombre, partes.port or 443, contexto or ssl.create_default_context())
    except ssl.SSLCertVerificationError as error:
        return Renglon(MAL, f"El certificado de {nombre} no vale: {error.verify_message}.", "Revise Caddy y el reloj.")
    except OSError:
        return Renglon(AVISO, f"No se pudo llegar a https://{nombre} desde aquí.",
                       "Si los teléfonos sí llegan, no pasa nada; si no, revise el internet y Caddy.")  # fmt: skip
    if vence - ahora < POR_VENCER:
        return Renglon(MAL, f"El certificado de {nombre} vence el {fecha_corta(vence)} y no se ha renovado solo.",
                       "Revise que Caddy esté corriendo y que el puerto 80 llegue a esta computadora.")  # fmt: skip
    return Renglon(BIEN, f"El certificado de {nombre} vale hasta el {fecha_corta(vence)}.")


def _vence(nombre: str, puerto: int, contexto: ssl.SSLContext) -> datetime:
    with (
        socket.create_connection((nombre, puerto), timeout=ESPERA) as enchufe,
        contexto.wrap_socket(enchufe, server_hostname=nombre) as seguro,
    ):
        visto = seguro.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(visto["notAfter"])), UTC)
