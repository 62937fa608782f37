"""Lo que cada página de una asistente le cuesta la primera vez: bytes por la red, con cabeceras, y peticiones.

14,600 bytes es lo que TCP manda sin esperar respuesta: una sola ida y vuelta.
"""

import re
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import combinations

import brotli
import pytest
from flask import Flask
from playwright.sync_api import Browser

from formularios.instrumento import Instrumento
from formularios.xlsform import importar
from recoleccion.consultas import instrumentos
from tests.atendida import atendida
from tests.encuesta_grande import csv_grande
from tests.navegador.peso import Peso, pesar
from tests.recoleccion.vistas.paginas import nuevo_evento

MAXIMO_BYTES, MAXIMO_PETICIONES = 14_600, 3
BYTES_DE_12, PETICIONES_DE_12 = 8_000, 2
DE_12_PREGUNTAS = "/e/1"


_DE_MAS = {
    "patrones": ',"text","cp","Código postal",,,"regex(., \'^[0-9]{5}$\')",,,,"si"',
    "fechas": ',"calculate","dia",,,,,,,"format-date(${q5}, \'%d/%m/%Y\')"\n,"note","dicho","Dijo el ${dia}"',
    "tipos": ',"time","hora","¿A qué hora?"',
    "vueltas": ',"begin_repeat","hijos","Sus hijas e hijos"\n,"integer","anios","¿Cuántos años?"\n,"end_repeat"',
    "orden": ',"rank temas","primero","¿Qué va primero?"',
}
CON = ((), ("patrones", "fechas"), ("tipos", "orden"), ("vueltas", "orden"))
"""Lo que una encuesta puede llevar, además de cinco condiciones en doce preguntas: las que pesa un navegador."""
DE_DOS = tuple(c for n in range(3) for c in combinations(_DE_MAS, n))
"""Las demás se pesan sin él: con una cosa o con dos, y con las seis."""
COMPLETA_BYTES = 15_500
"""Lo más que pesa la que lleva las seis; ésa todavía pasa de una ida y vuelta."""


def con(rasgos: tuple[str, ...]) -> Instrumento:
    """Doce preguntas con cinco condiciones, y otra con cada cosa que se pide."""
    clave = "_".join(("con", *rasgos))
    hoja = (
        csv_grande(12, 5)
        .decode()
        .replace('"grande"', f'"{clave}"')
        .replace('"parameters"', '"parameters","calculation","bind::jornada:privada"')
    )
    hoja = hoja.replace('"choices"', "\n".join([*(_DE_MAS[rasgo] for rasgo in rasgos), '"choices"']))
    leido = importar(f"{clave}.csv", hoja.encode())
    assert leido.instrumento is not None, leido.problemas
    return leido.instrumento


@contextmanager
def servida(app: Flask) -> Iterator[tuple[str, Counter[str]]]:
    """La aplicación en waitress, como la sirve ``jornada servir``, y cuántas veces se pidió cada camino."""
    pedidos: Counter[str] = Counter()

    def contada(entorno, empezar):
        pedidos[entorno["PATH_INFO"]] += 1
        return app(entorno, empezar)

    with atendida(contada) as sitio:
        yield sitio, pedidos


@pytest.fixture
def oficina(app) -> Iterator[tuple[str, Counter[str]]]:
    with servida(app) as lugar:
        yield lugar


def excesos(camino: str, peso: Peso) -> list[str]:
    tope, cuantas = (
        (BYTES_DE_12, PETICIONES_DE_12) if camino.endswith(DE_12_PREGUNTAS) else (MAXIMO_BYTES, MAXIMO_PETICIONES)
    )
    malos = [f"{camino}: {peso.bytes} bytes"] if peso.bytes > tope else []
    return malos + ([f"{camino}: {list(peso.por_peticion)}"] if peso.peticiones > cuantas else [])


def test_ninguna_pagina_de_asistente_pasa_de_su_presupuesto(navegador: Browser, oficina, elenco):
    sitio, pedidos = oficina
    del_evento = (
        "",
        "/r",
        "/r?otra=1",
        "/e/1",
        "/e/2",
        "/e/3",
        "/e/4",
        "/aviso",
        "/listo",
        *(f"/listo?e={n}" for n in "1234"),
    )
    caminos = [f"/{elenco.clave}{resto}" for resto in del_evento] + ["/", "/ayuda", "/salir", "/ZZZZZZ"]
    hallados, pesos = [], {}
    for camino in caminos:
        antes = pedidos.total()
        pesos[camino] = pesar(navegador, sitio + camino)
        hallados += excesos(camino, pesos[camino])
        # Lo que el navegador pide por su cuenta, como el icono, también cuenta.
        assert pedidos.total() - antes == pesos[camino].peticiones, (camino, pedidos)
    assert hallados == []
    assert all(peso.bytes > 500 and peso.peticiones for peso in pesos.values())


