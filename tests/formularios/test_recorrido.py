"""Lo que venía al caso, lo que faltó, lo que no cumple y lo que dan los cálculos. Cada encuesta, una tabla."""
# ruff: noqa: E501  # las tablas se leen enteras

from datetime import datetime
from textwrap import dedent
from zoneinfo import ZoneInfo

import pytest

from formularios.contestar import Validacion, del_instrumento, formulario, nombre_campo, validar
from formularios.instrumento import Instrumento, incluidos
from formularios.xlsform import importar

AHORA = datetime(2026, 11, 23, 20, 30, tzinfo=ZoneInfo("America/Mexico_City"))


def _encuesta(tabla: str) -> Instrumento:
    resultado = importar("x.md", dedent(tabla).encode())
    assert resultado.instrumento is not None, list(map(str, resultado.problemas))
    return resultado.instrumento


def _valida(instrumento: Instrumento, personal: bool | None = True, **datos: str | list[str]) -> Validacion:
    listas = {nombre.replace("__", "~"): [v] if isinstance(v, str) else v for nombre, v in datos.items()}
    return validar(instrumento, listas, ahora=AHORA, personal=personal)


SI_NO = """
        | choices |
        | | list_name | name | label |
        | | sn        | si   | Sí    |
        | | sn        | no   | No    |
"""

CADENA = _encuesta(f"""
        | survey |
        | | type          | name   | label | relevant       | required |
        | | select_one sn | hijas  | ¿?    |                | yes      |
        | | begin_group   | de     | De    | ${{hijas}} = 'si' |       |
        | | integer       | cuantas | ¿?   |                | yes      |
        | | integer       | menor  | ¿?    | ${{cuantas}} > 1 | yes     |
        | | end_group     |        |       |                |          |
        {SI_NO}""")


def test_lo_que_no_viene_al_caso_se_ignora_con_todo_y_sus_errores() -> None:
    assert _valida(CADENA, p_hijas="no", p_cuantas="muchas", p_menor="3") == Validacion(
        {"hijas": "no"}, {}, None, None, None, {}
    )
    de_dos = _valida(CADENA, p_hijas="si", p_cuantas="1", p_menor="xx")
    assert (de_dos.respuestas, de_dos.errores) == ({"hijas": "si", "cuantas": "1"}, {})


def test_lo_obligatorio_falta_solo_si_viene_al_caso() -> None:
    assert list(_valida(CADENA).errores) == ["p_hijas"]
    assert list(_valida(CADENA, p_hijas="si").errores) == ["p_cuantas"]
    assert list(_valida(CADENA, p_hijas="si", p_cuantas="2").errores) == ["p_menor"]


def test_una_respuesta_mala_no_decide_lo_que_sigue() -> None:
    validacion = _valida(CADENA, p_hijas="quizá", p_cuantas="2")
    assert validacion.errores == {"p_hijas": "Elija una de las opciones de la lista."}
    assert validacion.respuestas == {}


def test_los_errores_van_en_el_orden_de_las_preguntas() -> None:
    instrumento = _encuesta("""
        | survey |
        | | type    | name | label | relevant | required | required_message |
        | | integer | a    | A     | ${c} = '' | yes     | Falta la A       |
        | | integer | b    | B     |          | yes      |                  |
        | | integer | c    | C     |          |          |                  |
        """)
    errores = _valida(instrumento, p_c="x").errores
    assert list(errores) == ["p_a", "p_b", "p_c"]
    assert errores["p_a"] == "Falta la A"
    assert errores["p_b"] == "Conteste esta pregunta, por favor."


