"""Una llave de acceso hecha en Python: lo que hacen un teléfono y su navegador, y lo que haría quien quiere engañar."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url as b64

ORIGEN, RP = "https://registro.ejemplo.mx", "registro.ejemplo.mx"
PRESENTE, VERIFICADA, CON_LLAVE = 0x01, 0x04, 0x40


@dataclass
class Autenticador:
    """Guarda una llave. Todo lo que firma se puede pedir cambiado."""

    origen: str = ORIGEN
    rp: str = RP
    contador: int = 1
    dueno: str = ""
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    privada: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def alta(self, opciones: dict, *, banderas: int = PRESENTE | VERIFICADA, **cambios: str) -> str:
        self.dueno = opciones["user"]["id"]
        cliente = self._cliente("webauthn.create", opciones["challenge"], cambios)
        atestado = {"fmt": "none", "attStmt": {}, "authData": self._datos(banderas | CON_LLAVE)}
        return self._credencial(cliente, attestationObject=b64(cbor2.dumps(atestado)))

    def usar(self, opciones: dict, *, banderas: int = PRESENTE | VERIFICADA, **cambios: str) -> str:
        self.contador += 1
        cliente = self._cliente("webauthn.get", opciones["challenge"], cambios)
        datos = self._datos(banderas)
        firma = self.privada.sign(datos + hashlib.sha256(cliente).digest(), ec.ECDSA(hashes.SHA256()))
        return self._credencial(
            cliente, authenticatorData=b64(datos), signature=b64(firma), userHandle=cambios.get("dueno", self.dueno)
        )

    def _cliente(self, tipo: str, reto: str, cambios: dict[str, str]) -> bytes:
        dicho = {"type": tipo, "challenge": cambios.get("reto", reto), "origin": cambios.get("origen", self.origen)}
        return json.dumps(dicho).encode()

    def _datos(self, banderas: int) -> bytes:
        cabeza = hashlib.sha256(self.rp.encode()).digest() + bytes([banderas]) + self.contador.to_bytes(4, "big")
        if not banderas & CON_LLAVE:
            return cabeza
        numeros = self.privada.public_key().public_numbers()
        publica = {1: 2, 3: -7, -1: 1, -2: numeros.x.to_bytes(32, "big"), -3: numeros.y.to_bytes(32, "big")}
        return cabeza + bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(publica)

    def _credencial(self, cliente: bytes, **respuesta: str) -> str:
        return json.dumps(
            {
                "id": b64(self.id),
                "rawId": b64(self.id),
                "type": "public-key",
                "response": {"clientDataJSON": b64(cliente), **respuesta},
            }
        )
