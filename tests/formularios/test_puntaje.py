"""El puntaje de un grupo: aciertos entre preguntas, con «No sé» aparte."""

from formularios.instrumento import incluidos
from formularios.puntaje import puntaje


def test_el_puntaje_promedia_cada_pregunta_entre_quienes_la_contestaron() -> None:
    antes = incluidos()["antes"].para_tema("violencia")
    cuentas = {"K1": {"V": 6, "F": 2, "NS": 2}, "K2": {"V": 5, "F": 5}, "K3": {"V": 10}}
    resultado = puntaje(antes, cuentas)
    assert resultado is not None
    assert resultado.preguntas == 3
    assert round(resultado.aciertos, 9) == 0.6 + 0.5 + 1
    assert round(resultado.no_se, 9) == 0.2


def test_lo_que_no_tiene_respuesta_correcta_no_da_puntaje() -> None:
    incluidas = incluidos()
    assert puntaje(incluidas["satisfaccion"], {"S1": {"MB": 12}}) is None
    assert puntaje(incluidas["antes"], {}) is None
    assert puntaje(incluidas["antes"], {"AT1": {"A": 12}, "K1": {}}) is None