@pytest.mark.parametrize(
    ("tipo", "escrito", "canonico"),
    [
        ("integer", " 012 ", "12"),
        ("integer", "−3", "-3"),
        ("decimal", "1.50", "1.5"),
        ("decimal", ".5", "0.5"),
        ("decimal", "-0.0", "0"),
        ("date", "2026-1-31", "2026-01-31"),
        ("date", "31/01/2026", "2026-01-31"),
        ("time", "9:30", "09:30"),
        ("time", "16:45:00.000-06:00", "16:45"),
        ("acknowledge", "OK", "OK"),
        ("range", "3.0", "3"),
        ("barcode", " 750\n1234 ", "750 1234"),
        ("geopoint", "20.9912345678 -102.61 1850.5 4.9", "20.991234 -102.61 1850.5 4.9"),
    ],
)
def test_cada_tipo_queda_en_su_forma_canonica(tipo: str, escrito: str, canonico: str) -> None:
    instrumento = _encuesta(f"| survey |\n| | type | name | label |\n| | {tipo} | q | Q |")
    validacion = _valida(instrumento, p_q=escrito)
    assert validacion.errores == {}
    assert validacion.respuestas | validacion.textos == {"q": canonico}


@pytest.mark.parametrize(
    ("tipo", "escrito", "dice"),
    [
        ("integer", "1,200", "solo el número"),
        ("integer", "12.5", "solo el número"),
        ("integer", "9" * 16, "solo el número"),
        ("integer", "١٢", "solo el número"),
        ("decimal", "1,5", "punto para los decimales"),
        ("decimal", "1e5", "punto para los decimales"),
        ("date", "31/02/2026", "una fecha que exista"),
        ("date", "ayer", "una fecha que exista"),
        ("time", "25:00", "la hora"),
        ("acknowledge", "no", "una de las opciones"),
        ("range", "11", "de 1 a 10"),
        ("range", "2.5", "de 1 a 10"),
        ("geopoint", "91 0", "ubicación"),
        ("geopoint", "aquí", "ubicación"),
    ],
)
def test_lo_que_no_es_de_su_tipo_es_un_error_con_frase(tipo: str, escrito: str, dice: str) -> None:
    instrumento = _encuesta(f"| survey |\n| | type | name | label |\n| | {tipo} | q | Q |")
    validacion = _valida(instrumento, p_q=escrito)
    assert list(validacion.errores) == ["p_q"]
    assert dice in validacion.errores["p_q"]
    assert validacion.respuestas | validacion.textos == {}


def test_una_restriccion_se_revisa_con_su_frase_y_no_en_blanco() -> None:
    instrumento = _encuesta("""
        | survey |
        | | type    | name | label | constraint              | constraint_message |
        | | integer | edad | Edad  | . >= 18 and . < 120     | De 18 a 119        |
        | | date    | dia  | Día   | . <= today()            |                    |
        """)
    assert _valida(instrumento).errores == {}
    assert _valida(instrumento, p_edad="17").errores == {"p_edad": "De 18 a 119"}
    assert _valida(instrumento, p_edad="18", p_dia="2026-11-23").errores == {}
    assert "no es de las que se esperan" in _valida(instrumento, p_dia="2026-11-24").errores["p_dia"]


def test_los_calculos_los_hace_el_servidor_y_no_quien_manda() -> None:
    instrumento = _encuesta("""
        | survey |
        | | type      | name  | label | calculation      | default | read_only |
        | | integer   | a     | A     |                  |         |           |
        | | calculate | doble |       | ${a} * 2         |         |           |
        | | integer   | mas   | Más   | ${doble} + 1     |         |           |
        | | hidden    | fijo  |       |                  | x       |           |
        | | integer   | solo  | Solo  |                  | 7       | yes       |
        | | calculate | nada  |       | number('z')      |         |           |
        """)
    validacion = _valida(instrumento, p_a="3", p_doble="99", p_mas="99", p_fijo="99", p_solo="99")
    assert validacion.respuestas == {"a": "3", "doble": "6", "mas": "7", "fijo": "x", "solo": "7"}
    assert {campo.name for campo in formulario(instrumento)()} == {"p_a"}


