"""Un teléfono sin señal entrega lo suyo: por códigos que otro escanea, o en un archivo. Dos Chromium de verdad."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageFilter
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from recoleccion.consultas import cuarentena, dispositivos
from tests.elenco import CONTRASENA
from tests.navegador.camara import abrir_con_camara
from tests.navegador.procesos import BANDERAS, ruta_chromium
from tests.navegador.promotora import (
    PANTALLA,
    abrir_en_frio_sin_senal,
    al_evento,
    asistencias,
    cola,
    contexto_de_telefono,
    preparar,
    registrar,
    violaciones,
)

CAMARA = (1280, 720)
POR_SEGUNDO = 8
CUANTOS = 6
"""Registros que se pasan: unos veinte códigos."""


@pytest.fixture
def uno(navegador: Browser) -> Iterator[BrowserContext]:
    """El que da; su pantalla tiene dos puntos por píxel, como la de un teléfono barato."""
    nuevo = navegador.new_context(
        viewport=PANTALLA,
        locale="es-MX",
        timezone_id="America/Mexico_City",
        device_scale_factor=2,
        accept_downloads=True,
    )
    yield nuevo
    nuevo.close()


def con_registros_sin_senal(contexto: BrowserContext, sitio: str, cuantos: int = CUANTOS) -> Page:
    preparar(contexto.new_page(), sitio)
    pagina = abrir_en_frio_sin_senal(contexto, sitio)
    al_evento(pagina)
    registrar(pagina, nombre="Guadalupe Íñiguez")
    registrar(pagina, veces=cuantos - 1)
    pagina.locator(".estado").click()
    pagina.get_by_role("link", name="Pasar o rescatar registros").click()
    expect(pagina.get_by_text(f"{cuantos} registros por enviar.")).to_be_visible()
    return pagina


def fotografiar_codigos(pagina: Page, cuantos: int) -> list[Image.Image]:
    """Lo que se ve en la pantalla del que da, código tras código."""
    fotos: list[Image.Image] = []
    previo = ""
    while len(fotos) < cuantos:
        cambio = "(previo) => { const d = document.querySelector('.codigo').toDataURL(); return d !== previo && d; }"
        previo = pagina.wait_for_function(cambio, arg=previo).json_value()
        fotos.append(Image.open(io.BytesIO(pagina.locator(".codigo").screenshot())).convert("L"))
    return fotos


def video_de_pantalla(fotos: list[Image.Image], destino: Path) -> Path:
    """Como lo ve una mano: un poco girado, un poco borroso y de cada cuatro códigos uno no se alcanza a ver."""
    ancho, alto = CAMARA
    with destino.open("wb") as archivo:
        archivo.write(f"YUV4MPEG2 W{ancho} H{alto} F{POR_SEGUNDO}:1 Ip A1:1 C420jpeg\n".encode())
        for numero, foto in enumerate(fotos):
            cuadro = Image.new("L", CAMARA, 90)
            lado = 330 if numero % 4 == 3 else 560
            codigo = foto.resize((lado, lado)).rotate(3 - numero % 6, fillcolor=90, expand=True)
            cuadro.paste(codigo, ((ancho - codigo.width) // 2, (alto - codigo.height) // 2))
            borroso = cuadro.filter(ImageFilter.GaussianBlur(4 if numero % 4 == 3 else 0.8))
            archivo.write(b"FRAME\n" + borroso.tobytes() + bytes([128]) * (ancho * alto // 2))
    return destino


def test_otro_telefono_escanea_los_codigos_los_lleva_y_nada_se_cuenta_dos_veces(
    uno, playwright: Playwright, sitio, base, tmp_path
):
    da = con_registros_sin_senal(uno, sitio)
    [dueno] = [telefono["id"] for telefono in dispositivos.listar(base)]
    da.get_by_role("link", name="Pasar a otro teléfono").click()
    expect(da.get_by_text("Ya salieron todos.")).to_be_visible()
    video = video_de_pantalla(fotografiar_codigos(da, 24), tmp_path / "pantalla.y4m")
    assert asistencias(base) == []

    otro = abrir_con_camara(playwright, video, chromium=ruta_chromium(), extra=BANDERAS)
    contexto = contexto_de_telefono(otro)
    contexto.grant_permissions(["camera"])
    preparar(contexto.new_page(), sitio)
    recibe = abrir_en_frio_sin_senal(contexto, sitio)
    recibe.goto(f"{sitio}/campo/#/rescate")
    recibe.get_by_role("link", name="Recibir con la cámara").click()
    expect(recibe.get_by_role("heading", name="Recibir de otro teléfono")).to_be_visible()
    expect(recibe.get_by_text("Ya está todo")).to_be_visible(timeout=60_000)
    expect(recibe.get_by_text(f"Se guardaron {CUANTOS} registros de otro teléfono.")).to_be_visible()
    expect(recibe.locator(".estado")).to_contain_text(f"{CUANTOS} guardados en este teléfono")
    viajan = ("id", "sobre", "dispositivo", "firma")
    suyos = {tuple(registro[campo] for campo in viajan) for registro in cola(da)}
    assert {tuple(registro[campo] for campo in viajan) for registro in cola(recibe)} == suyos

    contexto.set_offline(False)
    expect(recibe.locator(".estado")).to_contain_text("Todo enviado")
    assert len(asistencias(base)) == CUANTOS
    assert {fila[0] for fila in base.execute("SELECT dispositivo_id FROM asistencia")} == {dueno}
    otro.close()

    with da.expect_response("**/api/v1/lote") as acuse:
        uno.set_offline(False)
    assert {a["estado"] for a in acuse.value.json()["acuses"]} == {"repetido"}
    expect(da.locator(".estado")).to_contain_text("Todo enviado")
    assert len(asistencias(base)) == CUANTOS
    assert base.execute("SELECT count(*) FROM recibido").fetchone()[0] == CUANTOS
    assert cuarentena.contar(base) == 0


def guardar_archivo(pagina: Page, destino: Path) -> Path:
    with pagina.expect_download() as bajada:
        pagina.get_by_role("button", name="Guardar archivo de rescate").click()
    assert bajada.value.suggested_filename.endswith(".jornada")
    bajada.value.save_as(destino)
    expect(pagina.locator(".noticia")).to_contain_text(f"Archivo hecho, con {CUANTOS} registros.")
    return destino


def test_el_archivo_de_un_telefono_que_no_vuelve_lo_sube_la_titular(uno, navegador: Browser, sitio, base, tmp_path):
    archivo = guardar_archivo(con_registros_sin_senal(uno, sitio), tmp_path / "de-rosa.jornada")
    uno.close()
    assert "Íñiguez".encode() not in archivo.read_bytes()
    panel = navegador.new_page()
    panel.goto(f"{sitio}/panel/")
    panel.get_by_label("Usuario").fill("titular")
    panel.get_by_label("Contraseña").fill(CONTRASENA)
    panel.get_by_role("button", name="Entrar").click()
    panel.goto(f"{sitio}/panel/telefonos")
    panel.get_by_role("link", name="Subir su archivo de rescate").click()
    for dicho in (f"{CUANTOS} registros nuevos.", f"{CUANTOS} que ya estaban."):
        panel.get_by_label("Archivos").set_input_files(archivo)
        panel.get_by_role("button", name="Subir").click()
        expect(panel.get_by_text(dicho)).to_be_visible()
        assert len(asistencias(base)) == CUANTOS
    panel.close()


def test_el_archivo_tambien_lo_recibe_otro_telefono_y_cortado_dice_cuantos_faltan(
    uno, contexto: BrowserContext, sitio, base, tmp_path
):
    archivo = guardar_archivo(con_registros_sin_senal(uno, sitio), tmp_path / "de-rosa.jornada")
    uno.close()
    preparar(contexto.new_page(), sitio)
    pagina = abrir_en_frio_sin_senal(contexto, sitio)
    pagina.goto(f"{sitio}/campo/#/rescate")
    cortado, ajeno = tmp_path / "cortado.jornada", tmp_path / "tarea.docx"
    cortado.write_bytes(archivo.read_bytes()[:-3_000])
    ajeno.write_bytes(b"PK otra cosa")
    entrada = pagina.locator("#archivo-rescate")
    entrada.set_input_files(ajeno)
    expect(pagina.locator(".noticia")).to_contain_text("no es un archivo de rescate")
    entrada.set_input_files(cortado)
    expect(pagina.locator(".noticia")).to_contain_text("no llegaron enteros")
    entrada.set_input_files(archivo)
    expect(pagina.locator(".noticia")).to_contain_text("ya estaban aquí")
    expect(pagina.locator(".estado")).to_contain_text(f"{CUANTOS} guardados en este teléfono")
    contexto.set_offline(False)
    expect(pagina.locator(".estado")).to_contain_text("Todo enviado")
    assert len(asistencias(base)) == CUANTOS
    assert cuarentena.contar(base) == 0


def test_las_pantallas_del_rescate_no_tienen_faltas_de_accesibilidad(uno, sitio):
    pagina = con_registros_sin_senal(uno, sitio, 2)
    assert violaciones(pagina) == []
    pagina.get_by_role("link", name="Pasar a otro teléfono").click()
    pagina.get_by_role("button", name="Pausar").click()
    assert violaciones(pagina) == []
    codigo = pagina.locator(".codigo").bounding_box()
    assert codigo is not None
    assert codigo["x"] >= 0
    assert codigo["x"] + codigo["width"] <= PANTALLA["width"]
    assert codigo["y"] + codigo["height"] <= PANTALLA["height"]
    quieto = "document.querySelector('.codigo').toDataURL()"
    antes = pagina.evaluate(quieto)
    pagina.wait_for_timeout(500)
    assert pagina.evaluate(quieto) == antes
    pagina.get_by_role("button", name="No los lee").click()
    assert pagina.evaluate(quieto) != antes
