"""Lo que la gente sube de verdad: otra codificación, punto y coma, fórmulas, celdas combinadas, bombas y basura."""

import io
import zipfile
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from formularios.instrumento import incluidos
from formularios.xlsform import Resultado, adjuntos, exportar, importar
from formularios.xlsform import lectura as lectura_de_archivos
from tests.formularios.xlsform.test_importar import _importa

_CSV = "survey\n,type,name,label\n,integer,edad,¿Edad?\n,note,fin,Adiós; gracias\n"


def _libro(filas: list[list[Any]], **mas: Any) -> bytes:
    libro = Workbook()
    hoja = libro.active
    assert hoja is not None
    hoja.title = mas.get("titulo", "survey")
    for fila in filas:
        hoja.append(fila)
    for rango in mas.get("combinadas", ()):
        hoja.merge_cells(rango)
    salida = io.BytesIO()
    libro.save(salida)
    return salida.getvalue()


def _que_pasa(resultado: Resultado) -> str:
    assert resultado.instrumento is None
    return " ".join(map(str, resultado.problemas))


@pytest.mark.parametrize(
    "contenido",
    [
        _CSV.encode(),
        _CSV.encode("utf-8-sig"),
        _CSV.encode("cp1252"),
        _CSV.encode("utf-16"),
        _CSV.replace("\n", "\r\n").encode(),
        _CSV.replace("Adiós; gracias", '"Adiós; gracias"').replace(",", ";").encode(),
        _CSV.replace(",", "\t").encode(),
    ],
    ids=["utf-8", "con marca", "windows", "utf-16", "crlf", "punto y coma", "tabulador"],
)
def test_un_csv_se_lee_venga_como_venga(contenido: bytes) -> None:
    resultado = importar("encuesta.csv", contenido)
    assert resultado.instrumento is not None
    assert [p.texto for p in resultado.instrumento.preguntas] == ["¿Edad?", "Adiós; gracias"]


def test_en_un_csv_la_fila_es_la_del_archivo() -> None:
    texto = "survey\n,type,name,label\n,integer,edad,Edad\n,,,\n,imagen,foto,Foto\n"
    assert [(p.hoja, p.fila, p.columna) for p in importar("x.csv", texto.encode()).problemas] == [("survey", 5, "type")]


def test_la_extension_no_importa_sino_lo_que_trae() -> None:
    contenido = exportar(incluidos()["antes"], "xlsx")
    for nombre in ("antes.xls", "antes.csv", "antes"):
        assert importar(nombre, contenido).instrumento == incluidos()["antes"]


def test_una_formula_vale_su_resultado_y_sin_resultado_se_dice_donde() -> None:
    filas = [["type", "name", "label"], ["integer", "edad", '="Ed" & "ad"']]
    assert "Hoja survey, fila 2, columna C: Hay una fórmula sin su resultado" in _que_pasa(
        importar("x.xlsx", _libro(filas))
    )
    con_valor = _con_valor_guardado(_libro(filas), "Edad")
    resultado = importar("x.xlsx", con_valor)
    assert resultado.instrumento is not None
    assert resultado.instrumento.preguntas[0].texto == "Edad"


def _con_valor_guardado(contenido: bytes, valor: str) -> bytes:
    """Como lo guarda una hoja de cálculo: la fórmula y lo que dio."""
    salida = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(contenido)) as entra, zipfile.ZipFile(salida, "w") as sale:
        for parte in entra.infolist():
            texto = entra.read(parte)
            if parte.filename.endswith("sheet1.xml"):
                texto = texto.replace(b'<c r="C2">', b'<c r="C2" t="str">')
                texto = texto.replace(b"<v />", f"<v>{valor}</v>".encode()).replace(
                    b"<v></v>", f"<v>{valor}</v>".encode()
                )
            sale.writestr(parte.filename, texto)
    return salida.getvalue()


def test_las_celdas_combinadas_se_avisan() -> None:
    contenido = _libro([["type", "name", "label"], ["integer", "a", "A"], ["integer", "b", "B"]], combinadas=["D2:D3"])
    resultado = importar("x.xlsx", contenido)
    assert resultado.instrumento is not None
    assert any("combinadas" in aviso.que_pasa for aviso in resultado.avisos)


def test_un_texto_que_empieza_con_igual_no_es_una_formula() -> None:
    instrumento = _importa("| survey |\n| | type | name | label |\n| | integer | a | =1+1 |")
    resultado = importar("x.xlsx", exportar(instrumento, "xlsx"))
    assert resultado.instrumento == instrumento


def test_numeros_fechas_y_verdaderos_de_la_hoja_se_leen_como_texto() -> None:
    filas = [["type", "name", "label", "default", "required"], ["integer", "a", 2024, 7.0, True]]
    filas.append(["date", "b", "B", datetime(2026, 1, 31), False])  # noqa: DTZ001  # así lo da una celda
    resultado = importar("x.xlsx", _libro(filas))
    assert resultado.instrumento is not None
    a, b = resultado.instrumento.preguntas
    assert (a.texto, a.omision, a.obligatoria, b.omision, b.obligatoria) == ("2024", "7", True, "2026-01-31", False)


