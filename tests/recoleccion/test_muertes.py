"""Al servidor lo matan (SIGKILL) a media carga, muchas veces: nada de lo que acusó se pierde ni se duplica."""

import os
import random
from contextlib import closing
from http.client import HTTPConnection

import pytest
from fabrica import Fabrica, contar
from servidor_mortal import Servidor, Telefono, hasta_que_muera

from recoleccion.consultas import dispositivos
from tests.avance import avance
from tests.elenco import HORA

MUERTES = int(os.environ.get("JORNADA_MUERTES", "25"))


@pytest.fixture
def telefonos(base, elenco, instalacion, azar) -> list[Telefono]:
    tokens = [dispositivos.alta(base, f"T{n}", elenco.promotora.id, HORA, azar)[1] for n in range(4)]
    return [Telefono(token, Fabrica(instalacion.sello, elenco.evento_id, n), n) for n, token in enumerate(tokens)]


def _perdidos(base, telefonos: list[Telefono]) -> set[str]:
    recibidos = {fila["id"] for fila in base.execute("SELECT id FROM recibido")}
    return set().union(*(telefono.acusados for telefono in telefonos)) - recibidos


def test_nada_acusado_se_pierde_aunque_maten_al_servidor_una_y_otra_vez(datos, base, telefonos):
    azar = random.Random(1)
    for _ in avance("muertes", range(MUERTES)):
        hasta_que_muera(Servidor(datos), telefonos, azar)
        assert _perdidos(base, telefonos) == set()
    ultimo = Servidor(datos)
    with closing(HTTPConnection("127.0.0.1", ultimo.puerto, timeout=30)) as con:
        assert all(telefono.mandar(con) for telefono in telefonos if telefono.pendiente)
    ultimo.matar()
    mandados = set().union(*(telefono.mandados for telefono in telefonos))
    assert {fila["id"] for fila in base.execute("SELECT id FROM recibido")} == mandados
    assert contar(base, "asistencia") + contar(base, "urna") == len(mandados)
    assert contar(base, "cuarentena") == 0
    assert base.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    repetidos = sum(telefono.repetidos for telefono in telefonos)
    print(f"\n{MUERTES} muertes: {len(mandados)} registros acusados, 0 perdidos; {repetidos} repetidos, 0 dobles")


def test_el_control_un_servidor_que_acusa_antes_de_guardar_si_pierde(datos, base, telefonos):
    azar = random.Random(2)
    for _ in range(20):
        hasta_que_muera(Servidor(datos, acusa_antes=True), telefonos, azar)
        if _perdidos(base, telefonos):
            return
    pytest.fail("no se perdió nada: esta prueba no distingue un servidor que acusa antes de guardar")
