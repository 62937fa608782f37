"""Agregar un teléfono con ODK Collect, en Chromium y con teclado: sin violaciones de axe, y lo que da sirve."""

import urllib.request

from playwright.sync_api import Browser, expect

from tests.atendida import atendida
from tests.elenco import CONTRASENA
from tests.navegador.accesibilidad import TAMANOS, accesible


def test_la_titular_saca_el_codigo_con_el_teclado_y_la_direccion_ya_contesta(navegador: Browser, app):
    with atendida(app) as sitio:
        pagina = navegador.new_page(locale="es-MX")
        pagina.goto(f"{sitio}/panel/entrar")
        pagina.get_by_label("Usuario").fill("titular")
        pagina.get_by_label("Contraseña").fill(CONTRASENA)
        pagina.keyboard.press("Enter")
        pagina.wait_for_url("**/panel/")
        pagina.goto(f"{sitio}/panel/telefonos")
        pagina.get_by_text("Agregar un teléfono con ODK Collect o KoboCollect").focus()
        pagina.keyboard.press("Enter")
        assert accesible(pagina) == []
        pagina.get_by_label("¿Quién lo va a usar?").select_option(label="Rosa")
        pagina.get_by_label("Nombre del teléfono").fill("Samsung azul")
        pagina.keyboard.press("Enter")
        expect(pagina.locator(".qr svg")).to_be_visible()
        pagina.get_by_text("Si la aplicación pide la dirección").focus()
        pagina.keyboard.press("Enter")
        for ancho, alto in TAMANOS:
            pagina.set_viewport_size({"width": ancho, "height": alto})
            assert accesible(pagina) == []
        camino = pagina.locator(".direccion-larga").inner_text().partition("/openrosa/")[2]
        with urllib.request.urlopen(f"{sitio}/openrosa/{camino}/formList") as respuesta:
            assert b"Registro de asistencia" in respuesta.read()
        pagina.context.close()
