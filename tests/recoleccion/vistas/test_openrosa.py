"""Las direcciones de ``/openrosa/<permiso>/``: la lista, los formularios y los envíos, como los pide ODK Collect."""

import io
import json
import re
import xml.etree.ElementTree as ET
from random import Random

import pytest
from fabrica import Fabrica, contar
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from formularios.instrumento import Instrumento, Pregunta
from recoleccion.consultas import cuarentena, dispositivos, eventos, instrumentos, recepcion
from recoleccion.openrosa import formas
from recoleccion.reglas import nuevo_id
from recoleccion.sellado import INFO_URNA
from tests.elenco import HORA, evento_de_prueba
from tests.formularios.xlsform.al_azar import contestar
from tests.formularios.xlsform.al_azar import instrumentos as al_azar
from tests.recoleccion.openrosa.instancia import contestada
from tests.recoleccion.vistas.collect import Collect

MENSAJE = "{http://openrosa.org/http/response}message"
SIN_ENCOGER = settings(
    deadline=None, derandomize=True, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)


@pytest.fixture
def collect(cliente, base, elenco, azar) -> Collect:
    return Collect(cliente, *dispositivos.alta(base, "Samsung", elenco.promotora.id, HORA, azar, clase="odk"))


def dicho(respuesta) -> str:
    return ET.fromstring(respuesta.data).find(MENSAJE).text


def filas(base, tabla: str) -> list[dict]:
    return [dict(fila) for fila in base.execute(f"SELECT * FROM {tabla}")]


def en_la_urna(base, sello) -> list[dict]:
    return [json.loads(sello.abrir(fila["sobre"], INFO_URNA)) for fila in filas(base, "urna")]


# --- La lista y los formularios ----------------------------------------------------------------------------------


def test_la_lista_trae_la_asistencia_y_las_encuestas_de_los_eventos_cercanos(collect, base, elenco, azar):
    for fecha, estado in (("2026-11-23", "lejos"), ("2026-12-03", "lejos"), ("2026-11-24", "cerca")):
        eventos.crear(base, evento_de_prueba(fecha=fecha, titulo=f"De {estado}"), HORA, azar)
    cancelado = eventos.crear(base, evento_de_prueba(titulo="Cancelada"), HORA, azar)
    eventos.cancelar(base, cancelado, HORA)
    lista = collect.lista()
    suyas = {f"{cual}-{elenco.clave}" for cual in ("Asistencia", "antes", "despues", "satisfaccion", "reconocer")}
    assert suyas <= set(lista)
    assert len(lista) == 10
    nombres = " ".join(forma.name for forma in lista.values())
    assert "De lejos" not in nombres
    assert "Cancelada" not in nombres
    una = lista[f"antes-{elenco.clave}"]
    assert una.downloadUrl.startswith("http://localhost/openrosa/")
    assert not hasattr(una, "manifestUrl")
    assert not hasattr(una, "descriptionText")
    assert list(collect.lista(f"formList?formID={una.formID}&deviceID=x&verbose=true")) == [una.formID]
    assert collect.lista("formList?formID=otra-AAAAAA") == {}


def test_la_encuesta_que_otra_aplicacion_no_sabria_evaluar_no_se_ofrece(collect, base, elenco):
    edad = Pregunta("edad", "entero", "¿Edad?", restriccion="selected(., '3')")
    instrumentos.asegurar(base, Instrumento("rara", 1, "Rara", "", 1, (edad,)))
    eventos.actualizar(base, elenco.evento_id, {"encuestas": ["rara", "satisfaccion"]})
    assert set(collect.lista()) == {f"Asistencia-{elenco.clave}", f"satisfaccion-{elenco.clave}"}
    assert collect.pedir(f"forms/rara-{elenco.clave}.xml").status_code == 404