def test_una_bomba_no_se_abre() -> None:
    salida = io.BytesIO()
    with zipfile.ZipFile(salida, "w", zipfile.ZIP_DEFLATED) as bomba:
        for numero in range(8):
            bomba.writestr(f"xl/worksheets/sheet{numero}.xml", b"0" * 10_000_000)
    assert len(salida.getvalue()) < lectura_de_archivos.BYTES
    assert "enorme al abrirlo" in _que_pasa(importar("x.xlsx", salida.getvalue()))


@pytest.mark.parametrize(
    ("contenido", "dice"),
    [
        (b"", "No hay preguntas"),
        (b"\x00" * 100, "No hay preguntas"),
        (b"PK\x03\x04basura", "no se puede leer"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "no se puede leer"),
        (b"x" * (lectura_de_archivos.BYTES + 1), "pesa más de"),
        (b"<html><table><tr><td>survey</td></tr></table></html>", "No hay preguntas"),
        (b'survey\n,"type', "comillas"),
        (b"survey\n,type,name,name\n,text,a,b\n", "fila 2, columna name: Dos columnas se llaman «name»"),
        (_libro([["type", "name", "label"]] + [["integer", f"a{n}", "A"] for n in range(6100)]), "más de 6000 filas"),
        (_libro([["type", "name", "name"], ["text", "a", "b"]]), "fila 1, columna name: Dos columnas (B y C)"),
    ],
    ids=["vacio", "ceros", "zip roto", "xls roto", "pesado", "html", "comillas", "csv repetida", "filas", "repetida"],
)  # fmt: skip
def test_lo_que_no_es_una_encuesta_se_dice_con_una_frase(contenido: bytes, dice: str) -> None:
    assert dice in _que_pasa(importar("x.csv" if not contenido.startswith(b"PK") else "x.xlsx", contenido))


def test_un_zip_trae_la_encuesta_y_sus_listas() -> None:
    tabla = "| survey |\n| | type | name | label |\n| | select_one_from_file m.csv | a | A |"
    instrumento = _importa(tabla, {"m.csv": "name;label;edo\n1;Guadalajara;14\n2;León;11\n".encode("cp1252")})
    salida = io.BytesIO()
    with zipfile.ZipFile(salida, "w") as paquete:
        paquete.writestr("encuesta/x.csv", exportar(instrumento, "csv"))
        for nombre, contenido in adjuntos(instrumento).items():
            paquete.writestr(f"encuesta/{nombre}", contenido)
    assert importar("x.zip", salida.getvalue()).instrumento == instrumento


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=300),
    st.sampled_from(["", "survey\n,type,name,label\n,text,a,"]),
    st.sampled_from(["x.csv", "x.md", "x.zip"]),
)
def test_ningun_archivo_lo_hace_fallar(basura: bytes, antes: str, nombre: str) -> None:
    resultado = importar(nombre, antes.encode() + basura)
    assert (resultado.instrumento is None) == bool(resultado.problemas)


_BUENO = exportar(incluidos()["satisfaccion"], "xlsx")


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_un_xlsx_danado_no_lo_hace_fallar(data: Any) -> None:
    bueno = bytearray(_BUENO)
    for _ in range(data.draw(st.integers(1, 6))):
        bueno[data.draw(st.integers(4, len(bueno) - 1))] = data.draw(st.integers(0, 255))
    resultado = importar("x.xlsx", bytes(bueno))
    assert (resultado.instrumento is None) == bool(resultado.problemas)


@pytest.mark.parametrize("nombre", ["encuesta.xlsx", "encuesta.zip"])
def test_un_nombre_de_adentro_que_no_es_texto_se_dice(nombre: str) -> None:
    archivo = io.BytesIO()
    with zipfile.ZipFile(archivo, "w") as libro:
        libro.writestr("xl/ñ.xml", "<a/>")
    resultado = importar(nombre, archivo.getvalue().replace("ñ".encode(), b"\x80\x80", 1))
    assert resultado.instrumento is None
    assert "dañado" in str(resultado.problemas[0])


@pytest.mark.parametrize("compresion", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@pytest.mark.parametrize("nombre", ["encuesta.xlsx", "encuesta.zip"])
def test_un_archivo_danado_por_dentro_se_dice(nombre: str, compresion: int) -> None:
    archivo = io.BytesIO()
    with zipfile.ZipFile(archivo, "w", compresion) as libro:
        libro.writestr("xl/workbook.xml", _CSV * 50)
    entero = archivo.getvalue()
    datos = entero.index(b"workbook.xml") + len("workbook.xml")
    for lugar in range(datos, datos + 12):
        danado = entero[:lugar] + bytes([entero[lugar] ^ 0xFF]) + entero[lugar + 1 :]
        assert importar(nombre, danado).instrumento is None
