"""Por dónde más se podría entrar: un envío desde otro sitio, una dirección que se sale de su carpeta, un campo de más,
un método que nadie usa, un mensaje con dos largos. Cada clase con un hueco plantado que debe notarse.
"""

import shutil
from contextlib import closing
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from flask import request
from waitress.adjustments import Adjustments
from waitress.parser import HTTPRequestParser

from recoleccion.consultas import conexion, eventos
from recoleccion.vistas import api
from tests.recoleccion.vistas.hostil import nombres_leidos
from tests.recoleccion.vistas.mundo import Mundo
from tests.seguridad.espia import abiertos, todo_lo_guardado

AJENO = {"Origin": "https://mal.ejemplo", "Referer": "https://mal.ejemplo/x"}
OTRO_SITIO = [AJENO | {"Sec-Fetch-Site": "cross-site"}, AJENO]
"""Lo que manda el navegador de la titular desde otra página, y lo que manda uno de antes de Fetch Metadata."""
CUERPOS: list[dict[str, Any]] = [
    {"data": dict.fromkeys(nombres_leidos(), "1")},
    {"data": b"{}", "content_type": "text/plain"},
]
"""Lo que un formulario ajeno puede mandar sin preguntar antes."""


@pytest.fixture(scope="module")
def mundo(_datos_preparados, tmp_path_factory: pytest.TempPathFactory) -> Mundo:
    preparados, elenco = _datos_preparados
    return Mundo(Path(shutil.copytree(preparados, tmp_path_factory.mktemp("puertas") / "datos")), elenco)


# --- Un envío desde otro sitio --------------------------------------------------------------------------------------


def pasaron(mundo: Mundo, reglas: list[str]) -> list[str]:
    """Las que contestaron otra cosa que un no a un envío desde otro sitio, con la sesión puesta y sin la ficha."""
    malas = []
    for direccion in reglas:
        ambiente = {"HTTP_AUTHORIZATION": f"Bearer {mundo.llave}"} if api.PREFIJO in direccion else {}
        for cabeceras, cuerpo in zip(OTRO_SITIO, CUERPOS, strict=True):
            respuesta = mundo.pedir("POST", direccion, headers=cabeceras, environ_overrides=ambiente, **cuerpo)
            if respuesta.status_code not in (400, 401, 403, 404, 429):
                malas.append(f"{direccion} {respuesta.status_code}")
    return malas


def test_ningun_envio_desde_otro_sitio_cambia_nada_en_ninguna_ruta(mundo: Mundo) -> None:
    rutas = mundo.rutas("POST")
    assert len(rutas) > 100
    otras = {m for r in mundo.app.url_map.iter_rules() for m in r.methods or ()} - {"GET", "HEAD", "OPTIONS", "POST"}
    assert otras == set(), "esta prueba sólo sabe de POST"
    with mundo.conservando():
        antes = todo_lo_guardado(mundo.ruta, ("sesion",))
        assert pasaron(mundo, rutas) == []
        assert todo_lo_guardado(mundo.ruta, ("sesion",)) == antes


