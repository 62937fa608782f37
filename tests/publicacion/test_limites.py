"""Ninguna consulta puede dañar el servicio: cada tope, con la consulta que lo pasa y su control."""

import asyncio
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from consultas_hostiles import HOSTILES, PROHIBIDAS
from publica_chica import construir

from publicacion import limites, obrero
from publicacion.limites import Libre, Turnos, de_la_peticion
from tests.hilo import correr

UNA = Libre(("SELECT",), 5_000)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return construir(tmp_path_factory.mktemp("base") / "publica.db").read_bytes()


def _consultar(base: bytes, sql: str, parametros: dict[str, str] | None = None) -> dict[str, Any]:
    """En su proceso, como en el portal, pero con menos tiempo."""
    return limites.correr(base, limites.pedido(sql, parametros or {}, UNA, segundos=0.2))


def test_una_consulta_de_analista_da_columnas_y_renglones(base):
    assert _consultar(base, "SELECT sexo, asistencias FROM asistencias_por_sexo") == {
        "columnas": ["sexo", "asistencias"],
        "filas": [["Mujer", 100], ["Hombre", None]],
        "cortada": False,
    }
    con_parametro = _consultar(base, "SELECT :a || 'b'", {"a": "x", "_shape": "array"})
    assert con_parametro["filas"] == [["xb"]]


@pytest.mark.parametrize("cual", HOSTILES)
def test_cada_consulta_hostil_se_detiene_sola_o_cabe(base, cual):
    respuesta = _consultar(base, HOSTILES[cual])
    assert not str(respuesta.get("error", "")).startswith("SQLite dice"), respuesta
    assert len(json.dumps(respuesta)) < 9_000_000  # el doble, porque los bytes van en hexadecimal


@pytest.mark.parametrize("cual", PROHIBIDAS)
def test_lo_que_no_es_leer_se_niega(base, cual):
    assert "error" in _consultar(base, PROHIBIDAS[cual])


@pytest.mark.parametrize(
    "sql", ["ATTACH ':memory:' AS x", "PRAGMA database_list", "CREATE TABLE t (a)", "DELETE FROM lote"]
)
def test_el_autorizador_niega_aunque_datasette_lo_dejara_pasar(base, sql):
    sin_cuidado = sqlite3.connect(":memory:")
    sin_cuidado.deserialize(base)
    sin_cuidado.execute(sql)  # control: sin autorizador sí se puede
    sin_cuidado.close()
    assert "Aquí sólo se puede leer" in _consultar(base, sql)["error"]


def test_sin_tope_de_largo_el_texto_enorme_si_se_hace():
    """Control: lo que detiene a esta consulta es nuestro tope, no SQLite."""
    with closing(sqlite3.connect(":memory:")) as con:
        assert con.execute("SELECT length(zeroblob(1000001))").fetchone() == (1_000_001,)


def test_los_renglones_de_mas_se_cortan_y_se_dice(base):
    muchas = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 9000) SELECT x FROM c"
    por_filas = _consultar(base, muchas)
    assert (len(por_filas["filas"]), por_filas["cortada"]) == (1_000, True)
    por_celdas = _consultar(base, muchas.replace("SELECT x FROM", "SELECT x, x, x, x, x, x, x, x, x, x FROM"))
    assert (len(por_celdas["filas"]), por_celdas["cortada"]) == (500, True)
    por_bytes = _consultar(base, muchas.replace("SELECT x FROM", "SELECT hex(zeroblob(100000)) FROM"))
    assert (len(por_bytes["filas"]), por_bytes["cortada"]) == (20, True)


def test_el_proceso_muere_si_no_contesta_y_no_recibe_el_ambiente(base, tmp_path, monkeypatch):
    monkeypatch.setenv("DATASETTE_SECRET", "no debe llegar")
    terco = tmp_path / "terco.py"
    terco.write_text(
        "import os, sys, time\nopen(sys.argv[0] + '.ambiente', 'w').write(str(dict(os.environ)))\ntime.sleep(60)\n"
    )
    respuesta = limites.correr(base, limites.pedido("SELECT 1", {}, UNA), obrero=terco, limite=1.0)
    assert "se detuvo" in respuesta["error"]
    assert "no debe llegar" not in Path(f"{terco}.ambiente").read_text()


def test_un_proceso_de_verdad_tiene_la_memoria_acotada(base):
    """RLIMIT_AS: aunque SQLite no contara bien, el sistema dice que no."""
    codigo = "import obrero; obrero.acotar_proceso(1); bytearray(400_000_000)"
    hecho = subprocess.run(
        [sys.executable, "-c", codigo], cwd=Path(obrero.__file__).parent, capture_output=True, text=True, check=False
    )
    assert "MemoryError" in hecho.stderr
    assert limites.correr(base, limites.pedido("SELECT 1 AS uno", {}, UNA))["filas"] == [[1]]


def test_pocas_a_la_vez_y_las_demas_esperan_o_se_les_dice():
    async def una(turnos: Turnos, cuanto: float) -> str:
        if not await turnos.tomar():
            return "vuelva"
        await asyncio.sleep(cuanto)
        turnos.dejar()
        return "atendida"

    async def todas() -> list[list[str]]:
        lenta = Turnos(a_la_vez=1, en_espera=1, espera=0.2)
        pronta = Turnos(a_la_vez=1, en_espera=3, espera=5)
        return [await asyncio.gather(*(una(t, c) for _ in range(4))) for t, c in ((lenta, 0.5), (pronta, 0.01))]

    # La primera corre; la segunda se cansa de esperar; a las otras, con la fila llena, se les dice.
    assert correr(todas()) == [["atendida", "vuelva", "vuelva", "vuelva"], ["atendida"] * 4]


@pytest.mark.parametrize(
    ("consulta", "textos"),
    [
        (b"sql=select+1", ("select 1",)),
        (b"sq%6c=select+1;", ("select 1",)),
        (b"_where=1%3D1&_where=n>3", ("1=1", "n>3")),
        (b"eje__exact=total&_size=5", None),
        (b"sql=", None),
    ],
)
def test_se_sabe_que_parte_de_la_direccion_es_sql_ajeno(consulta, textos):
    hallado = de_la_peticion("/publica", consulta)
    assert (hallado.textos if hallado else None) == textos


def test_en_datos_caben_mas_celdas_que_en_una_pagina():
    pagina, datos = (de_la_peticion(r, b"sql=select+1") for r in ("/publica", "/publica.json"))
    assert pagina
    assert datos
    assert pagina.celdas < datos.celdas
