"""Un día entero de trabajo, y después se busca en todo el perfil del navegador: ni un nombre, ni un teléfono, ni una
respuesta. La misma búsqueda halla lo que se deja a propósito en cada lugar donde un navegador guarda cosas.
"""

import gzip
import http.server
import json
import random
import threading
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest
import qrcode
from playwright.sync_api import BrowserContext, Page, expect

from recoleccion.consultas import credenciales
from recoleccion.instalacion import ahora
from tests.elenco import CONTRASENA
from tests.navegador import rastro
from tests.navegador.caos.chromium import Chromium
from tests.navegador.promotora import al_evento, asistencias, cola, enviar, preparar

NOMBRES = ["Xochiquétzal Ñandú", "Hermenegilda Quimera", "Borrador Inconcluso"]
TELEFONOS = ["3487774153", "348 919 2846", "3485550017"]
RESPUESTAS = ["me sirvió la zarzamora", "dejé a medias la bugambilia", "abandoné el colibrí"]
FICHA = "NUBE-52"
SECRETOS = [*NOMBRES, *TELEFONOS, *RESPUESTAS, FICHA, "NUBE 52", CONTRASENA]
LO_QUE_TARDA_EN_ANOTAR = 7_000
"""Milisegundos: Chromium baja sus sesiones y localStorage al disco unos cinco segundos después."""

PURGAR = """async () => {
  const [{ abrir }, { asentar }] = await Promise.all(["almacen", "cola"].map((m) => import(`/static/js/${m}.js`)));
  const dia = new Date(Date.now() + 40 * 86400000).toISOString().slice(0, 10);
  await asentar(await abrir(), new Map(), { epoca: null, diaServidor: dia, dia });
}"""


@pytest.fixture
def chromium(playwright, tmp_path: Path) -> Iterator[Chromium]:
    abierto = Chromium(playwright, tmp_path / "perfil")
    yield abierto
    abierto.matar()


def abrir(contexto: BrowserContext, sitio: str) -> Page:
    pagina = contexto.new_page()
    pagina.goto(f"{sitio}/campo/")
    expect(pagina.get_by_role("heading", name="¿Dónde va a registrar?")).to_be_visible()
    al_evento(pagina)
    return pagina


def hasta_los_datos(pagina: Page, nombre: str, telefono: str) -> None:
    """Los primeros toques de un registro, con nombre y teléfono escritos y sin guardar."""
    pagina.get_by_role("button", name="Mujer").click()
    pagina.get_by_role("button", name="De 30 a 44 años").click()
    pagina.get_by_label("Nombre (si quiere darlo)").press_sequentially(nombre)
    pagina.get_by_label("Teléfono (si quiere darlo)").press_sequentially(telefono)


def hasta_el_comentario(pagina: Page, texto: str) -> None:
    """Una encuesta hasta su última pregunta, escrita y sin terminar."""
    pagina.get_by_role("button", name="Empezar").click()
    while not pagina.get_by_role("button", name="Terminar").count():
        pagina.locator(".kiosco-formulario > .f-encuesta input[type=radio]").first.check()
        pagina.get_by_role("button", name="Siguiente").click()
    pagina.locator(".kiosco-formulario > .f-encuesta").locator("textarea, input[type=text]").press_sequentially(texto)


def prestar(pagina: Page, encuesta: str) -> None:
    pagina.get_by_role("link", name="Encuesta").click()
    pagina.get_by_role("button", name=f"Prestar el teléfono: {encuesta}").click()


def hallados(chromium: Chromium) -> list[tuple[str, str, str]]:
    return rastro.buscar(chromium.perfil, [*SECRETOS, *(t.replace(" ", "") for t in TELEFONOS)])


