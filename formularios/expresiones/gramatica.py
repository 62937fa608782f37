"""De piezas a árbol: la gramática de expresiones de XPath 1.0 (sección 3) sin rutas, con ``${nombre}`` y «.».

El árbol son listas de JSON: ``["nombre de operador o función", ...]``; un texto y un número son ellos mismos.
``["$", x]`` es la respuesta a x en el alcance de quien evalúa, ``["$$", x]`` todas, ``["."]`` la propia.
"""

import math
import re
from dataclasses import dataclass, field
from typing import TypeAlias

from .errores import ErrorExpresion
from .fechas import FORMATOS
from .funciones import ARGUMENTOS, DE_CONJUNTO, SOLO_RESPUESTAS, cuantos, en_su_lugar
from .lexico import Pieza, partir
from .patrones import compilar

Arbol: TypeAlias = str | int | float | list["Arbol"]

TEXTO = 20_000  # letras de una expresión
HONDO = 100  # niveles del árbol
NODOS = 5_000
_FUERZA = {"or": 1, "and": 2, "=": 3, "!=": 3, "<": 4, "<=": 4, ">": 4, ">=": 4, "+": 5, "-": 5,
           "*": 6, "div": 6, "mod": 6}  # fmt: skip
_EN_LISTA = frozenset({"or", "and", "+"})  # asociativas por la izquierda: a + b + c es un solo nodo
_MUY_GRANDE = "La expresión es demasiado grande; divídala en varias preguntas de tipo calculate."
_PREGUNTA = re.compile(r"\s*\$\{\s*([^\W\d][\w.\-]*)\s*\}\s*")
_MARCA = re.compile("%(.?)", re.DOTALL)


@dataclass(frozen=True)
class Expresion:
    """Una expresión ya entendida. ``arbol`` es JSON y es lo único que evalúan Python y el teléfono.

    ``referencias``: las preguntas que menciona con ``${}``. ``columnas``: las de la lista de opciones que menciona
    (sólo si se analizó con ``columnas``). ``avisos``: frases sobre lo que se acepta y quizá no es lo que se quiso.
    """

    texto: str
    arbol: Arbol = field(hash=False)
    referencias: frozenset[str]
    funciones: frozenset[str]
    columnas: frozenset[str] = frozenset()
    avisos: tuple[str, ...] = ()


def analizar(texto: str, *, columnas: frozenset[str] = frozenset()) -> Expresion:
    """Entiende una expresión de XLSForm o lanza :class:`ErrorExpresion` con qué escribir en su lugar.

    ``columnas``: nombres que valen sin ``${}`` por ser columnas de la hoja «choices» (para ``choice_filter``); se
    evalúan como la respuesta a ``#nombre``: quien filtra las contesta en ``Contexto.valores``.
    """
    if len(texto) > TEXTO:
        raise ErrorExpresion(_MUY_GRANDE, 0)
    return _Analisis(texto, columnas).todo()


@dataclass(frozen=True)
class _Tramo:
    arbol: Arbol
    hondo: int


