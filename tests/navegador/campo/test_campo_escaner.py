"""El escáner cuando el teléfono no ayuda: lector que se atora, cámara que se corta, pantalla apagada, códigos de otros.

Un teléfono para todas: su cámara ve, una y otra vez, un código ajeno y una credencial conocida.
"""

import io
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
import qrcode
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from recoleccion.consultas import conexion, credenciales
from recoleccion.instalacion import ahora
from tests.navegador.camara import abrir_con_camara, video_de_codigos
from tests.navegador.campo.conftest import servir
from tests.navegador.procesos import BANDERAS, ruta_chromium
from tests.navegador.promotora import OTRO, TITULO, al_evento, contexto_de_telefono, preparar

UNA_VUELTA = 40_000
PISTA_DE = "document.querySelector('video')?.srcObject?.getVideoTracks()[0]"
VIVA = f"{PISTA_DE}?.readyState === 'live'"
AJENO = "IDMEX1839204756<<HERNANDEZ<LOPEZ<<CURP"
"""Como el de una identificación: lo que nunca debe quedar en ninguna parte."""

Escanear = Callable[..., Page]

AVISOS = """() => {
  window.avisos = [];
  let van = { palabra: "" };
  navigator.vibrate = (patron) => { van.vibra = patron; van.veces = (van.veces ?? 0) + 1; return true; };
  const crear = AudioContext.prototype.createOscillator;
  AudioContext.prototype.createOscillator = function () {
    const oscilador = crear.call(this);
    queueMicrotask(() => { van.suena = oscilador.frequency.value; });
    van.suena = 1;
    van.cuando = performance.now();
    return oscilador;
  };
  new MutationObserver((cambios) => {
    if (!cambios.some(({ target }) => target.classList?.contains("resultado"))) return;
    const palabra = document.querySelector(".resultado-palabra");
    if (!palabra) return;
    const [icono, dice] = [palabra.firstChild.textContent, palabra.lastChild.textContent];
    const tono = document.querySelector(".resultado").className.split("-").at(-1);
    window.avisos.push({ ...van, icono, dice, tono, tardo: performance.now() - van.cuando });
    van = {};
  }).observe(document, { subtree: true, childList: true });
}"""

DETECTOR = """(modo) => {
  Object.assign(window, { consultas: 0, obreros: 0, seCego: false });
  window.Worker = class extends Worker { constructor(...como) { super(...como); window.obreros += 1; } };
  window.BarcodeDetector = class {
    static async getSupportedFormats() { return modo === "no sabe de QR" ? ["ean_13"] : ["qr_code"]; }
    async detect(imagen) {
      window.consultas += 1;
      if (modo === "truena") throw new DOMException("", "NotSupportedError");
      if (modo === "ciego" || window.seCego) return [];
      if (imagen.width === 174 && imagen.height === 174) return [{ rawValue: "JORNADA" }];
      return modo === "se atora" ? new Promise(() => {}) : [];
    }
  };
}"""

PISTA = """() => {
  window.pedido = [];
  MediaStreamTrack.prototype.getCapabilities = () => ({ torch: true, zoom: { min: 1, max: 8, step: 0.1 } });
  MediaStreamTrack.prototype.applyConstraints = async (que) => { window.pedido.push(que.advanced); };
}"""

DEPRISA = """(plazo) => {
  window.adelanto = 0;
  const ahora = performance.now.bind(performance);
  performance.now = () => ahora() + window.adelanto;
  const esperar = setTimeout;
  window.setTimeout = (que, ms, ...con) => esperar(que, ms === plazo ? 100 : ms, ...con);
}"""
"""De lo que se espera ``plazo`` milisegundos no se espera casi nada; ``adelanto`` son milisegundos que ya pasaron."""

