"""Lo que una máquina puede revisar del código: estilo, formato y tipos de los cuartos puros."""

import subprocess
import sys
from pathlib import Path

import pytest

RAIZ = Path(__file__).resolve().parent.parent
LINEAS = 400


@pytest.mark.parametrize(
    "orden",
    [
        pytest.param(["ruff", "check", "."], id="ruff check"),
        pytest.param(["ruff", "format", "--check", "."], id="ruff format"),
        pytest.param(["mypy", "--strict"], id="mypy --strict"),
    ],
)
def test_el_codigo_pasa(orden: list[str]) -> None:
    resultado = subprocess.run([sys.executable, "-m", *orden], cwd=RAIZ, capture_output=True, text=True, check=False)
    assert resultado.returncode == 0, resultado.stdout + resultado.stderr


def test_ningun_archivo_es_demasiado_largo() -> None:
    largos = {
        str(archivo.relative_to(RAIZ)): lineas
        for carpeta in ("recoleccion", "formularios", "publicacion", "static/js", "static/css", "plantillas", "tests")
        for archivo in (RAIZ / carpeta).rglob("*")
        if archivo.suffix in (".py", ".js", ".css", ".html") and "vendor" not in archivo.parts
        if (lineas := len(archivo.read_text("utf-8").splitlines())) > LINEAS
    }
    assert largos == {}


def test_nada_queda_a_medias() -> None:
    """Ni pendientes escritos en el código ni pruebas que no corren."""
    palabras = [
        "TO" + "DO",
        "FIX" + "ME",
        "pytest.mark." + "skip",
        "pytest." + "skip(",
        "x" + "fail",
        "NotImplemented" + "Error",
    ]
    hallados = [
        f"{archivo.relative_to(RAIZ)}: {palabra}"
        for carpeta in ("recoleccion", "formularios", "publicacion", "static/js", "plantillas", "tests", "bench")
        for archivo in (RAIZ / carpeta).rglob("*")
        if archivo.suffix in (".py", ".js", ".html", ".sh")
        for palabra in palabras
        if palabra in archivo.read_text("utf-8")
    ]
    assert hallados == []