def test_el_control_una_ruta_que_no_mira_de_donde_viene_se_nota(mundo: Mundo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recoleccion.vistas.seguridad.mismo_sitio", lambda: True)
    monkeypatch.setitem(mundo.app.config, "WTF_CSRF_CHECK_DEFAULT", False)
    evento = mundo.huecos["/panel/eventos"]["id"]
    assert len(pasaron(mundo, [f"/panel/eventos/{evento}/cierre"])) >= 1


# --- Una dirección que se sale de su carpeta -------------------------------------------------------------------------

SE_SALEN = ["..", "..%5c..%5ccanario.txt", "%2e%2e%2f%2e%2e%2fcanario.txt", "%00canario.txt"]
DE_CARPETA = [
    "../../../canario.txt", "..%2f..%2f..%2fcanario.txt", "....//....//canario.txt", "..\\..\\canario.txt",
    "css/../../../canario.txt", "%2e%2e/%2e%2e/canario.txt", "/etc/passwd", "css/..%5c..%5ccanario.txt",
]  # fmt: skip


def se_salio(mundo: Mundo, metodo: str, direccion: str, **como: Any) -> bool:
    """Si al pedirla se abrió el canario, o su contenido llegó en la respuesta."""
    with abiertos() as rutas:
        respuesta = mundo.pedir(metodo, direccion, direccion, **como)
    return any("canario" in ruta or ruta == "/etc/passwd" for ruta in rutas) or b"PIO PIO" in respuesta.data


@pytest.fixture
def canario(mundo: Mundo) -> None:
    for carpeta in (mundo.ruta.parent, mundo.ruta.parent.parent):
        (carpeta / "canario.txt").write_text("PIO PIO")


def test_ninguna_direccion_abre_un_archivo_de_otra_parte(mundo: Mundo, canario: None) -> None:
    """Los argumentos y campos los prueba test_lo_escrito_no_es_codigo.py."""
    malas, turno = [], cycle(SE_SALEN)
    for regla in mundo.app.url_map.iter_rules():
        de_texto = [hueco for hueco in regla.arguments if f"<{hueco}>" in regla.rule]
        if "GET" in (regla.methods or ()) and de_texto:
            direccion = mundo.llenar(regla.rule, **dict.fromkeys(de_texto, next(turno)))
            malas += [direccion] if se_salio(mundo, "GET", direccion) else []
    estaticas = [f"/static/{camino}" for camino in DE_CARPETA]
    assert malas + [direccion for direccion in estaticas if se_salio(mundo, "GET", direccion)] == []


def test_el_nombre_de_lo_que_se_sube_no_llega_a_ser_una_ruta(mundo: Mundo, canario: None) -> None:
    from io import BytesIO

    malas = []
    for direccion in mundo.rutas("POST"):
        if any(
            parte in direccion for parte in ("importar", "archivo", "rescate", "inegi", "evidencias", "foto", "papel")
        ):
            archivos = {
                c: (BytesIO(b"a,b\n1,2\n"), "../../canario.txt") for c in ("archivo", "archivos", "foto", "fotos")
            }
            datos = archivos | {"csrf_token": mundo.ficha}
            malas += [direccion] if se_salio(mundo, "POST", direccion, data=datos) else []
    assert malas == []


def test_el_control_una_vista_que_abre_lo_que_le_digan_se_nota(mundo: Mundo, canario: None, monkeypatch) -> None:
    def abre(**_: Any) -> str:
        return (mundo.ruta.parent / request.args["archivo"]).read_text()

    monkeypatch.setitem(mundo.app.view_functions, "panel.ajustes", abre)
    regla = next(r for r in mundo.app.url_map.iter_rules() if r.rule == "/panel/ajustes")
    monkeypatch.setitem(mundo.app.view_functions, regla.endpoint, abre)
    assert se_salio(mundo, "GET", "/panel/ajustes", query_string={"archivo": "../canario.txt"})


# --- Lo que nadie pidió ---------------------------------------------------------------------------------------------


def test_los_campos_que_un_formulario_no_trae_no_se_guardan(mundo: Mundo) -> None:
    """Ni el estado, ni la clave, ni a qué lote pertenece; ni un papel de más, repitiendo el campo."""
    from tests.recoleccion.vistas.hostil import formas_de

    id = mundo.huecos["/panel/eventos"]["id"]
    direccion = f"/panel/eventos/{id}/editar"
    forma = next(f for f in formas_de(mundo.pedir("GET", direccion).text, direccion) if "titulo" in f.campos)
    de_mas = {"estado": "cerrado", "id": "otro", "lote": "2020-T1", "creado_en": "1999-01-01", "clave_evento": "AAAAAA"}
    antes = mundo.evento(id)
    with mundo.conservando():
        respuesta = mundo.pedir("POST", forma.direccion, data=forma.campos | de_mas | {"titulo": "Otro nombre"})
        despues = mundo.evento(id)
    assert (respuesta.status_code, despues["titulo"]) == (303, "Otro nombre")
    assert {c: despues[c] for c in ("id", "estado", "creado_en", "clave")} == {
        c: antes[c] for c in ("id", "estado", "creado_en", "clave")
    }


@pytest.mark.parametrize("metodo", ["TRACE", "TRACK", "CONNECT", "PUT", "DELETE", "PATCH", "PROPFIND"])
def test_un_metodo_que_nadie_usa_no_hace_nada(mundo: Mundo, metodo: str) -> None:
    for direccion in ("/", "/panel/", "/panel/entrar", f"{api.PREFIJO}/lote", "/static/css/panel.css"):
        respuesta = mundo.pedir(metodo, direccion, headers={"X-Eco": "eco-eco"})
        assert respuesta.status_code in (403, 404, 405), direccion
        assert b"eco-eco" not in respuesta.data


def _leido(crudo: bytes) -> HTTPRequestParser:
    lector = HTTPRequestParser(Adjustments())
    lector.received(crudo)
    return lector


def test_un_mensaje_con_dos_largos_no_esconde_otro() -> None:
    """Lo que un intermediario podría leer de otro modo, waitress lo rechaza; con los dos largos, vale uno solo."""
    cabeza = b"POST / HTTP/1.1\r\nHost: a\r\n"
    dos = _leido(cabeza + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
    assert dos.chunked
    assert dos.content_length == 0
    for mala in (
        b"Content-Length: 4\r\nContent-Length: 9\r\n\r\nhola", b"Content-Length: +4\r\n\r\nhola",
        b"Transfer-Encoding: xchunked\r\n\r\n", b"Content-Length : 4\r\n\r\nhola", b"X: a\x00b\r\n\r\n",
        b"Content-Length: 4\r\n doblado: si\r\n\r\nhola",
    ):  # fmt: skip
        assert _leido(cabeza + mala).error is not None, mala
    assert _leido(cabeza + b"Content-Length: 4\r\n\r\nhola").error is None


def test_un_evento_que_no_existe_no_se_distingue_de_uno_ajeno(mundo: Mundo) -> None:
    """Un número inventado, uno mal escrito y uno de otra cosa contestan lo mismo: no hay qué enumerar."""
    hoja = mundo.huecos["/panel/papel/"]["id"]
    dicho = {mundo.pedir("GET", f"/panel/eventos/{id}").text.replace(id, "") for id in (hoja, "inventado", "0" * 36)}
    assert len(dicho) == 1
    with closing(conexion.abrir(mundo.ruta)) as db:
        assert eventos.leer(db, hoja) is None
