"""Las reglas puras."""

from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recoleccion import reglas
from recoleccion.instalacion import ZONA_HORARIA

EVENTO = {"fecha": "2026-11-25", "hora_inicio": "17:00", "hora_fin": "19:00", "estado": "programado"}


def a_las(hora: str, dia: str = "2026-11-25") -> datetime:
    return datetime.fromisoformat(f"{dia}T{hora}").replace(tzinfo=ZONA_HORARIA)


@given(st.integers())
def test_una_clave_sobrevive_a_como_la_escriba_la_gente(semilla):
    clave = reglas.nueva_clave(Random(semilla))
    assert reglas.normalizar_clave(clave) == clave
    assert reglas.normalizar_clave(f" {clave[:3].lower()}-{clave[3:].lower()} ") == clave
    assert not reglas.clave_confusa(clave)


@pytest.mark.parametrize("texto", ["", "K7MD2", "K7MD2QX", "K7MD20", "IL10OO", "K7MD2?", "../../", "K7M D2", "٣٤٥٦٧٨"])
def test_lo_que_no_puede_ser_una_clave_no_lo_es(texto):
    assert reglas.normalizar_clave(texto) is None


@given(st.text(max_size=30))
def test_normalizar_una_clave_nunca_falla_y_siempre_da_una_clave(texto):
    clave = reglas.normalizar_clave(texto)
    assert clave is None or (len(clave) == 6 and set(clave) <= set(reglas.ALFABETO_CLAVE))


@pytest.mark.parametrize(
    ("ahora", "estado", "esperada"),
    [
        (a_las("16:29"), "programado", "futuro"),
        (a_las("16:30"), "programado", "abierto"),
        (a_las("09:00"), "abierto", "abierto"),
        (a_las("19:00", "2026-11-26"), "programado", "abierto"),
        (a_las("19:01", "2026-11-26"), "programado", "pasado"),
        (a_las("19:01", "2026-11-26"), "abierto", "pasado"),
        (a_las("17:30"), "cerrado", "cerrado"),
        (a_las("17:30"), "cancelado", "cancelado"),
    ],
)
def test_la_situacion_de_un_evento_depende_de_su_estado_y_de_la_hora(ahora, estado, esperada):
    assert reglas.situacion(EVENTO | {"estado": estado}, ahora) == esperada


def test_un_evento_que_cruza_la_medianoche_acaba_al_dia_siguiente():
    inicio, fin = reglas.limites(EVENTO | {"hora_inicio": "22:00", "hora_fin": "01:00"}, a_las("12:00"))
    assert fin - inicio == timedelta(hours=3)


@given(st.integers(), st.integers(0, 7), st.integers(0, 9))
def test_un_folio_con_un_digito_cambiado_no_vale(semilla, lugar, digito):
    folio = reglas.nuevo_folio(Random(semilla))
    assert reglas.folio_valido(folio)
    cambiado = folio[:lugar] + str(digito) + folio[lugar + 1 :]
    assert reglas.folio_valido(cambiado) == (cambiado == folio)


@given(st.integers(), st.integers(0, 6))
def test_un_folio_con_dos_vecinos_invertidos_no_vale(semilla, lugar):
    folio = reglas.nuevo_folio(Random(semilla))
    invertido = folio[:lugar] + folio[lugar + 1] + folio[lugar] + folio[lugar + 2 :]
    assert reglas.folio_valido(invertido) == (invertido == folio)


@given(st.text(max_size=12))
def test_folio_valido_nunca_falla(texto):
    assert reglas.folio_valido(texto) in (True, False)


@given(st.integers())
def test_una_ficha_se_reconoce_escrita_a_mano_o_desde_el_qr(semilla):
    ficha = reglas.nueva_ficha(Random(semilla))
    for escrita in (ficha, ficha.lower(), ficha.replace("-", " "), f"F1{ficha}"):
        assert reglas.normalizar_ficha(escrita) == ficha


def test_un_token_tiene_140_bits_y_la_forma_que_el_telefono_espera():
    token = reglas.nuevo_token(Random(1))
    assert reglas.token_valido(token)
    assert len(token) == 30
    assert token.startswith("J1")
    for malo in (token[:-1], token.lower(), "X" + token[1:], token[:-1] + "U", None, 5):
        assert not reglas.token_valido(malo)


@pytest.mark.parametrize(
    ("minima", "edad", "autorizacion", "puede"),
    [
        (None, "0-11", True, False),
        (None, "12-17", False, False),
        (None, "12-17", True, True),
        (18, "12-17", True, False),
        (18, "18-29", False, True),
        (18, "nd", False, True),
        (None, None, False, True),
    ],
)
def test_quien_puede_contestar(minima, edad, autorizacion, puede):
    assert reglas.puede_contestar(minima, edad, autorizacion) is puede


def test_de_menores_no_se_toma_el_nombre():
    assert [reglas.puede_dar_nombre(e) for e in reglas.EDADES] == [False, False, True, True, True, True, True]


@pytest.mark.parametrize(
    ("pregunta", "correcta", "antes", "despues", "cambio"),
    [
        ("K1", "V", "F", "V", "mejor"),
        ("K1", "V", "NS", "V", "mejor"),
        ("K1", "V", "V", "NS", "peor"),
        ("K1", "V", "F", "NS", "igual"),
        ("G4", "F", "F", "F", "igual"),
        ("AT1", None, "A", "M", "mejor"),
        ("AT2", None, "D", "A", "peor"),
        ("AT3", None, "N", "D", None),
        ("AT3", None, "A", "N", None),
        ("C1", None, "N", "S", "mejor"),
        ("C1", None, "S", "C", "peor"),
        ("S1", None, "buena", "mala", None),
    ],
)
def test_el_cambio_de_una_respuesta(pregunta, correcta, antes, despues, cambio):
    assert reglas.cambio(pregunta, correcta, antes, despues) == cambio
