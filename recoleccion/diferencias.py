"""En qué difieren dos textos, renglón por renglón y, en un renglón cambiado, palabra por palabra. Puro."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

PARECIDOS = 0.4
"""Desde aquí un renglón es el mismo, cambiado; abajo, uno se quitó y otro se agregó."""


class Renglon(NamedTuple):
    """``que``: ``igual``, ``mas``, ``menos`` o ``salto``, que son varios iguales que no se enseñan.

    ``trozos``: (texto, si es lo que cambió).
    """

    que: str
    trozos: tuple[tuple[str, bool], ...]


def renglones(antes: str, despues: str) -> list[Renglon]:
    """Los dos textos juntos, en orden; los renglones vacíos no cuentan."""
    viejos, nuevos = _partir(antes), _partir(despues)
    salida: list[Renglon] = []
    for que, a, b, c, d in SequenceMatcher(None, viejos, nuevos, autojunk=False).get_opcodes():
        if que == "equal":
            salida += [Renglon("igual", ((texto, False),)) for texto in viejos[a:b]]
        else:
            salida += _cambiados(viejos[a:b], nuevos[c:d])
    return salida


def alrededor(todos: Sequence[Renglon], cuantos: int = 1) -> list[Renglon]:
    """Lo que cambió con unos renglones iguales a cada lado; lo demás se salta."""
    cambian = [lugar for lugar, uno in enumerate(todos) if uno.que != "igual"]
    cerca = {lugar + n for lugar in cambian for n in range(-cuantos, cuantos + 1)}
    salida: list[Renglon] = []
    for lugar, uno in enumerate(todos):
        if lugar in cerca:
            salida.append(uno)
        elif not salida or salida[-1].que != "salto":
            salida.append(Renglon("salto", ()))
    return salida


def _partir(texto: str) -> list[str]:
    return [renglon.strip() for renglon in texto.splitlines() if renglon.strip()]


def _cambiados(viejos: Sequence[str], nuevos: Sequence[str]) -> Iterator[Renglon]:
    pares = list(zip(viejos, nuevos, strict=False))
    for viejo, nuevo in pares:
        de, a = re.findall(r"\S+\s*", viejo), re.findall(r"\S+\s*", nuevo)
        cotejo = SequenceMatcher(None, de, a, autojunk=False)
        parecidos = cotejo.ratio() >= PARECIDOS
        codigos = cotejo.get_opcodes()
        yield Renglon(
            "menos", tuple(("".join(de[i:j]), parecidos and que != "equal") for que, i, j, _, _ in codigos if i < j)
        )
        yield Renglon(
            "mas", tuple(("".join(a[k:n]), parecidos and que != "equal") for que, _, _, k, n in codigos if k < n)
        )
    yield from (Renglon("menos", ((viejo, False),)) for viejo in viejos[len(pares) :])
    yield from (Renglon("mas", ((nuevo, False),)) for nuevo in nuevos[len(pares) :])
