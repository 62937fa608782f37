"""La red entre el teléfono y el servidor: un puerto nuestro que deja pasar, tarda, corta, pierde y repite."""

import random
import socket
import socketserver
import threading
import time
from collections import Counter
from collections.abc import Callable

_PORTAL = b"<!doctype html><title>WiFi gratis</title><p>Acepte las condiciones para navegar."
FALLAS = (
    "pierde_ida", "pierde_vuelta", "corta_ida", "corta_vuelta", "repite", "tarda", "llega_tarde", "portal", "estorba",
)  # fmt: skip


class Red(socketserver.ThreadingTCPServer):
    """``modo``: ``bien``, ``muda`` (nada pasa), ``mala`` (una falla al azar en casi cada lote) o una falla de la lista.

    Sólo los lotes sufren fallas: la aplicación ya está instalada y lo demás no guarda nada.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, puerto_servidor: int, azar: random.Random) -> None:
        super().__init__(("127.0.0.1", 0), _Paso)
        self.puerto_servidor, self.azar = puerto_servidor, azar
        self.modo = "bien"
        self.hubo: Counter[str] = Counter()
        self.en_camino = 0
        """Pedidos que el teléfono ya dio por perdidos y todavía van a llegar."""
        self.sitio = f"http://127.0.0.1:{self.server_address[1]}"
        self._hilo = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05})
        self._hilo.start()

    def falla(self, primera_linea: bytes) -> str:
        """Qué le toca a este pedido."""
        if self.modo == "muda" or not primera_linea.split(b" ")[1].endswith(b"/lote"):
            return self.modo if self.modo == "muda" else "bien"
        falla = self.modo
        if falla == "mala":
            falla = self.azar.choice(FALLAS) if self.azar.random() < 0.8 else "bien"
        self.hubo["lote" if falla == "bien" else falla] += 1
        return falla

    def cerrar(self) -> None:
        self.shutdown()
        self._hilo.join()
        self.server_close()


class _Paso(socketserver.BaseRequestHandler):
    """Una conexión, un pedido."""

    server: Red
    request: socket.socket

    def handle(self) -> None:
        try:
            self.request.settimeout(60)
            pedido = self._leer()
            if pedido:
                falla = self.server.falla(pedido.split(b"\r\n", 1)[0])
                _QUE_PASA.get(falla, _Paso._pasa)(self, pedido)
        except OSError:
            pass  # alguno de los dos murió: es de lo que se trata

    def _leer(self) -> bytes:
        datos = b""
        while b"\r\n\r\n" not in datos:
            if not (mas := self.request.recv(65_536)):
                return b""
            datos += mas
        cabeza, cuerpo = datos.split(b"\r\n\r\n", 1)
        renglones = [r for r in cabeza.split(b"\r\n") if not r.lower().startswith(b"connection:")]
        largo = next((int(r[15:]) for r in renglones if r.lower().startswith(b"content-length:")), 0)
        while len(cuerpo) < largo:
            if not (mas := self.request.recv(65_536)):
                return b""
            cuerpo += mas
        return b"\r\n".join([*renglones, b"Connection: close", b"", cuerpo])

    def _al_servidor(self, pedido: bytes) -> bytes:
        respuesta = b""
        with socket.create_connection(("127.0.0.1", self.server.puerto_servidor), timeout=60) as servidor:
            servidor.sendall(pedido)
            while mas := servidor.recv(65_536):
                respuesta += mas
        return respuesta

    def _contestar(self, estado: str, tipo: str, cuerpo: bytes) -> None:
        cabeza = (
            f"HTTP/1.1 {estado}\r\nContent-Type: {tipo}\r\nContent-Length: {len(cuerpo)}\r\nConnection: close\r\n\r\n"
        )
        self.request.sendall(cabeza.encode() + cuerpo)

    def _pasa(self, pedido: bytes) -> None:
        self.request.sendall(self._al_servidor(pedido))

    def _nada(self, pedido: bytes) -> None:
        """Se cierra sin contestar."""

    def _pierde_vuelta(self, pedido: bytes) -> None:
        self._al_servidor(pedido)

    def _corta_ida(self, pedido: bytes) -> None:
        with socket.create_connection(("127.0.0.1", self.server.puerto_servidor), timeout=60) as servidor:
            servidor.sendall(pedido[: len(pedido) * 2 // 3])

    def _corta_vuelta(self, pedido: bytes) -> None:
        respuesta = self._al_servidor(pedido)
        self.request.sendall(respuesta[: self.server.azar.randrange(len(respuesta) or 1)])

    def _repite(self, pedido: bytes) -> None:
        self._al_servidor(pedido)
        self._pasa(pedido)

    def _tarda(self, pedido: bytes) -> None:
        time.sleep(self.server.azar.uniform(0.2, 1.5))
        self._pasa(pedido)

    def _llega_tarde(self, pedido: bytes) -> None:
        """El teléfono ya se cansó, y entonces llega."""
        self.server.en_camino += 1
        try:
            self.request.shutdown(socket.SHUT_RDWR)
            self.request.close()
            time.sleep(self.server.azar.uniform(1, 4))
            self._al_servidor(pedido)
        finally:
            self.server.en_camino -= 1

    def _portal(self, pedido: bytes) -> None:
        self._contestar("200 OK", "text/html; charset=utf-8", _PORTAL)

    def _estorba(self, pedido: bytes) -> None:
        estado = self.server.azar.choice(
            ["502 Bad Gateway", "503 Service Unavailable", "403 Forbidden", "429 Too Many"]
        )
        self._contestar(estado, "text/html", b"<p>No se pudo")


_QUE_PASA: dict[str, Callable[[_Paso, bytes], None]] = {
    "muda": _Paso._nada,
    "pierde_ida": _Paso._nada,
    "pierde_vuelta": _Paso._pierde_vuelta,
    "corta_ida": _Paso._corta_ida,
    "corta_vuelta": _Paso._corta_vuelta,
    "repite": _Paso._repite,
    "tarda": _Paso._tarda,
    "llega_tarde": _Paso._llega_tarde,
    "portal": _Paso._portal,
    "estorba": _Paso._estorba,
}
