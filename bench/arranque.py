"""¿En cuánto abre la aplicación de la promotora, instalada y sin señal, en un teléfono barato?

Se prepara un teléfono, se apaga la red, se detiene el service worker y se abre de cero con el procesador 4 y 12 veces
más lento (el freno de Chromium frena la página, no al service worker). Se cuenta hasta que se ve la pantalla que se
usa, junto a un piso: una página mínima, también guardada por su service worker.
Uso: ``python bench/arranque.py [veces]``.
"""

import platform
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random

from playwright.sync_api import BrowserContext, sync_playwright

RAIZ = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(RAIZ))

from recoleccion.aplicacion import create_app  # noqa: E402
from recoleccion.consultas import conexion, cuentas, eventos  # noqa: E402
from recoleccion.instalacion import ahora  # noqa: E402
from recoleccion.preparar import preparar as preparar_datos  # noqa: E402
from tests.elenco import CONTRASENA, evento_de_prueba  # noqa: E402
from tests.navegador.procesos import BANDERAS, ruta_chromium  # noqa: E402
from tests.navegador.promotora import TITULO, contexto_de_telefono, preparar  # noqa: E402
from tests.navegador.servido import servida  # noqa: E402

META_MS = {4: 1_000, 12: 2_500}
PISO = {
    "/piso/": ("text/html", "<!doctype html><html lang=es><title>Piso</title><h1>¿Dónde va a registrar?</h1>"),
    "/piso/sw.js": (
        "text/javascript",
        "oninstall = (e) => e.waitUntil(caches.open('piso').then((c) => c.add('/piso/')));"
        "onactivate = (e) => e.waitUntil(clients.claim());"
        "onfetch = (e) => e.respondWith(caches.match('/piso/').then((r) => r ?? fetch(e.request)));",
    ),
}
AVISAR = """(() => {
  const mirar = () => {
    const listo = [...document.querySelectorAll("h1")].some((h) => h.textContent === "¿Dónde va a registrar?");
    if (!listo) return requestAnimationFrame(mirar);
    requestAnimationFrame(() => setTimeout(() => { window.tardo = performance.now(); }));
  };
  mirar();
})();"""
ESPERAR = """() => new Promise((listo) => {
  const mirar = () => (window.tardo === undefined ? setTimeout(mirar, 20) : listo(window.tardo));
  mirar();
})"""


def con_piso(aplicacion: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """La aplicación y, junto, la página del piso."""

    def atender(entorno: dict, empezar: Callable[..., object]) -> Iterable[bytes]:
        hallado = PISO.get(entorno["PATH_INFO"])
        if hallado is None:
            return aplicacion(entorno, empezar)
        empezar("200 OK", [("Content-Type", f"{hallado[0]}; charset=utf-8")])
        return [hallado[1].encode()]

    return atender


def abrir_de_cero(contexto: BrowserContext, direccion: str, freno: int) -> float:
    """Milisegundos desde que se toca el icono hasta que se ve la pantalla."""
    pagina = contexto.new_page()
    cdp = contexto.new_cdp_session(pagina)
    cdp.send("ServiceWorker.enable")
    cdp.send("ServiceWorker.stopAllWorkers")
    cdp.send("Emulation.setCPUThrottlingRate", {"rate": freno})
    pagina.goto(direccion, wait_until="commit")
    tardo = float(pagina.evaluate(ESPERAR))
    pagina.close()
    return tardo


def medir(sitio: str, veces: int) -> dict[tuple[str, int], list[float]]:
    medidas: dict[tuple[str, int], list[float]] = {}
    with sync_playwright() as motor:
        navegador = motor.chromium.launch(executable_path=ruta_chromium(), args=BANDERAS)
        contexto = contexto_de_telefono(navegador)
        pagina = contexto.new_page()
        pagina.goto(f"{sitio}/piso/")
        pagina.evaluate("navigator.serviceWorker.register('/piso/sw.js').then(() => navigator.serviceWorker.ready)")
        preparar(pagina, sitio)
        pagina.close()
        contexto.set_offline(True)
        contexto.add_init_script(AVISAR)
        for _ in range(veces):
            for freno in META_MS:
                for nombre, camino in (("piso", "/piso/"), ("aplicación", "/campo/")):
                    medidas.setdefault((nombre, freno), []).append(abrir_de_cero(contexto, sitio + camino, freno))
        print(f"Chromium {navegador.version}, {platform.machine()}, {ahora():%d/%m/%Y}, {veces} aperturas de cada una")
        navegador.close()
    return medidas


def principal() -> int:
    veces = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    with tempfile.TemporaryDirectory() as carpeta:
        datos, hoy = Path(carpeta) / "datos", ahora()
        preparar_datos(datos, usuario="titular", contrasena=CONTRASENA, ahora=hoy)
        base = conexion.abrir(datos / "privada.db")
        cuentas.crear(base, usuario="promotora", nombre="Rosa", rol="promotora", contrasena=CONTRASENA, ahora=hoy)
        evento = evento_de_prueba(titulo=TITULO, fecha=hoy.date().isoformat())
        eventos.abrir(base, eventos.crear(base, evento, hoy, Random(4)), hoy)
        with servida(con_piso(create_app(datos))) as direccion:
            medidas = medir(direccion, veces)
        base.conn.close()
    print(f"{'':12} {'freno':>6} {'mediana':>9} {'peor':>9} {'meta':>9}")
    for (nombre, freno), tiempos in sorted(medidas.items(), key=lambda una: (una[0][1], una[0][0] != "piso")):
        meta = f"{META_MS[freno]:,} ms" if nombre != "piso" else ""
        print(f"{nombre:12} {freno:>5}x {statistics.median(tiempos):>6,.0f} ms {max(tiempos):>6,.0f} ms {meta:>9}")
    cumple = all(statistics.median(t) <= META_MS[f] for (nombre, f), t in medidas.items() if nombre != "piso")
    print("Dentro de la meta." if cumple else "Fuera de la meta.")
    return 0 if cumple else 1


if __name__ == "__main__":
    sys.exit(principal())
