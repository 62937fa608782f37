"""La página de espera en Chromium: con JavaScript se envía sola; sin él, al cabo de unos segundos y un toque."""

from random import Random

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from recoleccion.aplicacion import create_app
from recoleccion.avalancha import Limites, Ritmo
from recoleccion.vistas import regreso
from tests.navegador import rastro
from tests.navegador.accesibilidad import con_axe, problemas_a_lo_ancho
from tests.navegador.caos.chromium import Chromium
from tests.navegador.peso import escuchar
from tests.navegador.servido import servida
from tests.navegador.test_presupuesto import MAXIMO_BYTES
from tests.navegador.test_rastro_asistente import (
    LO_QUE_TARDA_EN_ANOTAR,
    a_medias,
    apagar_guiones,
    atras,
    cerrada,
    con_salir,
    descuidada,
    registro,
    regresar,
)

CERRADA = Limites(todas=Ritmo(0, 0), con_tiempo=Ritmo(9, 9), veces=99)
CHICA = {"width": 360, "height": 640}


@pytest.fixture
def cerrada_la_puerta(datos, reloj):
    """Un evento al que ya no le cabe nadie sin pase."""
    return create_app(datos, reloj=reloj, azar=Random(7), limites=CERRADA)


@pytest.fixture
def sitio(cerrada_la_puerta, elenco):
    with servida(cerrada_la_puerta) as raiz:
        yield f"{raiz}/{elenco.clave}"


@pytest.fixture
def sin_cuenta(cerrada_la_puerta, elenco):
    """El mismo, y el guion que haría la cuenta no llega: la página se queda esperando."""
    de_veras = cerrada_la_puerta.wsgi_app

    def sin_guion(ambiente, empezar):
        return de_veras(ambiente | {"PATH_INFO": ambiente["PATH_INFO"].replace("espera.js", "no")}, empezar)

    cerrada_la_puerta.wsgi_app = sin_guion
    with servida(cerrada_la_puerta) as raiz:
        yield f"{raiz}/{elenco.clave}"


def contestar(pagina: Page, sitio: str) -> None:
    pagina.goto(f"{sitio}/r")
    for opcion in ("Mujer", "De 30 a 44 años", "Del pueblo"):
        pagina.get_by_label(opcion, exact=True).check()
    pagina.get_by_role("button", name="Guardar").click()


def test_con_javascript_se_envia_sola_y_no_queda_nada_en_el_telefono(navegador: Browser, sitio, base):
    contexto = navegador.new_context(viewport=CHICA)
    pagina = contexto.new_page()
    estados: list[int] = []
    pagina.on("response", lambda r: estados.append(r.status) if r.request.method == "POST" else None)
    fallas: list[str] = []
    pagina.on("pageerror", lambda error: fallas.append(str(error)))
    contestar(pagina, sitio)
    pagina.get_by_text("Quedó guardado").wait_for(timeout=30_000)
    assert (estados[0], estados[-1], len(estados)) == (429, 200, 2)
    assert [tuple(f) for f in base.execute("SELECT sexo, edad, procedencia FROM asistencia")] == [
        ("M", "30-44", "cabecera")
    ]
    # Otra persona en el mismo teléfono: el guion ya está cargado y vuelve a hacer su cuenta.
    pagina.get_by_role("link", name="Registrar a otra persona").click()
    contestar(pagina, sitio)
    pagina.get_by_text("Quedó guardado").wait_for(timeout=30_000)
    assert base.execute("SELECT count(*) FROM asistencia").fetchone()[0] == 2
    assert fallas == []
    assert contexto.cookies() == []
    assert pagina.evaluate("localStorage.length + sessionStorage.length") == 0
    contexto.close()


def test_la_pagina_de_espera_se_lee_se_toca_y_pesa_poco(navegador: Browser, sin_cuenta):
    contexto = navegador.new_context(viewport=CHICA)
    con_axe(contexto)
    pagina = contexto.new_page()
    peso = escuchar(contexto.new_cdp_session(pagina), sin_cuenta)
    contestar(pagina, sin_cuenta)
    pagina.get_by_role("heading", name="Espere un momento").wait_for()
    assert problemas_a_lo_ancho(pagina) == {}
    la_espera = [cuanto for cual, cuanto in peso.por_peticion.items() if cual.endswith("/r")][-1]
    assert 1_000 < la_espera < MAXIMO_BYTES / 2
    contexto.close()


def test_sin_javascript_se_espera_se_toca_enviar_y_queda_una_vez(navegador: Browser, sitio, base, reloj):
    contexto = navegador.new_context(viewport=CHICA, java_script_enabled=False)
    pagina = contexto.new_page()
    contestar(pagina, sitio)
    assert "Cuente 20 segundos y toque «Enviar»" in pagina.content()
    pagina.get_by_role("button", name="Enviar").click()  # con prisa
    assert "todavía no se guarda" in pagina.content()
    reloj.avanzar(seconds=20)
    pagina.get_by_role("button", name="Enviar").click()
    assert "Quedó guardado" in pagina.content()
    assert base.execute("SELECT count(*) FROM asistencia").fetchone()[0] == 1
    contexto.close()


def test_de_la_espera_no_queda_nada_en_el_perfil(playwright, tmp_path, sin_cuenta, monkeypatch):
    """Lo contestado va dentro de la página de espera: se busca en todo el disco, se vaya como se vaya."""
    chromium, marcas = Chromium(playwright, tmp_path / "perfil"), []
    contexto = chromium.abrir()
    try:
        for guiones in (True, False):
            for salir in (con_salir, atras, cerrada, a_medias):
                marcas.append(f"Xóchitl Quetzalli {len(marcas)}")
                pagina = esperando(contexto, sin_cuenta, marcas[-1], guiones=guiones)
                salir(pagina)
                if salir is con_salir:
                    regresar(pagina)
                    assert pagina.locator(f'input[value="{marcas[-1]}"]').count() == 0
        descuidada(contexto, "lo que una descuidada deja")
        monkeypatch.setattr(regreso, "CUANTAS", 0)
        esperando(contexto, sin_cuenta, "Citlali Nahui", guiones=False)
        contexto.pages[-1].wait_for_timeout(LO_QUE_TARDA_EN_ANOTAR)
    finally:
        chromium.matar()
    assert rastro.buscar(chromium.perfil, marcas) == []
    for que in ("lo que una descuidada deja", "Citlali Nahui"):
        assert rastro.buscar(chromium.perfil, [que]) != [], que


def esperando(contexto: BrowserContext, sitio: str, marca: str, *, guiones: bool) -> Page:
    pagina = contexto.new_page()
    if not guiones:
        apagar_guiones(pagina)
    pagina.goto(sitio)
    registro(pagina, sitio, marca)
    pagina.get_by_role("button", name="Guardar").click()
    pagina.get_by_role("heading", name="Espere un momento").wait_for()
    assert pagina.locator(f'input[value="{marca}"]').count() == 1
    return pagina
