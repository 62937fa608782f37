"""El portal público con un veneno en cada texto que viene de la oficina: nada se ejecuta en lo que enseña ni da."""

import html
import os
import re
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

from sqlite_utils.utils import sqlite3

from publicacion import escritura, lanzar
from publicacion.esquema_publico import TABLAS
from publicacion.formatos import neutro
from publicacion.portal.inicio import PREGUNTAS
from tests.datasette_vivo import encendido
from tests.navegador.procesos import puerto_libre
from tests.publicacion.publica_chica import LOTE, construir, poner
from tests.seguridad import salidas
from tests.seguridad.salidas import ETIQUETA, REVISIONES, veneno

TEXTOS = ("etiqueta", "texto", "encuesta", "indicador", "unidad", "explicacion")
AJENO = "mal.ejemplo"


def envenenar(ruta: Path) -> int:
    """Un veneno en cada columna de texto que se lee; cuántos quedaron."""
    n = 0
    with closing(sqlite3.connect(ruta, isolation_level=None)) as con:
        for tabla in ("programa", "zona", "mes", "poa", "cambio"):
            if tabla in TABLAS:
                poner(con, tabla, lote=LOTE)
        for tabla, dicha in TABLAS.items():
            for columna in set(TEXTOS) & dicha.columnas.keys():
                n += 1
                con.execute(f"UPDATE {tabla} SET {columna} = ?", [neutro(veneno(n))])  # como lo escribe escritura.py
    return n


def pedir(puerto: int, direccion: str) -> tuple[int, str, str, bytes]:
    with closing(HTTPConnection("127.0.0.1", puerto, timeout=30)) as con:
        con.request("GET", direccion, headers={"Host": AJENO})
        r = con.getresponse()
        return r.status, r.getheader("Content-Type", "").partition(";")[0], r.getheader("Location", ""), r.read()


TODAS = os.environ.get("JORNADA_PORTAL") == "todo"
"""En ``make nocturna`` se piden todas; siempre, una de cada tres y las que más texto ajeno llevan."""


def direcciones() -> list[str]:
    malo = quote(veneno(99))
    cuadros = [
        f"/publica/{tabla}{como}" for tabla in ("pregunta", "grupo", "respuesta") for como in ("", ".json", ".csv")
    ]
    preguntas = [f"/preguntas/{clave}" for clave in PREGUNTAS]
    con_malo = [f"{p}?periodo={malo}&sexo={malo}&pregunta={malo}&por={malo}" for p in preguntas]
    csv = [f"/preguntas/{clave}.csv" for clave in PREGUNTAS]
    return [
        "/", "/preguntas", "/diccionario", "/metodologia", "/api-publica", "/descargas", "/publica",
        *cuadros, *preguntas, *csv, *con_malo, f"/publica/pregunta?texto={malo}&_sort={malo}",
        f"/publica/{malo}", f"/{malo}", f"/descargas/{malo}",
        f"/entrar?next={quote(f'//{AJENO}/')}", f"/publica/pregunta.json?_nl={malo}&_callback={malo}",
        f"//{AJENO}/", f"/%5c{AJENO}/", f"/publica/..%2f..%2fprivada.db?{malo}",
    ]  # fmt: skip


def test_nada_de_lo_que_escribe_la_oficina_ni_quien_pide_se_ejecuta_en_el_portal(tmp_path: Path) -> None:
    ruta, puerto = construir(tmp_path / "publica.db"), puerto_libre()
    sembrados = envenenar(ruta)
    assert sembrados >= 8
    leidos: set[int] = set()
    malas = []
    with encendido(lanzar.orden(ruta, puerto, fuente=veneno(90)), tmp_path):
        todas = direcciones()
        for direccion in todas if TODAS else [*todas[:9], *todas[9::3]]:
            estado, tipo, lugar, contenido = pedir(puerto, direccion)
            malas += [f"{direccion}: {estado}"] if estado >= 500 else []
            malas += [f"{direccion}: manda a {lugar}"] if AJENO in lugar.partition("?")[0] else []
            revisar = salidas.en_csv if ".csv" in direccion else REVISIONES.get(tipo, lambda _: [])
            malas += [f"{direccion}: {que}" for que in revisar(contenido)]
            leidos |= salidas.vistos(html.unescape(contenido.decode("utf-8", "replace")))
    assert malas == []
    assert len(leidos) >= 4, "sin que se lea lo sembrado, no se probó nada"


def test_el_control_un_texto_sin_escapar_se_nota() -> None:
    assert salidas.en_html(f"<td>{veneno(1)}</td>".encode()) != []
    assert re.search(ETIQUETA, veneno(1))


def test_lo_que_parece_formula_entra_neutro_al_archivo_publico(tmp_path: Path) -> None:
    """El archivo se baja entero y Datasette da cada tabla en CSV: lo neutro va desde que se escribe."""
    filas: dict[str, list[dict[str, object]]] = {tabla: [] for tabla in TABLAS}
    filas["eje"] = [{"eje": str(n), "orden": n, "etiqueta": texto} for n, texto in enumerate(["=1+1", "@x", "Mujer"])]
    escritura._construir(tmp_path / "publica.db", filas)
    with closing(sqlite3.connect(tmp_path / "publica.db")) as con:
        assert [f[0] for f in con.execute("SELECT etiqueta FROM eje ORDER BY orden")] == ["'=1+1", "'@x", "Mujer"]
