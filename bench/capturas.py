"""Las imágenes del LEEME, tomadas de la demostración corriendo: ``python bench/capturas.py``.

Arma una demostración aparte, la atiende en puertos libres, abre cada pantalla en el Chromium del sistema y deja los
PNG, con pocos colores para que pesen poco, en ``docs/capturas/``.
"""

import io
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

RAIZ = Path(__file__).resolve().parent.parent
DESTINO = RAIZ / "docs" / "capturas"
TELEFONO, ESCRITORIO = {"width": 360, "height": 640}, {"width": 1280, "height": 800}
PORTAL = {
    "datos": "/",
    "pregunta": "/preguntas/participacion",
    "cambio": "/preguntas/cambio",
}
"""Del portal de datos, cada una al tamaño del teléfono y del escritorio: nombre del PNG -> dirección."""
CHROMIUM = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@contextmanager
def demostracion() -> Iterator[dict]:
    """Una demostración nueva, atendida; da lo que dice su ``demo.json``."""
    with tempfile.TemporaryDirectory() as carpeta:
        datos = Path(carpeta) / "datos"
        orden = [sys.executable, "-m", "recoleccion.cli", "demo", "--datos", str(datos)]
        proceso = subprocess.Popen(
            [*orden, "--puerto", "0", "--puerto-datos", "0"], cwd=RAIZ, stdout=subprocess.PIPE, text=True
        )
        try:
            for linea in proceso.stdout or ():
                if "Para cerrar" in linea:
                    break
            yield json.loads((datos / "demo.json").read_text("utf-8"))
        finally:
            proceso.terminate()
            proceso.wait()


def guardar(pagina: Page, nombre: str) -> None:
    pagina.wait_for_load_state("networkidle")
    imagen = Image.open(io.BytesIO(pagina.screenshot())).convert("RGB")
    imagen.quantize(64, dither=Image.Dither.NONE).save(DESTINO / f"{nombre}.png", optimize=True)
    print(f"{nombre}.png, {(DESTINO / f'{nombre}.png').stat().st_size >> 10} KB")


def nueva(navegador: Browser, tamano: dict) -> Page:
    return navegador.new_context(viewport=tamano, locale="es-MX", timezone_id="America/Mexico_City").new_page()


def entrar(pagina: Page, direccion: str, demo: dict, rol: str) -> None:
    cuenta = next(c for c in demo["cuentas"] if c["rol"] == rol)
    pagina.goto(direccion)
    pagina.fill("[name=usuario]", cuenta["usuario"])
    pagina.fill("[name=contrasena]", cuenta["contrasena"])
    with pagina.expect_navigation():
        pagina.press("[name=contrasena]", "Enter")


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        raise SystemExit("Falta Chromium: corra tests/preparar.sh")
    DESTINO.mkdir(parents=True, exist_ok=True)
    with demostracion() as demo, sync_playwright() as p:
        ir = demo["direcciones"]
        navegador = p.chromium.launch(executable_path=chromium, args=CHROMIUM)

        pagina = nueva(navegador, TELEFONO)
        pagina.goto(ir["app"] + demo["clave"] + "/r")
        guardar(pagina, "asistente-360")

        pagina = nueva(navegador, TELEFONO)
        entrar(pagina, ir["campo"] + "entrar", demo, "promotora")
        pagina.get_by_role("button", name="Usar este teléfono").click()
        pagina.get_by_text("Ir a los eventos").click()
        pagina.get_by_text("Plática de hoy").first.click()
        pagina.wait_for_timeout(1500)
        guardar(pagina, "campo-360")

        pagina = nueva(navegador, ESCRITORIO)
        entrar(pagina, ir["panel"] + "entrar", demo, "titular")
        pagina.goto(ir["panel"] + "eventos")
        pagina.locator("a[href*='/panel/eventos/']", has_text=re.compile("Plática de hoy")).first.click()
        guardar(pagina, "panel-1280")

        for nombre, ruta in PORTAL.items():
            for tamano in (TELEFONO, ESCRITORIO):
                pagina = nueva(navegador, tamano)
                pagina.goto(ir["datos"].rstrip("/") + ruta)
                guardar(pagina, f"{nombre}-{tamano['width']}")
                pagina.close()
        navegador.close()


if __name__ == "__main__":
    main()
