"""Revisar lo contestado: todo se puede saltar, nada hace fallar y cada error se dice en su pregunta."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from formularios.contestar import Validacion, formulario, validar
from formularios.instrumento import Instrumento, incluidos

ANTES = incluidos()["antes"].para_tema("tipos")
DESPUES = incluidos()["despues"].para_tema("tipos")
SATISFACCION = incluidos()["satisfaccion"]
NADA = Validacion(respuestas={}, textos={}, ficha=None, sexo=None, edad=None, errores={})


def test_saltarse_todo_vale() -> None:
    for instrumento in incluidos().values():
        assert validar(instrumento, {}) == NADA
        assert validar(instrumento, {p.clave: [""] for p in instrumento.preguntas}) == NADA


def test_lo_contestado_queda_en_su_lugar() -> None:
    datos = {"ficha": ["luna 37"], "D1": ["M"], "D2": ["60+"], "D3": ["rancho"], "K1": ["NS"], "AT1": ["N"]}
    assert validar(ANTES, datos) == Validacion(
        respuestas={"D3": "rancho", "K1": "NS", "AT1": "N"},
        textos={},
        ficha="LUNA-37",
        sexo="M",
        edad="60+",
        errores={},
    )


def test_con_ficha_se_ignora_lo_que_era_para_quien_no_tiene() -> None:
    con = validar(DESPUES, {"ficha": ["LUNA-37"], "D1": ["M"], "D2": ["inventada"]})
    assert (con.ficha, con.sexo, con.edad, con.errores) == ("LUNA-37", None, None, {})
    sin = validar(DESPUES, {"D1": ["M"], "D2": ["18-29"]})
    assert (sin.ficha, sin.sexo, sin.edad, sin.errores) == (None, "M", "18-29", {})


def test_una_ficha_mal_escrita_se_dice_y_no_tira_lo_demas() -> None:
    validacion = validar(DESPUES, {"ficha": ["tuna 37"], "D1": ["H"], "K1": ["V"]})
    assert list(validacion.errores) == ["ficha"]
    assert "LUNA-37" in validacion.errores["ficha"]
    assert (validacion.ficha, validacion.sexo, validacion.respuestas) == (None, "H", {"K1": "V"})


def test_una_opcion_desconocida_es_un_error_y_no_una_respuesta() -> None:
    validacion = validar(ANTES, {"K1": ["X"], "K2": ["F"]})
    assert validacion.errores == {"K1": "Elija una de las opciones de la lista."}
    assert validacion.respuestas == {"K2": "F"}


def test_dos_respuestas_donde_va_una_es_un_error() -> None:
    assert validar(ANTES, {"K1": ["V", "F"]}).errores == {"K1": "Elija una sola respuesta."}
    assert validar(ANTES, {"K1": ["V", "V"]}).respuestas == {"K1": "V"}


def test_en_varias_se_guardan_todas_una_vez() -> None:
    validacion = validar(DESPUES, {"I1": ["casa", "trato", "casa"]})
    assert validacion.respuestas == {"I1": ["casa", "trato"]}


def test_nada_por_ahora_no_va_con_otra() -> None:
    assert validar(DESPUES, {"I1": ["nada"]}).respuestas == {"I1": ["nada"]}
    validacion = validar(DESPUES, {"I1": ["nada", "casa"]})
    assert "«Nada por ahora»" in validacion.errores["I1"]
    assert validacion.respuestas == {}


def test_el_texto_privado_va_aparte_y_limpio() -> None:
    validacion = validar(SATISFACCION, {"S7": ["  más\u202e sillas\x00\r\ny agua  "], "S1": ["buena"]})
    assert validacion.textos == {"S7": "más sillas\ny agua"}
    assert validacion.respuestas == {"S1": "buena"}


@pytest.mark.parametrize(("largo", "frase"), [(201, "sobra 1."), (215, "sobran 15.")])
def test_un_texto_largo_es_un_error_y_no_se_corta(largo: int, frase: str) -> None:
    validacion = validar(SATISFACCION, {"S7": ["x" * largo]})
    assert frase in validacion.errores["S7"]
    assert validacion.textos == {}
    assert formulario(SATISFACCION)(S7="x" * largo)["S7"].data == "x" * largo


def test_los_saltos_de_linea_cuentan_como_en_el_navegador() -> None:
    texto = "\r\n".join(["x" * 99, "y" * 100])
    assert validar(SATISFACCION, {"S7": [texto]}).errores == {}


def test_el_instrumento_entero_admite_los_dos_modulos() -> None:
    validacion = validar(incluidos()["antes"], {"K1": ["V"], "G1": ["F"]})
    assert validacion.respuestas == {"K1": "V", "G1": "F"}


_VALOR = st.one_of(
    st.text(), st.sampled_from(["V", "nada", "casa", "M", "LUNA-37", "0-11"]), st.integers(), st.none(), st.floats()
)
_DATOS = st.dictionaries(
    st.sampled_from(["ficha", "D1", "D2", "K1", "AT1", "I1", "I2", "S7", "E1", "data", "errors", "validate", "meta"])
    | st.text(),
    st.one_of(st.lists(_VALOR), st.text(), st.none(), st.integers(), st.dictionaries(st.text(), st.text())),
)


@given(st.sampled_from(list(incluidos().values())), _DATOS)
@example(DESPUES, {"I2": ["\ud800"], "K1": ["\ud800"], "ficha": ["\ud800"]})
def test_ningun_dato_lo_hace_fallar(instrumento: Instrumento, datos: dict[str, Any]) -> None:
    validacion = validar(instrumento, datos)
    preguntas = {p.clave: p for p in instrumento.preguntas}
    assert set(validacion.errores) <= {*preguntas, "ficha"}
    assert not set(validacion.errores) & (set(validacion.respuestas) | set(validacion.textos))
    for clave, respuesta in validacion.respuestas.items():
        assert preguntas[clave].claves().issuperset([respuesta] if isinstance(respuesta, str) else respuesta)
    for clave, texto in validacion.textos.items():
        assert preguntas[clave].privada
        assert 0 < len(texto) <= (preguntas[clave].maximo or 0)
        texto.encode()
