"""El teléfono de la asistente: cada página con cada manera de irse, y después se busca en todo el perfil del navegador.

En el mismo perfil se visita una página descuidada: lo que ella deja sí se halla, así que la búsqueda ve.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from playwright.sync_api import Error as PlaywrightError

from formularios.instrumento import incluidos
from formularios.xlsform import importar
from recoleccion.consultas import instrumentos
from recoleccion.vistas import regreso
from tests.elenco import evento_de_prueba
from tests.navegador import rastro
from tests.navegador.caos.chromium import Chromium
from tests.navegador.servido import servida
from tests.recoleccion.vistas.paginas import nuevo_evento

LO_QUE_TARDA_EN_ANOTAR = 7_000
"""Milisegundos: Chromium baja sus sesiones al disco unos cinco segundos después."""
ENCUESTA = """survey
,type,name,label,relevant,jornada_privada
,select_one ocelote,tlacuache,¿Cómo le fue con la bugambilia?,,
,select_one ocelote,chapulin,¿Y con la guacamaya?,${tlacuache} = 'jacaranda',
,text,colibri,Cuéntenos más,,si
,integer,teporingo,¿Cuántas?,,
choices
,list_name,name,label
,ocelote,jacaranda,Sufrió la tempestad
,ocelote,noche_buena,Ninguna tempestad
settings
,form_title,form_id
,Preguntas del huracán,huracan
"""
DEL_TEMA = [
    evento_de_prueba()["titulo"], "tlacuache", "chapulin", "jacaranda", "bugambilia", "guacamaya",
    "Sufrió la tempestad", "Preguntas del huracán", incluidos()["reconocer"].preguntas[0].texto,
    incluidos()["reconocer"].titulo,
]  # fmt: skip
"""Ni lo que se pregunta, ni las opciones, ni cómo se llaman por dentro, ni de qué es la plática."""


@pytest.fixture
def chromium(playwright, tmp_path: Path) -> Iterator[Chromium]:
    abierto = Chromium(playwright, tmp_path / "perfil")
    yield abierto
    abierto.matar()


@pytest.fixture
def sitio(app, base, azar) -> Iterator[str]:
    leida = importar("huracan.csv", ENCUESTA.encode())
    assert leida.instrumento is not None, leida.problemas
    instrumentos.asegurar(base, leida.instrumento)
    clave = nuevo_evento(base, azar, encuestas=["reconocer", "huracan"])
    with servida(app) as raiz:
        yield f"{raiz}/{clave}"


# --- Las páginas, llenas y sin mandar ------------------------------------------------------------------------------


def registro(pagina: Page, sitio: str, marca: str) -> None:
    pagina.goto(f"{sitio}/r")
    for opcion in ("Mujer", "De 30 a 44 años", "Del pueblo"):
        pagina.get_by_label(opcion, exact=True).check()
    pagina.locator("[name=nombre]").press_sequentially(marca)
    pagina.locator("[name=telefono]").fill("3487774153")


def viva(pagina: Page, sitio: str, marca: str) -> None:
    pagina.goto(f"{sitio}/e/2")
    pagina.get_by_label("Sufrió la tempestad").first.check()
    pagina.locator("main textarea, main input[type=text]").first.press_sequentially(marca)


def reconocer(pagina: Page, sitio: str, _marca: str) -> None:
    """Hasta la revisión privada de «listo», con algo marcado en ella."""
    pagina.goto(f"{sitio}/e/1")
    for grupo in pagina.locator("main fieldset").all():
        if grupo.locator("input[type=radio]").count():
            grupo.locator("input[type=radio]").last.check()
    pagina.locator("main form button").last.click()
    expect(pagina.get_by_role("heading", name="Listo")).to_be_visible()
    while (cerrados := pagina.locator("main details:not([open]) > summary")).count():
        cerrados.first.click()
    for casilla in pagina.locator("main input[type=checkbox]").all()[:2]:
        casilla.check(force=True)


def con_error(pagina: Page, sitio: str, marca: str) -> None:
    """Mandada sin guiones, y de regreso con algo por corregir."""
    registro(pagina, sitio, marca)
    pagina.locator("[name=telefono]").fill("12")
    pagina.get_by_role("button", name="Guardar").click()
    de_regreso(pagina, marca)
    pagina.locator("[name=telefono]").fill("3487774153")


def viva_con_error(pagina: Page, sitio: str, marca: str) -> None:
    viva(pagina, sitio, marca)
    pagina.get_by_label("¿Cuántas?").fill("muchas")
    pagina.locator("main form button").last.click()
    de_regreso(pagina, marca)
    pagina.get_by_label("¿Cuántas?").fill("2")


def de_regreso(pagina: Page, marca: str) -> None:
    expect(pagina.locator(".f-error").first).to_be_visible()
    assert marca in [campo.input_value() for campo in pagina.locator("main textarea, main input[type=text]").all()]


# --- Las maneras de irse -------------------------------------------------------------------------------------------


def enviada(pagina: Page) -> None:
    pagina.locator("main form button").last.click()
    expect(pagina.get_by_role("heading", name="Listo")).to_be_visible()


def con_salir(pagina: Page) -> None:
    pagina.get_by_role("link", name="Salir").click()
    pagina.wait_for_url("**/salir")


def con_tres_esc(pagina: Page) -> None:
    for _ in range(3):
        pagina.keyboard.press("Escape")
    pagina.wait_for_url("**/salir")


def atras(pagina: Page) -> None:
    regresar(pagina)


def a_otra_pagina_y_de_regreso(pagina: Page) -> None:
    """Aunque el navegador la tuviera en memoria (bfcache): vuelve vacía."""
    pagina.goto("about:blank")
    regresar(pagina)
    expect(pagina.locator("main form")).to_be_visible()
    vacia(pagina)


def recargada(pagina: Page) -> None:
    pagina.reload()
    vacia(pagina)


def cerrada(pagina: Page) -> None:
    pagina.close()


def a_medias(_pagina: Page) -> None:
    """Se queda abierta: se le acaba la pila."""


SALIDAS = (enviada, con_salir, con_tres_esc, atras, a_otra_pagina_y_de_regreso, recargada, cerrada, a_medias)
CAMINOS = [(llenar, salir) for llenar in (registro, viva) for salir in SALIDAS]
CAMINOS += [(reconocer, salir) for salir in (con_salir, atras, cerrada, a_medias)]
SIN_GUIONES = [(llenar, salir) for llenar in (registro, viva) for salir in (enviada, con_salir, atras, a_medias)]
SIN_GUIONES += [(con_error, salir) for salir in (enviada, con_salir, recargada, a_otra_pagina_y_de_regreso, a_medias)]
SIN_GUIONES += [(viva_con_error, salir) for salir in (enviada, con_salir, atras, cerrada, a_medias)]


def regresar(pagina: Page) -> None:
    """«Atrás». De la que vuelve de la memoria, Playwright no se entera de que cargó."""
    aqui = pagina.url
    with suppress(PlaywrightError):
        pagina.go_back(wait_until="commit", timeout=3_000)
    expect(pagina).not_to_have_url(aqui)


def vacia(pagina: Page) -> None:
    """Nada escrito ni marcado, aunque tarde en pedirse otra vez."""
    for campo in pagina.locator("main input:not([type=hidden]):not([type=radio]):not([type=checkbox]), textarea").all():
        expect(campo).to_have_value("")
    expect(pagina.locator("main :checked")).to_have_count(0)


def recorrer(
    contexto: BrowserContext, sitio: str, caminos, *, guiones: bool, quien: str = "Xóchitl Quetzalli"
) -> list[str]:
    marcas = []
    for n, (llenar, salir) in enumerate(caminos):
        pagina = contexto.new_page()
        if not guiones:
            apagar_guiones(pagina)
        pagina.goto(sitio)
        marcas.append(f"{quien} {'con' if guiones else 'sin'} {n}")
        llenar(pagina, sitio, marcas[-1])
        salir(pagina)
        if salir is con_salir:
            regresar(pagina)  # lo que verá quien toque «Atrás» después de salir
            if llenar is not reconocer:
                vacia(pagina)
        if salir not in (a_medias, cerrada):
            pagina.close()
    return marcas


def apagar_guiones(pagina: Page) -> None:
    pagina.context.new_cdp_session(pagina).send("Emulation.setScriptExecutionDisabled", {"value": True})


def descuidada(contexto: BrowserContext, marca: str) -> None:
    pagina = contexto.new_page()
    pagina.goto("data:text/html,<form><textarea></textarea></form>")
    pagina.locator("textarea").press_sequentially(marca)


def test_en_el_telefono_de_la_asistente_no_queda_nada_se_vaya_como_se_vaya(chromium, sitio, monkeypatch):
    contexto = chromium.abrir()
    marcas = recorrer(contexto, sitio, CAMINOS, guiones=True)
    marcas += recorrer(contexto, sitio, SIN_GUIONES, guiones=False)
    descuidada(contexto, "lo que una descuidada deja")
    monkeypatch.setattr(regreso, "CUANTAS", 0)
    sin_la_pieza = recorrer(contexto, sitio, [(con_error, a_medias)], guiones=False, quien="Citlali Nahui")
    contexto.pages[-1].wait_for_timeout(LO_QUE_TARDA_EN_ANOTAR)
    chromium.matar()
    assert rastro.buscar(chromium.perfil, [*marcas, *DEL_TEMA, "3487774153"]) == []
    for que in ("lo que una descuidada deja", *sin_la_pieza):
        assert rastro.buscar(chromium.perfil, [que]) != [], que
