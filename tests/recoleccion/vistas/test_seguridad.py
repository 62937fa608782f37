"""Cabeceras, cookie de sesión, procedencia y compresión."""

import gzip
import re
from base64 import b64encode
from hashlib import sha256

import brotli
import pytest
from flask import render_template_string, session
from flask_wtf.csrf import generate_csrf

from formularios.instrumento import PARTES_MAXIMAS
from recoleccion.aplicacion import create_app
from recoleccion.consultas import ajustes, conexion

_CSP = (
    "default-src 'none'; style-src {estilo}; script-src 'self'; img-src {imagen}; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; connect-src 'self'"
)
CSP = _CSP.format(estilo="'self'", imagen="'self'")
CSP_ARCHIVO = "default-src 'none'"


@pytest.fixture
def con_sesion(app):
    """La aplicación con una página que usa sesión y ficha CSRF, como las del panel."""

    @app.route("/panel/con-sesion", methods=["GET", "POST"])
    @app.route("/campo/con-sesion", methods=["GET", "POST"])
    def pagina():
        session["cuenta"] = "x"
        return f"<p>{generate_csrf()}</p>" + "relleno " * 500

    return app


def csp_de(respuesta) -> str:
    """La que le toca a una página de asistente: sólo admite el estilo que trae, letra por letra."""
    estilos = re.findall(r"<style>(.*?)</style>", respuesta.text, re.DOTALL)
    assert len(estilos) == 1
    huella = b64encode(sha256(estilos[0].encode()).digest()).decode()
    return _CSP.format(estilo=f"'sha256-{huella}'", imagen="'self' data:")


