"""OpenRosa por HTTP de verdad: las órdenes del README, envíos a trozos y a la vez, y que el permiso no se anota."""

import logging
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest

from recoleccion import openrosa
from recoleccion.consultas import dispositivos
from tests.atendida import atendida
from tests.elenco import HORA

README = (Path(openrosa.__file__).parent / "README.md").read_text("utf-8")


@pytest.fixture
def servidor(app, base, elenco, azar) -> Iterator[SimpleNamespace]:
    """La aplicación atendida por waitress, y la dirección de un teléfono con ODK Collect."""
    permiso = dispositivos.alta(base, "Samsung", elenco.promotora.id, HORA, azar, clase="odk")[1]
    with atendida(app) as raiz:
        yield SimpleNamespace(raiz=raiz, permiso=permiso, openrosa=f"{raiz}/openrosa/{permiso}")


def pedir(
    servidor: SimpleNamespace, ruta: str, metodo: str = "GET", cuerpo=None, **cabeceras: str
) -> tuple[int, bytes]:
    conexion = HTTPConnection(urlsplit(servidor.raiz).netloc, timeout=20)
    partido = not isinstance(cuerpo, bytes | None)
    conexion.request(
        metodo, f"/openrosa/{servidor.permiso}/{ruta}", cuerpo, {"X-OpenRosa-Version": "1.0"} | cabeceras,
        encode_chunked=partido,
    )  # fmt: skip
    respuesta = conexion.getresponse()
    contenido = respuesta.read()
    conexion.close()
    return respuesta.status, contenido


def partes(servidor: SimpleNamespace, clave: str, numero: str) -> bytes:
    lista = pedir(servidor, "formList")[1].decode()
    version = re.search(rf"<formID>Asistencia-{clave}</formID>.*?<version>([^<]+)<", lista)[1]
    return (
        "--x\r\nContent-Disposition: form-data; name=xml_submission_file; filename=a.xml\r\n"
        "Content-Type: text/xml\r\n\r\n"
        f'<data id="Asistencia-{clave}" version="{version}"><sexo>H</sexo><edad>60+</edad>'
        f"<meta><instanceID>uuid:{numero}</instanceID></meta></data>\r\n--x--\r\n"
    ).encode()


MULTIPARTE = {"Content-Type": "multipart/form-data; boundary=x"}
NUMERO = "22222222-2222-4222-8222-222222222222"


def test_las_ordenes_del_readme_registran_a_una_persona(servidor, base, elenco, tmp_path):
    guion = "\n".join(re.findall(r"```sh\n(.*?)```", README, re.DOTALL))
    hecho = subprocess.run(
        ["sh", "-eu", "-c", guion],
        cwd=tmp_path,
        env={
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
            "SERVIDOR": servidor.openrosa,
            "CLAVE": elenco.clave,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert hecho.returncode == 0, hecho.stderr
    assert "HTTP/1.1 204 " in hecho.stdout
    assert "Se guardó en la oficina." in hecho.stdout
    assert "Ya lo teníamos: cuenta una sola vez." in hecho.stdout
    [fila] = base.execute("SELECT sexo, edad, procedencia FROM asistencia").fetchall()
    assert tuple(fila) == ("M", "30-44", "rancho")


def test_un_envio_a_trozos_tambien_llega(servidor, base, elenco):
    cuerpo = partes(servidor, elenco.clave, NUMERO)
    trozos = iter([cuerpo[:50], cuerpo[50:200], cuerpo[200:]])
    assert pedir(servidor, "submission", "POST", trozos, **MULTIPARTE, **{"Transfer-Encoding": "chunked"})[0] == 201
    assert base.execute("SELECT count(*) FROM asistencia").fetchone()[0] == 1


def test_lo_mismo_enviado_ocho_veces_a_la_vez_es_uno(servidor, base, elenco):
    cuerpo = partes(servidor, elenco.clave, NUMERO)
    estados: list[int] = []
    hilos = [
        threading.Thread(target=lambda: estados.append(pedir(servidor, "submission", "POST", cuerpo, **MULTIPARTE)[0]))
        for _ in range(8)
    ]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join(30)
    assert estados == [201] * 8
    assert base.execute("SELECT count(*) FROM asistencia").fetchone()[0] == 1


def anotado(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> str:
    dicho = capfd.readouterr()
    return (
        dicho.out + dicho.err + "\n".join(registro.getMessage() + str(registro.exc_text) for registro in caplog.records)
    )


def recorrer(servidor: SimpleNamespace, clave: str) -> None:
    """Todas las direcciones, también cuando algo sale mal."""
    for ruta, metodo in (("formList", "GET"), (f"forms/antes-{clave}.xml", "GET"), ("submission", "HEAD"),
                         ("submission", "POST"), ("nada", "GET"), ("submission", "DELETE")):  # fmt: skip
        pedir(servidor, ruta, metodo)


def test_el_permiso_no_se_anota_ni_cuando_algo_falla(servidor, elenco, caplog, capfd, monkeypatch):
    caplog.set_level(logging.DEBUG)
    recorrer(servidor, elenco.clave)

    def falla(*_: object, **__: object) -> None:
        raise RuntimeError("algo se rompió")

    monkeypatch.setattr("recoleccion.openrosa.documentos.lista", falla)
    estado, contenido = pedir(servidor, "formList")
    assert (estado, contenido.startswith(b"<?xml")) == (500, True)
    assert servidor.permiso.encode() not in contenido
    escrito = anotado(caplog, capfd)
    assert "RuntimeError en GET /openrosa/<permiso>/formList" in escrito
    assert servidor.permiso not in escrito


def test_el_control_una_bitacora_de_accesos_plantada_se_nota(app, servidor, elenco, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    de_veras = app.wsgi_app

    def con_bitacora(ambiente, empezar):
        logging.getLogger("accesos").info(ambiente["PATH_INFO"])
        return de_veras(ambiente, empezar)

    app.wsgi_app = con_bitacora
    recorrer(servidor, elenco.clave)
    assert servidor.permiso in anotado(caplog, capfd)
