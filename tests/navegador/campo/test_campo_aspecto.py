"""Cada pantalla de campo, en teléfono y en escritorio: sin faltas de accesibilidad y sin salirse."""

import pytest
from playwright.sync_api import expect

from tests.navegador.promotora import (
    al_evento,
    contestar,
    contexto_de_telefono,
    enviar,
    preparar,
    registrar,
    violaciones,
)


@pytest.mark.parametrize("ancho", [360, 1280])
def test_ninguna_pantalla_tiene_faltas_de_accesibilidad(navegador, sitio, ancho):
    contexto = contexto_de_telefono(navegador)
    pagina = contexto.new_page()
    pagina.set_viewport_size({"width": ancho, "height": 640 if ancho == 360 else 800})
    malas = {}

    def mirar(nombre: str) -> None:
        if faltas := violaciones(pagina):
            malas[nombre] = faltas
        desborde = pagina.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert desborde <= 0, f"{nombre} se sale {desborde} px"

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
    mirar("prestado, inicio")
    pagina.get_by_role("button", name="Empezar").click()
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
