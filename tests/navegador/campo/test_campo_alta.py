"""Agregar un teléfono con el código de la titular, firmar con una llave que no sale de él y darlo de baja con calma."""

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from recoleccion.consultas import cuarentena, dispositivos
from recoleccion.instalacion import ahora
from recoleccion.vistas.panel.telefonos import PREFIJO_ALTA
from tests.elenco import CONTRASENA
from tests.navegador.camara import abrir_con_camara, video_de_codigos
from tests.navegador.procesos import BANDERAS, ruta_chromium
from tests.navegador.promotora import (
    al_evento,
    asistencias,
    cola,
    contexto_de_telefono,
    enviar,
    registrar,
    violaciones,
)

LLAVE = """async () => {
  const listo = (pedido) => new Promise((r) => { pedido.onsuccess = () => r(pedido.result); });
  const bd = await listo(indexedDB.open("jornada"));
  const { privada } = await listo(bd.transaction("ajustes").objectStore("ajustes").get("firmante"));
  const sacada = await crypto.subtle.exportKey("pkcs8", privada).then(() => "salió", (error) => error.name);
  return [privada.extractable, privada.usages.join(), sacada];
}"""


def capturar(pagina: Page, nombre: str) -> None:
    """Con ``JORNADA_CAPTURAS=carpeta`` deja una imagen, para mirarla."""
    if carpeta := os.environ.get("JORNADA_CAPTURAS"):
        pagina.screenshot(path=f"{carpeta}/{nombre}.png", full_page=True)


def entrar_al_panel(contexto: BrowserContext, sitio: str) -> Page:
    pagina = contexto.new_page()
    pagina.goto(f"{sitio}/panel/entrar")
    pagina.get_by_label("Usuario").fill("titular")
    pagina.get_by_label("Contraseña").fill(CONTRASENA)
    pagina.get_by_role("button", name="Entrar").click()
    return pagina


@pytest.fixture
def oficina(navegador, sitio) -> Iterator[Page]:
    contexto = navegador.new_context(locale="es-MX", viewport={"width": 1280, "height": 800})
    yield entrar_al_panel(contexto, sitio)
    contexto.close()


def pedir_codigo(oficina: Page, sitio: str) -> str:
    oficina.goto(f"{sitio}/panel/telefonos")
    oficina.get_by_label("¿Quién va a usar el teléfono nuevo?").select_option(label="Rosa")
    oficina.get_by_role("button", name="Agregar un teléfono").click()
    expect(oficina.get_by_role("heading", name="El código")).to_be_visible()
    return oficina.locator(".clave").inner_text()


def escribir_codigo(pagina: Page, codigo: str, nombre: str = "Moto azul") -> None:
    pagina.get_by_label("O escriba el código").fill(codigo)
    pagina.get_by_label("Nombre de este teléfono").fill(nombre)
    pagina.get_by_role("button", name="Usar este teléfono").click()


def test_con_el_codigo_escrito_el_telefono_entra_firma_y_la_titular_lo_ve(contexto, sitio, base, oficina):
    codigo = pedir_codigo(oficina, sitio)
    pagina = contexto.new_page()
    pagina.goto(f"{sitio}/campo/")
    escribir_codigo(pagina, "ABCD-23")
    expect(pagina.locator(".noticia")).to_contain_text("8 letras y números")
    escribir_codigo(pagina, "ABCD-2345")
    expect(pagina.locator(".noticia")).to_contain_text("Ese código no sirve")
    expect(pagina.get_by_label("O escriba el código")).to_have_value("ABCD-2345")
    assert violaciones(pagina) == []
    capturar(pagina, "campo-alta")
    escribir_codigo(pagina, codigo.lower())
    expect(pagina.locator(".resumen-descarga")).to_contain_text("hace un momento")
    expect(oficina.get_by_role("status")).to_contain_text("se agregó «Moto azul»")
    assert pagina.evaluate(LLAVE) == [False, "sign", "InvalidAccessError"]

    pagina.get_by_role("link", name="Ir a los eventos").click()
    al_evento(pagina)
    registrar(pagina, veces=2)
    enviar(pagina)
    expect(pagina.locator(".estado")).to_contain_text("Todo enviado")
    [telefono] = dispositivos.listar(base)
    assert {(r["dispositivo"], len(r["firma"])) for r in cola(pagina)} == {(telefono["id"], 86)}
    assert len(asistencias(base)) == 2
    assert cuarentena.contar(base) == 0
    assert telefono["almacen_usado"] is not None
    assert telefono["almacen_persiste"] in (0, 1)


def test_una_firma_cambiada_en_el_telefono_no_se_cuenta(contexto, sitio, base, oficina):
    pagina = contexto.new_page()
    pagina.goto(f"{sitio}/campo/")
    escribir_codigo(pagina, pedir_codigo(oficina, sitio))
    expect(pagina.locator(".resumen-descarga")).to_be_visible()
    contexto.set_offline(True)
    pagina.get_by_role("link", name="Ir a los eventos").click()
    al_evento(pagina)
    registrar(pagina)
    pagina.close()  # abierta, podría estar por mandar el que ya había leído
    contexto.set_offline(False)
    pagina = contexto.new_page()
    pagina.goto(f"{sitio}/ayuda")
    pagina.evaluate(
        """async () => {
          const listo = (pedido) => new Promise((r) => { pedido.onsuccess = () => r(pedido.result); });
          const bd = await listo(indexedDB.open("jornada"));
          const cola = bd.transaction("cola", "readwrite").objectStore("cola");
          const [uno] = await listo(cola.getAll());
          await listo(cola.put({ ...uno, firma: "A".repeat(86) }));
        }"""
    )
    pagina.goto(f"{sitio}/campo/")
    enviar(pagina)
    expect(pagina.get_by_text("No se pudo comprobar qué teléfono hizo el registro")).to_be_visible()
    assert asistencias(base) == []
    assert [espera["codigo"] for espera in cuarentena.listar(base)] == ["firma_invalida"]


