"""La sesión se pausa a media captura, en un navegador de verdad: se confirma con dos toques y nada se pierde."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.elenco import CONTRASENA, Reloj
from tests.navegador.accesibilidad import TAMANOS, accesible, con_axe
from tests.navegador.servido import servida


@pytest.fixture
def sitio(app) -> Iterator[str]:
    with servida(app) as direccion:
        yield direccion


def escribir(pagina: Page, sitio: str, nombre: str) -> None:
    pagina.goto(f"{sitio}/panel/directorio/nueva")
    pagina.locator("[name=nombre]").fill(nombre)
    pagina.locator("[name=servicio]").fill("Refugio")
    pagina.locator("[name=telefono]").fill("378 100 2030")


def entrar(pagina: Page, sitio: str) -> None:
    pagina.goto(f"{sitio}/panel/entrar")
    pagina.get_by_label("Usuario").fill("titular")
    pagina.get_by_label("Contraseña").fill(CONTRASENA)
    pagina.get_by_role("button", name="Entrar", exact=True).click()
    expect(pagina.get_by_role("heading", name="Hoy")).to_be_visible()


def se_ve_bien(pagina: Page) -> None:
    for ancho, alto in TAMANOS:
        pagina.set_viewport_size({"width": ancho, "height": alto})
        assert accesible(pagina) == [], ancho


def dos_toques(boton: Locator) -> None:
    """El segundo, cuando el primero ya salió y todavía no vuelve."""
    boton.evaluate("(b) => { b.click(); setTimeout(() => b.click(), 25); }")


def cuantas(base, nombre: str) -> int:
    return base.execute("SELECT count(*) FROM institucion WHERE nombre = ?", [nombre]).fetchone()[0]


def test_lo_escrito_sigue_despues_de_la_pausa_y_de_entrar_en_otra_ventana(
    navegador: Browser, sitio: str, base, reloj: Reloj
):
    contexto = navegador.new_context(locale="es-MX")
    con_axe(contexto)
    pagina = contexto.new_page()
    entrar(pagina, sitio)

    escribir(pagina, sitio, "Casa Uno")
    reloj.avanzar(minutes=20)
    pagina.get_by_role("button", name="Guardar").click()
    expect(pagina.get_by_role("heading", name="Su sesión está en pausa")).to_be_visible()
    se_ve_bien(pagina)
    pagina.get_by_label("Contraseña").fill(CONTRASENA)
    dos_toques(pagina.get_by_role("button", name="Seguir", exact=True))
    expect(pagina.get_by_text("Se guardó «Casa Uno»")).to_be_visible()
    assert cuantas(base, "Casa Uno") == 1

    escribir(pagina, sitio, "Casa Dos")
    otra = contexto.new_page()
    reloj.avanzar(hours=9)
    entrar(otra, sitio)
    pagina.get_by_role("button", name="Guardar").click()
    expect(pagina.get_by_role("heading", name="Siga donde iba")).to_be_visible()
    se_ve_bien(pagina)
    assert cuantas(base, "Casa Dos") == 0
    dos_toques(pagina.get_by_role("button", name="Mandarlo ahora"))
    expect(pagina.get_by_text("Se guardó «Casa Dos»")).to_be_visible()
    assert cuantas(base, "Casa Dos") == 1
    contexto.close()