def test_cada_formulario_es_el_que_dice_la_lista(collect):
    import hashlib

    for id, forma in collect.lista().items():
        xml = collect.bajar(id)
        assert forma.hash == f"md5:{hashlib.md5(xml).hexdigest()}"
        assert f'id="{id}"' in xml.decode()
        assert f'version="{forma.version}"' in xml.decode()
        manifiesto = collect.pedir(f"forms/{id}/manifest")
        assert ET.fromstring(manifiesto.data).tag == "{http://openrosa.org/xforms/xformsManifest}manifest"


def test_las_cabeceras_de_openrosa_van_en_toda_respuesta_y_nada_se_guarda(collect, elenco):
    id = f"antes-{elenco.clave}"
    pedidos = [("formList", "GET"), (f"forms/{id}.xml", "GET"), (f"forms/{id}/manifest", "GET"), ("submission", "HEAD"),
               ("submission", "POST"), ("submission", "GET"), ("forms/no.xml", "GET"), ("nada", "GET")]  # fmt: skip
    for ruta, metodo in pedidos:
        respuesta = collect.pedir(ruta, metodo)
        assert respuesta.headers["X-OpenRosa-Version"] == "1.0", ruta
        assert respuesta.headers["Date"] == "Wed, 25 Nov 2026 23:05:00 GMT"
        assert int(respuesta.headers["X-OpenRosa-Accept-Content-Length"]) == 400_000
        assert respuesta.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in respuesta.headers
        if metodo != "HEAD":
            assert respuesta.headers["Content-Type"] == "text/xml; charset=utf-8"
            ET.fromstring(respuesta.data)


def test_preguntar_antes_de_enviar(collect):
    respuesta = collect.pedir("submission", "HEAD")
    assert respuesta.status_code == 204
    assert respuesta.data == b""
    assert respuesta.headers["Location"] == f"http://localhost/openrosa/{collect.token}/submission"


def test_la_titular_ve_cuando_pidio_la_lista_y_con_que_aplicacion(collect, base):
    agente = "org.odk.collect.android/v2025.3.3 Dalvik/2.1.0 (Linux; U; Android 13; SM-A515F)"
    collect.cliente.get(f"/openrosa/{collect.token}/formList", headers={"User-Agent": agente})
    [telefono] = dispositivos.listar(base)
    assert (telefono["visto_en"], telefono["version_app"]) == (HORA.isoformat(), "org.odk.collect.android/v2025.3.3")


# --- Los envíos --------------------------------------------------------------------------------------------------


def test_una_asistencia_cuenta_una_vez_aunque_se_envie_dos(collect, base, elenco):
    xml = collect.asistencia(elenco.clave)
    primera, segunda = collect.enviar(xml), collect.enviar(xml)
    assert (primera.status_code, segunda.status_code) == (201, 201)
    assert dicho(segunda) == "Ya lo teníamos: cuenta una sola vez."
    [fila] = filas(base, "asistencia")
    assert (fila["sexo"], fila["edad"], fila["procedencia"], fila["modo"]) == ("M", "30-44", "rancho", "promotora")
    assert (fila["dispositivo_id"], fila["aviso_version"], fila["evento_id"]) == (collect.id, 1, elenco.evento_id)
    assert contar(base, "identidad") == 0


def test_el_mismo_numero_con_otra_cosa_se_guarda_aparte_y_los_dos_quedan(collect, base, elenco, azar):
    id = nuevo_id(azar)
    assert collect.enviar(collect.asistencia(elenco.clave, id)).status_code == 201
    otra = collect.enviar(collect.asistencia(elenco.clave, id, sexo="H"))
    assert otra.status_code == 202
    assert "Se guardaron los dos" in dicho(otra)
    assert [fila["sexo"] for fila in filas(base, "asistencia")] == ["M"]
    assert [fila["codigo"] for fila in cuarentena.listar(base)] == ["otro_contenido"]