def cabeceras_que_faltan(respuesta, csp=CSP, *, archivo=False):
    """Las que toda respuesta lleva y ésta no."""
    esperadas = {
        "Content-Security-Policy": csp,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if not archivo:
        esperadas |= {
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cache-Control": "no-store",
        }
    faltan = {nombre for nombre, valor in esperadas.items() if respuesta.headers.get(nombre) != valor}
    return faltan | ({"unsafe"} if "unsafe-inline" in respuesta.headers.get("Content-Security-Policy", "") else set())


@pytest.mark.parametrize(
    ("metodo", "direccion", "estado"),
    [
        ("get", "/", 200),
        ("get", "/?c=X0", 422),
        ("get", "/ayuda", 200),
        ("get", "/ZZZZZZ", 404),
        ("get", "/no/existe/nunca", 404),
        ("put", "/ayuda", 405),
        ("get", "/static/no-existe.css", 404),
    ],
)
def test_las_cabeceras_van_en_toda_respuesta_tambien_en_los_errores(cliente, metodo, direccion, estado):
    respuesta = getattr(cliente, metodo)(direccion)
    assert respuesta.status_code == estado
    assert cabeceras_que_faltan(respuesta, csp_de(respuesta)) == set()


def test_un_archivo_abierto_solo_no_puede_nada(cliente):
    for direccion in ("/static/css/asistente.css", "/static/img/registro.svg", "/favicon.ico"):
        respuesta = cliente.get(direccion)
        es_vista = direccion == "/favicon.ico"
        assert cabeceras_que_faltan(respuesta, CSP if es_vista else CSP_ARCHIVO, archivo=True) == set()


def test_la_oficina_sigue_con_sus_estilos_en_archivos(cliente):
    respuesta = cliente.get("/panel/entrar")
    assert "<style" not in respuesta.text
    assert respuesta.headers["Content-Security-Policy"] == CSP


def test_las_cabeceras_van_aunque_la_vista_truene_o_se_pase_de_grande(app, elenco):
    @app.get("/truena")
    def truena():
        raise RuntimeError("adentro")

    cliente = app.test_client()
    caida = cliente.get("/truena")
    assert cabeceras_que_faltan(caida, csp_de(caida)) == set()
    enorme = cliente.post(f"/{elenco.clave}/r", data={"nombre": "x" * 2_000_000})
    assert (enorme.status_code, cabeceras_que_faltan(enorme, csp_de(enorme))) == (413, set())


def test_muchos_campos_caben_y_un_cuerpo_de_puros_campos_no(cliente, elenco):
    """Lo que admite la encuesta más grande cabe; leer medio millón de campos vacíos ocuparía cien veces lo que pesa."""
    muchos = "&".join(f"p_{n}~1=valor" for n in range(PARTES_MAXIMAS)) + "&ficha=&id="
    tipo = "application/x-www-form-urlencoded"
    assert cliente.post(f"/{elenco.clave}/e/1", data=muchos, content_type=tipo).status_code == 303
    for cuerpo in (muchos + "&x" * 100, "&" * 600_000):
        for direccion in (f"/{elenco.clave}/e/1", "/panel/entrar"):
            assert cliente.post(direccion, data=cuerpo, content_type=tipo).status_code == 413


def test_la_revision_de_cabeceras_descubre_las_que_faltan(app):
    """Control: una vista que aflojara la política se nota."""

    @app.get("/floja")
    def floja():
        return "x", {"Content-Security-Policy": "script-src 'unsafe-inline'"}

    @app.get("/otro-estilo")
    def otro_estilo():
        return render_template_string("{{ estilo('css/asistente.css') }}<style>p{color:red}</style>")

    assert cabeceras_que_faltan(app.test_client().get("/floja")) == {"Content-Security-Policy", "unsafe"}
    respuesta = app.test_client().get("/otro-estilo")
    with pytest.raises(AssertionError):
        csp_de(respuesta)


def test_solo_las_paginas_de_campo_permiten_webassembly_y_camara(cliente):
    campo, asistente = cliente.get("/campo/entrar"), cliente.get("/ayuda")
    assert "'wasm-unsafe-eval'" in campo.headers["Content-Security-Policy"]
    assert "worker-src 'self'" in campo.headers["Content-Security-Policy"]
    assert "camera=(self)" in campo.headers["Permissions-Policy"]
    assert "wasm" not in asistente.headers["Content-Security-Policy"]
    assert "camera=()" in asistente.headers["Permissions-Policy"]


def test_un_guion_que_corre_como_worker_trae_su_propia_politica(cliente):
    de_obrero = cliente.get("/static/js/lector_obrero.js").headers["Content-Security-Policy"]
    assert de_obrero == "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
    assert cliente.get("/static/js/asistente/asistente.js").headers["Content-Security-Policy"] == "default-src 'none'"


def test_la_cookie_de_sesion_es_solo_del_servidor(con_sesion):
    cookie = con_sesion.test_client().get("/panel/con-sesion").headers["Set-Cookie"]
    assert cookie.startswith("sesion=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_con_direccion_https_la_cookie_es_segura_y_de_este_host(datos, reloj):
    base = conexion.abrir(datos / "privada.db")
    ajustes.guardar(base, "host_publico", "https://jornada.example.mx")
    base.conn.close()
    app = create_app(datos, reloj=reloj)

    @app.get("/panel/con-sesion")
    def pagina():
        session["cuenta"] = "x"
        return "bien"

    cookie = app.test_client().get("/panel/con-sesion", base_url="https://jornada.example.mx").headers["Set-Cookie"]
    assert cookie.startswith("__Host-sesion=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


@pytest.mark.parametrize("direccion", ["/panel/con-sesion", "/campo/con-sesion"])
def test_un_post_con_sesion_y_sin_ficha_csrf_se_rechaza(con_sesion, direccion):
    cliente = con_sesion.test_client()
    ficha = cliente.get(direccion).text.split("<p>")[1].split("</p>")[0]
    rechazado = cliente.post(direccion)
    assert rechazado.status_code == 400
    assert "recárguela" in rechazado.text
    assert cliente.post(direccion, headers={"X-CSRFToken": ficha}).status_code == 200


@pytest.mark.parametrize("direccion", ["/panel/con-sesion", "/campo/con-sesion"])
def test_lo_que_lleva_ficha_csrf_nunca_se_comprime(con_sesion, direccion):
    respuesta = con_sesion.test_client().get(direccion, headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in respuesta.headers


@pytest.mark.parametrize("direccion", ["/ayuda", "/static/css/asistente.css", "/static/js/asistente/asistente.js"])
def test_las_paginas_de_asistentes_y_lo_estatico_se_comprimen(cliente, direccion):
    comprimida = cliente.get(direccion, headers={"Accept-Encoding": "gzip"})
    entera = cliente.get(direccion)
    assert comprimida.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(comprimida.data) == entera.data
    assert "Accept-Encoding" in comprimida.headers["Vary"]


def test_un_archivo_de_texto_va_en_brotli_al_maximo(cliente):
    direccion = "/static/css/asistente.css"
    comprimida = cliente.get(direccion, headers={"Accept-Encoding": "gzip, br"})
    assert comprimida.headers["Content-Encoding"] == "br"
    assert comprimida.headers["Content-Length"] == str(len(comprimida.data))
    assert "Accept-Encoding" in comprimida.headers["Vary"]
    assert brotli.decompress(comprimida.data) == cliente.get(direccion).data


@pytest.mark.parametrize("codificacion", ["gzip", "br", "gzip, deflate, br"])
def test_un_estatico_ya_descargado_contesta_304_tambien_comprimido(cliente, codificacion):
    direccion, acepta = "/static/css/asistente.css", {"Accept-Encoding": codificacion}
    etiqueta = cliente.get(direccion, headers=acepta).headers["ETag"]
    assert cliente.get(direccion, headers=acepta | {"If-None-Match": etiqueta}).status_code == 304


@pytest.mark.parametrize(
    "cabeceras",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://otra.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    ],
)
def test_un_envio_desde_otra_pagina_no_guarda_nada(cliente, base, elenco, cabeceras):
    respuesta = cliente.post(f"/{elenco.clave}/n", headers=cabeceras)
    assert respuesta.status_code == 403
    assert "Ese envío vino de otra página" in respuesta.text
    assert base.execute("SELECT count(*) FROM asistencia").fetchone()[0] == 0


@pytest.mark.parametrize(
    "cabeceras", [{}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "http://localhost"}]
)
def test_un_envio_desde_nuestra_pagina_se_guarda(cliente, base, elenco, cabeceras):
    assert cliente.post(f"/{elenco.clave}/n", headers=cabeceras).status_code == 303
    assert base.execute("SELECT count(*) FROM asistencia").fetchone()[0] == 1


def test_sin_configurarlo_no_se_cree_en_las_cabeceras_de_un_proxy(app, datos, reloj, monkeypatch):
    def ver(aplicacion):
        @aplicacion.get("/quien")
        def quien():
            from flask import request

            return f"{request.scheme} {request.host}"

        cabeceras = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "jornada.example.mx"}
        return aplicacion.test_client().get("/quien", headers=cabeceras).text

    assert ver(app) == "http localhost"
    monkeypatch.setenv("JORNADA_PROXY", "1")
    assert ver(create_app(datos, reloj=reloj)) == "https jornada.example.mx"
