"""El valor de un árbol con las respuestas de alguien. Nunca lanza con un árbol que salió de ``analizar``."""

import math
from collections.abc import Callable
from datetime import datetime
from typing import Protocol, cast

from . import fechas, patrones
from .gramatica import Arbol
from .valores import ESPACIO, Valor, a_booleano, a_numero, a_texto, partes


class Contexto(Protocol):
    """Lo que una expresión puede preguntar. Todo valor es texto, como en ODK XForms; sin contestar es ``""``."""

    @property
    def actual(self) -> str:
        """«.»: la respuesta de la pregunta dueña de la expresión."""

    @property
    def ahora(self) -> datetime:
        """La hora, con zona: la del aparato."""

    @property
    def posicion(self) -> int:
        """``position(..)``: el lugar, desde 1, de la vuelta de la repetición."""

    @property
    def una_vez(self) -> str:
        """``once()``: lo que ya valía; vacío la primera vez."""

    def valores(self, nombre: str) -> list[str]:
        """Las respuestas a una pregunta que se ven desde aquí: las de esta vuelta si comparten repetición."""

    def todos(self, nombre: str) -> list[str]:
        """Todas las respuestas a una pregunta (sum, count, min, max), en orden."""

    def etiqueta(self, pregunta: str, clave: str) -> str:
        """La etiqueta de una opción en el idioma activo; vacía si no existe."""


def evaluar(arbol: Arbol, contexto: Contexto) -> Valor:
    """El valor de un árbol: texto, número, booleano o lista de textos (nodos en orden)."""
    if isinstance(arbol, str):
        return arbol
    if isinstance(arbol, int | float):
        return float(arbol)
    return _OPERACIONES[cast(str, arbol[0])](contexto, arbol)


def es_verdadera(arbol: Arbol, contexto: Contexto) -> bool:
    """Para relevant, constraint y required: el valor como booleano."""
    return a_booleano(evaluar(arbol, contexto))


_Operacion = Callable[[Contexto, list[Arbol]], Valor]


def _numero(contexto: Contexto, arbol: Arbol) -> float:
    return _a_numero(contexto, evaluar(arbol, contexto))


def _a_numero(contexto: Contexto, valor: Valor) -> float:
    return a_numero(valor, fechas.desfase_de(contexto.ahora))


def _texto(contexto: Contexto, arbol: Arbol) -> str:
    return a_texto(evaluar(arbol, contexto))


def _o(contexto: Contexto, arbol: list[Arbol]) -> bool:
    return any(es_verdadera(a, contexto) for a in arbol[1:])


def _y(contexto: Contexto, arbol: list[Arbol]) -> bool:
    return all(es_verdadera(a, contexto) for a in arbol[1:])


def _suma(contexto: Contexto, arbol: list[Arbol]) -> float:
    total = _numero(contexto, arbol[1])
    for otro in arbol[2:]:
        total += _numero(contexto, otro)
    return total


def _entre(a: float, b: float) -> float:
    if b != 0:
        return a / b
    if a == 0 or math.isnan(a) or math.isnan(b):
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1.0, b)


def _residuo(a: float, b: float) -> float:
    """``mod``: el residuo de la división truncada, con el signo del dividendo (XPath 1.0, 3.5)."""
    if math.isnan(a) or math.isnan(b) or math.isinf(a) or b == 0:
        return math.nan
    return math.fmod(a, b)


def _de_numeros(cuenta: Callable[[float, float], float]) -> _Operacion:
    return lambda contexto, arbol: cuenta(_numero(contexto, arbol[1]), _numero(contexto, arbol[2]))


def _igualdad(iguales: bool) -> _Operacion:
    """XPath 1.0, 3.4: existe un par; un booleano manda, luego un número, luego el texto."""

    def compara(contexto: Contexto, arbol: list[Arbol]) -> bool:
        a, b = evaluar(arbol[1], contexto), evaluar(arbol[2], contexto)
        if isinstance(a, bool) or isinstance(b, bool):
            return (a_booleano(a) == a_booleano(b)) == iguales
        izquierda, derecha = _lista(a), _lista(b)
        if isinstance(a, float) or isinstance(b, float):
            izquierda = [_a_numero(contexto, x) for x in izquierda]
            derecha = [_a_numero(contexto, x) for x in derecha]
        return any((x == y) == iguales for x in izquierda for y in derecha)

    return compara


