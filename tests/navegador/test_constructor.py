"""De «Encuesta nueva» a una encuesta guardada, sólo con el teclado y sin JavaScript; y cada estado, accesible.

Las que se abren con una dirección las mira ``test_pantallas_panel.py``; aquí, a las que se llega haciendo algo.
Con ``JORNADA_CAPTURAS=carpeta`` deja una imagen de cada estado, para mirarlo.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page

from recoleccion.consultas import instrumentos
from tests.elenco import CONTRASENA
from tests.navegador.accesibilidad import TAMANOS, accesible
from tests.navegador.servido import servida

_ENFOCADO = """() => { const e = document.activeElement;
  return e.getAttribute('aria-label') || (e.labels?.[0] ?? e).textContent.replace(/\\s+/g, ' ').trim() }"""


@pytest.fixture
def sitio(app: Flask) -> Iterator[str]:
    with servida(app) as direccion:
        yield direccion


def entrar(navegador: Browser, sitio: str, **opciones: object) -> BrowserContext:
    contexto = navegador.new_context(locale="es-MX", **opciones)  # type: ignore[arg-type]
    pagina = contexto.new_page()
    pagina.goto(f"{sitio}/panel/entrar")
    pagina.get_by_label("Usuario").fill("titular")
    pagina.get_by_label("Contraseña").fill(CONTRASENA)
    pagina.get_by_role("button", name="Entrar").click()
    return contexto


class Teclado:
    """Alguien que sólo usa el teclado."""

    def __init__(self, pagina: Page) -> None:
        self.pagina = pagina

    def ir(self, nombre: str) -> None:
        """Con el tabulador hasta lo que se llama así."""
        vistos = []
        for _ in range(150):
            self.pagina.keyboard.press("Tab")
            vistos.append(self.pagina.evaluate(_ENFOCADO))
            if vistos[-1] == nombre:
                return
        raise AssertionError(f"con el tabulador no se llega a «{nombre}»: {vistos}")

    def escribir(self, nombre: str, texto: str) -> None:
        self.ir(nombre)
        self.pagina.keyboard.press("Control+A")
        for renglon, parte in enumerate(texto.split("\n")):
            if renglon:
                self.pagina.keyboard.press("Enter")
            self.pagina.keyboard.type(parte)

    def pulsar(self, nombre: str) -> None:
        self.ir(nombre)
        with self.pagina.expect_navigation():
            self.pagina.keyboard.press("Enter")


def test_una_encuesta_de_cinco_preguntas_con_el_puro_teclado_y_sin_guiones(navegador, sitio, base):
    contexto = entrar(navegador, sitio, java_script_enabled=False)
    pagina = contexto.pages[0]
    pagina.goto(f"{sitio}/panel/instrumentos/nueva")
    teclado = Teclado(pagina)
    teclado.escribir("Título", "La feria")
    teclado.pulsar("Seguir con las preguntas")

    teclado.escribir("Qué se pregunta", "¿Vino acompañada?")
    teclado.escribir("Opciones, una por renglón", "Sí\nNo")
    teclado.pulsar("Agregar y escribir otra")
    # En un grupo de radios se entra con el tabulador y se escoge con las flechas.
    for texto, bajadas, opciones in (
        ("¿Con cuántas personas?", 4, ""),
        ("¿Qué le gustó?", 1, "La música\nLa comida\nNada"),
        ("¿Cómo se la pasó?", 2, ""),
        ("¿Qué le cambiaría?", 7, ""),
    ):
        teclado.escribir("Qué se pregunta", texto)
        pagina.keyboard.press("Tab")
        for _ in range(bajadas):
            pagina.keyboard.press("ArrowDown")
        if opciones:
            teclado.escribir("Opciones, una por renglón", opciones)
        teclado.pulsar("Agregar y escribir otra")
    teclado.pulsar("Ya no más")

    teclado.pulsar("Cambiar la pregunta 2")
    teclado.ir("Cuándo se muestra")
    pagina.keyboard.press("ArrowDown")
    teclado.pulsar("Listo")
    assert "Solo si contestó «Sí» en la 1" in pagina.inner_text("#P2")
    teclado.pulsar("Cambiar la pregunta 3")
    teclado.ir("No va con otra: «Nada»")
    pagina.keyboard.press("Space")
    teclado.pulsar("Subir «La comida»")
    teclado.pulsar("Listo")
    teclado.pulsar("Quitar la pregunta 5")
    teclado.pulsar("Deshacer: regresar «¿Qué le cambiaría?»")
    teclado.pulsar("Guardar versión 1")
    assert "Se guardó «La feria», versión 1" in pagina.inner_text("main")
    contexto.close()

    feria = instrumentos.leer(base, "la_feria", 1)
    assert [(p.tipo, p.apariencia) for p in feria.preguntas] == [
        ("una", None), ("entero", None), ("varias", None), ("una", "caritas"), ("texto", None),
    ]  # fmt: skip
    assert feria.por_clave["P2"].relevante == "${P1} = 'si'"
    assert [(o.texto, o.exclusiva) for o in feria.por_clave["P3"].opciones] == [
        ("La comida", False), ("La música", False), ("Nada", True),
    ]  # fmt: skip


def test_cada_estado_del_constructor_es_accesible_y_cabe(navegador, sitio):
    contexto = entrar(navegador, sitio)
    pagina = contexto.pages[0]
    malas: dict[str, list[str]] = {}

    def mirar(nombre: str) -> None:
        for ancho, alto in TAMANOS:
            pagina.set_viewport_size({"width": ancho, "height": alto})
            if problemas := accesible(pagina):
                malas[f"{nombre} a {ancho}"] = problemas
            if carpeta := os.environ.get("JORNADA_CAPTURAS"):
                pagina.screenshot(path=Path(carpeta) / f"{nombre}-{ancho}.png", full_page=True)

    def agregar(texto: str, tipo: str, opciones: str = "") -> None:
        pagina.goto(f"{editar}/pregunta")
        pagina.get_by_label("Qué se pregunta").fill(texto)
        pagina.get_by_label(tipo, exact=True).check()
        if opciones:
            pagina.get_by_label("Opciones, una por renglón").fill(opciones)
        pagina.get_by_role("button", name="Agregar", exact=True).click()

    pagina.goto(f"{sitio}/panel/instrumentos/nueva")
    pagina.get_by_label("Título").fill("La feria de noviembre")
    pagina.get_by_role("button", name="Seguir").click()
    editar = pagina.url.removesuffix("/pregunta")
    pagina.get_by_role("button", name="Agregar", exact=True).click()
    mirar("agregar_con_error")
    agregar("¿Vino acompañada?", "Una opción", "Sí\nNo")
    agregar("¿Con cuántas personas?", "Número")
    agregar("¿Qué le gustó?", "Varias opciones", "La música\nLa comida\nLos puestos\nNada")
    agregar("¿Del 0 al 10, qué tanto la recomienda?", "Del 0 al 10")
    agregar("¿De qué barrio viene?", "Una opción")
    mirar("con_algo_que_falta")
    pagina.goto(f"{editar}/pregunta/P4")
    pagina.get_by_label("Cuándo se muestra").select_option(label="Sólo si en la 2 puso más de…")
    pagina.get_by_role("button", name="Listo", exact=True).click()
    mirar("pregunta_con_error")
    pagina.goto(f"{editar}/pregunta/P3")
    pagina.get_by_label("Cuándo se muestra").select_option(label="Sólo si en la 1 contestó «Sí»")
    pagina.get_by_role("button", name="Agregar otra condición").click()
    pagina.get_by_label("Condición 2").select_option(label="Sólo si en la 2 puso más de…")
    pagina.locator("#si_numero-2").fill("2")
    pagina.get_by_role("button", name="Agregar otra condición").click()
    pagina.get_by_label("Condición 3").select_option(label="Sólo si en la 2 puso exactamente…")
    pagina.get_by_label("Sólo si se cumple alguna: con una basta").check()
    pagina.get_by_role("button", name="Listo", exact=True).click()
    mirar("condiciones_con_error")
    pagina.locator("#si_numero-3").fill("0")
    pagina.get_by_role("button", name="Listo", exact=True).click()
    assert "Solo si contestó «Sí» en la 1 o puso más de 2 o 0 en la 2" in pagina.inner_text("#P3")
    mirar("con_condiciones")
    otra = contexto.new_page()
    otra.goto(f"{editar}/pregunta/P3")
    otra.get_by_label("Renglón de ayuda").fill("Puede marcar varias.")
    pagina.goto(f"{editar}/pregunta/P3")
    otra.get_by_role("button", name="Listo", exact=True).click()
    pagina.get_by_label("Qué se pregunta").fill("¿Qué le gustó más?")
    pagina.get_by_role("button", name="Listo", exact=True).click()
    mirar("alguien_mas")
    otra.goto(f"{editar}/portada")
    pagina.goto(editar)
    pagina.get_by_role("button", name="Quitar la pregunta 5").click()
    mirar("quitada_y_lista")
    otra.get_by_label("Lo que se dice al terminar").fill("Gracias.")
    otra.get_by_role("button", name="Listo").click()
    pagina, otra = otra, pagina
    mirar("portada_alguien_mas")
    otra.close()
    contexto.close()
    assert malas == {}
