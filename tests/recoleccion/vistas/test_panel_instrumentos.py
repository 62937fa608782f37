"""Las encuestas en el panel: de una hoja de cálculo a un evento, con su reporte, su vista previa y sus versiones."""

import io
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from formularios import aparte
from formularios.instrumento import Instrumento, incluidos
from formularios.xlsform import exportar
from recoleccion.consultas import eventos, importadas, instrumentos
from recoleccion.vistas.panel import subida
from tests.elenco import evento_de_prueba
from tests.recoleccion.vistas.oficina import Oficina, leer

SUBIR = "/panel/instrumentos/importar"
FAMILIA = """survey
,type,name,label,relevant,required,bind::jornada:indicador,bind::jornada:publicacion
,select_one sn,hijas,¿Tiene hijas?,,,M4,si
,integer,cuantas,¿Cuántas?,${hijas} = 'si',yes,,
choices
,list_name,name,label
,sn,si,Sí
,sn,no,No
settings
,form_title,form_id,version
,Su familia,familia,1
"""


@pytest.fixture
def titular(app) -> Oficina:
    return Oficina(app, "titular")


@pytest.fixture(autouse=True)
def _aqui_mismo(monkeypatch):
    """Otro proceso por cada hoja costaría medio segundo; el de verdad lo corre test_aparte y la prueba de navegador."""
    monkeypatch.setattr(aparte, "importar", aparte.leer_aqui)


def subir(titular: Oficina, contenido: bytes | str = FAMILIA, nombre: str = "familia.csv"):
    crudo = contenido.encode() if isinstance(contenido, str) else contenido
    return titular.post(SUBIR, archivo=(io.BytesIO(crudo), nombre))


def subir_grande(titular: Oficina, contenido: bytes):
    """Con el cuerpo ya armado: el cliente de pruebas deja abierto el archivo en que lo arma si pasa de 500 KB."""
    partes = [
        b'name="csrf_token"\r\n\r\n' + titular.ficha().encode(),
        b'name="archivo"; filename="a.csv"\r\n\r\n' + contenido,
    ]
    cuerpo = b"".join(b"--corte\r\nContent-Disposition: form-data; " + parte + b"\r\n" for parte in partes)
    return titular.cliente.post(
        SUBIR, data=cuerpo + b"--corte--\r\n", content_type="multipart/form-data; boundary=corte"
    )


def en_espera(titular: Oficina, contenido: str = FAMILIA) -> str:
    """La dirección del reporte."""
    respuesta = subir(titular, contenido)
    assert respuesta.status_code == 303, leer(respuesta)
    return respuesta.headers["Location"]


def guardadas(base) -> list[tuple[str, int]]:
    return [(f[0], f[1]) for f in base.execute("SELECT clave, version FROM instrumento ORDER BY 1, 2")]


# --- De la hoja a lo guardado ------------------------------------------------------------------------------------


def test_nada_se_guarda_hasta_que_se_dice_que_si(titular, base):
    antes = guardadas(base)
    reporte = en_espera(titular)
    pagina = titular.texto(reporte)
    assert guardadas(base) == antes
    assert "De «familia.csv» se leyeron 2 preguntas" in pagina
    assert "1 ¿Tiene hijas? Sí · No Una opción Sí M4" in pagina
    assert "2 ¿Cuántas? Solo si contestó «Sí» en la 1 Un número entero (obligatoria) No —" in pagina
    assert "survey 4 bind::jornada:indicador Ningún indicador usa «cuantas»." in pagina
    assert "Guardar esta versión" in pagina
    respuesta = titular.post(reporte)
    assert respuesta.status_code == 303
    assert set(guardadas(base)) - set(antes) == {("familia", 1)}
    assert "Se guardó «Su familia», versión 1." in titular.texto(respuesta.headers["Location"])
    assert [tuple(f) for f in base.execute("SELECT accion, objeto FROM bitacora ORDER BY id DESC LIMIT 1")] == [
        ("guardar encuesta", "encuesta familia 1")
    ]


def test_lo_que_espera_se_va_al_guardar_o_descartar(titular, base):
    reporte = en_espera(titular)
    titular.post(f"{reporte}/descarte")
    assert ("familia", 1) not in guardadas(base)
    for paso in (titular.get(reporte), titular.post(reporte), titular.get(f"{reporte}/vista")):
        assert paso.headers["Location"] == "/panel/instrumentos"
    assert "ya no está esperando" in titular.texto("/panel/instrumentos")
    reporte = en_espera(titular)
    titular.post(reporte)
    assert importadas.leer(base, reporte.rpartition("/")[2]) is None


