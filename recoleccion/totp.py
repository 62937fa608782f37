"""El número de seis cifras de una aplicación (TOTP, RFC 6238: SHA-1, 30 segundos). Puro: la hora llega como argumento.

Cada número nombra un *lapso* de 30 segundos. Se acepta el de ahora y sus vecinos, porque los relojes no coinciden, y
sólo si es posterior al último aceptado: un número visto por encima del hombro ya no sirve.
"""

import base64
from datetime import datetime

import pyotp

LAPSO = 30
VECINOS = 1
CIFRAS = 6
LARGO_SECRETO = 20
"""Bytes: los que recomienda la RFC 4226 para HMAC-SHA-1."""


def lapso_de(numero: str, secreto: bytes, ahora: datetime, ultimo: int) -> int | None:
    """El lapso que ``numero`` nombra, si es uno de los que se aceptan y posterior a ``ultimo``."""
    if len(numero) != CIFRAS or not (numero.isascii() and numero.isdigit()):
        return None
    generador, este = _generador(secreto), int(ahora.timestamp()) // LAPSO
    for lapso in range(max(este - VECINOS, ultimo + 1), este + VECINOS + 1):
        if pyotp.utils.strings_equal(generador.generate_otp(lapso), numero):
            return lapso
    return None


def numero_de(secreto: bytes, ahora: datetime) -> str:
    """El que la aplicación enseña en este momento."""
    return _generador(secreto).generate_otp(int(ahora.timestamp()) // LAPSO)


def direccion(secreto: bytes, usuario: str, oficina: str) -> str:
    """La ``otpauth://`` que lleva el QR."""
    return _generador(secreto).provisioning_uri(name=usuario, issuer_name=oficina)


def a_mano(secreto: bytes) -> str:
    """El secreto como se escribe cuando no se puede escanear, en grupos de cuatro."""
    letras = _base32(secreto)
    return " ".join(letras[i : i + 4] for i in range(0, len(letras), 4))


def _generador(secreto: bytes) -> pyotp.TOTP:
    return pyotp.TOTP(_base32(secreto), digits=CIFRAS, interval=LAPSO)


def _base32(secreto: bytes) -> str:
    return base64.b32encode(secreto).decode("ascii").rstrip("=")