def test_una_contestacion_llega_a_la_urna_sin_nada_que_la_ate(collect, base, elenco, instalacion):
    xml = collect.encuesta(elenco.clave, "despues", ficha="luna 37", K1="V", I1="casa contar", I2="Duda", D1="M")
    antes = filas(base, "dispositivo")
    assert [collect.enviar(xml).status_code for _ in range(2)] == [201, 201]
    [abierta] = en_la_urna(base, instalacion.sello)
    assert abierta == {
        "respuestas": {"K1": "V", "I1": ["casa", "contar"]},
        "textos": {"I2": "Duda"},
        "ficha": "LUNA-37",
        "sexo": None,
        "edad": None,
    }
    assert filas(base, "dispositivo") == antes
    assert ataduras(base, collect.id, re.search(rb"uuid:([\w-]+)", xml)[1].decode()) == []


def ataduras(base, dispositivo_id: str, registro_id: str) -> list[str]:
    """Los renglones, fuera de ``recibido``, que nombran el número de la contestación, o su teléfono y la hora."""
    halladas = []
    for (tabla,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        for fila in filas(base, tabla):
            todo = json.dumps(fila, default=str)
            if registro_id in todo and not (tabla == "recibido" and set(fila) == {"id", "huella"}):
                halladas.append(f"{tabla}: el número")
            if tabla in ("urna", "cuarentena", "recibido", "contestacion") and dispositivo_id in todo:
                halladas.append(f"{tabla}: el teléfono")
    return halladas


def test_el_control_una_atadura_plantada_se_nota(collect, base, elenco, azar):
    id = nuevo_id(azar)
    collect.enviar(collect.encuesta(elenco.clave, "satisfaccion", id, S1="buena"))
    assert ataduras(base, collect.id, id) == []
    with base.conn:
        base.execute("UPDATE dispositivo SET version_app = ?", [id])
    assert ataduras(base, collect.id, id) == ["dispositivo: el número"]


def test_lo_que_llega_con_el_evento_cerrado_cuenta_y_no_deja_llave(collect, base, elenco, instalacion, azar):
    xml = collect.encuesta(elenco.clave, "satisfaccion", S1="buena")
    eventos.cerrar(base, elenco.evento_id, HORA, instalacion.sello, azar)
    assert [collect.enviar(xml).status_code for _ in range(2)] == [201, 201]
    assert contar(base, "urna") == 1
    assert contar(base, "llave_evento") == 0
    assert [fila["huella"] for fila in filas(base, "recibido")] == [""]


def test_con_la_clave_del_cartel_ya_cambiada_lo_pendiente_entra(collect, base, elenco, azar):
    xml = collect.asistencia(elenco.clave)
    eventos.nueva_clave(base, elenco.evento_id, HORA, azar)
    assert collect.enviar(xml).status_code == 201


def test_una_respuesta_que_no_existe_espera_en_la_cuarentena_sin_decir_de_que_telefono(
    collect, base, elenco, instalacion
):
    xml = collect.encuesta(elenco.clave, "antes", K1="V")
    respuesta = collect.enviar(re.sub(rb"(K1>)V<", rb"\1inventada<", xml))
    assert respuesta.status_code == 202
    assert "no está en la encuesta" in dicho(respuesta)
    [retenida] = cuarentena.listar(base)
    assert (retenida["codigo"], retenida["dispositivo_id"]) == ("contestacion_invalida", None)
    [cruda] = filas(base, "cuarentena")
    assert b"inventada" not in cruda["bytes"]
    assert recepcion.abrir_guardado(cruda["bytes"], instalacion.sello)["datos"]["respuestas"] == {"K1": ["inventada"]}


def test_a_una_menor_sin_permiso_de_la_escuela_solo_se_le_cuenta(collect, base, elenco):
    respuesta = collect.enviar(collect.encuesta(elenco.clave, "antes", D2="12-17", K1="V"))
    assert respuesta.status_code == 201
    assert "sólo se les cuenta" in dicho(respuesta)
    assert contar(base, "urna") == 0


def test_un_telefono_dado_de_baja_no_baja_nada_y_lo_que_manda_espera(collect, base, elenco, instalacion):
    asistencia, encuesta = collect.asistencia(elenco.clave), collect.encuesta(elenco.clave, "satisfaccion", S1="buena")
    id = f"antes-{elenco.clave}"
    dispositivos.revocar(base, collect.id, HORA)
    for ruta in ("formList", f"forms/{id}.xml", f"forms/{id}/manifest"):
        respuesta = collect.pedir(ruta)
        assert respuesta.status_code == 403
        assert "dio de baja" in dicho(respuesta)
    assert collect.pedir("submission", "HEAD").status_code == 204
    assert [collect.enviar(xml).status_code for xml in (asistencia, encuesta)] == [202, 202]
    assert (contar(base, "asistencia"), contar(base, "urna")) == (0, 0)
    assert {fila["codigo"] for fila in cuarentena.listar(base)} == {"dispositivo_revocado"}
    assert sorted(str(f["dispositivo"]) for f in cuarentena.listar(base)) == ["None", "Samsung"]
    ids = [fila["id"] for fila in cuarentena.listar(base)]
    recepcion.reintentar(base, ids, sello=instalacion.sello, ahora=HORA)
    assert (contar(base, "asistencia"), contar(base, "urna")) == (1, 1)
    assert [collect.enviar(xml).status_code for xml in (asistencia, encuesta)] == [201, 201]


@pytest.mark.parametrize("ruta", ["formList", "forms/antes-K7MD2Q.xml", "submission"])
def test_sin_permiso_no_hay_nada(collect, base, elenco, azar, ruta):
    de_la_nuestra = dispositivos.alta(base, "Moto", elenco.promotora.id, HORA, azar)[1]
    for token in (collect.token[:-1], "x", de_la_nuestra):
        collect_falso = Collect(collect.cliente, "", token)
        respuesta = collect_falso.pedir(ruta, "POST" if ruta == "submission" else "GET")
        assert respuesta.status_code == 403
        assert "no tiene permiso" in dicho(respuesta)


def test_el_permiso_de_otra_aplicacion_no_abre_la_nuestra(collect):
    respuesta = collect.cliente.get("/api/v1/paquete", headers={"Authorization": f"Bearer {collect.token}"})
    assert respuesta.status_code == 401


@pytest.mark.parametrize(
    ("cambio", "estado", "frase"),
    [
        (lambda x: x.replace(b"Asistencia-", b"otra-"), 404, "no es de esta oficina"),
        (lambda x: re.sub(rb"Asistencia-\w+", b"Asistencia-ZZZZZZ", x), 404, "no es de esta oficina"),
        (lambda x: re.sub(rb'version="[^"]+"', b'version="1"', x), 404, "no es de esta oficina"),
        (lambda x: re.sub(rb"<meta>.*</meta>", b"", x), 400, "instanceID"),
        (lambda x: x.replace(b"<data ", b'<data encrypted="yes" '), 400, "cifrado"),
        (lambda x: b"<!DOCTYPE data>" + x, 400, "no es un formulario que se entienda"),
        (lambda x: x + b" " * 400_000, 413, "demasiado grande"),
    ],
)  # fmt: skip
def test_lo_que_no_se_puede_tomar_se_dice_y_no_deja_nada(collect, base, elenco, cambio, estado, frase):
    respuesta = collect.enviar(cambio(collect.asistencia(elenco.clave)))
    assert respuesta.status_code == estado
    assert frase in dicho(respuesta)
    assert (contar(base, "recibido"), contar(base, "cuarentena"), contar(base, "asistencia")) == (0, 0, 0)


def test_un_numero_que_no_es_uuid_se_aparta_y_no_se_pierde(collect, base, elenco):
    respuesta = collect.enviar(collect.asistencia(elenco.clave, "17"))
    assert respuesta.status_code == 202
    assert [fila["codigo"] for fila in cuarentena.listar(base)] == ["id_ilegible"]


def test_las_fotos_no_se_reciben_y_se_dice(collect, base, elenco):
    respuesta = collect.enviar(collect.asistencia(elenco.clave), foto=(io.BytesIO(b"x"), "foto.jpg", "image/jpeg"))
    assert respuesta.status_code == 415
    assert "fotos" in dicho(respuesta)
    assert contar(base, "recibido") == 0


def test_el_xml_sin_nombre_de_archivo_tambien_vale_y_dos_no(collect, base, elenco):
    xml = collect.asistencia(elenco.clave).decode()
    suelto = {"data": {"xml_submission_file": xml}, "content_type": "multipart/form-data"}
    assert collect.pedir("submission", "POST", **suelto).status_code == 201
    dos = {"xml_submission_file": [(io.BytesIO(xml.encode()), "a.xml"), (io.BytesIO(xml.encode()), "b.xml")]}
    assert collect.pedir("submission", "POST", data=dos).status_code == 400


CABECERA = b'--x\r\nContent-Disposition: form-data; name="xml_submission_file"; filename="a.xml"\r\n\r\n'


@pytest.fixture
def buena(collect, elenco) -> bytes:
    return collect.asistencia(elenco.clave)


def test_cualquier_cosa_que_llegue_tiene_respuesta_de_openrosa_y_nada_queda_a_medias(collect, base, buena):
    tipos = st.sampled_from(
        ["multipart/form-data; boundary=x", "multipart/form-data", "text/xml", "", "application/json"]
    )
    trozos = [
        b"--x",
        b"\r\n",
        b"--x--\r\n",
        CABECERA,
        buena,
        buena[:-9],
        b"<data>",
        b"\xff\x00",
        b"\r\n\r\n",
        b"name=a",
    ]
    armados = st.lists(st.sampled_from(trozos), max_size=8).map(b"".join)
    cortados = st.integers(0, len(buena)).map(lambda n: CABECERA + buena[:n] + b"\r\n--x--\r\n")

    @settings(SIN_ENCOGER, max_examples=150)
    @given(cuerpo=st.binary(max_size=80) | armados | cortados, tipo=tipos)
    def probar(cuerpo, tipo):
        respuesta = collect.pedir("submission", "POST", data=cuerpo, content_type=tipo)
        assert respuesta.status_code in (201, 202) or 400 <= respuesta.status_code < 500
        assert dicho(respuesta)
        assert contar(base, "recibido") == contar(base, "asistencia") <= 1

    probar()


# --- Lo mismo que por la página ----------------------------------------------------------------------------------


def test_una_encuesta_al_azar_deja_en_la_urna_lo_mismo_que_la_pagina(collect, base, elenco, instalacion, azar):
    fabrica = Fabrica(instalacion.sello, elenco.evento_id)
    vistas: set[str] = set()

    @settings(SIN_ENCOGER, max_examples=15)
    @given(i=al_azar().filter(formas.cabe), semilla=st.integers(0, 999))
    def probar(i, semilla):
        clave = f"azar_{len(vistas)}"
        vistas.add(clave)
        i = type(i).de_dict({**i.a_dict(), "clave": clave, "edad_minima": None})
        datos, _ = contestar(i, Random(semilla), intentos=8)
        instrumentos.asegurar(base, i)
        eventos.actualizar(base, elenco.evento_id, {"encuestas": [clave]})
        base.execute("DELETE FROM urna")
        base.conn.commit()
        respuestas = {n: v for n, v in datos.items() if v}
        xml = contestada(collect.bajar(f"{clave}-{elenco.clave}"), i, respuestas, nuevo_id(azar))
        estado = {201: "aceptado", 202: "retenido"}[collect.enviar(xml).status_code]
        por_openrosa = en_la_urna(base, instalacion.sello)
        base.execute("DELETE FROM urna")
        base.conn.commit()
        campos = {"instrumento": clave, "version": i.version, "ficha": None, "respuestas": respuestas}
        registro = fabrica.registro("contestacion", campos)
        assert recepcion.registrar_en_linea(base, registro, sello=instalacion.sello, ahora=HORA) == estado
        assert en_la_urna(base, instalacion.sello) == por_openrosa

    probar()
    assert contar(base, "recibido") > 10
