"""Una encuesta de cada tipo en el teléfono prestado: cada pantalla, con axe y con la letra al doble."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import Page, expect

from formularios.xlsform import importar
from recoleccion.aplicacion import create_app
from recoleccion.consultas import eventos, instrumentos
from recoleccion.instalacion import ahora
from tests.elenco import evento_de_prueba
from tests.navegador.promotora import TITULO, cola, prestar, violaciones
from tests.navegador.servido import servida

CADA_TIPO = Path(__file__).resolve().parents[2] / "formularios" / "datos" / "todo.csv"
_DESBORDA = "document.documentElement.scrollWidth > innerWidth"
_LETRA = "(px) => { document.documentElement.style.fontSize = px; }"
ESCRITO = {
    "p_cuantas": "2", "p_estatura": "1.6", "p_minutos": "15", "p_codigo_postal": "47380", "p_lugar": "20.99 -102.61",
    "p_en_casa": "4", "p_edad~1": "7", "p_hora": "09:30",
}  # fmt: skip


@pytest.fixture
def sitio(datos, base) -> Iterator[str]:
    hoy = ahora()
    instrumento = importar(CADA_TIPO.name, CADA_TIPO.read_bytes()).instrumento
    assert instrumento is not None
    instrumentos.asegurar(base, instrumento)
    lista = ["antes", "despues", "satisfaccion", "todo"]
    evento = evento_de_prueba(titulo=TITULO, fecha=hoy.date().isoformat(), encuestas=lista)
    eventos.abrir(base, eventos.crear(base, evento, hoy, Random(4)), hoy)
    with servida(create_app(datos)) as direccion:
        yield direccion


def revisar(pagina: Page) -> list[str]:
    """axe como está, y que nada se salga a lo ancho con la letra normal y al doble."""
    hallados = violaciones(pagina)
    hallados += ["se desborda"] if pagina.evaluate(_DESBORDA) else []
    pagina.evaluate(_LETRA, "36px")
    hallados += ["se desborda al doble"] if pagina.evaluate(_DESBORDA) else []
    pagina.evaluate(_LETRA, "")
    return hallados


def llenar(pagina: Page) -> None:
    """La primera opción de lo que se elige; un texto o un número en lo que se escribe."""
    vistos = set()
    for campo in pagina.locator(".f-encuesta :is(input, select, textarea):visible").all():
        nombre, tipo = campo.get_attribute("name") or "", campo.evaluate("(e) => e.type")
        if not nombre or nombre in vistos:
            continue
        vistos.add(nombre)
        if tipo in ("radio", "checkbox"):
            campo.check()
        elif tipo == "select-one":
            campo.select_option(index=1)
        elif tipo != "date":
            campo.fill(ESCRITO.get(nombre, "Una respuesta"))


def test_cada_pantalla_se_ve_se_lee_y_se_contesta(contexto, sitio):
    pagina = prestar(contexto, sitio, "De todo un poco", encuestas=5)
    malas = {"portada": revisar(pagina)}
    pagina.get_by_role("button", name="English").click()
    expect(pagina.locator(".f-encuesta")).to_have_attribute("lang", "en")
    malas["portada en inglés"] = revisar(pagina)
    pagina.get_by_role("button", name="Start").click()
    malas["en inglés"] = revisar(pagina)
    pagina.reload()
    pagina.get_by_role("button", name="Empezar").click()
    ultima = pagina.get_by_role("button", name="Terminar")
    for n in range(60):
        malas[f"{n}: {pagina.locator('.f-encuesta').inner_text()[:60]!r}"] = revisar(pagina)
        if pagina.locator("[name=p_hijas]:visible").count():  # obligatoria: sin contestar no se avanza
            pagina.get_by_role("button", name="Siguiente").click()
            pagina.locator(".f-error:visible").wait_for()
            malas["con error"] = revisar(pagina)
        llenar(pagina)
        if ultima.count():
            break
        pagina.get_by_role("button", name="Siguiente").click()
    ultima.click()
    expect(pagina.get_by_role("heading", name="Listo. Gracias.")).to_be_visible()
    malas["gracias"] = revisar(pagina)
    assert {donde: que for donde, que in malas.items() if que} == {}
    assert len(malas) > 25
    assert len(cola(pagina)) == 1
