"""Las doce palabras de un secreto: ida y vuelta, lo que se perdona al copiarlas y lo que se dice cuando fallan."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recoleccion.palabras_secretas import PalabrasMal, de_palabras, en_palabras

SECRETO = bytes(range(16))
DOCE = [
    "ábaco",
    "álbum",
    "líquido",
    "álbum",
    "espuma",
    "acudir",
    "bolero",
    "bosque",
    "amante",
    "gaita",
    "dictar",
    "boca",
]


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=16, max_size=16))
def test_cualquier_secreto_va_y_vuelve(secreto):
    assert de_palabras(" ".join(en_palabras(secreto))) == secreto


def test_son_las_de_bip39_en_espanol():
    assert en_palabras(bytes(16)) == ("ábaco",) * 11 + ("abierto",)  # el vector de ceros del estándar
    assert list(en_palabras(SECRETO)) == DOCE


@pytest.mark.parametrize(
    "escritas",
    [
        " ".join(DOCE).upper(),
        "  ".join(unicodedata.normalize("NFD", palabra) for palabra in DOCE),
        "abaco, album, liquido, album;\nespuma acudir bolero bosque\tamante gaita dictar boca.",
        "\n".join(f"{n}. {palabra}" for n, palabra in enumerate(DOCE, 1)),
        "abac albu liqu albu espu acud bole bosq aman gait dict boca",
    ],
)
def test_se_perdona_como_se_escriban(escritas):
    assert de_palabras(escritas) == SECRETO


def _falla(palabras: list[str]) -> PalabrasMal:
    with pytest.raises(PalabrasMal) as caso:
        de_palabras(" ".join(palabras))
    return caso.value


def test_la_que_no_es_de_la_lista_se_nombra_con_la_que_se_le_parece():
    error = _falla([*DOCE[:6], "boleros", *DOCE[7:]])
    assert error.lugar == 7
    assert "«boleros»" in str(error)
    assert "«bolero»" in str(error)
    assert _falla([*DOCE[:11], "xyzzy"]).lugar == 12


def test_si_faltan_o_sobran_se_dice_cuantas_hay():
    assert "hay 11" in str(_falla(DOCE[:11]))
    assert "hay 13" in str(_falla([*DOCE, "boca"]))
    assert "hay 0" in str(_falla([]))


def test_una_que_se_cambio_por_otra_de_la_lista_no_cuadra():
    error = _falla([*DOCE[:6], "acudir", *DOCE[7:]])
    assert "no cuadran" in str(error)
    casi = _falla([*DOCE[:11], "bola"])  # a una letra de «boca»
    assert casi.lugar == 12
    assert "«boca»" in str(casi)


def test_un_secreto_de_otro_largo_no_se_escribe():
    with pytest.raises(ValueError, match="16 bytes"):
        en_palabras(b"corto")
