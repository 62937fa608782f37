"""Una encuesta ya dibujada, leída como la lee un navegador."""

from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from formularios.dibujo import Dibujo

PLANTILLAS = Path(__file__).parents[2] / "plantillas"


@cache
def macros() -> Any:
    entorno = Environment(
        loader=FileSystemLoader(PLANTILLAS), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    return entorno.get_template("formularios/_campos.html").module


class Pagina(HTMLParser):
    """Cada etiqueta con sus atributos, lo que tiene alrededor y el texto que lleva."""

    VACIAS = frozenset({"input", "br", "circle", "path"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html, self.todas, self._abiertas = html, [], []  # type: ignore[var-annotated]
        self.feed(html)
        assert self._abiertas == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        nodo = {"": tag, **{n: v or "" for n, v in attrs}, "dentro": list(self._abiertas), "texto": ""}
        self.todas.append(nodo)
        if tag not in self.VACIAS:
            self._abiertas.append(nodo)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VACIAS:
            assert self._abiertas.pop()[""] == tag

    def handle_data(self, data: str) -> None:
        for nodo in self._abiertas:
            nodo["texto"] += data

    def de(self, *tipos: str, **atributos: str) -> list[dict[str, Any]]:
        return [n for n in self.todas if n[""] in tipos and all(n.get(a) == v for a, v in atributos.items())]

    def campos(self, nombre: str) -> list[dict[str, Any]]:
        return self.de("input", "select", "textarea", name=nombre)

    def piezas(self) -> dict[tuple[str, str], dict[str, Any]]:
        return {(n["data-p"], n.get("data-v", "")): n for n in self.todas if "data-p" in n}

    def elegidas(self, nombre: str) -> list[str]:
        """Lo marcado; de las listas desplegables, lo de cada una."""
        listas = [[o for o in self.de("option") if s in o["dentro"]] for s in self.de("select", name=nombre)]
        puestas = [next((o["value"] for o in lista if "selected" in o), "") for lista in listas]
        return puestas or [n["value"] for n in self.campos(nombre) if "checked" in n]

    def enviado(self) -> dict[str, list[str]]:
        """Lo que mandaría el navegador sin tocar nada: cada campo con su valor, en el orden de la página."""
        datos: dict[str, list[str]] = {}
        for nodo in self.de("input", "textarea", "select"):
            marcable = nodo.get("type") in ("radio", "checkbox")
            if nodo[""] == "select":
                valor = next((o["value"] for o in self.de("option") if nodo in o["dentro"] and "selected" in o), "")
            else:
                valor = nodo["texto"].removeprefix("\n") if nodo[""] == "textarea" else nodo.get("value", "on")
            if "name" in nodo and (not marcable or "checked" in nodo):
                datos.setdefault(nodo["name"], []).append("" if valor == "on" and not marcable else valor)
        return datos


def de_dibujo(dibujo: Dibujo) -> Pagina:
    return Pagina(str(macros().encuesta(dibujo)))