def _orden(cumple: Callable[[float, float], bool]) -> _Operacion:
    """XPath 1.0, 3.4: siempre entre números; con nodos basta un par, y frente a un booleano son uno."""

    def compara(contexto: Contexto, arbol: list[Arbol]) -> bool:
        a, b = evaluar(arbol[1], contexto), evaluar(arbol[2], contexto)
        if isinstance(a, bool) and isinstance(b, list):
            b = a_booleano(b)
        elif isinstance(b, bool) and isinstance(a, list):
            a = a_booleano(a)
        izquierda = [_a_numero(contexto, x) for x in _lista(a)]
        derecha = [_a_numero(contexto, y) for y in _lista(b)]
        return any(cumple(x, y) for x in izquierda for y in derecha)

    return compara


def _lista(valor: Valor) -> list[Valor]:
    return list(valor) if isinstance(valor, list) else [valor]


def _sueltos(contexto: Contexto, arbol: list[Arbol]) -> list[Valor]:
    """Los argumentos, con cada nodo por separado."""
    return [suelto for a in arbol[1:] for suelto in _lista(evaluar(a, contexto))]


def _sumados(contexto: Contexto, arbol: list[Arbol]) -> float:
    total = 0.0
    for valor in _sueltos(contexto, arbol):
        total += _a_numero(contexto, valor)
    return total


def _extremo(gana: Callable[[float, float], bool]) -> _Operacion:
    def de_todos(contexto: Contexto, arbol: list[Arbol]) -> float:
        mejor: float | None = None
        for valor in _sueltos(contexto, arbol):
            numero = _a_numero(contexto, valor)
            if math.isnan(numero):
                return math.nan
            if mejor is None or gana(numero, mejor):
                mejor = numero
        return math.nan if mejor is None else mejor

    return de_todos


def _entero(numero: float) -> float:
    """Hacia el cero; NaN e infinitos quedan igual, y -0.5 da -0."""
    if math.isnan(numero) or math.isinf(numero):
        return numero
    return math.copysign(float(math.trunc(numero)), numero)


def _redondo(contexto: Contexto, arbol: list[Arbol]) -> float:
    numero = _numero(contexto, arbol[1])
    lugares = _entero(_numero(contexto, arbol[2])) if len(arbol) > 2 else 0.0
    if numero == 0 or math.isnan(numero) or math.isinf(numero):
        return numero
    return math.nan if math.isnan(lugares) else redondear(numero, int(max(-400.0, min(400.0, lugares))))


def redondear(numero: float, lugares: int) -> float:
    """El múltiplo de 10^-lugares más cercano; a la mitad, el mayor (XPath 1.0, 4.4: -2.5 da -2).

    La mitad se decide con los dígitos decimales del número, no con su fracción binaria: 2.675 a 2 lugares da 2.68.
    """
    signo, digitos, exponente = partes(numero)
    quedan = exponente + 1 + lugares
    if quedan >= len(digitos):
        return numero
    resto = digitos[quedan:] if quedan >= 0 else ""
    sube = resto > "5" if signo else resto >= "5"
    entero = int(digitos[:quedan] or 0) if quedan > 0 else 0
    return float(f"{signo}{entero + sube}e{-lugares}")


def _indice(contexto: Contexto, arbol: Arbol, largo: int) -> int:
    """Un índice de ``substr``: truncado; negativo cuenta desde el final; entre 0 y el largo."""
    numero = _entero(_numero(contexto, arbol))
    if math.isnan(numero):
        return 0
    return int(max(0.0, min(float(largo), numero + largo if numero < 0 else numero)))


def _trozo(contexto: Contexto, arbol: list[Arbol]) -> str:
    texto = _texto(contexto, arbol[1])
    desde = _indice(contexto, arbol[2], len(texto))
    hasta = _indice(contexto, arbol[3], len(texto)) if len(arbol) > 3 else len(texto)
    return texto[desde:hasta]


def _opciones(contexto: Contexto, arbol: Arbol) -> list[str]:
    texto = _texto(contexto, arbol)
    for espacio in ESPACIO[1:]:
        texto = texto.replace(espacio, " ")
    return [opcion for opcion in texto.split(" ") if opcion]


