"""Quién es cada quien, al recibirlo: sellado por el teléfono, sellado aquí, o en claro mientras no haya llave."""

import pytest
from fabrica import HORA, contar

from recoleccion.consultas import asistencias, cuarentena, eventos, identidades, llave, recepcion
from recoleccion.sellado import INFO_REGISTRO, Sello, b64, nueva_clave_pem, sellar_identidad
from tests.llave import FRASE, nombres, quitar_llave

NOMBRE, TELEFONO = "Eustolia Íñiguez", "3787774411"


@pytest.fixture
def punto(base):
    return identidades.llave_publica(base)


def sellada(fabrica, punto, *, de: dict | None = None, **cambios) -> dict:
    """Una asistencia como la de un teléfono de ahora. ``de``: el registro para el que se selló el sobre."""
    registro = fabrica.asistencia(**cambios)
    para = (de or registro)["id"]
    registro["datos"] |= {"identidad": b64(sellar_identidad(punto, para, NOMBRE, TELEFONO))}
    del registro["datos"]["nombre"], registro["datos"]["telefono"]
    return registro


def vistas(base, evento_id, sello=None) -> list[dict]:
    return identidades.mostrar(asistencias.lista(base, evento_id), sello)


def test_lo_que_sella_el_telefono_llega_a_la_lista_y_solo_se_lee_con_la_llave(base, fabrica, punto):
    fabrica.mandar(base, sellada(fabrica, punto), fabrica.asistencia())
    cerradas = vistas(base, fabrica.evento_id)
    assert [(v["identidad"], v["nombre"], v["telefono"]) for v in cerradas] == [
        ("cerrada", None, None), ("ninguna", None, None),
    ]  # fmt: skip
    abiertas = vistas(base, fabrica.evento_id, llave.abrir(base, FRASE))
    assert [(v["identidad"], v["nombre"], v["telefono"]) for v in abiertas] == [
        ("abierta", NOMBRE, TELEFONO), ("ninguna", None, None),
    ]  # fmt: skip
    assert "sobre" not in abiertas[0]


def test_el_telefono_de_antes_que_manda_el_nombre_queda_sellado_al_llegar(base, fabrica):
    registro = fabrica.asistencia(nombre=NOMBRE, telefono=TELEFONO)
    sobre = fabrica.sellar(registro)
    assert [a["estado"] for a in fabrica.recibir(base, sobre)] == ["aceptado"]
    assert [a["estado"] for a in fabrica.recibir(base, sobre)] == ["repetido"]
    assert nombres(base) == {registro["id"]: (NOMBRE, TELEFONO)}


def test_sin_llave_el_nombre_de_un_telefono_de_antes_no_se_pierde(base, fabrica):
    quitar_llave(base)
    fabrica.mandar(base, fabrica.asistencia(nombre=NOMBRE))
    assert tuple(base.execute("SELECT nombre, sobre FROM identidad").fetchone()) == (NOMBRE, None)
    assert [v["nombre"] for v in vistas(base, fabrica.evento_id)] == [NOMBRE]


@pytest.mark.parametrize("edad", ["0-11", "12-17"])
def test_de_una_menor_el_sobre_se_tira_sin_abrirlo(base, fabrica, punto, edad):
    assert fabrica.mandar(base, sellada(fabrica, punto, edad=edad)) == ["aceptado"]
    assert contar(base, "asistencia") == 1
    assert contar(base, "identidad") == 0
    assert contar(base, "cuarentena") == 0


def test_si_el_evento_no_pide_ninguno_el_sobre_se_tira(base, fabrica, punto):
    eventos.actualizar(base, fabrica.evento_id, {"pide_nombre": False, "pide_telefono": False})
    fabrica.mandar(base, sellada(fabrica, punto))
    assert (contar(base, "asistencia"), contar(base, "identidad")) == (1, 0)


def test_los_sobres_cambiados_entre_registros_no_abren(base, fabrica, punto):
    una, otra = fabrica.asistencia(), fabrica.asistencia()
    cambiada = sellada(fabrica, punto, de=otra)
    fabrica.mandar(base, una, cambiada, sellada(fabrica, punto))
    estados = [v["identidad"] for v in vistas(base, fabrica.evento_id, llave.abrir(base, FRASE))]
    assert sorted(estados) == ["abierta", "ilegible", "ninguna"]


def test_tampoco_si_quien_escribe_en_la_base_los_cambia_de_renglon(base, fabrica, punto):
    fabrica.mandar(base, sellada(fabrica, punto), sellada(fabrica, punto))
    sello = llave.abrir(base, FRASE)
    assert {v["identidad"] for v in vistas(base, fabrica.evento_id, sello)} == {"abierta"}  # el control
    (una, suyo), (otra, ajeno) = base.execute("SELECT asistencia_id, sobre FROM identidad").fetchall()
    for id, sobre in ((una, ajeno), (otra, suyo)):
        base.execute("UPDATE identidad SET sobre = ? WHERE asistencia_id = ?", [sobre, id])
    assert {v["identidad"] for v in vistas(base, fabrica.evento_id, sello)} == {"ilegible"}


