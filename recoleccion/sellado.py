"""Sobres cerrados (HPKE, RFC 9180: base, P-256, HKDF-SHA256, AES-256-GCM) y la firma de quien los manda (ECDSA).

El teléfono sella cada registro para la llave del servidor (``static/js/sellado.js``, mismo formato) y el
servidor sella cada contestación para la urna. El contenido se rellena a pasos de 1 KiB para que el tamaño no
diga qué es. Un sobre lo puede hacer cualquiera que tenga la llave pública; la firma dice qué teléfono lo hizo.

Nombre y teléfono van en un segundo sobre, para la llave de la oficina: el servidor lo guarda y no lo puede abrir.
Lo mismo cada foto de evidencia.
"""

import base64
import binascii
import json
from contextlib import suppress
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

INFO_REGISTRO = b"jornada/registro/v1"
INFO_URNA = b"jornada/urna/v1"
INFO_IDENTIDAD = b"jornada/identidad/v1"
INFO_EVIDENCIA = b"jornada/evidencia/v1"
FIRMA = "jornada/firma/v1"
PASO = 1024
PASO_IDENTIDAD = 256
"""A qué múltiplo se rellena un nombre con su teléfono: casi todos quedan del mismo tamaño."""
PASO_EVIDENCIA = 16_384
"""Lo mismo para una foto: su tamaño no dice cuál es."""
LARGO_FIRMA = 64
"""Bytes de una firma: r y s, de 32 cada uno, como los da WebCrypto (IEEE P1363)."""


_SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


_A_COMUN = bytes.maketrans(b"-_+/=", b"+/***")
"""De base64 url a base64; lo que sólo es de éste deja de ser letra."""
_ULTIMA = {1: "", 2: "AQgw", 3: "AEIMQUYcgkosw048"}
"""Con qué letra puede acabar según las que sobren de cuatro en cuatro: los bits que no se usan van en cero."""


class SobreIlegible(ValueError):
    """El sobre no es de esta llave, viene cortado o fue alterado."""


def b64(datos: bytes) -> str:
    """Base64 url sin relleno (RFC 4648, sección 5)."""
    return base64.urlsafe_b64encode(datos).rstrip(b"=").decode("ascii")


def de_b64(texto: str) -> bytes:
    """Inverso de :func:`b64`. :raises ValueError: si no es base64 url canónica."""
    sobran = len(texto) % 4
    if sobran and texto[-1] not in _ULTIMA[sobran]:
        raise ValueError("base64 url no canónica")
    letras = texto.encode("ascii").translate(_A_COMUN)
    return binascii.a2b_base64(letras + b"=" * (-sobran % 4), strict_mode=True)


def rellenar(datos: bytes, paso: int = PASO) -> bytes:
    """Cuatro bytes con la longitud, los datos y ceros hasta un múltiplo de ``paso``."""
    con_longitud = len(datos).to_bytes(4, "big") + datos
    return con_longitud + bytes(-len(con_longitud) % paso)


def quitar_relleno(relleno: bytes) -> bytes:
    """Inverso de :func:`rellenar`. :raises SobreIlegible: si la longitud no cabe."""
    longitud = int.from_bytes(relleno[:4], "big")
    if len(relleno) < 4 or longitud > len(relleno) - 4:
        raise SobreIlegible("relleno inválido")
    return relleno[4 : 4 + longitud]


def nueva_clave_pem() -> bytes:
    """Una llave P-256 nueva, PEM PKCS#8 sin cifrar."""
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@dataclass(frozen=True)
class Sello:
    """La llave privada de un destinatario: sella y abre sobres para él.

    :ivar anteriores: las que cambió por ésta; sólo abren, porque lo que se selló antes puede llegar después.
    """

    privada: ec.EllipticCurvePrivateKey
    anteriores: tuple["Sello", ...] = ()

    @classmethod
    def leer(cls, pem: bytes) -> "Sello":
        return cls._de(serialization.load_pem_private_key(pem, password=None))

    @classmethod
    def leer_der(cls, der: bytes) -> "Sello":
        return cls._de(serialization.load_der_private_key(der, password=None))

    @classmethod
    def _de(cls, clave: object) -> "Sello":
        if not isinstance(clave, ec.EllipticCurvePrivateKey):
            raise ValueError("la llave no es P-256")
        return cls(clave)

    @property
    def der(self) -> bytes:
        """La privada, DER PKCS#8 sin cifrar: sólo para envolverla."""
        return self.privada.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    @property
    def publica(self) -> bytes:
        """Punto sin comprimir (65 bytes), como lo pide ``@hpke/core``."""
        return self.privada.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )

    def sellar(self, datos: bytes, info: bytes) -> bytes:
        return _SUITE.encrypt(rellenar(datos), self.privada.public_key(), info)

    def abrir(self, sobre: bytes, info: bytes) -> bytes:
        """:raises SobreIlegible: si no es para esta llave (ni para una anterior) o fue alterado."""
        try:
            return quitar_relleno(_SUITE.decrypt(sobre, self.privada, info))
        except (InvalidTag, ValueError) as error:
            for anterior in self.anteriores:
                with suppress(SobreIlegible):
                    return anterior.abrir(sobre, info)
            raise SobreIlegible("no se pudo abrir el sobre") from error


