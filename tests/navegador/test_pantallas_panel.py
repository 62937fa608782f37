"""Todas las pantallas del panel, con un año de datos, en teléfono y escritorio: axe sin violaciones, nada se desborda.

Con qué se llenan los huecos de cada dirección lo dice ``tests/pantallas.py``. Con ``JORNADA_CAPTURAS=carpeta`` deja
además una imagen de cada una, para mirarlas.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from recoleccion.demo import construir as demostracion
from recoleccion.instalacion import Instalacion
from tests.navegador.accesibilidad import TAMANOS, accesible, con_axe
from tests.navegador.procesos import Servidor
from tests.pantallas import pantallas


@pytest.fixture
def oficina(navegador: Browser, servidor_demo: Servidor) -> Iterator[Page]:
    contexto = navegador.new_context(locale="es-MX")
    con_axe(contexto)
    pagina = contexto.new_page()
    titular = demostracion.leer(Instalacion(servidor_demo.datos))["cuentas"][0]
    pagina.goto(f"{servidor_demo.app}/panel/entrar")
    pagina.get_by_label("Usuario").fill(titular["usuario"])
    pagina.get_by_label("Contraseña").fill(titular["contrasena"])
    pagina.get_by_role("button", name="Entrar").click()
    yield pagina
    contexto.close()


def test_cada_pantalla_del_panel_es_accesible_y_cabe(oficina: Page, servidor_demo: Servidor):
    caminos = pantallas(servidor_demo.datos)
    assert len(caminos) > 20
    guiones: list[str] = []
    oficina.on("pageerror", lambda error: guiones.append(str(error)))
    oficina.on("console", lambda mensaje: guiones.append(mensaje.text) if mensaje.type == "error" else None)
    malas = {}
    for camino in caminos:
        if camino == "/panel/entrar":
            continue  # con la sesión abierta manda a «Hoy»
        oficina.set_viewport_size({"width": TAMANOS[0][0], "height": TAMANOS[0][1]})
        respuesta = oficina.goto(f"{servidor_demo.app}{camino}")
        assert respuesta is not None
        assert respuesta.status == 200, camino
        for ancho, alto in TAMANOS:  # la misma página, que se acomoda
            oficina.set_viewport_size({"width": ancho, "height": alto})
            if problemas := accesible(oficina):
                malas[f"{camino} a {ancho}"] = problemas
            _capturar(oficina, camino, ancho)
    assert malas == {}
    assert guiones == []


def _capturar(pagina: Page, camino: str, ancho: int) -> None:
    if carpeta := os.environ.get("JORNADA_CAPTURAS"):
        nombre = re.sub(r"[0-9a-f-]{36}", "id", camino).strip("/").replace("/", "_")
        pagina.screenshot(path=Path(carpeta) / f"{nombre}-{ancho}.png", full_page=True)
