"""Lo que hace una persona por HTTPS, con la biblioteca estándar: corre dentro de la computadora de ensayo.

``visita.py REGISTRO DATOS CUENTA ORDEN…``; las órdenes: ``paginas``, ``entrar``, ``nombres CÓDIGO``,
``carga SEGUNDOS``.
La autoridad es la que Caddy hizo en esa computadora. Termina con 1 si algo no es como debe.
"""

import http.cookiejar
import re
import socket
import ssl
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

AUTORIDAD = "/var/lib/caddy/.local/share/caddy/pki/authorities/local/root.crt"
RAZON = {"razon": "lista", "otra": ""}


class Visita:
    """Un navegador sin guiones: galletas, formularios y a dónde lo mandan."""

    def __init__(self, registro: str, datos: str) -> None:
        self.registro, self.datos = f"https://{registro}", f"https://{datos}"
        nombres = {registro, datos}
        de_siempre = socket.getaddrinfo
        socket.getaddrinfo = lambda h, *a, **k: de_siempre("127.0.0.1" if h in nombres else h, *a, **k)
        self._seguro = ssl.create_default_context(cafile=AUTORIDAD)
        self.nuevo()

    def nuevo(self) -> None:
        self._abre = urllib.request.build_opener(
            urllib.request.HTTPSHandler(context=self._seguro),
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
        )

    def pedir(self, direccion: str, campos: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Estado, dirección donde acabó y página."""
        cuerpo = urllib.parse.urlencode(campos).encode() if campos is not None else None
        pedido = urllib.request.Request(direccion, cuerpo, {"Referer": direccion, "Origin": self.registro})
        try:
            with self._abre.open(pedido, timeout=60) as r:
                return r.status, r.url, r.read().decode("utf-8", "replace")
        except urllib.error.HTTPError as error:
            return error.code, direccion, error.read().decode("utf-8", "replace")

    def enviar(self, ruta: str, campos: dict[str, str], desde: str | None = None) -> tuple[int, str, str]:
        """Abre la página que trae el formulario y lo manda con su ficha."""
        _, _, pagina = self.pedir(self.registro + (desde or ruta))
        return self.pedir(self.registro + ruta, {"csrf_token": ficha(pagina), **campos})

    def entrar(self, usuario: str, contrasena: str) -> str:
        estado, donde, pagina = self.enviar("/panel/entrar", {"usuario": usuario, "contrasena": contrasena})
        exigir(estado == 200 and "/panel/entrar" not in donde, f"no entró: {estado} {donde}")
        return pagina


def ficha(pagina: str) -> str:
    hallada = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', pagina)
    return hallada[1] if hallada else ""


def exigir(cierto: bool, que: str) -> None:
    if not cierto:
        sys.exit(f"MAL: {que}")


def paginas(v: Visita) -> None:
    for direccion in (f"{v.registro}/", f"{v.registro}/panel/entrar", f"{v.registro}/campo/", f"{v.datos}/",
                      f"{v.datos}/publica.json", f"{v.datos}/descargas"):  # fmt: skip
        estado, _, _ = v.pedir(direccion)
        exigir(estado == 200, f"{direccion}: {estado}")
    for cerrada in (f"{v.registro}/salud", f"{v.datos}/panel/entrar", f"{v.datos}/publica.json?sql=select+1"):
        estado, _, _ = v.pedir(cerrada)
        exigir(estado in (400, 401, 403, 404), f"{cerrada}: {estado}")
    print("seis páginas por HTTPS, con certificado comprobado; tres que no deben, no")


def nombres(v: Visita, contrasena: str, codigo: str) -> None:
    """Olvidó la frase: con el código de la hoja pone otra, abre la llave y ve una lista con nombres."""
    nueva = "sol arena puente camino"
    v.enviar("/panel/confirmacion", {"contrasena": contrasena})
    _, _, _ = v.enviar("/panel/llave/recuperacion", {"codigo": codigo, "nueva": nueva, "repetida": nueva})
    estado, donde, pagina = v.enviar("/panel/llave/apertura", {"frase": nueva, **RAZON}, desde="/panel/llave")
    exigir(estado == 200, f"abrir la llave: {estado} {donde}")
    _, _, lista = v.pedir(f"{v.registro}/panel/eventos")
    for id in dict.fromkeys(re.findall(r"/panel/eventos/([0-9a-f-]{36})", lista)):
        _, _, pagina = v.pedir(f"{v.registro}/panel/eventos/{id}/lista")
        vistos = re.findall(r'<td class="n">\d+</td><td>([^<]+)</td>', pagina)
        if vistos:
            print(f"la lista de un evento se abre con el código de papel: {len(vistos)} nombres")
            return
    exigir(False, "ninguna lista enseñó nombres")


def carga(v: Visita, segundos: float) -> None:
    """Ocho a la vez, sin descanso: la página de inicio, la del panel y las del portal."""
    rutas = [f"{v.registro}/", f"{v.registro}/panel/", f"{v.registro}/panel/eventos", f"{v.registro}/panel/poa",
             f"{v.datos}/", f"{v.datos}/publica", f"{v.datos}/publica/asistencia",
             f"{v.datos}/descargas/datos.xlsx"]  # fmt: skip
    tiempos: list[float] = []
    fin = time.monotonic() + segundos

    def uno(n: int) -> None:
        while time.monotonic() < fin:
            desde = time.monotonic()
            v.pedir(rutas[n % len(rutas)])
            tiempos.append(time.monotonic() - desde)
            n += 1

    hilos = [threading.Thread(target=uno, args=(n,)) for n in range(8)]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join()
    tiempos.sort()
    print(f"{len(tiempos)} páginas en {segundos:.0f} s; p95 {tiempos[int(len(tiempos) * 0.95)] * 1000:.0f} ms")


if __name__ == "__main__":
    registro, datos, cuenta, orden, *resto = sys.argv[1:]
    visita = Visita(registro, datos)
    usuario, _, contrasena = cuenta.partition(":")
    if orden == "paginas":
        paginas(visita)
    else:
        visita.entrar(usuario, contrasena)
        if orden == "entrar":
            print(f"{usuario} entró al panel")
        elif orden == "nombres":
            nombres(visita, contrasena, " ".join(resto))
        else:
            carga(visita, float(resto[0]))
