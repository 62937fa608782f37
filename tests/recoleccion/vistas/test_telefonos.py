"""Agregar un teléfono con el código de la titular: su pantalla, la dirección que lo canjea y el tablero."""

import re

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from recoleccion.consultas import cuarentena, dispositivos
from recoleccion.reglas import nuevo_id
from recoleccion.sellado import b64
from tests.elenco import CONTRASENA, HORA
from tests.recoleccion.vistas.oficina import Oficina, leer, seguir


@pytest.fixture
def titular(app) -> Oficina:
    return Oficina(app, "titular")


@pytest.fixture
def llave() -> str:
    publica = ec.generate_private_key(ec.SECP256R1()).public_key()
    return b64(publica.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def pedir_codigo(titular, cuenta) -> tuple[str, str]:
    """El código de la pantalla y la dirección que dice cómo va."""
    pagina = titular.post("/panel/telefonos/altas", cuenta=cuenta.id)
    assert pagina.status_code == 201
    assert pagina.headers["Cache-Control"] == "no-store"
    codigo = re.search(r"\b([A-Z2-9]{4}-[A-Z2-9]{4})\b", leer(pagina))[1]
    return codigo, re.search(r'data-alta="([^"]+)"', pagina.text)[1]


def canjear(cliente, **cuerpo):
    return cliente.post("/api/v1/alta", json=cuerpo)


def test_la_titular_muestra_un_codigo_y_ve_entrar_al_telefono(titular, cliente, elenco, llave, base):
    codigo, como_va = pedir_codigo(titular, elenco.promotora)
    assert titular.get(como_va).json == {"telefono": None, "vencida": False}
    alta = canjear(cliente, codigo=codigo, nombre=" Moto \n azul ", llave=llave)
    assert alta.status_code == 201
    assert titular.get(como_va).json["telefono"] == "Moto azul"
    paquete = cliente.get("/api/v1/paquete", headers={"Authorization": f"Bearer {alta.json['token']}"})
    assert paquete.status_code == 200
    [telefono] = dispositivos.listar(base)
    assert (telefono["id"], telefono["cuenta"], telefono["firma"]) == (alta.json["dispositivo"], "Rosa", 1)
    assert "firma cada registro" in titular.texto("/panel/telefonos")


def test_el_codigo_de_la_pantalla_no_se_guarda_ni_en_la_bitacora(titular, elenco, base):
    codigo, _ = pedir_codigo(titular, elenco.promotora)
    todo = str([tuple(f) for t in ("bitacora", "alta_dispositivo") for f in base.execute(f"SELECT * FROM {t}")])
    assert codigo.replace("-", "") not in todo
    assert "ofrecer alta de teléfono" in todo


def test_con_la_sesion_de_hace_rato_se_confirma_y_sale_el_codigo_de_quien_se_eligio(app, reloj, elenco, base):
    titular = Oficina(app, "titular", atenta=False)
    titular.ficha()
    reloj.avanzar(minutes=6)
    pide = titular.post("/panel/telefonos/altas", cuenta=elenco.promotora.id)
    assert pide.status_code == 401
    assert "lo que va a hacer en «Teléfonos» es delicado" in leer(pide)
    assert base.execute("SELECT count(*) FROM alta_dispositivo").fetchone()[0] == 0
    assert "Rosa" in leer(seguir(titular, pide, contrasena=CONTRASENA))
    assert base.execute("SELECT cuenta_id FROM alta_dispositivo").fetchone()[0] == elenco.promotora.id
    reloj.avanzar(minutes=6)
    assert titular.get("/api/v1/dispositivo").status_code == 401, "el panel que quedó abierto no agrega este navegador"


def test_sin_decir_quien_lo_usa_no_hay_codigo(titular, base):
    for cuenta in ("", "no-existe"):
        assert titular.post("/panel/telefonos/altas", cuenta=cuenta).status_code == 303
    assert base.execute("SELECT count(*) FROM alta_dispositivo").fetchone()[0] == 0


def test_un_codigo_usado_o_vencido_se_dice_en_palabras(titular, cliente, elenco, llave, reloj):
    codigo, _ = pedir_codigo(titular, elenco.promotora)
    reloj.avanzar(minutes=10)
    respuesta = canjear(cliente, codigo=codigo, nombre="", llave=llave)
    assert (respuesta.status_code, respuesta.json["error"]["codigo"]) == (422, "codigo_de_alta")
    assert "pida otro código" in respuesta.json["error"]["que_hacer"]


@pytest.mark.parametrize(
    ("cuerpo", "codigo"),
    [
        ({}, "codigo_de_alta"),
        ({"codigo": 12345678, "llave": "x"}, "codigo_de_alta"),
        ({"codigo": "ABCDEFGH"}, "llave_invalida"),
        ({"codigo": "ABCDEFGH", "llave": "x"}, "llave_invalida"),
    ],
)
def test_un_alta_a_medias_no_da_nada(cliente, base, cuerpo, codigo):
    respuesta = canjear(cliente, **cuerpo)
    assert (respuesta.status_code, respuesta.json["error"]["codigo"]) == (422, codigo)
    assert dispositivos.listar(base) == []


def test_otro_sitio_no_da_de_alta(titular, cliente, elenco, llave, base):
    codigo, _ = pedir_codigo(titular, elenco.promotora)
    cuerpo = {"codigo": codigo, "nombre": "x", "llave": llave}
    assert cliente.post("/api/v1/alta", json=cuerpo, headers={"Origin": "https://otro.example"}).status_code == 403
    assert dispositivos.listar(base) == []


def mandar(cliente, fabrica, token: str, registro: dict) -> str:
    cabeceras = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    lote = fabrica.lote(fabrica.sellar(registro))
    return cliente.post("/api/v1/lote", data=lote, headers=cabeceras).json["acuses"][0]["codigo"]


def test_la_titular_acepta_lo_de_una_baja_uno_por_uno_o_todo_junto(titular, cliente, base, elenco, azar, fabrica):
    id, token = dispositivos.alta(base, "Moto", elenco.promotora.id, HORA, azar)
    titular.post(f"/panel/telefonos/{id}/revocacion")
    registros = [fabrica.asistencia(), fabrica.conteo(), fabrica.asistencia(evento=nuevo_id(azar))]
    for registro in registros:
        assert mandar(cliente, fabrica, token, registro) == "dispositivo_revocado"
    espera = next(fila["id"] for fila in cuarentena.listar(base) if fila["registro_id"] == registros[0]["id"])
    titular.post(f"/panel/cuarentena/{espera}/reintento")
    titular.post("/panel/cuarentena/grupo/aceptacion", codigo="dispositivo_revocado", cuantos="2")
    assert base.execute("SELECT count(*) FROM asistencia").fetchone()[0] == 2
    assert [espera["codigo"] for espera in cuarentena.listar(base)] == ["evento_desconocido"]
    assert "1 sigue guardado" in titular.texto("/panel/cuarentena")


def test_el_tablero_dice_como_anda_cada_telefono(titular, base, elenco, azar):
    sin_llave, _ = dispositivos.alta(base, "Prestado", elenco.promotora.id, HORA, azar)
    dispositivos.visto(base, sin_llave, HORA, 0, -7_200_000, "0.1.0", (False, 91))
    pagina = titular.texto("/panel/telefonos")
    for frase in ("91 % usado, casi lleno", "lo podría borrar", "atrasado 2 horas", "entró sin llave", "Todo enviado"):
        assert frase in pagina
    dispositivos.visto(base, sin_llave, HORA, 0, 0, "0.1.0", (True, 3))
    pagina = titular.texto("/panel/telefonos")
    assert "3 % usado" in pagina
    assert "prometió no borrarlo" in pagina
