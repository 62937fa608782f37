"""``jornada servir`` con procesos de verdad: atiende, no se duplica, se cierra en orden y no deja huérfanos."""

import os
import signal
import socket
import subprocess
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.ordenes import RAIZ, estado, hasta, orden, servir, vive


def test_atiende_las_dos_direcciones_y_se_cierra_en_orden(datos: Path) -> None:
    with servir(datos) as servido:
        assert estado(servido.app) == 200
        assert estado(servido.app, "panel/entrar") == 200
        hasta(lambda: estado(servido.datos) == 200)
        datasette = servido.hijo()
        servido.proceso.send_signal(signal.SIGINT)
        salida, _ = servido.proceso.communicate(timeout=60)
        assert servido.proceso.returncode == 0
        assert "Se cerró en orden" in salida
        hasta(lambda: not vive(datasette))
        assert not (datos / "privada.db-wal").exists()


def test_se_cierra_en_orden_aunque_haya_conexiones_abiertas_y_un_envio_a_medias(datos: Path) -> None:
    with servir(datos) as servido, ExitStack() as abiertas:
        hasta(lambda: estado(servido.datos) == 200)
        datasette = servido.hijo()
        for direccion in (servido.app, servido.datos):
            partes = urlsplit(direccion)
            con = abiertas.enter_context(closing(HTTPConnection(partes.hostname or "", partes.port, timeout=10)))
            con.request("GET", partes.path)
            con.getresponse().read()  # y no se cierra: como un navegador
            enchufe = abiertas.enter_context(socket.create_connection((partes.hostname, partes.port), timeout=10))
            enchufe.sendall(b"POST /api/v1/lote HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n{")
        servido.proceso.send_signal(signal.SIGTERM)
        salida, _ = servido.proceso.communicate(timeout=60)
        assert servido.proceso.returncode == 0
        assert "Se cerró en orden" in salida
        hasta(lambda: not vive(datasette))


def test_datasette_no_recibe_las_variables_ni_la_carpeta_de_la_oficina(datos: Path) -> None:
    with servir(datos) as servido:
        hasta(lambda: estado(servido.datos) == 200)
        pid = servido.hijo()
        ambiente = Path(f"/proc/{pid}/environ").read_bytes()
        assert b"JORNADA" not in ambiente
        assert os.readlink(f"/proc/{pid}/cwd") != str(datos)
        argumentos = Path(f"/proc/{pid}/cmdline").read_bytes()
        assert b"publica.db" in argumentos
        assert b"privada" not in argumentos
        abiertos = {os.readlink(fd) for fd in Path(f"/proc/{pid}/fd").iterdir() if fd.exists()}
        assert not any("privada.db" in ruta or "claves" in ruta for ruta in abiertos)


def test_si_datasette_se_cae_se_levanta_otra_vez(datos: Path) -> None:
    with servir(datos) as servido:
        hasta(lambda: estado(servido.datos) == 200)
        primero = servido.hijo()
        os.kill(primero, signal.SIGKILL)
        hasta(lambda: servido.hijos() not in ([], [primero]))
        hasta(lambda: estado(servido.datos) == 200)
        assert estado(servido.app) == 200


def test_si_matan_al_principal_datasette_no_queda_suelto(datos: Path) -> None:
    with servir(datos) as servido:
        hasta(lambda: estado(servido.datos) == 200)
        datasette = servido.hijo()
        servido.proceso.kill()
        servido.proceso.wait()
        hasta(lambda: not vive(datasette))


def test_un_segundo_servir_en_la_misma_carpeta_lo_dice_y_se_retira(datos: Path) -> None:
    with servir(datos) as servido:
        segundo = subprocess.run(
            orden(datos, "--puerto", 0, "--puerto-datos", 0), cwd=RAIZ, capture_output=True, text=True, timeout=60
        )
        assert segundo.returncode == 1
        assert "Ya hay otro «jornada servir»" in segundo.stderr
        assert estado(servido.app) == 200


@pytest.mark.parametrize("opcion", ["--puerto", "--puerto-datos"])
def test_un_puerto_ocupado_se_explica(datos: Path, opcion: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as ocupado:
        puerto = ocupado.getsockname()[1]
        otro = "--puerto" if opcion == "--puerto-datos" else "--puerto-datos"
        resultado = subprocess.run(
            orden(datos, opcion, puerto, otro, 0), cwd=RAIZ, capture_output=True, text=True, timeout=60
        )
    assert resultado.returncode == 1
    assert f"El puerto {puerto}" in resultado.stderr
    assert "Traceback" not in resultado.stderr


def test_lo_que_pasa_por_la_aplicacion_no_queda_escrito_en_la_consola(datos: Path, elenco) -> None:
    with servir(datos) as servido:
        assert estado(servido.app, elenco.clave) in (200, 403, 410)
        assert estado(servido.app, "panel/eventos?texto=Guadalupe+Orozco") in (302, 303)
        servido.proceso.send_signal(signal.SIGTERM)
        salida, _ = servido.proceso.communicate(timeout=60)
    assert elenco.clave not in salida
    assert "Orozco" not in salida
    escritos = b"".join(ruta.read_bytes() for ruta in datos.glob("*.log"))
    assert elenco.clave.encode() not in escritos
