"""`recoleccion/SEGURIDAD.md` no afirma nada sin su prueba."""

import re

import pytest

from tests.seguridad.enlaces import RAIZ, filas, no_existe

DOCUMENTO = RAIZ / "recoleccion" / "SEGURIDAD.md"


def sin_prueba(texto: str) -> list[str]:
    """Lo que una tabla de «se afirma» dice sin una prueba que exista."""
    malas, en_tabla = [], False
    for linea in texto.splitlines():
        if linea.startswith("| se afirma "):
            en_tabla = True
        elif en_tabla and not linea.startswith("|"):
            en_tabla = False
        elif en_tabla and not linea.startswith("|---"):
            de_la_fila = filas(linea)
            malas += [linea] if not de_la_fila else [mala for _, prueba in de_la_fila if (mala := no_existe(prueba))]
    return malas


def test_cada_afirmacion_lleva_a_una_prueba_que_existe() -> None:
    texto = DOCUMENTO.read_text("utf-8")
    assert sin_prueba(texto) == []
    assert len(filas(texto)) >= 50


def test_nada_se_afirma_dos_veces_con_las_mismas_palabras() -> None:
    dichos = [dicho for dicho, _ in filas(DOCUMENTO.read_text("utf-8"))]
    assert sorted({dicho for dicho in dichos if dichos.count(dicho) > 1}) == []


def test_cada_actor_dice_lo_que_queda_o_lleva_a_donde_se_dice() -> None:
    texto = DOCUMENTO.read_text("utf-8").partition("## Actores")[2].partition("\n## ")[0]
    actores = re.split(r"^### ", texto, flags=re.MULTILINE)[1:]
    assert len(actores) >= 8
    assert [actor.splitlines()[0] for actor in actores if "**Qué queda**" not in actor and ".md)" not in actor] == []


@pytest.mark.parametrize(
    "fila",
    [
        "| Esto no pasa | tests/seguridad/test_modelo_de_amenazas.py::test_que_no_existe |",
        "| Esto no pasa | tests/seguridad/test_que_no_existe.py::test_x |",
        "| Esto no pasa | ya se verá |",
    ],
)
def test_el_control_una_afirmacion_sin_prueba_se_nota(fila: str) -> None:
    assert len(sin_prueba(f"| se afirma | prueba |\n|---|---|\n{fila}\n")) == 1
