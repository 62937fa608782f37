"""La consola: todo en español, y cada orden hace lo que su ayuda dice, sobre archivos de verdad."""

import ast
import importlib
import inspect
import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from recoleccion import consola
from recoleccion.cli import principal
from recoleccion.consola import Fallo
from recoleccion.consultas import conexion, cuentas
from recoleccion.servir import escuchar
from tests.ordenes import correr

INGLES = re.compile(
    r"\b(usage|options|commands|arguments?|error|show|this|message|try|for|missing|invalid|value|default|required|such|"
    r"integer|text|path|directory|file|aborted|command|range|the|is|not|does|exist|version \d|got|unexpected)\b",
    re.IGNORECASE,
)
# Sólo los ve quien programa las órdenes: click los dice al declararlas mal.
DE_PROGRAMADOR = re.compile(
    r"DeprecationWarning|Could not determine name|No options defined|Arguments take exactly|defined twice|"
    r"Boolean option|Invalid start character|Unknown color"
)


def sin_ingles(texto: str) -> list[str]:
    """Palabras inglesas en lo que se dijo, sin contar nombres de opciones."""
    return [palabra.group() for palabra in INGLES.finditer(re.sub(r"--[\w-]+|https?://\S+", "", texto))]


# --- En español ------------------------------------------------------------------------------------------------


def test_click_no_dice_nada_que_no_este_traducido() -> None:
    faltan = set()
    for nombre in consola.MODULOS_DE_CLICK:
        modulo = importlib.import_module(f"click.{nombre}")
        for nodo in ast.walk(ast.parse(inspect.getsource(modulo))):
            if isinstance(nodo, ast.Call) and isinstance(nodo.func, ast.Name) and nodo.func.id in ("_", "ngettext"):
                textos = {a.value for a in nodo.args if isinstance(a, ast.Constant) and isinstance(a.value, str)}
                faltan |= {t for t in textos - consola.ESPANOL.keys() if not DE_PROGRAMADOR.search(t)}
    assert faltan == set()


def test_la_ayuda_no_carga_lo_que_solo_usa_quien_importa_encuestas() -> None:
    codigo = "import sys, recoleccion.cli, recoleccion.aplicacion; print({'pyxform', 'openpyxl'} & set(sys.modules))"
    resultado = subprocess.run([sys.executable, "-c", codigo], capture_output=True, text=True, check=True)
    assert resultado.stdout == "set()\n"


@pytest.mark.parametrize("orden", [[], *([o] for o in principal.commands)])
def test_la_ayuda_esta_en_espanol(orden: list[str]) -> None:
    resultado = correr(*orden, "--help")
    assert resultado.exit_code == 0
    assert resultado.output.startswith("Uso:")
    assert sin_ingles(resultado.output) == []


@pytest.mark.parametrize(
    "mal",
    [
        ["bailar"],
        ["servi"],
        ["servir", "--puert", "9"],
        ["servir", "--nada"],
        ["servir", "--puerto", "ocho"],
        ["servir", "--puerto", "99999"],
        ["servir", "--puerto"],
        ["servir", "sobra"],
        ["servir", "sobra", "otra"],
        ["publicar", "--adelantar=si"],
        ["restaurar"],
        ["restaurar", "no-hay.zip"],
        ["restaurar", "."],
        ["servir", "--datos", "pyproject.toml"],
    ],
)
def test_un_error_de_uso_se_dice_en_espanol(mal: list[str]) -> None:
    resultado = correr(*mal)
    assert resultado.exit_code == 2
    assert "No se pudo:" in resultado.output
    assert sin_ingles(resultado.output) == []


def test_la_lista_de_ordenes_dice_cada_frase_entera_y_los_limites_en_palabras() -> None:
    assert "..." not in correr("--ayuda").output.replace("[OPCIONES]...", "")
    assert "de 1 a 366" in correr("respaldar", "--ayuda").output
    assert "<=" not in correr("respaldar", "--ayuda").output


