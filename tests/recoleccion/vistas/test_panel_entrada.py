"""Entrar y salir de la oficina."""

import pytest

from recoleccion.vistas import sesion
from tests.elenco import CONTRASENA
from tests.recoleccion.vistas.oficina import Oficina


def test_entrar_lleva_a_hoy_y_deja_su_renglon_en_la_bitacora(app, base):
    navegador = Oficina(app)
    respuesta = navegador.post("/panel/entrar", usuario="titular", contrasena=CONTRASENA)
    assert respuesta.headers["Location"] == "/panel/"
    fila = base.execute("SELECT quien, accion FROM bitacora ORDER BY id DESC").fetchone()
    assert tuple(fila) == ("titular", "entrar")
    assert navegador.get("/panel/").status_code == 200


def test_la_cookie_no_la_lee_javascript_ni_viaja_desde_otro_sitio(app):
    respuesta = Oficina(app).post("/panel/entrar", usuario="titular", contrasena=CONTRASENA)
    cookie = respuesta.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize(("usuario", "contrasena"), [("titular", "otra"), ("nadie", CONTRASENA)])
def test_un_error_no_dice_cual_de_los_dos_esta_mal_y_conserva_el_usuario(app, usuario, contrasena):
    respuesta = Oficina(app).post("/panel/entrar", usuario=usuario, contrasena=contrasena)
    assert respuesta.status_code == 422
    assert "El usuario o la contraseña no coinciden" in respuesta.text
    assert f'value="{usuario.strip()}"' in respuesta.text
    assert f'value="{contrasena}"' not in respuesta.text


def test_sin_llenar_dice_que_falta(app):
    respuesta = Oficina(app).post("/panel/entrar", usuario="", contrasena="")
    assert respuesta.status_code == 422
    assert "Escriba su usuario y su contraseña" in respuesta.text


def test_despues_de_entrar_se_llega_a_donde_se_iba(app, elenco):
    navegador = Oficina(app)
    pedida = f"/panel/eventos/{elenco.evento_id}"
    manda = navegador.get(pedida)
    assert manda.headers["Location"] == f"/panel/entrar?next={pedida}"
    assert f'name="next" value="{pedida}"' in navegador.get(manda.headers["Location"]).text
    respuesta = navegador.post("/panel/entrar", usuario="titular", contrasena=CONTRASENA, next=pedida)
    assert respuesta.headers["Location"] == pedida


@pytest.mark.parametrize(
    "destino",
    [
        "https://malo.example/panel/",
        "//malo.example/panel/",
        "/\\malo.example",
        "/panel/\\malo",
        "javascript:alert(1)",
        "/panel/\n//malo",
        "\t//malo.example",
        "/",
        "panel/",
    ],
)
def test_nunca_manda_a_otro_sitio(destino):
    assert sesion.destino_local(destino) is None


def test_un_destino_ajeno_se_cambia_por_hoy(app):
    respuesta = Oficina(app).post(
        "/panel/entrar", usuario="titular", contrasena=CONTRASENA, next="//malo.example/panel/"
    )
    assert respuesta.headers["Location"] == "/panel/"


def test_salir_cierra_la_sesion(app):
    navegador = Oficina(app, "titular")
    assert navegador.post("/panel/salir").headers["Location"] == "/panel/entrar"
    assert navegador.get("/panel/").status_code == 303


def test_una_cuenta_que_se_desactiva_pierde_su_sesion_de_inmediato(app, base):
    navegador = Oficina(app, "promotora")
    base.execute("UPDATE cuenta SET activa = 0 WHERE usuario = 'promotora'")
    assert navegador.get("/panel/").headers["Location"].startswith("/panel/entrar")


def test_quien_pide_json_sin_sesion_recibe_401_y_no_una_pagina_de_entrada(app, elenco):
    assert Oficina(app).get(f"/panel/eventos/{elenco.evento_id}/vivo.json").status_code == 401
