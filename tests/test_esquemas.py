"""Los esquemas JSON del protocolo dicen lo mismo que los vectores, que el servidor y que sus direcciones."""

import json
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from recoleccion import protocolo, reglas
from recoleccion.protocolo import decision
from recoleccion.protocolo.registro import Registro, entender
from recoleccion.vistas import api

CARPETA = Path(protocolo.__file__).parent
DECISION = json.loads((CARPETA / "vectores" / "decision.json").read_text("utf-8"))
HTTP = json.loads((CARPETA / "vectores" / "http.json").read_text("utf-8"))
OPENAPI = json.loads((CARPETA / "openapi.json").read_text("utf-8"))
ESQUEMAS = {ruta.stem: json.loads(ruta.read_text("utf-8")) for ruta in (CARPETA / "esquemas").glob("*.json")}
LOTE, REGISTRO, ACUSE, ERROR = (Draft202012Validator(ESQUEMAS[n]) for n in ("lote", "registro", "acuse", "error"))
VEREDICTO = Draft202012Validator(ACUSE.schema["$defs"]["veredicto"])
NO_SE_ENTIENDE = {"registro_ilegible", "version_desconocida", "tipo_desconocido", "datos_invalidos"}


@pytest.mark.parametrize("nombre", sorted(ESQUEMAS))
def test_cada_esquema_es_un_esquema(nombre):
    Draft202012Validator.check_schema(ESQUEMAS[nombre])


@pytest.mark.parametrize("vector", DECISION, ids=lambda v: v["nombre"])
def test_el_esquema_admite_los_registros_que_se_aceptan_y_ninguno_que_no_se_entiende(vector):
    for abierto, acuse in zip(vector["lote"], vector["esperado"], strict=True):
        assert VEREDICTO.is_valid(acuse)
        if acuse["codigo"] in NO_SE_ENTIENDE:
            assert not REGISTRO.is_valid(abierto["registro"])
        elif acuse["estado"] == "aceptado":
            REGISTRO.validate(abierto["registro"])
        sellado = {"id": abierto["id"], "sobre": "AAAA"}
        assert LOTE.is_valid({"version": 1, "registros": [sellado]}) == reglas.id_valido(abierto["id"])


@pytest.mark.parametrize("vector", HTTP, ids=lambda v: v["nombre"])
def test_lo_que_el_telefono_toma_por_acuse_es_un_acuse_del_esquema(vector):
    try:
        cuerpo = json.loads(vector["body"])
    except ValueError:
        return
    if vector["esperado"]["accion"] == "acusar":
        # Un estado que no existe: el teléfono lo tolera (y conserva), el servidor nunca lo manda.
        conocidos = {acuse["estado"] for acuse in cuerpo["acuses"]} <= set(get_args(decision.Estado))
        assert ACUSE.is_valid(cuerpo) == conocidos
    elif vector["status"] != 200:
        assert ERROR.is_valid(cuerpo) or ACUSE.is_valid(cuerpo)
    elif vector["content_type"] == "application/json":
        assert not ACUSE.is_valid(cuerpo)


def test_el_control_un_esquema_que_lo_admite_todo_se_descubre():
    flojo = Draft202012Validator({})
    with pytest.raises(AssertionError):
        assert not any(
            flojo.is_valid(abierto["registro"])
            for vector in DECISION
            for abierto, acuse in zip(vector["lote"], vector["esperado"], strict=True)
            if acuse["codigo"] in NO_SE_ENTIENDE
        )


ID = "00000000-0000-4000-8000-000000000001"
TEXTOS = ["", "M", "nd", "30-44", "rancho", "promotora", "x" * 41, "x" * 201, ID]
OTROS = [None, True, 0, 1, 501, 1.5, [], ["V"], {}, {"K1": ["V"]}, {"K1": "V"}, {"K1": [1]}]
VALORES = st.sampled_from([*TEXTOS, *OTROS])
BUENOS = [abierto["registro"] for vector in DECISION[:4] for abierto in vector["lote"]]
CAMPOS = sorted({campo for bueno in BUENOS for campo in bueno["datos"]} | {"personas"})


@settings(max_examples=400, deadline=None, derandomize=True)
@given(
    bueno=st.sampled_from(BUENOS),
    afuera=st.dictionaries(st.sampled_from(["v", "tipo", "evento", "hora", "sesgo_ms", "datos"]), VALORES, max_size=1),
    adentro=st.dictionaries(st.sampled_from(CAMPOS), VALORES, max_size=2),
)
def test_lo_que_el_esquema_admite_el_servidor_lo_entiende(bueno, afuera, adentro):
    registro = bueno | {"datos": bueno["datos"] | adentro} | afuera
    if REGISTRO.is_valid(registro):
        assert isinstance(entender(registro, registro["id"]), Registro)


def test_toda_direccion_de_la_api_esta_en_openapi_json_y_ninguna_de_mas(app):
    """Si agregó una dirección a ``vistas/api.py``, descríbala en ``recoleccion/protocolo/openapi.json``."""
    atendidas = {
        (regla.rule.removeprefix(api.PREFIJO), metodo.lower())
        for regla in app.url_map.iter_rules()
        if regla.rule.startswith(f"{api.PREFIJO}/")
        for metodo in (regla.methods or set()) - {"HEAD", "OPTIONS"}
    }
    descritas = {(ruta, metodo) for ruta, metodos in OPENAPI["paths"].items() for metodo in metodos}
    assert atendidas == descritas


def test_la_direccion_de_antes_atiende_con_las_mismas_funciones(app):
    nuevas, anteriores = (
        {
            (regla.rule.removeprefix(prefijo), app.view_functions[regla.endpoint])
            for regla in app.url_map.iter_rules()
            if regla.rule.startswith(f"{prefijo}/")
        }
        for prefijo in (api.PREFIJO, api.PREFIJO_ANTERIOR)
    )
    assert nuevas == anteriores
