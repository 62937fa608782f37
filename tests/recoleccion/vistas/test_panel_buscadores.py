"""La titular decide si los buscadores muestran el portal de datos, y Datasette arranca con lo que decidió."""

import json

import pytest

from publicacion import escritura
from recoleccion import cli
from recoleccion.consultas import ajustes
from recoleccion.vistas.panel.ajustes_oficina import CLAVES
from tests.recoleccion.vistas.oficina import Oficina

AJUSTES = {"oficina": "CE-MUJER", "municipio": "Valle", "host_publico": "https://registro.ejemplo.mx", "modo": "prueba"}


@pytest.mark.parametrize(
    ("mandado", "guardado"), [({}, "no"), ({"buscadores": "no"}, "no"), ({"buscadores": "si"}, "si")]
)
def test_los_buscadores_no_muestran_el_portal_hasta_que_la_titular_lo_diga(app, instalacion, base, mandado, guardado):
    assert "buscadores" in CLAVES
    assert Oficina(app, "titular").post("/panel/ajustes", **AJUSTES | mandado).status_code == 303
    assert ajustes.leer(base, "buscadores", "no") == guardado
    escritura.escribir(instalacion.privada, instalacion.publica)
    cli._orden_datos(instalacion, 8123)
    dichos = json.loads((instalacion.datos / "publica.metadatos.json").read_text("utf-8"))
    assert dichos["plugins"]["jornada_publicacion"]["buscadores"] is (guardado == "si")
    assert dichos["source"] == "CE-MUJER"


def test_un_valor_inventado_no_se_guarda(app, base):
    respuesta = Oficina(app, "titular").post("/panel/ajustes", **AJUSTES | {"buscadores": "tal vez"})
    assert respuesta.status_code == 422
    assert ajustes.leer(base, "buscadores") is None