class _Analisis:
    def __init__(self, texto: str, columnas: frozenset[str]) -> None:
        self.texto, self.columnas = texto, columnas
        self.piezas, self.i, self.nodos, self.nivel = partir(texto), 0, 0, 0
        self.referencias, self.funciones, self.usadas = set[str](), set[str](), set[str]()
        self.avisos: list[str] = []

    def todo(self) -> Expresion:
        if self._ve().tipo == "fin":
            raise ErrorExpresion("La expresión está vacía; escríbala o deje la celda en blanco.", 0)
        tramo = self._expresion(1)
        sobra = self._ve()
        if sobra.tipo == ")":
            raise ErrorExpresion("Sobra un paréntesis que cierra; bórrelo o agregue el que abre.", sobra.posicion)
        if sobra.tipo == ",":
            raise ErrorExpresion("Esta coma no está dentro de una función; bórrela.", sobra.posicion)
        if sobra.tipo != "fin":
            raise ErrorExpresion(_falta_operador(sobra), sobra.posicion)
        return Expresion(self.texto, tramo.arbol, frozenset(self.referencias), frozenset(self.funciones),
                         frozenset(self.usadas), tuple(self.avisos))  # fmt: skip

    def _ve(self) -> Pieza:
        return self.piezas[self.i]

    def _saca(self) -> Pieza:
        pieza = self.piezas[self.i]
        self.i += 1
        return pieza

    def _nodo(self, arbol: Arbol, pieza: Pieza, *hijos: _Tramo) -> _Tramo:
        self.nodos += 1
        hondo = 1 + max((hijo.hondo for hijo in hijos), default=0)
        if self.nodos > NODOS or hondo > HONDO:
            raise ErrorExpresion(_MUY_GRANDE, pieza.posicion)
        return _Tramo(arbol, hondo)

    def _expresion(self, fuerza: int) -> _Tramo:
        self.nivel += 1
        if self.nivel > HONDO:
            raise ErrorExpresion(_MUY_GRANDE, self._ve().posicion)
        izquierda = self._negado()
        while self._ve().tipo == "op" and _FUERZA[self._ve().valor] >= fuerza:
            op = self._saca()
            derecha = self._expresion(_FUERZA[op.valor] + 1)
            izquierda = self._junta(op, izquierda, derecha)
        self.nivel -= 1
        return izquierda

    def _junta(self, op: Pieza, izquierda: _Tramo, derecha: _Tramo) -> _Tramo:
        arbol = izquierda.arbol
        if op.valor in _EN_LISTA and isinstance(arbol, list) and arbol[0] == op.valor:
            return _Tramo([*arbol, derecha.arbol], self._nodo("", op, _Tramo("", izquierda.hondo - 1), derecha).hondo)
        return self._nodo([op.valor, arbol, derecha.arbol], op, izquierda, derecha)

    def _negado(self) -> _Tramo:
        menos = self._ve()
        if menos.tipo != "op" or menos.valor != "-":
            return self._primario()
        self._saca()
        self.nivel += 1
        if self.nivel > HONDO:
            raise ErrorExpresion(_MUY_GRANDE, menos.posicion)
        dentro = self._negado()
        self.nivel -= 1
        return self._nodo(["neg", dentro.arbol], menos, dentro)

    def _primario(self) -> _Tramo:
        pieza = self._saca()
        if pieza.tipo == "numero":
            return self._nodo(_numero(pieza), pieza)
        if pieza.tipo == "texto":
            return self._nodo(_literal(pieza), pieza)
        if pieza.tipo == "ref":
            self.referencias.add(pieza.valor)
            return self._nodo(["$", pieza.valor], pieza)
        if pieza.tipo == ".":
            return self._nodo(["."], pieza)
        if pieza.tipo == "(":
            dentro = self._expresion(1)
            self._cierra(pieza)
            return dentro
        if pieza.tipo == "nombre":
            return self._llamada(pieza) if self._ve().tipo == "(" else self._columna(pieza)
        raise ErrorExpresion(self._falta_valor(pieza), pieza.posicion)

    def _columna(self, pieza: Pieza) -> _Tramo:
        if pieza.valor not in self.columnas:
            raise ErrorExpresion(_nombre_suelto(pieza.valor), pieza.posicion)
        self.usadas.add(pieza.valor)
        return self._nodo(["$", f"#{pieza.valor}"], pieza)

    def _cierra(self, abre: Pieza) -> None:
        pieza = self._ve()
        if pieza.tipo == ")":
            self._saca()
        elif pieza.tipo == "fin":
            raise ErrorExpresion("Falta cerrar este paréntesis; agregue «)».", abre.posicion)
        elif pieza.tipo == ",":
            raise ErrorExpresion("Esta coma no está dentro de una función; bórrela.", pieza.posicion)
        else:
            raise ErrorExpresion(_falta_operador(pieza), pieza.posicion)

    def _llamada(self, nombre: Pieza) -> _Tramo:
        funcion = nombre.valor
        if funcion not in ARGUMENTOS:
            raise ErrorExpresion(en_su_lugar(funcion), nombre.posicion)
        abre = self._saca()
        primeras: list[Pieza] = []
        argumentos: list[_Tramo] = []
        while self._ve().tipo != ")" or argumentos:
            primeras.append(self._ve())
            argumentos.append(self._argumento(funcion, len(argumentos)))
            if self._ve().tipo != ",":
                break
            self._saca()
        self._cierra(abre)
        menos, mas = ARGUMENTOS[funcion]
        if len(argumentos) < menos or (mas is not None and len(argumentos) > mas):
            raise ErrorExpresion(f"La función {funcion}() {cuantos(funcion)}.", nombre.posicion)
        self.funciones.add(funcion)
        return self._nodo([funcion, *self._ajustados(funcion, argumentos, primeras)], nombre, *argumentos)

    def _argumento(self, funcion: str, cual: int) -> _Tramo:
        pieza = self._ve()
        if funcion == "position":
            if pieza.tipo != "..":
                raise ErrorExpresion(
                    "Escriba position(..), con dos puntos: el lugar dentro de la repetición.", pieza.posicion
                )
            self._saca()
            return _Tramo("", 0)
        if funcion == "jr:choice-name" and cual == 1:
            halla = _PREGUNTA.fullmatch(pieza.valor) if pieza.tipo == "texto" else None
            if halla is None and pieza.tipo != "ref":
                raise ErrorExpresion(
                    "El segundo argumento de jr:choice-name es la pregunta entre comillas: '${nombre}'.",
                    pieza.posicion,
                )
            self._saca()
            pregunta = halla[1] if halla else pieza.valor
            self.referencias.add(pregunta)
            return _Tramo(pregunta, 0)
        return self._expresion(1)

    def _ajustados(self, funcion: str, argumentos: list[_Tramo], primeras: list[Pieza]) -> list[Arbol]:
        arboles = [argumento.arbol for argumento in argumentos]
        if funcion in DE_CONJUNTO:
            arboles = [["$$", a[1]] if isinstance(a, list) and a[0] == "$" else a for a in arboles]
        if funcion in SOLO_RESPUESTAS and not (isinstance(arboles[0], list) and arboles[0][0] in ("$$", ".")):
            raise ErrorExpresion(
                f"{funcion}() recibe las respuestas a una pregunta, sin más: {funcion}(${{nombre}}). "
                "Si hay que hacer una cuenta, hágala antes en un calculate.",
                primeras[0].posicion,
            )
        if funcion == "position":
            return []
        if funcion == "format-date":
            _revisar_formato(arboles[1], primeras[1])
        if funcion == "regex":
            patron = arboles[1]
            if not isinstance(patron, str):
                raise ErrorExpresion("El patrón de regex va escrito entre comillas.", primeras[1].posicion)
            programa: list[Arbol] = [list(instruccion) for instruccion in compilar(patron, primeras[1].posicion + 1)]
            if not (patron.startswith("^") and patron.endswith("$")):
                self.avisos.append(
                    f"regex '{patron}' acepta cualquier respuesta que lo contenga; "
                    "para que toda la respuesta sea así, escriba ^ al principio y $ al final."
                )
            return [arboles[0], programa]
        return arboles

    def _falta_valor(self, pieza: Pieza) -> str:
        if pieza.tipo == "fin":
            return "La expresión termina a la mitad; agregue lo que falta después del último signo."
        if pieza.tipo == "..":
            return "«..» sólo se usa en position(..); para una respuesta escriba ${nombre}."
        if pieza.tipo == "op" and pieza.valor == "*":
            return "Aquí falta un valor antes de «*»; para todas las respuestas escriba sum(${nombre})."
        if pieza.tipo == "op" and pieza.valor == "+":
            return "Quite este «+»: un número positivo se escribe sin signo."
        return f"Aquí falta un valor antes de «{pieza.valor}»: ${{nombre}}, un número o un texto entre comillas."