def test_dado_de_baja_lo_dice_con_calma_la_titular_acepta_y_con_otro_codigo_sigue(contexto, sitio, base, oficina):
    pagina = contexto.new_page()
    pagina.goto(f"{sitio}/campo/")
    escribir_codigo(pagina, pedir_codigo(oficina, sitio))
    expect(pagina.locator(".resumen-descarga")).to_be_visible()
    oficina.goto(f"{sitio}/panel/telefonos")
    capturar(oficina, "panel-telefonos")
    oficina.get_by_text("Se perdió o ya no se usa").click()
    oficina.get_by_role("button", name="Sí, darlo de baja").click()
    expect(oficina.get_by_text("Dado de baja")).to_be_visible()

    pagina.get_by_role("link", name="Ir a los eventos").click()
    al_evento(pagina)
    registrar(pagina, veces=2)
    enviar(pagina)
    expect(pagina.locator(".estado")).to_contain_text("2 registros en la oficina")
    expect(pagina.locator(".estado")).to_contain_text("La titular decide si se cuentan")
    capturar(pagina, "campo-baja-pendientes")
    pagina.get_by_role("link", name="Preparar este teléfono").click()
    expect(pagina.get_by_text("La oficina dio de baja este teléfono.")).to_be_visible()
    assert violaciones(pagina) == []
    capturar(pagina, "campo-baja")
    assert asistencias(base) == []

    oficina.goto(f"{sitio}/panel/cuarentena")
    capturar(oficina, "panel-cuarentena")
    assert violaciones(oficina) == []
    oficina.get_by_role("link", name="Revisar los 2").click()
    assert violaciones(oficina) == []
    oficina.get_by_role("button", name="Aceptar y contar los 2").click()
    expect(oficina.get_by_text("Ya se contaron los 2.")).to_be_visible()
    assert len(asistencias(base)) == 2

    pagina.get_by_role("button", name="Agregarlo con un código nuevo").click()
    escribir_codigo(pagina, pedir_codigo(oficina, sitio), "Moto de vuelta")
    expect(pagina.locator(".resumen-descarga")).to_be_visible()
    pagina.locator(".estado").click()
    for _ in range(2):
        pagina.get_by_role("button", name="Enviar otra vez").first.click()
        pagina.get_by_role("button", name="Enviar ahora").click()
    expect(pagina.locator(".estado")).to_contain_text("Todo enviado")
    assert len(asistencias(base)) == 2


def test_la_respuesta_perdida_del_alta_se_pide_otra_vez_sin_gastar_otro_codigo(contexto, sitio, base, oficina):
    codigo = pedir_codigo(oficina, sitio)
    pagina = contexto.new_page()
    pagina.goto(f"{sitio}/campo/")

    def perder(ruta) -> None:
        ruta.fetch()
        ruta.abort()

    pagina.route("**/api/v1/alta", perder, times=1)
    escribir_codigo(pagina, codigo)
    expect(pagina.locator(".noticia")).to_contain_text("No hay señal")
    assert len(dispositivos.listar(base)) == 1
    escribir_codigo(pagina, codigo)
    expect(pagina.locator(".resumen-descarga")).to_be_visible()
    assert len(dispositivos.listar(base)) == 1


def test_la_camara_lee_el_codigo_de_la_pantalla(playwright: Playwright, sitio, base, elenco, tmp_path: Path):
    _, codigo = dispositivos.ofrecer_alta(base, elenco.promotora.id, ahora(), Random(3))
    codigos = ["https://ine.example/123", PREFIJO_ALTA + codigo]
    video = video_de_codigos(codigos, tmp_path / "camara.y4m", segundos=1.5)
    navegador = abrir_con_camara(playwright, video, chromium=ruta_chromium(), extra=BANDERAS)
    contexto = contexto_de_telefono(navegador)
    contexto.grant_permissions(["camera"])
    pagina = contexto.new_page()
    pagina.goto(f"{sitio}/campo/")
    pagina.get_by_role("button", name="Escanear el código").click()
    expect(pagina.get_by_label("O escriba el código")).to_have_value(f"{codigo[:4]}-{codigo[4:]}")
    expect(pagina.get_by_label("Nombre de este teléfono")).to_be_focused()
    expect(pagina.locator("video")).to_be_hidden()
    pagina.keyboard.type("Con cámara")
    pagina.get_by_role("button", name="Usar este teléfono").click()
    expect(pagina.locator(".resumen-descarga")).to_be_visible()
    assert dispositivos.listar(base)[0]["nombre"] == "Con cámara"
    navegador.close()


@pytest.mark.parametrize("ancho", [360, 1280])
def test_la_pantalla_del_codigo_es_accesible_y_cabe(oficina, sitio, ancho):
    oficina.set_viewport_size({"width": ancho, "height": 640 if ancho == 360 else 800})
    pedir_codigo(oficina, sitio)
    capturar(oficina, f"panel-alta-{ancho}")
    assert violaciones(oficina) == []
    assert oficina.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    oficina.goto(f"{sitio}/panel/telefonos")
    assert violaciones(oficina) == []
