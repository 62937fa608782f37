"""Lo que la página dice por su cuenta al dibujar una encuesta, en los idiomas que sabe; en otro, en español."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from formularios.instrumento import Instrumento

_ES = {
    "paso": "Pregunta {n} de {total}",
    "necesaria": "Hay que contestarla.",
    "letras": "Hasta {n} letras.",
    "vacio": "Puede dejarlo vacío.",
    "revisar_una": "Hay 1 respuesta por revisar. Lo demás se conservó.",
    "revisar": "Hay {n} respuestas por revisar. Lo demás se conservó.",
    "toma": "Toma {duracion}.",
    "segundos": "{n} segundos",
    "minuto": "1 minuto",
    "minutos": "{n} minutos",
    "mayores": "Es solo para personas de {n} años o más.",
    "sin_ficha": "Solo si no tiene ficha",
    "ficha": "Su ficha",
    "ficha_ayuda": "La palabra y el número de su tarjeta de papel, por ejemplo LUNA‑37. Si no tiene, déjelo vacío.",
    "rango": "De {inicio} a {fin}.",
    "rango_paso": "De {inicio} a {fin}, de {paso} en {paso}.",
    "lugar": "Lugar {n}",
    "elija": "Elija…",
    "si": "Sí",
    "otra": "Agregar otra",
    "vuelta": "Número {n}",
    "enviar": "Enviar",
    "regresar": "Regresar sin enviar",
    "hueco": "(lo que contestó en la {n})",
}
_EN = {
    "paso": "Question {n} of {total}",
    "necesaria": "This one needs an answer.",
    "letras": "Up to {n} letters.",
    "vacio": "You can leave it empty.",
    "revisar_una": "1 answer needs another look. The rest was kept.",
    "revisar": "{n} answers need another look. The rest was kept.",
    "toma": "It takes {duracion}.",
    "segundos": "{n} seconds",
    "minuto": "1 minute",
    "minutos": "{n} minutes",
    "mayores": "Only for people aged {n} or older.",
    "sin_ficha": "Only if you have no card",
    "ficha": "Your card",
    "ficha_ayuda": "The word and number on your paper card, for example LUNA‑37. If you have none, leave it empty.",
    "rango": "From {inicio} to {fin}.",
    "rango_paso": "From {inicio} to {fin}, in steps of {paso}.",
    "lugar": "Place {n}",
    "elija": "Choose…",
    "si": "Yes",
    "otra": "Add another",
    "vuelta": "Number {n}",
    "enviar": "Send",
    "regresar": "Go back without sending",
    "hueco": "(what you answered in {n})",
}
_POR_IDIOMA = {"es": MappingProxyType(_ES), "en": MappingProxyType(_EN)}
_CODIGO = re.compile(r"\(([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\)\s*$")


def codigo(idioma: str | None) -> str | None:
    """``English (en)`` es ``en``; sin paréntesis no se sabe."""
    hallado = _CODIGO.search(idioma or "")
    return hallado[1].lower() if hallado else None


def nombre(idioma: str) -> str:
    """Como se llama a sí mismo: ``English (en)`` es ``English``."""
    return _CODIGO.sub("", idioma).strip() or idioma


def idiomas(instrumento: Instrumento) -> dict[str, str]:
    """Código corto de cada idioma, el principal primero, y su nombre en el instrumento; vacío si solo hay uno.

    El código es el de sus paréntesis; si no trae, o se repite, es su lugar: ``2``.
    """
    if not instrumento.idiomas:
        return {}
    hallados: dict[str, str] = {}
    for lugar, idioma in enumerate((instrumento.idioma or "Español (es)", *instrumento.idiomas), start=1):
        corto = codigo(idioma)
        hallados[corto if corto and corto not in hallados else str(lugar)] = idioma
    return hallados


def de(idioma: str | None) -> Mapping[str, str]:
    return _POR_IDIOMA.get((codigo(idioma) or "es").split("-")[0], _POR_IDIOMA["es"])


def prestado(idioma: str | None) -> str | None:
    """``es`` si a un texto en ``idioma`` lo acompañan frases en español; nada si van en el mismo."""
    corto = codigo(idioma)
    return None if corto is None or corto.split("-")[0] in _POR_IDIOMA else "es"


def duracion(minutos: float, frases: Mapping[str, str]) -> str:
    """Lo que toma, en palabras: ``90 segundos``, ``3 minutos``."""
    if minutos < 2:
        return frases["minuto"] if minutos == 1 else frases["segundos"].format(n=round(minutos * 60))
    return frases["minutos"].format(n=f"{minutos:g}")


def errores(dichos: Mapping[str, str], idioma: str | None) -> dict[str, str]:
    """Las frases de ``contestar.validar`` en ese idioma; la que escribió quien hizo la encuesta se queda como está."""
    if de(idioma) is not _POR_IDIOMA["en"]:
        return dict(dichos)
    return {campo: _en_ingles(frase) for campo, frase in dichos.items()}


def _en_ingles(frase: str) -> str:
    for patron, dicha in _ERRORES_EN:
        if hallado := patron.fullmatch(frase):
            return hallado.expand(dicha)
    return frase


_ERRORES_EN = [
    (re.compile(patron), dicha)
    for patron, dicha in (
        (r"Conteste esta pregunta, por favor\.", "Please answer this question."),
        (r"Marque la casilla para seguir\.", "Tick the box to go on."),
        (
            r"Revise esta respuesta: no es de las que se esperan aquí\.",
            "Check this answer: it is not one expected here.",
        ),
        (r"Elija una de las opciones de la lista\.", "Choose one of the options in the list."),
        (r"Elija una sola respuesta\.", "Choose only one answer."),
        (r"Marcó «(.*)» junto con otra\. .*", r"You chose “\1” together with another one. Leave just one of the two."),
        (r"Caben (\d+) letras y sobran? (\d+)\. .*", r"\1 letters fit and there are \2 too many. Shorten the text."),
        (r"Ponga cada opción en un lugar, .*", "Put each option in one place, without repeating any."),
        (
            r"Escriba solo el número, sin letras, .*",
            "Write only the number, with no letters, commas or decimals, like 12.",
        ),
        (r"Escriba solo el número, con punto .*", "Write only the number, with a point for decimals, like 12.5."),
        (r"Escriba una fecha que exista, .*", "Write a date that exists, like 23/11/2026 (day, month and year)."),
        (r"Escriba la hora de 0 a 24, .*", "Write the time from 0 to 24, like 09:30 or 16:45."),
        (r"Elija un número de (\S+) a (\S+), de (\S+) en \S+\.", r"Choose a number from \1 to \2, in steps of \3."),
        (r"Elija un número de (\S+) a (\S+)\.", r"Choose a number from \1 to \2."),
        (r"Esa ubicación no se entiende\. .*", "That location cannot be read. Take it again or leave it empty."),
        (r"No reconocemos esa ficha\. .*", "We do not know that card. Check its word and number, or leave it empty."),
    )
]
