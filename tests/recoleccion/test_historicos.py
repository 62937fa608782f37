"""Cada formato que ha habido se recibe un año después, y con su evento cerrado.

Las peticiones de ``historicos.json`` no se capturaron de un teléfono de entonces: se rehicieron siguiendo cada
formato y, desde que están aquí, no cambian ni un byte.
"""

import base64
import json
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from fabrica import contar
from jsonschema import Draft202012Validator

from recoleccion import protocolo, reglas
from recoleccion.aplicacion import create_app
from recoleccion.consultas import eventos, identidades
from recoleccion.sellado import b64
from tests.llave import nombres

CARPETA = Path(protocolo.__file__).parent
HISTORICOS = json.loads((CARPETA / "vectores" / "historicos.json").read_text("utf-8"))
LOTE = Draft202012Validator(json.loads((CARPETA / "esquemas" / "lote.json").read_text("utf-8")))
ENTONCES = datetime.fromisoformat("2026-11-25T18:00:00-06:00")


@pytest.fixture
def oficina(datos, base, elenco, reloj):
    """Una oficina con la llave, el evento y los teléfonos de entonces, un año después."""
    numero = int.from_bytes(base64.urlsafe_b64decode(HISTORICOS["privada_del_servidor"] + "="))
    llave = ec.derive_private_key(numero, ec.SECP256R1())
    pem = llave.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (datos / "claves" / "servidor.pem").write_bytes(pem)
    evento = dict(base.execute("SELECT * FROM evento").fetchone()) | {"id": HISTORICOS["evento"]}
    base["evento"].insert(evento)
    for telefono in HISTORICOS["telefonos"].values():
        base["dispositivo"].insert(
            {"id": telefono["id"], "nombre": "De entonces", "cuenta_id": elenco.promotora.id,
             "token_huella": reglas.huella(telefono["token"].encode()), "creado_en": ENTONCES.isoformat(),
             "llave_publica": telefono["llave"]}
        )  # fmt: skip
    reloj.hora = ENTONCES + timedelta(days=365)
    return create_app(datos, reloj=reloj, azar=Random(7))


def mandar(app, peticion: dict, cuerpo: str | None = None) -> list[str]:
    token = HISTORICOS["telefonos"][peticion["telefono"]]["token"]
    cabeceras = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    datos = (cuerpo or peticion["cuerpo"]).encode()
    respuesta = app.test_client().post(peticion["ruta"], data=datos, headers=cabeceras)
    assert respuesta.status_code == 200, respuesta.text
    return [acuse["estado"] for acuse in respuesta.json["acuses"]]


@pytest.mark.parametrize("cerrado", [False, True], ids=["abierto", "cerrado"])
@pytest.mark.parametrize("peticion", HISTORICOS["peticiones"], ids=lambda p: p["nombre"])
def test_lo_que_mandaba_una_aplicacion_de_antes_se_recibe(oficina, base, instalacion, reloj, peticion, cerrado):
    if cerrado:
        eventos.cerrar(base, HISTORICOS["evento"], reloj(), instalacion.sello, Random(7))
    registros = peticion["registros"]
    assert mandar(oficina, peticion) == ["aceptado"] * len(registros)
    assert mandar(oficina, peticion) == ["repetido"] * len(registros)
    por_tipo = {tipo: [r for r in registros if r["tipo"] == tipo] for tipo in ("contestacion", "anulacion")}
    personas = [r for r in registros if r["tipo"] in ("asistencia", "conteo")]
    for registro in personas:
        datos = registro["datos"]
        fila = base.execute("SELECT * FROM asistencia WHERE id = ?", [registro["id"]]).fetchone()
        assert (fila["sexo"], fila["edad"], fila["personas"]) == (datos["sexo"], datos["edad"], 1)
        assert (fila["sesgo_ms"], fila["hora_dispositivo"]) == (registro.get("sesgo_ms"), registro["hora"])
    assert contar(base, "asistencia") == len(personas)
    assert contar(base, "anulacion") == len(por_tipo["anulacion"])
    assert contar(base, "urna") == len(por_tipo["contestacion"])
    assert contar(base, "cuarentena") == 0


@pytest.mark.parametrize("peticion", HISTORICOS["peticiones"], ids=lambda p: p["nombre"])
def test_el_nombre_que_venia_a_la_vista_queda_sellado_y_el_segundo_sobre_como_vino(oficina, base, peticion):
    mandar(oficina, peticion)
    con_sobre = {r["id"]: r["datos"]["identidad"] for r in peticion["registros"] if "identidad" in r["datos"]}
    for id, sobre in con_sobre.items():
        assert b64(dict(identidades.guardados(base))[id]) == sobre
        base.execute("DELETE FROM identidad WHERE asistencia_id = ?", [id])
    a_la_vista = {
        r["id"]: (r["datos"]["nombre"], r["datos"].get("telefono"))
        for r in peticion["registros"]
        if r["datos"].get("nombre")
    }
    assert nombres(base) == a_la_vista


@pytest.mark.parametrize("peticion", HISTORICOS["peticiones"], ids=lambda p: p["nombre"])
def test_el_control_un_byte_cambiado_no_se_cuenta(oficina, base, peticion):
    lote = json.loads(peticion["cuerpo"])
    sobre = lote["registros"][0]["sobre"]
    lote["registros"][0]["sobre"] = sobre[:200] + ("A" if sobre[200] != "A" else "B") + sobre[201:]
    assert mandar(oficina, peticion, json.dumps(lote))[0] == "retenido"
    assert contar(base, "cuarentena") == 1


def test_hay_de_cada_formato_que_ha_existido_y_los_de_ahora_siguen_el_esquema():
    lotes = [(p, json.loads(p["cuerpo"])) for p in HISTORICOS["peticiones"]]
    assert {p["ruta"] for p, _ in lotes} == {"/campo/api/lote", "/api/v1/lote"}
    assert {"firma" in r for _, lote in lotes for r in lote["registros"]} == {True, False}
    assert {"dispositivo" in r for _, lote in lotes for r in lote["registros"]} == {True, False}
    assert {"almacen" in lote for _, lote in lotes} == {True, False}
    tipos = {r["tipo"] for p, _ in lotes for r in p["registros"]}
    assert tipos == {"asistencia", "conteo", "contestacion", "anulacion"}
    assert all(LOTE.is_valid(lote) for _, lote in lotes if "app" in lote)