def test_despues_de_un_dia_de_uso_el_perfil_no_guarda_ni_un_nombre_ni_un_telefono_ni_una_respuesta(
    chromium, sitio, base, tmp_path
):
    [(folio, _), (_, token)] = credenciales.imprimir(base, 2, ahora(), random.Random(3))
    foto = tmp_path / "tarjeta.png"
    qrcode.make(token).save(foto)

    contexto = chromium.abrir()
    preparar(contexto.new_page(), sitio)
    contexto.set_offline(True)
    pagina = abrir(contexto, sitio)
    pagina.get_by_role("link", name="Registrar", exact=True).click()
    for nombre, telefono in zip(NOMBRES[:2], TELEFONOS, strict=False):
        hasta_los_datos(pagina, nombre, telefono)
        pagina.get_by_role("button", name="De un rancho").click()
        expect(pagina.get_by_role("heading", name="¿Usted es…?")).to_be_visible()
    pagina.get_by_role("link", name="Atrás").click()
    pagina.get_by_role("link", name="Contar").click()
    pagina.get_by_role("button", name="Mujer, De 18 a 29 años:").click()
    pagina.locator(".noticia").get_by_role("button", name="Deshacer").click()
    pagina.get_by_role("link", name="Atrás").click()
    pagina.get_by_role("link", name="Escanear").click()
    pagina.get_by_label("Folio de la credencial").fill(folio)
    pagina.get_by_role("button", name="Buscar folio").click()
    tres_toques(pagina)
    pagina.locator("#foto").set_input_files(foto)
    expect(pagina.get_by_role("heading", name="¿Usted es…?")).to_be_visible()
    tres_toques(pagina)
    pagina.get_by_role("link", name="Atrás").click()

    prestar(pagina, "¿Cómo estuvo?")
    hasta_el_comentario(pagina, RESPUESTAS[0])
    pagina.get_by_role("button", name="Terminar").click()
    expect(pagina.get_by_role("heading", name="Listo. Gracias.")).to_be_visible()
    pagina.get_by_role("button", name="Que conteste otra persona").click()
    hasta_el_comentario(pagina, RESPUESTAS[2])
    pagina.reload()  # una persona que se fue sin terminar
    expect(pagina.get_by_role("button", name="Empezar")).to_be_visible()
    otra = abrir(contexto, sitio)
    prestar(otra, "Antes de empezar")
    otra.get_by_label("Su ficha").press_sequentially(FICHA.replace("-", " "))
    otra.get_by_role("button", name="Empezar").click()
    otra.get_by_label("Mujer", exact=True).check()

    # Se acaba la pila con un registro y una respuesta a medio escribir, en dos ventanas.
    a_medias = abrir(contexto, sitio)
    a_medias.get_by_role("link", name="Registrar", exact=True).click()
    hasta_los_datos(a_medias, NOMBRES[2], TELEFONOS[2])
    pagina.bring_to_front()
    hasta_el_comentario(pagina, RESPUESTAS[1])
    pagina.wait_for_timeout(LO_QUE_TARDA_EN_ANOTAR)
    chromium.matar()
    assert hallados(chromium) == []

    contexto = chromium.abrir()
    pagina = abrir(contexto, sitio)
    enviar(pagina)
    expect(pagina.locator(".estado")).to_contain_text("Todo enviado")
    assert {modo for modo, *_ in asistencias(base)} == {"promotora", "credencial"}
    assert len(asistencias(base)) == 4
    assert base.execute("SELECT count(*) FROM urna").fetchone()[0] == 1
    assert hallados(chromium) == []
    pagina.evaluate(PURGAR)
    assert cola(pagina) == []
    chromium.cerrar()
    assert hallados(chromium) == []


def tres_toques(pagina: Page) -> None:
    for opcion in ("Mujer", "De 30 a 44 años", "De un rancho"):
        pagina.get_by_role("button", name=opcion).click()
    expect(pagina.locator(".resultado")).to_contain_text("Guardado en este teléfono")


# --- El control: lo que sí se deja a propósito se halla --------------------------------------------------------------


