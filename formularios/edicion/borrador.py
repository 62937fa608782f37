"""El borrador de una encuesta y las claves que reparte.

Es JSON: ``modelo`` es el del instrumento, quizá a medias; lo demás sirve para que las versiones se puedan comparar. Una
pregunta que sigue siendo la misma conserva su clave, y la clave de una opción quitada no se vuelve a usar.

``version`` es la última guardada. ``guardadas``: de cada pregunta guardada, con cuáles se compara. ``siguiente``: el
número de la próxima clave. ``opciones``: las claves que cada pregunta ha usado. ``origen``: de cuál salió la que cambió
de clave. ``quitadas``: lo que se puede deshacer. ``de_la_hoja``: las que tienen una condición que no se dice aquí.
"""

import json
import re
import unicodedata
from collections.abc import Collection, Iterator
from typing import Any

from formularios.edicion.tipos import PreguntaCruda
from formularios.instrumento import CERRADAS
from formularios.invariantes import normal

Borrador = dict[str, Any]

INTRO = "No pedimos su nombre. Puede saltarse la que quiera."
QUITADAS_MAXIMO = 20
RESERVADAS = frozenset({"nueva", "importar", "importada", "plantilla"})
"""Claves que chocarían con una dirección del panel."""
PROPIA = re.compile(r"P([0-9]{1,6})")


def nuevo(titulo: str, ocupadas: Collection[str], *, intro: str = INTRO, minutos: float = 2) -> Borrador:
    """Una encuesta sin preguntas. ``ocupadas``: las claves de las que ya hay; la suya sale del título."""
    clave = sin_repetir(resumir(titulo, 36, "encuesta"), {*ocupadas, *RESERVADAS})
    modelo = {"clave": clave, "titulo": normal(titulo), "intro": intro, "minutos": minutos, "preguntas": []}
    return {
        "modelo": modelo,
        "version": 0,
        "guardadas": {},
        "siguiente": 1,
        "opciones": {},
        "origen": {},
        "quitadas": [],
        "de_la_hoja": [],
    }


def copia(borrador: Borrador) -> Borrador:
    nuevo: Borrador = json.loads(json.dumps(borrador))
    return nuevo


def preguntas(borrador: Borrador) -> list[PreguntaCruda]:
    lista: list[PreguntaCruda] = borrador["modelo"]["preguntas"]
    return lista


def buscar(borrador: Borrador, clave: str) -> PreguntaCruda | None:
    return next((p for p in preguntas(borrador) if p["clave"] == clave), None)


def nueva_clave(borrador: Borrador) -> str:
    """``P1``, ``P2``…: ninguna se repite, tampoco después de quitarla. Cambia el borrador que recibe."""
    clave = f"P{borrador['siguiente']}"
    borrador["siguiente"] += 1
    return clave


def nueva_opcion(borrador: Borrador, pregunta: PreguntaCruda, texto: str) -> dict[str, Any]:
    """Una opción con clave que esa pregunta nunca ha usado. Cambia el borrador que recibe."""
    usadas = borrador["opciones"].setdefault(pregunta["clave"], [])
    ahora = [opcion["clave"] for opcion in pregunta.get("opciones", ())]
    clave = sin_repetir(resumir(texto, 30, "opcion"), {*usadas, *ahora})
    usadas.append(clave)
    return {"clave": clave, "texto": normal(texto)}


def resumir(texto: str, largo: int, vacia: str) -> str:
    """Una clave legible: minúsculas sin acentos y guiones bajos; empieza con letra."""
    plano = unicodedata.normalize("NFKD", texto.lower()).encode("ascii", "ignore").decode()
    palabras = re.sub(r"[^a-z0-9]+", "_", plano).strip("_").lstrip("0123456789_")
    return palabras[:largo].strip("_") or vacia


def sin_repetir(clave: str, ocupadas: Collection[str]) -> str:
    candidatas = (clave, *(f"{clave}_{n}" for n in range(2, len(ocupadas) + 3)))
    return next(candidata for candidata in candidatas if candidata not in ocupadas)


