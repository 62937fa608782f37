"""Cuándo se muestra una pregunta, en el constructor: una condición o varias, y lo que se dice cuando algo les falta."""

import pytest

from formularios.instrumento import Instrumento, incluidos
from recoleccion.consultas import instrumentos
from tests.elenco import HORA
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


def test_varias_condiciones_se_agregan_una_por_una_y_se_dicen_en_una_frase(titular, base):
    editar = empezar(titular)
    agregar(titular, editar, "¿Vino?", "una", "Sí\nNo")
    agregar(titular, editar, "¿Cuántas?", "entero")
    agregar(titular, editar, "¿Por qué?", "texto")
    pregunta = f"{editar}/pregunta/P3"
    assert "Condición 2" not in titular.texto(pregunta)
    respuesta = mandar(titular, pregunta, texto="¿Por qué?", si="P1 es no", accion="condicion")
    assert respuesta.headers["Location"] == f"{pregunta}?otra=1#cuando"
    pagina = titular.texto(respuesta.headers["Location"])
    assert "Condición 1" in pagina
    assert "Condición 2" in pagina
    assert "Condición 3" not in pagina
    mandar(titular, pregunta, texto="¿Por qué?", si=["P1 es no", "P2 mayor"], si_numero=["", "5"], accion="listo")
    assert preguntas(base)[2]["relevante"] == "${P1} = 'no' and ${P2} > 5"
    assert "Solo si contestó «No» en la 1 y puso más de 5 en la 2" in titular.texto(editar)
    mandar(titular, pregunta, texto="¿Por qué?", si=["P1 es no", "P2 mayor"], si_numero=["", "5"], si_junta="alguna")
    assert preguntas(base)[2]["relevante"] == "${P1} = 'no' or ${P2} > 5"
    assert "Solo si contestó «No» en la 1 o puso más de 5 en la 2" in titular.texto(editar)
    pagina = titular.get(pregunta).text
    assert 'value="alguna" checked' in pagina
    assert 'name="si_numero" type="text" value="5"' in pagina
    mandar(titular, pregunta, texto="¿Por qué?", si=["", "P2 mayor"], si_numero=["", "5"], si_junta="alguna")
    assert preguntas(base)[2]["relevante"] == "${P2} > 5"
    mandar(titular, pregunta, texto="¿Por qué?", si=["", ""], si_numero=["", ""], si_junta="alguna")
    assert "relevante" not in preguntas(base)[2]


def test_un_error_en_una_de_varias_condiciones_se_dice_en_ella_y_las_demas_siguen(titular, base):
    editar = empezar(titular)
    agregar(titular, editar, "¿Vino?", "una", "Sí\nNo")
    agregar(titular, editar, "¿Cuántas?", "entero")
    agregar(titular, editar, "¿Por qué?", "una", "Llovió\nOtra cosa")
    respuesta = mandar(
        titular, f"{editar}/pregunta/P3", texto="¿Por qué?", accion="listo", si_junta="alguna",
        si=["P1 es no", "P2 mayor", "P1 no_es si", "P2 igual", "P1 es si"], si_numero=["", "muchas", "", "7", ""],
    )  # fmt: skip
    assert respuesta.status_code == 422
    assert 'href="#si_numero-2"' in respuesta.text
    assert 'id="si_numero-2" name="si_numero" type="text" value="muchas"' in respuesta.text
    assert respuesta.text.count(" selected>Sólo si") == 4
    assert "Agregar otra condición" not in respuesta.text
    assert 'value="alguna" checked' in respuesta.text
    assert "relevante" not in preguntas(base)[2]


def test_una_condicion_de_la_hoja_se_dice_y_no_se_cambia_en_pantalla(titular, base):
    crudo = incluidos()["satisfaccion"].a_dict()
    crudo["preguntas"][1]["relevante"] = "${S1} = 'buena' and (${S1} != 'mala' or ${S1} = 'regular')"
    instrumentos.guardar(base, Instrumento.de_dict(crudo | {"version": 2}), HORA)
    pregunta = "/panel/instrumentos/satisfaccion/editar/pregunta/S2"
    pagina = titular.texto(pregunta)
    assert "Esta parte se cambia en la hoja de cálculo: cuándo se muestra. Aquí se queda como está." in pagina
    assert "Agregar otra condición" not in pagina
    mandar(titular, pregunta, texto="¿Otra?", si="S1 es buena", accion="listo")
    assert preguntas(base, "satisfaccion")[1]["relevante"] == crudo["preguntas"][1]["relevante"]
