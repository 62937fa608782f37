"""``/salud``, el diario y la página «Estado»: dicen cómo está la oficina, y de las personas nada."""

import json
import logging
from datetime import timedelta
from random import Random

import pytest

from recoleccion.consultas import ajustes
from recoleccion.respaldos import estado, replica
from recoleccion.vistas import diario, salud
from tests.elenco import HORA
from tests.recoleccion.vistas.oficina import Oficina
from tests.respaldo import respaldar

AQUI = {"base_url": "http://127.0.0.1:8000"}
DE_FUERA = {"base_url": "http://registro.ejemplo.mx"}


@pytest.fixture
def ficha(instalacion) -> str:
    return salud.ficha(instalacion.secreto_sesion)


# --- /salud --------------------------------------------------------------------------------------------------------


def test_desde_aqui_contesta_sin_datos_y_sin_galleta(cliente):
    respuesta = cliente.get("/salud", **AQUI)
    assert respuesta.status_code == 200
    assert respuesta.json == {
        "version": 1,
        "estado": "bien",
        "revisado": {"base": "bien", "disco": "bien", "respaldo": "bien", "replica": "no_se_usa"},
    }
    assert "Set-Cookie" not in respuesta.headers
    assert respuesta.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "como",
    [
        DE_FUERA,
        AQUI | {"headers": {"X-Forwarded-For": "189.1.1.1"}},
        DE_FUERA | {"headers": {"Authorization": "Bearer " + "0" * 40}},
        DE_FUERA | {"query_string": {"ficha": "ñ"}},
    ],
)
def test_a_un_desconocido_le_contesta_que_no_existe(cliente, como):
    assert cliente.get("/salud", **como).status_code == 404


def test_con_la_ficha_contesta_desde_donde_sea(cliente, ficha):
    assert cliente.get("/salud", headers={"Authorization": f"Bearer {ficha}"}, **DE_FUERA).status_code == 200


def _sin_respaldo(instalacion, base, reloj, tmp_path) -> str:
    ajustes.guardar(base, "modo", "produccion")
    return "respaldo"


def _respaldo_viejo(instalacion, base, reloj, tmp_path) -> str:
    respaldar(instalacion, tmp_path / "respaldos")
    reloj.avanzar(days=5)
    return "respaldo"


def _respaldo_fallido(instalacion, base, reloj, tmp_path) -> str:
    respaldar(instalacion, tmp_path / "respaldos")
    estado.anotar(instalacion.datos, estado.RESPALDO, fallo="disco", fallo_en=(HORA + timedelta(hours=1)).isoformat())
    return "respaldo"


def _sin_base(instalacion, base, reloj, tmp_path) -> str:
    instalacion.privada.unlink()
    return "base"


def _replica_callada(instalacion, base, reloj, tmp_path) -> str:
    replica.configurar(instalacion, str(tmp_path / "r"), "http://127.0.0.1:1/x")
    return "replica"


@pytest.mark.parametrize("pasar", [_sin_respaldo, _respaldo_viejo, _respaldo_fallido, _sin_base, _replica_callada])
def test_lo_que_no_puede_esperar_da_503(cliente, instalacion, base, reloj, tmp_path, pasar):
    cual = pasar(instalacion, base, reloj, tmp_path)
    respuesta = cliente.get("/salud", **AQUI)
    assert respuesta.status_code == 503
    assert [cosa for cosa, como in respuesta.json["revisado"].items() if como == "mal"] == [cual]


def test_el_latido_de_la_replica_pide_ficha_y_su_silencio_se_nota(cliente, instalacion, reloj, ficha, tmp_path):
    replica.configurar(instalacion, "s3://cubeta/oficina", f"http://127.0.0.1:8000/salud/latido?ficha={ficha}")
    assert json.loads((instalacion.datos / replica.CONFIGURACION).read_text())["heartbeat-url"].endswith(ficha)
    assert (instalacion.datos / replica.CONFIGURACION).stat().st_mode & 0o777 == 0o600
    assert cliente.get("/salud/latido", **AQUI).status_code == 404
    assert cliente.get(f"/salud/latido?ficha={ficha}", **AQUI).status_code == 204
    assert cliente.get("/salud", **AQUI).status_code == 200
    reloj.avanzar(minutes=16)
    assert cliente.get("/salud", **AQUI).json["revisado"]["replica"] == "mal"


