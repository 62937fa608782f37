"""Agregar un teléfono con ODK Collect: lo que ve la titular, lo que dice el código y lo que queda en la lista."""

import base64
import json
import re
import zlib

import pytest

from recoleccion.consultas import ajustes, dispositivos
from recoleccion.openrosa import collect
from tests.recoleccion.vistas.oficina import Oficina, leer

DIRECCION = "/panel/telefonos/otras-aplicaciones"


@pytest.fixture
def titular(app) -> Oficina:
    return Oficina(app, "titular")


def agregar(titular, cuenta, **datos) -> tuple[str, str]:
    """La página y la dirección del servidor que muestra."""
    pagina = titular.post(DIRECCION, cuenta=cuenta.id, **datos)
    assert pagina.status_code == 201
    assert pagina.headers["Cache-Control"] == "no-store"
    return leer(pagina), re.search(r"\S+/openrosa/D1[\w-]{43}(?=[\s<])", leer(pagina))[0]


def test_la_titular_agrega_un_telefono_y_ese_telefono_ya_baja_formularios(titular, cliente, elenco, base):
    texto, servidor = agregar(titular, elenco.promotora, nombre=" Samsung \n azul ")
    assert "Samsung azul. Lo usará Rosa." in texto
    assert servidor.startswith("http://127.0.0.1:8000/openrosa/")
    assert cliente.get(servidor.removeprefix("http://127.0.0.1:8000") + "/formList").status_code == 200
    [telefono] = dispositivos.listar(base)
    assert (telefono["nombre"], telefono["cuenta"], telefono["clase"]) == ("Samsung azul", "Rosa", "odk")
    lista = titular.texto("/panel/telefonos")
    assert "Se ha conectado" in lista
    assert "ODK Collect o KoboCollect" in lista
    assert "entró sin llave" not in lista


def test_el_permiso_no_se_guarda_ni_en_la_bitacora_ni_se_vuelve_a_ver(titular, elenco, base):
    _, servidor = agregar(titular, elenco.promotora)
    permiso = servidor.rpartition("/")[2]
    todo = str([tuple(f) for t in ("bitacora", "dispositivo") for f in base.execute(f"SELECT * FROM {t}")])
    assert permiso not in todo
    assert "agregar teléfono con otra aplicación" in todo
    assert permiso not in titular.get("/panel/telefonos").text


def test_sin_esquema_la_direccion_es_https(titular, elenco, base):
    ajustes.guardar(base, "host_publico", "registro.ejemplo.gob.mx/")
    assert agregar(titular, elenco.promotora)[1].startswith("https://registro.ejemplo.gob.mx/openrosa/")


def test_sin_decir_quien_lo_usa_no_hay_permiso(titular, base):
    assert titular.post(DIRECCION, cuenta="inventada").status_code == 303
    assert dispositivos.listar(base) == []


def test_el_codigo_configura_la_aplicacion_para_que_borre_lo_enviado(monkeypatch, titular, elenco):
    dibujados = []
    monkeypatch.setattr("recoleccion.impresos.qr.svg", lambda texto, nivel="Q": dibujados.append(texto) or "<svg/>")
    _, servidor = agregar(titular, elenco.promotora)
    dichos = json.loads(zlib.decompress(base64.b64decode(dibujados[0])))
    assert set(dichos) == {"general", "admin", "project"}
    general = dichos["general"]
    assert (general["server_url"], general["delete_send"], general["autosend"]) == (servidor, True, "wifi_and_cellular")
    assert general["form_update_mode"] == "match_exactly"
    assert general["analytics"] is False
    assert "password" not in general
    cerradas = ("change_server", "delete_after_send", "view_sent", "edit_saved", "save_mid")
    assert [dichos["admin"][llave] for llave in cerradas] == [False] * 5


def test_el_codigo_cabe_en_un_qr_que_se_lee_de_una_pantalla():
    from recoleccion.impresos import qr

    ajustados = collect.ajustes("https://registro.valledeguadalupe.gob.mx/openrosa/D1" + "x" * 43, "Á" * 60)
    assert len(qr.matriz(collect.texto_del_qr(ajustados), "M")) <= 93  # versión 19


def test_dado_de_baja_se_dice_y_ya_no_baja_nada(titular, cliente, elenco, base):
    _, servidor = agregar(titular, elenco.promotora)
    [telefono] = dispositivos.listar(base)
    assert titular.post(f"/panel/telefonos/{telefono['id']}/revocacion").status_code == 303
    assert "Dado de baja" in titular.texto("/panel/telefonos")
    assert cliente.get(servidor.removeprefix("http://127.0.0.1:8000") + "/formList").status_code == 403


def test_la_promotora_no_agrega_telefonos(app, base):
    assert Oficina(app, "promotora").post(DIRECCION, cuenta="x").status_code == 403