def _numero(pieza: Pieza) -> int | float:
    numero = float(pieza.valor)
    if math.isinf(numero):
        raise ErrorExpresion("Ese número es demasiado grande.", pieza.posicion)
    return int(numero) if numero.is_integer() and numero < 2**53 else numero


def _literal(pieza: Pieza) -> str:
    if "${" in pieza.valor:
        raise ErrorExpresion(
            "Una pregunta entre comillas no se sustituye; escriba concat('texto ', ${nombre}).", pieza.posicion
        )
    return pieza.valor


def _revisar_formato(formato: Arbol, pieza: Pieza) -> None:
    if not isinstance(formato, str):
        raise ErrorExpresion("El formato de format-date va escrito entre comillas: '%d/%m/%Y'.", pieza.posicion)
    for marca in _MARCA.finditer(formato):
        if marca[1] not in FORMATOS or not marca[1]:
            raise ErrorExpresion(
                f"format-date no conoce «{marca[0]}»; use %Y %y %m %n %b %d %e %a %H %h %M %S %3, o %% para «%».",
                pieza.posicion + 1 + marca.start(),
            )


def _nombre_suelto(nombre: str) -> str:
    if nombre.lower() in ("true", "false"):
        return f"Escriba {nombre.lower()}(), con paréntesis."
    if nombre.lower() in ("and", "or", "div", "mod"):
        return f"Falta un valor antes de «{nombre}»."
    if nombre in ARGUMENTOS:
        return f"A la función le faltan los paréntesis: {nombre}(…)."
    return f"Escriba ${{{nombre}}} si «{nombre}» es una pregunta, o '{nombre}' entre comillas si es un texto."


def _falta_operador(pieza: Pieza) -> str:
    if pieza.tipo == "nombre" and pieza.valor.lower() in ("and", "or", "div", "mod"):
        return f"Escriba «{pieza.valor.lower()}» con minúsculas."
    if pieza.tipo == "nombre" and pieza.valor.lower() in ("y", "e", "o", "u"):
        return f"Escriba «{'and' if pieza.valor.lower() in 'ye' else 'or'}» en lugar de «{pieza.valor}»."
    return f"Falta un signo u operador antes de «{pieza.valor}»: =, +, and, or…"
