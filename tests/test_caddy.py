"""El Caddyfile del LEEME con el Caddy de verdad: HTTPS con una autoridad local, en puertos libres de esta máquina."""

import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPResponse, HTTPSConnection
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest

from recoleccion.consultas import ajustes, conexion

RAIZ = Path(__file__).resolve().parent.parent
REGISTRO, DATOS = "registro.ejemplo.gob.mx", "datos.ejemplo.gob.mx"


def puerto_libre() -> int:
    with socket.create_server(("127.0.0.1", 0)) as libre:
        return int(libre.getsockname()[1])


@dataclass
class Publicado:
    """Caddy delante de ``jornada servir``; ``pedir`` entra por HTTPS como entraría un teléfono."""

    puerto: int
    autoridad: Path
    bitacora: Path
    servir: "subprocess.Popen[bytes]"

    def pedir(
        self, anfitrion: str, ruta: str, cuerpo: bytes | None = None, cabeceras: dict[str, str] | None = None
    ) -> tuple[HTTPResponse, str]:
        contexto = ssl.create_default_context(cafile=str(self.autoridad))
        enchufe = socket.create_connection(("127.0.0.1", self.puerto), timeout=20)
        con = HTTPSConnection(anfitrion, self.puerto, context=contexto)
        con.sock = contexto.wrap_socket(enchufe, server_hostname=anfitrion)
        with closing(con):
            con.request("POST" if cuerpo else "GET", ruta, cuerpo, (cabeceras or {}) | {"Host": anfitrion})
            respuesta = con.getresponse()
            return respuesta, respuesta.read().decode("utf-8", "replace")


