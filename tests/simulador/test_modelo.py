"""El teléfono de mentira decide como el de verdad: los mismos vectores, las mismas respuestas."""

import json
from pathlib import Path

import pytest

from tests.simulador import protocolo

VECTORES = Path(__file__).resolve().parents[2] / "recoleccion" / "protocolo" / "vectores"
HACE = {"enviado": "borrar", "apartado": "apartar"}
CASOS = json.loads((VECTORES / "http.json").read_text("utf-8"))
DECISIONES = json.loads((VECTORES / "decision.json").read_text("utf-8"))


def hace(dicho: protocolo.Dicho, ids: list[str]) -> dict[str, str]:
    return {id: HACE[dicho.destinos[id].estado] if id in dicho.destinos else "conservar" for id in ids}


def accion(dicho: protocolo.Dicho) -> str:
    if dicho.motivo in ("acuse", "entrar"):
        return {"acuse": "acusar", "entrar": "reautenticar"}[dicho.motivo]
    return "partir" if dicho.partir else "conservar"


@pytest.mark.parametrize("caso", CASOS, ids=lambda caso: caso["nombre"])
def test_lee_una_respuesta_como_el_telefono_de_verdad(caso):
    dicho = protocolo.interpretar(caso["status"], caso["content_type"], caso["body"], caso["ids"])
    assert {"accion": accion(dicho), "telefono": hace(dicho, caso["ids"])} == caso["esperado"]


@pytest.mark.parametrize("caso", DECISIONES, ids=lambda caso: caso["nombre"])
def test_hace_con_cada_acuse_lo_que_el_telefono_de_verdad(caso):
    cuerpo = json.dumps({"version": 1, "epoca": "e", "hora_servidor": "h", "acuses": caso["esperado"]})
    ids = list(caso["telefono"])
    assert hace(protocolo.interpretar(200, "application/json", cuerpo, ids), ids) == caso["telefono"]
