"""Guardar una llave privada bajo un secreto que alguien recuerda o tiene en papel. Sin base y sin Flask.

Del secreto sale una llave con argon2id (lento y con mucha memoria a propósito: quien se lleve el disco paga eso por
cada intento) y con ella se cifra la privada en AES-256-GCM. Los parámetros se guardan junto, para poder subirlos.
"""

import hashlib
import json
import random
import re
import secrets
import threading
import unicodedata
from dataclasses import asdict, dataclass

from argon2.low_level import ARGON2_VERSION, Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ..palabras_secretas import LARGO, de_palabras, en_palabras, parecen_palabras
from ..sellado import b64, de_b64

LARGO_FRASE = 16
"""Letras que pide una frase nueva."""
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LETRAS, _DE_REVISION, _GRUPO = 26, 2, 4
_RUIDO = re.compile(r"[\s\-_.·‐‑‒–—−]+")
_PARECIDAS = str.maketrans("OIL", "011")
_una_a_la_vez = threading.Lock()
"""Un argon2 a la vez: varios juntos pedirían la memoria de varios."""


@dataclass(frozen=True)
class Costo:
    """Lo que cuesta un intento: memoria en KiB, vueltas e hilos (medido: 0.25 s en 2 núcleos)."""

    memoria: int = 131_072
    vueltas: int = 4
    hilos: int = 4


def envolver(privada: bytes, secreto: str, contexto: str, costo: Costo) -> tuple[str, bytes]:
    """Los parámetros (JSON) y la privada cifrada: nonce de 12 bytes y AES-256-GCM.

    :param contexto: de qué llave es y para quién; sin el mismo no se abre.
    """
    parametros = {"kdf": "argon2id", "v": ARGON2_VERSION, **asdict(costo), "sal": b64(secrets.token_bytes(16))}
    nonce = secrets.token_bytes(12)
    cifrada = AESGCM(_derivar(secreto, parametros)).encrypt(nonce, privada, contexto.encode())
    return json.dumps(parametros), nonce + cifrada


def desenvolver(parametros: str, cifrada: bytes, secreto: str, contexto: str) -> bytes | None:
    """La privada, o ``None`` si el secreto no es ése (o alguien alteró lo guardado)."""
    try:
        llave = AESGCM(_derivar(secreto, json.loads(parametros)))
        return llave.decrypt(cifrada[:12], cifrada[12:], contexto.encode())
    except InvalidTag:
        return None


def _derivar(secreto: str, parametros: dict[str, object]) -> bytes:
    numeros = {campo: int(str(parametros[campo])) for campo in ("memoria", "vueltas", "hilos", "v")}
    with _una_a_la_vez:
        return hash_secret_raw(
            secreto.encode(),
            de_b64(str(parametros["sal"])),
            time_cost=numeros["vueltas"],
            memory_cost=numeros["memoria"],
            parallelism=numeros["hilos"],
            hash_len=32,
            type=Type.ID,
            version=numeros["v"],
        )


def limpiar_frase(texto: str) -> str:
    """La frase como se compara: los acentos de un solo modo y los espacios de a uno. Las mayúsculas cuentan."""
    return " ".join(unicodedata.normalize("NFKC", texto).split())


def nuevo_codigo(azar: random.Random) -> str:
    """Un código de recuperación: 128 bits al azar y dos letras que revisan, en siete grupos de cuatro."""
    letras = _letras(azar.randbytes(LARGO))
    return en_grupos(letras + _revision(letras))


def normalizar_codigo(texto: str) -> str | None:
    """El código sin guiones ni espacios, escrito en grupos o en palabras; ``None`` si así no es uno."""
    try:
        return leer_codigo(texto)
    except ValueError:
        return None


def leer_codigo(texto: str) -> str:
    """El código sin guiones ni espacios, escrito en grupos (O es 0; I y L son 1) o con sus doce palabras.

    :raises ValueError: con la frase que dice qué grupo o qué palabra revisar, si se puede saber.
    """
    if parecen_palabras(texto):
        letras = _letras(de_palabras(texto))
        return letras + _revision(letras)
    codigo = _RUIDO.sub("", texto.upper()).translate(_PARECIDAS)
    largo = _LETRAS + _DE_REVISION
    if len(codigo) != largo:
        raise ValueError(f"Al código le faltan o le sobran letras: son {largo}, en siete grupos de cuatro.")
    ajena = next((i for i, letra in enumerate(codigo) if letra not in CROCKFORD), None)
    if ajena is not None:
        grupo = ajena // _GRUPO
        raise ValueError(f"En el grupo {grupo + 1}, la «{codigo[ajena]}» no es de un código. Revíselo con la hoja.")
    if _numero(codigo) >> 8 * LARGO or _revision(codigo[:_LETRAS]) != codigo[_LETRAS:]:
        raise ValueError("Una letra del código no es la de la hoja. Revíselo grupo por grupo.")
    return codigo


def en_grupos(codigo: str) -> str:
    """``ABCD-EFGH-…``, como se imprime y se dicta."""
    return "-".join(codigo[i : i + _GRUPO] for i in range(0, len(codigo), _GRUPO))


def palabras_de(codigo: str) -> tuple[str, ...]:
    """El mismo código en doce palabras. ``codigo``: como lo da :func:`leer_codigo`."""
    return en_palabras(_numero(codigo).to_bytes(LARGO, "big"))


def _letras(secreto: bytes) -> str:
    numero = int.from_bytes(secreto, "big")
    return "".join(CROCKFORD[numero >> 5 * i & 31] for i in reversed(range(_LETRAS)))


def _numero(codigo: str) -> int:
    numero = 0
    for letra in codigo[:_LETRAS]:
        numero = numero << 5 | CROCKFORD.index(letra)
    return numero


def _revision(letras: str) -> str:
    numero = int.from_bytes(hashlib.sha256(f"jornada/codigo/v1\n{letras}".encode()).digest()[:2], "big")
    return CROCKFORD[numero >> 11] + CROCKFORD[(numero >> 6) & 31]
