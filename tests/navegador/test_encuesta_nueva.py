"""Una encuesta que nadie ha visto: de la hoja de cálculo a un evento y a la respuesta de una asistente, en Chromium.

La recorre quien nunca la ha hecho: sólo con lo que dicen las páginas, con guiones y sin ellos, y contando cada paso.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from formularios.xlsform.plantilla import ejemplo
from recoleccion.aplicacion import create_app
from recoleccion.consultas import eventos, instrumentos, urna
from tests.elenco import CONTRASENA
from tests.navegador.accesibilidad import TAMANOS, accesible
from tests.navegador.servido import servida

MAXIMO_PASOS = 17
"""Lo que toca y lo que llena, desde «Encuestas» hasta el evento guardado. A 14 segundos cada uno, cuatro minutos."""


@pytest.fixture
def sitio(datos: Path, reloj) -> Iterator[str]:
    with servida(create_app(datos, reloj=reloj)) as direccion:
        yield direccion


@pytest.fixture
def hoja(tmp_path: Path) -> Path:
    archivo = tmp_path / "mi encuesta.xlsx"
    archivo.write_bytes(ejemplo())
    return archivo


class Titular:
    """Alguien en el panel; ``pasos`` cuenta lo que toca y lo que llena."""

    def __init__(self, contexto: BrowserContext, sitio: str) -> None:
        self.p: Page = contexto.new_page()
        self.pasos = 0
        self.p.goto(f"{sitio}/panel/entrar")
        self.p.get_by_label("Usuario").fill("titular")
        self.p.get_by_label("Contraseña").fill(CONTRASENA)
        self.p.get_by_role("button", name="Entrar").click()

    def toca(self, texto: str, que: str = "button") -> None:
        self.pasos += 1
        self.p.get_by_role(que, name=texto, exact=True).first.click()  # type: ignore[arg-type]

    def llena(self, **campos: str) -> None:
        for id, valor in campos.items():
            self.pasos += 1
            campo = self.p.locator(f"#{id}")
            if campo.evaluate("e => e.tagName") == "SELECT":
                campo.select_option(valor)
            else:
                campo.fill(valor)

    def sube(self, archivo: Path) -> None:
        self.pasos += 2  # abrir el selector y escoger el archivo
        self.p.get_by_label("Archivo de la encuesta").set_input_files(archivo)
        self.toca("Leer la hoja")


def se_ve_bien(p: Page, donde: str) -> None:
    malas = {}
    for ancho, alto in TAMANOS:
        p.set_viewport_size({"width": ancho, "height": alto})
        if problemas := accesible(p):
            malas[f"{donde} a {ancho}"] = problemas
    assert malas == {}


@pytest.mark.parametrize("guiones", [True, False], ids=["con guiones", "sin guiones"])
def test_de_la_hoja_al_evento_y_a_la_respuesta(navegador: Browser, sitio: str, base, hoja: Path, guiones: bool):
    contexto = navegador.new_context(
        locale="es-MX", java_script_enabled=guiones, viewport={"width": 1280, "height": 800}
    )
    t = Titular(contexto, sitio)
    t.toca("Encuestas", "link")
    t.sube(hoja)
    expect(t.p.get_by_role("heading", name="Revise «Encuesta de ejemplo»")).to_be_visible()
    assert "encuesta_de_ejemplo" not in instrumentos.ofrecidas(base)

    previa = t.p.frame_locator("iframe")
    previa.get_by_label("Mujer", exact=True).check()
    previa.get_by_role("button", name="Enviar").click()
    expect(previa.get_by_role("heading", name="Es una prueba: no se guardó nada")).to_be_visible()
    expect(previa.get_by_text("Sexo: M")).to_be_visible()

    t.toca("Guardar esta versión")
    expect(t.p.get_by_role("status")).to_contain_text("Ya se puede elegir en un evento")
    t.toca("Nuevo evento", "link")
    t.llena(titulo="Plática en la plaza", tipo="platica", tema="igualdad", fecha="2026-11-25")
    t.llena(hora_inicio="17:00", hora_fin="19:00", sede="Casa de la Cultura", localidad="valle_de_guadalupe")
    t.llena(zona="cabecera", programa="igualdad")
    expect(t.p.get_by_label("Encuesta de ejemplo (3 minutos)", exact=True)).to_be_checked()
    t.toca("Guardar")
    expect(t.p.get_by_role("heading", name="Plática en la plaza")).to_be_visible()
    assert t.pasos <= MAXIMO_PASOS

    evento = next(e for e in eventos.listar(base) if e["titulo"] == "Plática en la plaza")
    asistente = contexto.browser.new_context(locale="es-MX", java_script_enabled=guiones).new_page()
    asistente.goto(f"{sitio}/{evento['clave']}/e/1")
    asistente.get_by_label("Mujer", exact=True).check()
    asistente.get_by_label("De acuerdo", exact=True).check()
    asistente.get_by_role("button", name="Enviar").click()
    asistente.wait_for_url("**/listo?e=1")
    assert urna.cuantas(base, evento["id"]) == 1
    asistente.context.close()
    contexto.close()


def test_lo_que_hay_que_corregir_la_vista_previa_y_las_versiones_son_accesibles(
    navegador: Browser, sitio: str, hoja: Path, tmp_path: Path
):
    contexto = navegador.new_context(locale="es-MX")
    t = Titular(contexto, sitio)
    errores: list[str] = []
    t.p.on("pageerror", lambda error: errores.append(str(error)))
    t.p.goto(f"{sitio}/panel/instrumentos")
    mala = tmp_path / "mala.csv"
    mala.write_text("survey\n,type,name,label\n,photo,a,A\n,select_one x,b,B\n", "utf-8")
    t.sube(mala)
    expect(t.p.get_by_role("alert")).to_contain_text("2 cosas por corregir")
    se_ve_bien(t.p, "problemas")
    t.sube(hoja)
    se_ve_bien(t.p, "reporte")
    t.toca("Una pregunta por pantalla", "link")
    expect(t.p.frame_locator("iframe").locator("[data-por-pantalla]")).to_be_attached()
    t.toca("Guardar esta versión")
    se_ve_bien(t.p, "guardada")
    t.p.goto(f"{sitio}/panel/eventos/nuevo")
    t.p.get_by_label("Encuesta de ejemplo (3 minutos)", exact=True).check()
    expect(t.p.get_by_label("Lugar de «Encuesta de ejemplo (3 minutos)»")).to_be_visible()
    expect(t.p.get_by_label("Lugar de «Antes de empezar (3 minutos)»")).to_be_hidden()
    se_ve_bien(t.p, "evento")
    assert errores == []
    contexto.close()


def test_se_guarda_con_puro_teclado_sin_pasar_por_la_vista_previa(navegador: Browser, sitio: str, hoja: Path, base):
    contexto = navegador.new_context(locale="es-MX", viewport={"width": 1280, "height": 800})
    t = Titular(contexto, sitio)
    t.p.goto(f"{sitio}/panel/instrumentos")
    with t.p.expect_file_chooser() as selector:
        _hasta(t.p, "archivo")
        t.p.keyboard.press("Enter")
    selector.value.set_files(hoja)
    _hasta(t.p, "Leer la hoja")
    t.p.keyboard.press("Enter")
    expect(t.p.get_by_role("heading", name="Revise «Encuesta de ejemplo»")).to_be_visible()
    _hasta(t.p, "Saltar la vista previa")
    t.p.keyboard.press("Enter")
    _hasta(t.p, "Guardar esta versión", tabuladores=8)
    t.p.keyboard.press("Enter")
    expect(t.p.get_by_role("status")).to_contain_text("Se guardó")
    assert "encuesta_de_ejemplo" in instrumentos.ofrecidas(base)
    contexto.close()


def _hasta(p: Page, que: str, tabuladores: int = 60) -> None:
    """Tabulador hasta lo que tenga ese ``id`` o ese texto."""
    for _ in range(tabuladores):
        p.keyboard.press("Tab")
        if que in p.evaluate("[document.activeElement.id, document.activeElement.textContent.trim()]"):
            return
    raise AssertionError(f"no se llega con el tabulador a «{que}»")
