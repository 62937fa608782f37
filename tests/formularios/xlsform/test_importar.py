"""XLSForm escrito como tabla dentro de la prueba: qué se entiende y qué se rechaza, con hoja, fila y columna."""
# ruff: noqa: E501  # las tablas se leen enteras

import re
from textwrap import dedent

import pytest

from formularios.instrumento import Instrumento
from formularios.xlsform import Problema, importar


def _importa(tabla: str, adjuntos: dict[str, bytes] | None = None) -> Instrumento:
    resultado = importar("prueba.md", dedent(tabla).encode(), adjuntos)
    assert resultado.problemas == ()
    assert resultado.instrumento is not None
    return resultado.instrumento


def _rechaza(tabla: str) -> tuple[Problema, ...]:
    resultado = importar("prueba.md", dedent(tabla).encode())
    assert resultado.instrumento is None
    assert resultado.problemas
    return resultado.problemas


def test_cada_tipo_del_estandar_tiene_el_suyo() -> None:
    instrumento = _importa("""
        | survey |
        |  | type                     | name | label | calculation | parameters          |
        |  | text                     | a    | A     |             |                     |
        |  | integer                  | b    | B     |             |                     |
        |  | decimal                  | c    | C     |             |                     |
        |  | date                     | d    | D     |             |                     |
        |  | time                     | e    | E     |             |                     |
        |  | select_one si_no         | f    | F     |             |                     |
        |  | select_multiple si_no    | g    | G     |             |                     |
        |  | note                     | h    | H     |             |                     |
        |  | calculate                | i    |       | ${b} + 1    |                     |
        |  | hidden                   | j    |       |             |                     |
        |  | today                    | k    |       |             |                     |
        |  | acknowledge              | l    | L     |             |                     |
        |  | range                    | m    | M     |             | start=0 end=5 step=.5 |
        |  | range                    | n    | N     |             |                     |
        |  | rank si_no               | o    | O     |             |                     |
        |  | barcode                  | p    | P     |             |                     |
        |  | geopoint                 | q    | Q     |             |                     |
        |  | select_one_from_file l.csv | r  | R     |             |                     |
        | choices |
        |  | list_name | name | label |
        |  | si_no     | si   | Sí    |
        |  | si_no     | no   | No    |
        """, {"l.csv": b"name,label,zona\nx,Equis,1\ny,Ye,\n"})  # fmt: skip
    assert [p.tipo for p in instrumento.preguntas] == [
        "texto", "entero", "decimal", "fecha", "hora", "una", "varias", "nota", "calculo", "oculto", "hoy", "acepto",
        "rango", "rango", "orden", "codigo", "punto", "una",
    ]  # fmt: skip
    por_clave = instrumento.por_clave
    assert (por_clave["m"].inicio, por_clave["m"].fin, por_clave["m"].paso) == ("0", "5", ".5")
    assert (por_clave["n"].inicio, por_clave["n"].fin, por_clave["n"].paso) == ("1", "10", "1")
    assert [(o.clave, dict(o.datos)) for o in instrumento.opciones_de(por_clave["r"])] == [
        ("x", {"zona": "1"}),
        ("y", {}),
    ]
    assert por_clave["a"].solo_personal
    assert por_clave["q"].solo_personal
    assert por_clave["f"].publicacion == "no"


def test_cada_columna_va_a_su_campo() -> None:
    pregunta = _importa("""
        | survey |
        | | type    | name | label | hint | required | required_message | relevant  | constraint | constraint_message | default | read_only | appearance |
        | | integer | n    | N     |      |          |                  |           |            |                    |         |           |            |
        | | integer | edad | Edad  | En años | yes   | Falta            | ${n} > 2  | . >= 18    | Adultas            | 20      | no        | numbers    |
        """).por_clave["edad"]  # fmt: skip
    assert (pregunta.ayuda, pregunta.obligatoria, pregunta.mensaje_obligatoria) == ("En años", True, "Falta")
    assert (pregunta.relevante, pregunta.restriccion, pregunta.mensaje_restriccion) == (
        "${n} > 2",
        ". >= 18",
        "Adultas",
    )
    assert (pregunta.omision, pregunta.solo_lectura, pregunta.apariencia) == ("20", False, "numbers")


