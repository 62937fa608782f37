"""La cola en Chromium: lo pendiente cuando cambia la versión de la base o del programa, el espacio y las esperas."""

from playwright.sync_api import Page, Route, expect

from recoleccion.vistas import aplicacion_campo
from tests.navegador.promotora import al_evento, asistencias, cola, enviar, preparar, registrar

EN_LA_VERSION_1 = """async ({ cuantos }) => {
  const listo = (pedido) => new Promise((r, f) => { pedido.onsuccess = () => r(pedido.result); pedido.onerror = f; });
  const actual = await listo(indexedDB.open("jornada"));
  const guardado = {};
  for (const nombre of ["cola", "paquete", "ajustes"]) {
    const cajon = actual.transaction(nombre).objectStore(nombre);
    guardado[nombre] = [await listo(cajon.getAllKeys()), await listo(cajon.getAll())];
  }
  actual.close();
  await listo(indexedDB.deleteDatabase("jornada"));
  const pedido = indexedDB.open("jornada", 1);
  pedido.onupgradeneeded = () => {
    pedido.result.createObjectStore("cola", { keyPath: "id" });
    pedido.result.createObjectStore("paquete");
    pedido.result.createObjectStore("ajustes");
  };
  window.vieja = await listo(pedido);
  const tx = window.vieja.transaction(["cola", "paquete", "ajustes"], "readwrite");
  for (const [nombre, [llaves, valores]] of Object.entries(guardado)) {
    valores.forEach((valor, i) => tx.objectStore(nombre).put(valor, nombre === "cola" ? undefined : llaves[i]));
  }
  await new Promise((r) => { tx.oncomplete = r; });
  return guardado.cola[0].length === cuantos;
}"""


NUEVA = "() => document.querySelector('meta[name=jornada-version]')?.content === '9.9+nueva'"


def con_pendientes(contexto, sitio: str, cuantos: int) -> Page:
    pagina = contexto.new_page()
    preparar(pagina, sitio)
    contexto.set_offline(True)
    pagina.get_by_role("link", name="Ir a los eventos").click()
    al_evento(pagina)
    registrar(pagina, veces=cuantos)
    return pagina


def test_la_base_sube_de_version_con_pendientes_aunque_otra_ventana_no_la_suelte(contexto, sitio, base):
    pagina = con_pendientes(contexto, sitio, 3)
    pagina.goto(f"{sitio}/campo/manifest.webmanifest")  # una ventana de la misma casa, sin la aplicación
    assert pagina.evaluate(EN_LA_VERSION_1, {"cuantos": 3})
    nueva = contexto.new_page()
    nueva.goto(f"{sitio}/campo/")
    expect(nueva.get_by_text("Cierre las otras ventanas de la aplicación. Lo guardado sigue aquí.")).to_be_visible()
    pagina.evaluate("window.vieja.close()")
    expect(nueva.locator(".estado")).to_contain_text("3 guardados en este teléfono")
    assert (
        nueva.evaluate("indexedDB.databases().then((todas) => todas.find(({ name }) => name === 'jornada').version)")
        > 1
    )
    contexto.set_offline(False)
    expect(nueva.locator(".estado")).to_contain_text("Todo enviado")
    assert len(asistencias(base)) == 3


def test_una_ventana_de_antes_sigue_guardando_cuando_otra_trae_una_base_mas_nueva(contexto, sitio):
    pagina = con_pendientes(contexto, sitio, 1)
    otra = contexto.new_page()
    otra.goto(f"{sitio}/campo/manifest.webmanifest")
    otra.evaluate(
        """() => new Promise((listo, falla) => {
          const pedido = indexedDB.open("jornada", 99);
          pedido.onupgradeneeded = () => pedido.result.createObjectStore("de_despues");
          pedido.onsuccess = () => listo(pedido.result.close());
          pedido.onblocked = falla;
        })"""
    )
    registrar(pagina, veces=2)
    assert len(cola(pagina)) == 3
    pagina.reload()
    expect(pagina.locator(".estado")).to_contain_text("3 guardados en este teléfono")


