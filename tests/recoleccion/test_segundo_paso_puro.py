"""Las piezas puras del segundo paso: el número contra la RFC 6238, los retos, y para qué direcciones hay llaves."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recoleccion import llave_webauthn, totp
from recoleccion.llave_webauthn import Sitio
from recoleccion.retos import DURA, Retos
from tests.autenticador import ORIGEN, RP
from tests.elenco import HORA

DE_LA_RFC = b"12345678901234567890"
VECTORES = {59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037"}
"""RFC 6238, apéndice B: las últimas seis cifras con SHA-1."""


@pytest.mark.parametrize("segundos", VECTORES)
def test_los_numeros_son_los_de_la_rfc(segundos):
    momento = datetime.fromtimestamp(segundos, UTC)
    assert totp.numero_de(DE_LA_RFC, momento) == VECTORES[segundos]
    assert totp.lapso_de(VECTORES[segundos], DE_LA_RFC, momento, 0) == segundos // totp.LAPSO


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(-3, 3)), max_size=12))
def test_en_cualquier_orden_ningun_lapso_se_acepta_dos_veces_ni_uno_anterior(intentos):
    """Quien mira los números los prueba a destiempo y en desorden; el que guarda el último aceptado no se deja."""
    momento, ultimo, aceptados = HORA, 0, []
    for pasan, corrido in intentos:
        momento += timedelta(seconds=pasan)
        numero = totp.numero_de(DE_LA_RFC, momento + timedelta(seconds=corrido * totp.LAPSO))
        lapso = totp.lapso_de(numero, DE_LA_RFC, momento, ultimo)
        if lapso is not None:
            assert abs(lapso - int(momento.timestamp()) // totp.LAPSO) <= totp.VECINOS
            aceptados.append(lapso)
            ultimo = lapso
    assert aceptados == sorted(set(aceptados))


@pytest.mark.parametrize("malo", ["", "12345", "1234567", "12345a", "１２３４５６", "-12345", " 12345"])
def test_lo_que_no_son_seis_cifras_no_es_un_numero(malo):
    assert totp.lapso_de(malo, DE_LA_RFC, HORA, 0) is None


def test_un_reto_es_de_su_sesion_para_lo_suyo_una_vez_y_cinco_minutos():
    retos = Retos()
    reto = retos.nuevo("entrar", "yo", HORA)
    assert retos.vale(reto, "entrar", "yo", HORA)
    assert not retos.vale(reto, "alta", "yo", HORA)
    assert not retos.vale(reto, "entrar", "otra", HORA)
    assert not retos.vale(reto, "entrar", "yo", HORA + DURA)
    assert not retos.vale(reto, "entrar", "yo", HORA - timedelta(minutes=1))
    assert not Retos().vale(reto, "entrar", "yo", HORA)  # el proceso se reinició
    for i in range(len(reto)):
        cambiado = reto[:i] + bytes([reto[i] ^ 1]) + reto[i + 1 :]
        assert not retos.vale(cambiado, "entrar", "yo", HORA), i
    assert retos.gastar(reto, HORA)
    assert not retos.gastar(reto, HORA)
    assert not retos.vale(reto, "entrar", "yo", HORA)


def test_pedir_retos_no_ocupa_memoria_y_los_usados_se_olvidan_al_vencer():
    retos = Retos()
    pedidos = [retos.nuevo("entrar", "extraño", HORA) for _ in range(50)]
    assert not retos._usados
    for reto in pedidos:
        retos.gastar(reto, HORA)
    retos.gastar(retos.nuevo("entrar", "yo", HORA + DURA), HORA + DURA)
    assert len(retos._usados) == 1


@pytest.mark.parametrize(("host", "esperado"), [
    ("registro.ejemplo.mx", Sitio(RP, ORIGEN)), ("https://Registro.Ejemplo.mx/", Sitio(RP, ORIGEN)),
    ("https://registro.ejemplo.mx:8443", Sitio(RP, f"{ORIGEN}:8443")),
    ("http://localhost:8000", Sitio("localhost", "http://localhost:8000")),
    ("http://registro.ejemplo.mx", None), ("http://127.0.0.1:8000", None), ("https://10.0.0.4", None),
    ("https://[::1]:8000", None), ("", None), ("https://", None), ("https://x:puerto", None),
])  # fmt: skip
def test_solo_se_ofrecen_donde_el_navegador_las_da(host, esperado):
    assert llave_webauthn.sitio(host) == esperado
