"""Con puro teclado: dos personas editan el mismo evento y la segunda elige; y una serie, viendo antes sus fechas."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, expect

from recoleccion.consultas import cuentas, eventos, series
from tests.elenco import CONTRASENA, HORA
from tests.navegador.accesibilidad import TAMANOS, accesible
from tests.navegador.servido import servida
from tests.recoleccion.vistas.oficina import Oficina


@pytest.fixture
def paginas(navegador: Browser, app, base) -> Iterator[dict[str, Page]]:
    """Una página de cada titular, en su propio navegador."""
    cuentas.crear(base, usuario="rosa", nombre="Rosa Díaz", rol="titular", contrasena=CONTRASENA, ahora=HORA)
    with ExitStack() as pila:
        sitio = pila.enter_context(servida(app))
        abiertas = {}
        for quien in ("titular", "rosa"):
            contexto = navegador.new_context(locale="es-MX", viewport={"width": 1280, "height": 800}, base_url=sitio)
            pila.callback(contexto.close)
            sesion = Oficina(app, quien).cliente.get_cookie("sesion")
            contexto.add_cookies([{"name": "sesion", "value": sesion.value, "url": sitio}])
            abiertas[quien] = contexto.new_page()
        yield abiertas


def ir(pagina: Page, id: str) -> None:
    """Con el tabulador, hasta ese campo."""
    for _ in range(120):
        pagina.keyboard.press("Tab")
        if pagina.evaluate("document.activeElement.id") == id:
            return
    pytest.fail(f"con el tabulador no se llega a {id}")


def escribir(pagina: Page, id: str, texto: str) -> None:
    ir(pagina, id)
    pagina.keyboard.press("Control+A")
    pagina.keyboard.type(texto)


def bien(pagina: Page) -> list[str]:
    """Lo que axe halla y lo que se desborda, en los dos tamaños."""
    hallado = []
    for ancho, alto in TAMANOS:
        pagina.set_viewport_size({"width": ancho, "height": alto})
        hallado += accesible(pagina)
    return hallado


def test_la_segunda_elige_dato_por_dato_con_el_teclado(paginas, base, elenco):
    direccion = f"/panel/eventos/{elenco.evento_id}/editar"
    segunda, primera = paginas["titular"], paginas["rosa"]
    for pagina in (primera, segunda):
        pagina.goto(direccion)
    escribir(primera, "titulo", "Otro título")
    escribir(primera, "sede", "Auditorio")
    primera.keyboard.press("Enter")
    expect(primera.get_by_text("Se guardaron los cambios.")).to_be_visible()
    escribir(segunda, "sede", "Escuela")
    segunda.keyboard.press("Enter")
    expect(segunda.get_by_role("alert")).to_contain_text("Lo cambió Rosa Díaz")
    assert bien(segunda) == []
    segunda.get_by_role("button", name="Guardar así").press("Enter")
    assert segunda.url.endswith("/editar"), "sin elegir no se manda"
    segunda.locator("#contenido").focus()
    ir(segunda, "queda-sede-mio")
    segunda.keyboard.press("Space")
    segunda.keyboard.press("Enter")
    expect(segunda.get_by_text("Se guardaron los cambios.")).to_be_visible()
    evento = eventos.leer(base, elenco.evento_id)
    assert (evento["titulo"], evento["sede"]) == ("Otro título", "Escuela")


def test_una_serie_con_el_teclado_y_una_fecha_imposible(paginas, base, elenco):
    pagina = paginas["titular"]
    pagina.goto(f"/panel/series/nueva?de={elenco.evento_id}")
    pagina.get_by_label("es una de las sesiones").uncheck()
    escribir(pagina, "titulo", "Tejer redes")
    ir(pagina, "como-0")
    pagina.keyboard.press("ArrowDown")
    escribir(pagina, "fechas", "9/12/2026\n31/02/2027")
    pagina.get_by_role("button", name="Ver las fechas").press("Enter")
    expect(pagina.locator("#fechas-error")).to_contain_text("El 31/02/2027 no existe: ese mes tiene 28 días.")
    assert bien(pagina) == []
    escribir(pagina, "fechas", "9/12/2026\n16/12/2026")
    pagina.get_by_role("button", name="Ver las fechas").press("Enter")
    expect(pagina.get_by_role("heading", name="2 sesiones: así quedarían")).to_be_visible()
    assert bien(pagina) == []
    escribir(pagina, "sede", "Escuela")
    pagina.keyboard.press("Enter")
    assert series.listar(base) == [], "la tecla Enter sólo enseña"
    pagina.get_by_role("button", name="Crear las 2 sesiones").first.press("Enter")
    expect(pagina.get_by_role("heading", name="Tejer redes")).to_be_visible()
    (serie,) = series.listar(base)
    assert [evento["sede"] for evento in series.sesiones(base, serie["id"])] == ["Escuela", "Escuela"]