INSISTIR = "setInterval(() => document.dispatchEvent(new Event('visibilitychange')), 1000)"
"""Como quien vuelve varias veces: si el navegador ya iba por la versión de antes, esa vuelta no cuenta."""


def test_una_version_nueva_con_pendientes_no_recarga_ninguna_ventana_ni_pierde_nada(contexto, sitio, base, monkeypatch):
    pagina = con_pendientes(contexto, sitio, 2)
    otra = contexto.new_page()
    otra.goto(f"{sitio}/campo/#/pendientes")
    contexto.route("**/api/v1/lote", lambda ruta: ruta.abort())
    contexto.set_offline(False)
    for ventana in (pagina, otra):
        ventana.evaluate("window.sinRecargar = true")
    monkeypatch.setattr(aplicacion_campo, "version", lambda: "9.9+nueva")
    pagina.bring_to_front()  # a la ventana de atrás Chromium no le da cuadros, y todo tarda
    pagina.evaluate(INSISTIR)
    for ventana in (pagina, otra):
        expect(ventana.get_by_text("Hay una versión nueva. Lo guardado no se toca.")).to_be_visible()
    registrar(pagina)
    otra.bring_to_front()
    assert [ventana.evaluate("window.sinRecargar") for ventana in (pagina, otra)] == [True, True]
    otra.get_by_role("button", name="Actualizar").click()
    otra.wait_for_function(NUEVA)
    pagina.bring_to_front()
    assert pagina.evaluate("window.sinRecargar"), "la ventana de al lado se recargó sola"
    registrar(pagina)
    assert len(cola(pagina)) == 4
    # La versión ya se cambió desde la otra ventana; a ésta le basta abrirse otra vez.
    pagina.get_by_role("button", name="Actualizar").click()
    pagina.wait_for_function(NUEVA)
    contexto.unroute("**/api/v1/lote")
    enviar(pagina)
    expect(pagina.locator(".estado")).to_contain_text("Todo enviado")
    assert len(asistencias(base)) == 4


ALGUIEN_LA_TRAE = """() => {
  const registrar = ServiceWorkerContainer.prototype.register;
  ServiceWorkerContainer.prototype.register = async function (...como) {
    const registro = await registrar.apply(this, como);
    if (sessionStorage.getItem("demora") !== null) {
      await registro.update();
      while (registro.installing === null && registro.waiting === null) await new Promise((r) => setTimeout(r, 5));
    }
    return registro;
  };
}"""


def test_una_ventana_que_abre_mientras_otra_trae_la_version_nueva_tambien_la_dice(contexto, sitio, monkeypatch):
    contexto.add_init_script(f"({ALGUIEN_LA_TRAE})()")
    pagina = contexto.new_page()
    preparar(pagina, sitio)
    monkeypatch.setattr(aplicacion_campo, "version", lambda: "9.9+nueva")
    pagina.evaluate("sessionStorage.setItem('demora', '1')")
    pagina.reload()
    expect(pagina.get_by_text("Hay una versión nueva. Lo guardado no se toca.")).to_be_visible()


def test_volver_a_la_aplicacion_pregunta_si_hay_version_nueva(contexto, sitio, monkeypatch):
    pagina = contexto.new_page()
    preparar(pagina, sitio)
    monkeypatch.setattr(aplicacion_campo, "version", lambda: "9.9+nueva")
    pagina.evaluate(INSISTIR)
    expect(pagina.get_by_role("button", name="Actualizar")).to_be_visible()


