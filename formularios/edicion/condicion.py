"""Cuándo se muestra una pregunta, cuando basta con mirar otra: «solo si la 3 es Sí», «si la 5 es mayor que 2».

Se guarda como expresión de XLSForm en ``relevante``. Las que no tienen una de estas formas se respetan y se cambian en
la hoja de cálculo.
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


@dataclass(frozen=True)
class Condicion:
    """``valor``: la clave de una opción (``OK`` en una casilla), o un número escrito."""

    pregunta: str
    operador: str
    valor: str


def condicion_de(borrador: Borrador, pregunta: PreguntaCruda) -> Condicion | None:
    """La de una pregunta, si es de las que se cambian en pantalla. ``None`` también si no tiene."""
    return None if es_de_la_hoja(borrador, pregunta) else _leer(pregunta.get("relevante") or "")


def _leer(expresion: str) -> Condicion | None:
    for operador, forma in _LECTURAS.items():
        if hallada := re.fullmatch(forma, expresion.strip()):
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
        condicion = _leer(pregunta.get("relevante") or "")
        mirada = buscar(borrador, condicion.pregunta) if condicion else None
        bien = condicion and mirada and mirada is not pregunta and admite(mirada, condicion)
        if pregunta.get("relevante") and not (bien and condicion and escribir(condicion) == pregunta["relevante"]):
            de_la_hoja.append(pregunta["clave"])
    return de_la_hoja


def escribir(condicion: Condicion) -> str | None:
    """La expresión; ``None`` si no se puede escribir."""
    if condicion.operador not in _FORMAS or not condicion.pregunta:
        return None
    valor = condicion.valor
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
