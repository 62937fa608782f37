"""Los vectores del protocolo: los mismos que corre el teléfono."""

import json
import re
from pathlib import Path

import pytest

from recoleccion import protocolo
from recoleccion.protocolo import decision
from recoleccion.protocolo.decision import Abierto, Contexto, decidir_lote, hace_el_telefono
from recoleccion.sellado import Sello, SobreIlegible, abrir_identidad, de_b64, firma_valida, leer_llave

CARPETA = Path(protocolo.__file__).parent
DECISION = json.loads((CARPETA / "vectores" / "decision.json").read_text(encoding="utf-8"))
FIRMA = json.loads((CARPETA / "vectores" / "firma.json").read_text(encoding="utf-8"))
IDENTIDAD = json.loads((CARPETA / "vectores" / "identidad.json").read_text(encoding="utf-8"))
HTTP = json.loads((CARPETA / "vectores" / "http.json").read_text(encoding="utf-8"))


def _decidir(vector):
    contexto = Contexto(vector["eventos"], vector["avisos"], {tuple(par) for par in vector["instrumentos"]})
    lote = [Abierto(**abierto) for abierto in vector["lote"]]
    return decidir_lote(lote, vector["conocidos"], contexto, vector.get("resueltos"))


@pytest.mark.parametrize("vector", DECISION, ids=lambda v: v["nombre"])
def test_cada_vector_da_su_acuse_y_lo_que_hace_el_telefono(vector):
    veredictos = _decidir(vector)
    acuses = [
        {"id": abierto["id"], "estado": veredicto.estado, "codigo": veredicto.codigo}
        for abierto, veredicto in zip(vector["lote"], veredictos, strict=True)
    ]
    assert acuses == vector["esperado"]
    assert hace_el_telefono([(a["id"], a["estado"]) for a in acuses]) == vector["telefono"]


@pytest.mark.parametrize("vector", DECISION, ids=lambda v: v["nombre"])
def test_solo_lo_aceptado_trae_algo_que_guardar(vector):
    for veredicto in _decidir(vector):
        assert (veredicto.registro is not None) == (veredicto.estado == "aceptado")


def test_un_vector_cambiado_no_pasa():
    """El control: si la decisión se equivocara, los vectores lo dirían."""
    vector = next(v for v in DECISION if v["esperado"] and v["esperado"][0]["estado"] == "repetido")
    otro = vector | {"conocidos": {id: "otra" for id in vector["conocidos"]}}
    assert [v.estado for v in _decidir(otro)] != [a["estado"] for a in vector["esperado"]]


def test_cada_codigo_tiene_su_frase_y_el_control_de_los_vectores_los_cubre():
    usados = {acuse["codigo"] for vector in DECISION for acuse in vector["esperado"]} - {None}
    assert usados <= set(decision.MENSAJES)
    # Estos tres dependen de la encuesta o de la base; los prueba tests/recoleccion/test_recepcion.py.
    de_la_base = {"solo_se_cuenta", "contestacion_invalida", "no_se_guardo"}
    de_la_pagina = {"de_mas", "sin_numero", "sospechoso"}  # tests/seguridad/test_aluvion.py
    assert set(decision.MENSAJES) - usados == de_la_base | de_la_pagina
    assert all(frase.endswith(".") for frase in decision.MENSAJES.values())


def test_los_vectores_tienen_nombres_unicos_y_los_cuatro_estados():
    for vectores in (DECISION, HTTP):
        nombres = [vector["nombre"] for vector in vectores]
        assert len(nombres) == len(set(nombres))
    estados = {acuse["estado"] for vector in DECISION for acuse in vector["esperado"]}
    assert estados == {"aceptado", "repetido", "conflicto", "retenido"}


@pytest.mark.parametrize("vector", HTTP, ids=lambda v: v["nombre"])
def test_un_acuse_de_http_dice_lo_mismo_que_la_decision(vector):
    """Lo que el teléfono suelta o aparta por un acuse sale de los estados de ese acuse, y de nada más."""
    esperado = vector["esperado"]
    assert set(esperado["telefono"]) == set(vector["ids"])
    if esperado["accion"] == "acusar":
        hecho = hace_el_telefono([(a["id"], a["estado"]) for a in json.loads(vector["body"])["acuses"]])
        assert esperado["telefono"] == {id: hecho.get(id, "conservar") for id in vector["ids"]}
    else:
        assert "borrar" not in esperado["telefono"].values()
        assert esperado["accion"] in ("conservar", "partir", "reautenticar")


@pytest.mark.parametrize("vector", FIRMA, ids=lambda v: v["nombre"])
def test_cada_firma_vale_o_no_vale(vector):
    assert firma_valida(leer_llave(vector["llave"]), vector["id"], vector["sobre"], vector["firma"]) is vector["vale"]


@pytest.mark.parametrize("vector", IDENTIDAD, ids=lambda v: v["nombre"])
def test_cada_sobre_de_identidad_abre_solo_con_su_llave_y_su_registro(vector):
    sello, sobre = Sello.leer_der(de_b64(vector["privada"])), de_b64(vector["sobre"])
    if vector["identidad"] is None:
        with pytest.raises(SobreIlegible):
            abrir_identidad(sello, vector["id"], sobre)
    else:
        nombre, telefono = abrir_identidad(sello, vector["id"], sobre)
        assert {"nombre": nombre, "telefono": telefono} == vector["identidad"]


def test_la_prosa_es_una_pagina_y_nombra_cada_estado_y_cada_archivo():
    prosa = (CARPETA / "README.md").read_text(encoding="utf-8")
    assert len(prosa.split("\n## Pruebas\n")[0].splitlines()) <= 100
    for palabra in ("aceptado", "repetido", "conflicto", "retenido", "decision.json", "http.json", "sesgo_ms"):
        assert palabra in prosa
    tipos = re.findall(r"^\| (asistencia|conteo|anulacion|contestacion) \|", prosa, re.MULTILINE)
    assert sorted(tipos) == ["anulacion", "asistencia", "conteo", "contestacion"]