def test_subir_otra_vez_lo_guardado_dice_que_ya_esta(titular):
    titular.post(en_espera(titular))
    pagina = titular.texto(en_espera(titular))
    assert "Ya está guardada y es igual" in pagina
    assert "Guardar" not in pagina.split("Lo que se leyó")[0].replace("guardar", "")
    desde_otra_ventana = titular.post(en_espera(titular))
    assert "ya estaba guardada" in titular.texto(desde_otra_ventana.headers["Location"])


def test_cambiar_sin_subir_la_version_dice_a_cual_y_deja_guardarla_con_ese_numero(titular, base):
    titular.post(en_espera(titular))
    reporte = en_espera(titular, FAMILIA.replace("¿Tiene hijas?", "¿Tiene hijas o hijos?"))
    pagina = titular.get(reporte)
    assert "suba version a 2" in leer(pagina)
    assert "Guardar como versión 2" in pagina.text
    assert "Antes decía «¿Tiene hijas?»." in leer(pagina)
    assert "Empieza de nuevo" in leer(pagina)
    sin_numero = titular.post(reporte)
    assert sin_numero.status_code == 409
    assert "suba version a 2" in leer(sin_numero)
    assert titular.post(reporte, version="99999999999999999999999").status_code == 409
    assert titular.post(reporte, version="3").status_code == 409
    assert titular.post(reporte, version="2").headers["Location"] == "/panel/instrumentos/familia/2"
    assert [v for v in guardadas(base) if v[0] == "familia"] == [("familia", 1), ("familia", 2)]
    assert instrumentos.leer(base, "familia", 1).preguntas[0].texto == "¿Tiene hijas?"


def test_otra_version_ensena_que_cambio_y_la_anterior_se_conserva(titular, base):
    titular.post(en_espera(titular))
    dos = FAMILIA.replace("familia,1", "familia,2").replace(",sn,no,No", ",sn,no,No\n,sn,nd,Prefiero no decir")
    reporte = en_espera(titular, dos)
    pagina = titular.texto(reporte)
    assert "Se guardará como la versión 2" in pagina
    assert "Se agregó la opción «Prefiero no decir»." in pagina
    titular.post(reporte)
    detalle = titular.texto("/panel/instrumentos/familia")
    assert "Qué cambió desde la versión 1" in detalle
    assert "1 pregunta quedó igual" in detalle
    assert "Qué cambió" not in titular.texto("/panel/instrumentos/familia/1")


def test_los_problemas_van_en_una_tabla_con_su_lugar_y_que_escribir(titular, base):
    antes = guardadas(base)
    mala = FAMILIA.replace("integer", "photo").replace("select_one sn", "select_one otra")
    respuesta = subir(titular, mala)
    assert respuesta.status_code == 422
    celdas = re.findall(r"<td[^>]*>(.*?)</td>", respuesta.text)
    assert celdas[:3] == ["survey", "3", "type"]
    assert "no está en la hoja choices" in celdas[3]
    assert celdas[5:8] == ["survey", "4", "type"]
    assert "no se toman fotos" in celdas[9]
    assert "2 cosas por corregir en «familia.csv»." in leer(respuesta)
    assert guardadas(base) == antes
    assert base.execute("SELECT count(*) FROM instrumento_borrador").fetchone()[0] == 0


def test_una_hoja_con_fotos_y_horas_se_puede_usar_sin_ellas_si_la_titular_lo_ve_y_lo_dice(titular, base):
    antes = guardadas(base)
    respuesta = subir(titular, FAMILIA.replace(",integer,", ",start,start,\n,photo,foto,Foto\n,integer,", 1))
    assert respuesta.status_code == 422
    assert "se puede usar" in leer(respuesta)
    assert guardadas(base) == antes
    reporte = re.search(r'href="(/panel/instrumentos/importada/[0-9a-f]+)"', respuesta.text)[1]
    pagina = leer(titular.get(reporte))
    assert pagina.count("Se quitó.") == 2
    assert titular.post(reporte).headers["Location"] == "/panel/instrumentos/familia/1"
    assert [p.clave for p in instrumentos.leer(base, "familia", 1).preguntas if p.clave in ("start", "foto")] == []