LLENAR = """async () => {
  const bd = await new Promise((listo) => {
    const pedido = indexedDB.open("relleno", 1);
    pedido.onupgradeneeded = () => pedido.result.createObjectStore("x");
    pedido.onsuccess = () => listo(pedido.result);
  });
  const meter = (bytes, i) => new Promise((listo, falla) => {
    const azar = new Uint8Array(bytes);
    for (let j = 0; j < bytes; j += 65536) crypto.getRandomValues(azar.subarray(j, Math.min(bytes, j + 65536)));
    const tx = bd.transaction("x", "readwrite", { durability: "strict" });
    tx.objectStore("x").put(azar, `${bytes}-${i}`);
    tx.oncomplete = listo;
    tx.onabort = () => falla(tx.error);
  });
  for (const bytes of [1048576, 65536, 2000, 200]) {
    try {
      for (let i = 0; i < 5000; i++) await meter(bytes, i);
      return "no se llenó";
    } catch (error) {
      if (error.name !== "QuotaExceededError") throw error;
    }
  }
  return "lleno";
}"""


def test_con_el_telefono_lleno_el_registro_todavia_cabe_y_se_avisa(contexto, sitio, base):
    pagina = contexto.new_page()
    cdp = contexto.new_cdp_session(pagina)
    cdp.send("Storage.overrideQuotaForOrigin", {"origin": sitio, "quotaSize": 14_000_000})
    preparar(pagina, sitio)
    assert pagina.evaluate(LLENAR) == "lleno"
    contexto.set_offline(True)
    pagina.get_by_role("link", name="Ir a los eventos").click()
    al_evento(pagina)
    registrar(pagina, veces=3)
    expect(pagina.locator(".estado")).to_contain_text("3 guardados en este teléfono")
    expect(pagina.locator(".estado")).to_contain_text("Queda poco espacio: toque aquí")
    pagina.locator(".estado").click()
    expect(pagina.get_by_text("Casi no hay espacio. Lo guardado sigue aquí")).to_be_visible()
    contexto.set_offline(False)
    pagina.get_by_role("button", name="Enviar ahora").click()
    expect(pagina.locator(".cifra-enviado")).to_contain_text("3")
    assert len(asistencias(base)) == 3


def test_se_pide_permanencia_y_se_dice_lo_que_el_telefono_contesto(contexto, sitio):
    contexto.add_init_script(
        "window.pedidas = 0; StorageManager.prototype.persisted = async () => window.pedidas > 0;"
        "StorageManager.prototype.persist = async () => { window.pedidas += 1; return true; };"
    )
    pagina = contexto.new_page()
    preparar(pagina, sitio)
    pagina.goto(f"{sitio}/campo/#/pendientes")
    expect(pagina.get_by_text("Este teléfono prometió no borrar lo guardado.")).to_be_visible()
    assert pagina.evaluate("window.pedidas") >= 1


def test_si_el_servidor_pide_esperar_nada_automatico_se_adelanta(contexto, sitio, base):
    pagina = contexto.new_page()
    preparar(pagina, sitio)
    veces: list[str] = []

    def despacio(ruta: Route) -> None:
        veces.append(ruta.request.url)
        ruta.fulfill(status=429, headers={"Retry-After": "3600"}, content_type="application/json", body="{}")

    pagina.route("**/api/v1/lote", despacio)
    pagina.get_by_role("link", name="Ir a los eventos").click()
    al_evento(pagina)
    registrar(pagina)
    expect(pagina.locator(".estado")).to_contain_text("1 guardado en este teléfono")
    pagina.wait_for_function("() => document.querySelector('.estado small')?.textContent !== 'Enviando…'")
    pagina.wait_for_timeout(3_000)
    assert len(veces) == 1
    registrar(pagina)
    pagina.evaluate("dispatchEvent(new Event('online'))")
    pagina.wait_for_timeout(4_000)
    assert len(veces) == 1
    pagina.unroute("**/api/v1/lote")
    enviar(pagina)
    expect(pagina.locator(".estado")).to_contain_text("Todo enviado")
    assert len(asistencias(base)) == 2