def info_identidad(id: str) -> bytes:
    """El ``info`` del sobre de identidad de un registro: lleva su id, así el sobre no sirve en otro renglón."""
    return INFO_IDENTIDAD + b"\n" + id.encode()


def sellar_identidad(llave: ec.EllipticCurvePublicKey, id: str, nombre: str | None, telefono: str | None) -> bytes:
    """Nombre y teléfono en su sobre, para la llave de la oficina y atados al registro ``id``."""
    contenido = json.dumps({"nombre": nombre, "telefono": telefono}, ensure_ascii=False, separators=(",", ":"))
    return _SUITE.encrypt(rellenar(contenido.encode(), PASO_IDENTIDAD), llave, info_identidad(id))


def abrir_identidad(sello: Sello, id: str, sobre: bytes) -> tuple[str | None, str | None]:
    """Nombre y teléfono del registro ``id``.

    :param sello: la llave de la oficina.
    :raises SobreIlegible: si no es para esta llave, es de otro registro, fue alterado o adentro hay otra cosa.
    """
    try:
        contenido = json.loads(sello.abrir(sobre, info_identidad(id)))
        nombre, telefono = contenido["nombre"], contenido["telefono"]
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise SobreIlegible("el sobre no trae una identidad") from error
    if not all(dato is None or isinstance(dato, str) for dato in (nombre, telefono)):
        raise SobreIlegible("el sobre no trae una identidad")
    return nombre, telefono


def _info_evidencia(id: str) -> bytes:
    return INFO_EVIDENCIA + b"\n" + id.encode()


def sellar_evidencia(llave: ec.EllipticCurvePublicKey, id: str, contenido: bytes) -> bytes:
    """Una foto en su sobre, para la llave de la oficina y atada a la evidencia ``id``."""
    return _SUITE.encrypt(rellenar(contenido, PASO_EVIDENCIA), llave, _info_evidencia(id))


def abrir_evidencia(sello: Sello, id: str, sobre: bytes) -> bytes:
    """La foto de la evidencia ``id``. ``sello``: la llave de la oficina.

    :raises SobreIlegible: si no es para esta llave, es de otra evidencia o fue alterado.
    """
    return sello.abrir(sobre, _info_evidencia(id))


def resellar_identidad(vieja: Sello, llave: ec.EllipticCurvePublicKey, id: str, sobre: bytes) -> bytes:
    """El mismo nombre en otro sobre, para otra llave. :raises SobreIlegible: si no es para ``vieja``."""
    return sellar_identidad(llave, id, *abrir_identidad(vieja, id, sobre))


def resellar_evidencia(vieja: Sello, llave: ec.EllipticCurvePublicKey, id: str, sobre: bytes) -> bytes:
    """La misma foto en otro sobre, para otra llave. :raises SobreIlegible: si no es para ``vieja``."""
    return sellar_evidencia(llave, id, abrir_evidencia(vieja, id, sobre))


def leer_llave(punto: str) -> ec.EllipticCurvePublicKey:
    """Una llave pública (la de un teléfono o la de la oficina): punto P-256 sin comprimir, 65 bytes en base64 url.

    :raises ValueError: si no es un punto de la curva.
    """
    datos = de_b64(punto)
    if len(datos) != 65:  # 0x04, x, y
        raise ValueError("la llave no es un punto sin comprimir")
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), datos)


def por_firmar(id: str, sobre: str) -> bytes:
    """Los bytes que firma el teléfono: la versión, el id y el texto del sobre, un renglón cada uno."""
    return f"{FIRMA}\n{id}\n{sobre}".encode()


def firma_valida(llave: ec.EllipticCurvePublicKey, id: str, sobre: str, firma: object) -> bool:
    """¿Firmó este teléfono este sobre con este id? ``firma``: 64 bytes en base64 url. Nunca lanza."""
    if not isinstance(firma, str) or not firma.isascii():
        return False
    try:
        datos = de_b64(firma)
        if len(datos) != LARGO_FIRMA:
            return False
        r, s = int.from_bytes(datos[:32], "big"), int.from_bytes(datos[32:], "big")
        llave.verify(encode_dss_signature(r, s), por_firmar(id, sobre), ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True