# --- Archivos que no sirven --------------------------------------------------------------------------------------


def test_sin_archivo_o_demasiado_grande_se_dice_en_palabras(titular, monkeypatch):
    respuesta = titular.post(SUBIR)
    assert (respuesta.status_code, "Elija el archivo" in respuesta.text) == (422, True)
    respuesta = subir_grande(titular, b"x" * 4_000_001)
    assert (respuesta.status_code, "más de 4 MB" in respuesta.text) == (413, True)
    monkeypatch.setattr(subida, "_DE_MAS", 5_000 - 4_000_000)  # el envío entero, cuando más 5,000
    respuesta = subir(titular, b"x" * 9_000)
    assert (respuesta.status_code, "más de 4 MB" in respuesta.text) == (413, True)


def test_uno_de_casi_cuatro_megas_se_lee_aunque_el_resto_del_sitio_acepte_menos(titular):
    larga = FAMILIA + "notas\n" + ",relleno\n" * 200 + "\n".join(["," + "x" * 19_000] * 200)
    assert 3_700_000 < len(larga) < 4_000_000
    respuesta = subir_grande(titular, larga.encode())
    assert titular.get(respuesta.headers["Location"]).status_code == 200


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    contenido=st.binary(max_size=300)
    | st.binary(max_size=60).map(lambda b: b"PK\x03\x04" + b)
    | st.text(max_size=200).map(str.encode)
    | st.lists(st.sampled_from([*FAMILIA.split("\n"), "settings", ",", ',"', ",begin_repeat,r,R", "\0"])).map(
        lambda filas: "\n".join(filas).encode()
    ),
    nombre=st.text(max_size=30) | st.sampled_from(["a.xlsx", "a.xls", "a.zip", "a.csv", "../x.md", "<b>.csv"]),
)
def test_ningun_archivo_tumba_la_pagina(titular, contenido, nombre):
    respuesta = titular.cliente.post(
        SUBIR, data={"csrf_token": titular.ficha(), "archivo": (io.BytesIO(contenido), nombre)}
    )
    assert respuesta.status_code in (303, 422)
    if respuesta.status_code == 303:
        reporte = respuesta.headers["Location"]
        assert titular.get(reporte).status_code == 200
        assert titular.get(f"{reporte}/vista").status_code == 200


def test_el_nombre_y_lo_escrito_no_son_codigo_de_la_pagina(titular):
    mala = FAMILIA.replace("¿Tiene hijas?", "<script>alert(1)</script>").replace("Su familia", "<b>x</b>")
    pagina = titular.get(subir(titular, mala, "<script>x.csv").headers["Location"]).text
    assert "<script>alert" not in pagina
    assert "<b>x" not in pagina
    assert "<script>x" not in subir(titular, "nada", "<script>x.csv").text


def test_sin_ficha_csrf_no_se_lee_nada(titular, base):
    respuesta = titular.cliente.post(SUBIR, data={"archivo": (io.BytesIO(FAMILIA.encode()), "a.csv")})
    assert respuesta.status_code == 400
    assert base.execute("SELECT count(*) FROM instrumento_borrador").fetchone()[0] == 0


def test_la_promotora_no_puede_agregar_encuestas(app, base):
    assert subir(Oficina(app, "promotora")).status_code == 403
    assert base.execute("SELECT count(*) FROM instrumento_borrador").fetchone()[0] == 0


# --- La vista previa ---------------------------------------------------------------------------------------------


def test_la_vista_previa_se_contesta_se_revisa_y_no_guarda_nada(titular, base):
    vista = f"{en_espera(titular)}/vista"
    pagina = titular.get(vista)
    assert "css/asistente.css" in pagina.text
    assert 'name="p_hijas"' in pagina.text
    mal = titular.post(vista, p_hijas="si")
    assert (mal.status_code, 'role="alert"' in mal.text) == (422, True)
    bien = leer(titular.post(vista, p_hijas="si", p_cuantas="2"))
    assert "no se guardó nada" in bien
    assert "¿Tiene hijas?: si" in bien
    assert "¿Cuántas?: 2" in bien
    assert [base.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("urna", "recibido")] == [0, 0]


