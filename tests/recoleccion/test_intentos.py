"""Probar contraseñas cuesta cada vez más tiempo, sin dejar afuera a nadie ni delatar quién tiene cuenta."""

from datetime import timedelta
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recoleccion.intentos import (
    LIBRES,
    LIBRES_CON_MUCHOS,
    LIBRES_CONOCIDO,
    MAXIMA,
    MUCHOS,
    OLVIDO,
    PRIMERA,
    SIN_ESPERA,
    VENTANA,
    Intentos,
)
from tests.elenco import HORA

LLAVE = b"una llave de pruebas"


@pytest.fixture
def puerta() -> Intentos:
    return Intentos(LLAVE)


def probadas(puerta, quien, veces, ahora=HORA, **como) -> int:
    """Cuántas de tantas pasaron."""
    return sum(puerta.pedir(quien, ahora, **como) == SIN_ESPERA for _ in range(veces))


def test_las_primeras_no_esperan_y_las_que_siguen_cada_vez_mas(puerta):
    assert probadas(puerta, "rosa", 50) == LIBRES
    ahora, esperas = HORA, []
    for _ in range(8):
        falta = puerta.pedir("rosa", ahora)
        esperas.append(falta)
        assert puerta.pedir("rosa", ahora + falta - timedelta(milliseconds=1)) > SIN_ESPERA
        ahora += falta
        assert puerta.pedir("rosa", ahora) == SIN_ESPERA
    assert esperas == [min(PRIMERA * 2**n, MAXIMA) for n in range(8)]
    assert esperas[-1] == MAXIMA


def test_insistir_mientras_se_espera_no_alarga_la_espera(puerta):
    probadas(puerta, "rosa", LIBRES)
    probadas(puerta, "rosa", 1000)
    assert puerta.pedir("rosa", HORA + PRIMERA) == SIN_ESPERA


def test_acertar_o_dejar_pasar_una_hora_empieza_de_nuevo(puerta):
    probadas(puerta, "rosa", LIBRES)
    puerta.acierto("rosa", HORA)
    assert probadas(puerta, "rosa", 50) == LIBRES
    assert probadas(puerta, "rosa", 50, HORA + OLVIDO) == LIBRES


def test_lo_de_una_cuenta_no_le_toca_a_otra_ni_a_quien_ya_habia_entrado(puerta):
    probadas(puerta, "cuenta rosa", 500)
    assert puerta.pedir("cuenta lupita", HORA) == SIN_ESPERA
    assert puerta.pedir("navegador de rosa", HORA, conocido=True) == SIN_ESPERA


def test_un_navegador_conocido_robado_tampoco_prueba_sin_fin(puerta):
    assert probadas(puerta, "navegador", 500, conocido=True) == LIBRES_CONOCIDO
    assert puerta.pedir("cuenta rosa", HORA) == SIN_ESPERA


def test_si_todas_fallan_mucho_cada_una_aguanta_menos_y_ninguna_se_cierra(puerta):
    for n in range(MUCHOS):
        puerta.pedir(f"inventada {n}", HORA)
    assert probadas(puerta, "rosa", 50) == LIBRES_CON_MUCHOS
    assert puerta.pedir("lupita", HORA) == SIN_ESPERA
    assert probadas(puerta, "conocido", 50, conocido=True) == LIBRES_CONOCIDO
    assert probadas(puerta, "marta", 50, HORA + VENTANA) == LIBRES


def test_las_que_aciertan_no_cuentan_como_ataque(puerta):
    for n in range(MUCHOS * 2):
        puerta.pedir(f"cuenta {n}", HORA)
        puerta.acierto(f"cuenta {n}", HORA)
    assert probadas(puerta, "rosa", 50) == LIBRES


def test_cien_a_la_vez_no_son_cien_gratis(puerta):
    pasaron: list[int] = []
    hilos = [Thread(target=lambda: pasaron.append(probadas(puerta, "rosa", 10))) for _ in range(10)]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join()
    assert sum(pasaron) == LIBRES


def test_un_reloj_que_se_atrasa_no_deja_a_nadie_afuera(puerta):
    probadas(puerta, "rosa", LIBRES + 5)
    assert puerta.pedir("rosa", HORA - timedelta(days=400)) == SIN_ESPERA
    probadas(puerta, "lupita", LIBRES)
    assert puerta.pedir("lupita", HORA - timedelta(minutes=20)) <= PRIMERA


def test_la_memoria_no_crece_con_nombres_inventados(puerta):
    for n in range(70_000):
        puerta.pedir(f"inventada {n}", HORA)
    assert len(puerta._cuentas) <= 65_536


@pytest.mark.parametrize("tanda", range(1, 16))
def test_con_la_mejor_mana_caben_menos_de_doscientas_al_dia(puerta, tanda):
    """Probar ``tanda`` seguidas esperando lo justo, callarse hasta el olvido, y otra vez."""
    ahora, hechas, de_la_tanda = HORA, 0, 0
    while ahora < HORA + timedelta(days=1):
        falta = puerta.pedir("rosa", ahora)
        if falta > SIN_ESPERA:
            ahora += falta
            continue
        hechas, de_la_tanda = hechas + 1, de_la_tanda + 1
        if de_la_tanda == tanda:
            ahora, de_la_tanda = ahora + OLVIDO, 0
    assert hechas < 200


@settings(max_examples=60)
@given(st.lists(st.integers(0, 4000), min_size=1, max_size=60))
def test_con_cualquier_ritmo_caben_pocas_en_un_dia(pausas):
    puerta, ahora, hechos, n = Intentos(LLAVE), HORA, 0, 0
    while ahora < HORA + timedelta(days=1) and n < 6000:
        hechos += puerta.pedir("rosa", ahora) == SIN_ESPERA
        ahora += timedelta(seconds=pausas[n % len(pausas)])
        n += 1
    assert hechos < 200
