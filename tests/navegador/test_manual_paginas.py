"""El manual en Chromium: cabe y se lee en teléfono y escritorio, e impreso no corta ninguna imagen."""

import io
from collections.abc import Iterator
from pathlib import Path

import pypdf
import pytest
from playwright.sync_api import Browser

from recoleccion.aplicacion import create_app
from recoleccion.vistas.manual import PAPELES
from tests.navegador.accesibilidad import TAMANOS, accesible
from tests.navegador.servido import servida

CARTA = (612, 792)
HOJAS_CUANDO_MAS = {"promotora": 9, "titular": 18}


@pytest.fixture
def sitio(datos: Path, reloj) -> Iterator[str]:
    with servida(create_app(datos, reloj=reloj)) as direccion:
        yield direccion


def test_cada_parte_es_accesible_cabe_y_no_pide_guiones_ni_deja_galletas(navegador: Browser, sitio: str):
    contexto = navegador.new_context(locale="es-MX")
    pagina = contexto.new_page()
    pedidos: list[str] = []
    pagina.on("request", lambda pedido: pedidos.append(pedido.resource_type))
    malas = {}
    for direccion in ("", *PAPELES):
        for ancho, alto in TAMANOS:
            pagina.set_viewport_size({"width": ancho, "height": alto})
            pagina.goto(f"{sitio}/ayuda/manual/{direccion}")
            if problemas := accesible(pagina):
                malas[f"{direccion} a {ancho}"] = problemas
    assert malas == {}
    assert {"document", "stylesheet", "image"} <= set(pedidos)
    assert not {"script", "fetch", "xhr", "websocket"} & set(pedidos)
    assert contexto.cookies() == []
    contexto.close()


def test_impreso_sale_en_hojas_carta_sin_menu_y_con_sus_imagenes(navegador: Browser, sitio: str):
    contexto = navegador.new_context(locale="es-MX", java_script_enabled=False)
    pagina = contexto.new_page()
    for papel, cuantas in HOJAS_CUANDO_MAS.items():
        pagina.goto(f"{sitio}/ayuda/manual/{papel}")
        imagenes = pagina.locator("img").count()
        hojas = pypdf.PdfReader(io.BytesIO(pagina.pdf(prefer_css_page_size=True))).pages
        assert len(hojas) <= cuantas, papel
        assert {tuple(round(float(lado)) for lado in hoja.mediabox[2:]) for hoja in hojas} == {CARTA}
        # Una imagen partida saldría en dos hojas.
        assert sum(len(hoja.images) for hoja in hojas) == imagenes, papel
        texto = " ".join(hoja.extract_text() for hoja in hojas)
        assert "Si algo sale mal" in texto
        assert "Ir al contenido" not in texto
    contexto.close()
