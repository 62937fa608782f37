"""Lo que hace una promotora con su teléfono en Chromium, paso por paso."""

import json
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.elenco import CONTRASENA
from tests.llave import nombres

AXE = (Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
TITULO, OTRO = "Plática en la primaria", "Feria en la plaza"
NOMBRE = "Guadalupe Íñiguez"
PANTALLA = {"width": 360, "height": 640}


def contexto_de_telefono(navegador: Browser) -> BrowserContext:
    nuevo = navegador.new_context(viewport=PANTALLA, locale="es-MX", timezone_id="America/Mexico_City")
    return nuevo


def preparar(pagina: Page, sitio: str, encuestas: int = 4) -> None:
    """Entra, da de alta el teléfono y descarga, como la primera vez."""
    pagina.goto(f"{sitio}/campo/")
    entrar(pagina, encuestas)
    pagina.get_by_role("button", name="Probar este teléfono").click()
    expect(pagina.get_by_text("La aplicación abre sin señal.")).to_be_visible()


def entrar(pagina: Page, encuestas: int = 4) -> None:
    """Desde «Preparar», con usuario y contraseña, hasta que quedó descargado con tantas encuestas."""
    pagina.get_by_role("link", name="Entrar").click()
    pagina.get_by_label("Usuario").fill("promotora")
    pagina.get_by_label("Contraseña").fill(CONTRASENA)
    pagina.get_by_role("button", name="Entrar").click()
    pagina.get_by_role("button", name="Usar este teléfono").click()
    expect(pagina.locator(".resumen-descarga")).to_contain_text(f"{encuestas} encuestas listas, hace un momento")


def abrir_en_frio_sin_senal(contexto: BrowserContext, sitio: str) -> Page:
    """Como recién encendido y con la red apagada."""
    contexto.set_offline(True)
    for vieja in contexto.pages:
        vieja.close()
    pagina = contexto.new_page()
    pagina.goto(f"{sitio}/campo/")
    expect(pagina.get_by_role("heading", name="¿Dónde va a registrar?")).to_be_visible()
    return pagina


def al_evento(pagina: Page, titulo: str = TITULO) -> None:
    pagina.get_by_role("link", name=titulo).click()
    expect(pagina.get_by_role("heading", name=titulo)).to_be_visible()


def registrar(pagina: Page, *, nombre: str = "", veces: int = 1) -> None:
    """Personas sin credencial, desde la pantalla del evento, y de regreso."""
    pagina.get_by_role("link", name="Registrar", exact=True).click()
    for _ in range(veces):
        pagina.get_by_role("button", name="Mujer").click()
        pagina.get_by_role("button", name="De 30 a 44 años").click()
        if nombre:
            pagina.get_by_label("Nombre (si quiere darlo)").fill(nombre)
        pagina.get_by_role("button", name="De un rancho").click()
        expect(pagina.get_by_role("heading", name="¿Usted es…?")).to_be_visible()
    expect(pagina.locator(".noticia")).to_contain_text("Guardado en este teléfono")
    pagina.get_by_role("link", name="Atrás").click()


def enviar(pagina: Page) -> None:
    pagina.locator(".estado").click()
    pagina.get_by_role("button", name="Enviar ahora").click()


def cola(pagina: Page) -> list[dict]:
    """Lo que hay en el disco del teléfono, tal cual."""
    return pagina.evaluate(
        """async () => {
          const listo = (pedido) => new Promise((r) => { pedido.onsuccess = () => r(pedido.result); });
          const bd = await listo(indexedDB.open("jornada"));
          return listo(bd.transaction("cola").objectStore("cola").getAll());
        }"""
    )


def asistencias(base) -> list[tuple]:
    """Modo, sexo, edad, procedencia y nombre (abierto con la llave de la oficina)."""
    quien = nombres(base)
    filas = [
        (f["modo"], f["sexo"], f["edad"], f["procedencia"], quien.get(f["id"], (None, None))[0])
        for f in base.execute("SELECT id, modo, sexo, edad, procedencia FROM asistencia_vigente")
    ]
    return sorted(filas, key=lambda fila: (*fila[:3], fila[4] or ""))


def violaciones(pagina: Page) -> list[str]:
    """Lo que axe encuentra en la pantalla como está (la CSP no deja meterlo como guion)."""
    cdp = pagina.context.new_cdp_session(pagina)
    cdp.send("Runtime.evaluate", {"expression": AXE})
    pedido = (
        "axe.run(document, {resultTypes: ['violations']}).then((r) => JSON.stringify(r.violations.map((v) => v.id)))"
    )
    dicho = cdp.send("Runtime.evaluate", {"expression": pedido, "awaitPromise": True, "returnByValue": True})
    cdp.detach()
    return json.loads(dicho["result"]["value"])


def contestar(pagina: Page, **marcadas: str) -> None:
    while True:
        for clave, valor in marcadas.items():
            opcion = pagina.locator(f'.f-encuesta input[name="{clave}"][value="{valor}"]:visible')
            if opcion.count():
                opcion.check()
        if pagina.get_by_role("button", name="Terminar").count():
            pagina.get_by_role("button", name="Terminar").click()
            return
        pagina.get_by_role("button", name="Siguiente").click()


def recuperar(pagina: Page) -> None:
    pagina.get_by_role("button", name="Personal").hover()
    pagina.mouse.down()
    expect(pagina.get_by_role("link", name="Escanear")).to_be_visible()
    pagina.mouse.up()


def prestar(contexto: BrowserContext, sitio: str, encuesta: str, encuestas: int = 4) -> Page:
    preparar(contexto.new_page(), sitio, encuestas)
    pagina = abrir_en_frio_sin_senal(contexto, sitio)
    al_evento(pagina)
    pagina.get_by_role("link", name="Encuesta").click()
    pagina.get_by_role("button", name=f"Prestar el teléfono: {encuesta}").click()
    expect(pagina.get_by_role("button", name="Empezar")).to_be_visible()
    return pagina
