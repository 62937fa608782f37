"""La llave de los respaldos: dieciséis bytes al azar que sólo quedan en papel.

De ellos salen doce palabras y una identidad de `age` (``AGE-SECRET-KEY-1…``), la que va en el QR: con ella y el ``age``
de cualquier Linux se abre un respaldo sin este programa. Aquí sólo queda la mitad pública, en ``claves/respaldo.txt``:
con ella se sella y no se abre nada.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pyrage import IdentityError, RecipientError, x25519

from ..consultas.disco import poner
from ..errores import ErrorJornada
from ..palabras_secretas import LARGO, PalabrasMal, de_palabras, en_palabras

PUBLICA = "claves/respaldo.txt"
_INFO = b"jornada/respaldo/v1"
_HRP = "age-secret-key-"
_LETRAS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


@dataclass(frozen=True)
class LlaveDePapel:
    """Lo que va en la hoja. No se guarda en ningún archivo de esta computadora."""

    secreto: bytes

    @property
    def palabras(self) -> tuple[str, ...]:
        return en_palabras(self.secreto)

    @property
    def identidad(self) -> str:
        """``AGE-SECRET-KEY-1…``: el secreto de X25519 que sale de los dieciséis bytes, como lo escribe age."""
        secreta = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=_INFO).derive(self.secreto)
        return _bech32(_HRP, secreta).upper()

    @property
    def publica(self) -> str:
        """``age1…``: para quién se sella."""
        return str(x25519.Identity.from_str(self.identidad).to_public())


def nueva(azar: Callable[[int], bytes] = secrets.token_bytes) -> LlaveDePapel:
    return LlaveDePapel(azar(LARGO))


def guardar(datos: Path, publica: str) -> None:
    """Deja aquí la mitad pública, en el lugar de la que hubiera; entera o nada."""
    ruta = datos / PUBLICA
    ruta.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    poner(ruta, f"{publica}\n".encode())


def hay(datos: Path) -> bool:
    return (datos / PUBLICA).is_file()


def leer_publica(datos: Path) -> x25519.Recipient:
    """Para quién se sella. :raises ErrorJornada: ``falta_llave_de_respaldos``."""
    try:
        return x25519.Recipient.from_str((datos / PUBLICA).read_text().strip())
    except (OSError, RecipientError) as error:
        raise ErrorJornada("falta_llave_de_respaldos") from error


def identidad(escrito: str) -> x25519.Identity:
    """Lo que alguien copió de la hoja: las doce palabras o el ``AGE-SECRET-KEY-1…`` del QR.

    :raises ErrorJornada: ``palabras_de_respaldo_mal``, con cuál falla si se sabe.
    """
    texto = "".join(renglon for renglon in escrito.splitlines(keepends=True) if not renglon.startswith("#")).strip()
    try:
        if texto.upper().startswith(_HRP.upper()):
            return x25519.Identity.from_str("".join(texto.split()).upper())
        return x25519.Identity.from_str(LlaveDePapel(de_palabras(texto)).identidad)
    except PalabrasMal as error:
        raise ErrorJornada("palabras_de_respaldo_mal", cual=str(error)) from error
    except IdentityError as error:
        raise ErrorJornada("palabras_de_respaldo_mal", cual="Eso no es un AGE-SECRET-KEY completo.") from error


def es_la_de_aqui(datos: Path, secreta: x25519.Identity) -> bool:
    """¿Abre lo que esta computadora sella hoy?"""
    return str(secreta.to_public()) == str(leer_publica(datos))


def _bech32(prefijo: str, contenido: bytes) -> str:
    """BIP173 sin tope de largo, que es como escribe age sus llaves."""
    numero = int.from_bytes(contenido, "big") << -8 * len(contenido) % 5
    cuantos = -(-8 * len(contenido) // 5)
    valores = [numero >> 5 * (cuantos - 1 - i) & 31 for i in range(cuantos)]
    encabezado = [ord(c) >> 5 for c in prefijo] + [0] + [ord(c) & 31 for c in prefijo]
    suma = _polimod([*encabezado, *valores, *[0] * 6]) ^ 1
    valores += [suma >> 5 * (5 - i) & 31 for i in range(6)]
    return f"{prefijo}1{''.join(_LETRAS[v] for v in valores)}"


def _polimod(valores: list[int]) -> int:
    suma = 1
    for valor in valores:
        arriba = suma >> 25
        suma = (suma & 0x1FFFFFF) << 5 ^ valor
        for i, generador in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            suma ^= generador if arriba >> i & 1 else 0
    return suma
