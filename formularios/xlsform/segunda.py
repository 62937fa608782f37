"""La segunda opinión: lo que ``pyxform`` diría de un archivo que ya aceptamos.

Si no lo convierte en un XForm, otras herramientas tampoco lo leerán. Sus mensajes están en inglés y nunca se muestran:
se dice dónde, con una frase nuestra.
"""

import copy
import re

from pyxform.builder import create_survey_element_from_dict
from pyxform.errors import PyXFormError
from pyxform.xls2json import workbook_to_json
from pyxform.xls2json_backends import DefinitionData

from formularios.xlsform.lectura import HOJAS, Libro
from formularios.xlsform.reporte import Problema

_FRASES = (
    (r"list.?name", "La lista de opciones no se encuentra.", "Revise que esté en la hoja choices."),
    (r"\$\{|reference", "Una referencia ${} está mal escrita.", "Escriba ${nombre}, con el nombre de una pregunta."),
    (r"header", "Los encabezados tienen un error.", "Revise la primera fila de cada hoja."),
    (r"parameters", "Los parámetros tienen un error.", "Revise la columna parameters."),
    (r"name", "Un nombre no vale en el estándar.", "Use letras sin acento, números y guion bajo."),
    (r"language|translation", "Los idiomas no cuadran.", "Revise los encabezados con «::» y default_language."),
    (r"choice", "Una opción tiene un error.", "Revise la hoja choices."),
)


def segunda_opinion(libro: Libro) -> list[Problema]:
    """Los problemas que ve ``pyxform``; ninguno si puede hacer el XForm."""
    campos = {c for hoja in HOJAS for c in (hoja, f"{hoja}_header")} | {"sheet_names"}
    crudo = {campo: valor for campo, valor in copy.deepcopy(libro.crudo).items() if campo in campos}
    try:
        definicion = DefinitionData(fallback_form_name="encuesta", **crudo)
        encuesta = create_survey_element_from_dict(workbook_to_json(definicion, form_name="data"))
        encuesta.to_xml(validate=False, pretty_print=False)
    except PyXFormError as error:
        return [_traducir(str(error))]
    except Exception:  # un caso que ni pyxform previó: se rechaza con una frase, no se cae
        return [_traducir("")]
    return []


def _traducir(mensaje: str) -> Problema:
    fila = re.search(r"\[row : (\d+)\]", mensaje)
    hoja = re.search(r"'(survey|choices|settings)' sheet", mensaje)
    columna = re.search(r"the '(\w+)' value", mensaje)
    nombre = re.search(r"'([\w.\-]+)'", mensaje)
    que_pasa, que_escribir = next(
        ((frase, hacer) for patron, frase, hacer in _FRASES if re.search(patron, mensaje, re.IGNORECASE)),
        ("Hay algo que el estándar XLSForm no admite.", "Compárela con una fila que sí se acepta."),
    )
    de_cual = f" (cerca de «{nombre[1]}»)" if nombre and not fila else ""
    return Problema(
        hoja[1] if hoja else "survey",
        int(fila[1]) if fila else None,
        columna[1] if columna else None,
        f"{que_pasa.rstrip('.')}{de_cual}.",
        que_escribir,
    )
