"""Encuestas enteras como las escriben quienes usan Kobo, ODK, SurveyCTO o Enketo en América Latina.

Cada una se contesta entera y vuelve igual de su hoja, o se rechaza en las celdas que toca y en ninguna otra.
"""
# ruff: noqa: E501  # las tablas se leen enteras

from datetime import date
from random import Random
from typing import Any

import pytest

from formularios.xlsform import exportar, importar
from tests.formularios.xlsform.al_azar import contestar
from tests.formularios.xlsform.test_ajenos import libro

Hojas = dict[str, list[list[Any]]]
SN = [["sino", 1.0, "Sí"], ["sino", 2.0, "No"], ["sino", 99.0, "No sabe / No responde"]]

CORREN: dict[str, tuple[Hojas, dict[str, Any]]] = {
    "registro de beneficiarias, Kobo en español": (
        {
            "survey": [
                ["type", "name", "label::Español (es)", "hint::Español (es)", "required", "relevant", "constraint", "constraint_message::Español (es)", "appearance", "default", "calculation"],
                ["begin_group", "datos_generales", "I. Datos generales", None, "false", None, None, None, "field-list"],
                ["text", "nombre", "Nombre con el que quiere que le llamemos", None, "true"],
                ["integer", "año_nac", "¿En qué año nació?", "Cuatro cifras", "true", None, ". >= 1920 and . <= 2020", "Revise: ${año_nac} no puede ser."],
                ["calculate", "edad", None, None, None, None, None, None, None, None, "2026 - ${año_nac}"],
                ["note", "saludo", "Gracias, **${nombre}**. Entonces tiene unos ${edad} años."],
                ["select_one sino", "estudia", "${nombre}, ¿estudia actualmente?", None, "true", "${edad} < 30"],
                ["end_group", "datos_generales"],
                ["begin_group", "salud", "II. Salud", None, None, "${edad} >= 12"],
                ["select_multiple temas or_other", "temas", "¿De qué temas le gustaría saber más?"],
                ["end_group"],
            ],
            "choices": [["list_name", "name", "label::Español (es)"], *SN, ["temas", "autoestima", "Autoestima"], ["temas", "niñez", "Niñez"], [None, None, None], ["temas", "género", "Género"]],
            "settings": [["form_title", "id_string", "version", "default_language", "style", "instance_name"], ["Registro de beneficiarias", "aB3dE", "vX9 (2025-03-02)", "Español (es)", "theme-grid no-text-transform", "concat(${nombre}, '-', ${edad})"]],
        },
        {},
    ),
    "hogar con integrantes, ODK": (
        {
            "survey": [
                ["type", "name", "label", "repeat_count", "relevant", "constraint", "constraint_message", "choice_filter", "calculation", "required"],
                ["today", "hoy"], ["hidden", "version_del_cuestionario"],
                ["integer", "n_integrantes", "¿Cuántas personas viven aquí?", None, None, ". > 0 and . <= 4", "Entre 1 y 4 (usted puso ${n_integrantes})", None, None, "yes"],
                ["begin repeat", "integrante", "Integrante del hogar", "${n_integrantes}"],
                ["text", "como_le_dicen", "¿Cómo le dicen?"],
                ["integer", "edad_int", "¿Qué edad tiene ${como_le_dicen}?", None, None, ".>=0 and .<=115"],
                ["select_one parentesco", "parentesco", "¿Qué es ${como_le_dicen} de usted, de los ${n_integrantes}?", None, "${edad_int} != ''"],
                ["end repeat"],
                ["calculate", "menores", None, None, None, None, None, None, "sum(${edad_int}) div count(${integrante})"],
                ["note", "cierre", "Edad promedio: ${menores}"],
            ],
            "choices": [["list name", "name", "label"], ["parentesco", "hijo", "Hija o hijo"], ["parentesco", "conyuge", "Cónyuge"], ["parentesco", "otro", "Otro"]],
        },
        {},
    ),
    "cascada de estado, municipio y localidad con ceros a la izquierda": (
        {
            "survey": [
                ["type", "name", "label", "choice_filter", "appearance"],
                ["select_one entidad", "entidad", "Entidad", None, "minimal"], ["select_one municipio", "municipio", "Municipio de ${entidad}", "cve_ent = ${entidad}", "minimal"],
                ["select_one localidad", "localidad", "Localidad", "cve_ent=${entidad} and cve_mun=${municipio}", "minimal"],
            ],
            "choices": [
                ["list_name", "name", "label", "cve_ent", "cve_mun"], ["entidad", "14", "Jalisco"], ["entidad", "01", "Aguascalientes"], ["municipio", "093", "Tepatitlán de Morelos", "14"], ["municipio", "001", "Aguascalientes", "01"],
                ["localidad", "0001", "Tepatitlán", "14", "093"], ["localidad", "0002", "Otra", "01", "001"],
            ],
        },
        {},
    ),
    "condiciones con espacios, saltos y comillas de Word": (
        {
            "survey": [
                ["type", "name", "label", "relevant", "constraint"],
                ["select_one sino", "trabaja", "¿Trabaja?", None, None], ["integer", "horas", "¿Cuántas horas?", "  ${trabaja}   =\n 1  ", ".>=1   and   .<=24"],
                ["select_multiple apoyos", "apoyos", "¿Qué apoyos recibe?", "${trabaja}=“1” or ${trabaja}=‘2’", "not(selected(.,’ninguno’) and count-selected(.)>1)"],
                ["text", "cual", "¿Cuál?", "selected( ${apoyos} , 'otro' )", None],
            ],
            "choices": [["list_name", "name", "label"], *SN, ["apoyos", "pension", "Pensión"], ["apoyos", "otro", "Otro"], ["apoyos", "ninguno", "Ninguno"]],
        },
        {},
    ),
    "celdas de Excel: números, fechas, booleanos y filas vacías": (
        {
            "survey": [
                ["type", "name", "label", "required", "default", "constraint", "repeat_count"],
                [None] * 7, ["note", "t", 2026.0], ["integer", "n", "¿Cuántas?", True, 3.0, ".<=10"], ["date", "f", "Fecha de la visita", False, date(2026, 11, 20), None], [None, None, None], ["begin_repeat", "r", "R", None, None, None, 2.0], ["decimal", "d", "Peso", False, 1.5, None], ["end_repeat"],
            ],
            "choices": [["list_name", "name", "label"]],
        },
        {},
    ),
    "hojas ocultas, notas de trabajo y columnas propias": (
        {
            "Léame": [["Formulario elaborado por la coordinación"]],
            "survey": [["type", "name", "label", "OBSERVACIONES", "revisado por"], ["select_one sino", "a", "¿Conoce sus derechos?", "preguntar a Lupita", "LG"]],
            "choices": [["list_name", "name", "label", "fuente"], ["sino", "si", "Sí", "INEGI"], ["sino", "no", "No", None]],
            "catalogo_inegi": [["clave", "nombre"], [1, "x"]],
            "settings": [["form_title", "form_id", "version", "public_key", "submission_url"], ["Derechos", "derechos", 2, None, None]],
        },
        {"ocultas": ("catalogo_inegi",)},
    ),
    "satisfacción con escalas": (
        {
            "survey": [
                ["type", "name", "label", "appearance", "parameters", "required", "relevant", "hint"],
                ["select_one acuerdo", "s1", "El trato fue respetuoso", "likert", None, "yes", None, None], ["range", "s2", "Del 0 al 10, ¿qué tanto nos recomienda?", None, "start=0 end=10 step=1", None, None, "0 nada, 10 mucho"],
                ["select_one acuerdo", "s3", "Puso ${s2} de 10. ¿Volvería?", "horizontal", None, None, "${s2} >= 7", None], ["rank temas", "s4", "Ordene por importancia", None, None, None, None, None], ["acknowledge", "ok", "Acepto que usen mis respuestas sin mi nombre"],
            ],
            "choices": [["list_name", "name", "label"], ["acuerdo", "1", "Nada de acuerdo"], ["acuerdo", "2", "Más o menos"], ["acuerdo", "3", "Muy de acuerdo"], ["temas", "a", "Salud"], ["temas", "b", "Trabajo"]],
        },
        {},
    ),
    "tres idiomas con lo contestado en cada uno": (
        {
            "survey": [["type", "name", "label::Español (es)", "label::Maya (yua)", "label::English (en)"], ["select_one sino", "h", "¿Tiene hijas?", "¿Yaan a wíinklal?", "Any daughters?"], ["integer", "n", "¿Cuántas?", "¿Jayp'éel?", "How many?"], ["note", "d", "Son ${n}", "${n}", "There are ${n} (${h})"]],
            "choices": [["list_name", "name", "label::Español (es)", "label::Maya (yua)", "label::English (en)"], ["sino", "si", "Sí", "Je'el", "Yes"], ["sino", "no", "No", "Ma'", "No"]],
            "settings": [["form_title", "form_id", "version", "default_language"], ["H", "h", "1", "Español (es)"]],
        },
        {},
    ),
    "cálculos de un tamizaje": (
        {
            "survey": [
                ["type", "name", "label", "calculation", "relevant", "read_only"],
                *(["select_one frec", f"p{n}", f"Pregunta {n}: en las últimas dos semanas…"] for n in range(1, 5)),
                ["calculate", "puntaje", None, "coalesce(${p1},0) + coalesce(${p2},0) + coalesce(${p3},0) + coalesce(${p4},0)"],
                ["calculate", "nivel", None, "if(${puntaje} >= 9, 'alto', if(${puntaje} >= 5, 'medio', 'bajo'))"],
                ["calculate", "primera", None, "jr:choice-name(${p1}, '${p1}')"],
                ["note", "res", "Su puntaje es ${puntaje} (${nivel}); en la primera dijo «${primera}».", None, "${puntaje} > 0"],
                ["text", "nota_final", "Nivel", "concat('Nivel: ', ${nivel})", None, "yes"],
            ],
            "choices": [["list_name", "name", "label"], *(["frec", n, t] for n, t in enumerate(["Nunca", "Varios días", "Más de la mitad", "Casi todos"]))],
        },
        {},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("hojas", "opciones"), CORREN.values(), ids=CORREN)
def test_se_contesta_entera(hojas: Hojas, opciones: dict[str, Any]) -> None:
    resultado = importar("de_la_region.xlsx", libro(hojas, **opciones))
    assert resultado.instrumento is not None, "\n".join(map(str, resultado.problemas))
    for semilla in range(3):
        datos, validacion = contestar(resultado.instrumento, Random(semilla))
        assert datos
        assert validacion.errores == {}
    for formato in ("xlsx", "csv"):
        assert importar(f"v.{formato}", exportar(resultado.instrumento, formato)).instrumento == resultado.instrumento


def test_un_csv_de_excel_en_espanol_con_punto_y_coma_y_windows() -> None:
    filas = [
        "survey;type;name;label;relevant", ";select_one sino;acompaña;¿La acompaña alguien?;", ";integer;cuántas;¿Cuántas personas?;${acompaña}='sí'", ";note;fin;Vinieron ${cuántas};",
        "choices;list_name;name;label;", ";sino;sí;Sí;", ";sino;no;No;",
    ]  # fmt: skip
    resultado = importar("encuesta.csv", "\r\n".join(filas).encode("cp1252"))
    assert resultado.instrumento is not None, list(map(str, resultado.problemas))
    assert resultado.instrumento.por_clave["cuántas"].relevante == "${acompaña}='sí'"


ENCABEZADO = ["type", "name", "label", "calculation", "relevant", "constraint", "appearance", "parameters", "required"]
Lugar = tuple[str, int, str, str]


def _con(*filas: list[Any]) -> Hojas:
    return {
        "survey": [ENCABEZADO, ["integer", "edad", "Edad"], *filas],
        "choices": [["list_name", "name", "label"], *SN],
    }


RECHAZOS: dict[str, tuple[Hojas, list[Lugar]]] = {
    "SurveyCTO: pulldata, índices y números con formato": (
        _con(["calculate", "nombre_previo", None, "pulldata('padron', 'nombre', 'id', ${edad})"], ["calculate", "i", None, "index()"], ["calculate", "f", None, "format-number(${edad})"]),
        [("survey", 3, "calculation", "pulldata"), ("survey", 4, "calculation", "index"), ("survey", 5, "calculation", "format-number")],
    ),
    "SurveyCTO: lo que vigila a quien contesta": (
        _con(["caseid", "caseid"], ["text audit", "ta"], ["speed violations count", "sv"], ["comments", "c"], ["calculate_here", "ch", None, "1"]),
        [("survey", 3, "type", "quién contestó"), ("survey", 4, "type", "no se graba"), ("survey", 5, "type", "no se graba"), ("survey", 6, "type", "jornada_privada"), ("survey", 7, "type", "Use calculate")],
    ),
    "indexed-repeat": (
        _con(["begin_repeat", "r", "R"], ["integer", "n", "N"], ["end_repeat"], ["calculate", "primera", None, "indexed-repeat(${n}, ${r}, 1)"]),
        [("survey", 6, "calculation", "indexed-repeat")],
    ),
    "una expresión dentro de un texto": (
        _con(["note", "n", "El año que viene tendrá ${edad + 1}"], ["note", "m", "Tiene ${ edad }"]),
        [("survey", 3, "label", "solo el nombre"), ("survey", 4, "label", "sin espacios")],
    ),
    "condiciones de otros lenguajes": (
        _con(
            ["integer", "a", "A", None, "${edad} == 18"], ["integer", "b", "B", None, "${edad} >= 18 AND ${edad} < 60"], ["integer", "c", "C", None, "${edad} <> 18"], ["integer", "d", "D", None, "${edad} > 18 && ${edad} < 60"],
            ["integer", "e", "E", None, "edad > 18"], ["integer", "f", "F", None, "Y(${edad} > 18)"], ["integer", "g", "G", None, "${edad > 18"], ["integer", "h", "H", None, "${edad} => 18"], ["integer", "i", "I", None, "${edad} >= 18,5"],
        ),
        [("survey", n, "relevant", "") for n in range(3, 12)],
    ),
    "fotos, firma, audio, y apariencias de otras aplicaciones": (
        _con(
            ["image", "foto", "Foto", None, None, None, None, "max-pixels=1024"], ["image", "firma", "Firma", None, None, None, "signature"], ["geotrace", "camino", "Camino"], ["dateTime", "cuando", "Cuándo"],
            ["select_one sino", "a", "A", None, None, None, "quick"], ["select_one sino", "b", "B", None, None, None, "list-nolabel"], ["range", "c", "C", None, None, None, "rating", "start=1 end=5 step=1"], ["integer", "d", "D", None, None, None, "counter"],
        ),
        [*(("survey", n, "type", "") for n in (3, 4, 5, 6)), *(("survey", n, "appearance", "no se admite") for n in (7, 8, 9, 10))],
    ),
    "parámetros que cambian lo que se pregunta": (
        _con(["select_one sino", "a", "A", None, None, None, None, "randomize=true"], ["select_one sino", "b", "B", None, None, None, None, "randomize=true, seed=${edad}"], ["range", "c", "C", None, None, None, None, "inicio=1 fin=5"]),
        [("survey", 3, "parameters", "mismo orden"), ("survey", 4, "parameters", "mismo orden"), ("survey", 4, "parameters", "seed"), ("survey", 5, "parameters", "inicio"), ("survey", 5, "parameters", "fin")],
    ),
    "tipos en español y sin lista": (
        _con(["entero", "a", "A"], ["select_one", "b", "B"], ["seleccion_unica sino", "c", "C"], ["select_one si no", "d", "D"], ["select one from sino2", "e", "E"]),
        [("survey", 3, "type", "Los tipos que hay"), ("survey", 4, "type", "nombre de la lista"), ("survey", 5, "type", "Los tipos que hay"), ("survey", 6, "type", "sin espacios"), ("survey", 7, "type", "«sino»")],
    ),
    "funciones de Enketo y del azar": (
        _con(
            ["calculate", "a", None, "once(uuid())"], ["calculate", "b", None, "random()"], ["calculate", "c", None, "area(${edad})"], ["calculate", "d", None, "digest(${edad}, 'MD5')"], ["calculate", "e", None, "instance('x')/root/item[name=1]/label"],
            ["calculate", "f", None, "join(', ', ${edad})"], ["calculate", "g", None, "version()"],
        ),
        [("survey", n, "calculation", "") for n in range(3, 10)],
    ),
    "medios en cada idioma": (
        {
            "survey": [["type", "name", "label::Español (es)", "media::image::Español (es)", "audio::Español (es)"], ["integer", "a", "A", "a.png", None], ["integer", "b", "B", None, "b.mp3"]],
            "choices": [["list_name", "name", "label::Español (es)", "image"], ["l", "x", "X", "x.png"]],
        },
        [("survey", 2, "media::image::Español (es)", "con palabras"), ("survey", 3, "audio::Español (es)", "con palabras"), ("choices", 2, "image", "con palabras")],
    ),
    "un grupo sin cerrar y otro que no se abrió": (_con(["begin group", "g1", "G1"], ["integer", "a", "A"]), [("survey", 3, "type", "no se cierra")]),
    "sí y no con otras palabras": (_con(["integer", "a", "A", None, None, None, None, None, "obligatorio"], ["integer", "b", "B", None, None, None, None, None, "X"]), [("survey", 3, "required", ""), ("survey", 4, "required", "")]),
    "nombres con espacios y acentos sueltos": (_con(["integer", "mi edad", "A"], ["integer", "¿edad?", "B"], ["integer", "1a", "C"]), [("survey", n, "name", "empieza con letra") for n in (3, 4, 5)]),
}  # fmt: skip


@pytest.mark.parametrize(("hojas", "donde"), RECHAZOS.values(), ids=RECHAZOS)
def test_se_rechaza_en_sus_celdas(hojas: Hojas, donde: list[Lugar]) -> None:
    resultado = importar("de_la_region.xlsx", libro(hojas))
    assert resultado.instrumento is None
    hallados = [(p.hoja, p.fila, p.columna, f"{p.que_pasa} {p.que_escribir}") for p in resultado.problemas]
    assert sorted(h[:3] for h in hallados) == sorted(d[:3] for d in donde), hallados
    for hoja, fila, columna, dice in donde:
        assert any((hoja, fila, columna) == h[:3] and dice in h[3] for h in hallados), (dice, hallados)
    assert all(p.que_escribir for p in resultado.problemas)
