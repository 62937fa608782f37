"""XLSForm de entrada y de salida: la encuesta que cualquiera escribe en una hoja de cálculo.

Quien solo muestra o valida no lo necesita: carga ``pyxform`` y ``openpyxl``.
"""

from formularios.xlsform.exportar import adjuntos, exportar
from formularios.xlsform.importar import importar
from formularios.xlsform.reporte import Problema, Resultado

__all__ = ["Problema", "Resultado", "adjuntos", "exportar", "importar"]
