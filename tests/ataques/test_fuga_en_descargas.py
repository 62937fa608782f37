"""Las descargas se hacen del archivo ya atacado: que ninguna diga algo que él no dice."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from arro3.io import read_parquet
from openpyxl import load_workbook
from sqlite_utils import Database

from publicacion import descargas
from tests.publicacion.elenco_publicacion import textos_privados

NUMERO = re.compile(r"-?\d[\d,]*(\.\d+)?")


def desplegadas(carpeta: Path) -> Iterator[tuple[str, bytes]]:
    """Cada archivo y, si viene comprimido, lo que lleva adentro: (nombre, bytes)."""
    for archivo in sorted(carpeta.rglob("*")):
        if not archivo.is_file():
            continue
        yield archivo.name, archivo.read_bytes()
        if zipfile.is_zipfile(archivo):
            with zipfile.ZipFile(archivo) as paquete:
                yield from ((f"{archivo.name}/{parte}", paquete.read(parte)) for parte in paquete.namelist())


def privados_dichos(carpeta: Path, privados: set[str]) -> list[tuple[str, str]]:
    largos = {texto: texto.encode() for texto in privados if len(texto) >= 6 and not texto.isdigit()}
    return [(nombre, texto) for nombre, b in desplegadas(carpeta) for texto, t in largos.items() if t in b]


def cuentas(carpeta: Path) -> set[float]:
    """Todo número de las celdas de la hoja de cálculo, el CSV y el Parquet."""
    valores: list[object] = []
    for nombre, contenido in desplegadas(carpeta):
        if nombre.endswith(".xlsx"):
            libro = load_workbook(io.BytesIO(contenido))
            valores += [celda.value for hoja in libro for fila in hoja.iter_rows() for celda in fila]
        elif nombre.endswith(".csv"):
            valores += [v for fila in csv.reader(io.StringIO(contenido.decode("utf-8-sig"))) for v in fila]
        elif nombre.endswith(".parquet"):
            tabla = read_parquet(io.BytesIO(contenido)).read_all()
            valores += [v for columna in tabla.columns for v in columna.to_pylist()]
    return {
        float(str(v).replace(",", ""))
        for v in valores
        if isinstance(v, int | float) or (isinstance(v, str) and NUMERO.fullmatch(v))
    }


def cuentas_publicas(publica: Path) -> set[float]:
    with closing(Database(publica)) as db:
        nombres = [*db.table_names(), *db.view_names()]
        celdas = [v for nombre in nombres for fila in db.query(f"SELECT * FROM [{nombre}]") for v in fila.values()]
    return {float(str(v).replace(",", "")) for v in celdas if v is not None and NUMERO.fullmatch(str(v))}


@pytest.fixture
def hechas(oficina: Path) -> Path:
    descargas.hacer(oficina / "publica.db", oficina / "d")
    (carpeta,) = (oficina / "d").iterdir()
    return carpeta


def test_ninguna_descarga_trae_un_texto_privado(oficina, hechas):
    privados = textos_privados(oficina / "privada.db")
    assert len(privados) > 1000
    assert len(list(desplegadas(hechas))) > 8
    publicos = (oficina / "publica.db").read_bytes()
    assert privados_dichos(hechas, {t for t in privados if t.encode() not in publicos}) == []


def test_ninguna_descarga_trae_una_cuenta_que_el_archivo_no_dice(oficina, hechas):
    dichas = cuentas(hechas)
    assert len(dichas) > 20
    assert dichas <= cuentas_publicas(oficina / "publica.db")


def test_un_nombre_y_una_cuenta_de_mas_se_notan(oficina, hechas):
    """Control: lo mismo, con una fuga adentro de un archivo comprimido."""
    with zipfile.ZipFile(hechas / "fuga.zip", "w", zipfile.ZIP_DEFLATED) as paquete:
        paquete.writestr("x.csv", "nombre,n\nRefugio Casillas,31337\n")
    assert privados_dichos(hechas, {"Refugio Casillas"}) == [("fuga.zip/x.csv", "Refugio Casillas")]
    assert 31337.0 in cuentas(hechas) - cuentas_publicas(oficina / "publica.db")