CIFRADO = """() => {
  window.cifrado = [];
  for (const que of ["encrypt", "digest", "sign"]) {
    const original = SubtleCrypto.prototype[que];
    SubtleCrypto.prototype[que] = function (...con) {
      window.cifrado.push(new TextDecoder().decode(con.at(-1)));
      return original.apply(this, con);
    };
  }
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
  return JSON.stringify([...partes, window.cifrado]) + document.documentElement.outerHTML;
}"""


@pytest.fixture(scope="module")
def casa(_datos_preparados, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """La dirección de un servidor y una credencial de la que ya se saben los datos."""
    datos = Path(shutil.copytree(_datos_preparados[0], tmp_path_factory.mktemp("casa") / "datos"))
    base = conexion.abrir(datos / "privada.db")
    [(_, tarjeta)] = credenciales.imprimir(base, 1, ahora(), Random(9))
    sal = credenciales.sal(base)
    cifrados = credenciales.cifrar(sal, tarjeta, {"sexo": "M", "edad": "30-44", "procedencia": "rancho"})
    with base.conn:
        huella = credenciales.verificador(sal, tarjeta)
        base.execute("UPDATE credencial SET datos_cifrados = ? WHERE verificador = ?", [cifrados, huella])
    with servir(datos, base) as direccion:
        yield direccion, tarjeta
    base.conn.close()


@pytest.fixture(scope="module")
def telefono(playwright: Playwright, casa, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """Dado de alta, con todo descargado y con cámara."""
    video = tmp_path_factory.mktemp("video") / "camara.y4m"
    video_de_codigos([AJENO, casa[1]], video, segundos=1, pausa=1.2)  # fuera de cuadro pasa más de tres segundos
    con_camara = abrir_con_camara(playwright, video, chromium=ruta_chromium(), extra=BANDERAS)
    yield dar_de_alta(con_camara, casa[0])
    con_camara.close()


def dar_de_alta(navegador: Browser, sitio: str) -> BrowserContext:
    contexto = contexto_de_telefono(navegador)
    contexto.grant_permissions(["camera"])
    pagina = contexto.new_page()
    preparar(pagina, sitio)
    pagina.close()
    return contexto


@pytest.fixture
def escanear(telefono: BrowserContext, casa) -> Iterator[Escanear]:
    """``escanear(*guiones)``: una ventana recién abierta, con esos guiones, ya en «Escanear»."""
    abiertas = []

    def abrir(*guiones: str, evento: str = TITULO) -> Page:
        pagina = telefono.new_page()
        abiertas.append(pagina)
        pagina.goto(f"{casa[0]}/campo/")
        for guion in guiones:
            pagina.evaluate(guion)
        al_evento(pagina, evento)
        pagina.get_by_role("link", name="Escanear").click()
        return pagina

    yield abrir
    for pagina in abiertas:
        pagina.close()


def que_lea(pagina: Page) -> None:
    """El ajeno, que es lo primero que enseña el video cada vez que la cámara abre."""
    expect(pagina.locator(".resultado-palabra")).to_contain_text("No es una credencial", timeout=UNA_VUELTA)


@pytest.mark.parametrize(
    ("modo", "veces"), [("no sabe de QR", 0), ("truena", 1), ("ciego", 1), ("se atora", 2), ("se ciega después", 3)]
)
def test_si_el_lector_del_telefono_no_sirve_lee_el_nuestro(escanear, modo, veces):
    pagina = escanear(f"() => ({DEPRISA})(4_000)", f"() => ({DETECTOR})({json.dumps(modo)})")
    if modo == "se ciega después":
        pagina.wait_for_function("() => window.consultas > 1")
        assert pagina.evaluate("window.obreros") == 0
        pagina.evaluate("() => { window.seCego = true; window.adelanto = 31_000; }")
    que_lea(pagina)
    assert pagina.evaluate("window.obreros") == 1
    consultas = pagina.evaluate("window.consultas")
    assert consultas >= veces if modo == "se ciega después" else consultas == veces
    pagina.wait_for_timeout(300)
    assert pagina.evaluate("window.consultas") == consultas, "al que falló no se le vuelve a preguntar"


def test_si_el_lector_del_telefono_pasa_la_prueba_se_usa(escanear):
    pagina = escanear(f"() => ({DETECTOR})('bueno')")
    pagina.evaluate(
        """(ajeno) => {
          const suyo = BarcodeDetector.prototype.detect;
          BarcodeDetector.prototype.detect = async function (imagen) {
            const visto = await suyo.call(this, imagen);
            return visto.length ? visto : [{ rawValue: ajeno }];
          };
        }""",
        AJENO,
    )
    que_lea(pagina)
    assert pagina.evaluate("window.obreros") == 0


def test_cada_resultado_se_ve_se_oye_y_se_siente_una_vez_y_lo_que_no_vale_no_lo_detiene(escanear):
    pagina = escanear(AVISOS, evento=OTRO)
    pagina.wait_for_function("() => window.avisos.some(({ dice }) => dice === 'Ya registrada')", timeout=UNA_VUELTA)
    vistos = pagina.evaluate("window.avisos")
    senas = {
        "No es una credencial": ("ojo", "!", 330, [80, 60, 80]),
        "Guardado en este teléfono": ("bien", "✓", 880, [60]),
        "Ya registrada": ("calma", "=", 587, [30, 60, 30]),
    }
    assert {aviso["dice"] for aviso in vistos} == set(senas)
    for aviso in vistos:
        assert (aviso["tono"], aviso["icono"], aviso["suena"], aviso["vibra"]) == senas[aviso["dice"]]
        assert aviso["veces"] == 1, "cada tarjeta se lee muchas veces y suena una"
        assert aviso["tardo"] < 1_000, "es un solo aviso; cuánto tarda lo mide bench/acuse.py"
    assert len({json.dumps(aviso["vibra"]) for aviso in vistos}) == 3, "se distinguen sin ver la pantalla"


def test_de_un_codigo_ajeno_no_queda_rastro(escanear):
    pagina = escanear(CIFRADO)
    rastro: list[str] = []
    pagina.on("console", lambda mensaje: rastro.append(mensaje.text))
    pagina.on("request", lambda pedido: rastro.append(pedido.url + (pedido.post_data or "")))
    que_lea(pagina)
    pagina.wait_for_timeout(300)
    todo = pagina.evaluate(LO_GUARDADO) + "".join(rastro)
    for pedazo in ("IDMEX", "HERNANDEZ", "1839204756"):
        assert pedazo not in todo
    # El control: plantado donde un descuido lo dejaría, también cifrado, se encuentra.
    for plantar in (
        "(texto) => localStorage.setItem('ultimo', texto)",
        "(texto) => { localStorage.removeItem('ultimo'); document.title = texto; }",
        "(texto) => { document.title = ''; return crypto.subtle.digest('SHA-256', new TextEncoder().encode(texto)); }",
    ):
        pagina.evaluate(f"async (texto) => void (await ({plantar})(texto))", AJENO)
        assert "HERNANDEZ" in pagina.evaluate(LO_GUARDADO)


def test_una_foto_se_atiende_aunque_la_camara_acabe_de_ver_lo_mismo(escanear):
    pagina = escanear(AVISOS)
    que_lea(pagina)
    foto = io.BytesIO()
    qrcode.make("F1LUNA-37").get_image().save(foto, "PNG")
    archivo = {"name": "foto.png", "mimeType": "image/png", "buffer": foto.getvalue()}
    for vez in (1, 2):
        pagina.locator("#foto").set_input_files(archivo)
        pagina.wait_for_function(
            "(vez) => window.avisos.filter(({ dice }) => dice === 'Es una ficha de encuesta').length === vez", arg=vez
        )


def test_luz_y_acercar_se_piden_y_vuelven_al_reabrir(escanear):
    pagina = escanear(PISTA)
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


def test_sin_luz_ni_acercamiento_no_hay_boton_que_no_sirva(escanear):
    pagina = escanear(PISTA.replace("torch: true, zoom: { min: 1, max: 8, step: 0.1 }", ""))
    que_lea(pagina)
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


def recordar_pista(pagina: Page) -> None:
    pagina.wait_for_function(f"() => {VIVA}")
    pagina.evaluate(f"() => {{ window.primera = {PISTA_DE}; }}")


def que_abra_otra(pagina: Page) -> None:
    pagina.wait_for_function(f"() => {VIVA} && {PISTA_DE} !== window.primera")


def test_la_pantalla_apagada_suelta_la_camara_y_al_volver_se_reabre(escanear):
    pagina = escanear()
    recordar_pista(pagina)
    esconder(pagina)
    assert pagina.evaluate("window.primera.readyState") == "ended"
    que_abra_otra(pagina)
    que_lea(pagina)


def test_si_el_sistema_corta_la_camara_se_reabre(escanear):
    pagina = escanear()
    # Primero cuando apenas empieza, antes de su primer cuadro; después, ya leyendo.
    for _ in range(2):
        recordar_pista(pagina)
        pagina.evaluate("() => { window.primera.stop(); window.primera.dispatchEvent(new Event('ended')); }")
        que_abra_otra(pagina)
        pagina.wait_for_function("() => document.querySelector('video').currentTime > 0")
        que_lea(pagina)


@pytest.mark.parametrize("que_pasa", ["lleva rato abierta", "se congela"])
def test_la_camara_se_reabre_de_tiempo_en_tiempo_y_si_se_congela(escanear, que_pasa):
    pagina = escanear(f"() => ({DEPRISA})(0)")
    que_lea(pagina)
    recordar_pista(pagina)
    if que_pasa == "se congela":
        pagina.evaluate("() => { Object.defineProperty(HTMLMediaElement.prototype, 'currentTime', { get: () => 1 }); }")
        pagina.wait_for_timeout(200)
    espera = {"lleva rato abierta": 301_000, "se congela": 4_500}[que_pasa]
    pagina.evaluate("(ms) => { window.adelanto = ms; }", espera)
    que_abra_otra(pagina)
    assert pagina.evaluate("window.primera.readyState") == "ended"


def test_una_camara_que_nunca_da_imagen_se_dice_y_se_puede_reintentar(escanear):
    pagina = escanear(
        f"() => ({DEPRISA})(10_000)",
        PISTA,
        """() => {
          const { play } = HTMLMediaElement.prototype;
          const corto = setTimeout;
          HTMLMediaElement.prototype.play = () => new Promise(() => {});
          window.sanar = () => {
            HTMLMediaElement.prototype.play = play;
            window.setTimeout = (que, ms) => corto(que, ms + 1);
          };
        }""",
    )
    resultado = pagina.locator(".resultado")
    expect(resultado).to_contain_text("Sin cámara", timeout=UNA_VUELTA)
    expect(resultado).to_contain_text("La cámara no abrió. Toque «Reintentar», suba una foto o escriba el folio.")
    assert pagina.evaluate("document.querySelector('video').srcObject") is None
    expect(pagina.get_by_role("button", name="Luz")).to_be_hidden()
    pagina.evaluate("window.sanar()")
    pagina.get_by_role("button", name="Reintentar").click()
    expect(resultado).not_to_contain_text("Sin cámara")
    que_lea(pagina)
    expect(pagina.get_by_role("button", name="Luz")).to_be_visible()


def test_el_lente_elegido_se_recuerda(playwright: Playwright, casa):
    banderas = ["--use-fake-device-for-media-stream=device-count=3", "--use-fake-ui-for-media-stream"]
    navegador = playwright.chromium.launch(executable_path=ruta_chromium(), args=[*BANDERAS, *banderas])
    try:
        pagina = dar_de_alta(navegador, casa[0]).new_page()
        pagina.goto(f"{casa[0]}/campo/")
        al_evento(pagina)
        pagina.get_by_role("link", name="Escanear").click()
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
