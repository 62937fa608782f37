"""Dos personas cambiaron el mismo evento: en qué no coinciden, dato por dato, y lo que cada una dejó. Puro.

Quien edita manda, con lo que escribió, lo que veía al empezar (``visto``). Con eso se sabe quién cambió cada dato, y
nada se pierde: lo de las dos se enseña y se elige.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Datos = Mapping[str, Any]


@dataclass(frozen=True)
class Diferencia:
    """Un dato en que lo escrito y lo guardado no coinciden.

    ``de``: quién lo cambió: ``mia`` (sólo quien edita), ``otra`` (sólo quien guardó primero) o ``ambas``, que es
    también lo que se dice cuando no se sabe qué veía quien edita.
    """

    campo: str
    mio: Any
    otro: Any
    de: Literal["mia", "otra", "ambas"]


def cotejar(visto: Datos, mio: Datos, otro: Datos) -> list[Diferencia]:
    """Los datos de ``mio`` que en ``otro`` dicen otra cosa, en su orden.

    :param visto: lo que ``mio`` decía antes de escribirle; los datos que no traiga no se sabe quién los cambió.
    """
    return [
        Diferencia(campo, valor, otro[campo], _de_quien(campo, visto, valor, otro[campo]))
        for campo, valor in mio.items()
        if campo in otro and not iguales(valor, otro[campo])
    ]


def _de_quien(campo: str, visto: Datos, mio: Any, otro: Any) -> Literal["mia", "otra", "ambas"]:
    if campo in visto and iguales(visto[campo], otro):
        return "mia"
    return "otra" if campo in visto and iguales(visto[campo], mio) else "ambas"


def iguales(uno: Any, otro: Any) -> bool:
    """Dicen lo mismo: vacío es vacío, y en una lista de claves no importa el orden (en la de encuestas sí)."""
    return bool(_forma(uno) == _forma(otro))


def _forma(valor: Any) -> Any:
    if isinstance(valor, Sequence) and not isinstance(valor, str):
        return sorted(valor) if all(isinstance(v, str) for v in valor) else list(valor)
    return None if valor in (None, "") else valor


def escribir(datos: Datos) -> str:
    """Los datos como texto, para que viajen en el formulario."""
    return json.dumps(datos, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def leer(texto: str) -> dict[str, Any]:
    """Lo de :func:`escribir`. Viene de fuera: lo que no tenga la forma de un dato se quita."""
    try:
        datos = json.loads(texto)
    except (ValueError, RecursionError):
        return {}
    return {c: v for c, v in datos.items() if _es_dato(v)} if isinstance(datos, dict) else {}


def _es_dato(valor: Any) -> bool:
    if isinstance(valor, list):
        return all(isinstance(v, str) for v in valor) or all(_es_encuesta(v) for v in valor)
    return valor is None or isinstance(valor, str | bool)


def _es_encuesta(valor: Any) -> bool:
    return (
        isinstance(valor, dict)
        and set(valor) == {"instrumento", "por_pantalla"}
        and isinstance(valor["instrumento"], str)
        and isinstance(valor["por_pantalla"], bool)
    )
