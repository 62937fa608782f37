"""Lo que se exporta se importa con la misma huella, y no hay instrumento que deje sin validar."""

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formularios.contestar import del_instrumento, formulario, nombre_campo, validar
from formularios.instrumento import Instrumento, incluidos
from formularios.xlsform import adjuntos, exportar, importar
from tests.formularios.xlsform.al_azar import AHORA, contestar, instrumentos


@pytest.mark.parametrize("formato", ["xlsx", "csv"])
@pytest.mark.parametrize("clave", list(incluidos()))
def test_los_cuatro_que_vienen_van_y_vuelven_iguales(clave: str, formato: str) -> None:
    original = incluidos()[clave]
    resultado = importar(f"otro nombre.{formato}", exportar(original, formato))
    assert resultado.problemas == ()
    assert resultado.instrumento == original


@pytest.mark.parametrize("formato", ["xlsx", "csv"])
def test_cualquier_instrumento_va_y_vuelve_con_su_huella(formato: str) -> None:
    @settings(max_examples=40, deadline=None)
    @given(instrumentos())
    def ida_y_vuelta(original: Instrumento) -> None:
        resultado = importar(f"x.{formato}", exportar(original, formato), adjuntos(original))
        assert resultado.problemas == ()
        assert resultado.instrumento is not None
        assert resultado.instrumento.a_dict() == original.a_dict()
        assert resultado.instrumento.huella == original.huella

    ida_y_vuelta()


@settings(max_examples=40, deadline=None)
@given(instrumentos())
def test_el_json_va_y_vuelve_y_en_otro_idioma_sigue_siendo_instrumento(original: Instrumento) -> None:
    assert Instrumento.de_dict(original.a_dict()) == original
    for idioma in original.idiomas:
        traducido = original.en(idioma)
        assert [p.clave for p in traducido.preguntas] == [p.clave for p in original.preguntas]
        assert all(
            p.texto
            == original.por_clave[p.clave].traducciones.get(idioma, {}).get("texto", original.por_clave[p.clave].texto)
            for p in traducido.preguntas
        )


_VALORES = st.text() | st.sampled_from(
    ["a", "b", "OK", "7", "-1", "1.5", "31/01/2026", "09:30", "20 -102", "NaN", "x" * 3000]
)


@settings(max_examples=60, deadline=None)
@given(instrumentos(), st.data())
def test_ningun_dato_hace_fallar_a_ningun_instrumento(instrumento: Instrumento, data: Any) -> None:
    nombres = [campo.name for campo in formulario(instrumento)()]
    raros = [f"{nombre}~99" for nombre in nombres] + ["ficha", "p_", "~", "p_q~x", "p_q~٣"]
    datos = data.draw(st.dictionaries(st.sampled_from(nombres + raros), st.lists(_VALORES, max_size=3), max_size=20))
    validacion = validar(instrumento, datos, ahora=AHORA, personal=True)
    assert set(validacion.errores) <= {*nombres, "ficha"}
    claves = {pregunta.clave for pregunta in instrumento.preguntas}
    assert set(validacion.respuestas) | set(validacion.textos) <= claves
    assert not set(validacion.respuestas) & set(validacion.textos)
    assert set(del_instrumento(instrumento, datos, personal=True)) <= set(datos)


@settings(max_examples=60, deadline=None)
@given(instrumentos(), st.integers(0, 2**32))
def test_unas_respuestas_al_azar_se_aceptan_y_lo_guardado_se_vuelve_a_aceptar_igual(
    instrumento: Instrumento, semilla: int
) -> None:
    datos, primera = contestar(instrumento, Random(semilla))
    if primera.errores:  # un filtro pudo no dejar ninguna opción a una obligatoria
        sin_opciones = {nombre for nombre, crudo in datos.items() if not crudo}
        assert set(primera.errores) <= sin_opciones
        return
    guardado = dict(datos)
    for pregunta in instrumento.preguntas:
        respuesta = primera.respuestas.get(pregunta.clave)
        if respuesta and pregunta.con_campo and not instrumento.repeticiones(pregunta.grupo):
            guardado[nombre_campo(pregunta)] = [respuesta] if isinstance(respuesta, str) else respuesta
    assert validar(instrumento, guardado, ahora=AHORA, personal=True) == primera
