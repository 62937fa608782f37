"""Cada pantalla de campo, en teléfono y en escritorio: sin faltas de accesibilidad y sin salirse."""

from playwright.sync_api import expect

from tests.navegador.accesibilidad import accesible, con_axe, problemas_a_lo_ancho
from tests.navegador.promotora import (
    al_evento,
    contestar,
    contexto_de_telefono,
    enviar,
    preparar,
    registrar,
    violaciones,
)


def test_ninguna_pantalla_tiene_faltas_de_accesibilidad(navegador, sitio):
    contexto = contexto_de_telefono(navegador)
    con_axe(contexto)
    pagina = contexto.new_page()
    malas = {}

    def mirar(nombre: str) -> None:
        if faltas := problemas_a_lo_ancho(pagina, accesible):
            malas[nombre] = faltas

    pagina.goto(f"{sitio}/campo/entrar")
    pagina.get_by_role("button", name="Entrar").click()
    mirar("entrar con errores")
    preparar(pagina, sitio)
    mirar("preparar")
    pagina.get_by_role("link", name="Ir a los eventos").click()
    expect(pagina.get_by_role("heading", name="¿Dónde va a registrar?")).to_be_visible()
    mirar("eventos")
    al_evento(pagina)
    registrar(pagina)
    mirar("evento")
    for accion, espera in (
        ("registrar", "¿Usted es…?"),
        ("contar", "Un toque por persona"),
        ("escanear", "Sin cámara"),
    ):
        pagina.goto(f"{pagina.url.split('#')[0]}#/{'/'.join(pagina.url.split('#/')[1].split('/')[:2])}/{accion}")
        expect(pagina.get_by_text(espera).first).to_be_visible()
        mirar(accion)
    pagina.get_by_role("link", name="Atrás").click()
    pagina.get_by_role("link", name="Aviso de privacidad").click()
    expect(pagina.get_by_role("heading", name="Aviso de privacidad")).to_be_visible()
    mirar("aviso")
    enviar(pagina)
    mirar("pendientes")
    pagina.goto(f"{sitio}/campo/#/")
    al_evento(pagina)
    pagina.get_by_role("link", name="Encuesta").click()
    expect(pagina.get_by_role("heading", name="Encuesta")).to_be_visible()
    mirar("encuesta")
    pagina.get_by_role("button", name="Prestar el teléfono: ¿Cómo estuvo?").click()
    expect(pagina.get_by_role("button", name="Empezar")).to_be_visible()
    mirar("prestado, inicio")
    pagina.get_by_role("button", name="Empezar").click()
    expect(pagina.locator(".f-encuesta").first).to_be_visible()
    mirar("prestado, pregunta")
    contestar(pagina)
    expect(pagina.get_by_text("Listo. Gracias.")).to_be_visible()
    mirar("prestado, listo")
    contexto.close()
    assert malas == {}


def test_axe_encuentra_una_falta_plantada(contexto, sitio):
    pagina = contexto.new_page()
    pagina.goto(f"{sitio}/campo/entrar")
    pagina.evaluate("document.querySelector('label').remove()")
    assert "label" in violaciones(pagina)
