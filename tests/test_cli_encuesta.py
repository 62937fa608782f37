"""``jornada encuesta``: leer, guardar, listar y sacar encuestas desde la terminal."""

from contextlib import closing
from pathlib import Path

import pytest

from formularios.aparte import leer_aqui
from formularios.instrumento import Instrumento, incluidos
from recoleccion.consultas import conexion, instrumentos
from tests.ordenes import correr
from tests.test_cli import sin_ingles

HOJA = """survey
,type,name,label,bind::jornada:indicador
,integer,cuantas,¿Cuántas hijas tiene?,M4
,note,gracias,Gracias,
settings
,form_title,form_id,version
,Su familia,familia,1
"""


@pytest.fixture
def hoja(tmp_path: Path) -> Path:
    archivo = tmp_path / "familia.csv"
    archivo.write_text(HOJA, "utf-8")
    return archivo


def claves(datos: Path) -> dict[str, int]:
    with closing(conexion.abrir(datos / "privada.db").conn) as con:
        return dict(tuple(f) for f in con.execute("SELECT clave, max(version) FROM instrumento GROUP BY clave"))


def test_sin_guardar_solo_dice_que_se_leyo(datos: Path, hoja: Path) -> None:
    resultado = correr("encuesta", "importar", "--datos", datos, hoja)
    assert resultado.exit_code == 0
    assert "Su familia (clave familia, versión 1)" in resultado.output
    assert "1. ¿Cuántas hijas tiene? [un número entero]" in resultado.output
    assert "- Gracias [un texto para leer]" in resultado.output
    assert "repita con --guardar" in resultado.output
    assert "familia" not in claves(datos)


def test_con_guardar_queda_una_vez_y_se_lista(datos: Path, hoja: Path) -> None:
    primera = correr("encuesta", "importar", "--datos", datos, hoja, "--guardar")
    assert "Se guardó «Su familia», versión 1." in primera.output
    assert "Ya estaba guardada" in correr("encuesta", "importar", "--datos", datos, hoja, "--guardar").output
    lista = correr("encuesta", "listar", "--datos", datos).output
    assert len(lista.splitlines()) == 5
    renglon = next(r for r in lista.splitlines() if r.startswith("familia"))
    assert "versión 1, guardada el" in renglon
    assert renglon.endswith("0 contestaciones contadas. Su familia")


def test_otras_preguntas_con_el_mismo_numero_se_rechazan_y_dice_cual_sigue(datos: Path, hoja: Path) -> None:
    correr("encuesta", "importar", "--datos", datos, hoja, "--guardar")
    hoja.write_text(HOJA.replace("hijas", "hijas o hijos"), "utf-8")
    resultado = correr("encuesta", "importar", "--datos", datos, hoja, "--guardar")
    assert resultado.exit_code == 1
    assert "suba version a 2" in resultado.output


def test_lo_que_hay_que_corregir_se_dice_con_su_lugar(datos: Path, hoja: Path) -> None:
    hoja.write_text(HOJA.replace("integer", "photo").replace("note", "video"), "utf-8")
    resultado = correr("encuesta", "importar", "--datos", datos, hoja, "--guardar")
    assert resultado.exit_code == 1
    assert "Hoja survey, fila 3, columna type: El tipo «photo» no se admite." in resultado.output
    assert "Hay 2 cosas por corregir; no se guardó nada." in resultado.output
    assert "familia" not in claves(datos)


@pytest.mark.parametrize("extension", ["xlsx", "csv"])
def test_lo_exportado_se_importa_con_la_misma_huella(datos: Path, tmp_path: Path, extension: str) -> None:
    salida = tmp_path / f"antes.{extension}"
    resultado = correr("encuesta", "exportar", "--datos", datos, "antes", salida)
    assert resultado.exit_code == 0, resultado.output
    leido = leer_aqui(salida.name, salida.read_bytes()).instrumento
    assert leido is not None
    assert leido.huella == incluidos()["antes"].huella
    otra_vez = correr("encuesta", "exportar", "--datos", datos, "antes", salida)
    assert (otra_vez.exit_code, "no se tocó" in otra_vez.output) == (1, True)


def test_una_con_opciones_de_archivo_va_en_zip(datos: Path, tmp_path: Path) -> None:
    lista = {"archivo": "lugares.csv", "opciones": [{"clave": "a", "texto": "A"}]}
    pregunta = {"clave": "lugar", "tipo": "una", "texto": "¿Dónde?", "archivo": "lugares.csv", "publicacion": "no"}
    modelo = {"clave": "con_lista", "version": 1, "titulo": "Con lista", "intro": "", "minutos": 1}
    encuesta = Instrumento.de_dict(modelo | {"preguntas": [pregunta], "listas": [lista]})
    with closing(conexion.abrir(datos / "privada.db").conn) as con:
        instrumentos.asegurar(conexion.Database(con), encuesta)
    mal = correr("encuesta", "exportar", "--datos", datos, "con_lista", tmp_path / "x.xlsx")
    assert (mal.exit_code, "termine en .zip" in mal.output) == (1, True)
    correr("encuesta", "exportar", "--datos", datos, "con_lista", tmp_path / "x.zip", "--version", "1")
    leido = leer_aqui("x.zip", (tmp_path / "x.zip").read_bytes()).instrumento
    assert leido is not None
    assert leido.huella == encuesta.huella


@pytest.mark.parametrize(
    ("mal", "dice"),
    [
        (["exportar", "ninguna", "x.csv"], "Esa encuesta no existe"),
        (["exportar", "antes", "x.csv", "--version", "7"], "Esa encuesta no existe"),
        (["exportar", "antes", "x.pdf"], "debe terminar en .xlsx, .csv o .zip"),
        (["importar", "no-hay.xlsx"], "no existe"),
        (["exportar", "antes", "x.csv", "--version", "0"], "no está entre los permitidos"),
        (["bailar"], "No hay una orden"),
    ],
)
def test_los_errores_se_dicen_en_espanol(
    datos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mal: list[str], dice: str
) -> None:
    monkeypatch.chdir(tmp_path)
    resultado = correr("encuesta", *mal[:1], *(["--datos", datos] if mal[0] != "bailar" else []), *mal[1:])
    assert resultado.exit_code != 0
    assert dice in resultado.output
    assert sin_ingles(resultado.output.replace("XLSForm", "")) == []


@pytest.mark.parametrize("orden", ["importar", "listar", "exportar"])
def test_cada_orden_se_explica_en_espanol(orden: str) -> None:
    resultado = correr("encuesta", orden, "--help")
    assert resultado.exit_code == 0
    assert sin_ingles(resultado.output) == []


def test_con_quitar_se_guarda_sin_lo_que_aqui_no_se_guarda(datos: Path, hoja: Path) -> None:
    hoja.write_text(HOJA.replace(",integer,", ",image,foto,Foto,\n,integer,", 1), "utf-8")
    resultado = correr("encuesta", "importar", "--datos", datos, hoja, "--guardar")
    assert resultado.exit_code == 1
    assert "repita con --quitar" in resultado.output
    assert "familia" not in claves(datos)
    resultado = correr("encuesta", "importar", "--datos", datos, hoja, "--guardar", "--quitar")
    assert resultado.exit_code == 0
    assert "Se quitó." in resultado.output
    assert claves(datos)["familia"] == 1
