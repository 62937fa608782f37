"""Los documentos dicen la verdad: las mismas órdenes, enlaces que existen y el mismo Caddyfile."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from recoleccion import cli

RAIZ = Path(__file__).resolve().parent.parent
DOCUMENTOS = ["README.md", "LEEME.md", "CONTRIBUTING.md", "ARQUITECTURA.md", "CHANGELOG.md"]


def bloques(nombre: str, lenguaje: str) -> list[str]:
    return re.findall(rf"```{lenguaje}\n(.*?)```", (RAIZ / nombre).read_text("utf-8"), re.DOTALL)


def test_los_dos_empiezan_con_las_mismas_dos_ordenes() -> None:
    for nombre in ("README.md", "LEEME.md"):
        texto = (RAIZ / nombre).read_text("utf-8")
        assert texto.startswith("# jornada\n\n```sh\nmake demo\nmake test\n```\n")


@pytest.mark.parametrize("lenguaje", ["sh", "powershell", "caddyfile"])
def test_los_dos_traen_las_mismas_ordenes(lenguaje: str) -> None:
    assert bloques("README.md", lenguaje) == bloques("LEEME.md", lenguaje) != []


def armazon(nombre: str) -> list[str]:
    """Sus niveles de títulos, bloques, tablas e imágenes, en orden: lo que no cambia de un idioma a otro."""
    texto = (RAIZ / nombre).read_text("utf-8")
    piezas = re.finditer(r"^```|^#+ |^\|[-|]+$|!\[[^]]*\](\([^)]+\))", texto, re.MULTILINE)
    return [pieza[1] or pieza[0] for pieza in piezas]


def test_los_dos_llevan_las_mismas_partes_e_imagenes_en_el_mismo_orden() -> None:
    assert armazon("README.md") == armazon("LEEME.md")
    assert {"(docs/capturas/hoy-1280.png)", "(docs/capturas/informe-1280.png)"} < set(armazon("LEEME.md"))


def test_las_ordenes_que_se_nombran_existen_en_el_makefile() -> None:
    makefile = (RAIZ / "Makefile").read_text("utf-8")
    for orden in ("demo", "test", "capturas"):
        assert re.search(rf"^{orden}:", makefile, re.MULTILINE)


def test_el_caddyfile_es_el_mismo_en_todas_partes() -> None:
    archivo = (RAIZ / "docs" / "Caddyfile").read_text("utf-8")
    sin_encabezado = "\n".join(linea for linea in archivo.splitlines() if not linea.startswith("#")).strip()
    assert bloques("LEEME.md", "caddyfile")[0].strip() == sin_encabezado


@pytest.mark.parametrize("nombre", DOCUMENTOS)
def test_todo_enlace_a_un_archivo_lleva_a_uno(nombre: str) -> None:
    enlaces = re.findall(r"\]\(((?!https?:)[^)#]+)\)", (RAIZ / nombre).read_text("utf-8"))
    assert [enlace for enlace in enlaces if not (RAIZ / enlace).exists()] == []


@pytest.mark.parametrize("nombre", ["README.md", "LEEME.md"])
def test_se_nombra_cada_orden_y_ninguna_de_mas(nombre: str) -> None:
    texto = (RAIZ / nombre).read_text("utf-8")
    assert set(re.findall(r"`jornada (\w+)", texto)) == set(cli.principal.commands)


def test_cada_orden_se_explica_con_ayuda() -> None:
    for orden in cli.principal.commands:
        assert CliRunner().invoke(cli.principal, [orden, "--help"]).exit_code == 0


@pytest.mark.parametrize("nombre", ["README.md", "LEEME.md"])
def test_dice_lo_que_no_es(nombre: str) -> None:
    texto = (RAIZ / nombre).read_text("utf-8")
    assert "BANAVIM" in texto
    assert re.search("case files|expedientes", texto)
    assert "Apache-2.0" in texto
