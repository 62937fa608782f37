"""Los vectores: expresiones con su resultado escrito a mano desde la especificación, en las dos máquinas."""

import pytest

from formularios.expresiones import ErrorExpresion, analizar, es_verdadera, evaluar
from formularios.expresiones.funciones import ARGUMENTOS
from formularios.expresiones.valores import a_booleano
from tests.formularios.expresiones.contexto import VECTORES, ContextoDado, en_json, en_node, iguales, leer

ARCHIVOS = sorted(ruta.name for ruta in VECTORES.glob("*.json") if ruta.name != "rechazos.json")
ESCRITOS = [(nombre, caso) for nombre in ARCHIVOS for caso in leer(nombre)]
RECHAZOS = leer("rechazos.json")


def test_hay_vectores_de_todo() -> None:
    assert len(ESCRITOS) >= 700
    assert len(RECHAZOS) >= 150
    assert len({str(caso) for _, caso in ESCRITOS}) == len(ESCRITOS)
    usadas = set().union(*(analizar(caso["expr"]).funciones for _, caso in ESCRITOS))
    assert usadas == set(ARGUMENTOS)


@pytest.mark.parametrize("archivo", ARCHIVOS)
def test_python_da_lo_que_dicen_los_vectores(archivo: str) -> None:
    distintos = []
    for caso in leer(archivo):
        contexto, arbol = ContextoDado(caso), analizar(caso["expr"]).arbol
        valor = evaluar(arbol, contexto)
        assert es_verdadera(arbol, contexto) == a_booleano(valor)
        if not iguales(en_json(valor), caso["esperado"]):
            distintos.append((caso["expr"], caso["esperado"], valor))
    assert distintos == []


def test_el_telefono_da_lo_que_dicen_los_vectores() -> None:
    dichos = en_node((analizar(caso["expr"]).arbol, caso) for _, caso in ESCRITOS)
    distintos = [
        (caso["expr"], caso["esperado"], dicho)
        for (_, caso), dicho in zip(ESCRITOS, dichos, strict=True)
        if not iguales(dicho, caso["esperado"])
    ]
    assert distintos == []


@pytest.mark.parametrize("caso", RECHAZOS, ids=lambda caso: caso["expr"])
def test_lo_que_no_se_admite_dice_donde_y_que_escribir(caso: dict[str, object]) -> None:
    with pytest.raises(ErrorExpresion) as dicho:
        analizar(str(caso["expr"]))
    assert dicho.value.posicion == caso["posicion"]
    assert dicho.value.mensaje.endswith((".", "…"))
    assert len(dicho.value.mensaje) > 20