def test_solo_el_panel_puede_enmarcar_la_vista_previa(titular):
    reporte = en_espera(titular)
    politicas = [
        titular.get(d).headers["Content-Security-Policy"] for d in (reporte, f"{reporte}/vista", "/panel/instrumentos")
    ]
    assert "frame-src 'self'" in politicas[0]
    assert "frame-ancestors 'none'" in politicas[0]
    assert "frame-ancestors 'self'" in politicas[1]
    assert "frame-src" not in politicas[2]
    assert all("unsafe" not in politica for politica in politicas)


def test_la_vista_previa_cambia_de_modulo_y_de_una_en_una(titular):
    vista = "/panel/instrumentos/antes/1/vista"
    assert "golpes" in titular.get(vista).text
    assert "golpes" not in titular.get(f"{vista}?tema=igualdad").text
    assert "data-por-pantalla" in titular.get(f"{vista}?por_pantalla=1").text


def test_lo_que_solo_pregunta_la_oficina_se_prueba_aparte(titular):
    reporte = en_espera(
        titular, FAMILIA.replace("integer,cuantas,¿Cuántas?,${hijas} = 'si',yes", "text,cuantas,¿Nota?,,")
    )
    assert "Como en un teléfono de la oficina" in titular.texto(reporte)
    assert "p_cuantas" not in titular.get(f"{reporte}/vista").text
    assert "p_cuantas" in titular.get(f"{reporte}/vista?personal=1").text
    vista = titular.post(f"{reporte}/vista?personal=1", p_cuantas="todo bien")
    assert "«todo bien» (aparte; nunca se publica)" in leer(vista)
    assert "Como en un teléfono" not in titular.texto("/panel/instrumentos/antes")


# --- Llevársela y dejar de ofrecerla -----------------------------------------------------------------------------


@pytest.mark.parametrize("formato", ["xlsx", "csv"])
@pytest.mark.parametrize("clave", ["antes", "despues", "satisfaccion", "reconocer"])
def test_lo_que_se_baja_se_importa_con_la_misma_huella(titular, formato, clave):
    bajado = titular.get(f"/panel/instrumentos/{clave}/1/hoja.{formato}")
    nombre = re.search(r'filename="(.*)"', bajado.headers["Content-Disposition"])[1]
    assert nombre == f"{clave}-1.{formato}"
    assert aparte.leer_aqui(nombre, bajado.data).instrumento.huella == incluidos()[clave].huella


def test_con_opciones_de_un_archivo_se_baja_un_zip_que_se_importa_igual(titular, base):
    lista = {"archivo": "lugares.csv", "opciones": [{"clave": "a", "texto": "A", "datos": {"zona": "norte"}}]}
    pregunta = {"clave": "lugar", "tipo": "una", "texto": "¿Dónde?", "archivo": "lugares.csv", "publicacion": "no"}
    datos = {"clave": "con_lista", "version": 1, "titulo": "Con lista", "intro": "", "minutos": 1}
    encuesta = Instrumento.de_dict(datos | {"preguntas": [pregunta], "listas": [lista]})
    instrumentos.asegurar(base, encuesta)
    bajado = titular.get("/panel/instrumentos/con_lista/1/hoja.xlsx")
    assert bajado.mimetype == "application/zip"
    assert aparte.leer_aqui("con_lista-1.zip", bajado.data).instrumento.huella == encuesta.huella


def test_la_plantilla_de_ejemplo_se_baja_y_se_puede_guardar(titular, base):
    plantilla = titular.get("/panel/instrumentos/plantilla.xlsx").data
    titular.post(subir(titular, plantilla, "plantilla-de-encuesta.xlsx").headers["Location"])
    assert ("encuesta_de_ejemplo", 1) in guardadas(base)
    assert titular.get("/panel/instrumentos/encuesta_de_ejemplo/1/papel.pdf?tamano=a4").data.startswith(b"%PDF")


def test_retirar_y_volver_a_ofrecer(titular, base):
    titular.post("/panel/instrumentos/satisfaccion/retiro")
    assert "Ya no se ofrece" in titular.texto("/panel/instrumentos")
    assert 'value="satisfaccion"' not in titular.get("/panel/eventos/nuevo").text
    titular.post("/panel/instrumentos/satisfaccion/oferta")
    assert 'value="satisfaccion"' in titular.get("/panel/eventos/nuevo").text
    acciones = [f[0] for f in base.execute("SELECT accion FROM bitacora ORDER BY id DESC LIMIT 2")]
    assert acciones == ["volver a ofrecer encuesta", "retirar encuesta"]


