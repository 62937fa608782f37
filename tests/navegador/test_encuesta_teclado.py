"""Una encuesta con una pregunta de cada tipo, solo con el teclado: a todo se llega, se ve dónde se está y se manda."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from formularios.xlsform import importar
from recoleccion.consultas import instrumentos
from tests.elenco import HORA
from tests.navegador.servido import servida
from tests.recoleccion.vistas.paginas import nuevo_evento

CADA_TIPO = Path(__file__).resolve().parents[1] / "formularios" / "datos" / "todo.csv"
_AQUI = """() => {
  const e = document.activeElement, estilo = getComputedStyle(e), marco = getComputedStyle(e.closest("label") ?? e);
  const se_ve = [estilo, marco].some((s) => s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2);
  return [e.name || e.closest("[data-p], [data-orden]")?.dataset.p || e.tagName, e.type ?? "", se_ve];
}"""
_POR_LLEGAR = """() => [...new Set([...document.querySelectorAll("form :is(input, select, textarea)")]
  .filter((e) => e.name && e.type !== "hidden" && e.checkVisibility()).map((e) => e.name))]"""
TECLAS = {"p_cuantas": "2", "p_estatura": "1.6", "p_minutos": "15", "p_en_casa": "4", "p_edad~1": "7"}


@pytest.fixture
def pagina(navegador: Browser, app, base, azar) -> Iterator[Page]:
    instrumento = importar(CADA_TIPO.name, CADA_TIPO.read_bytes()).instrumento
    assert instrumento is not None
    instrumentos.asegurar(base, instrumento)
    contexto = navegador.new_context(viewport={"width": 360, "height": 640}, locale="es-MX")
    abierta = contexto.new_page()
    abierta.clock.set_fixed_time(HORA)  # el día del teléfono es el del servidor
    with servida(app) as direccion:
        abierta.goto(f"{direccion}/{nuevo_evento(base, azar, encuestas=['todo'])}/e/1")
        expect(abierta.locator("[data-viva]")).to_have_count(1)
        yield abierta
        contexto.close()


def recorrer(pagina: Page) -> tuple[list[str], list[str]]:
    """Con Tab hasta «Enviar», contestando cada cosa con sus teclas: a qué se llegó y dónde no se veía el foco."""
    llegados, vistos = [], set()
    for _ in range(200):
        pagina.keyboard.press("Tab")
        nombre, tipo, se_ve = pagina.evaluate(_AQUI)
        if tipo == "submit" and nombre == "BUTTON":
            return llegados, [nombre for nombre in llegados if nombre not in vistos]
        vistos |= (
            {nombre} if se_ve else set()
        )  # una fecha tiene varias paradas; la del calendario la marca el navegador
        if tipo in ("radio", "checkbox") and nombre not in llegados:
            pagina.keyboard.press("Space")
        elif tipo == "select-one":
            pagina.keyboard.press("ArrowDown")
        elif nombre in TECLAS:
            pagina.keyboard.type(TECLAS[nombre])
        llegados.append(nombre)
    raise AssertionError(f"no se llega a «Enviar»: {llegados}")


def test_con_el_teclado_se_llega_a_todo_se_ve_donde_y_se_manda(pagina, base):
    llegados, ciegos = recorrer(pagina)
    assert set(pagina.evaluate(_POR_LLEGAR)) - set(llegados) == set()
    assert ciegos == []
    assert {"p_hijas", "p_cuantas", "p_edad~1", "p_estado", "p_municipio", "p_enterada"} <= set(llegados)
    pagina.keyboard.press("Enter")
    pagina.get_by_role("heading", name="Listo").wait_for()
    assert base.execute("SELECT count(*) FROM urna").fetchone()[0] == 1


def test_lo_que_no_se_alcanza_o_no_se_ve_se_nota(pagina):
    """Control: un campo fuera del orden del teclado y otro sin marco."""
    pagina.evaluate("document.querySelector('[name=p_cuantas], [name=p_estatura]').tabIndex = -1")
    pagina.locator("[name=p_minutos]").evaluate("(e) => { e.style.outline = 'none'; }")
    llegados, ciegos = recorrer(pagina)
    assert set(pagina.evaluate(_POR_LLEGAR)) - set(llegados)
    assert "p_minutos" in ciegos
