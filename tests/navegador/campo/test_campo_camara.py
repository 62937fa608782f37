"""La cámara de la promotora ve un video hecho aquí: credenciales nuevas, revocadas, ajenas y otras cosas."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
import qrcode
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from recoleccion.consultas import credenciales
from recoleccion.instalacion import ahora
from tests.navegador.camara import abrir_con_camara, video_de_codigos
from tests.navegador.procesos import BANDERAS, ruta_chromium
from tests.navegador.promotora import (
    OTRO,
    abrir_en_frio_sin_senal,
    al_evento,
    asistencias,
    cola,
    contexto_de_telefono,
    preparar,
)

UNA_VUELTA = 30_000
"""Milisegundos en que el video enseña todo por lo menos una vez, también en una máquina ocupada."""


@pytest.fixture
def con_camara(playwright: Playwright, base, tmp_path: Path) -> Iterator[tuple[BrowserContext, list]]:
    """Un teléfono que ve, una y otra vez: una credencial nueva, una revocada, una ajena y un código de otra cosa."""
    lista = credenciales.imprimir(base, 3, ahora(), Random(9))
    credenciales.revocar(base, lista[1][0], ahora())
    codigos = [lista[0][1], lista[1][1], "J1" + "7" * 28, "https://ine.example/123"]
    video = video_de_codigos(codigos, tmp_path / "camara.y4m", segundos=1.5)
    navegador = abrir_con_camara(playwright, video, chromium=ruta_chromium(), extra=BANDERAS)
    contexto = contexto_de_telefono(navegador)
    contexto.grant_permissions(["camera"])
    yield contexto, lista
    navegador.close()


def sin_camara(pagina: Page, motivo: str) -> None:
    falla = f"async () => {{ throw new DOMException('', '{motivo}'); }}"
    pagina.evaluate(f"() => {{ navigator.mediaDevices.getUserMedia = {falla}; }}")


def tres_toques(pagina: Page) -> None:
    for nombre in ("Otra respuesta", "60 años o más", "De otro municipio"):
        pagina.get_by_role("button", name=nombre).click()


def test_la_camara_lee_credenciales_sin_senal(con_camara, sitio, base):
    contexto, _ = con_camara
    preparar(contexto.new_page(), sitio)
    pagina = abrir_en_frio_sin_senal(contexto, sitio)
    al_evento(pagina)
    pagina.get_by_role("link", name="Escanear").click()
    resultado = pagina.locator(".resultado")
    vistas = set()
    while vistas < {"Credencial nueva", "No la conocemos"}:
        expect(pagina.get_by_role("heading", name="¿Usted es…?")).to_be_visible(timeout=UNA_VUELTA)
        vistas.add(resultado.locator(".resultado-palabra").inner_text().split("\n")[-1])
        tres_toques(pagina)
        expect(resultado).to_contain_text("Guardado en este teléfono")
    for palabra in ("Ya registrada", "Credencial dada de baja", "No es una credencial"):
        expect(resultado).to_contain_text(palabra, timeout=UNA_VUELTA)
    pagina.get_by_role("link", name="Atrás").click()
    expect(pagina.locator(".cuenta-numero")).to_have_text("2")
    assert "ine.example" not in json.dumps(cola(pagina))
    # En el otro evento del día la misma tarjeta ya no pregunta: sus datos quedaron cifrados con ella misma.
    pagina.get_by_role("link", name="Atrás").click()
    al_evento(pagina, OTRO)
    pagina.get_by_role("link", name="Escanear").click()
    pregunta = pagina.get_by_role("button", name="No registrar")
    expect(resultado.filter(has_text="Guardado en este teléfono").or_(pregunta).first).to_be_visible(timeout=UNA_VUELTA)
    while pregunta.is_visible():
        pregunta.click()
        expect(resultado.filter(has_text="Guardado en este teléfono").or_(pregunta).first).to_be_visible(
            timeout=UNA_VUELTA
        )
    contexto.set_offline(False)
    expect(pagina.locator(".estado")).to_contain_text("Todo enviado")
    assert asistencias(base) == [("credencial", "O", "60+", "otro", None)] * 3
    conocidas = base.execute("SELECT count(*) FROM asistencia WHERE credencial_id IS NOT NULL").fetchone()[0]
    assert conocidas == 2


def test_con_el_codigo_roto_basta_el_folio(con_camara, sitio, base):
    contexto, lista = con_camara
    pagina = contexto.new_page()
    preparar(pagina, sitio)
    pagina.get_by_role("link", name="Ir a los eventos").click()
    al_evento(pagina)
    sin_camara(pagina, "NotAllowedError")
    pagina.get_by_role("link", name="Escanear").click()
    expect(pagina.locator(".resultado")).to_contain_text("Sin cámara")
    folio = pagina.get_by_label("Folio de la credencial")
    folio.fill("12 34")
    pagina.get_by_role("button", name="Buscar folio").click()
    expect(pagina.locator(".resultado")).to_contain_text("No encontramos el folio")
    expect(pagina.locator(".resultado-palabra")).to_be_in_viewport(ratio=1)
    folio.fill(f"{lista[2][0][:4]} {lista[2][0][4:]}")
    pagina.get_by_role("button", name="Buscar folio").click()
    expect(pagina.locator(".resultado")).to_contain_text("Folio encontrado")
    tres_toques(pagina)
    # La cámara vuelve a fallar después de guardar: lo guardado y su «Deshacer» siguen a la vista.
    expect(pagina.locator(".resultado")).to_contain_text(re.compile("Guardado en este teléfono.*Sin cámara"))
    expect(pagina.locator(".resultado").get_by_role("button", name="Deshacer")).to_be_visible()
    expect(pagina.locator(".estado")).to_contain_text("Todo enviado")
    [fila] = base.execute("SELECT modo, credencial_id IS NOT NULL FROM asistencia")
    assert tuple(fila) == ("credencial", 1)


def test_una_foto_tambien_sirve(con_camara, sitio, tmp_path):
    contexto, lista = con_camara
    pagina = contexto.new_page()
    preparar(pagina, sitio)
    pagina.get_by_role("link", name="Ir a los eventos").click()
    al_evento(pagina)
    sin_camara(pagina, "NotFoundError")
    pagina.get_by_role("link", name="Escanear").click()
    foto = tmp_path / "foto.png"
    qrcode.make(lista[2][1]).get_image().save(foto)
    pagina.locator("#foto").set_input_files(foto)
    expect(pagina.locator(".resultado")).to_contain_text("Credencial nueva")