def _elegida(contexto: Contexto, arbol: list[Arbol]) -> bool:
    """``selected``: el valor es una de las opciones; la opción vacía es la de quien no eligió ninguna."""
    opciones, valor = _opciones(contexto, arbol[1]), _texto(contexto, arbol[2]).strip(ESPACIO)
    return valor in opciones if valor else not opciones


def _elegida_en(contexto: Contexto, arbol: list[Arbol]) -> str:
    opciones, cual = _opciones(contexto, arbol[1]), _entero(_numero(contexto, arbol[2]))
    return opciones[int(cual)] if 0 <= cual < len(opciones) else ""


def _momento(contexto: Contexto, arbol: Arbol) -> fechas.Momento | None:
    """El día de un valor: una fecha escrita, o un número de días (también como texto)."""
    valor = evaluar(arbol, contexto)
    if isinstance(valor, bool):
        return None
    if isinstance(valor, float):
        return fechas.momento_de_numero(valor)
    texto = a_texto(valor).strip(ESPACIO)
    return fechas.leer(texto) or fechas.momento_de_numero(a_numero(texto))


def _dias(contexto: Contexto, arbol: list[Arbol]) -> float:
    valor = evaluar(arbol[1], contexto)
    if isinstance(valor, float):
        return valor
    if isinstance(valor, bool):
        return math.nan
    return fechas.dias(a_texto(valor).strip(ESPACIO), fechas.desfase_de(contexto.ahora))


_OPERACIONES: dict[str, _Operacion] = {
    "$": lambda c, a: c.valores(cast(str, a[1])),
    "$$": lambda c, a: c.todos(cast(str, a[1])),
    ".": lambda c, a: [c.actual],
    "or": _o,
    "and": _y,
    "=": _igualdad(True),
    "!=": _igualdad(False),
    "<": _orden(lambda x, y: x < y),
    "<=": _orden(lambda x, y: x <= y),
    ">": _orden(lambda x, y: x > y),
    ">=": _orden(lambda x, y: x >= y),
    "+": _suma,
    "-": _de_numeros(lambda x, y: x - y),
    "*": _de_numeros(lambda x, y: x * y),
    "div": _de_numeros(_entre),
    "mod": _de_numeros(_residuo),
    "neg": lambda c, a: -_numero(c, a[1]),
    "boolean-from-string": lambda c, a: _texto(c, a[1]) in ("true", "1"),
    "coalesce": lambda c, a: _texto(c, a[1]) or _texto(c, a[2]),
    "concat": lambda c, a: "".join(map(a_texto, _sueltos(c, a))),
    "contains": lambda c, a: _texto(c, a[2]) in _texto(c, a[1]),
    "count": lambda c, a: float(len(_sueltos(c, a))),
    "count-selected": lambda c, a: float(len(_opciones(c, a[1]))),
    "date": lambda c, a: fechas.fecha_iso(_momento(c, a[1])),
    "decimal-date-time": _dias,
    "false": lambda c, a: False,
    "format-date": lambda c, a: fechas.formatear(_momento(c, a[1]), cast(str, a[2])),
    "if": lambda c, a: evaluar(a[2] if es_verdadera(a[1], c) else a[3], c),
    "int": lambda c, a: _entero(_numero(c, a[1])),
    "jr:choice-name": lambda c, a: c.etiqueta(cast(str, a[2]), _texto(c, a[1])),
    "max": _extremo(lambda x, mejor: x > mejor),
    "min": _extremo(lambda x, mejor: x < mejor),
    "not": lambda c, a: not es_verdadera(a[1], c),
    "now": lambda c, a: fechas.ahora_iso(c.ahora),
    "number": lambda c, a: _numero(c, a[1]),
    "once": lambda c, a: c.una_vez or _texto(c, a[1]),
    "position": lambda c, a: float(c.posicion),
    "regex": lambda c, a: patrones.casa(cast(patrones.Programa, a[2]), _texto(c, a[1])),
    "round": _redondo,
    "selected": _elegida,
    "selected-at": _elegida_en,
    "starts-with": lambda c, a: _texto(c, a[1]).startswith(_texto(c, a[2])),
    "string": lambda c, a: _texto(c, a[1]),
    "string-length": lambda c, a: float(len(_texto(c, a[1]))),
    "substr": _trozo,
    "sum": _sumados,
    "today": lambda c, a: c.ahora.date().isoformat(),
    "true": lambda c, a: True,
}
