"""Que el CSV de una encuesta no lleve fórmulas: lo que se ejecutaría va con un apóstrofo, y al leerlo se quita.

Sólo en las columnas de texto: una expresión puede empezar con ``-`` o con comillas, y su gramática no deja más.
"""

from formularios.tabla.escribir import PELIGRO, sin_apostrofo

_TAL_CUAL = {
    "type", "name", "list_name", "relevant", "constraint", "calculation", "choice_filter", "repeat_count", "default",
    "required", "appearance", "parameters", "read_only", "readonly", "trigger", "form_id", "version", "namespaces",
}  # fmt: skip


def escrita(columna: str, celda: str) -> str:
    """Como va en el archivo."""
    return f"'{celda}" if celda.startswith(PELIGRO) and _es_texto(columna) else celda


def leida(columna: str, celda: str) -> str:
    """Lo que era antes de :func:`escrita`, o de que una hoja de cálculo le pusiera el apóstrofo."""
    return sin_apostrofo(celda) if _es_texto(columna) else celda


def _es_texto(columna: str) -> bool:
    return columna.partition(":")[0].strip().lower() not in _TAL_CUAL
