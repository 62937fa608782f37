"""Las imágenes del LEEME y las del manual, tomadas de la demostración corriendo: ``make capturas``.

Arma una demostración aparte, la atiende en puertos libres, abre cada pantalla en el Chromium del sistema y deja los
PNG, con pocos colores para que pesen poco, en ``docs/capturas/`` y ``static/img/manual/``. Con ``manual`` o ``leeme``
toma sólo ésas.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import capturas_manual
from capturas_manual import entrar, reducir
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

RAIZ = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(RAIZ))

from tests.navegador.camara import banderas, video_de_codigos  # noqa: E402

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
CREDENCIAL = "J1" + "0" * 28
"""La que ve la cámara de mentira: ninguna oficina la dio."""


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
            yield json.loads((datos / "demo.json").read_text("utf-8")) | {"acceso": acceso(datos)}
        finally:
            proceso.terminate()
            proceso.wait()


def guardar(pagina: Page, nombre: str) -> None:
    pagina.wait_for_load_state("networkidle")
    reducir(pagina.screenshot(), DESTINO / f"{nombre}.png", 64)


def nueva(navegador: Browser, tamano: dict) -> Page:
    return navegador.new_context(viewport=tamano, locale="es-MX", timezone_id="America/Mexico_City").new_page()


def acceso(datos: Path) -> str:
    """El de una analista nueva, para consultar con SQL."""
    orden = [sys.executable, "-m", "recoleccion.cli", "analista", "alta", "Ana Lista", "--datos", str(datos)]
    dicho = subprocess.run(orden, cwd=RAIZ, check=True, capture_output=True, text=True).stdout
    return next(renglon.strip() for renglon in dicho.splitlines() if renglon.strip().startswith("AN"))


def del_leeme(navegador: Browser, demo: dict) -> None:
    ir = demo["direcciones"]
    DESTINO.mkdir(parents=True, exist_ok=True)
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
    pagina.goto(ir["panel"])
    guardar(pagina, "hoy-1280")
    pagina.goto(ir["panel"] + "eventos")
    pagina.locator("a[href*='/panel/eventos/']", has_text=re.compile("Plática de hoy")).first.click()
    guardar(pagina, "panel-1280")
    pagina.goto(ir["panel"] + "informes")
    pagina.get_by_role("link", name=re.compile("Ver el guardado: Tercer trimestre")).click()
    guardar(pagina, "informe-1280")

    for nombre, ruta in PORTAL.items():
        for tamano in (TELEFONO, ESCRITORIO):
            pagina = nueva(navegador, tamano)
            pagina.goto(ir["datos"].rstrip("/") + ruta)
            guardar(pagina, f"{nombre}-{tamano['width']}")
            pagina.close()


def abrir_chromium(p: Playwright, chromium: str, mas: Sequence[str] = ()) -> Browser:
    return p.chromium.launch(executable_path=chromium, args=[*CHROMIUM, *mas])


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        raise SystemExit("Falta Chromium: corra tests/preparar.sh")
    cuales = set(sys.argv[1:]) or {"leeme", "manual"}
    with demostracion() as demo, sync_playwright() as p, tempfile.TemporaryDirectory() as carpeta:
        navegador = abrir_chromium(p, chromium)
        if "leeme" in cuales:
            del_leeme(navegador, demo)
        if "manual" in cuales:
            video = video_de_codigos([CREDENCIAL], Path(carpeta) / "credencial.y4m", segundos=3, pausa=0.1)
            capturas_manual.tomar(navegador, abrir_chromium(p, chromium, banderas(video)), demo)


if __name__ == "__main__":
    main()
