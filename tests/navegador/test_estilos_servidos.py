"""Una hoja de estilos servida sin comentarios manda lo mismo que la escrita, según el propio navegador.

Dentro de una propiedad nuestra (``--x``) el navegador conserva los espacios tras las comas; eso no cuenta.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from recoleccion.vistas import estaticos

HOJAS = sorted((Path(__file__).resolve().parents[2] / "static" / "css").rglob("*.css"))
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
