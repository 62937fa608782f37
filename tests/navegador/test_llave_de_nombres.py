"""La llave de nombres en un navegador de verdad: crearla, imprimir su hoja, abrirla en la lista y cerrarla."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from recoleccion.aplicacion import create_app
from tests.elenco import CONTRASENA
from tests.llave import quitar_llave
from tests.navegador.accesibilidad import TAMANOS, accesible
from tests.navegador.servido import servida
from tests.recoleccion.vistas.oficina import registrar

NOMBRE, FRASE = "Eustolia Íñiguez Plascencia", "tren olla pino luna sapo"


@pytest.fixture
def sitio(datos: Path, reloj) -> Iterator[str]:
    with servida(create_app(datos, reloj=reloj)) as direccion:
        yield direccion


def _se_ve_bien(pagina: Page, donde: str) -> None:
    malas = {}
    for ancho, alto in TAMANOS:
        pagina.set_viewport_size({"width": ancho, "height": alto})
        if problemas := accesible(pagina):
            malas[f"{donde} a {ancho}"] = problemas
    assert malas == {}


def test_de_no_tener_llave_a_ver_los_nombres_y_cerrarlos(
    navegador: Browser, sitio: str, base, instalacion, elenco, azar, tmp_path: Path
):
    quitar_llave(base)
    registrar(base, instalacion, elenco.evento_id, azar, nombre=NOMBRE, telefono="3781112233")
    contexto = navegador.new_context(locale="es-MX", accept_downloads=True)
    p = contexto.new_page()
    p.goto(f"{sitio}/panel/entrar?next=/panel/llave")
    p.get_by_label("Usuario").fill("titular")
    p.get_by_label("Contraseña").fill(CONTRASENA)
    p.get_by_role("button", name="Entrar").click()
    _se_ve_bien(p, "sin llave")

    p.get_by_label("La frase", exact=True).fill("corta")
    p.get_by_role("button", name="Crear la llave").click()
    expect(p.get_by_role("alert")).to_contain_text("por lo menos 16")
    _se_ve_bien(p, "frase corta")
    p.get_by_label("La frase", exact=True).fill(FRASE)
    p.get_by_label("La frase, otra vez", exact=True).fill(FRASE)
    p.get_by_role("button", name="Crear la llave").click()
    expect(p.get_by_role("heading", name="Guarde este código")).to_be_visible()
    expect(p.get_by_text("1 nombre)")).to_be_visible()
    _se_ve_bien(p, "guarde este código")
    with p.expect_download() as bajada:
        p.get_by_role("button", name="Hoja para guardar (PDF)").click()
    bajada.value.save_as(tmp_path / "hoja.pdf")
    assert (tmp_path / "hoja.pdf").read_bytes().startswith(b"%PDF")

    p.goto(f"{sitio}/panel/eventos/{elenco.evento_id}/lista")
    expect(p.get_by_text(NOMBRE)).to_have_count(0)
    _se_ve_bien(p, "lista cerrada")
    p.get_by_label("Su frase").fill(FRASE)
    p.get_by_label("Su frase").press("Enter")
    expect(p.get_by_role("cell", name=NOMBRE)).to_be_visible()
    _se_ve_bien(p, "lista abierta")
    p.get_by_role("button", name="Cerrar los nombres").click()
    expect(p.get_by_text("(cerrado)")).to_be_visible()
    expect(p.get_by_text(NOMBRE)).to_have_count(0)
    contexto.close()
