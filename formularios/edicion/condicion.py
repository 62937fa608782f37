"""Cuándo se muestra una pregunta, mirando otras: «solo si la 3 es Sí», «si la 5 es mayor que 2», y hasta cuatro juntas.

Juntas son «todas» o «alguna», sin mezclar. Se guarda como expresión de XLSForm en ``relevante``. Las que no tienen una
de estas formas se respetan y se cambian en la hoja de cálculo.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from formularios.edicion.borrador import Borrador, buscar, camino, preguntas
from formularios.edicion.tipos import PreguntaCruda

DE_NUMERO = ("mayor", "menor", "igual")
_DE_TIPO = {
    "una": ("es", "no_es"),
    "varias": ("incluye", "no_incluye"),
    "acepto": ("es", "no_es"),
    "entero": DE_NUMERO,
    "decimal": DE_NUMERO,
    "rango": DE_NUMERO,
}
_FORMAS = {
    "es": "${{{p}}} = {v}",
    "no_es": "${{{p}}} != {v}",
    "incluye": "selected(${{{p}}}, {v})",
    "no_incluye": "not(selected(${{{p}}}, {v}))",
    "mayor": "${{{p}}} > {v}",
    "menor": "${{{p}}} < {v}",
    "igual": "${{{p}}} = {v}",
}
_NOMBRE = r"\$\{\s*(?P<p>[^\s{}]+)\s*\}"
_TEXTO = r"(?P<v>'[^']*'|\"[^\"]*\")"
_NUMERO = r"(?P<v>-?[0-9]{1,12}(?:\.[0-9]{1,6})?)"
_LECTURAS = {
    "es": rf"{_NOMBRE}\s*=\s*{_TEXTO}",
    "no_es": rf"{_NOMBRE}\s*!=\s*{_TEXTO}",
    "incluye": rf"selected\(\s*{_NOMBRE}\s*,\s*{_TEXTO}\s*\)",
    "no_incluye": rf"not\(\s*selected\(\s*{_NOMBRE}\s*,\s*{_TEXTO}\s*\)\s*\)",
    "mayor": rf"{_NOMBRE}\s*>\s*{_NUMERO}",
    "menor": rf"{_NOMBRE}\s*<\s*{_NUMERO}",
    "igual": rf"{_NOMBRE}\s*=\s*{_NUMERO}",
}
_ES_NUMERO = re.compile(_NUMERO)
_ESPACIO = re.compile(r"\s")
_NEXO = re.compile(r"\s+(and|or)\s+")
CONDICIONES_MAXIMAS = 4
"""Las que caben en una pregunta; con más, tampoco se podrían decir en una frase (``formularios.condiciones``)."""


@dataclass(frozen=True)
class Condicion:
    """``valor``: la clave de una opción (``OK`` en una casilla), o un número escrito."""

    pregunta: str
    operador: str
    valor: str


@dataclass(frozen=True)
class Condiciones:
    """Sin ninguna, siempre se muestra. ``todas``: hacen falta todas; si no, con una basta (con una sola da igual)."""

    partes: tuple[Condicion, ...] = ()
    todas: bool = True


def condiciones_de(borrador: Borrador, pregunta: PreguntaCruda) -> Condiciones:
    """Las de una pregunta, si son de las que se cambian en pantalla; ninguna si no las tiene o no lo son."""
    leidas = None if es_de_la_hoja(borrador, pregunta) else _leer(pregunta.get("relevante") or "")
    return leidas or Condiciones()


def _leer(expresion: str) -> Condiciones | None:
    """Ni una clave ni un número llevan espacios: lo que va entre ``and`` y ``and`` es una condición entera."""
    textos = _NEXO.split(expresion.strip())
    partes, nexos = [_una(texto) for texto in textos[::2]], set(textos[1::2])
    leidas = tuple(parte for parte in partes if parte)
    if len(leidas) != len(partes) or len(partes) > CONDICIONES_MAXIMAS or len(nexos) > 1:
        return None
    return Condiciones(leidas, todas="or" not in nexos)


def _una(expresion: str) -> Condicion | None:
    for operador, forma in _LECTURAS.items():
        if hallada := re.fullmatch(forma, expresion):
            valor = hallada["v"]
            return Condicion(hallada["p"], operador, valor if operador in DE_NUMERO else valor[1:-1])
    return None


def es_de_la_hoja(borrador: Borrador, pregunta: PreguntaCruda) -> bool:
    """Tiene una condición que aquí no se sabe decir."""
    return pregunta["clave"] in borrador["de_la_hoja"] and bool(pregunta.get("relevante"))


def las_de_la_hoja(borrador: Borrador) -> list[str]:
    """Las preguntas de una encuesta guardada cuya condición no es de las de aquí."""
    de_la_hoja = []
    for pregunta in preguntas(borrador):
        expresion = pregunta.get("relevante")
        leidas = _leer(expresion) if expresion else None
        if expresion and not (leidas and escribir(leidas) == expresion and _valen(borrador, pregunta, leidas)):
            de_la_hoja.append(pregunta["clave"])
    return de_la_hoja


def _valen(borrador: Borrador, pregunta: PreguntaCruda, condiciones: Condiciones) -> bool:
    miradas = [(condicion, buscar(borrador, condicion.pregunta)) for condicion in condiciones.partes]
    return all(mirada and mirada is not pregunta and admite(mirada, condicion) for condicion, mirada in miradas)


def escribir(condiciones: Condiciones) -> str | None:
    """La expresión; ``None`` si no se puede escribir, o no hay ninguna."""
    escritas = [expresion for condicion in condiciones.partes if (expresion := _escribir(condicion))]
    if len(escritas) != len(condiciones.partes) or len(escritas) > CONDICIONES_MAXIMAS:
        return None
    return (" and " if condiciones.todas else " or ").join(escritas) or None


def _escribir(condicion: Condicion) -> str | None:
    valor = condicion.valor
    if condicion.operador not in _FORMAS or not condicion.pregunta or _ESPACIO.search(condicion.pregunta + valor):
        return None
    if condicion.operador in DE_NUMERO:
        if not _ES_NUMERO.fullmatch(valor):
            return None
    elif not valor or ("'" in valor and '"' in valor):
        return None
    else:
        valor = f'"{valor}"' if "'" in valor else f"'{valor}'"
    return _FORMAS[condicion.operador].format(p=condicion.pregunta, v=valor)


def operadores_de(pregunta: PreguntaCruda) -> tuple[str, ...]:
    return _DE_TIPO.get(pregunta["tipo"], ())


def admite(pregunta: PreguntaCruda, condicion: Condicion) -> bool:
    """¿Existe lo que la condición mira en esa pregunta?"""
    if condicion.operador not in operadores_de(pregunta):
        return False
    if condicion.operador in DE_NUMERO:
        return _ES_NUMERO.fullmatch(condicion.valor) is not None
    if pregunta["tipo"] == "acepto":
        return condicion.valor == "OK"
    return pregunta.get("archivo") is not None or condicion.valor in {o["clave"] for o in pregunta.get("opciones", ())}


def candidatas(borrador: Borrador, clave: str) -> list[PreguntaCruda]:
    """De cuáles puede depender: las de antes que se contestan y que no están en una repetición ajena."""
    return list(_candidatas(borrador, clave))


def _candidatas(borrador: Borrador, clave: str) -> Iterator[PreguntaCruda]:
    repiten = {g["clave"] for g in borrador["modelo"].get("grupos", ()) if g.get("repite")}
    propia = next((p for p in preguntas(borrador) if p["clave"] == clave), None)
    propias = set(camino(borrador, propia.get("grupo"))) if propia else set()
    for pregunta in preguntas(borrador):
        if pregunta["clave"] == clave:
            return
        ajenas = (set(camino(borrador, pregunta.get("grupo"))) & repiten) - propias
        contestada = not pregunta.get("calculo") and not pregunta.get("solo_lectura") and not pregunta.get("archivo")
        if operadores_de(pregunta) and contestada and not ajenas and not pregunta.get("modulo"):
            yield pregunta