# --- Lo que se guarda --------------------------------------------------------------------------------------------


def modelo(borrador: Borrador) -> dict[str, Any]:
    """El JSON del instrumento como se guardaría: sin lo que quedó de otro tipo, ni grupos o listas que ya nadie usa."""
    crudo = copia(borrador)["modelo"]
    todas = [_limpia(pregunta) for pregunta in crudo["preguntas"]]
    archivos = {pregunta.get("archivo") for pregunta in todas}
    limpio = _sin_traduccion_huerfana(
        crudo
        | {
            "version": borrador["version"] + 1,
            "preguntas": todas,
            "grupos": list(_grupos(crudo.get("grupos", []), todas)),
            "listas": [lista for lista in crudo.get("listas", ()) if lista["archivo"] in archivos],
        }
    )
    return {campo: valor for campo, valor in limpio.items() if valor not in (None, "", [], {}) or campo in _SIEMPRE}


_SIEMPRE = ("clave", "titulo", "intro", "minutos", "preguntas")
_SOLO_DE = {
    "opciones": CERRADAS, "publicacion": ("una", "varias"), "filtro": CERRADAS, "archivo": CERRADAS,
    "correcta": CERRADAS, "maximo": ("texto",), "privada": ("texto",),
    "inicio": ("rango",), "fin": ("rango",), "paso": ("rango",),
}  # fmt: skip


def _limpia(pregunta: PreguntaCruda) -> PreguntaCruda:
    tipo = pregunta["tipo"]
    sobran = {campo for campo, tipos in _SOLO_DE.items() if tipo not in tipos}
    sobran |= {"obligatoria"} if tipo == "nota" else set()
    sobran |= {"publicacion"} if pregunta.get("publicacion") == "si" else set()
    limpia = {c: v for c, v in pregunta.items() if c not in sobran and v not in (None, "", False, [], {})}
    if "opciones" in limpia:
        opciones = [_sin_traduccion_huerfana(opcion) for opcion in limpia["opciones"]]
        limpia["opciones"] = [{c: v for c, v in o.items() if v not in (False, {})} for o in opciones]
    return {"texto": "", **_sin_traduccion_huerfana(limpia)}


def _sin_traduccion_huerfana(cosa: dict[str, Any]) -> dict[str, Any]:
    """La traducción de un texto que ya no está no se guarda."""
    if "traducciones" not in cosa:
        return cosa
    traducciones = {
        idioma: {campo: texto for campo, texto in textos.items() if cosa.get(campo)}
        for idioma, textos in cosa["traducciones"].items()
    }
    quedan = {idioma: textos for idioma, textos in traducciones.items() if textos}
    return {c: v for c, v in cosa.items() if c != "traducciones"} | ({"traducciones": quedan} if quedan else {})


def camino(borrador: Borrador, grupo: str | None) -> tuple[str, ...]:
    """Las claves de los grupos en que está un grupo, de afuera a adentro."""
    return _camino({g["clave"]: g for g in borrador["modelo"].get("grupos", ())}, grupo)


def _camino(por_clave: dict[str, dict[str, Any]], grupo: str | None) -> tuple[str, ...]:
    claves: list[str] = []
    while grupo is not None and grupo in por_clave:
        claves.insert(0, grupo)
        grupo = por_clave[grupo].get("padre")
    return tuple(claves)


def _grupos(grupos: list[dict[str, Any]], todas: list[PreguntaCruda]) -> Iterator[dict[str, Any]]:
    """En el orden en que abren, y solo los que tienen algo."""
    por_clave = {grupo["clave"]: grupo for grupo in grupos}
    vistos: dict[str, None] = {}
    for pregunta in todas:
        vistos |= dict.fromkeys(_camino(por_clave, pregunta.get("grupo")))
    yield from (_sin_traduccion_huerfana(por_clave[clave]) for clave in vistos)
