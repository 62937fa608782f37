"""Las fichas de papel."""

import random
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formularios.ficha import PALABRAS, PREFIJO_QR, normalizar_ficha, nueva_ficha


def _a_una_letra(una: str, otra: str) -> bool:
    """Si se llega de una a otra cambiando, quitando, poniendo o volteando una letra."""
    if len(una) == len(otra):
        distintas = [i for i, (a, b) in enumerate(zip(una, otra, strict=True)) if a != b]
        volteada = (
            len(distintas) == 2 and una[distintas[0]] + una[distintas[1]] == otra[distintas[1]] + otra[distintas[0]]
        )
        return len(distintas) <= 1 or volteada
    corta, larga = sorted((una, otra), key=len)
    return any(larga[:i] + larga[i + 1 :] == corta for i in range(len(larga)))


def test_la_comparacion_de_palabras_ve_los_parecidos() -> None:
    assert _a_una_letra("LUNA", "TUNA")
    assert _a_una_letra("CERRO", "CERO")
    assert _a_una_letra("PALO", "PLAO")
    assert not _a_una_letra("LUNA", "MESA")


def test_ninguna_palabra_se_confunde_con_otra() -> None:
    assert len(PALABRAS) >= 100
    assert len(set(PALABRAS)) == len(PALABRAS)
    assert [par for par in combinations(PALABRAS, 2) if _a_una_letra(*par)] == []


def test_las_palabras_son_cortas_y_sin_acentos() -> None:
    assert all(p.isascii() and p.isalpha() and p.isupper() and 4 <= len(p) <= 8 for p in PALABRAS)


@given(st.integers())
def test_toda_ficha_nueva_se_reconoce_como_se_imprime_y_como_qr(semilla: int) -> None:
    ficha = nueva_ficha(random.Random(semilla))
    assert normalizar_ficha(ficha) == ficha
    assert normalizar_ficha(PREFIJO_QR + ficha) == ficha


@pytest.mark.parametrize(
    "escrito", ["LUNA-37", "luna 37", " Luna37 ", "F1LUNA-37", "f1 luna–37", "lúna - 37", "LUNA_37"]
)
def test_se_admite_como_lo_escribe_la_gente(escrito: str) -> None:
    assert normalizar_ficha(escrito) == "LUNA-37"


@pytest.mark.parametrize(
    "escrito", ["", "LUNA", "37", "LUNA-7", "LUNA-07", "LUNA-370", "TUNA-37", "37-LUNA", "F2LUNA-37"]
)
def test_lo_que_no_es_una_ficha_no_pasa(escrito: str) -> None:
    assert normalizar_ficha(escrito) is None


@given(st.text())
def test_ningun_texto_la_hace_fallar(texto: str) -> None:
    ficha = normalizar_ficha(texto)
    assert ficha is None or normalizar_ficha(ficha) == ficha
