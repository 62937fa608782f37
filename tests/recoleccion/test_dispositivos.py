"""Cómo entra un teléfono con el código de la titular, y lo que se sabe de él después."""

from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from fabrica import HORA
from sqlite_utils import Database
from sqlite_utils.utils import sqlite3
from test_firmas import Llave

from recoleccion import reglas
from recoleccion.consultas import conexion, dispositivos, esquema, recepcion
from recoleccion.errores import ErrorJornada


@pytest.fixture
def codigo(base, elenco, azar) -> str:
    return dispositivos.ofrecer_alta(base, elenco.promotora.id, HORA, azar)[1]


@pytest.fixture
def llave() -> str:
    return Llave().publica


def entrar(base, codigo, llave, *, ahora=HORA, nombre="Moto de Rosa", azar=None):
    return dispositivos.alta_con_codigo(base, codigo, nombre, llave, ahora, azar or Random(99))


def falla(*argumentos, **opciones) -> str:
    with pytest.raises(ErrorJornada) as error:
        entrar(*argumentos, **opciones)
    return error.value.codigo


def test_el_codigo_da_un_telefono_que_firma_a_nombre_de_quien_lo_usa(base, codigo, llave, elenco):
    id, token = entrar(base, codigo, llave)
    encontrado = dispositivos.por_token(base, token)
    assert (encontrado["id"], encontrado["nombre"], encontrado["cuenta_id"]) == (
        id,
        "Moto de Rosa",
        elenco.promotora.id,
    )
    assert encontrado["firma"] == 1
    assert dispositivos.firmantes(base, [id])[id].llave is not None


def test_el_codigo_no_se_guarda_tal_cual(base, codigo):
    assert len(codigo) == reglas.LARGO_ALTA
    assert codigo not in str([dict(fila) for fila in base.execute("SELECT * FROM alta_dispositivo")])


@pytest.mark.parametrize("escrito", [lambda c: c.lower(), lambda c: f" {c[:4]}-{c[4:]} ", lambda c: f"{c[:4]} {c[4:]}"])
def test_el_codigo_se_escribe_como_salga(base, codigo, llave, escrito):
    assert entrar(base, escrito(codigo), llave)


def test_el_codigo_sirve_para_un_solo_telefono(base, codigo, llave):
    entrar(base, codigo, llave)
    assert falla(base, codigo, Llave().publica) == "codigo_de_alta"
    assert len(dispositivos.listar(base)) == 1


def test_el_codigo_dura_diez_minutos(base, codigo, llave):
    assert falla(base, codigo, llave, ahora=HORA + timedelta(minutes=10)) == "codigo_de_alta"
    assert entrar(base, codigo, llave, ahora=HORA + timedelta(minutes=9, seconds=59))


@pytest.mark.parametrize("malo", ["", "ABC", "ABCDEFGHJ", "I0O1L", "ÑÑÑÑÑÑÑÑ", "\ud800"])
def test_un_codigo_que_no_es_no_dice_por_que(base, codigo, llave, malo):
    assert falla(base, malo, llave) == "codigo_de_alta"


def test_si_se_perdio_la_respuesta_el_mismo_telefono_la_pide_otra_vez(base, codigo, llave):
    id, perdido = entrar(base, codigo, llave, azar=Random(1))
    otra_vez, token = entrar(base, codigo, llave, azar=Random(2))
    assert otra_vez == id
    assert len(dispositivos.listar(base)) == 1
    assert dispositivos.por_token(base, perdido) is None
    assert dispositivos.por_token(base, token)["id"] == id


def test_un_telefono_dado_de_baja_no_vuelve_con_el_mismo_codigo(base, codigo, llave):
    id, _ = entrar(base, codigo, llave)
    dispositivos.revocar(base, id, HORA)
    assert falla(base, codigo, llave) == "codigo_de_alta"


def test_una_llave_que_no_es_no_gasta_el_codigo(base, codigo, llave):
    assert falla(base, codigo, "no es una llave") == "llave_invalida"
    assert entrar(base, codigo, llave)


