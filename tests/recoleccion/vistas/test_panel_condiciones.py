"""Cuándo se muestra una pregunta, en el constructor: una condición o varias, y lo que se dice cuando algo les falta."""

import pytest

from tests.recoleccion.vistas.borrador import agregar, empezar, mandar, preguntas
from tests.recoleccion.vistas.oficina import Oficina


@pytest.fixture
def titular(app) -> Oficina:
    return Oficina(app, "titular")


def test_la_pregunta_de_la_que_otra_depende_se_quita_y_se_avisa_en_la_otra(titular):
    editar = empezar(titular)
    agregar(titular, editar, "¿Vino?", "una", "Sí\nNo")
    agregar(titular, editar, "¿Cuántas?", "entero")
    mandar(titular, f"{editar}/pregunta/P2", texto="¿Cuántas?", si="P1 es si", accion="listo")
    mandar(titular, editar, accion="quitar", pregunta="P1")
    assert "Se muestra según una pregunta que ya no está" in titular.texto(editar)
    assert "Como está ahora" in titular.texto(f"{editar}/pregunta/P2")
    mandar(titular, f"{editar}/pregunta/P2", texto="¿Cuántas?", si="", accion="listo")
    assert "Se muestra según" not in titular.texto(editar)


def test_una_condicion_de_numero_sobre_algo_que_ya_no_es_numero_se_deja_como_estaba_o_se_quita(titular, base):
    editar = empezar(titular)
    agregar(titular, editar, "¿Cuántas?", "entero")
    agregar(titular, editar, "¿Cuáles?", "texto")
    mandar(titular, f"{editar}/pregunta/P2", texto="¿Cuáles?", si="P1 mayor", si_numero="2", accion="listo")
    mandar(titular, f"{editar}/pregunta/P1", texto="¿Cuándo?", tipo="fecha", accion="listo")
    assert "ya no lo pide" in titular.texto(editar)
    pagina = titular.get(f"{editar}/pregunta/P2").text
    assert 'name="si_numero" type="text" value="2"' in pagina
    mandar(titular, f"{editar}/pregunta/P2", texto="¿Cuáles?", si="P1 mayor", si_numero="2", accion="listo")
    assert preguntas(base)[1]["relevante"] == "${P1} > 2"
    assert mandar(titular, f"{editar}/pregunta/P2", texto="¿Cuáles?", si="P1 es", accion="listo").status_code == 422
    mandar(titular, f"{editar}/pregunta/P2", texto="¿Cuáles?", si="", accion="listo")
    assert "relevante" not in preguntas(base)[1]