# --- El diario -----------------------------------------------------------------------------------------------------


@pytest.fixture
def anotado(caplog):
    caplog.set_level(logging.INFO, logger="jornada.peticiones")
    forma = diario.EnJson()
    return lambda: [json.loads(forma.format(registro)) for registro in caplog.records]


def test_el_diario_dice_la_ruta_y_nada_de_quien(app, elenco, anotado):
    titular = Oficina(app, "titular")
    titular.get(f"/panel/eventos/{elenco.evento_id}?texto=Refugio")
    dicho = anotado()
    assert {"hora", "nivel", "metodo", "ruta", "estado", "ms"} == set(dicho[-1])
    assert (dicho[-1]["ruta"], dicho[-1]["estado"]) == ("/panel/eventos/<id>", 200)
    assert dicho[-1]["hora"] == HORA.isoformat(timespec="minutes")
    junto = json.dumps(dicho)
    assert [x for x in (elenco.evento_id, "Refugio", "127.0.0.1", "titular", "werkzeug") if x in junto.lower()] == []


def test_de_lo_que_hace_una_asistente_no_queda_ni_la_hora(app, cliente, elenco, anotado):
    cliente.get(f"/{elenco.clave}")
    cliente.post(f"/{elenco.clave}/n")
    cliente.get("/no-existe-esto")
    assert anotado() == []
    app.view_functions["asistente.evento"] = lambda **_: 1 / 0
    cliente.get(f"/{elenco.clave}")
    rutas = [uno.get("ruta") for uno in anotado()]
    assert "/<clave>" in rutas
    assert elenco.clave not in json.dumps(anotado())


def test_una_excepcion_va_con_su_lugar_y_sin_su_mensaje():
    try:
        raise ValueError("Refugio Casillas 378 100 0000")
    except ValueError:
        registro = logging.LogRecord("waitress", logging.ERROR, "x", 1, "Falló %s", ("/K7MD2Q",), None)
        registro.exc_info = __import__("sys").exc_info()
    dicho = json.loads(diario.EnJson().format(registro))
    assert (dicho["error"], dicho["que"]) == ("ValueError", "Falló %s")
    assert dicho["en"][0].startswith("test_salud.py:")
    assert "Refugio" not in json.dumps(dicho)
    assert "Refugio" in logging.Formatter().format(registro)  # el control: el de siempre sí lo diría


# --- «Estado» ------------------------------------------------------------------------------------------------------


def test_estado_dice_lo_que_falta_y_despues_lo_que_hay(app, instalacion, tmp_path):
    titular = Oficina(app, "titular")
    pagina = titular.get("/panel/estado-del-sistema").get_data(as_text=True)
    assert "jornada respaldar --nueva-llave" in pagina
    assert "Todavía no se hace una revisión completa" in pagina
    respaldar(instalacion, tmp_path / "respaldos")
    estado.anotar(instalacion.datos, estado.REVISION, en=HORA.isoformat(), malos=2, avisos=0)
    pagina = titular.get("/panel/estado-del-sistema").get_data(as_text=True)
    assert "y se levantó de prueba" in pagina
    assert "encontró 2 cosas mal" in pagina
    assert "Hay algo que atender hoy" in pagina


def test_en_produccion_sin_respaldos_la_titular_lo_ve_al_entrar(app, base, instalacion, tmp_path):
    titular, frase = Oficina(app, "titular"), "No se hacen respaldos"
    assert frase not in titular.get("/panel/").text
    ajustes.guardar(base, "modo", "produccion")
    assert frase in titular.get("/panel/").text
    respaldar(instalacion, tmp_path / "respaldos")
    assert frase not in titular.get("/panel/").text


def test_quien_administra_ve_estado_y_la_promotora_no(app, base, azar: Random):
    assert Oficina(app, "promotora").get("/panel/estado-del-sistema").status_code == 403
