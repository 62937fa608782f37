"""Lo que se revisa de una pantalla: axe-core, que no se desborde y que lo que se toca mida 48 px."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from playwright.sync_api import BrowserContext, Page

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
TAMANOS = ((360, 640), (1280, 800))

_REVISAR = """async () => {
  const visibles = [...document.body.querySelectorAll('*')].filter(e => e.checkVisibility());
  const [antes, html] = [window.revisado, document.documentElement.outerHTML];
  window.revisado = { html, visibles: new Set(visibles) };
  let donde = document;
  if (antes && antes.html === html) {  // la misma página, de otro ancho: sólo lo que antes no se veía
    donde = visibles.filter(e => !antes.visibles.has(e));
    for (const e of visibles) antes.visibles.add(e);
    window.revisado = antes;
    if (!donde.length) return [];
  }
  const {violations} = await axe.run(donde, {resultTypes: ['violations'], preload: false, iframes: false});
  return violations.map(v => `${v.id} (${v.impact}): ${v.nodes.map(n => n.html.slice(0, 120)).join(' | ')}`); }"""
_DESBORDA = "() => document.documentElement.scrollWidth > innerWidth"
_CHICOS = """() => [...document.querySelectorAll('button, summary, .boton, .salir, .enlaces a, .f-opciones label')]
  .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 48).map(e => e.textContent.trim())"""


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


def con_axe(contexto: BrowserContext) -> None:
    """Para quien revisa muchas páginas: llegan con axe puesto, sin mandarlo cada vez."""
    contexto.add_init_script(_axe())


def accesible(pagina: Page) -> list[str]:
    """Las violaciones de WCAG que axe encuentra en la página abierta, y si se desborda."""
    if not pagina.evaluate("() => 'axe' in window"):
        pagina.evaluate(_axe())
    hallados: list[str] = pagina.evaluate(_REVISAR)
    if pagina.evaluate(_DESBORDA):
        hallados.append("se desborda a lo ancho")
    return hallados


def problemas(pagina: Page) -> list[str]:
    """Como :func:`accesible`, más lo que es muy chico para tocarse con el dedo."""
    return accesible(pagina) + [f"muy chico para tocar: {texto}" for texto in pagina.evaluate(_CHICOS)]


def problemas_a_lo_ancho(pagina: Page, revisar: Callable[[Page], list[str]] = problemas) -> dict[int, list[str]]:
    """En teléfono y en computadora, la misma página; queda como en un teléfono."""
    hallados = {}
    for ancho, alto in TAMANOS:
        pagina.set_viewport_size({"width": ancho, "height": alto})
        hallados[ancho] = revisar(pagina)
    pagina.set_viewport_size({"width": TAMANOS[0][0], "height": TAMANOS[0][1]})
    return {ancho: malos for ancho, malos in hallados.items() if malos}