def test_una_encuesta_con_reglas_cabe_y_pide_un_solo_guion_hecho_de_lo_suyo(navegador: Browser, oficina, base, azar):
    sitio, _ = oficina
    hechas = {rasgos: con(rasgos) for rasgos in CON}
    for instrumento in hechas.values():
        instrumentos.asegurar(base, instrumento)
    claves = [i.clave for i in hechas.values()]
    de_una_en_una = [{"instrumento": c, "version": 1, "por_pantalla": True} for c in ("antes", claves[0])]
    todas = nuevo_evento(base, azar, encuestas=claves)
    de_una = nuevo_evento(base, azar, encuestas=de_una_en_una)
    esperados = {f"{todas}/e/{n}": "-".join(("reglas", *rasgos)) for n, rasgos in enumerate(CON, start=1)}
    esperados |= {f"{de_una}/e/1": "una_a_una", f"{de_una}/e/2": "reglas-pasos"}
    malos = {}
    for camino, guion in esperados.items():
        peso = pesar(navegador, f"{sitio}/{camino}")
        guiones = [cual.split("/")[-1].split("?")[0] for cual in peso.por_peticion if ".js" in cual]
        if peso.bytes > MAXIMO_BYTES or peso.peticiones != 2 or guiones != [f"{guion}.js"]:
            malos[guion] = (peso.bytes, list(peso.por_peticion))
    assert malos == {}


def _pedir(sitio: str, camino: str) -> tuple[int, str]:
    """Los bytes de una respuesta, con sus cabeceras, como los cuenta el navegador; y el texto."""
    maquina, puerto = sitio.removeprefix("http://").split(":")
    with socket.create_connection((maquina, int(puerto))) as enchufe:
        pide = f"GET {camino} HTTP/1.1\r\nHost: {maquina}:{puerto}\r\nAccept-Encoding: br\r\nConnection: close\r\n\r\n"
        enchufe.sendall(pide.encode())
        todo = b"".join(iter(lambda: enchufe.recv(65_536), b""))
    return len(todo) - len("Connection: close\r\n"), brotli.decompress(todo.partition(b"\r\n\r\n")[2]).decode()


def test_caben_todas_las_que_llevan_dos_cosas(navegador: Browser, oficina, base, azar):
    """Las quince parejas, y la que lleva las seis no crece."""
    sitio, _ = oficina
    todo = tuple(_DE_MAS)
    for instrumento in map(con, (*DE_DOS, todo)):
        instrumentos.asegurar(base, instrumento)
    pesos: dict[tuple[str, ...], int] = {}
    for por_pantalla, cuales in ((False, DE_DOS), (True, (*(c for c in DE_DOS if len(c) < 2), todo))):
        for i in range(0, len(cuales), 6):
            tramo = cuales[i : i + 6]
            pedidas = [
                {"instrumento": "_".join(("con", *c)), "version": 1, "por_pantalla": por_pantalla} for c in tramo
            ]
            clave = nuevo_evento(base, azar, encuestas=pedidas)
            for n, rasgos in enumerate(tramo, start=1):
                pagina, html = _pedir(sitio, f"/{clave}/e/{n}")
                guion = re.findall(r'<script type="module" src="([^"]+)"', html)[0]
                cual = (*rasgos, *["pasos"][: int(por_pantalla)])
                pesos[cual] = pagina + _pedir(sitio, guion)[0]
    direccion = f"{sitio}/{clave}/e/{len(tramo)}"
    assert abs(pesar(navegador, direccion).bytes - pesos[cual]) < 40  # el id y la hora cambian en cada una
    assert sum(len(cual) == 2 for cual in pesos) == 15
    assert {cual: bytes for cual, bytes in pesos.items() if bytes > MAXIMO_BYTES}.keys() == {cual}
    assert pesos[cual] <= COMPLETA_BYTES


@pytest.mark.parametrize(
    ("estorbo", "que"),
    [
        (
            "<style>"
            + "".join(f".x{n * 7919 % 10007}{{color:#{n * 104729 % 16**6:06x}}}" for n in range(900))
            + "</style>",
            "bytes",
        ),
        ('<script src="/static/js/dom.js?1"></script><script src="/static/js/dom.js?2"></script>', "dom.js"),
    ],
    ids=["pesada", "con-mas-peticiones"],
)
def test_una_pagina_mas_pesada_se_nota(navegador: Browser, app, elenco, estorbo: str, que: str):
    """Control: el mismo camino, con algo de más."""
    camino = f"/{elenco.clave}{DE_12_PREGUNTAS}"

    def engordada(entorno, empezar):
        if entorno["PATH_INFO"] != camino:
            return app(entorno, empezar)
        respuesta = app.test_client().get(camino)
        empezar("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [respuesta.get_data() + estorbo.encode()]

    with servida(engordada) as (sitio, _):
        assert que in " ".join(excesos(camino, pesar(navegador, sitio + camino)))
