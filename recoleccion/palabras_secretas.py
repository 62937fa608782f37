"""Un secreto de 16 bytes dicho en doce palabras, para copiarlo de un papel sin equivocarse de letra.

Es BIP39 con su lista en español: 2,048 palabras que se distinguen por sus cuatro primeras letras, y cuatro bits que
revisan el conjunto. Aquí sólo se escriben y se leen: de qué es el secreto lo sabe quien llama.
"""

import re
import unicodedata
from difflib import get_close_matches
from functools import cache

from mnemonic import Mnemonic

CUANTAS = 12
LARGO = 16
"""Bytes del secreto."""
_PREFIJO = 4
"""Letras con las que cada palabra ya es única."""
_LETRAS = re.compile(r"[a-z]+")


class PalabrasMal(ValueError):
    """Lo escrito no son las doce palabras; el mensaje, en español, dice cuál falla cuando se puede saber.

    :ivar lugar: la palabra que falla, contando desde 1; ``None`` si no se sabe.
    """

    def __init__(self, mensaje: str, lugar: int | None = None) -> None:
        super().__init__(mensaje)
        self.lugar = lugar


def en_palabras(secreto: bytes) -> tuple[str, ...]:
    """Las doce palabras, con sus acentos. :raises ValueError: si no son 16 bytes."""
    if len(secreto) != LARGO:
        raise ValueError(f"el secreto mide {LARGO} bytes")
    palabras, _, _ = _lista()
    return tuple(palabras[numero] for numero in _numeros(secreto))


def de_palabras(texto: str) -> bytes:
    """El secreto. Perdona acentos, mayúsculas, comas, números de orden y renglones; bastan cuatro letras de cada una.

    :raises PalabrasMal: si faltan o sobran, si una no es de la lista o si juntas no cuadran.
    """
    escritas = _LETRAS.findall(_sin_acentos(texto))
    numeros = [_numero(escrita, lugar) for lugar, escrita in enumerate(escritas, 1)]
    if len(numeros) != CUANTAS:
        raise PalabrasMal(f"Son {CUANTAS} palabras y aquí hay {len(numeros)}.")
    secreto = _secreto(numeros)
    if secreto is None:
        raise _no_cuadran(numeros)
    return secreto


def parecen_palabras(texto: str) -> bool:
    """¿Alguien quiso escribir palabras? Para quien acepta también otra forma del mismo secreto."""
    _, indice, _ = _lista()
    return any(escrita in indice for escrita in _LETRAS.findall(_sin_acentos(texto)))


@cache
def _lista() -> tuple[tuple[str, ...], dict[str, int], dict[str, int]]:
    """Las palabras; el número de cada una, sin acentos; el de cada comienzo de cuatro letras."""
    palabras = tuple(unicodedata.normalize("NFC", palabra) for palabra in Mnemonic("spanish").wordlist)
    llanas = [_sin_acentos(palabra) for palabra in palabras]
    indice = {llana: numero for numero, llana in enumerate(llanas)}
    return palabras, indice, {llana[:_PREFIJO]: numero for llana, numero in indice.items()}


def _sin_acentos(texto: str) -> str:
    sueltas = unicodedata.normalize("NFKD", texto)
    return "".join(letra for letra in sueltas if not unicodedata.combining(letra)).lower()


def _numeros(secreto: bytes) -> list[int]:
    """Once bits por palabra: los 128 del secreto y los 4 primeros de su SHA-256."""
    texto = Mnemonic("spanish").to_mnemonic(secreto)
    _, indice, _ = _lista()
    return [indice[_sin_acentos(palabra)] for palabra in texto.split(" ")]


def _secreto(numeros: list[int]) -> bytes | None:
    bits = 0
    for numero in numeros:
        bits = bits << 11 | numero
    secreto = (bits >> 4).to_bytes(LARGO, "big")
    return secreto if _numeros(secreto) == numeros else None


def _numero(escrita: str, lugar: int) -> int:
    palabras, indice, comienzos = _lista()
    if escrita in indice:
        return indice[escrita]
    posible = comienzos.get(escrita[:_PREFIJO])
    if posible is not None and _sin_acentos(palabras[posible]).startswith(escrita):
        return posible
    cercanas = get_close_matches(escrita, indice, n=1, cutoff=0.7)
    if posible is None and cercanas:
        posible = indice[cercanas[0]]
    quiza = f" ¿Será «{palabras[posible]}»?" if posible is not None else ""
    raise PalabrasMal(f"La palabra {lugar}, «{escrita}», no es de la lista.{quiza}", lugar)


def _no_cuadran(numeros: list[int]) -> PalabrasMal:
    """Todas son de la lista: alguna se cambió por otra. Si una sola letra de una sola palabra lo arregla, se dice."""
    palabras, indice, _ = _lista()
    arreglos = [
        (lugar, palabras[otro])
        for lugar, numero in enumerate(numeros)
        for llana, otro in indice.items()
        if _a_una_letra(llana, _sin_acentos(palabras[numero]))
        and _secreto([*numeros[:lugar], otro, *numeros[lugar + 1 :]]) is not None
    ]
    mensaje = "Las doce son de la lista, pero juntas no cuadran: una está cambiada o en otro lugar."
    if len(arreglos) != 1:
        return PalabrasMal(mensaje)
    lugar, otra = arreglos[0]
    return PalabrasMal(f"{mensaje} Revise la {lugar + 1}: ¿no dice «{otra}»?", lugar + 1)


def _a_una_letra(una: str, otra: str) -> bool:
    """¿Se pasa de una a otra cambiando, quitando o agregando una letra?"""
    if abs(len(una) - len(otra)) > 1 or una == otra:
        return False
    igual = next((i for i, (a, b) in enumerate(zip(una, otra, strict=False)) if a != b), min(len(una), len(otra)))
    corta, larga = sorted((una[igual:], otra[igual:]), key=len)
    return corta[1:] == larga[1:] if len(corta) == len(larga) else corta == larga[1:]
