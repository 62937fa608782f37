"""La réplica con el Litestream de verdad: lo que se registró después del último respaldo también vuelve.

``JORNADA_LATIDOS``: cuántas señales suyas se esperan (``make nocturna``: 2, poco más de un minuto).
"""

import os
import shutil
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from flask import request

from recoleccion.aplicacion import create_app
from recoleccion.consultas import ajustes, conexion
from recoleccion.instalacion import Instalacion
from recoleccion.respaldos import replica
from recoleccion.vistas.salud import ficha
from tests.navegador.servido import servida
from tests.ordenes import correr
from tests.respaldo import HOJA, respaldar

LATIDOS = int(os.environ.get("JORNADA_LATIDOS", "0"))
LITESTREAM = shutil.which("litestream", path=str(Path(sys.executable).parent)) or "litestream"


@pytest.fixture
def configurada(instalacion: Instalacion, tmp_path: Path) -> Path:
    salida = correr("replicar", "--datos", instalacion.datos, "--a", tmp_path / "replica", "--solo-configurar")
    assert salida.exit_code == 0, salida.output
    return instalacion.datos / replica.CONFIGURACION


def litestream(*como: object) -> None:
    hecho = subprocess.run([LITESTREAM, *map(str, como)], capture_output=True, text=True, check=False)
    assert hecho.returncode == 0, hecho.stdout + hecho.stderr


def test_lo_de_despues_del_respaldo_vuelve_de_la_replica(instalacion, configurada, tmp_path):
    hecho = respaldar(instalacion, tmp_path / "respaldos")
    litestream("replicate", "-config", configurada, "-once")
    with closing(conexion.abrir(instalacion.privada)) as base:
        ajustes.guardar(base, "oficina", "La de después")
    litestream("replicate", "-config", configurada, "-once")
    litestream("restore", "-config", configurada, "-o", tmp_path / "vuelta.db", instalacion.privada.resolve())
    salida = correr(
        "restaurar", "--datos", tmp_path / "otra", hecho.archivo, "--base", tmp_path / "vuelta.db",
        entrada=HOJA.identidad,
    )  # fmt: skip
    assert salida.exit_code == 0, salida.output
    with closing(conexion.abrir(tmp_path / "otra" / "privada.db")) as base:
        assert ajustes.leer(base, "oficina") == "La de después"
    assert correr("verificar", "--datos", tmp_path / "otra").output.count("MAL") <= 1  # el reloj de las pruebas


def test_sin_destino_se_dice_como_empezar(instalacion):
    salida = correr("replicar", "--datos", instalacion.datos)
    assert (salida.exit_code, "--a" in salida.output) == (1, True)


def test_la_senal_de_litestream_llega_con_su_ficha(instalacion, tmp_path):
    """Las señales se cuentan en la aplicación de verdad; con 0 sólo se comprueba que la dirección sirve."""
    app, llegaron = create_app(instalacion.datos), []
    app.after_request(lambda r: (llegaron.append(r.status_code) if request.path == "/salud/latido" else None, r)[1])
    with servida(app) as sitio:
        replica.configurar(
            instalacion, str(tmp_path / "replica"), f"{sitio}/salud/latido?ficha={ficha(instalacion.secreto_sesion)}"
        )
        if not LATIDOS:
            assert app.test_client().get(f"/salud/latido?ficha={ficha(instalacion.secreto_sesion)}").status_code == 204
            return
        orden = [LITESTREAM, "replicate", "-config", str(instalacion.datos / replica.CONFIGURACION)]
        with subprocess.Popen(orden, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as proceso:
            limite = time.monotonic() + 60 * LATIDOS + 30
            while len(llegaron) < LATIDOS and time.monotonic() < limite:
                time.sleep(0.5)
            proceso.terminate()
    assert llegaron == [204] * LATIDOS
    assert replica.ultimo_latido(instalacion.datos)
