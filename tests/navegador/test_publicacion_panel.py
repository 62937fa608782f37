"""Publicar desde el panel en Chromium, también sin JavaScript: ver, filtrar, firmar. Accesible y sin desbordarse."""

import os
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from recoleccion.aplicacion import create_app
from recoleccion.consultas import eventos
from recoleccion.publicador import EnSegundoPlano
from tests.elenco import CONTRASENA, HORA, evento_de_prueba
from tests.navegador.accesibilidad import TAMANOS, accesible
from tests.navegador.servido import servida
from tests.recoleccion.vistas.oficina import contestar, registrar


@pytest.fixture
def con_trimestres(base, instalacion, azar, reloj) -> None:
    """Dos trimestres: uno para publicar primero y otro para comparar."""
    for fecha, mujeres, hombres in (("2026-05-12", 60, 14), ("2026-09-10", 48, 5)):
        id = eventos.crear(base, evento_de_prueba(fecha=fecha), HORA, azar)
        eventos.abrir(base, id, HORA)
        registrar(base, instalacion, id, azar, cuantas=mujeres)
        registrar(base, instalacion, id, azar, cuantas=hombres, sexo="H", edad="18-29")
        for n in range(45):
            contestar(base, instalacion, id, 1, S1=("muy_buena", "buena", "regular", "mala")[n % 4])
        eventos.cerrar(base, id, HORA, instalacion.sello, azar)
    reloj.hora = HORA.replace(month=10, day=5)


def _bien(pagina: Page, nombre: str) -> None:
    for ancho, alto in TAMANOS:
        pagina.set_viewport_size({"width": ancho, "height": alto})
        if carpeta := os.environ.get("JORNADA_CAPTURAS"):
            pagina.screenshot(path=Path(carpeta) / f"{nombre}-{ancho}.png", full_page=True)
        assert accesible(pagina) == [], f"{nombre} a {ancho}"


def _entrar(navegador: Browser, direccion: str, *, guiones: bool) -> Page:
    pagina = navegador.new_context(locale="es-MX", java_script_enabled=guiones).new_page()
    pagina.goto(f"{direccion}/panel/publicacion")
    pagina.get_by_label("Usuario").fill("titular")
    pagina.get_by_label("Contraseña").fill(CONTRASENA)
    pagina.get_by_role("button", name="Entrar").click()
    return pagina


def _firmar(pagina: Page, lote: str) -> None:
    pagina.get_by_label("Su contraseña").fill(CONTRASENA)
    pagina.get_by_role("button", name="Firmar y publicar").click()
    _hasta_que_acabe(pagina)
    assert f"Se publicó el lote {lote}." in pagina.get_by_role("status").inner_text()


def _hasta_que_acabe(pagina: Page) -> None:
    for _ in range(1200):
        if not pagina.get_by_role("link", name="Actualizar").count():
            return
        time.sleep(0.5)
        pagina.goto(pagina.url)
    raise AssertionError(pagina.inner_text("main"))


def test_ver_firmar_y_publicar(navegador: Browser, datos, instalacion, reloj, con_trimestres):
    """Un lote sin JavaScript; el otro con él, mirando cada pantalla."""
    publicador = EnSegundoPlano(instalacion, "http://127.0.0.1:8001/")
    with servida(create_app(datos, reloj=reloj, publicador=publicador)) as direccion:
        pagina = _entrar(navegador, direccion, guiones=False)
        pagina.get_by_role("button", name="Ver lo que se publicaría").click()
        _hasta_que_acabe(pagina)
        _firmar(pagina, "2026-T2")
        pagina.context.close()

        pagina = _entrar(navegador, direccion, guiones=True)
        pagina.get_by_role("button", name="Ver lo que se publicaría").click()
        _hasta_que_acabe(pagina)
        pagina.get_by_role("link", name="Ver celda por celda").click()
        pagina.get_by_label("Tabla").select_option("asistencia_cubo")
        pagina.get_by_role("button", name="Filtrar").click()
        _bien(pagina, "celdas")
        pagina.get_by_role("link", name="← Lo que se publicaría").click()
        pagina.get_by_role("button", name="Firmar y publicar").click()
        assert pagina.get_by_role("alert").inner_text().startswith("1 dato por corregir.")
        _bien(pagina, "previa")
        _firmar(pagina, "2026-T3")
        _bien(pagina, "publicado")
        assert pagina.get_by_role("link", name="Abrir los datos publicados").get_attribute("href") == publicador.portal
        pagina.context.close()
    assert (datos / "publica.db").is_file()