def test_la_titular_ve_si_el_codigo_ya_se_uso_o_vencio(base, elenco, azar, llave):
    id, codigo = dispositivos.ofrecer_alta(base, elenco.promotora.id, HORA, azar)
    assert dispositivos.leer_alta(base, id, HORA)["telefono"] is None
    assert not dispositivos.leer_alta(base, id, HORA)["vencida"]
    assert dispositivos.leer_alta(base, id, HORA + timedelta(minutes=10))["vencida"]
    entrar(base, codigo, llave)
    assert dispositivos.leer_alta(base, id, HORA)["telefono"] == "Moto de Rosa"
    assert dispositivos.leer_alta(base, "no existe", HORA) is None


# --- Cómo anda ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dicho", "persiste", "usado"),
    [
        ({"persiste": True, "usado": 7}, 1, 7),
        ({"persiste": False, "usado": 100}, 0, 100),
        ({"persiste": "sí", "usado": 101}, None, None),
        ({"persiste": 1, "usado": True}, None, None),
        ({"usado": -1}, None, None),
        ([], None, None),
        (None, None, None),
    ],
)
def test_el_telefono_dice_como_anda_su_almacen(base, fabrica, telefono, dicho, persiste, usado):
    cuerpo = fabrica.lote(fabrica.sellar(fabrica.conteo()), almacen=dicho)
    acuse = recepcion.recibir_lote(base, cuerpo, dispositivo_id=telefono, sello=fabrica.sello, ahora=HORA)
    assert acuse["acuses"][0]["estado"] == "aceptado"
    fila = dispositivos.listar(base)[0]
    assert (fila["almacen_persiste"], fila["almacen_usado"]) == (persiste, usado)


def puesta_al_dia(ruta: Path, antes_de: str) -> Database:
    """Una base con un teléfono, escrita cuando todavía no había esa migración y abierta por el programa de hoy."""
    vieja = Database(ruta)
    esquema.migraciones.apply(vieja, stop_before=antes_de)
    vieja.execute("INSERT INTO cuenta VALUES ('c', 'rosa', 'Rosa', 'promotora', 'x', 1, '2026-01-01')")
    vieja.execute(
        "INSERT INTO dispositivo (id, nombre, cuenta_id, token_huella, creado_en) VALUES ('d', 'Moto', 'c', ?, 'hoy')",
        [reglas.huella(b"D1viejo")],
    )
    vieja.conn.commit()
    vieja.close()
    conexion.verificar(ruta)
    return conexion.abrir(ruta)


def test_una_base_de_la_primera_version_se_pone_al_dia_sin_perder_telefonos(tmp_path):
    base = puesta_al_dia(tmp_path / "privada.db", "m002_firma_y_alta_de_telefonos")
    encontrado = dispositivos.por_token(base, "D1viejo")
    base.conn.close()
    assert (encontrado["nombre"], encontrado["firma"], encontrado["almacen_usado"]) == ("Moto", 0, None)


def test_al_ponerse_al_dia_los_telefonos_de_antes_siguen_siendo_de_la_aplicacion_nuestra(tmp_path):
    base = puesta_al_dia(tmp_path / "privada.db", "m007_otras_aplicaciones")
    assert dispositivos.por_token(base, "D1viejo")["clase"] == "pwa"
    assert dispositivos.por_token(base, "D1viejo", "odk") is None
    with pytest.raises(sqlite3.IntegrityError):
        base.execute("UPDATE dispositivo SET clase = 'otra'")
    base.conn.close()


def test_el_permiso_de_odk_no_entra_por_la_puerta_de_la_aplicacion_nuestra(base, elenco, azar):
    id, token = dispositivos.alta(base, "Samsung", elenco.promotora.id, HORA, azar, clase="odk")
    assert dispositivos.por_token(base, token) is None
    assert dispositivos.por_token(base, token, "odk")["id"] == id
    assert dispositivos.firmantes(base, [id]) == {}
