"""La plantilla que se baja para empezar: una pregunta de cada tipo, y una hoja que dice para qué es cada columna."""

import io
from functools import lru_cache
from pathlib import Path

import openpyxl
from openpyxl.styles import Alignment, Font

from formularios.instrumento import ErrorInstrumento
from formularios.xlsform.exportar import exportar
from formularios.xlsform.importar import importar

_EJEMPLO = Path(__file__).with_name("ejemplo.csv")
_LEAME = (
    ("Cómo se usa", ""),
    ("1", "En survey, una fila por pregunta: cambie las que sirvan y borre las demás."),
    ("2", "En choices van las opciones; list_name las junta en listas."),
    ("3", "En settings: form_title es el título; form_id, su clave (sin espacios); version, un número que sube."),
    ("4", "Guárdela y súbala en el panel: Encuestas, «Leer la hoja». Esta hoja se ignora."),
    ("Columna", "Para qué"),
    ("type, name, label, hint", "Cómo se contesta, su clave (sin espacios ni acentos), la pregunta y su ayuda"),
    ("${nombre}", "Dentro de un texto, lo que contestó en la pregunta con ese name: Gracias, ${nombre}"),
    ("required", "yes si no se puede saltar. Mejor que se pueda"),
    ("relevant", "Cuándo se pregunta: ${hijas} = 'si'"),
    ("constraint, constraint_message", "Qué se admite, y qué se dice de lo que no"),
    ("calculation", "Un cálculo; lo hace el servidor"),
    ("choice_filter", "Qué opciones se muestran, por una columna de choices"),
    ("appearance", "minimal, likert, horizontal, numbers, multiline, field-list o caritas"),
    ("parameters, repeat_count", "La escala de un range; cuántas veces se repite un grupo"),
    ("bind::jornada:indicador", "El indicador que la usa. Si ninguno la usa, no la pregunte"),
    ("bind::jornada:privada, maximo", "si: el texto va aparte y nunca se publica; letras que caben"),
    ("bind::jornada:publicacion", "si, no, o cómo se juntan las opciones antes de esconderlas: a b | c"),
    ("bind::jornada:demografica", "sexo, edad o procedencia, con las claves de su catálogo"),
    ("jornada_exclusiva", "si: esa opción no va con otra"),
)


@lru_cache(maxsize=1)
def ejemplo() -> bytes:
    """El ``.xlsx``. Se importa tal cual."""
    resultado = importar("ejemplo.csv", _EJEMPLO.read_bytes())
    if resultado.instrumento is None:
        raise ErrorInstrumento("; ".join(map(str, resultado.problemas)))
    libro = openpyxl.load_workbook(io.BytesIO(exportar(resultado.instrumento, "xlsx")))
    hoja = libro.create_sheet("leame")
    for fila, (columna, texto) in enumerate(_LEAME, start=1):
        for numero, valor in enumerate((columna, texto), start=1):
            celda = hoja.cell(fila, numero, "")
            celda.value = valor
            celda.data_type = "s"  # un texto que empieza con «=» no es una fórmula
            celda.alignment = Alignment(vertical="top", wrap_text=True)
            celda.font = Font(bold=columna in ("Cómo se usa", "Columna"))
    hoja.column_dimensions["A"].width, hoja.column_dimensions["B"].width = 34, 90
    salida = io.BytesIO()
    libro.save(salida)
    return salida.getvalue()