def test_el_filtro_deja_solo_las_opciones_que_tocan() -> None:
    instrumento = _encuesta("""
        | survey |
        | | type                | name | label | choice_filter   |
        | | select_one estado   | e    | E     |                 |
        | | select_one muni     | m    | M     | estado = ${e}   |
        | | select_multiple muni | v   | V     | estado = ${e} and name != 'gdl' |
        | choices |
        | | list_name | name | label       | estado |
        | | estado    | jal  | Jalisco     |        |
        | | estado    | gto  | Guanajuato  |        |
        | | muni      | gdl  | Guadalajara | jal    |
        | | muni      | vdg  | Valle       | jal    |
        | | muni      | leo  | León        | gto    |
        """)
    assert _valida(instrumento, p_e="jal", p_m="gdl", p_v=["vdg"]).respuestas == {"e": "jal", "m": "gdl", "v": ["vdg"]}
    otra = _valida(instrumento, p_e="gto", p_m="gdl", p_v=["leo", "gdl"])
    assert list(otra.errores) == ["p_m", "p_v"]


REPITE = _encuesta("""
        | survey |
        | | type         | name   | label | relevant | required | calculation | constraint | repeat_count | jornada_maximo |
        | | begin_repeat | hija   | Hija  |          |          |             |            |              | 3 |
        | | integer      | edad   | Edad  |          | yes      |             | . < 30     |              |   |
        | | text         | nombre | Nombre | ${edad} > 5 |     |             |            |              |   |
        | | calculate    | lugar  |       |          |          | position(..) |           |              |   |
        | | end_repeat   |        |       |          |          |             |            |              |   |
        | | calculate    | suma   |       |          |          | sum(${edad}) |           |              |   |
        | | calculate    | van    |       |          |          | count(${hija}) |         |              |   |
        """)


def test_lo_que_se_repite_da_una_lista_con_un_valor_por_vuelta() -> None:
    validacion = _valida(REPITE, p_edad__1="4", p_edad__2="9", p_nombre__1="Ana", p_nombre__2="Luz")
    assert validacion.errores == {}
    assert validacion.respuestas == {"edad": ["4", "9"], "lugar": ["1", "2"], "suma": "13", "van": "2"}
    assert validacion.textos == {"nombre": "Luz"}


def test_cada_vuelta_se_revisa_y_su_error_lleva_su_nombre() -> None:
    validacion = _valida(REPITE, p_edad__1="40", p_nombre__2="Luz")
    assert list(validacion.errores) == ["p_edad~1", "p_edad~2"]
    assert _valida(REPITE).errores == {}


def test_las_vueltas_de_mas_y_los_nombres_raros_no_cuentan() -> None:
    datos = {f"p_edad~{n}": [str(n)] for n in ("1", "2", "3", "4", "99", "999999", "-1", "x", "1~1", "٣", "")}
    validacion = validar(REPITE, datos, ahora=AHORA)
    assert validacion.respuestas["edad"] == ["1", "2", "3"]


def test_una_repeticion_contada_da_las_vueltas_que_se_dijeron() -> None:
    instrumento = _encuesta("""
        | survey |
        | | type         | name | label | repeat_count | required |
        | | integer      | n    | N     |              |          |
        | | begin_repeat | r    | R     | ${n}         |          |
        | | integer      | x    | X     |              | yes      |
        | | end_repeat   |      |       |              |          |
        """)
    assert list(_valida(instrumento, p_n="2").errores) == ["p_x~1", "p_x~2"]
    assert _valida(instrumento, p_n="1", p_x__1="5", p_x__2="6").respuestas == {"n": "1", "x": ["5"]}
    assert len(_valida(instrumento, p_n="999999").errores) == 50


