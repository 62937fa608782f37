"""El formulario de la carta descriptiva y el de la hoja de cierre."""

import pytest
from werkzeug.datastructures import MultiDict

from formularios.carta import FormularioCierre, como_se_llena, formulario_carta, minutos

CARTA = {
    "objetivo": "Que sepan a dónde llamar.",
    "publico": None,
    "materiales": "Lona",
    "momentos": [
        {"momento": "Bienvenida", "actividad": "Ronda", "minutos": 15},
        {"momento": "", "actividad": "Dinámica", "minutos": None},
    ],
}


def test_la_carta_va_y_vuelve_y_lo_vacio_no_se_guarda():
    lleno = formulario_carta(6)(MultiDict(como_se_llena(CARTA)))
    assert lleno.validate(), lleno.errors
    assert lleno.a_dict() == CARTA
    assert minutos(CARTA["momentos"]) == 15


def test_lo_que_falta_se_dice_en_su_renglon():
    vacia = formulario_carta(3)(MultiDict({"minutos-2": "20"}))
    assert not vacia.validate()
    assert set(vacia.errors) == {"objetivo", "actividad-2"}
    assert list(formulario_carta(3)(MultiDict({"objetivo": "x"})).errors) == []
    sin_momentos = formulario_carta(3)(MultiDict({"objetivo": "x"}))
    assert not sin_momentos.validate()
    assert list(sin_momentos.errors) == ["actividad-1"]


@pytest.mark.parametrize("mal", ["-5", "0", "1441", "diez", "²", "1.5", "9999999"])
def test_los_minutos_son_un_numero_posible(mal):
    lleno = formulario_carta(1)(MultiDict({"objetivo": "x", "momento-1": "a", "minutos-1": mal}))
    assert not lleno.validate()
    assert list(lleno.errors) == ["minutos-1"]
    assert lleno["minutos-1"].data == mal


@pytest.mark.parametrize("mal", ["-1", "5001", "muchas", "٣", "1e3"])
def test_una_cuenta_negativa_o_imposible_no_pasa(mal):
    lleno = FormularioCierre(MultiDict({"contadas": mal}))
    assert not lleno.validate()
    assert list(lleno.errors) == ["contadas"]


@pytest.mark.parametrize(("escrita", "guardada"), [("", None), ("0", 0), ("045", 45)])
def test_no_contar_no_es_contar_cero(escrita, guardada):
    lleno = FormularioCierre(MultiDict({"contadas": escrita, "nota": " Faltaron sillas "}))
    assert lleno.validate()
    assert lleno.a_dict() == {"contadas": guardada, "nota": "Faltaron sillas"}
