"""Los días de una serie: por regla o escritos."""

import re
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from formularios import sesiones
from formularios.catalogos import cargar, copiar_iniciales
from formularios.evento import formulario_evento

BUENO = {
    "titulo": "Tejer redes", "tipo": "taller", "tema": "igualdad", "fecha": "2026-11-25", "hora_inicio": "17:00",
    "hora_fin": "19:00", "sede": "Plaza", "localidad": "valle_de_guadalupe", "zona": "cabecera",
    "programa": "prevencion", "como": "regla", "cada": "semana", "cuantas": "3", "fechas": "", "nota": "Con lona",
}  # fmt: skip


def test_cada_semana_cada_quince_dias_y_cada_mes():
    primera = date(2026, 11, 25)
    assert sesiones.por_regla(primera, "semana", 3) == ["2026-11-25", "2026-12-02", "2026-12-09"]
    assert sesiones.por_regla(primera, "quincena", 3) == ["2026-11-25", "2026-12-09", "2026-12-23"]
    assert sesiones.por_regla(primera, "mes", 3) == ["2026-11-25", "2026-12-25", "2027-01-25"]


def test_al_mes_sin_ese_dia_le_toca_su_ultimo_y_el_siguiente_vuelve_al_suyo():
    assert sesiones.por_regla(date(2027, 12, 31), "mes", 4) == ["2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31"]


@given(primera=st.dates(date(2020, 1, 1), date(2095, 1, 1)), cada=st.sampled_from(["semana", "quincena", "mes"]))
def test_las_fechas_existen_van_en_orden_y_sin_repetirse(primera, cada):
    fechas = [date.fromisoformat(f) for f in sesiones.por_regla(primera, cada, 20)]
    assert fechas[0] == primera
    pasos = {b - a for a, b in pairwise(fechas)}
    if cada == "mes":
        assert timedelta(days=28) <= min(pasos) <= max(pasos) <= timedelta(days=31)
    else:
        assert pasos == {timedelta(weeks=1 if cada == "semana" else 2)}


def test_la_lista_se_lee_como_venga_escrita_y_se_ordena():
    assert sesiones.leer_lista(" 5/3/2027\r\n2027-01-08; 25/11/2026,\n\n") == ["2026-11-25", "2027-01-08", "2027-03-05"]


@pytest.mark.parametrize(
    ("escrita", "frase"),
    [
        ("", "por lo menos una"),
        ("5/3/2027\n31/02/2027", "«31/02/2027»: El 31/02/2027 no existe: ese mes tiene 28 días."),
        ("29/2/2028\n30/2/2028", "«30/2/2028»: El 30/02/2028 no existe: ese mes tiene 29 días."),
        ("mañana", "«mañana»: Esa fecha no existe"),
        ("5/3/2027\n2027-03-05", "«2027-03-05» está dos veces"),
        ("\n".join(f"{d}/{m}/2027" for m in range(1, 4) for d in range(1, 28)), "Son 81 fechas y caben 60"),
    ],
)
def test_lo_que_esta_mal_en_la_lista_se_dice_con_su_fecha(escrita, frase):
    with pytest.raises(ValueError, match=re.escape(frase)):
        sesiones.leer_lista(escrita)


@pytest.fixture(scope="module")
def clase(tmp_path_factory):
    carpeta = tmp_path_factory.mktemp("catalogos")
    copiar_iniciales(carpeta)
    evento = formulario_evento(cargar(carpeta), [{"clave": "M4", "texto": "x"}], {}, series=[("s1", "Otra")])
    return sesiones.formulario_serie(evento)


def test_el_formulario_da_las_fechas_y_lo_que_todas_tienen_igual(clase):
    lleno = clase(MultiDict(BUENO))
    assert lleno.validate(), lleno.errors
    assert lleno.sesiones == ("2026-11-25", "2026-12-02", "2026-12-09")
    iguales = lleno.de_cada_sesion()
    assert iguales["sede"] == "Plaza"
    assert not {"titulo", "fecha", "serie_id", "como", "cada", "cuantas", "fechas", "nota"} & set(iguales)


def test_escribiendo_las_fechas_no_hace_falta_la_regla(clase):
    lleno = clase(MultiDict(BUENO | {"como": "lista", "fecha": "", "cuantas": "", "fechas": "9/12/2026 , 2/12/2026"}))
    assert lleno.validate(), lleno.errors
    assert lleno.sesiones == ("2026-12-02", "2026-12-09")


@pytest.mark.parametrize(
    ("cambio", "campo"),
    [
        ({"fecha": ""}, "fecha"),
        ({"fecha": "31/02/2027"}, "fecha"),
        ({"cuantas": "0"}, "cuantas"),
        ({"cuantas": "61"}, "cuantas"),
        ({"cuantas": "-3"}, "cuantas"),
        ({"cuantas": ""}, "cuantas"),
        ({"cada": "siglo"}, "cada"),
        ({"fecha": "2100-12-25", "cada": "mes"}, "fecha"),
        ({"como": "lista", "fechas": "31/04/2027"}, "fechas"),
        ({"titulo": "x" * 101}, "titulo"),
        ({"como": "otra"}, "como"),
    ],
)
def test_lo_imposible_se_dice_junto_a_su_campo(clase, cambio, campo):
    lleno = clase(MultiDict(BUENO | cambio))
    assert not lleno.validate()
    assert list(lleno.errors) == [campo]
