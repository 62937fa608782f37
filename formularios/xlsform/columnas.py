"""Qué quiere decir cada encabezado: a qué campo del modelo va, en qué idioma, o por qué no se admite.

Los nombres viejos y los sinónimos son los de la especificación (los mismos que acepta ``pyxform``).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

JORNADA = "jornada"
"""Lo nuestro se escribe ``bind::jornada:correcta`` (las herramientas de ODK lo ignoran) o ``jornada_correcta``."""

PROPIAS = (
    "privada",
    "maximo",
    "minimo",
    "modulo",
    "correcta",
    "explicacion",
    "demografica",
    "solo_si",
    "sensibilidad",
    "publicacion",
    "indicador",
)
AJUSTES_PROPIOS = ("intro", "minutos", "lleva_ficha", "edad_minima", "cierre")

TRADUCIDAS = (
    "texto",
    "ayuda",
    "mensaje_restriccion",
    "mensaje_obligatoria",
    "explicacion",
    "titulo",
    "intro",
    "cierre",
)

SURVEY = {
    "type": "tipo",
    "command": "tipo",
    "name": "clave",
    "tag": "clave",
    "value": "clave",
    "label": "texto",
    "caption": "texto",
    "hint": "ayuda",
    "required": "obligatoria",
    "required_message": "mensaje_obligatoria",
    "requiredmsg": "mensaje_obligatoria",
    "bind jr:requiredmsg": "mensaje_obligatoria",
    "relevant": "relevante",
    "relevance": "relevante",
    "constraint": "restriccion",
    "constraint_message": "mensaje_restriccion",
    "constraining_message": "mensaje_restriccion",
    "bind jr:constraintmsg": "mensaje_restriccion",
    "calculation": "calculo",
    "calculate": "calculo",
    "default": "omision",
    "choice_filter": "filtro",
    "read_only": "solo_lectura",
    "readonly": "solo_lectura",
    "appearance": "apariencia",
    "parameters": "parametros",
    "repeat_count": "veces",
    "count": "veces",
    "jr:count": "veces",
}
CHOICES = {
    "list_name": "lista",
    "name": "clave",
    "value": "clave",
    "label": "texto",
    "caption": "texto",
    "jornada_exclusiva": "exclusiva",
}
SETTINGS = {
    "form_title": "titulo",
    "set_form_title": "titulo",
    "title": "titulo",
    "form_id": "clave",
    "set_form_id": "clave",
    "id_string": "clave",
    "version": "version",
    "default_language": "idioma",
    **{f"{JORNADA}_{ajuste}": ajuste for ajuste in AJUSTES_PROPIOS},
    **{ajuste: ajuste for ajuste in AJUSTES_PROPIOS},
    "minutes": "minutos",
    f"{JORNADA}_titulo": "titulo",
}

_MEDIOS = "Quite lo escrito en esta columna: las imágenes, audios y videos no se usan; dígalo con palabras en «label»."
RECHAZADAS = {
    "survey": {
        **dict.fromkeys(("media", "image", "audio", "video", "big-image", "autoplay"), _MEDIOS),
        "trigger": "Quite lo escrito: los cálculos se rehacen solos cuando cambia lo que usan.",
        "save_to": "Quite lo escrito: aquí no hay entidades.",
        "disabled": "Quite lo escrito y borre la fila si no la quiere.",
        "bind": "Quite lo escrito: use las columnas de siempre (relevant, constraint, required, calculation).",
        "control": "Quite lo escrito: use las columnas appearance y repeat_count.",
        "intent": "Quite lo escrito: no se abren otras aplicaciones.",
        "query": "Quite lo escrito y use choice_filter.",
        "no_app_error_string": "Quite lo escrito: no se abren otras aplicaciones.",
        "noapperrorstring": "Quite lo escrito: no se abren otras aplicaciones.",
    },
    "choices": {
        **dict.fromkeys(("media", "image", "audio", "video", "big-image"), _MEDIOS),
        "geometry": "Quite lo escrito: no hay mapas.",
    },
    "settings": {
        "add_none_option": "Quite el ajuste y escriba la opción «ninguna» en choices, con jornada_exclusiva en «si».",
    },
}
"""Columnas que cambian lo que se pregunta: si traen algo, el archivo no se importa. La frase es qué hacer."""
SE_QUITAN = frozenset({_MEDIOS})
"""Frases de las columnas sin las que la encuesta sigue entera."""

SIN_USO = {
    "survey": {
        "guidance_hint": "se ignora; lo que deba leerse va en «hint»",
        "rows": "se ignora; use la apariencia multiline",
        "instance": "se ignora",
        "hxl": "se ignora",
    },
    "choices": {},
    "settings": dict.fromkeys(
        (
            "style",
            "instance_name",
            "allow_choice_duplicates",
            "submission_url",
            "public_key",
            "auto_send",
            "auto_delete",
            "omit_instanceid",
            "instance_xmlns",
            "name",
            "clean_text_values",
            "client_editable",
            "prefix",
            "delimiter",
            "attribute",
            "flat",
        ),
        "no cambia nada aquí",
    ),
}
"""Columnas que se conocen y no cambian lo que se pregunta: un aviso."""
CALLADAS = {"settings": frozenset({"namespaces"}), "survey": frozenset[str](), "choices": frozenset[str]()}

_ALIAS = {"survey": SURVEY, "choices": CHOICES, "settings": SETTINGS}


@dataclass(frozen=True)
class Columna:
    """``campo`` es el del modelo; vacío si no se usa. ``dato``: columna propia de las opciones, para el filtro."""

    encabezado: str
    campo: str = ""
    idioma: str | None = None
    dato: str | None = None
    rechazo: str | None = None
    aviso: str | None = None


def entender(hoja: str, encabezados: Sequence[str]) -> dict[str, Columna]:
    """Por encabezado, su columna."""
    dobles = any("::" in encabezado for encabezado in encabezados)
    return {encabezado: _una(hoja, encabezado, dobles) for encabezado in encabezados}


def _una(hoja: str, encabezado: str, dobles: bool) -> Columna:
    partes = _partir(encabezado, dobles)
    primera = "_".join(partes[0].split()).lower()
    if hoja == "survey" and primera in ("bind", "control", "body") and len(partes) > 1:
        grupo = "control" if primera == "body" else primera
        propia = re.fullmatch(rf"{JORNADA}:(\w+)", partes[1])
        if propia:
            return _propia(encabezado, propia[1], partes[2:])
        con_prefijo = f"{grupo} {partes[1].lower()}"
        primera = con_prefijo if con_prefijo in SURVEY else partes[1].lower()
        if primera not in SURVEY:
            return Columna(encabezado, rechazo=RECHAZADAS[hoja][grupo])
        partes = partes[1:]
    if hoja == "survey" and primera.startswith(f"{JORNADA}_"):
        return _propia(encabezado, primera.removeprefix(f"{JORNADA}_"), partes[1:])
    campo = _ALIAS[hoja].get(primera)
    if campo is not None:
        return _con_idioma(encabezado, campo, partes[1:])
    if primera in RECHAZADAS[hoja]:
        return Columna(encabezado, rechazo=RECHAZADAS[hoja][primera])
    if primera in CALLADAS[hoja]:
        return Columna(encabezado)
    if primera in SIN_USO[hoja] or primera.startswith(("sms_", "compact_")):
        return Columna(encabezado, aviso=SIN_USO[hoja].get(primera, "se ignora"))
    if hoja == "choices":
        if primera.startswith(JORNADA):
            return Columna(encabezado, rechazo="De lo nuestro, aquí solo va «jornada_exclusiva».")
        return Columna(encabezado, dato=encabezado)
    if primera.startswith(JORNADA):
        return Columna(encabezado, rechazo=f"De lo nuestro, en settings van: {', '.join(AJUSTES_PROPIOS)}.")
    return Columna(encabezado, aviso="no es de XLSForm y se ignora; si es un nombre mal escrito, corríjalo")


def _propia(encabezado: str, nombre: str, resto: Sequence[str]) -> Columna:
    if nombre not in PROPIAS:
        return Columna(encabezado, rechazo=f"De lo nuestro, en survey van: {', '.join(PROPIAS)}.")
    return _con_idioma(encabezado, nombre, resto)


def _con_idioma(encabezado: str, campo: str, resto: Sequence[str]) -> Columna:
    if not resto:
        return Columna(encabezado, campo)
    if campo not in TRADUCIDAS or len(resto) > 1 or not resto[0]:
        return Columna(encabezado, rechazo="Esta columna no lleva idioma: quite lo que sigue a los dos puntos.")
    return Columna(encabezado, campo, resto[0])


def _partir(encabezado: str, dobles: bool) -> list[str]:
    if dobles:
        return [parte.strip() for parte in encabezado.split("::")]
    partes = [parte.strip() for parte in encabezado.split(":")]
    for prefijo in ("jr", JORNADA):
        if prefijo in partes[:-1]:
            donde = partes.index(prefijo)
            partes = [*partes[:donde], f"{prefijo}:{partes[donde + 1]}", *partes[donde + 2 :]]
    return partes


def de_siempre(hoja: str, campo: str) -> str | None:
    """El nombre que el estándar le da a la columna de un campo."""
    propia = f"bind::{JORNADA}:{campo}" if hoja == "survey" and campo in PROPIAS else None
    return next((nombre for nombre, suyo in _ALIAS[hoja].items() if suyo == campo), propia)


def idiomas(columnas: Mapping[str, Columna]) -> list[str]:
    """Los que nombran los encabezados, en su orden y una vez."""
    return list(dict.fromkeys(c.idioma for c in columnas.values() if c.idioma is not None))
