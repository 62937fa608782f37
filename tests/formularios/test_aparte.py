"""Leer una hoja en otro proceso: lo mismo que aquí, con tiempo contado, y sin que nada lo haga fallar."""

import io
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest

from formularios import aparte
from formularios.instrumento import incluidos
from formularios.xlsform import exportar
from formularios.xlsform.plantilla import ejemplo

INSTRUMENTOS = Path(aparte.__file__).parent / "instrumentos"


def test_da_lo_mismo_que_leerla_aqui() -> None:
    contenido = (INSTRUMENTOS / "satisfaccion.csv").read_bytes()
    leido = aparte.importar("satisfaccion.csv", contenido)
    assert leido == aparte.leer_aqui("satisfaccion.csv", contenido)
    assert leido.instrumento == incluidos()["satisfaccion"]
    assert leido.instrumento is not None
    assert leido.instrumento.huella == incluidos()["satisfaccion"].huella
    assert "Ningún indicador usa «S1»." in [aviso.que_pasa for aviso in leido.avisos]


def test_quien_atiende_no_carga_lo_que_lee_hojas() -> None:
    codigo = (
        "import sys; from formularios import aparte;"
        "leido = aparte.importar('a.csv', b'survey\\n,type,name,label\\n,integer,a,A\\n');"
        "print(leido.instrumento.clave, {'pyxform', 'openpyxl'} & set(sys.modules))"
    )
    hecho = subprocess.run([sys.executable, "-c", codigo], capture_output=True, text=True, check=True)
    assert hecho.stdout == "a set()\n"


def test_los_problemas_van_en_el_orden_de_la_hoja() -> None:
    survey = "survey\n,type,name,label\n,select_one x,uno,Uno\n,photo,dos,Dos\n,integer,dos,\n"
    leido = aparte.leer_aqui("mala.csv", f"{survey}choices\n,list_name,name\n,y,\n".encode())
    assert leido.instrumento is None
    lugares = [(p.hoja, p.fila) for p in leido.problemas]
    assert lugares == sorted(lugares, key=lambda x: (["", "survey", "choices"].index(x[0]), x[1] or 0))
    assert ("survey", 4) in lugares
    assert all(p.que_pasa and p.donde for p in leido.problemas)


def test_lo_que_tarda_de_mas_se_corta_y_se_dice() -> None:
    inicio = time.monotonic()
    leido = aparte.importar("lenta.xlsx", exportar(incluidos()["antes"], "xlsx"), segundos=0.01)
    assert time.monotonic() - inicio < 5
    assert leido.instrumento is None
    assert "tarda más de 0.01 segundos" in leido.problemas[0].que_pasa


def test_con_otras_leyendose_no_se_forma_para_siempre(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aparte, "_turno", threading.BoundedSemaphore(1))
    monkeypatch.setattr(aparte, "ESPERA", 0.05)
    with aparte._turno:
        assert "Se están leyendo otras hojas" in aparte.importar("a.csv", b"").problemas[0].que_pasa
    assert "tarda más" in aparte.importar("a.csv", b"", segundos=0.01).problemas[0].que_pasa


@pytest.mark.parametrize(
    ("nombre", "contenido"),
    [
        ("x.xlsx", b"PK\x03\x04" + b"\0" * 100),
        ("x.xls", b"\xd0\xcf\x11\xe0" + b"\xff" * 600),
        ("x.csv", bytes(range(256)) * 20),
        ("x.zip", b"PK\x03\x04"),
        ("x" * 5000, b"\xff\xfe"),
    ],
)
def test_lo_hecho_a_proposito_da_una_frase(nombre: str, contenido: bytes) -> None:
    leido = aparte.leer_aqui(nombre, contenido)
    assert leido.instrumento is None
    assert leido.problemas[0].que_pasa


@pytest.mark.parametrize("nombre", ["\0/../../etc/passwd", "-c import os", ""])
def test_el_nombre_del_archivo_no_es_una_orden(nombre: str) -> None:
    assert "No hay preguntas" in aparte.importar(nombre, b"survey").problemas[0].que_pasa


def test_un_libro_que_se_vuelve_enorme_no_se_abre() -> None:
    bomba = io.BytesIO()
    with zipfile.ZipFile(bomba, "w", zipfile.ZIP_DEFLATED) as archivo:
        archivo.writestr("xl/worksheets/sheet1.xml", b" " * 70_000_000)
    assert "se vuelve enorme" in aparte.leer_aqui("b.xlsx", bomba.getvalue()).problemas[0].que_pasa


def test_la_plantilla_de_ejemplo_se_importa_y_trae_una_pregunta_de_cada_tipo() -> None:
    from formularios.instrumento import TIPOS

    leido = aparte.leer_aqui("plantilla.xlsx", ejemplo())
    assert leido.problemas == ()
    assert leido.instrumento is not None
    assert {p.tipo for p in leido.instrumento.preguntas} == set(TIPOS)
    assert {g.repite for g in leido.instrumento.grupos} == {True, False}