@pytest.mark.parametrize("resto", ["", "/9", "/1/hoja.xlsx", "/1/hoja.csv", "/1/vista", "/1/papel.pdf"])
def test_lo_que_no_existe_es_404(titular, resto):
    clave = "satisfaccion" if resto == "/9" else "ninguna"
    assert titular.get(f"/panel/instrumentos/{clave}{resto}").status_code == 404
    assert titular.post("/panel/instrumentos/ninguna/retiro").status_code == 404


# --- En un evento ------------------------------------------------------------------------------------------------


def formulario(**cambios) -> dict:
    datos = {clave: valor for clave, valor in evento_de_prueba().items() if valor not in (False, None)}
    return {clave: ("y" if valor is True else valor) for clave, valor in datos.items()} | cambios


def test_una_encuesta_recien_guardada_se_elige_en_un_evento_con_su_orden_y_su_modo(titular, base):
    titular.post(en_espera(titular))
    respuesta = titular.post(
        "/panel/eventos/nuevo",
        **formulario(
            encuestas=["satisfaccion", "familia"], orden=["satisfaccion 2", "familia 1"], por_pantalla=["familia"]
        ),
    )
    id = respuesta.headers["Location"].rpartition("/")[2]
    assert [(e["instrumento"], e["version"], e["por_pantalla"]) for e in eventos.leer(base, id)["encuestas"]] == [
        ("familia", 1, True),
        ("satisfaccion", 1, False),
    ]
    pagina = titular.get(f"/panel/eventos/{id}/editar").text
    assert '<option value="familia 1" selected>' in pagina
    assert 'name="por_pantalla" value="familia" checked' in pagina
    assert "Su familia, una pregunta por pantalla" in titular.texto(f"/panel/eventos/{id}")


def test_desde_una_encuesta_el_evento_nuevo_ya_la_trae_marcada(titular):
    pagina = titular.get("/panel/instrumentos/satisfaccion").text
    direccion = re.search(r'href="(/panel/eventos/nuevo[^"]*)"', pagina)[1]
    marcadas = re.findall(r"<input[^>]*name=\"encuestas\"[^>]*>", titular.get(direccion).text)
    assert ["satisfaccion" in una for una in marcadas if "checked" in una] == [True]
    assert re.search(r'<input checked[^>]*name="pide_nombre"', titular.get(direccion).text)
    assert titular.get("/panel/eventos/nuevo?encuesta=ninguna").status_code == 200


def test_el_evento_ofrece_la_version_nueva_mientras_nadie_conteste(titular, base, elenco):
    direccion = f"/panel/eventos/{elenco.evento_id}"
    otra = (
        exportar(incluidos()["satisfaccion"], "csv").decode("utf-8-sig").replace(",satisfaccion,1,", ",satisfaccion,2,")
    )
    titular.post(en_espera(titular, otra))
    assert "versión 1; ya hay una 2)" in titular.texto(direccion)
    assert "Usar la versión 2 de «¿Cómo estuvo?»" in titular.texto(direccion)
    respuesta = titular.post(f"{direccion}/version-nueva", encuesta="satisfaccion")
    assert respuesta.status_code == 303
    assert {e["instrumento"]: e["version"] for e in eventos.leer(base, elenco.evento_id)["encuestas"]}[
        "satisfaccion"
    ] == 2
    assert "ya hay una" not in titular.texto(direccion)
    assert titular.post(f"{direccion}/version-nueva", encuesta="ninguna").status_code == 422


def test_una_retirada_se_queda_en_el_evento_que_ya_la_tenia(titular, base, elenco):
    titular.post("/panel/instrumentos/antes/retiro")
    pagina = titular.get(f"/panel/eventos/{elenco.evento_id}/editar").text
    assert re.search(r'checked[^>]*value="antes"|value="antes"[^>]*checked', pagina)
    assert (
        titular.post(f"/panel/eventos/{elenco.evento_id}/editar", **formulario(encuestas=["antes"])).status_code == 303
    )
    assert titular.post("/panel/eventos/nuevo", **formulario(encuestas=["antes"])).status_code == 422