def test_los_nombres_viejos_de_columnas_y_tipos_valen_igual() -> None:
    vieja = _importa("""
        | survey |
        | | type | name | caption | relevance | bind:constraint | bind:jr:constraintMsg |
        | | int  | a    | A       |           | . > 0           | Más de cero           |
        | | select one from l or specify other | b | B | ${a} > 1 | | |
        | choices |
        | | list name | value | label |
        | | l         | x     | X     |
        """)
    nueva = _importa("""
        | survey |
        | | type    | name | label | relevant | constraint | constraint_message |
        | | integer | a    | A     |          | . > 0      | Más de cero        |
        | | select_one l or_other | b | B | ${a} > 1 | | |
        | choices |
        | | list_name | name  | label |
        | | l         | x     | X     |
        """)
    assert vieja == nueva
    assert [o.clave for o in vieja.por_clave["b"].opciones] == ["x", "other"]
    cual = vieja.por_clave["b_other"]
    assert (cual.tipo, cual.privada, cual.relevante) == ("texto", True, "selected(${b}, 'other')")


def test_grupos_y_repeticiones_quedan_en_su_arbol() -> None:
    instrumento = _importa("""
        | survey |
        | | type         | name  | label | relevant | repeat_count | appearance | bind::jornada:maximo |
        | | integer      | n     | ¿Cuántas? |      |              |            |   |
        | | begin_group  | casa  | Casa  | ${n} > 0 |              | field-list |   |
        | | begin_repeat | hija  | Hija  |          | ${n}         |            | 5 |
        | | integer      | edad  | Edad  |          |              |            |   |
        | | end_repeat   |       |       |          |              |            |   |
        | | note         |       | Fin   |          |              |            |   |
        | | end_group    |       |       |          |              |            |   |
        """)
    casa, hija = instrumento.grupos
    assert (casa.clave, casa.padre, casa.repite, casa.relevante, casa.apariencia) == (
        "casa", None, False, "${n} > 0", "field-list",
    )  # fmt: skip
    assert (hija.clave, hija.padre, hija.repite, hija.veces, hija.maximo) == ("hija", "casa", True, "${n}", 5)
    assert [(p.clave, p.grupo) for p in instrumento.preguntas] == [("n", None), ("edad", "hija"), ("nota_7", "casa")]


def test_los_idiomas_van_en_sus_columnas_y_el_principal_en_los_campos() -> None:
    instrumento = _importa("""
        | survey |
        | | type         | name | label::Español (es) | label::English (en) | hint::English (en) | hint::Español (es) |
        | | select_one l | a    | ¿Sí o no?           | Yes or no?          | Pick               | Elija              |
        | choices |
        | | list_name | name | label::Español (es) | label::English (en) |
        | | l         | s    | Sí                  | Yes                 |
        | settings |
        | | form_title | form_id | version | default_language | jornada_intro | jornada_intro::English (en) |
        | | Prueba     | prueba  | 3       | Español (es)     | Hola          | Hello                       |
        """)
    assert (instrumento.idioma, instrumento.idiomas, instrumento.version) == ("Español (es)", ("English (en)",), 3)
    ingles = instrumento.en("English (en)")
    assert (ingles.intro, ingles.preguntas[0].texto, ingles.preguntas[0].ayuda) == ("Hello", "Yes or no?", "Pick")
    assert ingles.preguntas[0].opciones[0].texto == "Yes"
    assert instrumento.preguntas[0].texto == "¿Sí o no?"


