"""De una hoja de estilos, las reglas que una página usa: las demás pesarían en la primera ida y vuelta.

Se queda toda regla cuyos nombres (clases y etiquetas) están en la página o en lo que puede llegar a ella: lo
que escribe su guion y lo que contesta un envío. Ante la duda, se queda.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

_REGLA = re.compile(r"(@media[^{]*)\{((?:[^{}]*\{[^{}]*\})*)\}|([^{}]+)(\{[^{}]*\})")
_CONDICION = re.compile(r"::?[\w-]+(?:\([^()]*\))?|\[[^\]]*\]")
"""Lo que no es un nombre, o puede cambiar mientras la página está abierta."""
_NOMBRE = re.compile(r"[A-Za-z][\w-]*")
_COMILLAS = re.compile(r'"[^"\n]*"|`[^`]*`|\'[^\'\n]*\'')
_ETIQUETA = re.compile(r"<[a-z][^>]*>")
_PARTES = re.compile(r",(?![^(]*\))")

DE_UN_ENVIO = frozenset((
    "h1", "h2", "p", "a", "ul", "li", "form", "label", "input", "button", "span", "small", "summary", "dt", "dd",
    "boton", "primero", "enlaces", "suave", "campo", "error", "envio", "telefonos",
    "f-error", "f-mal", "f-encuesta", "f-opciones", "f-correctas", "f-propia", "f-cuenta",
))  # fmt: skip
"""Lo que puede traer la respuesta a un envío, que el guion pone en la misma página: «Listo», la espera, un aviso."""


def nombres(texto: str) -> frozenset[str]:
    """Los que lleva una página en sus etiquetas."""
    return frozenset(_NOMBRE.findall(" ".join(_ETIQUETA.findall(texto))))


@lru_cache(maxsize=128)
def nombres_de_guion(guion: str) -> frozenset[str]:
    """Los que un guion escribe o busca: están entre comillas."""
    return frozenset(_NOMBRE.findall(" ".join(_COMILLAS.findall(guion))))


def podar(hoja: str, hay: frozenset[str]) -> str:
    """:param hoja: sin comentarios, como la da ``estaticos.contenido``."""
    return _podar(hoja, hay & _todos(hoja))


@lru_cache(maxsize=32)
def _todos(hoja: str) -> frozenset[str]:
    return frozenset(_NOMBRE.findall(hoja))


@lru_cache(maxsize=256)
def _podar(hoja: str, hay: frozenset[str]) -> str:
    return "".join(_reglas(hoja, hay))


def _reglas(hoja: str, hay: frozenset[str]) -> Iterator[str]:
    for media, dentro, selector, cuerpo in _REGLA.findall(hoja):
        if media:
            quedan = "".join(_reglas(dentro, hay))
            if quedan:
                yield f"{media}{{{quedan}}}"
            continue
        suyos = [parte for parte in _PARTES.split(selector) if _puede(parte, hay)]
        if suyos:
            yield ",".join(suyos) + cuerpo


def _puede(selector: str, hay: frozenset[str]) -> bool:
    return hay.issuperset(_NOMBRE.findall(_CONDICION.sub("", selector)))
