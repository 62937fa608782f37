"""Lo que toda página cumple: archivos estáticos, errores amables y registros de falla sin datos de nadie."""

import logging
import re
import shutil

import pytest
from flask import abort

from recoleccion import paquete
from recoleccion.aplicacion import create_app
from recoleccion.consultas import directorio, poa
from recoleccion.errores import ErrorJornada
from recoleccion.preparar import preparar
from recoleccion.vistas import contexto, seguridad
from tests.elenco import CONTRASENA, HORA

NOMBRE = "Guadalupe Íñiguez Ruvalcaba"


def test_las_carpetas_se_encuentran_en_el_arbol_y_ya_instaladas(tmp_path):
    assert (paquete.carpeta("static") / "css").is_dir()
    instalado = tmp_path / "site-packages" / "recoleccion"
    (instalado / "plantillas").mkdir(parents=True)
    (tmp_path / "site-packages" / "plantillas").mkdir()  # de otro paquete: no es la nuestra
    assert paquete.carpeta("plantillas", instalado) == instalado / "plantillas"
    with pytest.raises(FileNotFoundError, match="static"):
        paquete.carpeta("static", instalado)


def test_un_estatico_con_su_huella_no_caduca_y_sin_ella_se_revisa(app, cliente):
    with app.test_request_context():
        direccion = app.jinja_env.globals["estatico"]("css/asistente.css")
    con_huella, vieja = cliente.get(direccion), cliente.get("/static/css/asistente.css?v=0000000000")
    assert con_huella.headers["Cache-Control"] == "max-age=31536000, immutable"
    assert vieja.headers["Cache-Control"] == "no-cache"


def test_la_huella_de_un_estatico_cambia_con_su_contenido(app, tmp_path):
    copia = tmp_path / "static"
    shutil.copytree(paquete.carpeta("static"), copia)
    app.static_folder = str(copia)
    with app.test_request_context():
        estatico = app.jinja_env.globals["estatico"]
        antes = estatico("css/asistente.css")
        (copia / "css/asistente.css").write_text("body{}", encoding="utf-8")
        assert estatico("css/asistente.css") != antes


def test_sin_preparar_la_aplicacion_no_arranca_y_dice_que_hacer(tmp_path):
    with pytest.raises(ErrorJornada) as error:
        create_app(tmp_path / "vacia")
    assert error.value.codigo == "no_hay_base"


@pytest.mark.parametrize(
    ("direccion", "estado"), [("/no/existe/aqui", 404), ("/static/no.js", 404), ("/panel/no/existe", 404)]
)
def test_una_direccion_que_no_existe_da_una_pagina_que_ayuda(cliente, direccion, estado):
    respuesta = cliente.get(direccion)
    assert respuesta.status_code == estado
    assert "Esa página no existe" in respuesta.text
    assert 'href="/' in respuesta.text


def test_un_metodo_equivocado_da_405_y_dice_cuales_si(cliente, elenco):
    respuesta = cliente.put(f"/{elenco.clave}/r")
    assert respuesta.status_code == 405
    assert "POST" in respuesta.headers["Allow"]
    assert "Esa página no se usa así" in respuesta.text


def test_un_envio_enorme_da_413_amable(cliente, elenco):
    respuesta = cliente.post(f"/{elenco.clave}/r", data={"nombre": "x" * 2_000_000})
    assert respuesta.status_code == 413
    assert "demasiado grande" in respuesta.text


def test_los_errores_de_la_api_son_json_con_que_hacer(app):
    @app.get("/api/v1/prueba-de-falla")
    def falla():
        raise ErrorJornada("disco_lleno")

    respuesta = app.test_client().get("/api/v1/prueba-de-falla")
    assert respuesta.status_code == 507
    assert respuesta.json["version"] == 1
    assert respuesta.json["error"]["codigo"] == "disco_lleno"
    assert respuesta.json["error"]["que_hacer"]
    desconocida = app.test_client().get("/api/v1/no-existe")
    assert (desconocida.status_code, desconocida.json["error"]["codigo"]) == (404, "http_404")


