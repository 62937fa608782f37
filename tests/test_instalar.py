"""``jornada instalar``: lo que escribe, que se puede repetir y deshacer, y qué tan cerradas quedan sus unidades.

Con systemd y Caddy de verdad, en un Debian recién puesto, lo prueba ``tests/instalacion/desde_cero.py``.
"""

import os
import re
import socket
import subprocess
import sys
from datetime import date
from pathlib import Path, PurePosixPath
from random import Random

import pytest

from publicacion import analistas, escritura, lanzar
from publicacion.compartida import es_compartida, recoger
from recoleccion.cli import principal
from recoleccion.instalacion import Instalacion
from recoleccion.instalar import caddy, unidades
from tests.ordenes import RAIZ, correr, estado, hasta, servir

NOMBRES = ("registro.tequila.gob.mx", "datos.tequila.gob.mx")
PLAN = unidades.Plan(PurePosixPath("/bin/true"))
SERVICIOS = [nombre for nombre in unidades.unidades(PLAN) if nombre.endswith(".service")]
EXPOSICION = 15
"""Décimas de lo que ``systemd-analyze security`` llama exposición. Un servicio sin cerrar anda en 92."""
SALE_A_LA_RED = 20
"""La réplica va a otra parte y la revisión mira el certificado desde afuera."""


@pytest.fixture(scope="module")
def escritas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    carpeta = tmp_path_factory.mktemp("unidades")
    for nombre, texto in unidades.unidades(PLAN).items():
        (carpeta / nombre).write_text(texto, "utf-8")
    return carpeta


