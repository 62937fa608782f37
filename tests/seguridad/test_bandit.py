"""bandit no halla nada en el programa, salvo lo que aquí se dice y por qué.

Casi todas sus reglas las lleva ruff (familia S) en cada corrida; aparte cubre las que ruff no trae y no depende de un
``noqa``. Recorrerlo todo son cinco segundos: aquí va lo que atiende a alguien; en ``make nocturna``, todo el programa.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.seguridad.enlaces import RAIZ

NO_DICEN_NADA = {
    "B101": "assert: nunca es lo que cuida; dice a mypy lo que ya se comprobó",
    "B404": "importar subprocess no es usarlo mal; B602, B604 y B605 ven cómo se usa",
    "B603": "subprocess sin consola: la orden es una lista, que es lo que se quiere",
    "B405": "importar ElementTree; B314 ve con qué se lee",
    "B606": "un proceso sin consola, que es lo que se quiere",
    "B607": "un programa por su nombre: systemctl y systemd-analyze, cuando alguien instala como root",
    "B608": "SQL armado: lo ve mejor reglas_locales.py, que sabe qué es un texto fijo",
}
"""Reglas que no se corren."""
REVISADO = {
    ("B108", "recoleccion/cli_instalar.py"): "/tmp está en la lista de donde no se deja instalar",
    ("B314", "recoleccion/openrosa/lectura.py"): "_Cauto niega todo DOCTYPE y cuenta elementos y hondura",
    ("B704", "recoleccion/vistas/estaticos.py"): "la hoja de estilos es nuestra",
    ("B704", "recoleccion/vistas/panel/impresos.py"): "el SVG de un QR",
    ("B704", "recoleccion/vistas/panel/telefonos.py"): "el SVG de un QR",
    ("B704", "recoleccion/vistas/panel/acceso.py"): "el SVG de un QR",
    ("B704", "publicacion/plugin.py"): "un texto fijo",
    ("B704", "publicacion/portal/graficas.py"): "cada texto que entra ya se escapó",
    ("B311", "recoleccion/demo"): "gente inventada, con semilla para que salga igual",
}


EL_PROGRAMA = [RAIZ / carpeta for carpeta in ("recoleccion", "formularios", "publicacion")]
LO_QUE_ATIENDE = [
    *((RAIZ / "recoleccion").glob("*.py")), RAIZ / "recoleccion" / "vistas", RAIZ / "recoleccion" / "openrosa",
    RAIZ / "recoleccion" / "respaldos", *((RAIZ / "publicacion").glob("*.py")),
]  # fmt: skip


def halladas(*carpetas: Path) -> set[tuple[str, str]]:
    """``(regla, archivo)`` de lo que bandit ve; ningún ``nosec`` lo calla."""
    orden = [sys.executable, "-m", "bandit", "-q", "-f", "json", "--ignore-nosec", "-s", ",".join(NO_DICEN_NADA), "-r"]
    hecho = subprocess.run([*orden, *map(str, carpetas)], capture_output=True, text=True, check=False)
    dicho = json.loads(hecho.stdout)
    assert dicho["errors"] == [], "un archivo que no se pudo leer no está revisado"
    return {(malo["test_id"], Path(malo["filename"]).resolve().as_posix()) for malo in dicho["results"]}


PLANTADO = {
    "B301": "import pickle\npickle.loads(b'')\n",
    "B602": "import subprocess\nsubprocess.run('ls ' + x, shell=True)  # nosec\n",
    "B324": "import hashlib\nhashlib.md5(b'contrasena')\n",
    "B201": "from flask import Flask\napp = Flask(__name__)\napp.run(debug=True)\n",
    "B306": "import tempfile\ntempfile.mktemp()\n",
}
ENTERO = os.environ.get("JORNADA_BANDIT") == "todo"


@pytest.fixture(scope="module")
def vistas(tmp_path_factory: pytest.TempPathFactory) -> tuple[set[tuple[str, str]], Path]:
    """Lo que bandit ve en el programa y en lo plantado, en una sola corrida; y dónde está lo plantado."""
    carpeta = tmp_path_factory.mktemp("plantado")
    for regla, texto in PLANTADO.items():
        (carpeta / f"{regla}.py").write_text(texto)
    return halladas(*(EL_PROGRAMA if ENTERO else LO_QUE_ATIENDE), carpeta), carpeta


def test_bandit_no_halla_nada_que_no_se_haya_revisado(vistas: tuple[set[tuple[str, str]], Path]) -> None:
    usadas, sin_revisar = set(), []
    for regla, archivo in sorted(vistas[0]):
        if Path(archivo).is_relative_to(RAIZ):
            suyo = Path(archivo).relative_to(RAIZ).as_posix()
            excepcion = next((clave for clave in REVISADO if clave[0] == regla and suyo.startswith(clave[1])), None)
            usadas.add(excepcion)
            sin_revisar += [] if excepcion else [f"{regla} {suyo}"]
    assert sin_revisar == []
    assert not ENTERO or REVISADO.keys() - usadas == set(), "excepciones que ya no hacen falta"


def test_el_control_lo_plantado_se_nota(vistas: tuple[set[tuple[str, str]], Path]) -> None:
    todas, carpeta = vistas
    notadas = {(regla, Path(archivo).stem) for regla, archivo in todas if Path(archivo).parent == carpeta.resolve()}
    assert notadas >= {(regla, regla) for regla in PLANTADO}
