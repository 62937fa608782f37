"""Los textos que dicen lo que se contestó, en Chromium: cambian al contestar, en cada vuelta, y sin guion se leen."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from recoleccion.consultas import instrumentos
from tests.formularios.test_huecos import TABLA, _importa
from tests.navegador.accesibilidad import problemas
from tests.navegador.servido import servida
from tests.recoleccion.vistas.paginas import nuevo_evento


@pytest.fixture
def direcciones(app, base, azar) -> Iterator[list[str]]:
    instrumentos.asegurar(base, _importa(TABLA))
    de_una_en_una = {"instrumento": "casa", "version": 1, "por_pantalla": True}
    with servida(app) as raiz:
        claves = [nuevo_evento(base, azar, encuestas=[encuesta]) for encuesta in ("casa", de_una_en_una)]
        yield [f"{raiz}/{clave}/e/1" for clave in claves]


def _pagina(navegador: Browser, **como) -> Page:
    contexto = navegador.new_context(viewport={"width": 360, "height": 640}, locale="es-MX", **como)
    return contexto.new_page()


def test_cada_texto_dice_lo_contestado_conforme_se_contesta(navegador: Browser, direcciones: list[str]) -> None:
    pagina = _pagina(navegador)
    pagina.goto(direcciones[0])
    pagina.locator("[data-viva]").wait_for()
    nota = pagina.locator("[data-p=hola]")
    expect(nota).to_contain_text("Gracias, (lo que contestó en la 1). Siguen")
    pagina.locator("#p_nombre").fill("Ana <3")
    expect(nota).to_contain_text("Gracias, Ana <3. Siguen")
    expect(pagina.get_by_label("Ana <3, ¿cuántas hijas tiene?")).to_be_visible()
    pagina.locator("[name=p_hijas]").fill("2")
    expect(pagina.get_by_role("heading", level=2)).to_have_text("Las 2 hijas de Ana <3")
    expect(pagina.get_by_text("El doble son 4")).to_be_visible()
    expect(pagina.get_by_label("La propia Ana <3 & <otra>")).to_be_visible()
    pagina.locator("[name='p_como~1']").fill("Luz")
    pagina.get_by_role("button", name="Agregar otra").click()
    pagina.locator("[name='p_como~2']").fill("Sol")
    expect(pagina.get_by_label("¿Cuántos años tiene Luz?")).to_be_visible()
    expect(pagina.get_by_label("¿Cuántos años tiene Sol?")).to_be_visible()
    assert problemas(pagina) == []
    pagina.locator("[name='p_edad~2']").fill("4")
    pagina.get_by_role("button", name="Enviar").click()
    expect(pagina.get_by_role("alert")).to_have_text("Diga la edad de Luz, por favor.")
    pagina.get_by_role("button", name="Quitar: Hija de Ana <3 (1)").click()
    expect(pagina.get_by_label("¿Cuántos años tiene Sol?")).to_have_value("4")
    pagina.locator("#p_nombre").fill("")
    expect(nota).to_contain_text("Gracias, (lo que contestó en la 1). Siguen")
    pagina.get_by_role("button", name="Enviar").click()
    expect(pagina.get_by_text("Quedó guardado. Gracias.")).to_be_visible()
    pagina.context.close()


def test_de_una_en_una_y_con_lo_que_regresa_el_servidor(navegador: Browser, direcciones: list[str]) -> None:
    pagina = _pagina(navegador)
    pagina.goto(direcciones[1])
    pagina.get_by_role("button", name="Empezar").click()
    pagina.locator("#p_nombre").fill("Eva")
    pagina.get_by_role("button", name="Siguiente").click()
    expect(pagina.get_by_label("Eva, ¿cuántas hijas tiene?")).to_be_visible()
    pagina.context.close()
    pagina = _pagina(navegador, java_script_enabled=False)
    pagina.goto(direcciones[0])
    expect(pagina.get_by_label("(lo que contestó en la 1), ¿cuántas hijas tiene?")).to_be_visible()
    pagina.locator("#p_nombre").fill("Eva")
    pagina.locator("[name=p_hijas]").fill("30")
    pagina.get_by_role("button", name="Enviar").click()
    expect(pagina.get_by_label("Eva, ¿cuántas hijas tiene?")).to_have_value("30")
    expect(pagina.get_by_role("alert").first).to_have_text("¿De verdad 30, Eva?")
    pagina.context.close()