def exposicion(unidad: Path, limite: int) -> bool:
    """¿Está bajo el límite?"""
    orden = ["systemd-analyze", "security", "--offline=true", "--no-pager", f"--threshold={limite}", str(unidad)]
    return subprocess.run(orden, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("servicio", SERVICIOS)
def test_cada_unidad_queda_cerrada(escritas: Path, servicio: str) -> None:
    assert exposicion(
        escritas / servicio, SALE_A_LA_RED if "IPAddressDeny" not in (escritas / servicio).read_text() else EXPOSICION
    )


def test_una_unidad_a_la_que_se_le_quita_una_reja_se_nota(escritas: Path, tmp_path: Path) -> None:
    floja = tmp_path / "jornada.service"
    texto = (escritas / "jornada.service").read_text("utf-8")
    floja.write_text(texto.replace("CapabilityBoundingSet=\n", "").replace("ProtectSystem=strict\n", ""), "utf-8")
    assert not exposicion(floja, EXPOSICION)


def test_systemd_entiende_todas_las_unidades(escritas: Path) -> None:
    archivos = sorted(str(ruta) for ruta in escritas.iterdir())
    dicho = subprocess.run(["systemd-analyze", "verify", *archivos], capture_output=True, text=True, check=False)
    assert (dicho.returncode, dicho.stderr) == (0, "")


def test_datasette_corre_con_otro_usuario_que_no_ve_la_carpeta_privada() -> None:
    textos = unidades.unidades(PLAN)
    datos = textos["jornada-datos.service"]
    assert "User=jornada-datos\n" in datos
    assert f"InaccessiblePaths={unidades.CASA} {unidades.RESPALDOS}\n" in datos
    assert "ReadWritePaths" not in datos
    assert str(unidades.DATOS) not in datos
    assert all("User=jornada\n" in textos[otra] for otra in SERVICIOS if otra != "jornada-datos.service")
    permisos = {renglon.split()[1]: renglon.split()[2:] for renglon in unidades.CARPETAS.splitlines()[1:]}
    assert permisos[str(unidades.CASA)] == ["0700", "jornada", "jornada"]
    assert permisos[str(unidades.RESPALDOS)] == ["0700", "jornada", "jornada"]
    assert permisos[str(unidades.PUBLICA)] == ["0750", "jornada", "jornada-datos"]


def test_el_caddyfile_de_docs_es_el_que_se_escribe() -> None:
    ejemplo = caddy.caddyfile("registro.ejemplo.gob.mx", "datos.ejemplo.gob.mx")
    assert (RAIZ / "docs" / "Caddyfile").read_text("utf-8") == ejemplo
    assert caddy.caddyfile(*NOMBRES, interno=True).count("\ttls internal\n") == 2


def test_se_escribe_se_repite_y_se_deshace(tmp_path: Path) -> None:
    (tmp_path / "etc/caddy").mkdir(parents=True)
    de_debian = tmp_path / "etc/caddy/Caddyfile"
    de_debian.write_text(":80 {\n}\n")
    primera = correr("instalar", *NOMBRES, "--raiz", tmp_path)
    assert primera.exit_code == 0, primera.output
    assert primera.output.count("escrito ") == 13
    assert "registro.tequila.gob.mx {" in de_debian.read_text()
    assert os.access(tmp_path / "usr/local/bin/jornada", os.X_OK)
    subprocess.run(["sh", "-n", str(tmp_path / "usr/local/bin/jornada")], check=True)

    como_quedo = {ruta: ruta.read_bytes() for ruta in tmp_path.rglob("*") if ruta.is_file()}
    assert correr("instalar", *NOMBRES, "--raiz", tmp_path).output.count("ya estaba") == 14
    assert {ruta: ruta.read_bytes() for ruta in tmp_path.rglob("*") if ruta.is_file()} == como_quedo
    assert "cambiado   /etc/caddy/Caddyfile" in correr("instalar", "r.otro.mx", "d.otro.mx", "--raiz", tmp_path).output

    assert correr("instalar", "--quitar", "--raiz", tmp_path).output.count("quitado") == 14
    assert [ruta for ruta in tmp_path.rglob("*") if ruta.is_file()] == [de_debian]
    assert de_debian.read_text() == ":80 {\n}\n"


def test_lo_ajeno_no_se_pisa_y_solo_ver_no_escribe(tmp_path: Path) -> None:
    assert "=== /etc/systemd/system/jornada.service (nuevo" in correr("instalar", *NOMBRES, "--solo-ver",
                                                                      "--raiz", tmp_path).output  # fmt: skip
    assert list(tmp_path.iterdir()) == []
    ajeno = tmp_path / "usr/local/bin/jornada"
    ajeno.parent.mkdir(parents=True)
    ajeno.write_text("#!/bin/sh\n")
    dicho = correr("instalar", *NOMBRES, "--raiz", tmp_path)
    assert dicho.exit_code == 1
    assert "no es de jornada" in dicho.output
    assert [ruta for ruta in tmp_path.rglob("*") if ruta.is_file()] == [ajeno]


@pytest.mark.parametrize(
    "nombres",
    [("registro", "datos.mx"), ("r.mx", "r.mx"), ("r.mx\n}", "d.mx"), ("https://r.mx", "d.mx"), ("r.mx", "")],
)
def test_un_nombre_que_no_sirve_se_dice_y_no_se_escribe(tmp_path: Path, nombres: tuple[str, str]) -> None:
    dicho = correr("instalar", *nombres, "--raiz", tmp_path)
    assert dicho.exit_code == 1
    assert list(tmp_path.iterdir()) == []


def test_cada_quien_su_proceso_y_datasette_solo_lee_lo_publicado(
    datos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publica, casa = tmp_path / "publica", tmp_path / "estado"
    publica.mkdir()
    publica.chmod(0o750)
    casa.mkdir(mode=0o700)
    (datos / "publicos").symlink_to(publica)
    aviso = tmp_path / "aviso"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(aviso))
        systemd.settimeout(30)
        monkeypatch.setenv("NOTIFY_SOCKET", str(aviso))
        with servir(datos, "servir", "--sin-datos") as app:
            assert systemd.recv(64) == b"READY=1"
            assert app.hijos() == []
            with socket.create_server(("127.0.0.1", 0)) as libre:
                puerto = libre.getsockname()[1]
            proceso = subprocess.Popen(
                [sys.executable, "-m", "recoleccion.cli", "datos", "--publicos", str(publica), "--puerto", str(puerto)],
                cwd=RAIZ, env=os.environ | {"STATE_DIRECTORY": str(casa)}, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            try:
                hasta(lambda: estado(f"http://127.0.0.1:{puerto}/") == 200, 40)
                argumentos = Path(f"/proc/{proceso.pid}/cmdline").read_bytes()
                assert b"datasette" in argumentos  # el mismo proceso, no un hijo
                assert str(datos).encode() not in argumentos
                assert b"NOTIFY_SOCKET" not in Path(f"/proc/{proceso.pid}/environ").read_bytes()
            finally:
                proceso.terminate()
                proceso.wait(20)
    assert (casa / "publica.secreto").stat().st_mode & 0o777 == 0o600
    escritos = {ruta.name for ruta in publica.iterdir()}
    assert escritos == {"publica.db", "publica.metadatos.json", "publica.descargas"}
    assert not list(datos.glob("publica.*"))


def test_sin_nada_publicado_datos_dice_que_falta(tmp_path: Path) -> None:
    dicho = correr("datos", "--publicos", tmp_path)
    assert dicho.exit_code == 1
    assert "jornada servir --sin-datos" in dicho.output


def test_lo_publicado_se_deja_leer_al_grupo_aunque_el_umask_lo_cierre(datos: Path, tmp_path: Path) -> None:
    lugar, publica = Instalacion(datos), tmp_path / "publica"
    publica.mkdir()
    publica.chmod(0o750)
    (datos / "publicos").symlink_to(publica)
    antes = os.umask(0o077)
    try:
        escritura.escribir(lugar.privada, lugar.publica)
        lanzar.alistar(lugar.publica)
        analistas.alta(analistas.ruta_de(lugar.publica), "Ana", hoy=lugar.reloj().date(), azar=Random(1))
    finally:
        os.umask(antes)
    modos = {ruta.stat().st_mode & 0o777 for ruta in publica.rglob("*") if ruta.is_file()}
    assert modos == {0o644}
    assert {ruta.stat().st_mode & 0o777 for ruta in publica.rglob("*") if ruta.is_dir()} == {0o755}


def test_lo_que_trajo_un_respaldo_pasa_a_la_carpeta_compartida_y_no_pisa_lo_mas_nuevo(tmp_path: Path) -> None:
    datos, publica = tmp_path / "datos", tmp_path / "publica"
    datos.mkdir()
    publica.mkdir()
    publica.chmod(0o750)
    for nombre in ("publica.db", "analistas.json"):
        (datos / nombre).write_text("del respaldo")
    (publica / "publica.db").write_text("de hoy")
    (publica / "publica.db").chmod(0o600)
    recoger(datos, publica)
    assert list(datos.iterdir()) == []
    leidos = {ruta.name: (ruta.read_text(), ruta.stat().st_mode & 0o777) for ruta in publica.iterdir()}
    assert leidos == {"publica.db": ("de hoy", 0o644), "analistas.json": ("del respaldo", 0o644)}
    recoger(publica, publica)
    assert {ruta.name for ruta in publica.iterdir()} == {"publica.db", "analistas.json"}


@pytest.mark.parametrize(("permisos", "con_privada"), [(0o700, False), (0o755, False), (0o750, True)])
def test_en_una_carpeta_que_no_es_la_compartida_no_se_abre_nada(
    tmp_path: Path, permisos: int, con_privada: bool
) -> None:
    tmp_path.chmod(permisos)
    if con_privada:
        (tmp_path / "privada.db").touch()
    assert not es_compartida(tmp_path)
    analistas.alta(tmp_path / "analistas.json", "Ana", hoy=date(2026, 11, 23), azar=Random(1))
    assert (tmp_path / "analistas.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("pagina", ["INSTALAR.md", "RECUPERAR.md", "WINDOWS.md"])
def test_lo_que_las_paginas_nombran_existe(pagina: str) -> None:
    texto = (RAIZ / "docs" / pagina).read_text("utf-8")
    enlaces = re.findall(r"\]\(((?!https?:)[^)#]+)\)", texto)
    assert [enlace for enlace in enlaces if not (RAIZ / "docs" / enlace).exists()] == []
    ordenes = set(re.findall(r"(?:bin/jornada|sudo jornada|Scripts.jornada|`jornada|\$p) ([a-z]+)", texto))
    assert ordenes
    assert ordenes <= set(principal.commands)
    assert set(re.findall(r"jornada-[a-z]+\.(?:service|timer)", texto)) <= set(unidades.unidades(PLAN))


@pytest.mark.parametrize(
    "limites", ["from recoleccion.fotos import _con_limites as f", "from formularios.aparte import con_limites as f"]
)
def test_si_falta_memoria_cae_primero_quien_abre_hojas_y_fotos(limites: str) -> None:
    guion = f"{limites}; f(); print(open('/proc/self/oom_score_adj').read())"
    dicho = subprocess.run([sys.executable, "-c", guion], cwd=RAIZ, capture_output=True, text=True, check=True)
    assert dicho.stdout.strip() == "1000"
