"""La puerta de los registros: nada se pierde, nada se duplica, nada de más se guarda."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from fabrica import HORA, contar

from recoleccion.consultas import asistencias, credenciales, cuarentena, dispositivos, eventos, recepcion
from recoleccion.errores import ErrorJornada
from recoleccion.sellado import INFO_REGISTRO, INFO_URNA, Sello, b64, de_b64, nueva_clave_pem
from tests.llave import nombres


def test_un_lote_se_guarda_y_se_acusa_en_su_orden(base, fabrica, telefono):
    registros = [fabrica.asistencia(nombre="Lucía Prueba"), fabrica.conteo(), fabrica.contestacion(S1="buena")]
    acuse = recepcion.recibir_lote(
        base, fabrica.lote(*map(fabrica.sellar, registros)), dispositivo_id=telefono, sello=fabrica.sello, ahora=HORA
    )
    assert [a["id"] for a in acuse["acuses"]] == [r["id"] for r in registros]
    assert {a["estado"] for a in acuse["acuses"]} == {"aceptado"}
    assert acuse["version"] == 1
    assert acuse["hora_servidor"] == HORA.isoformat()
    assert (contar(base, "asistencia"), contar(base, "urna"), contar(base, "recibido")) == (2, 1, 3)
    fila = base.execute("SELECT * FROM asistencia WHERE id = ?", [registros[0]["id"]]).fetchone()
    assert (fila["modo"], fila["dispositivo_id"], fila["aviso_version"]) == ("promotora", telefono, 1)


def test_un_lote_repetido_no_duplica(base, fabrica):
    sellados = [fabrica.sellar(r) for r in (fabrica.asistencia(), fabrica.contestacion(S1="mala"), fabrica.conteo())]
    assert [a["estado"] for a in fabrica.recibir(base, *sellados)] == ["aceptado"] * 3
    assert [a["estado"] for a in fabrica.recibir(base, *sellados)] == ["repetido"] * 3
    assert (contar(base, "asistencia"), contar(base, "urna"), contar(base, "recibido")) == (2, 1, 3)


def test_el_mismo_id_con_otro_contenido_conserva_los_dos(base, fabrica, telefono):
    original = fabrica.asistencia()
    primero, segundo = fabrica.sellar(original), fabrica.sellar(original | {"hora": None})
    fabrica.recibir(base, primero, dispositivo_id=telefono)
    for _ in range(2):
        acuse = fabrica.recibir(base, segundo, dispositivo_id=telefono)[0]
        assert (acuse["estado"], acuse["codigo"]) == ("conflicto", "otro_contenido")
        assert acuse["mensaje"]
    assert contar(base, "asistencia") == 1
    assert cuarentena.contar(base) == 1
    assert bytes(cuarentena.guardadas(base)[0]["bytes"]).decode() == segundo["sobre"]


@pytest.mark.parametrize(
    "malo",
    [
        None, 7, "texto", [], {}, {"id": 7}, {"id": "hola", "sobre": "AAAA"}, {"id": None, "sobre": None},
        {"id": {"a": [1]}, "sobre": "%%%"}, {"id": "\ud800", "sobre": "\ud800"}, {"id": "x" * 5000, "sobre": "ñ"},
    ],
)  # fmt: skip
def test_un_registro_ilegible_no_echa_a_perder_a_los_demas(base, fabrica, malo):
    bueno = fabrica.sellar(fabrica.asistencia())
    acuses = fabrica.recibir(base, malo, bueno, malo)
    assert [a["estado"] for a in acuses] == ["retenido", "aceptado", "retenido"]
    assert acuses[0]["id"] == (malo.get("id") if isinstance(malo, dict) else None)
    assert acuses[0]["codigo"] == "id_ilegible"
    json.dumps(acuses)
    assert cuarentena.contar(base) == 1
    assert contar(base, "asistencia") == 1


def test_un_sobre_de_otra_llave_o_alterado_se_retiene(base, fabrica):
    sellado = fabrica.sellar(fabrica.asistencia())
    alterado = bytearray(de_b64(sellado["sobre"]))
    alterado[-1] ^= 1
    ajena = Sello.leer(nueva_clave_pem()).sellar(b"{}", INFO_REGISTRO)
    for sobre in (b64(bytes(alterado)), b64(ajena), b64(b"corto"), sellado["sobre"][:-8]):
        acuse = fabrica.recibir(base, sellado | {"sobre": sobre})[0]
        assert (acuse["estado"], acuse["codigo"]) == ("retenido", "sobre_ilegible")
    assert cuarentena.contar(base) == 4
    assert fabrica.recibir(base, sellado)[0]["estado"] == "aceptado"


def test_un_sobre_sellado_para_la_urna_no_pasa_por_registro(base, fabrica):
    registro = fabrica.asistencia()
    sobre = b64(fabrica.sello.sellar(json.dumps(registro).encode(), INFO_URNA))
    assert fabrica.recibir(base, {"id": registro["id"], "sobre": sobre})[0]["codigo"] == "sobre_ilegible"


@pytest.mark.parametrize(
    "contenido", [b"", b"null", b"0", b"[1]", b'{"v":1', b"[" * 100_000, b'{"v": 1e999}', b"\xff\xfe", b"1" * 5000]
)
def test_un_sobre_con_basura_adentro_se_retiene(base, fabrica, contenido):
    id = fabrica.asistencia()["id"]
    sobre = b64(fabrica.sello.sellar(contenido, INFO_REGISTRO))
    assert fabrica.recibir(base, {"id": id, "sobre": sobre})[0]["estado"] == "retenido"
    assert cuarentena.contar(base) == 1


@pytest.mark.parametrize(
    "cuerpo",
    [
        b"", b"null", b"[]", b"{}", b"\xff", b'{"version":1}', b'{"version":2,"registros":[]}', b"[" * 200_000,
        b'{"version":1,"registros":{}}', b"<html></html>", b'{"version":1,"registros":[',
    ],
)  # fmt: skip
def test_un_cuerpo_que_no_es_un_lote_se_dice_y_no_guarda_nada(base, fabrica, cuerpo):
    with pytest.raises(ErrorJornada) as error:
        recepcion.recibir_lote(base, cuerpo, dispositivo_id=None, sello=fabrica.sello, ahora=HORA)
    assert (error.value.codigo, error.value.http_status) == ("lote_ilegible", 400)
    assert contar(base, "cuarentena") == 0


def test_un_lote_demasiado_grande_se_pide_en_partes(base, fabrica):
    sellado = fabrica.sellar(fabrica.asistencia())
    for cuerpo in (fabrica.lote(*[sellado] * 501), fabrica.lote(sellado, app="x" * 1_000_000)):
        with pytest.raises(ErrorJornada) as error:
            recepcion.recibir_lote(base, cuerpo, dispositivo_id=None, sello=fabrica.sello, ahora=HORA)
        assert (error.value.codigo, error.value.http_status) == ("lote_grande", 413)


def test_quinientos_registros_caben_en_un_lote(base, fabrica):
    assert set(fabrica.mandar(base, *[fabrica.conteo() for _ in range(500)])) == {"aceptado"}
    assert asistencias.vivo(base, fabrica.evento_id)["total"] == 500


EVENTO_NUEVO = "11111111-1111-4111-8111-111111111111"


def conocer_evento(base) -> None:
    columnas = "titulo, tipo, tema, fecha, hora_inicio, hora_fin, sede, localidad, zona, programa, efemeride, creado_en"
    base.execute(
        f"INSERT INTO evento (id, estado, {columnas}) SELECT ?, 'abierto', {columnas} FROM evento LIMIT 1",
        [EVENTO_NUEVO],
    )


def test_lo_retenido_se_acepta_cuando_el_servidor_ya_lo_conoce(base, fabrica, azar):
    registro = fabrica.asistencia(evento=EVENTO_NUEVO)
    sellado = fabrica.sellar(registro)
    assert fabrica.recibir(base, sellado)[0]["codigo"] == "evento_desconocido"
    conocer_evento(base)
    assert fabrica.recibir(base, sellado)[0]["estado"] == "aceptado"
    assert cuarentena.contar(base) == 0
    assert cuarentena.listar(base, resueltas=True)[0]["codigo"] == "evento_desconocido"


def test_lo_retenido_se_puede_volver_a_intentar_desde_el_panel(base, fabrica, telefono):
    asistencia, contestacion = fabrica.asistencia(evento=EVENTO_NUEVO), fabrica.contestacion(S1="buena")
    en_linea = fabrica.asistencia(modo="telefono", evento=EVENTO_NUEVO)
    fabrica.mandar(base, asistencia, contestacion | {"evento": EVENTO_NUEVO}, dispositivo_id=telefono)
    recepcion.registrar_en_linea(base, en_linea, sello=fabrica.sello, ahora=HORA)
    fabrica.recibir(base, {"id": "x", "sobre": "AAAA"})
    ids = {q["registro_id"]: q["id"] for q in cuarentena.listar(base)}

    def reintentar() -> dict:
        dichos = {r: recepcion.reintentar(base, [id], sello=fabrica.sello, ahora=HORA) for r, id in ids.items()}
        return {r: dicho[0] if dicho else None for r, dicho in dichos.items()}

    assert set(reintentar().values()) == {"retenido"}
    conocer_evento(base)
    buenos = {r["id"]: "aceptado" for r in (asistencia, contestacion, en_linea)}
    assert reintentar() == buenos | {'"x"': "retenido"}
    assert reintentar() == dict.fromkeys(buenos) | {'"x"': "retenido"}
    de_quien = dict(tuple(f) for f in base.execute("SELECT id, dispositivo_id FROM asistencia"))
    assert de_quien == {asistencia["id"]: telefono, en_linea["id"]: None}
    assert contar(base, "urna") == 1
    assert cuarentena.contar(base) == 1


def test_un_evento_cerrado_recibe_lo_pendiente(base, fabrica, sello, azar):
    eventos.cerrar(base, fabrica.evento_id, HORA, sello, azar)
    tarde = HORA + timedelta(days=40)
    assert fabrica.mandar(base, fabrica.asistencia(), fabrica.contestacion(S1="mala"), ahora=tarde) == ["aceptado"] * 2


@pytest.mark.parametrize(
    ("hora", "sesgo"), [("1970-01-01T00:00:01+00:00", -1_795_000_000_000), ("ayer", "x"), (None, None)]
)
def test_el_reloj_del_telefono_nunca_es_razon_para_rechazar(base, fabrica, hora, sesgo):
    assert fabrica.mandar(base, fabrica.asistencia(hora=hora, sesgo_ms=sesgo)) == ["aceptado"]
    assert asistencias.vivo(base, fabrica.evento_id)["total"] == 1


def test_un_telefono_que_desperto_en_1970_queda_en_su_hora(base, fabrica):
    """Medio siglo de sesgo no alcanzaba: se anotaba 1970 sin con qué corregirlo."""
    en_1970 = datetime(1970, 1, 1, tzinfo=UTC)
    sesgo = round((en_1970 - HORA).total_seconds() * 1000)
    fabrica.mandar(base, fabrica.asistencia(hora=en_1970.isoformat(), sesgo_ms=sesgo))
    corregida = base.execute("SELECT datetime(hora_corregida) FROM asistencia_vigente").fetchone()[0]
    assert corregida == HORA.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize("edad", ["0-11", "12-17"])
def test_de_una_persona_menor_no_se_guarda_nombre_ni_telefono(base, fabrica, edad):
    fabrica.mandar(base, fabrica.asistencia(edad=edad, nombre="Niña Prueba", telefono="3781112233"))
    assert contar(base, "asistencia") == 1
    assert contar(base, "identidad") == 0


def test_no_se_guarda_lo_que_el_evento_no_pide(base, fabrica):
    eventos.actualizar(base, fabrica.evento_id, {"pide_nombre": True, "pide_telefono": False})
    fabrica.mandar(base, fabrica.asistencia(nombre=" Ana \n  Prueba\x00 ", telefono="3781112233"))
    assert list(nombres(base).values()) == [("Ana Prueba", None)]


@pytest.mark.parametrize(
    ("autorizacion", "edad", "instrumento", "en_urna"),
    [
        (False, "12-17", "antes", 0),
        (True, "12-17", "antes", 1),
        (True, "18-29", "antes", 1),
        (False, None, "antes", 1),
    ],
)
def test_una_menor_solo_contesta_con_autorizacion_de_la_escuela(
    base, fabrica, autorizacion, edad, instrumento, en_urna
):
    eventos.actualizar(base, fabrica.evento_id, {"autorizacion_escolar": autorizacion})
    respuestas = {"K1": "V"} | ({"D2": edad} if edad else {})
    acuse = fabrica.recibir(base, fabrica.sellar(fabrica.contestacion(instrumento, **respuestas)))[0]
    assert acuse["estado"] == "aceptado"
    assert acuse["codigo"] == (None if en_urna else "solo_se_cuenta")
    assert contar(base, "urna") == en_urna
    assert contar(base, "cuarentena") == 0


def test_una_respuesta_que_no_existe_se_retiene_sin_telefono_y_solo_con_el_dia(base, fabrica, telefono):
    malo = fabrica.sellar(fabrica.contestacion(S1="excelente"))
    acuse = fabrica.recibir(base, malo, dispositivo_id=telefono)[0]
    assert (acuse["estado"], acuse["codigo"]) == ("retenido", "contestacion_invalida")
    fila = dict(base.execute("SELECT * FROM cuarentena").fetchone())
    assert fila["dispositivo_id"] is None
    assert fila["recibido_el"] == "2026-11-25"
    assert bytes(cuarentena.guardadas(base)[0]["bytes"]).decode() == malo["sobre"]


def test_la_cuarentena_dice_de_que_telefono_es_solo_si_no_es_una_contestacion(base, fabrica, telefono):
    otro = "11111111-1111-4111-8111-111111111111"
    registros = [fabrica.asistencia(evento=otro), fabrica.contestacion(S1="buena") | {"evento": otro}]
    fabrica.recibir(base, *map(fabrica.sellar, registros), {"id": "x", "sobre": "AAAA"}, dispositivo_id=telefono)
    de_quien = {q["registro_id"]: q["dispositivo"] for q in cuarentena.listar(base)}
    assert de_quien == {registros[0]["id"]: "Teléfono de Rosa", registros[1]["id"]: None, '"x"': None}


def test_lo_que_va_a_la_cuarentena_sin_sobre_se_guarda_sellado(base, fabrica):
    fabrica.recibir(base, {"id": "x", "nombre": "Nombre Muy Privado"})
    registro = fabrica.registro("asistencia", {"modo": "telefono", "nombre": "Otro Nombre Privado"})
    recepcion.registrar_en_linea(base, registro, sello=fabrica.sello, ahora=HORA)
    guardados = [bytes(fila["bytes"]) for fila in cuarentena.guardadas(base)]
    assert len(guardados) == 2
    assert not any(b"Privado" in contenido for contenido in guardados)
    assert any(b"Muy Privado" in fabrica.sello.abrir(contenido, INFO_REGISTRO) for contenido in guardados)


def test_la_pagina_de_la_asistente_manda_dos_veces_y_es_un_registro(base, fabrica):
    registro = fabrica.asistencia(modo="telefono", hora=None)
    envios = [registro, registro | {"hora": HORA.isoformat(), "sesgo_ms": 3}, registro]
    estados = [recepcion.registrar_en_linea(base, r, sello=fabrica.sello, ahora=HORA) for r in envios]
    assert estados == ["aceptado", "repetido", "repetido"]
    otra = registro | {"datos": registro["datos"] | {"sexo": "H"}}
    assert recepcion.registrar_en_linea(base, otra, sello=fabrica.sello, ahora=HORA) == "conflicto"
    assert contar(base, "asistencia") == 1


def test_una_anulacion_puede_llegar_antes_que_lo_que_anula(base, fabrica):
    registro = fabrica.asistencia()
    assert fabrica.mandar(base, fabrica.anulacion(registro["id"]), registro, fabrica.asistencia()) == ["aceptado"] * 3
    assert asistencias.vivo(base, fabrica.evento_id)["total"] == 1


def test_la_misma_credencial_dos_veces_cuenta_una_y_gana_la_primera_en_hora_corregida(base, fabrica, azar):
    ((_, token),) = credenciales.imprimir(base, 1, HORA, azar)
    adelantado = fabrica.asistencia(
        modo="credencial", credencial=token, edad="18-29", hora="2026-11-25T17:30:00-06:00", sesgo_ms=3_600_000
    )
    en_hora = fabrica.asistencia(modo="credencial", credencial=token, hora="2026-11-25T17:00:00-06:00", sesgo_ms=0)
    fabrica.mandar(base, en_hora, adelantado)
    assert contar(base, "asistencia") == 2
    vivo = asistencias.vivo(base, fabrica.evento_id)
    assert (vivo["total"], vivo["por_edad"]) == (1, {"18-29": 1})  # 17:30 con una hora de adelanto son las 16:30
    fabrica.mandar(base, fabrica.anulacion(adelantado["id"]))
    assert asistencias.vivo(base, fabrica.evento_id)["por_edad"] == {"30-44": 1}


def test_una_credencial_desconocida_o_revocada_no_impide_registrar(base, fabrica, azar):
    ((folio, token),) = credenciales.imprimir(base, 1, HORA, azar)
    credenciales.revocar(base, folio, HORA)
    ajena = "J1" + "0" * 28
    registros = [
        fabrica.asistencia(modo="credencial", credencial=c) for c in (token, ajena, ajena, "https://otra.cosa/INE")
    ]
    assert fabrica.mandar(base, *registros) == ["aceptado"] * 4
    assert contar(base, "asistencia", "credencial_id IS NULL") == 3
    assert asistencias.vivo(base, fabrica.evento_id)["total"] == 4


def test_el_folio_escrito_encuentra_la_misma_credencial(base, fabrica, azar):
    ((folio, token),) = credenciales.imprimir(base, 1, HORA, azar)
    fabrica.mandar(base, *[fabrica.asistencia(modo="credencial", credencial=c) for c in (folio, token)])
    assert asistencias.vivo(base, fabrica.evento_id)["total"] == 1


def test_lo_escaneado_que_no_es_nuestro_no_se_guarda_en_ninguna_parte(base, fabrica, datos):
    fabrica.mandar(base, fabrica.asistencia(modo="credencial", credencial="INE-SECRETO-DE-ALGUIEN"))
    base.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    assert b"INE-SECRETO" not in (datos / "privada.db").read_bytes()


def test_la_primera_vez_los_datos_quedan_cifrados_para_la_siguiente(base, fabrica, azar):
    ((_, token),) = credenciales.imprimir(base, 1, HORA, azar)
    fabrica.mandar(base, fabrica.asistencia(modo="credencial", credencial=token, sexo="M", edad="45-59"))
    fabrica.mandar(base, fabrica.asistencia(modo="credencial", credencial=token, sexo="H", edad="18-29"))
    lista = credenciales.lista_para_telefono(base)
    ((verificador, cifrado, revocada, _),) = lista["lista"]
    sal = de_b64(lista["sal"])
    assert verificador == credenciales.verificador(sal, token)
    assert revocada == 0
    assert credenciales.descifrar(sal, token, cifrado) == {"sexo": "M", "edad": "45-59", "procedencia": "cabecera"}
    with pytest.raises(ValueError, match="no son de esta credencial"):
        credenciales.descifrar(sal, "J1" + "0" * 28, cifrado)


def test_el_telefono_queda_anotado_con_lo_que_le_falta_y_su_reloj(base, fabrica, telefono):
    enviado = (HORA + timedelta(seconds=90)).isoformat()
    cuerpo = fabrica.lote(fabrica.sellar(fabrica.conteo()), pendientes=12, enviado_en=enviado)
    recepcion.recibir_lote(base, cuerpo, dispositivo_id=telefono, sello=fabrica.sello, ahora=HORA)
    fila = dispositivos.listar(base)[0]
    assert (fila["pendientes"], fila["sesgo_ms"], fila["version_app"]) == (11, 90_000, "0.1.0")
    assert asistencias.vivo(base, fabrica.evento_id)["telefonos_pendientes"] == 1


@pytest.mark.parametrize(
    "raro",
    [
        {"pendientes": "doce"}, {"pendientes": 10**30}, {"pendientes": -5}, {"pendientes": True}, {"app": {"x": 1}},
        {"enviado_en": "ayer"}, {"enviado_en": "9999-12-31T23:59:59-14:00"}, {"enviado_en": 5}, {"epoca": [1]},
        {"enviado_en": "2026-11-25T17:00:00"}, {"app": "\ud800"},
    ],
)  # fmt: skip
def test_lo_raro_alrededor_de_los_registros_no_impide_recibirlos(base, fabrica, telefono, raro):
    cuerpo = fabrica.lote(fabrica.sellar(fabrica.conteo()), **raro)
    acuse = recepcion.recibir_lote(base, cuerpo, dispositivo_id=telefono, sello=fabrica.sello, ahora=HORA)
    assert acuse["acuses"][0]["estado"] == "aceptado"


def test_de_una_contestacion_no_queda_nada_que_la_una_con_quien_la_mando(base, fabrica, telefono):
    registro = fabrica.contestacion(S1="buena")
    fabrica.mandar(base, registro, dispositivo_id=telefono)
    assert tuple(base.execute("SELECT * FROM recibido").fetchone().keys()) == ("id", "huella")
    urna = dict(base.execute("SELECT * FROM urna").fetchone())
    assert registro["id"] not in map(str, urna.values())
    assert set(urna) == {"id", "evento_id", "instrumento", "version", "sobre"}
    assert b"buena" not in bytes(urna["sobre"])


def test_una_contestacion_en_blanco_se_acusa_y_no_llega_a_la_urna(base, fabrica):
    assert fabrica.mandar(base, fabrica.contestacion("antes", ficha="LUNA-37")) == ["aceptado"]
    assert contar(base, "urna") == 0
