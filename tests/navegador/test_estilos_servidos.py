"""Una hoja de estilos servida sin comentarios manda lo mismo que la escrita, según el propio navegador.

Dentro de una propiedad nuestra (``--x``) el navegador conserva los espacios tras las comas; eso no cuenta.
Y la de cada página de asistente, sin las reglas que no usa, le aplica las mismas que la entera.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from recoleccion.consultas import instrumentos
from recoleccion.vistas import estaticos
from tests.navegador.test_presupuesto import con, servida
from tests.recoleccion.vistas.paginas import nuevo_evento

CSS = Path(__file__).resolve().parents[2] / "static" / "css"
HOJAS = sorted(CSS.rglob("*.css"))
DE_ASISTENTE = "".join(
    estaticos.contenido(CSS / f"{hoja}.css").decode() for hoja in ("asistente", "formularios", "viva", "pasos")
)
FALTAN = """(entera) => {
  const plana = (reglas, donde) => [...reglas].flatMap((regla) =>
    regla.media
      ? plana(regla.cssRules, donde + regla.conditionText)
      : regla.selectorText.split(/, (?![^(]*\\))/).map((cual) => [`${donde}|${cual}|${regla.style.cssText}`, cual]),
  );
  const hoja = new CSSStyleSheet();
  hoja.replaceSync(entera);
  const tiene = new Set(plana(document.styleSheets[0].cssRules, "").map(([todo]) => todo));
  const momento = /:has\\(:checked\\)|:not\\(\\[open]\\)|::?(before|after|hover|focus[a-z-]*|checked|empty)/g;
  const siempre = (cual) => cual.replaceAll(momento, "") || "*";
  return plana(hoja.cssRules, "").filter(([todo, cual]) => !tiene.has(todo) && document.querySelector(siempre(cual)));
}"""
REGLAS = """(texto) => {
  const hoja = new CSSStyleSheet();
  hoja.replaceSync(texto);
  return [...hoja.cssRules].map((regla) => regla.cssText.replaceAll(/,\\s+/g, ","));
}"""


@pytest.mark.parametrize("hoja", HOJAS, ids=lambda ruta: ruta.name)
def test_la_hoja_servida_manda_lo_mismo(navegador: Browser, hoja: Path) -> None:
    pagina = navegador.new_page()
    escrita, servida = hoja.read_text("utf-8"), estaticos.contenido(hoja).decode()
    assert pagina.evaluate(REGLAS, servida) == pagina.evaluate(REGLAS, escrita) != []
    assert pagina.evaluate(REGLAS, servida.replace("}", ";color:red}", 1)) != pagina.evaluate(REGLAS, escrita)
    pagina.close()


def _faltan(pagina: Page) -> list[str]:
    return [todo for todo, _ in pagina.evaluate(FALTAN, DE_ASISTENTE)]


def test_a_ninguna_pagina_de_asistente_le_falta_una_regla_que_use(navegador: Browser, app, elenco, base, azar) -> None:
    """Al llegar, animada, con errores y después de un envío, que cambia lo que se ve sin cambiar los estilos."""
    instrumentos.asegurar(base, con(("tipos", "vueltas", "orden")))
    suya = {"instrumento": "con_tipos_vueltas_orden", "version": 1}
    evento = nuevo_evento(base, azar, encuestas=[suya, "reconocer"])
    por_pasos = nuevo_evento(base, azar, encuestas=[{**suya, "por_pantalla": True}])
    pagina = navegador.new_page()
    with servida(app) as (sitio, _):
        caminos = ["/", "/ayuda", "/salir", "/ZZZZZZ", f"/{elenco.clave}/listo?e=4", f"/{evento}/aviso"]
        caminos += [*(f"/{elenco.clave}/e/{n}" for n in range(1, 5)), f"/{por_pasos}/e/1", f"/{evento}"]
        for camino in caminos:
            pagina.goto(sitio + camino)
            assert _faltan(pagina) == [], camino
        pagina.get_by_role("button", name="Asistir sin nombre").click()
        expect(pagina.get_by_role("heading", name="Listo")).to_be_visible()
        assert _faltan(pagina) == []
        pagina.goto(f"{sitio}/{evento}/e/1")
        pagina.get_by_role("button", name="Agregar otra").click()
        pagina.get_by_label("Pregunta 3:").fill("500")
        pagina.get_by_role("button", name="Enviar").click()
        expect(pagina.get_by_text("Escriba un número de 0 a 120.")).to_be_visible()
        assert _faltan(pagina) == []
        for camino, llega in (("r", ".f-error"), ("e/2", ".telefonos")):
            pagina.goto(f"{sitio}/{evento}/{camino}")
            pagina.get_by_role("radio").first.check()
            pagina.locator("main form button.primero").click()
            expect(pagina.locator(llega).first).to_be_visible()
            assert _faltan(pagina) == []
        pagina.evaluate("document.querySelector('main').className = 'mes'")
        assert _faltan(pagina)  # control: algo que esa página no usaba
    pagina.close()
