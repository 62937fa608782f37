"""Las páginas de asistentes en Chromium: sin JavaScript, sin señal, con prisa por salir, sólo con teclado."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.llave import nombres
from tests.navegador.accesibilidad import con_axe, problemas, problemas_a_lo_ancho
from tests.navegador.servido import servida

NOMBRE = "Guadalupe Íñiguez"


@pytest.fixture
def sitio(app, elenco) -> Iterator[str]:
    """La dirección del cartel en un servidor de verdad, sobre la carpeta de datos de la prueba."""
    with servida(app) as raiz:
        yield f"{raiz}/{elenco.clave}"


@pytest.fixture
def telefono(navegador: Browser) -> Iterator[BrowserContext]:
    contexto = navegador.new_context(viewport={"width": 360, "height": 640}, locale="es-MX")
    yield contexto
    contexto.close()


@pytest.fixture
def pagina(telefono: BrowserContext) -> Page:
    return telefono.new_page()


def llenar(pagina: Page, nombre: str = NOMBRE) -> None:
    for opcion in ("Mujer", "De 30 a 44 años", "Del pueblo"):
        pagina.get_by_label(opcion, exact=True).check()
    pagina.locator("[name=nombre]").fill(nombre)


def personas(base) -> list[tuple]:
    quien = nombres(base)
    filas = base.execute("SELECT id, modo, sexo, edad FROM asistencia")
    return [(f["modo"], f["sexo"], f["edad"], quien.get(f["id"], (None, None))[0]) for f in filas]


UNA = [("telefono", "M", "30-44", NOMBRE)]


def test_todo_el_camino_sin_javascript(navegador, sitio, base, elenco):
    contexto = navegador.new_context(java_script_enabled=False, viewport={"width": 360, "height": 640})
    pagina = contexto.new_page()
    pagina.goto(sitio.rsplit("/", 1)[0])
    pagina.get_by_label("Código del cartel").fill(elenco.clave.lower())
    pagina.get_by_role("button", name="Entrar").click()
    pagina.get_by_role("link", name="Registrarme").click()
    pagina.get_by_role("button", name="Guardar").click()
    assert "Hay 3 respuestas por revisar" in pagina.content()
    llenar(pagina)
    pagina.get_by_role("button", name="Guardar").click()
    assert pagina.get_by_role("heading", level=1).inner_text() == "Listo"
    assert personas(base) == UNA
    pagina.get_by_role("link", name="Antes de empezar").click()
    pagina.locator("[name=K1][value=V]").check()
    pagina.get_by_role("button", name="Enviar").click()
    assert pagina.url == f"{sitio}/listo?e=1"
    assert base.execute("SELECT count(*) FROM urna").fetchone()[0] == 1
    pagina.get_by_role("link", name="Salir").click()
    assert pagina.title() == "Calendario"
    assert contexto.cookies() == []
    contexto.close()


def test_sin_senal_lo_escrito_se_queda_y_se_manda_solo(pagina, telefono, sitio, base):
    pagina.goto(f"{sitio}/r")
    llenar(pagina)
    telefono.set_offline(True)
    pagina.get_by_role("button", name="Guardar").click()
    pagina.get_by_text("No hay señal").wait_for()
    assert pagina.locator("[name=nombre]").input_value() == NOMBRE
    assert personas(base) == []
    telefono.set_offline(False)
    pagina.get_by_role("heading", name="Listo").wait_for()
    assert pagina.url == f"{sitio}/listo"
    assert personas(base) == UNA


def test_si_se_pierde_la_respuesta_el_reintento_no_duplica(pagina, sitio, base):
    ids = []

    def perder_la_primera(ruta):
        if ruta.request.method == "POST":
            ids.append(ruta.request.post_data_json["id"])
            if len(ids) == 1:
                ruta.fetch(max_redirects=0)  # el servidor sí la recibe
                return ruta.abort()
        return ruta.continue_()

    pagina.route("**/r", perder_la_primera)
    pagina.goto(f"{sitio}/r")
    llenar(pagina)
    pagina.get_by_role("button", name="Guardar").click()
    pagina.get_by_role("heading", name="Listo").wait_for()
    assert len(ids) == 2
    assert ids[0] == ids[1]
    assert personas(base) == UNA


@pytest.mark.parametrize(
    "respuesta",
    [
        {"status": 200, "content_type": "text/html", "body": "<h1>Acepte las condiciones del Wi-Fi</h1>"},
        {"status": 503, "content_type": "text/html", "body": "<main data-registro><h1>Ocupado</h1></main>"},
    ],
    ids=["portal", "servidor"],
)
def test_una_respuesta_que_no_es_nuestra_no_cuenta_como_guardado(pagina, sitio, base, respuesta):
    veces = []

    def estorbar_una_vez(ruta):
        if ruta.request.method == "POST" and not veces:
            veces.append(1)
            return ruta.fulfill(**respuesta)
        return ruta.continue_()

    pagina.route("**/r", estorbar_una_vez)
    pagina.goto(f"{sitio}/r")
    llenar(pagina)
    pagina.get_by_role("button", name="Guardar").click()
    pagina.get_by_text("No hay señal").wait_for()
    assert pagina.locator("[name=nombre]").input_value() == NOMBRE
    pagina.get_by_role("heading", name="Listo").wait_for()
    assert personas(base) == UNA


def test_un_error_se_ve_en_la_misma_pagina_y_recibe_el_foco(pagina, sitio, base):
    pagina.goto(f"{sitio}/r")
    pagina.locator("[name=nombre]").fill(NOMBRE)
    pagina.get_by_role("button", name="Guardar").click()
    pagina.get_by_text("Hay 3 respuestas por revisar").wait_for()
    assert pagina.evaluate("document.activeElement.name") == "sexo"
    assert pagina.evaluate("document.activeElement.tabIndex") == 0
    llenar(pagina, pagina.locator("[name=nombre]").input_value())
    pagina.get_by_role("button", name="Guardar").click()
    pagina.get_by_role("heading", name="Listo").wait_for()
    assert personas(base) == UNA


def salir_con_boton(pagina: Page) -> None:
    pagina.get_by_role("link", name="Salir").click()


def salir_con_teclado(pagina: Page) -> None:
    for _ in range(3):
        pagina.keyboard.press("Escape")


@pytest.mark.parametrize("salir", [salir_con_boton, salir_con_teclado])
def test_salir_de_prisa_no_deja_el_formulario_atras(pagina, sitio, base, salir):
    pagina.goto(sitio)
    pagina.get_by_role("link", name="Registrarme").click()
    llenar(pagina)
    salir(pagina)
    pagina.wait_for_url("**/salir")
    assert pagina.title() == "Calendario"
    pagina.go_back()
    assert pagina.url == sitio  # el formulario ya no está en el historial
    pagina.go_forward()
    assert pagina.title() == "Calendario"
    assert personas(base) == []


def test_una_sola_tecla_esc_no_borra_nada(pagina, sitio):
    pagina.goto(f"{sitio}/r")
    llenar(pagina)
    pagina.keyboard.press("Escape")
    pagina.keyboard.press("Escape")
    pagina.keyboard.press("Tab")
    pagina.keyboard.press("Escape")
    assert pagina.locator("[name=nombre]").input_value() == NOMBRE


def test_regresar_despues_de_guardar_no_muestra_lo_que_alguien_escribio(pagina, sitio, base):
    pagina.goto(sitio)
    pagina.get_by_role("link", name="Registrarme").click()
    llenar(pagina)
    pagina.get_by_role("button", name="Guardar").click()
    pagina.get_by_role("heading", name="Listo").wait_for()
    pagina.go_back()
    assert pagina.url == sitio
    pagina.get_by_role("link", name="Registrarme").click()
    assert pagina.locator("[name=nombre]").input_value() == ""
    assert pagina.locator(":checked").count() == 0


def test_una_pagina_que_vuelve_de_la_memoria_se_pide_otra_vez(pagina, sitio):
    pagina.goto(f"{sitio}/r")
    llenar(pagina)
    with pagina.expect_navigation():
        pagina.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    assert pagina.locator("[name=nombre]").input_value() == ""


def test_en_el_telefono_no_queda_nada_y_no_se_pide_nada_afuera(pagina, telefono, sitio):
    pedidas = []
    telefono.on("request", lambda peticion: pedidas.append(peticion.url))
    for ruta in ("", "/r", "/e/1", "/e/4", "/listo?e=2", "/aviso"):
        pagina.goto(sitio + ruta)
        guardado = pagina.evaluate(
            """async () => [localStorage.length, sessionStorage.length, document.cookie,
                 (await indexedDB.databases()).length, (await caches.keys()).length,
                 (await navigator.serviceWorker.getRegistrations()).length]"""
        )
        assert guardado == [0, 0, "", 0, 0, 0], ruta
    origen = sitio.rsplit("/", 1)[0]
    assert pedidas
    assert [p for p in pedidas if not p.startswith(origen + "/")] == []
    assert telefono.cookies() == []


def test_registrarse_solo_con_teclado(pagina, sitio, base):
    def hasta(selector: str) -> SimpleNamespace:
        for _ in range(60):
            pagina.keyboard.press("Tab")
            if pagina.evaluate("s => document.activeElement.matches(s)", selector):
                return SimpleNamespace(oprimir=pagina.keyboard.press, escribir=pagina.keyboard.type)
        raise AssertionError(f"con el teclado no se llega a {selector}")

    pagina.goto(sitio)
    hasta("a[href$='/r']").oprimir("Enter")
    pagina.wait_for_url("**/r")
    hasta("[name=sexo]").oprimir("Space")
    hasta("[name=edad]").oprimir("Space")
    for _ in range(3):
        pagina.keyboard.press("ArrowDown")
    hasta("[name=procedencia]").oprimir("Space")
    hasta("[name=nombre]").escribir(NOMBRE)
    hasta("main form button").oprimir("Enter")
    pagina.get_by_role("heading", name="Listo").wait_for()
    assert personas(base) == UNA


def test_ninguna_pagina_tiene_problemas_de_accesibilidad(navegador, sitio):
    contexto = navegador.new_context()
    con_axe(contexto)
    pagina = contexto.new_page()
    raiz = sitio.rsplit("/", 1)[0]
    rutas = (
        "",
        "/r",
        "/r?otra=1",
        "/e/1",
        "/e/2",
        "/e/3",
        "/e/4",
        "/e/9",
        "/listo",
        "/listo?e=2",
        "/listo?e=4",
        "/aviso",
    )
    otras = ("/", "/?c=K7MD0O", "/ayuda", "/salir", "/ZZZZZZ", "/no/existe/esto")
    for direccion in [sitio + ruta for ruta in rutas] + [raiz + ruta for ruta in otras]:
        pagina.goto(direccion)
        assert problemas_a_lo_ancho(pagina) == {}, direccion
    pagina.goto(f"{sitio}/r")
    pagina.get_by_role("button", name="Guardar").click()
    pagina.get_by_text("respuestas por revisar").wait_for()
    assert problemas_a_lo_ancho(pagina) == {}
    contexto.close()


def test_la_revision_de_accesibilidad_encuentra_problemas(pagina, sitio):
    """Control: letra pálida, campo sin nombre, botón chico y renglón que no cabe."""
    pagina.goto(sitio)
    pagina.evaluate(
        """() => {
          const malo = '<p id="p">letra pálida</p><input><button>y</button>';
          document.querySelector('main').insertAdjacentHTML('beforeend', malo);
          document.getElementById('p').style.cssText = 'color:#eee;width:2000px';
          document.querySelector('main > button').style.height = '20px';
        }"""
    )
    hallados = " ".join(problemas(pagina))
    for clave in ("color-contrast", "label", "muy chico para tocar: y", "se desborda"):
        assert clave in hallados


def test_la_revision_encuentra_lo_que_solo_se_ve_a_lo_ancho(pagina, sitio):
    """Control: la segunda mirada a la misma página sólo revisa lo que antes no se veía, y eso sí."""
    pagina.goto(sitio)
    pagina.evaluate(
        """() => {
          document.querySelector('main').insertAdjacentHTML('beforeend', '<input id="ancho">');
          const hoja = new CSSStyleSheet();
          hoja.replaceSync('#ancho { display: none } @media (min-width: 1000px) { #ancho { display: block } }');
          document.adoptedStyleSheets = [hoja];
        }"""
    )
    hallados = problemas_a_lo_ancho(pagina)
    assert list(hallados) == [1280]
    assert "label" in " ".join(hallados[1280])
