"""Los tipos de pregunta que se escogen en pantalla, y qué partes de una pregunta no se cambian ahí."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from formularios.instrumento import CERRADAS

PreguntaCruda = dict[str, Any]
"""Como en ``Pregunta``, en JSON; en un borrador puede llevar de más o de menos."""


@dataclass(frozen=True)
class Tipo:
    """``familia``: lo contestado a dos preguntas de la misma se puede comparar."""

    nombre: str
    explicacion: str
    familia: str
    campos: Mapping[str, Any]
    """Los que lo hacen ser de este tipo."""
    de_inicio: Mapping[str, Any]
    """Lo que se pone si falta."""


def _tipo(nombre: str, explicacion: str, familia: str, campos: Mapping[str, Any], **de_inicio: Any) -> Tipo:
    return Tipo(nombre, explicacion, familia, campos, de_inicio)


TIPOS: dict[str, Tipo] = {
    "una": _tipo("Una opción", "Se escoge una de la lista.", "una", {"tipo": "una"}, publicacion="no"),
    "varias": _tipo("Varias opciones", "Se marcan las que se quiera.", "varias", {"tipo": "varias"}, publicacion="no"),
    "caritas": _tipo(
        "Escala con caritas", "Una opción, de la más contenta a la menos.", "una",
        {"tipo": "una", "apariencia": "caritas"}, publicacion="no",
    ),
    "rango": _tipo(
        "Del 0 al 10", "Un número entre dos que usted dice.", "numero",
        {"tipo": "rango"}, inicio="0", fin="10", paso="1",
    ),
    "entero": _tipo("Número", "Sin decimales: cuántas personas, qué edad.", "numero", {"tipo": "entero"}),
    "decimal": _tipo("Número con decimales", "Como 1.5.", "numero", {"tipo": "decimal"}),
    "fecha": _tipo("Fecha", "Un día.", "fecha", {"tipo": "fecha"}),
    "texto": _tipo(
        "Texto privado", "Lo que quiera escribir. Va aparte y nunca se publica.", "texto",
        {"tipo": "texto", "privada": True}, maximo=200,
    ),
    "acepto": _tipo("Casilla de acuerdo", "Una casilla que se marca o no.", "acepto", {"tipo": "acepto"}),
    "nota": _tipo("Nota", "Un texto que se lee; no se contesta.", "nota", {"tipo": "nota"}),
}  # fmt: skip

CON_OPCIONES = ("una", "varias", "caritas")

_DE_LA_HOJA = (
    "restriccion", "calculo", "filtro", "archivo", "omision", "demografica", "correcta", "modulo", "solo_lectura",
    "solo_si", "mensaje_restriccion",
)  # fmt: skip
"""Lo que no se cambia en pantalla y fija el tipo de la pregunta."""

_PARTES = {
    "restriccion": "qué respuestas admite",
    "calculo": "su cálculo",
    "filtro": "qué opciones se muestran",
    "archivo": "sus opciones, que vienen de un archivo",
    "omision": "con qué empieza",
    "demografica": "sus opciones, que son las del catálogo",
    "correcta": "cuál es la respuesta correcta",
    "modulo": "con qué tema se pregunta",
    "solo_lectura": "que sólo se lee",
    "solo_si": "que sólo se pregunta a quien no tiene ficha",
    "mensaje_restriccion": "lo que se dice si no se admite",
    "mensaje_obligatoria": "lo que se dice si se deja vacía",
    "explicacion": "el renglón de la respuesta correcta",
    "sensibilidad": "qué tan delicada es",
    "traducciones": "sus textos en otros idiomas",
}


def tipo_de(pregunta: Mapping[str, Any]) -> str | None:
    """La clave de :data:`TIPOS`; ``None`` si es de los que solo hace la hoja de cálculo."""
    if pregunta["tipo"] == "una":
        return "caritas" if pregunta.get("apariencia") == "caritas" else "una"
    if pregunta["tipo"] == "texto" and not pregunta.get("privada"):
        return None
    return pregunta["tipo"] if pregunta["tipo"] in TIPOS else None


def familia_de(pregunta: Mapping[str, Any]) -> str:
    """Con cuáles se comparan sus respuestas; las que no son de pantalla, solo con las de su mismo tipo."""
    tipo = tipo_de(pregunta)
    return TIPOS[tipo].familia if tipo else f"otro {pregunta['tipo']}"


def tipo_fijo(pregunta: Mapping[str, Any]) -> bool:
    """¿Su tipo solo se cambia en la hoja de cálculo?"""
    return tipo_de(pregunta) is None or any(pregunta.get(campo) for campo in _DE_LA_HOJA)


def opciones_fijas(pregunta: Mapping[str, Any]) -> bool:
    """¿Qué opciones tiene, y cuáles son, solo se cambia en la hoja? Sus textos sí se cambian."""
    return (
        pregunta["tipo"] not in CERRADAS
        or tipo_fijo(pregunta)
        or publicacion_fija(pregunta)
        or any(opcion.get("datos") for opcion in pregunta.get("opciones", ()))
    )


def publicacion_fija(pregunta: Mapping[str, Any]) -> bool:
    """Se publica juntando opciones, o no se puede publicar."""
    return pregunta.get("publicacion") not in (None, "si", "no") or pregunta.get("sensibilidad") is not None


def fijas(pregunta: Mapping[str, Any]) -> list[str]:
    """Lo que lleva y no se cambia en pantalla, en palabras."""
    partes = [frase for campo, frase in _PARTES.items() if pregunta.get(campo)]
    if tipo_de(pregunta) is None:
        partes.insert(0, "su tipo")
    if isinstance(pregunta.get("obligatoria"), str):
        partes.append("cuándo hay que contestarla")
    if pregunta.get("publicacion") not in (None, "si", "no"):
        partes.append("cómo se juntan sus opciones al publicar")
    if any(opcion.get("datos") for opcion in pregunta.get("opciones", ())):
        partes.append("las columnas de sus opciones")
    return partes