def test_lo_escrito_y_lo_que_se_calcula_con_ello_va_aparte() -> None:
    instrumento = _encuesta("""
        | survey |
        | | type      | name   | label | calculation              | bind::jornada:privada |
        | | text      | duda   | Duda  |                          | si                    |
        | | calculate | copia  |       | concat('d: ', ${duda})   |                       |
        | | calculate | otra   |       | string-length(${copia})  |                       |
        | | integer   | n      | N     |                          |                       |
        | | today     | hoy    |       |                          |                       |
        | | calculate | anio   |       | format-date(${hoy}, '%Y') |                      |
        """)
    validacion = _valida(instrumento, p_duda="¿Cuándo?", p_n="1")
    assert validacion.textos == {"duda": "¿Cuándo?", "copia": "d: ¿Cuándo?", "otra": "11"}
    assert validacion.respuestas == {"n": "1", "anio": "2026"}


def test_un_texto_que_no_es_privado_solo_se_contesta_en_la_oficina() -> None:
    instrumento = _encuesta("""
        | survey |
        | | type    | name  | label | required |
        | | text    | nota  | Nota  | yes      |
        | | integer | n     | N     |          |
        """)
    asistente = _valida(instrumento, personal=False, p_nota="algo", p_n="1")
    assert (asistente.respuestas, asistente.textos, asistente.errores) == ({"n": "1"}, {}, {})
    assert list(_valida(instrumento, personal=True, p_n="1").errores) == ["p_nota"]
    no_se_sabe = _valida(instrumento, personal=None, p_n="1")
    assert no_se_sabe.errores == {}
    assert _valida(instrumento, personal=None, p_nota="algo").textos == {"nota": "algo"}
    datos = {"p_nota": ["algo"], "p_n": ["1"], "id": ["x"]}
    assert del_instrumento(instrumento, datos) == {"p_n": ["1"]}
    assert del_instrumento(instrumento, datos, personal=True) == {"p_nota": ["algo"], "p_n": ["1"]}


def test_un_orden_lleva_todas_las_opciones_una_vez() -> None:
    instrumento = _encuesta(f"""
        | survey |
        | | type    | name | label |
        | | rank sn | o    | O     |
        {SI_NO}""")
    assert _valida(instrumento, p_o=["no", "si"]).respuestas == {"o": ["no", "si"]}
    for malo in (["no"], ["no", "no"], ["no", "si", "no"], ["x", "si"]):
        assert list(_valida(instrumento, p_o=malo).errores) == ["p_o"]


def test_de_varios_modulos_solo_falta_lo_del_que_se_contesto() -> None:
    instrumento = _encuesta(f"""
        | survey |
        | | type          | name | label | required | jornada_modulo |
        | | select_one sn | K1   | K     | yes      | violencia      |
        | | select_one sn | K2   | K     | yes      | violencia      |
        | | select_one sn | G1   | G     | yes      | igualdad       |
        {SI_NO}""")
    assert list(_valida(instrumento, K1="si").errores) == ["K2"]
    assert _valida(instrumento).errores == {}
    assert list(_valida(instrumento.para_tema("igualdad")).errores) == ["G1"]


def test_los_nombres_de_campo_no_chocan_con_los_nuestros() -> None:
    instrumento = _encuesta("""
        | survey |
        | | type    | name  | label |
        | | integer | ficha | Ficha |
        | | integer | id    | Id    |
        | | integer | data  | Data  |
        | | integer | K1    | K     |
        """)
    assert [nombre_campo(p) for p in instrumento.preguntas] == ["p_ficha", "p_id", "p_data", "K1"]
    assert nombre_campo(instrumento.preguntas[0], (2, 1)) == "p_ficha~2~1"
    assert all(nombre_campo(p) == p.clave for i in incluidos().values() for p in i.preguntas)


def test_una_cadena_larga_al_reves_no_se_desborda() -> None:
    filas = [f"| | integer | q{n} | Q | ${{q{n + 1}}} != '' |" for n in range(600)]
    instrumento = _encuesta(
        "\n".join(["| survey |", "| | type | name | label | relevant |", *filas, "| | integer | q600 | Q | |"])
    )
    assert _valida(instrumento, **{f"p_q{n}": "1" for n in range(601)}).respuestas["q0"] == "1"
    assert _valida(instrumento, **{f"p_q{n}": "1" for n in range(600)}).respuestas == {}
