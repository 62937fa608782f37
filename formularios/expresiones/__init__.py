"""Las expresiones de XLSForm (ODK XForms): se analizan una vez y valen lo mismo en Python y en el teléfono.

``analizar(texto)`` da una :class:`Expresion` o lanza :class:`ErrorExpresion`; ``evaluar(expresion.arbol, contexto)``
da su valor. Los números de ``posicion`` cuentan desde 0. Ver «Expresiones» en ``formularios/README.md``.
"""

from .errores import ErrorExpresion
from .evaluacion import Contexto, es_verdadera, evaluar
from .gramatica import Arbol, Expresion, analizar
from .valores import Valor, a_booleano, a_numero, a_texto

__all__ = [
    "Arbol",
    "Contexto",
    "ErrorExpresion",
    "Expresion",
    "Valor",
    "a_booleano",
    "a_numero",
    "a_texto",
    "analizar",
    "es_verdadera",
    "evaluar",
]
