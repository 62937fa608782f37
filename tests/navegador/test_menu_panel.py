"""El menú del panel en un teléfono, con puro teclado y sin JavaScript."""

from playwright.sync_api import Browser, expect

from recoleccion.demo import construir as demostracion
from recoleccion.instalacion import Instalacion
from tests.navegador.procesos import Servidor


def test_el_menu_se_usa_con_teclado_y_sin_guiones_a_360(navegador: Browser, servidor_demo: Servidor):
    contexto = navegador.new_context(locale="es-MX", java_script_enabled=False, viewport={"width": 360, "height": 640})
    pagina = contexto.new_page()
    titular = demostracion.leer(Instalacion(servidor_demo.datos))["cuentas"][0]
    pagina.goto(f"{servidor_demo.app}/panel/entrar")
    pagina.get_by_label("Usuario").fill(titular["usuario"])
    pagina.get_by_label("Contraseña").fill(titular["contrasena"])
    pagina.keyboard.press("Enter")
    menu = pagina.locator("details.menu.angosto")
    expect(menu).to_be_visible()
    expect(pagina.locator("nav.menu.ancho")).to_be_hidden()

    def hasta(texto: str) -> None:
        """Tabula hasta lo que dice ``texto``; una persona lo ve enfocado."""
        for _ in range(40):
            pagina.keyboard.press("Tab")
            enfocado = pagina.locator(":focus")
            if enfocado.count() and enfocado.inner_text().strip() == texto:
                return
        raise AssertionError(f"el teclado no llega a «{texto}»")

    hasta("Menú")
    pagina.keyboard.press("Enter")
    expect(menu.get_by_role("link", name="Hoy")).to_be_visible()
    expect(menu.get_by_role("link", name="Programa anual")).to_be_hidden()
    hasta("El año")
    pagina.keyboard.press("Enter")
    hasta("Programa anual")
    pagina.keyboard.press("Enter")
    expect(pagina).to_have_url(f"{servidor_demo.app}/panel/poa")
    hasta("Menú")
    pagina.keyboard.press("Enter")
    expect(menu.get_by_role("link", name="Programa anual")).to_be_visible()
    expect(menu.locator("[aria-current=page]")).to_have_text("Programa anual")
    contexto.close()
