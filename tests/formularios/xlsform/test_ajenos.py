"""XLSForm como los escribe quien usa otras herramientas: cada uno se contesta entero, o se rechaza en su celda.

Las tablas son nuestras; los descuidos, los que se ven en formularios de Kobo, Enketo y ODK: números de Excel, celdas
combinadas, hojas ocultas, espacios, mayúsculas, tipos viejos, columnas de exportación, idiomas escritos de dos modos.
"""
# ruff: noqa: E501  # las tablas se leen enteras

import io
from datetime import date, time
from random import Random
from typing import Any

import openpyxl
import pytest

from formularios.xlsform import exportar, importar
from tests.formularios.xlsform.al_azar import contestar

SI_NO = [["list_name", "name", "label"], ["sn", "si", "Sí"], ["sn", "no", "No"]]


def libro(hojas: dict[str, list[list[Any]]], *, ocultas: tuple[str, ...] = (), juntas: str | None = None) -> bytes:
    archivo = openpyxl.Workbook()
    archivo.remove(archivo.active)
    for nombre, filas in hojas.items():
        hoja = archivo.create_sheet(nombre)
        for fila in filas:
            hoja.append(fila)
        if nombre in ocultas:
            hoja.sheet_state = "hidden"
        if juntas and nombre == "survey":
            hoja.merge_cells(juntas)
    salida = io.BytesIO()
    archivo.save(salida)
    return salida.getvalue()


def encuesta(*filas: list[Any], **hojas: list[list[Any]]) -> dict[str, list[list[Any]]]:
    return {"survey": list(filas), "choices": SI_NO, **hojas}