def test_lo_nuestro_va_en_columnas_que_odk_ignora() -> None:
    instrumento = _importa("""
        | survey |
        | | type            | name | label | bind::jornada:correcta | jornada_modulo | bind::jornada:publicacion | jornada_indicador |
        | | select_one vf   | K1   | ¿Uno? | V                      | violencia      | si                        | M4                |
        | | select_one e    | S1   | ¿Dos? |                        |                | a b \\| c \\| d; a b \\| c d | M4                |
        | | select_multiple e | I1 | ¿Tres? |                       |                | no                        | M4                |
        | choices |
        | | list_name | name | label | jornada_exclusiva |
        | | vf        | V    | Verdadero | |
        | | vf        | F    | Falso | |
        | | e         | a    | A     | |
        | | e         | b    | B     | |
        | | e         | c    | C     | |
        | | e         | d    | D     | si |
        | settings |
        | | form_title | form_id | jornada_intro | minutes | jornada_lleva_ficha | jornada_edad_minima | jornada_cierre |
        | | T          | t       | Hola          | 2.5     | si                  | 18                  | Gracias        |
        """)  # fmt: skip
    k1, s1, i1 = instrumento.preguntas
    assert (k1.correcta, k1.modulo, k1.publicacion, k1.indicador) == ("V", "violencia", None, "M4")
    assert s1.peldanos == ((("a", "b"), ("c",), ("d",)), (("a", "b"), ("c", "d")))
    assert (i1.publicacion, [o.exclusiva for o in i1.opciones]) == ("no", [False, False, False, True])
    assert (instrumento.intro, instrumento.minutos, instrumento.lleva_ficha) == ("Hola", 2.5, True)
    assert (instrumento.edad_minima, instrumento.cierre) == (18, "Gracias")


def test_se_avisa_lo_que_nadie_usa_y_lo_que_no_es_privado() -> None:
    tabla = """
        | survey |
        | | type    | name | label | comentarios |
        | | text    | a    | A     | algo        |
        """
    avisos = importar("x.md", dedent(tabla).encode()).avisos
    assert [(a.hoja, a.fila, a.columna) for a in avisos if "comentarios" in a.que_pasa] == [
        ("survey", 1, "comentarios")
    ]
    assert any(a.fila == 2 and "no es privado" in a.que_pasa for a in avisos)
    assert any(a.fila == 2 and "Ningún indicador" in a.que_pasa for a in avisos)


_BASE = """
| survey |
| | type         | name | label | relevant | constraint | calculation | default | choice_filter | appearance | parameters | required | {columna} |
| | integer      | n    | N     |          |            |             |         |               |            |            |          |           |
| | {tipo}       | q    | Q     | {relevant} | {constraint} | {calculation} | {default} | {choice_filter} | {appearance} | {parameters} | {required} | {celda} |
| choices |
| | list_name | name | label | zona |
| | l         | a    | A     | 1    |
| | l         | b    | B     | 2    |
"""  # fmt: skip