def _app_que_falla(app):
    @app.route("/falla/<dato>", methods=["GET", "POST"])
    @seguridad.csrf.exempt
    def falla(dato):
        raise ValueError(f"no pude guardar a {NOMBRE}")

    @app.get("/lleno")
    def lleno():
        raise ErrorJornada("disco_lleno")

    return app.test_client()


def test_una_falla_nuestra_no_ensena_nada_de_adentro(app):
    respuesta = _app_que_falla(app).get("/falla/x")
    assert respuesta.status_code == 500
    assert "Algo falló de nuestro lado" in respuesta.text
    for adentro in ("ValueError", "Traceback", NOMBRE, ".py", "sqlite"):
        assert adentro not in respuesta.text


def test_a_una_asistente_no_se_le_pide_liberar_el_disco(app):
    respuesta = _app_que_falla(app).get("/lleno")
    assert respuesta.status_code == 507
    assert "disco" not in respuesta.text
    assert "Algo falló de nuestro lado" in respuesta.text


def test_los_registros_de_falla_no_llevan_nombres_formularios_ni_codigos(app, caplog):
    caplog.set_level(logging.DEBUG)
    _app_que_falla(app).post(f"/falla/K7MD2Q?c=K7MD2Q&n={NOMBRE}", data={"nombre": NOMBRE})
    assert "ValueError en POST /falla/<dato>" in caplog.text
    assert "test_aplicacion.py" in caplog.text  # dónde falló sí se anota
    assert NOMBRE not in caplog.text
    assert "Íñiguez" not in caplog.text
    assert "K7MD2Q" not in caplog.text


def test_el_registro_de_fallas_de_flask_si_lo_delataria(app, caplog):
    """Control: sin nuestra clase, el nombre y el código quedarían escritos."""
    app.__class__ = type(app).__mro__[1]
    _app_que_falla(app).post("/falla/K7MD2Q", data={"nombre": NOMBRE})
    assert NOMBRE in caplog.text
    assert "K7MD2Q" in caplog.text


def test_cada_peticion_cierra_su_conexion(app):
    abiertas = []

    @app.get("/usa-la-base")
    def usa():
        abiertas.append(contexto.bd())
        assert contexto.bd() is abiertas[-1]
        return "bien"

    assert app.test_client().get("/usa-la-base").text == "bien"
    assert app.test_client().get("/usa-la-base").text == "bien"
    assert abiertas[0] is not abiertas[1]
    for base in abiertas:
        with pytest.raises(Exception, match="closed"):
            base.conn.execute("SELECT 1")


def test_un_abort_con_pagina_propia_se_respeta(app):
    @app.get("/propia")
    def propia():
        abort(app.make_response(("mi página", 418)))

    assert app.test_client().get("/propia").text == "mi página"


def volcado(base) -> dict:
    """Todo lo que hay en la base."""
    return {tabla: [tuple(fila) for fila in base.execute(f"SELECT * FROM {tabla}")] for tabla in base.table_names()}


def test_preparar_otra_vez_no_cambia_ni_duplica_nada(datos, base):
    antes = volcado(base)
    (datos / "catalogos" / "sexo.csv").unlink()
    preparar(datos, usuario="otra", contrasena=CONTRASENA, ahora=HORA)
    assert volcado(base) == antes
    assert (datos / "catalogos" / "sexo.csv").is_file()


def test_preparar_deja_las_16_lineas_del_poa_y_las_lineas_de_ayuda(base):
    assert len(poa.listar(base, 2026)) == 16
    lineas = directorio.ayuda(base)
    assert [linea["telefono"] for linea in lineas][:2] == ["911", "079"]
    assert not any(linea["propia"] for linea in lineas)


def test_preparar_no_deja_huecos_en_los_avisos(base):
    fila = base.execute("SELECT simplificado, integral, leido FROM aviso WHERE version = 1").fetchone()
    for texto in fila:
        assert "Ayuntamiento de Valle de Guadalupe, Jalisco" in texto
        assert not re.search(r"[{}]", texto)
    assert "la encuesta es anónima y no se junta con la lista" in fila["integral"].lower()


def test_las_llaves_solo_las_lee_quien_instala(datos):
    for archivo in (datos / "claves").iterdir():
        assert archivo.stat().st_mode & 0o077 == 0
