"""Todas las pantallas del panel, con un año de datos, en teléfono y escritorio: axe sin violaciones, nada se desborda.

La lista sale de las rutas de la aplicación: una pantalla nueva entra sola. Con ``JORNADA_CAPTURAS=carpeta`` deja además
una imagen de cada una, para mirarlas.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from recoleccion.aplicacion import create_app
from recoleccion.consultas import conexion, cuarentena, cuentas, directorio, eventos
from recoleccion.demo import construir as demostracion
from recoleccion.instalacion import Instalacion
from tests.navegador.accesibilidad import TAMANOS, accesible
from tests.navegador.procesos import Servidor

NO_SON_PANTALLAS = re.compile(r"\.(pdf|json|csv|xlsx)$")
DE_UNA_ENCUESTA = {"clave": "satisfaccion", "int:version": "1", "pregunta": "S1", "huella": "0" * 64}


def _pantallas(datos: Path) -> list[str]:
    """Cada ruta GET del panel con datos de verdad en sus huecos; los eventos, en cada estado."""
    lugar = Instalacion(datos)
    db = conexion.abrir(lugar.privada)
    try:
        por_estado = {evento["estado"]: evento["id"] for evento in eventos.listar(db)}
        ids = {
            "eventos": list(por_estado.values()),
            "directorio": [directorio.listar(db)[0]["id"]],
            "cuentas": [next(c.id for c in cuentas.listar(db) if c.rol != "titular")],
            "cuarentena": [fila["id"] for fila in cuarentena.listar(db)[:1]],
        }
    finally:
        db.close()
    caminos = []
    for regla in create_app(datos).url_map.iter_rules():
        camino = regla.rule
        if not camino.startswith("/panel/") or "GET" not in (regla.methods or ()) or NO_SON_PANTALLAS.search(camino):
            continue
        if not regla.arguments:
            caminos.append(camino)
            continue
        de_que = camino.split("/")[2]
        if de_que == "instrumentos":
            caminos.append(re.sub(r"<([^>]+)>", lambda hueco: DE_UNA_ENCUESTA[hueco[1]], camino))
            continue
        assert de_que in ids, f"dígale a esta prueba con qué llenar {camino}"
        caminos.extend(re.sub(r"<[^>]+>", id, camino) for id in ids[de_que])
    return sorted(caminos)


@pytest.fixture
def oficina(navegador: Browser, servidor_demo: Servidor) -> Iterator[Page]:
    contexto = navegador.new_context(locale="es-MX")
    pagina = contexto.new_page()
    titular = demostracion.leer(Instalacion(servidor_demo.datos))["cuentas"][0]
    pagina.goto(f"{servidor_demo.app}/panel/entrar")
    pagina.get_by_label("Usuario").fill(titular["usuario"])
    pagina.get_by_label("Contraseña").fill(titular["contrasena"])
    pagina.get_by_role("button", name="Entrar").click()
    yield pagina
    contexto.close()


def test_cada_pantalla_del_panel_es_accesible_y_cabe(oficina: Page, servidor_demo: Servidor):
    pantallas = _pantallas(servidor_demo.datos)
    assert len(pantallas) > 20
    guiones: list[str] = []
    oficina.on("pageerror", lambda error: guiones.append(str(error)))
    oficina.on("console", lambda mensaje: guiones.append(mensaje.text) if mensaje.type == "error" else None)
    malas = {}
    for camino in pantallas:
        if camino == "/panel/entrar":
            continue  # con la sesión abierta manda a «Hoy»
        for ancho, alto in TAMANOS:
            oficina.set_viewport_size({"width": ancho, "height": alto})
            respuesta = oficina.goto(f"{servidor_demo.app}{camino}")
            assert respuesta is not None
            assert respuesta.status == 200, camino
            if problemas := accesible(oficina):
                malas[f"{camino} a {ancho}"] = problemas
            _capturar(oficina, camino, ancho)
    assert malas == {}
    assert guiones == []


def _capturar(pagina: Page, camino: str, ancho: int) -> None:
    if carpeta := os.environ.get("JORNADA_CAPTURAS"):
        nombre = re.sub(r"[0-9a-f-]{36}", "id", camino).strip("/").replace("/", "_")
        pagina.screenshot(path=Path(carpeta) / f"{nombre}-{ancho}.png", full_page=True)