@pytest.mark.parametrize(
    ("cambios", "columna", "dice", "escriba"),
    [
        ({"tipo": "image"}, "type", "image", "Quite la fila"),
        ({"tipo": "dateTime"}, "type", "dateTime", "dos preguntas"),
        ({"tipo": "deviceid"}, "type", "deviceid", "quién contestó"),
        ({"tipo": "select_one otra"}, "type", "otra", "l"),
        ({"tipo": "select_one"}, "type", "select_one", "LISTA"),
        ({"tipo": "Text"}, "type", "Text", "minúsculas"),
        ({"tipo": "nombre"}, "type", "nombre", "select_one LISTA"),
        ({"tipo": "select_one ${n}"}, "type", "${n}", "choice_filter"),
        ({"tipo": "select_multiple_from_file x.csv"}, "type", "x.csv", "choices"),
        ({"tipo": "select_one_from_file x.csv"}, "type", "Falta el archivo", "Súbalo"),
        ({"tipo": "end_group"}, "type", "no se abrió", "begin_group"),
        ({"tipo": "begin_group"}, "type", "no se cierra", "end_group"),
        ({"relevant": "${x} = 1"}, "relevant", "${x}", "Corríjala"),
        ({"relevant": "${q} = 1"}, "relevant", "círculo", "Corríjala"),
        ({"relevant": "pulldata('a')"}, "relevant", "pulldata", "Corríjala"),
        ({"constraint": ". >"}, "constraint", "no se entiende, en la letra", "Corríjala"),
        ({"tipo": "calculate"}, "calculation", "Falta el cálculo", "Corríjala"),
        ({"default": "doce"}, "default", "doce", "Corríjala"),
        ({"choice_filter": "zona = 1"}, "choice_filter", "opciones", "Corríjala"),
        ({"tipo": "select_one l", "choice_filter": "barrio = 1"}, "choice_filter", "barrio", "Corríjala"),
        ({"appearance": "signature"}, "appearance", "signature", "Hay: minimal"),
        ({"appearance": "autocomplete"}, "appearance", "autocomplete", "Escriba minimal"),
        ({"tipo": "range", "parameters": "start=5 end=1"}, "parameters", "rango", "celda"),
        ({"tipo": "select_one l", "parameters": "randomize=true"}, "parameters", "randomize", "mismo orden"),
        ({"tipo": "note", "required": "yes"}, "required", "no puede ser obligatorio", "Corríjala"),
        ({"tipo": "geopoint", "required": "yes"}, "required", "ubicación", "Corríjala"),
        ({"columna": "media::image", "celda": "a.png"}, "media::image", "media::image", "palabras"),
        ({"columna": "trigger", "celda": "${n}"}, "trigger", "trigger", "se rehacen solos"),
        ({"columna": "bind::foo", "celda": "x"}, "bind::foo", "bind::foo", "columnas de siempre"),
        ({"columna": "bind::jornada:foo", "celda": "x"}, "bind::jornada:foo", "jornada", "indicador"),
        ({"columna": "bind::jornada:publicacion", "celda": "si"}, "bind::jornada:publicacion", "publicación", "celda"),
        ({"columna": "read_only", "celda": "tal vez"}, "read_only", "tal vez", "yes o no"),
        ({"columna": "bind::jornada:sensibilidad", "celda": "poca"}, "bind::jornada:sensibilidad", "personal", "celda"),
    ],
)
def test_lo_que_no_se_admite_se_dice_en_su_fila_y_su_columna(
    cambios: dict[str, str], columna: str, dice: str, escriba: str
) -> None:
    valores = dict.fromkeys(re.findall(r"{(\w+)}", _BASE), "") | {"tipo": "integer", "columna": "nada"} | cambios
    problemas = [p for p in _rechaza(_BASE.format_map(valores)) if p.fila == 3]
    assert [(p.hoja, p.columna) for p in problemas][:1] == [("survey", columna)]
    assert dice in problemas[0].que_pasa
    assert escriba in problemas[0].que_escribir
    assert str(problemas[0]).startswith(f"Hoja survey, fila 3, columna {columna}: ")


@pytest.mark.parametrize(
    ("tabla", "hoja", "fila", "columna", "dice"),
    [
        ("| survey |\n| | type | name | label |\n| | text | a | A |\n| | text | a | B |", "survey", 3, "name", "fila 2"),
        ("| survey |\n| | type | name | label |\n| | text | 1a | A |", "survey", 2, "name", "empieza con letra"),
        ("| survey |\n| | type | name | label |\n| | text | a |  |", "survey", 2, "label", "Falta el texto"),
        ("| survey |\n| | type | name | label |\n| | text | a | Hola ${b} |", "survey", 2, "label", "ninguna pregunta"),
        ("| survey |\n| | type | name | label |\n| | text |  | A |", "survey", 2, "name", "Falta el nombre"),
        ("| survey |\n| | type | name | label |\n| |  | a | A |", "survey", 2, "type", "no dice su tipo"),
        ("| survey |\n| | type | label |\n| | text | A |", "survey", 1, "name", "columna name"),
        ("| cosas |\n| | a | b |\n| | c | d |\n| otras |\n| | a | b |\n| | c | d |", "survey", None, None, "No hay preguntas"),
        (
            "| survey |\n| | type | name | label |\n| | select_one l | a | A |\n| choices |\n| | list_name | name | label |"
            "\n| | l | x | X |\n| | l | x | Y |",
            "choices", 3, "name", "fila 2",
        ),
        (
            "| survey |\n| | type | name | label |\n| | select_one l | a | A |\n| choices |\n| | list_name | name | label |"
            "\n| | l | x y | X |",
            "choices", 2, "name", "espacios",
        ),
        (
            "| survey |\n| | type | name | label |\n| | text | a | A |\n| settings |\n| | form_title | jornada_edad_minima |"
            "\n| | T | muchos |",
            "settings", 2, "jornada_edad_minima", "muchos",
        ),
        (
            "| survey |\n| | type | name | label |\n| | text | a | A |\n| settings |\n| | form_title | add_none_option |"
            "\n| | T | yes |",
            "settings", 2, "add_none_option", "no se admite",
        ),
    ],
)  # fmt: skip
def test_otras_hojas_y_estructura(tabla: str, hoja: str, fila: int | None, columna: str | None, dice: str) -> None:
    problema = _rechaza(tabla)[0]
    assert (problema.hoja, problema.fila, problema.columna) == (hoja, fila, columna)
    assert dice in problema.que_pasa


