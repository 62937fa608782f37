"""Una encuesta en CSV no ejecuta nada al abrirse, y se lee igual que se escribió."""

import csv
import io

import pytest

from formularios.instrumento import Instrumento, incluidos
from formularios.xlsform import exportar, importar
from formularios.xlsform.neutro import escrita, leida

RAROS = ["=1+1", "+52 378", "-cmd|x", "@SUM(A1)", "'=1+1", "''dos", "'hola", "＝1"]


@pytest.mark.parametrize("raro", RAROS)
def test_lo_que_parece_formula_va_neutro_y_vuelve_igual(raro: str) -> None:
    dicho = incluidos()["satisfaccion"].a_dict()
    dicho["titulo"] = dicho["preguntas"][0]["texto"] = raro
    instrumento = Instrumento.de_dict(dicho)
    crudo = exportar(instrumento, "csv")
    celdas = [celda for fila in csv.reader(io.StringIO(crudo.decode("utf-8-sig"))) for celda in fila]
    assert [celda for celda in celdas if celda.startswith(("=", "+", "-", "@", "＝"))] == []
    assert importar("x.csv", crudo).instrumento == instrumento


def test_una_expresion_no_se_toca() -> None:
    for expresion in ("-1 * ${a}", "'' != ${a}", "'-' = ${a}"):
        assert escrita("relevant", expresion) == leida("relevant", expresion) == expresion