CORREN = {
    "números de Excel": (
        encuesta(
            ["type", "name", "label", "constraint", "calculation"],
            ["integer", "a", "A", ". > 3", None], ["select_one l", "b", "B", None, None], ["calculate", "c", None, None, 1.0],
            choices=[["list_name", "name", "label"], ["l", 1.0, "Uno"], ["l", 2, 2]],
            settings=[["form_title", "form_id", "version"], ["T", "t", 2024010101.0]],
        ),
        {},
    ),
    "fechas, horas y verdaderos de Excel": (
        encuesta(
            ["type", "name", "label", "default", "constraint", "required", "read_only"],
            ["date", "a", "A", date(2024, 1, 31), ". >= date('2024-01-01')", True, False],
            ["time", "b", "B", time(9, 30), None, False, None],
        ),
        {},
    ),
    "espacios y filas en blanco": (
        encuesta(
            ["type ", " name", "label "], [None] * 3, ["  integer ", "uno ", " ¿Cuántos? "], ["select_one\xa0 sn ", " dos", "D\nos"], [" ", " ", " "],
        ),
        {},
    ),
    "hojas y columnas con mayúsculas, y otras hojas ocultas": (
        {"Instrucciones": [["Lea esto"]], "SURVEY": [["Type", "NAME", "Label", "Required"], ["select_one sn", "a", "A", "Yes"]], "Choices": SI_NO, "Notas": [[1]]},
        {"ocultas": ("Notas",)},
    ),
    "una sola hoja con otro nombre": ({"Hoja1": [["type", "name", "label"], ["integer", "a", "A"]]}, {}),
    "las hojas y las columnas en otro orden": (
        {"settings": [["version", "allow_choice_duplicates", "form_title", "instance_name"], ["3", "no", "T", "x"]], "choices": SI_NO, "survey": [["label", "name", "type"], ["A", "a", "select_one sn"]]},
        {},
    ),
    "exportado de Kobo": (
        encuesta(
            ["type", "name", "label::English (en)", "label::Español (es)", "required", "relevant", "appearance", "kuid", "$kuid", "$autoname", "$qpath"],
            ["begin_group", "g", "Group", "Grupo", None, None, None, "x1", "x1", "g", "g"],
            ["select_one sn", "q1", "Do you?", "¿Usted?", "true", None, None, "x2", "x2", "q1", "g-q1"],
            ["select_multiple sn", "q2", "Which?", "¿Cuáles?", False, "${q1} = 'si'", "minimal", "x3", "x3", "q2", "g-q2"],
            ["end_group", None, None, None, None, None, None, "/x1"],
            choices=[["list_name", "name", "label::English (en)", "label::Español (es)", "$autovalue"], ["sn", "si", "Yes", "Sí", "si"], ["sn", "no", "No", "No", "no"]],
            settings=[["id_string", "version", "default_language", "style"], ["aXyZ", "1 (2024-01-01 10:00:00)", "English (en)", "theme-grid"]],
        ),
        {},
    ),
    "tipos y columnas de antes": (
        encuesta(
            ["command", "tag", "caption", "relevance", "constraining message", "readonly"],
            ["add integer prompt", "a", "A", None, None, None], ["q string", "b", "B", None, None, None], ["get today", "t", None, None, None, None],
            ["add select one prompt using sn", "c", "C", "${a} > 1", None, "no"], ["select all that apply from sn", "d", "D", None, None, None], ["gps", "e", "E", None, None, None],
        ),
        {},
    ),
    "end con nombre, begin con espacio": (
        encuesta(
            ["type", "name", "label"], ["begin group", "g", "G"], ["integer", "a", "A"], ["end group", "g", None], ["begin repeat", "r", None], ["integer", "b", "B"], ["end repeat", "r", None],
        ),
        {},
    ),
    "or_other de sus tres modos": (
        encuesta(["type", "name", "label"], ["select_one sn or_other", "a", "A"], ["select_multiple sn or other", "b", "B"], ["select_one sn or specify other", "c", "C"]),
        {},
    ),
    "cascada con claves de número": (
        encuesta(
            ["type", "name", "label", "choice_filter"], ["select_one estado", "e", "Estado", None], ["select_one mun", "m", "Municipio", "cf=${e}"], ["select_one mun", "n", "Otro", "cf = ${e} and name != ${m}"],
            choices=[["list name", "name", "label", "cf"], ["estado", 1, "Jalisco", None], ["mun", 10, "Valle", 1.0], ["mun", 11, "León", 1]],
        ),
        {},
    ),
    "comillas de Word, funciones y fechas": (
        encuesta(
            ["type", "name", "label", "relevant", "calculation", "constraint"],
            ["select_multiple sn", "a", "A", None, None, "count-selected(.) <= 2"], ["integer", "b", "B", "selected(${a}, ‘si’)", None, None], ["date", "n", "N", None, None, ". <= today()"],
            ["calculate", "edad", None, None, "int((today() - ${n}) div 365.25)", None], ["calculate", "x", None, None, "if(${edad} >= 18, “adulta”, 'menor')", None],
            ["calculate", "y", None, None, "format-date(${n}, '%d/%m/%Y')", None], ["calculate", "z", None, None, "jr:choice-name(selected-at(${a}, 0), '${a}')", None],
        ),
        {},
    ),
    "repeticiones contadas": (
        encuesta(
            ["type", "name", "label", "repeat_count", "calculation", "constraint"],
            ["integer", "cuantas", "C", None, None, ". >= 0 and . < 4"], ["begin_repeat", "r", "R", "${cuantas}", None, None], ["calculate", "lugar", None, None, "position(..)", None],
            ["integer", "e", "E", None, None, ". <= ${cuantas} or . > 0"], ["end_repeat"], ["calculate", "suma", None, None, "sum(${e}) + count(${r})", None],
        ),
        {},
    ),
    "rangos con sus separadores": (
        encuesta(["type", "name", "label", "parameters"], ["range", "a", "A", "start=1;end=5;step=1"], ["range", "b", "B", "start = 0, end = 1, step = 0.1"]),
        {},
    ),
    "un idioma con dos puntos sencillos": (
        encuesta(["type", "name", "label:English", "label:French"], ["select_one sn", "a", "A", "Á"], choices=[["list_name", "name", "label:English", "label:French"], ["sn", "si", "Yes", "Oui"], ["sn", "no", "No", "Non"]]),
        {},
    ),
    "el idioma principal sin su código": (
        encuesta(["type", "name", "label::English (en)", "label::French (fr)"], ["integer", "a", "A", "Á"], settings=[["form_title", "default_language"], ["T", "english"]]),
        {},
    ),
    "opciones sin traducir, formato en los textos y columnas de medios vacías": (
        encuesta(["type", "name", "label::English (en)", "label::Español (es)", "media::image::English (en)", "notas"], ["select_one sn", "a", "**A** <b>x</b>", "# Á\nlínea", None, "mía"]),
        {},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("hojas", "opciones"), CORREN.values(), ids=CORREN)
def test_corre_entero(hojas: dict[str, list[list[Any]]], opciones: dict[str, Any]) -> None:
    resultado = importar("de_otra_parte.xlsx", libro(hojas, **opciones))
    assert resultado.instrumento is not None, "\n".join(map(str, resultado.problemas))
    datos, validacion = contestar(resultado.instrumento, Random(5))
    assert datos
    assert validacion.errores == {}
    assert importar("vuelta.xlsx", exportar(resultado.instrumento, "xlsx")).instrumento == resultado.instrumento


RECHAZOS = {
    "metadatos": (encuesta(["type", "name", "label"], ["start", "start"], ["end", "end"], ["integer", "a", "A"]), [("survey", 2, "type", "Quite la fila"), ("survey", 3, "type", "Quite la fila")]),
    "tipos con mayúsculas": (encuesta(["type", "name", "label"], ["Text", "a", "A"], ["Select_One sn", "b", "B"], ["Begin Group", "g", "G"], ["integer", "c", "C"], ["End Group"]), [("survey", 2, "type", "«text»"), ("survey", 3, "type", "«select_one sn»"), ("survey", 4, "type", "«begin group»"), ("survey", 6, "type", "«end group»")]),
    "idiomas escritos de dos modos": (
        encuesta(["type", "name", "label::English", "label::Español (es)", "hint::español"], ["select_one sn", "a", "A", "Á", "h"], choices=[["list_name", "name", "label::english", "label::Espanol"], ["sn", "si", "Yes", "Sí"]]),
        [("survey", 1, "hint::español", "«Español (es)»"), ("choices", 1, "label::english", "«English»"), ("choices", 1, "label::Espanol", "«Español (es)»")],
    ),
    "el idioma principal no está": (encuesta(["type", "name", "label::English (en)", "label::French (fr)"], ["integer", "a", "A", "Á"], settings=[["form_title", "default_language"], ["T", "Español"]]), [("settings", 2, "default_language", "English (en), French (fr)")]),
    "solo en el otro idioma": (encuesta(["type", "name", "label::English (en)", "label::French (fr)"], ["integer", "a", "A", "Á"], ["integer", "b", None, "Bé"]), [("survey", 3, "label::French (fr)", "principal")]),
    "medios": (encuesta(["type", "name", "label", "media::image"], ["integer", "a", "A", "x.png"]), [("survey", 2, "media::image", "dígalo con palabras")]),
    "cuentas dentro de un texto": (encuesta(["type", "name", "label", "hint"], ["integer", "a", "A", None], ["note", "b", "Dijo ${a * 2}", None], ["integer", "c", "C", "antes ${d}"]), [("survey", 3, "label", "solo el nombre"), ("survey", 4, "hint", "ninguna pregunta")]),
    "pulldata y el azar": (encuesta(["type", "name", "label", "calculation"], ["calculate", "a", None, "pulldata('x','y','z','1')"], ["calculate", "b", None, "once(random())"], ["calculate", "c", None, "once(uuid())"]), [("survey", fila, "calculation", "no se admite") for fila in (2, 3, 4)]),
    "un cálculo sin fórmula y sin columna": (encuesta(["type", "name", "label"], ["calculate", "a", None], ["integer", "b", "B"]), [("survey", 2, "calculation", "Falta el cálculo")]),
    "celdas combinadas": ((encuesta(["type", "name", "label"], ["note", "t", "Título"], ["integer", "a", "A"])), [("survey", 3, "type", "no dice su tipo")]),
    "columnas repetidas": (encuesta(["type", "name", "label", "hint", "label"], ["integer", "a", "A", None, "B"]), [("survey", 1, "label", "C y E")]),
    "el mismo nombre en dos grupos": (encuesta(["type", "name", "label"], ["begin_group", "g", "G"], ["integer", "a", "A"], ["end_group"], ["begin_group", "g", "G"], ["integer", "a", "A"], ["end_group"]), [("survey", 5, "name", "fila 2"), ("survey", 6, "name", "fila 3")]),
    "grupo sin nombre": (encuesta(["type", "name", "label"], ["begin_group", None, "G"], ["integer", "a", "A"], ["end_group"]), [("survey", 2, "name", "Falta el nombre")]),
    "apariencias de Enketo": (encuesta(["type", "name", "label", "appearance"], ["select_one sn", "a", "A", "w1 horizontal"], ["select_one sn", "b", "B", "columns-2"], ["select_one sn", "c", "C", "search('x')"]), [("survey", fila, "appearance", "no se admite") for fila in (2, 3, 4)]),
    "matriz y puntaje de Kobo": (encuesta(["type", "name", "label", "kobo--matrix_list"], ["begin_kobomatrix", "m", "M", "sn"], ["integer", "a", "A"], ["end_kobomatrix"], ["begin_score", "s", "S"], ["score__row", "r", "R"], ["end_score"]), [("survey", fila, "type", "Kobo") for fila in (2, 4, 5, 6, 7)]),
    "rutas de XPath y otra mayúscula": (encuesta(["type", "name", "label", "relevant"], ["integer", "Edad", "A", None], ["integer", "b", "B", "/data/Edad = 1"], ["integer", "c", "C", "../Edad = 1"]), [("survey", 3, "relevant", "${nombre}"), ("survey", 4, "relevant", "${nombre}")]),
    "otra mayúscula en la referencia": (encuesta(["type", "name", "label", "relevant"], ["integer", "Edad", "A", None], ["integer", "b", "B", "${edad} = 1"]), [("survey", 3, "relevant", "no es el nombre de ninguna pregunta")]),
    "listas que faltan": (encuesta(["type", "name", "label"], ["select_one sexo", "a", "A"], ["select_one_from_file m.csv", "b", "B"], ["select_one_from_file m.geojson", "c", "C"], ["select_one_external m", "d", "D"]), [("survey", 2, "type", "«sn»"), ("survey", 3, "type", "Súbalo"), ("survey", 4, "type", ".csv"), ("survey", 5, "type", "choice_filter")]),
    "disparadores y entidades": (encuesta(["type", "name", "label", "trigger", "save_to"], ["integer", "a", "A", None, "edad"], ["note", "b", "B", "${a}", None]), [("survey", 2, "save_to", "entidades"), ("survey", 3, "trigger", "se rehacen solos")]),
    "nombres con espacio": (encuesta(["type", "name", "label"], ["integer", "mi edad", "A"], ["integer", "2b", "B"]), [("survey", 2, "name", "empieza con letra"), ("survey", 3, "name", "empieza con letra")]),
    "opciones y preguntas sin texto": (encuesta(["type", "name", "label"], ["integer", "a", None], ["select_one sn", "b", "B"], choices=[["list_name", "name", "label"], ["sn", "si", None], ["sn", "si", "Sí"]]), [("choices", 2, "label", "no tiene texto"), ("choices", 3, "name", "fila 2")]),
    "entidades en su hoja": (
        encuesta(["type", "name", "label"], ["integer", "a", "A"], entities=[["dataset", "label"], ["personas", "x"]]),
        [("entities", None, None, "Bórrela")],
    ),
    "apariencia con mayúsculas": (
        encuesta(["type", "name", "label", "appearance"], ["select_one sn", "a", "A", "Minimal"]),
        [("survey", 2, "appearance", "minúsculas: minimal")],
    ),
    "hoja con espacios de más": (
        {"survey": [["type", "name", "label"], ["select_one sn", "a", "A"]], "Choices ": SI_NO},
        [("Choices ", None, None, "Llámela «choices»")],
    ),
    "dos filas de ajustes": (encuesta(["type", "name", "label"], ["integer", "a", "A"], settings=[["form_title"], ["T"], ["U"]]), [("settings", 3, None, "una sola fila")]),
}  # fmt: skip


@pytest.mark.parametrize(("hojas", "donde"), RECHAZOS.values(), ids=RECHAZOS)
def test_se_rechaza_en_su_celda(
    hojas: dict[str, list[list[Any]]], donde: list[tuple[str, int, str | None, str]]
) -> None:
    combinadas = "A2:A3" if donde[0][3] == "no dice su tipo" else None
    resultado = importar("de_otra_parte.xlsx", libro(hojas, juntas=combinadas))
    assert resultado.instrumento is None
    hallados = [(p.hoja, p.fila, p.columna, f"{p.que_pasa} {p.que_escribir}") for p in resultado.problemas]
    assert sorted((h, f, c or "") for h, f, c, _ in hallados) == sorted((h, f, c or "") for h, f, c, _ in donde), (
        hallados
    )
    for hoja, fila, columna, dice in donde:
        assert any((hoja, fila, columna) == lugar[:3] and dice in lugar[3] for lugar in hallados), (dice, hallados)
    assert all(p.que_escribir for p in resultado.problemas)