def test_se_dicen_todos_los_problemas_y_no_solo_el_primero() -> None:
    problemas = _rechaza("""
        | survey |
        | | type    | name | label | relevant |
        | | image   | a    | A     |          |
        | | integer | a b  | B     |          |
        | | video   | c    | C     |          |
        """)
    assert sorted(p.fila or 0 for p in problemas) == [2, 3, 4]
    corregida = _rechaza("""
        | survey |
        | | type    | name | label | relevant |
        | | integer | a    | A     | ${x} = 1 |
        | | integer | b    | B     | ${y} = 1 |
        """)
    assert [(p.fila, p.columna) for p in corregida] == [(2, "relevant"), (3, "relevant")]


DE_KOBO = """
    | survey |
    | | type          | name  | label | calculation | media::image |
    | | start         | start |       |             |              |
    | | end           | end   |       |             |              |
    | | deviceid      | de    |       |             |              |
    | | integer       | edad  | Edad  |             | edad.png     |
    | | image         | foto  | Foto  |             |              |
    | | select_one sn | casa  | ¿Casa propia? |     |              |
    | choices |
    | | list_name | name | label | image  |
    | | sn        | si   | Sí    | si.png |
    | | sn        | no   | No    |        |
    """


def test_sin_lo_que_no_se_guarda_se_dice_como_quedaria_y_que_se_quito() -> None:
    resultado = importar("kobo.md", dedent(DE_KOBO).encode())
    assert resultado.instrumento is None
    assert [p.fila for p in resultado.problemas if p.hoja == "survey"] == [2, 3, 4, 5, 6]
    assert resultado.recortada is not None
    assert resultado.recortada.instrumento is not None
    assert [p.clave for p in resultado.recortada.instrumento.preguntas] == ["edad", "casa"]
    quitado = [a for a in resultado.recortada.avisos if a.que_escribir == "Se quitó."]
    assert [(a.hoja, a.fila, a.columna) for a in quitado] == [(p.hoja, p.fila, p.columna) for p in resultado.problemas]


def test_si_algo_usa_lo_que_se_quitaria_no_se_quita_y_se_dice() -> None:
    con_uso = DE_KOBO.replace("| integer       | edad  | Edad  |             |", "| calculate | edad | | ${start} |")
    resultado = importar("kobo.md", dedent(con_uso).encode())
    assert resultado.recortada is None
    assert any("start" in p.que_pasa and p.columna == "calculation" for p in resultado.problemas)


def test_lo_que_solo_acomoda_la_pregunta_se_quita_y_lo_demas_queda() -> None:
    acomodada = """
    | survey |
    | | type               | name | label | appearance       | parameters     |
    | | select_one sn      | casa | ¿Casa? | w2 horizontal columns-2 | randomize=true, seed=3 |
    | | integer            | edad | Edad   | thousands-sep numbers | |
    | choices |
    | | list_name | name | label |
    | | sn        | si   | Sí    |
    """
    resultado = importar("enketo.md", dedent(acomodada).encode())
    assert resultado.instrumento is None
    assert resultado.recortada is not None
    assert resultado.recortada.instrumento is not None
    assert [p.apariencia for p in resultado.recortada.instrumento.preguntas] == ["horizontal", "numbers"]
    assert sum(a.que_escribir == "Se quitó." for a in resultado.recortada.avisos) == 5
    for cambia in ("hidden", "label", "month-year", "signature", "search('x')"):  # sin ésas ya no se pregunta lo mismo
        assert importar("enketo.md", dedent(acomodada.replace("w2", cambia)).encode()).recortada is None, cambia


def test_lo_que_cambia_lo_que_se_pregunta_no_se_quita() -> None:
    resultado = importar("kobo.md", dedent(DE_KOBO.replace("| image         | foto", "| datetime | foto")).encode())
    assert resultado.recortada is None
