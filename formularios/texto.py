"""Limpieza de lo que la gente escribe: sin caracteres invisibles y sin espacios de más. No corta nada."""

import unicodedata

_INVISIBLES = frozenset({"Cc", "Cf", "Cs"})


def limpiar(texto: str) -> str:
    """Quita caracteres de control, de formato y sustitutos sueltos; conserva saltos de línea (como ``\\n``)."""
    renglones = unicodedata.normalize("NFC", texto.replace("\r\n", "\n").replace("\r", "\n"))
    visibles = "".join(c for c in renglones if c == "\n" or unicodedata.category(c) not in _INVISIBLES)
    return visibles.strip()


def en_una_linea(texto: str) -> str:
    """Como :func:`limpiar`, y además junta en un espacio los saltos de línea y espacios repetidos."""
    return " ".join(limpiar(texto.replace("\t", " ")).split())
