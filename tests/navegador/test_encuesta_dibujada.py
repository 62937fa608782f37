"""Una encuesta con una pregunta de cada tipo, vista en Chromium sin su guion: se lee, se contesta y se corrige."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from formularios.xlsform import importar
from recoleccion.consultas import instrumentos
from tests.navegador.accesibilidad import problemas, problemas_a_lo_ancho
from tests.navegador.servido import servida
from tests.recoleccion.vistas.paginas import nuevo_evento

CADA_TIPO = Path(__file__).resolve().parents[1] / "formularios" / "datos" / "todo.csv"


@pytest.fixture
def raiz(app) -> Iterator[str]:
    with servida(app) as direccion:
        yield direccion


@pytest.fixture
def encuesta(raiz, base, azar) -> str:
    instrumento = importar(CADA_TIPO.name, CADA_TIPO.read_bytes()).instrumento
    assert instrumento is not None
    instrumentos.asegurar(base, instrumento)
    return f"{raiz}/{nuevo_evento(base, azar, encuestas=['todo'])}/e/1"


@pytest.fixture
def pagina(navegador: Browser) -> Iterator[Page]:
    """Un teléfono en que el guion de la encuesta no llegó."""
    contexto = navegador.new_context(viewport={"width": 360, "height": 640}, locale="es-MX")
    contexto.route("**/js/encuesta/reglas*", lambda ruta: ruta.abort())
    yield contexto.new_page()
    contexto.close()


@pytest.fixture
def sin_guiones(navegador: Browser) -> Iterator[Page]:
    contexto = navegador.new_context(java_script_enabled=False, viewport={"width": 360, "height": 640})
    yield contexto.new_page()
    contexto.close()


def equivocarse(pagina: Page) -> None:
    pagina.locator("[name=p_hijas][value=si]").check()
    pagina.locator("[name=p_cuantas]").fill("50")
    pagina.locator("[name='p_edad~1']").fill("101")
    pagina.get_by_text("Agregar otra: Hija o hijo (2)").click()
    pagina.locator("[name='p_edad~2']").fill("12")
    pagina.get_by_label("Regular").check()
    pagina.get_by_role("button", name="Enviar").click()


def test_se_contesta_entera_sin_guiones_y_un_error_lleva_a_su_campo(sin_guiones, encuesta, base):
    pagina = sin_guiones
    pagina.goto(encuesta)
    equivocarse(pagina)
    pagina.get_by_text("Hay 3 respuestas por revisar").wait_for()
    expect(pagina.locator("[name=p_cuantas]")).to_be_focused()
    expect(pagina.locator("[name=p_cuantas]")).to_be_in_viewport()
    expect(pagina.get_by_text("Escriba un número de 1 a 19.")).to_be_in_viewport()
    expect(pagina.locator("[name='p_edad~2']")).to_have_value("12")
    expect(pagina.get_by_label("Regular")).to_be_checked()
    pagina.locator("[name=p_cuantas]").fill("2")
    pagina.locator("[name='p_edad~1']").fill("10")
    pagina.get_by_label("Tepatitlán").check()
    pagina.locator("[name=p_estado]").select_option("jal")
    for lugar, opcion in enumerate(("c", "a", "b")):
        pagina.locator("[name=p_prioridad]").nth(lugar).select_option(opcion)
    pagina.get_by_label("Derechos y leyes").check()
    pagina.get_by_role("radio", name="10", exact=True).check()
    pagina.locator("[name=p_enterada]").check()
    pagina.get_by_role("button", name="Enviar").click()
    expect(pagina.get_by_role("heading", level=1)).to_have_text("Listo")
    assert base.execute("SELECT count(*) FROM urna").fetchone()[0] == 1


def test_ningun_estado_tiene_problemas_de_accesibilidad(pagina, encuesta):
    for direccion in (f"{encuesta}?idioma=en", encuesta):
        pagina.goto(direccion)
        assert problemas_a_lo_ancho(pagina) == {}
    equivocarse(pagina)
    pagina.get_by_text("Hay 3 respuestas por revisar").wait_for()
    assert problemas_a_lo_ancho(pagina) == {}


def test_con_la_letra_al_doble_nada_se_sale_ni_se_encima(pagina, encuesta):
    pagina.goto(encuesta)
    pagina.evaluate("document.documentElement.style.fontSize = '36px'")
    assert problemas(pagina) == []
    cortados = """() => [...document.querySelectorAll('label span, legend, summary, h1, h2, h3')]
      .filter((e) => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline')
      .map((e) => e.textContent)"""
    assert pagina.evaluate(cortados) == []
    pagina.set_viewport_size({"width": 320, "height": 256})  # una pantalla de 1280 al 400 %
    pagina.goto(encuesta)
    assert problemas(pagina) == []


def test_la_letra_nunca_baja_de_18_pixeles(pagina, encuesta):
    pagina.goto(encuesta)
    chicas = """() => [...document.querySelectorAll('main *')]
      .filter((e) => e.checkVisibility() && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
      .filter((e) => parseFloat(getComputedStyle(e).fontSize) < 18).map((e) => e.outerHTML.slice(0, 80))"""
    assert pagina.evaluate(chicas) == []
    pagina.evaluate("document.querySelector('legend').style.fontSize = '17px'")  # control
    assert pagina.evaluate(chicas) != []


# --- La política de contenido ------------------------------------------------------------------------------------

PLANTADO = """<style>h1 { color: rgb(255, 0, 0) }</style>
<p id="plantado" style="color: rgb(255, 0, 0)">x</p><script>document.title = "plantado"</script></main>"""


def visitar_con_algo_plantado(pagina: Page, direccion: str, *, con_politica: bool) -> dict[str, str]:
    """La misma página con un estilo y un guion que no son nuestros."""

    def plantar(ruta):
        respuesta = ruta.fetch()
        cabeceras = {n: v for n, v in respuesta.headers.items() if con_politica or n != "content-security-policy"}
        ruta.fulfill(response=respuesta, headers=cabeceras, body=respuesta.text().replace("</main>", PLANTADO))

    pagina.route(direccion, plantar)
    pagina.goto(direccion)
    pagina.unroute(direccion)
    return pagina.evaluate(
        """() => ({titulo: document.title, fondo: getComputedStyle(document.documentElement).backgroundColor,
          h1: getComputedStyle(document.querySelector('h1')).color,
          parrafo: getComputedStyle(document.getElementById('plantado')).color})"""
    )


def test_la_politica_solo_deja_pasar_el_estilo_de_la_pagina(pagina, raiz, elenco):
    rojo, direccion = "rgb(255, 0, 0)", f"{raiz}/{elenco.clave}/e/1"
    visto = visitar_con_algo_plantado(pagina, direccion, con_politica=True)
    assert visto["fondo"] == "rgb(244, 246, 246)"  # el nuestro sí manda
    assert visto["titulo"] == "Registro"
    assert rojo not in visto.values()
    sin_nada = visitar_con_algo_plantado(pagina, direccion, con_politica=False)
    assert (sin_nada["titulo"], sin_nada["h1"], sin_nada["parrafo"]) == ("plantado", rojo, rojo)


def test_ninguna_pagina_de_asistente_choca_con_su_politica(pagina, raiz, elenco, encuesta):
    quejas = []
    pagina.on("console", lambda mensaje: quejas.append(mensaje.text))
    rutas = ("", "/r", "/e/1", "/e/4", "/listo?e=4", "/aviso")
    for direccion in [f"{raiz}/{elenco.clave}{ruta}" for ruta in rutas] + [raiz, f"{raiz}/salir", f"{raiz}/ayuda"]:
        pagina.goto(direccion)
        pagina.wait_for_load_state("networkidle")
    assert [queja for queja in quejas if "Content Security Policy" in queja] == []
    pagina.evaluate("new Image().src = 'http://127.0.0.1:1/x.png'")  # control: aquí no hay imágenes de otro sitio
    pagina.wait_for_timeout(200)
    assert len([queja for queja in quejas if "Content Security Policy" in queja]) == 1


@pytest.mark.parametrize(("n", "tope"), [(1, 8_000), (2, 8_000), (3, 8_000), (4, 8_000)])
def test_una_encuesta_pesa_poco_y_pide_dos_cosas(navegador, raiz, elenco, n, tope):
    contexto = navegador.new_context()
    pagina = contexto.new_page()
    red = contexto.new_cdp_session(pagina)
    red.send("Network.enable")
    pesos: list[float] = []
    red.on("Network.loadingFinished", lambda fin: pesos.append(fin["encodedDataLength"]))
    pagina.goto(f"{raiz}/{elenco.clave}/e/{n}")
    pagina.wait_for_load_state("networkidle")
    assert len(pesos) == 2
    assert 2_000 < sum(pesos) <= tope
    contexto.close()


# --- La revisión privada -----------------------------------------------------------------------------------------


def oido(pagina: Page) -> list[str]:
    """Los textos que oye quien usa un lector de pantalla, en orden; también los que pone el estilo."""
    arbol = pagina.context.new_cdp_session(pagina).send("Accessibility.getFullAXTree")["nodes"]
    return [n["name"]["value"].strip() for n in arbol if n.get("role", {}).get("value") == "StaticText"]


def test_la_revision_privada_no_pide_nada_no_guarda_nada_y_se_borra(pagina, raiz, elenco):
    pagina.goto(f"{raiz}/{elenco.clave}/listo?e=4")
    pagina.wait_for_load_state("networkidle")
    pedidas = []
    pagina.on("request", lambda peticion: pedidas.append(peticion.url))
    revision = pagina.locator(".f-propia")
    revision.locator("summary").click()
    for n in (0, 4, 9):
        revision.get_by_role("checkbox").nth(n).check()
    assert "Marcó 3 de 10." in " ".join(oido(pagina))
    pagina.keyboard.press("Enter")
    pagina.keyboard.press("Space")
    assert problemas(pagina) == []
    assert pagina.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    assert pagina.evaluate("indexedDB.databases()") == []
    assert pedidas == []
    pagina.get_by_role("link", name="Terminar").click()
    pagina.wait_for_url("**/salir")
    pagina.goto(f"{raiz}/{elenco.clave}/listo?e=4")
    assert pagina.locator(".f-propia :checked").count() == 0
