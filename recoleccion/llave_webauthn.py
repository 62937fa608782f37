"""Pedir y comprobar llaves de acceso (WebAuthn), con la biblioteca ``webauthn``. Ni base ni Flask.

Se piden *descubribles* y con comprobación de quién es (huella, cara o PIN): así una llave es dos cosas, tenerla y
poder usarla, y basta sola. No se pide de qué marca es (``attestation``): no le importa a nadie.
"""

import ipaddress
import json
from dataclasses import dataclass
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, parse_client_data_json
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

MAXIMO = 20_000
"""Letras de lo que manda el navegador."""
_ESPERA_MS = 120_000


@dataclass(frozen=True)
class Sitio:
    """Para qué dirección valen: ``rp_id``, el nombre de la máquina; ``origen``, con esquema y puerto."""

    rp_id: str
    origen: str


@dataclass(frozen=True)
class Nueva:
    id: str
    publica: bytes
    contador: int


class NoVale(ValueError):
    """Lo que llegó no prueba nada: de otro sitio, de otro reto, sin comprobar quién es, o ilegible."""


def sitio(host_publico: str) -> Sitio | None:
    """El de ``host_publico``; nulo si ahí no se dan llaves: sin HTTPS (salvo localhost) o por número IP."""
    direccion = host_publico.strip()
    try:
        partes = urlsplit(direccion if "://" in direccion else f"https://{direccion}")
        nombre, puerto = (partes.hostname or "").rstrip("."), partes.port
    except ValueError:
        return None
    if not nombre or _es_ip(nombre) or (partes.scheme != "https" and nombre != "localhost"):
        return None
    de_siempre = {"https": 443, "http": 80}.get(partes.scheme)
    cola = "" if puerto in (None, de_siempre) else f":{puerto}"
    return Sitio(nombre, f"{partes.scheme}://{nombre}{cola}")


def opciones_de_alta(donde: Sitio, oficina: str, cuenta_id: str, usuario: str, suyas: list[str], reto: bytes) -> str:
    """El JSON de ``navigator.credentials.create``. ``suyas``: las que ya tiene, para no repetir aparato."""
    opciones = webauthn.generate_registration_options(
        rp_id=donde.rp_id,
        rp_name=oficina,
        user_id=cuenta_id.encode(),
        user_name=usuario,
        challenge=reto,
        timeout=_ESPERA_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(id)) for id in suyas],
    )
    return webauthn.options_to_json(opciones)


def opciones_de_uso(donde: Sitio, reto: bytes) -> str:
    """El JSON de ``navigator.credentials.get``. No dice qué llaves hay: las descubre el navegador."""
    opciones = webauthn.generate_authentication_options(
        rp_id=donde.rp_id, challenge=reto, timeout=_ESPERA_MS, user_verification=UserVerificationRequirement.REQUIRED
    )
    return webauthn.options_to_json(opciones)


def reto_de(credencial: str) -> bytes:
    """El reto que dice contestar. :raises NoVale:"""
    try:
        return parse_client_data_json(base64url_to_bytes(_leer(credencial)["response"]["clientDataJSON"])).challenge
    except Exception as error:  # lo que llega es ajeno y lo leen cinco bibliotecas: falle como falle, no vale
        raise NoVale("no trae un reto") from error


def comprobar_alta(credencial: str, donde: Sitio, reto: bytes) -> Nueva:
    """:raises NoVale:"""
    try:
        dada = webauthn.verify_registration_response(
            credential=_leer(credencial),
            expected_challenge=reto,
            expected_rp_id=donde.rp_id,
            expected_origin=donde.origen,
            require_user_verification=True,
        )
    except Exception as error:  # lo que llega es ajeno y lo leen cinco bibliotecas: falle como falle, no vale
        raise NoVale("la llave nueva no se puede comprobar") from error
    return Nueva(bytes_to_base64url(dada.credential_id), dada.credential_public_key, dada.sign_count)


def de_quien_dice(credencial: str) -> tuple[str, str]:
    """El id de la llave y el de la cuenta que dice ser (vacío si no lo dice). :raises NoVale:"""
    try:
        leida = _leer(credencial)
        dueno = leida["response"].get("userHandle") or ""
        return str(leida["id"]), base64url_to_bytes(dueno).decode()
    except Exception as error:  # lo que llega es ajeno y lo leen cinco bibliotecas: falle como falle, no vale
        raise NoVale("no dice de qué llave es") from error


def comprobar_uso(credencial: str, donde: Sitio, reto: bytes, publica: bytes) -> int:
    """El contador nuevo; que avance lo mira quien tiene el anterior, en la misma escritura. :raises NoVale:"""
    try:
        usada = webauthn.verify_authentication_response(
            credential=_leer(credencial),
            expected_challenge=reto,
            expected_rp_id=donde.rp_id,
            expected_origin=donde.origen,
            credential_public_key=publica,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except Exception as error:  # lo que llega es ajeno y lo leen cinco bibliotecas: falle como falle, no vale
        raise NoVale("la llave no se puede comprobar") from error
    return usada.new_sign_count


def _leer(credencial: str) -> dict:
    if len(credencial) > MAXIMO:
        raise ValueError("demasiado largo")
    leida = json.loads(credencial)
    if not isinstance(leida, dict) or not isinstance(leida.get("response"), dict):
        raise ValueError("no es una credencial")
    return leida


def _es_ip(nombre: str) -> bool:
    try:
        ipaddress.ip_address(nombre)
    except ValueError:
        return False
    return True