@pytest.fixture
def publicado(request: pytest.FixtureRequest, datos: Path, tmp_path: Path) -> Iterator[Publicado]:
    """``request.param``: una línea que se quita del Caddyfile, para ver qué pasaría sin ella."""
    caddy = shutil.which("caddy")
    assert caddy, "falta Caddy: corra tests/preparar.sh"
    with closing(conexion.abrir(datos / "privada.db")) as db:
        ajustes.guardar(db, "host_publico", f"https://{REGISTRO}")
    app, portal, https = puerto_libre(), puerto_libre(), puerto_libre()
    orden = [sys.executable, "-m", "recoleccion.cli", "servir", "--datos", str(datos)]
    servir = subprocess.Popen(
        [*orden, "--puerto", str(app), "--puerto-datos", str(portal)],
        cwd=RAIZ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
    )
    caddyfile = (RAIZ / "docs" / "Caddyfile").read_text("utf-8").replace(getattr(request, "param", "\0"), "")
    archivo = tmp_path / "Caddyfile"
    archivo.write_text(_adaptado(caddyfile, app, portal, https), "utf-8")
    ambiente = os.environ | {"XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "HOME": str(tmp_path)}
    with (tmp_path / "caddy.log").open("wb") as bitacora:
        frente = subprocess.Popen(
            [caddy, "run", "--config", str(archivo), "--adapter", "caddyfile"], env=ambiente, stderr=bitacora
        )
    try:
        raiz_ca = tmp_path / "caddy" / "pki" / "authorities" / "local" / "root.crt"
        sitio = Publicado(https, raiz_ca, tmp_path / "caddy.log", servir)
        _esperar(lambda: raiz_ca.exists() and sitio.pedir(REGISTRO, "/salir")[0].status == 200)
        yield sitio
    finally:
        for proceso in (frente, servir):
            proceso.terminate()
            proceso.wait(timeout=30)


def _adaptado(caddyfile: str, app: int, portal: int, https: int) -> str:
    """El mismo archivo, con puertos libres y certificados de una autoridad local que no se instala en el sistema."""
    prueba = caddyfile.replace("127.0.0.1:8000", f"127.0.0.1:{app}").replace("127.0.0.1:8001", f"127.0.0.1:{portal}")
    prueba = re.sub(r"^(\S+\.gob\.mx) \{", rf"\1:{https} {{\n\ttls internal", prueba, flags=re.MULTILINE)
    assert prueba.count("tls internal") == 2
    propio = "{\n\tskip_install_trust\n\tauto_https disable_redirects\n\tdefault_bind 127.0.0.1\n"
    return prueba.replace("{\n", propio, 1)


def _esperar(condicion, segundos: float = 40) -> None:
    limite = time.monotonic() + segundos
    while True:
        try:
            if condicion():
                return
        except OSError:
            pass
        assert time.monotonic() < limite, "Caddy no contestó"
        time.sleep(0.2)


def test_todo_entra_por_https_con_galleta_segura(publicado: Publicado, elenco: SimpleNamespace) -> None:
    respuesta, pagina = publicado.pedir(REGISTRO, "/")
    assert respuesta.status == 200
    assert "<form" in pagina
    assert respuesta.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert respuesta.headers["Server"] is None
    assert respuesta.headers["Set-Cookie"] is None  # una asistente no lleva galletas

    respuesta, pagina = publicado.pedir(REGISTRO, "/panel/entrar")
    galleta = respuesta.headers["Set-Cookie"]
    assert galleta.startswith("__Host-")
    assert {"Secure", "HttpOnly", "Path=/"} <= {parte.strip() for parte in galleta.split(";")}

    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', pagina)
    assert token
    datos = {"csrf_token": token[1], "usuario": elenco.titular.usuario, "contrasena": elenco.contrasena}
    cabeceras = {
        "Cookie": galleta.split(";")[0],
        "Content-Type": "application/x-www-form-urlencoded",
        "Referer": f"https://{REGISTRO}/panel/entrar",
        "Origin": f"https://{REGISTRO}",
    }
    respuesta, _ = publicado.pedir(REGISTRO, "/panel/entrar", urlencode(datos).encode(), cabeceras)
    assert respuesta.status == 303
    galletas = respuesta.headers.get_all("Set-Cookie") or []
    suyas = [{parte.strip() for parte in galleta.split(";")} for galleta in galletas]
    assert all({"Secure", "HttpOnly", "Path=/"} <= partes for partes in suyas)
    assert all(galleta.startswith("__Host-") for galleta in galletas)
    dentro = {"Cookie": "; ".join(g.split(";")[0] for g in galletas)}
    assert publicado.pedir(REGISTRO, "/panel/", cabeceras=dentro)[0].status == 200

    _esperar(lambda: publicado.pedir(DATOS, "/")[0].status == 200)
    respuesta, cuerpo = publicado.pedir(DATOS, "/publica.json")
    assert respuesta.status == 200
    assert json.loads(cuerpo)["tables"]
    assert publicado.pedir(DATOS, "/panel/entrar")[0].status == 404


def test_ningun_programa_de_la_computadora_reconfigura_a_caddy(tmp_path: Path) -> None:
    def encendida(caddyfile: str) -> bool:
        archivo = tmp_path / "Caddyfile"
        archivo.write_text(caddyfile, "utf-8")
        orden = ["caddy", "adapt", "--config", str(archivo)]
        hecho = subprocess.run(orden, capture_output=True, text=True, check=True)
        return not json.loads(hecho.stdout).get("admin", {}).get("disabled", False)

    texto = (RAIZ / "docs" / "Caddyfile").read_text("utf-8")
    assert not encendida(texto)
    assert encendida(texto.replace("\tadmin off\n", ""))


def _bitacora_con_la_aplicacion_caida(publicado: Publicado, clave: str) -> str:
    assert publicado.pedir(REGISTRO, f"/{clave}")[0].status != 502
    publicado.servir.terminate()
    publicado.servir.wait(timeout=30)
    assert publicado.pedir(REGISTRO, f"/{clave}")[0].status == 502
    escrito = publicado.bitacora.read_text("utf-8")
    assert "serving initial configuration" in escrito
    return escrito


def test_caddy_no_escribe_direcciones_ni_con_la_aplicacion_caida(publicado: Publicado, elenco: SimpleNamespace) -> None:
    assert elenco.clave not in _bitacora_con_la_aplicacion_caida(publicado, elenco.clave)


@pytest.mark.parametrize("publicado", ["exclude http.log.error"], indirect=True)
def test_sin_ese_renglon_si_las_escribiria(publicado: Publicado, elenco: SimpleNamespace) -> None:
    assert elenco.clave in _bitacora_con_la_aplicacion_caida(publicado, elenco.clave)
