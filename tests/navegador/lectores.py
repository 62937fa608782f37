"""Una página de Chromium donde varios lectores de QR miran los mismos cuadros: la usan la prueba y el banco."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.cuadros import Cuadro

RAIZ = Path(__file__).resolve().parents[2]
TIPOS = {".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm"}
PAGINA = b"<!doctype html><html lang=es><meta charset=utf-8><title>Lectores</title><body></body></html>"
Dicho = Mapping[str, tuple[str | None, float]]
"""Por lector, lo que leyó (o nulo) y sus milisegundos."""


class Mesa:
    """Los cuadros y los lectores, ya en la página."""

    def __init__(self, pagina: Page, fotos: dict[str, bytes]) -> None:
        self.pagina = pagina
        self._fotos = fotos

    def leer(self, cuadro: Cuadro, lectores: Sequence[str], veces: int = 1) -> Dicho:
        """``veces`` que cada quien lo lee, para quedarse con la más rápida."""
        self._fotos["/cuadro.jpg"] = cuadro.jpeg
        pedido = "([nombres, veces]) => mesa.leer('/cuadro.jpg', nombres, veces)"
        dicho: Dicho = self.pagina.evaluate(pedido, [list(lectores), veces])
        return dicho

    def frenar(self, veces: int) -> None:
        cdp = self.pagina.context.new_cdp_session(self.pagina)
        cdp.send("Emulation.setCPUThrottlingRate", {"rate": veces})

    def girar(self) -> float:
        """Milisegundos de un trabajo fijo: lo mejor de tres."""
        return min(float(self.pagina.evaluate("mesa.girar()")) for _ in range(3))


@contextmanager
def poner_mesa(navegador: Browser, *, ajenos: str = "") -> Iterator[Mesa]:
    """``ajenos``: el módulo de los otros lectores, ya empacado."""
    fijos = {
        "/": PAGINA,
        "/ajenos.js": ajenos.encode(),
        "/campo/lector.js": b'import "/static/js/lector_obrero.js";\n',
        "/lector.mjs": (RAIZ / "bench" / "lector.mjs").read_bytes(),
    }

    class Servir(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            ruta = RAIZ / self.path.lstrip("/")
            cuerpo = fijos.get(self.path)
            if cuerpo is None and self.path.startswith("/static/") and ruta.is_file():
                cuerpo = ruta.read_bytes()
            self.send_response(404 if cuerpo is None else 200)
            self.send_header("Content-Type", "text/html" if self.path == "/" else TIPOS.get(ruta.suffix, "image/jpeg"))
            self.send_header("Content-Length", str(len(cuerpo or b"")))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(cuerpo or b"")

        def log_message(self, *_: object) -> None:
            pass

    servidor = ThreadingHTTPServer(("127.0.0.1", 0), Servir)
    servidor.daemon_threads = True
    hilo = threading.Thread(target=servidor.serve_forever)
    hilo.start()
    contexto = navegador.new_context()
    try:
        pagina = contexto.new_page()
        pagina.goto(f"http://127.0.0.1:{servidor.server_port}/")
        pagina.evaluate("import('/lector.mjs')")
        if ajenos:
            pagina.evaluate("mesa.conAjenos()")
        yield Mesa(pagina, fijos)
    finally:
        contexto.close()
        servidor.shutdown()
        hilo.join()
        servidor.server_close()


def juzgar(lecturas: Sequence[tuple[Cuadro, Dicho]], lector: str) -> tuple[int, list[str]]:
    """Cuántos leyó bien, y qué cuadros leyó mal (dijo otra cosa, o vio un código donde no hay)."""
    bien = sum(1 for cuadro, dicho in lecturas if cuadro.texto and dicho[lector][0] == cuadro.texto)
    mal = [c.nombre for c, dicho in lecturas if dicho[lector][0] is not None and dicho[lector][0] != c.texto]
    return bien, mal