@pytest.mark.parametrize("donde", [0, 40, 70, -1])
def test_un_sobre_alterado_es_un_renglon_ilegible_y_los_demas_se_leen(base, fabrica, punto, donde):
    fabrica.mandar(base, sellada(fabrica, punto), sellada(fabrica, punto))
    id, sobre = base.execute("SELECT asistencia_id, sobre FROM identidad").fetchone()
    alterado = bytearray(sobre)
    alterado[donde] ^= 1
    base.execute("UPDATE identidad SET sobre = ? WHERE asistencia_id = ?", [bytes(alterado), id])
    estados = {v["id"]: v["identidad"] for v in vistas(base, fabrica.evento_id, llave.abrir(base, FRASE))}
    assert estados.pop(id) == "ilegible"
    assert set(estados.values()) == {"abierta"}


CONTENIDOS = [b"", b"[]", b"null", b"1", b"{}", b'{"nombre": ["Ana"], "telefono": null}', b'{"nombre": "Ana"}', b"\xff"]


@pytest.mark.parametrize("sobre", [b"", b"x", bytes(65), bytes(400), *CONTENIDOS])
def test_ningun_sobre_hace_fallar_la_lista(base, fabrica, punto, sobre):
    """También uno bien sellado con otra cosa adentro: cualquiera con la mitad pública puede hacerlo."""
    registro = sellada(fabrica, punto)
    if sobre in CONTENIDOS:
        ajeno = llave.abrir(base, FRASE)
        sobre = ajeno.sellar(sobre, b"jornada/identidad/v1\n" + registro["id"].encode())
    registro["datos"]["identidad"] = b64(sobre)
    assert fabrica.mandar(base, registro) == ["aceptado"]
    estado = vistas(base, fabrica.evento_id, llave.abrir(base, FRASE))[0]["identidad"]
    assert estado == ("ilegible" if sobre else "ninguna")


@pytest.mark.parametrize("mala", [1, [], {}, True, "con espacios", "a", "AB", "ñandú", "A" * 6000, "AAAA\n"])
def test_una_identidad_que_no_es_un_sobre_se_retiene_y_no_se_pierde(base, fabrica, mala):
    acuse = fabrica.recibir(base, fabrica.sellar(fabrica.asistencia(identidad=mala)))[0]
    assert (acuse["estado"], acuse["codigo"]) == ("retenido", "datos_invalidos")
    assert contar(base, "cuarentena") == 1


def test_si_trae_las_dos_cosas_vale_la_sellada(base, fabrica, punto):
    registro = sellada(fabrica, punto)
    registro["datos"] |= {"nombre": "Otro Nombre", "telefono": None}
    fabrica.mandar(base, registro)
    assert list(nombres(base).values()) == [(NOMBRE, TELEFONO)]


def test_la_que_llega_cuando_la_llave_es_otra_se_guarda_y_se_dice_que_no_abre(base, fabrica):
    ajena = Sello.leer(nueva_clave_pem()).privada.public_key()
    assert fabrica.mandar(base, sellada(fabrica, ajena)) == ["aceptado"]
    assert [v["identidad"] for v in vistas(base, fabrica.evento_id, llave.abrir(base, FRASE))] == ["ilegible"]


# --- La página y la cuarentena ---


def test_la_pagina_repetida_es_la_misma_aunque_cada_sobre_sea_distinto(base, fabrica):
    registro = fabrica.asistencia(modo="telefono", nombre=NOMBRE, telefono=TELEFONO)
    estados = [recepcion.registrar_en_linea(base, registro, sello=fabrica.sello, ahora=HORA) for _ in range(2)]
    corregido = registro | {"datos": {**registro["datos"], "nombre": "Eustolia I."}}
    estados.append(recepcion.registrar_en_linea(base, corregido, sello=fabrica.sello, ahora=HORA))
    assert estados == ["aceptado", "repetido", "conflicto"]
    assert nombres(base) == {registro["id"]: (NOMBRE, TELEFONO)}


def test_lo_retenido_con_nombre_se_acepta_despues_y_el_nombre_se_lee(base, fabrica):
    registro = fabrica.asistencia(aviso=7, nombre=NOMBRE, telefono=TELEFONO)
    assert fabrica.mandar(base, registro) == ["retenido"]
    base.execute("INSERT INTO aviso SELECT 7, simplificado, integral, leido, vigente_desde FROM aviso LIMIT 1")
    espera = cuarentena.listar(base)[0]["id"]
    assert recepcion.reintentar(base, [espera], sello=fabrica.sello, ahora=HORA) == ["aceptado"]
    assert nombres(base) == {registro["id"]: (NOMBRE, TELEFONO)}
    assert fabrica.mandar(base, registro) == ["conflicto"]  # otro sobre del mismo registro, como antes


def test_lo_raro_sin_nombre_entendible_va_a_la_cuarentena_tal_como_llego(base, fabrica):
    raro = fabrica.asistencia() | {"datos": {"nombre": {"a": [NOMBRE]}, "x": "\ud800"}}
    sobre = b64(fabrica.sello.sellar(str(raro).encode("utf-8", "replace"), INFO_REGISTRO))
    fabrica.recibir(base, {"id": raro["id"], "sobre": sobre})
    assert bytes(cuarentena.guardadas(base)[0]["bytes"]).decode() == sobre
