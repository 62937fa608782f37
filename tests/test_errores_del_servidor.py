"""Lo que contesta el servidor sin llegar a la aplicación: también con sus cabeceras, y sin decir con qué está hecho."""

import socket
from contextlib import closing

import pytest
import waitress.server
from waitress.channel import HTTPChannel

from recoleccion.servir import CONEXIONES, escuchar, servidor_web
from recoleccion.vistas import seguridad
from tests.atendida import atendiendo

FORMULARIO = seguridad.MAXIMO_FORMULARIO
MALAS = {
    400: b"ESTO NO ES HTTP\r\n\r\n",
    431: b"GET / HTTP/1.1\r\nX: " + b"x" * 262_144,
    413: b"POST /panel/entrar HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n",
    501: b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
    500: b"GET /truena HTTP/1.1\r\nHost: x\r\n\r\n",
}


def crudo(puerto: int, peticion: bytes) -> tuple[int, dict[str, str], str]:
    with closing(socket.create_connection(("127.0.0.1", puerto), timeout=30)) as con:
        con.sendall(peticion)
        con.shutdown(socket.SHUT_WR)
        recibido = b""
        while trozo := con.recv(65_536):
            recibido += trozo
    cabeza, _, cuerpo = recibido.partition(b"\r\n\r\n")
    primera, *demas = cabeza.decode().split("\r\n")
    return int(primera.split()[1]), dict(linea.split(": ", 1) for linea in demas), cuerpo.decode()


def que_falta(puerto: int, peticion: bytes, estado: int) -> list[str]:
    """Lo que esa respuesta debería llevar y no lleva."""
    hallado, cabeceras, cuerpo = crudo(puerto, peticion)
    malas = [] if hallado == estado else [f"estado {hallado}"]
    malas += [nombre for nombre, valor in seguridad.DE_ERROR if cabeceras.get(nombre) != valor]
    dicho = f"{cabeceras} {cuerpo}".lower()
    return malas + [palabra for palabra in ("waitress", "python", "traceback", "generated") if palabra in dicho]


@pytest.fixture
def truena(app):
    de_veras = app.wsgi_app

    def con_falla(ambiente, empezar):
        if ambiente["PATH_INFO"] == "/truena":
            raise RuntimeError("un dato de alguien")
        return de_veras(ambiente, empezar)

    app.wsgi_app = con_falla
    return app


def test_los_errores_del_servidor_llevan_sus_cabeceras_y_no_dicen_nada(truena):
    with atendiendo(servidor_web(truena, escuchar("127.0.0.1", 0))) as puerto:
        assert {estado: que_falta(puerto, peticion, estado) for estado, peticion in MALAS.items()} == {
            estado: [] for estado in MALAS
        }


def test_el_control_los_de_waitress_solo_no_las_llevan(truena, monkeypatch):
    monkeypatch.setattr("recoleccion.servir.cuerpos.canal", lambda *_como, **_mas: HTTPChannel)
    with atendiendo(servidor_web(truena, escuchar("127.0.0.1", 0))) as puerto:
        assert len(que_falta(puerto, MALAS[400], 400)) >= len(seguridad.DE_ERROR)


def test_una_asistente_manda_hasta_lo_que_mide_un_formulario(app, elenco):
    def cabeza(camino: str, largo: str) -> bytes:
        tipo = "Content-Type: application/x-www-form-urlencoded"
        return f"POST {camino} HTTP/1.1\r\nHost: x\r\n{tipo}\r\n{largo}\r\n\r\n".encode()

    suyo, cuerpo = f"/{elenco.clave}/n", b"nombre=" + b"x" * (FORMULARIO - 7)
    with atendiendo(servidor_web(app, escuchar("127.0.0.1", 0))) as puerto:
        assert crudo(puerto, cabeza(suyo, f"Content-Length: {FORMULARIO}") + cuerpo)[0] == 303
        assert crudo(puerto, cabeza(suyo, f"Content-Length: {FORMULARIO + 1}"))[0] == 413  # sin esperar el cuerpo
        a_trozos = cabeza(suyo, "Transfer-Encoding: chunked") + b"40000\r\n" + cuerpo + b"\r\n"
        assert crudo(puerto, a_trozos)[0] == 413
        lote = cabeza("/api/v1/lote", f"Content-Length: {FORMULARIO + 1}") + cuerpo + b"x"
        assert crudo(puerto, lote)[0] == 401  # un lote sí pesa


def test_cien_que_abren_y_callan_no_dejan_afuera_a_la_sala(app):
    assert CONEXIONES >= 400
    with atendiendo(servidor_web(app, escuchar("127.0.0.1", 0))) as puerto:
        calladas = [socket.create_connection(("127.0.0.1", puerto)) for _ in range(120)]
        try:
            assert crudo(puerto, b"GET /ayuda HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")[0] == 200
        finally:
            for callada in calladas:
                callada.close()


def test_lo_que_mide_la_cola_es_la_del_servidor(app):
    enchufe = escuchar("127.0.0.1", 0)
    servidor = servidor_web(app, enchufe)
    try:
        assert isinstance(servidor, waitress.server.TcpWSGIServer)
        servidor.task_dispatcher.queue.extend([None] * 7)
        assert app.extensions["jornada_avalancha"].presion() == 7
    finally:
        servidor.task_dispatcher.queue.clear()
        servidor.task_dispatcher.shutdown()
        servidor.close()
