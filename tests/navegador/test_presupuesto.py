"""Lo que cada página de una asistente le cuesta la primera vez: bytes por la red, con cabeceras, y peticiones.

14,600 bytes es lo que TCP manda sin esperar respuesta: una sola ida y vuelta.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import waitress.server
from flask import Flask
from playwright.sync_api import Browser

from formularios.instrumento import Instrumento
from formularios.xlsform import importar
from recoleccion.consultas import instrumentos
from tests.encuesta_grande import csv_grande, instrumento_grande
from tests.navegador.peso import Peso, pesar
from tests.recoleccion.vistas.paginas import nuevo_evento

MAXIMO_BYTES, MAXIMO_PETICIONES = 14_600, 3
BYTES_DE_12, PETICIONES_DE_12 = 8_000, 2
DE_12_PREGUNTAS = "/e/1"


def con_calculos() -> Instrumento:
    """Doce preguntas con cinco condiciones, y además un patrón y un redondeo."""
    hoja = csv_grande(12, 5).replace(b". >= 0 and . <= 120", b"regex(., '^[0-9]+$') and round(., 0) <= 120")
    instrumento = importar("calculada.csv", hoja.replace(b'"grande"', b'"calculada"')).instrumento
    assert instrumento is not None
    return instrumento


@contextmanager
def servida(app: Flask) -> Iterator[tuple[str, Counter[str]]]:
    """La aplicación en waitress, como la sirve ``jornada servir``, y cuántas veces se pidió cada camino."""
    pedidos: Counter[str] = Counter()

    def contada(entorno, empezar):
        pedidos[entorno["PATH_INFO"]] += 1
        return app(entorno, empezar)

    servidor = waitress.server.create_server(contada, listen="127.0.0.1:0", threads=4, ident="")
    hilo = threading.Thread(target=servidor.run, daemon=True)
    hilo.start()
    try:
        yield f"http://127.0.0.1:{servidor.effective_port}", pedidos
    finally:
        servidor.close()
        hilo.join(timeout=10)


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


def test_de_una_en_una_cabe_y_con_condiciones_pide_solo_un_guion_mas(navegador: Browser, oficina, base, azar):
    sitio, _ = oficina
    instrumentos.asegurar(base, instrumento_grande(12, 5))
    instrumentos.asegurar(base, con_calculos())
    de_una_en_una = {"instrumento": "antes", "version": 1, "por_pantalla": True}
    clave = nuevo_evento(base, azar, encuestas=[de_una_en_una, "grande", "calculada"])
    pesos = [pesar(navegador, f"{sitio}/{clave}/e/{n}") for n in (1, 2, 3)]
    guiones = [max(p.por_peticion, key=lambda cual: "/encuesta/" in cual).split("/")[-1].split("?")[0] for p in pesos]
    assert guiones == ["una_a_una.js", "condiciones.js", "calculos.js"]
    assert [p.peticiones for p in pesos] == [3, 3, 3]
    assert all(p.bytes <= MAXIMO_BYTES for p in pesos), [p.bytes for p in pesos]


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
