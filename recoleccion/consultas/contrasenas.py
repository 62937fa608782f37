"""Qué no sirve de contraseña por larga que sea: las más usadas, que se prueban primero, y las palabras de aquí."""

import re
import unicodedata
from functools import cache
from pathlib import Path

LARGO_MINIMO = 8
DE_AQUI = (
    "jornada", "cemujer", "mujeres", "mujer", "instituto", "igualdad", "oficina", "municipio", "municipal",
    "presidencia", "ayuntamiento", "valle", "guadalupe", "jalisco", "mexico", "titular", "promotora", "analista",
    "administra", "contrasena", "clave", "registro", "taller", "platica", "panel", "del", "de", "la", "el", "ce",
)  # fmt: skip
"""Palabras de la oficina y del sistema: una contraseña hecha sólo de ellas, con o sin números, se adivina pronto."""
_ARCHIVO = Path(__file__).with_name("contrasenas_comunes.txt")


def es_comun(contrasena: str, *suyas: str) -> bool:
    """Si es de las más usadas, o sólo junta palabras de aquí y de ``suyas`` (su usuario, por ejemplo)."""
    if contrasena.casefold() in _comunes():
        return True
    letras = re.sub(r"[\W\d_]+", "", _llana(contrasena))
    palabras = {*DE_AQUI, *(re.sub(r"[\W\d_]+", "", _llana(suya)) for suya in suyas)} - {""}
    return bool(re.fullmatch(f"(?:{'|'.join(sorted(palabras, key=len, reverse=True))})*", letras)) and (
        bool(letras) or len(set(contrasena)) < LARGO_MINIMO
    )


def _llana(texto: str) -> str:
    """Sin acentos ni mayúsculas."""
    return "".join(c for c in unicodedata.normalize("NFD", texto.casefold()) if not unicodedata.combining(c))


@cache
def _comunes() -> frozenset[str]:
    return frozenset(linea.casefold() for linea in _ARCHIVO.read_text("utf-8").splitlines() if linea[:1] != "#")
