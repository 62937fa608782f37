"""Qué columna es cada cosa, por su título: sin fijarse en acentos, mayúsculas ni signos."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher

PARECIDO = 0.85


def llana(texto: str) -> str:
    """Sin acentos, en minúsculas y con un espacio entre palabras: «  Línea (POA)» es «linea poa»."""
    partes = unicodedata.normalize("NFKD", texto.casefold())
    sin_acentos = "".join(letra for letra in partes if not unicodedata.combining(letra))
    return " ".join(re.findall(r"[a-z0-9+#]+", sin_acentos))


def emparejar(encabezados: Sequence[str], campos: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """``{clave del campo: número de columna, desde 0}``; lo que no se halla, falta.

    Primero los títulos iguales a uno de los nombres, después los que lo llevan entre sus palabras («Fecha de la
    actividad»), al final los parecidos («Cantidd»). Una columna es de un solo campo y un campo tiene una sola columna.
    """
    titulos = [llana(encabezado) for encabezado in encabezados]
    nombres = {clave: [llana(nombre) for nombre in (clave, *sinonimos)] for clave, sinonimos in campos.items()}
    halladas: dict[str, int] = {}
    for acierta in (_igual, _contiene, _parecida):
        for clave, posibles in nombres.items():
            if clave in halladas:
                continue
            libres = [n for n, titulo in enumerate(titulos) if titulo and n not in halladas.values()]
            mejor = next((n for nombre in posibles for n in libres if acierta(titulos[n], nombre)), None)
            if mejor is not None:
                halladas[clave] = mejor
    return halladas


def _igual(titulo: str, nombre: str) -> bool:
    return titulo == nombre


def _contiene(titulo: str, nombre: str) -> bool:
    return len(nombre) > 2 and f" {nombre} " in f" {titulo} "


def _parecida(titulo: str, nombre: str) -> bool:
    return len(nombre) > 4 and SequenceMatcher(None, titulo, nombre).ratio() >= PARECIDO