def test_una_direccion_que_no_es_se_dice() -> None:
    with pytest.raises(Fallo, match=r"«no\.es\.una\.ip» no es una dirección"):
        escuchar("no.es.una.ip", 0)


def test_un_archivo_que_no_es_de_texto_se_dice(tmp_path: Path) -> None:
    (tmp_path / "hoja").write_bytes(b"\xff\xfe\x00")
    mal = correr("restaurar", tmp_path / "hoja", "--llave", tmp_path / "hoja", "--datos", tmp_path / "nueva")
    assert (mal.exit_code, "no es un archivo de texto" in mal.output) == (1, True)


def test_el_detector_de_ingles_si_detecta() -> None:
    assert sin_ingles("Error: No such option: --x")
    assert sin_ingles("Uso: jornada [OPCIONES]") == []


def test_la_version_se_dice_en_espanol() -> None:
    assert re.fullmatch(r"jornada, versión \d+(\.\d+)*\n", correr("--version").output)


# --- Preparar --------------------------------------------------------------------------------------------------


def test_preparar_deja_lista_la_carpeta_y_no_muestra_la_contrasena(tmp_path: Path) -> None:
    resultado = correr("preparar", "--datos", tmp_path / "d", entrada="rosa\nnube camino 7\n")
    assert resultado.exit_code == 0, resultado.output
    assert "nube" not in resultado.output
    with closing(conexion.abrir(tmp_path / "d" / "privada.db")) as db:
        cuenta = cuentas.autenticar(db, "rosa", "nube camino 7")
        assert cuenta is not None
        assert cuenta.rol == "titular"


def test_preparar_dos_veces_no_toca_lo_que_hay(tmp_path: Path) -> None:
    correr("preparar", "--datos", tmp_path, "--usuario", "rosa", entrada="nube camino 7\n")
    antes = (tmp_path / "privada.db").read_bytes()
    resultado = correr("preparar", "--datos", tmp_path, "--usuario", "otra", entrada="nube camino 8\n")
    assert resultado.exit_code == 1
    assert "ya está preparada" in resultado.output
    assert (tmp_path / "privada.db").read_bytes() == antes


def test_una_contrasena_corta_se_explica_y_se_puede_repetir(tmp_path: Path) -> None:
    resultado = correr("preparar", "--datos", tmp_path, "--usuario", "rosa", entrada="corta\n")
    assert resultado.exit_code == 1
    assert "contraseña es muy corta" in resultado.output
    assert correr("preparar", "--datos", tmp_path, "--usuario", "rosa", entrada="nube camino 7\n").exit_code == 0


@pytest.mark.parametrize("orden", ["servir", "publicar", "respaldar", "verificar"])
def test_sin_datos_se_dice_que_hacer(orden: str, tmp_path: Path) -> None:
    resultado = correr(orden, "--datos", tmp_path / "nada")
    assert resultado.exit_code == 1
    assert "jornada preparar" in resultado.output
    assert "MAL" not in resultado.output, "una carpeta que no está no tiene además llaves, catálogos y disco mal"


@pytest.mark.parametrize("orden", ["servir", "publicar", "respaldar"])
def test_una_base_danada_se_rechaza_y_no_se_toca(orden: str, tmp_path: Path) -> None:
    (tmp_path / "privada.db").write_bytes(b"esto no es una base de datos" * 500)
    resultado = correr(orden, "--datos", tmp_path)
    assert resultado.exit_code == 1
    assert "dañad" in resultado.output
    assert (tmp_path / "privada.db").read_bytes() == b"esto no es una base de datos" * 500


def test_una_base_mas_nueva_se_rechaza(datos: Path) -> None:
    with closing(conexion.abrir(datos / "privada.db")) as db:
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('recoleccion', 'm999', '')"
        )
    resultado = correr("servir", "--datos", datos)
    assert resultado.exit_code == 1
    assert "versión más nueva" in resultado.output
