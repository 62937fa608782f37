"""El escáner cuando el teléfono no ayuda: lector que se atora, varias cámaras, pantalla apagada, códigos de otros."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from recoleccion.consultas import credenciales
from recoleccion.instalacion import ahora
from tests.navegador.camara import abrir_con_camara, video_de_codigos
from tests.navegador.procesos import BANDERAS, ruta_chromium
from tests.navegador.promotora import al_evento, contexto_de_telefono, preparar

UNA_VUELTA = 40_000
PISTA_DE = "document.querySelector('video')?.srcObject?.getVideoTracks()[0]"
AJENO = "IDMEX1839204756<<HERNANDEZ<LOPEZ<<CURP"
"""Como el de una identificación: lo que nunca debe quedar en ninguna parte."""

AVISOS = """() => {
  window.avisos = [];
  const anotar = (que) => window.avisos.push([que, performance.now()]);
  navigator.vibrate = (patron) => { anotar(`vibra ${JSON.stringify(patron)}`); return true; };
  const crear = AudioContext.prototype.createOscillator;
  AudioContext.prototype.createOscillator = function () { anotar("suena"); return crear.call(this); };
  new MutationObserver(() => {
    const palabra = document.querySelector(".resultado-palabra");
    const ultima = window.avisos.filter(([que]) => que.startsWith("dice")).at(-1)?.[0];
    if (palabra && ultima !== `dice ${palabra.textContent}`) anotar(`dice ${palabra.textContent}`);
  }).observe(document, { subtree: true, childList: true });
}"""

DETECTOR = """(modo) => {
  window.consultas = 0;
  window.BarcodeDetector = class {
    static async getSupportedFormats() { return ["qr_code"]; }
    async detect(imagen) {
      window.consultas += 1;
      if (modo === "ciego") return [];
      if (imagen.width === 174 && imagen.height === 174) return [{ rawValue: "JORNADA" }];
      return new Promise(() => {});
    }
  };
}"""

PISTA = """() => {
  window.pedido = [];
  MediaStreamTrack.prototype.getCapabilities = () => ({ torch: true, zoom: { min: 1, max: 8, step: 0.1 } });
  MediaStreamTrack.prototype.applyConstraints = async (que) => { window.pedido.push(que.advanced); };
}"""

LO_GUARDADO = """async () => {
  const listo = (pedido) => new Promise((r) => { pedido.onsuccess = () => r(pedido.result); });
  const bd = await listo(indexedDB.open("jornada"));
  const cajones = [...bd.objectStoreNames];
  const bases = await Promise.all(cajones.map((de) => listo(bd.transaction(de).objectStore(de).getAll())));
  const guardado = [];
  for (const nombre of await caches.keys()) {
    for (const pedido of await (await caches.open(nombre)).keys()) guardado.push(pedido.url);
  }
  const partes = [bases, { ...localStorage }, { ...sessionStorage }, guardado, document.cookie, location.href];
  return JSON.stringify(partes) + document.documentElement.outerHTML;
}"""


@pytest.fixture
def tarjeta(base) -> str:
    return credenciales.imprimir(base, 1, ahora(), Random(9))[0][1]


@pytest.fixture
def ver(playwright: Playwright, sitio, tmp_path: Path) -> Iterator:
    """``ver(codigos, guion)``: un teléfono ya en «Escanear» cuya cámara ve esos códigos una y otra vez."""
    abiertos = []

    def abrir(codigos: list[str], *guiones: str, segundos: float = 1.5, pausa: float = 0.5) -> Page:
        video = video_de_codigos(codigos, tmp_path / "camara.y4m", segundos=segundos, pausa=pausa)
        navegador = abrir_con_camara(playwright, video, chromium=ruta_chromium(), extra=BANDERAS)
        abiertos.append(navegador)
        return escanear(contexto_de_telefono(navegador), sitio, *guiones)

    yield abrir
    for navegador in abiertos:
        navegador.close()


def escanear(contexto: BrowserContext, sitio: str, *guiones: str) -> Page:
    contexto.grant_permissions(["camera"])
    pagina = contexto.new_page()
    preparar(pagina, sitio)
    for guion in guiones:
        pagina.evaluate(guion)
    pagina.get_by_role("link", name="Ir a los eventos").click()
    al_evento(pagina)
    pagina.get_by_role("link", name="Escanear").click()
    return pagina


def avisos(pagina: Page, que: str) -> list[float]:
    return [cuando for texto, cuando in pagina.evaluate("window.avisos") if re.search(que, texto)]


@pytest.mark.parametrize("modo", ["ciego", "se atora"])
def test_si_el_lector_del_telefono_no_lee_o_se_atora_sigue_el_nuestro(ver, tarjeta, modo):
    pagina = ver([tarjeta], f"() => ({DETECTOR})({json.dumps(modo)})")
    expect(pagina.locator(".resultado")).to_contain_text("Credencial nueva", timeout=UNA_VUELTA)
    consultas = pagina.evaluate("window.consultas")
    assert consultas == (1 if modo == "ciego" else 2), "se le probó, y al que se atoró no se le volvió a preguntar"


def test_cada_resultado_se_ve_se_oye_y_se_siente_y_lo_repetido_calla(ver, tarjeta):
    # Una tarjeta que se queda enfrente: el video la enseña todo el tiempo.
    pagina = ver([AJENO], AVISOS, segundos=2, pausa=0.1)
    resultado = pagina.locator(".resultado")
    expect(resultado).to_contain_text("No es una credencial", timeout=UNA_VUELTA)
    assert "resultado-ojo" in (resultado.get_attribute("class") or "")
    expect(resultado.locator(".icono")).to_have_text("!")
    [dicho] = avisos(pagina, "^dice !No es una credencial")
    [suena], [vibra] = avisos(pagina, "^suena"), avisos(pagina, "^vibra")
    assert max(dicho, suena, vibra) - min(dicho, suena, vibra) < 1_000, "los tres son el mismo aviso"
    pagina.wait_for_timeout(4_000)
    assert len(avisos(pagina, "^suena")) == 1, "mientras siga enfrente, calla"


def test_despues_de_un_codigo_que_no_vale_sigue_leyendo(ver, tarjeta):
    pagina = ver([AJENO, tarjeta], AVISOS)
    for palabra in ("No es una credencial", "Credencial nueva"):
        expect(pagina.locator(".resultado")).to_contain_text(palabra, timeout=UNA_VUELTA)


def test_de_un_codigo_ajeno_no_queda_rastro(ver):
    dichos = []
    pagina = ver([AJENO])
    pagina.on("console", lambda mensaje: dichos.append(mensaje.text))
    pedidos = []
    pagina.on("request", lambda pedido: pedidos.append(pedido.url + (pedido.post_data or "")))
    expect(pagina.locator(".resultado")).to_contain_text("No es una credencial", timeout=UNA_VUELTA)
    rastro = pagina.evaluate(LO_GUARDADO) + "".join([*dichos, *pedidos])
    for pedazo in ("IDMEX", "HERNANDEZ", "1839204756"):
        assert pedazo not in rastro
    # El control: plantado donde un descuido lo dejaría, se encuentra.
    pagina.evaluate("(texto) => localStorage.setItem('ultimo', texto)", AJENO)
    assert "HERNANDEZ" in pagina.evaluate(LO_GUARDADO)


def test_luz_y_acercar_se_piden_y_vuelven_al_reabrir(ver):
    pagina = ver([AJENO], PISTA)
    luz, acercar = pagina.get_by_role("button", name="Luz"), pagina.get_by_role("button", name="Acercar 2×")
    luz.click()
    expect(luz).to_have_attribute("aria-pressed", "true")
    acercar.click()
    expect(acercar).to_have_attribute("aria-pressed", "true")
    assert pagina.evaluate("window.pedido.at(-1)") == [{"torch": True}, {"zoom": 2}]
    pedidos = pagina.evaluate("window.pedido.length")
    esconder(pagina)
    pagina.wait_for_function("(antes) => window.pedido.length > antes", arg=pedidos)
    assert pagina.evaluate("window.pedido.at(-1)") == [{"torch": True}, {"zoom": 2}]
    luz.click()
    expect(luz).to_have_attribute("aria-pressed", "false")
    assert pagina.evaluate("window.pedido.at(-1)")[0] == {"torch": False}


def test_sin_luz_ni_acercamiento_no_hay_boton_que_no_sirva(ver):
    pagina = ver([AJENO], PISTA.replace("torch: true, zoom: { min: 1, max: 8, step: 0.1 }", ""))
    expect(pagina.locator(".resultado")).to_contain_text("No es una credencial", timeout=UNA_VUELTA)
    for nombre in ("Luz", "Acercar 2×"):
        expect(pagina.get_by_role("button", name=nombre)).to_be_hidden()
    expect(pagina.get_by_label("Cámara", exact=True)).to_be_hidden()


def esconder(pagina: Page) -> None:
    """La pantalla se apaga y vuelve, como lo ve la página."""
    for estado in ("hidden", "visible"):
        pagina.evaluate(
            """(estado) => {
              Object.defineProperty(document, "visibilityState", { configurable: true, get: () => estado });
              document.dispatchEvent(new Event("visibilitychange"));
            }""",
            estado,
        )
        if estado == "hidden":
            pagina.wait_for_function("() => document.querySelector('video').srcObject === null")


def test_la_pantalla_apagada_suelta_la_camara_y_al_volver_se_reabre(ver):
    pagina = ver([AJENO])
    pagina.wait_for_function(f"() => {PISTA_DE}?.readyState === 'live'")
    pagina.evaluate(f"() => {{ window.primera = {PISTA_DE}; }}")
    esconder(pagina)
    assert pagina.evaluate("window.primera.readyState") == "ended"
    pagina.wait_for_function(f"() => {PISTA_DE}?.readyState === 'live'")
    expect(pagina.locator(".resultado")).to_contain_text("No es una credencial", timeout=UNA_VUELTA)


def test_si_el_sistema_corta_la_camara_se_reabre(ver):
    pagina = ver([AJENO])
    pagina.wait_for_function(f"() => {PISTA_DE}?.readyState === 'live'")
    cortar = "primera.stop(); primera.dispatchEvent(new Event('ended'));"
    pagina.evaluate(f"() => {{ window.primera = {PISTA_DE}; {cortar} }}")
    pagina.wait_for_function(f"() => {PISTA_DE}?.readyState === 'live' && {PISTA_DE} !== window.primera")


def test_el_lente_elegido_se_recuerda(playwright: Playwright, sitio):
    banderas = ["--use-fake-device-for-media-stream=device-count=3", "--use-fake-ui-for-media-stream"]
    navegador = playwright.chromium.launch(executable_path=ruta_chromium(), args=[*BANDERAS, *banderas])
    try:
        pagina = escanear(contexto_de_telefono(navegador), sitio)
        lente = pagina.get_by_label("Cámara", exact=True)
        expect(lente.locator("option")).to_have_count(3)
        usa = f"{PISTA_DE}?.getSettings().deviceId"
        otro = next(o for o in lente.locator("option").all() if o.get_attribute("value") != pagina.evaluate(usa))
        elegido = otro.get_attribute("value")
        lente.select_option(elegido)
        pagina.wait_for_function(f"(elegido) => {usa} === elegido", arg=elegido)
        pagina.reload()
        pagina.wait_for_function(f"(elegido) => {usa} === elegido", arg=elegido)
        expect(lente).to_have_value(elegido)
        # El lente que ya no existe no deja sin cámara.
        pagina.evaluate(
            """async () => {
              const listo = (pedido) => new Promise((r) => { pedido.onsuccess = () => r(pedido.result); });
              const bd = await listo(indexedDB.open("jornada"));
              await listo(bd.transaction("ajustes", "readwrite").objectStore("ajustes").put("no-existe", "lente"));
            }"""
        )
        pagina.reload()
        pagina.wait_for_function(f"() => Boolean({usa})")
    finally:
        navegador.close()
