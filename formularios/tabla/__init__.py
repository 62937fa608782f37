"""Una hoja de cálculo como renglones de texto: leerla sin riesgo, hallar sus columnas y escribir una que no lo sea.

``leer`` acepta CSV (UTF-8, Windows, DOS o Mac; con coma, punto y coma o tabulador) y XLSX. Lo que no se puede leer se
dice con una frase (:class:`ErrorTabla`); lo que no se puede creer de una fila (celdas combinadas, fórmulas sin
resultado) va en ``Tabla.problemas``. No sabe qué es cada columna: eso lo halla ``emparejar`` con los nombres que se le
den.
"""

from formularios.tabla.datos import leer_decimal, leer_dia, leer_entero
from formularios.tabla.emparejar import emparejar, llana
from formularios.tabla.escribir import a_csv, neutra
from formularios.tabla.lectura import leer, leer_aqui
from formularios.tabla.modelo import BYTES, FILAS, ErrorTabla, Tabla

__all__ = [
    "BYTES",
    "FILAS",
    "ErrorTabla",
    "Tabla",
    "a_csv",
    "emparejar",
    "leer",
    "leer_aqui",
    "leer_decimal",
    "leer_dia",
    "leer_entero",
    "llana",
    "neutra",
]
