"""Nada se pierde y nada se duplica, en miles de itinerarios; y cada defecto plantado se descubre."""

import os

import pytest

from tests.simulador import correr, defectos
from tests.simulador.correr import Fallo
from tests.simulador.servidor import en_marcha

CUANTOS = int(os.environ.get("JORNADA_ITINERARIOS", "2000"))
TOPE = 600
"""En cuántos itinerarios debe notarse un defecto, a lo más."""
DESDE = {"epoca_antes_de_ofrecer": 10_000}
"""Los raros se buscan donde salen antes: éste tarda de 3 a 250 itinerarios, según por dónde se empiece."""

HAY = (
    "acuse aceptado", "acuse repetido", "acuse conflicto", "acuse retenido", "estado 400", "estado 401", "estado 507",
    "capturado asistencia", "capturado conteo", "capturado contestacion", "capturado anulacion",
    "corte antes_de_confirmar", "corte despues_de_confirmar", "corte en_la_sentencia", "se perdió de ida",
    "se perdió de vuelta", "tardó", "duplicado", "portal cautivo", "error de un intermediario", "respuesta cortada",
    "pedido cortado", "acuse incompleto", "veneno", "murió una pestaña a medias", "dos pestañas", "reloj descompuesto",
    "restaurado", "revocado", "evento cerrado o reabierto", "pasaron días", "borrado a los treinta días", "conflicto",
    "firma mala otra_llave", "firma mala sin_firma", "firma mala de_otro", "la titular acepta", "la titular descarta",
    "la titular recupera", "rescate", "un teléfono no vuelve",
)  # fmt: skip
"""Lo que tuvo que pasar de verdad en la corrida: un simulador al que no le pasa nada no prueba nada."""


def test_en_miles_de_itinerarios_nada_se_pierde_ni_se_duplica():
    hubo = correr.varios(range(CUANTOS))
    assert [que for que in HAY if not hubo[que]] == []


@pytest.mark.parametrize("defecto", defectos.PLANTADOS)
def test_el_control_un_defecto_plantado_se_descubre(defecto):
    assert correr.hasta_descubrir(defecto, TOPE, DESDE.get(defecto, 0)) is not None


def test_la_misma_semilla_es_el_mismo_itinerario():
    with en_marcha() as servidor:
        uno, otro = (correr.uno(77, servidor).traza for _ in range(2))
    assert uno == otro
    assert len(uno) > 20


def test_una_semilla_que_falla_dice_que_paso_y_como_repetirla():
    with pytest.raises(Fallo) as fallo:
        correr.varios(range(50), "guarda_en_memoria")
    renglones = str(fallo.value).splitlines()
    assert "se perdió lo que guardó T" in renglones[0]
    assert any("--- calma ---" in renglon for renglon in renglones)
    orden = "Para repetirla: python -m tests.simulador.correr --semilla"
    assert renglones[-1].startswith(orden)
    assert renglones[-1].endswith("--defecto guarda_en_memoria")