class _Descuidado(http.server.BaseHTTPRequestHandler):
    """Un sitio que hace todo lo que la aplicación no."""

    def do_GET(self) -> None:
        cuerpos = {
            "/br": ("br", brotli.compress(b"marca en brotli " * 40)),
            "/gzip": ("gzip", gzip.compress(b"marca en gzip " * 40)),
        }
        formulario = (
            b"<!doctype html><meta charset=utf-8><form action=/enviado><input name=nombre><textarea></textarea>"
        )
        codificado, cuerpo = cuerpos.get(self.path, ("identity", formulario + b"<button>Enviar</button></form>"))
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Encoding", codificado)
        self.send_header("Cache-Control", "max-age=86400")
        self.send_header("Content-Length", str(len(cuerpo)))
        self.end_headers()
        self.wfile.write(cuerpo)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def descuidado() -> Iterator[str]:
    servidor = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Descuidado)
    hilo = threading.Thread(target=servidor.serve_forever, kwargs={"poll_interval": 0.05})
    hilo.start()
    yield f"http://127.0.0.1:{servidor.server_address[1]}"
    servidor.shutdown()
    hilo.join()
    servidor.server_close()


DESCUIDOS = """async () => {
  localStorage.setItem("x", "marca Ñandú local");
  sessionStorage.setItem("x", "marca de la sesión");
  const bd = await new Promise((listo) => {
    const pedido = indexedDB.open("x", 1);
    pedido.onupgradeneeded = () => pedido.result.createObjectStore("x");
    pedido.onsuccess = () => listo(pedido.result);
  });
  const tx = bd.transaction("x", "readwrite", { durability: "strict" });
  tx.objectStore("x").put({ nombre: "marca corta en la base" }, 1);
  tx.objectStore("x").put({ relleno: "a".repeat(90000), largo: "marca larga en la base ".repeat(900) }, 2);
  tx.objectStore("x").put(btoa("..la marca en base64.."), 3);
  tx.objectStore("x").put(new Blob(["marca en un archivo"]), 4);
  tx.objectStore("x").put(1, "marca en una llave");
  await new Promise((listo) => { tx.oncomplete = listo; });
  await (await caches.open("x")).put("/x", new Response("marca en la caja"));
  await fetch("/br"); await fetch("/gzip");
  document.cookie = "x=" + encodeURIComponent("marca en galleta") + "; max-age=86400";
  history.pushState(null, "", "/?q=" + encodeURIComponent("marca en la historia"));
}"""
DEJADAS = [
    "marca Ñandú local", "marca de la sesión", "marca corta en la base", "marca larga en la base",
    "marca en base64", "marca en un archivo", "marca en una llave", "marca en la caja", "marca en brotli",
    "marca en gzip",
    "marca en la historia", "marca a medio escribir", "marca enviada en formulario",
]  # fmt: skip


def test_el_control_la_busqueda_halla_lo_que_se_deja_en_cada_lugar(chromium, descuidado):
    contexto = chromium.abrir()
    enviada = contexto.new_page()
    enviada.goto(f"{descuidado}/")
    enviada.locator("input").press_sequentially("marca enviada en formulario")
    enviada.get_by_role("button").click()
    enviada.wait_for_url("**/enviado*")
    pagina = contexto.new_page()
    pagina.goto(f"{descuidado}/")
    pagina.evaluate(DESCUIDOS)
    pagina.locator("textarea").press_sequentially("marca a medio escribir")
    pagina.wait_for_timeout(LO_QUE_TARDA_EN_ANOTAR)
    chromium.cerrar()  # al despedirse escribe también lo que todavía no bajaba al disco
    lugares = {
        texto: {lugar for hallado, lugar, _ in rastro.buscar(chromium.perfil, DEJADAS) if hallado == texto}
        for texto in DEJADAS
    }
    print(json.dumps({texto: sorted(donde) for texto, donde in lugares.items()}, ensure_ascii=False, indent=1))
    assert [texto for texto, donde in lugares.items() if not donde] == []
