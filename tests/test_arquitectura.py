"""La tabla de cuartos de ARQUITECTURA.md, hecha cumplir; y la prueba de que una violación se nota."""

from pathlib import Path

import pytest

from tests.muros import violaciones

RAIZ = Path(__file__).resolve().parent.parent
CARPETAS = {"recoleccion", "formularios", "publicacion", "static", "plantillas", "tests", "bench", "docs"}


def test_ningun_muro_esta_roto() -> None:
    assert violaciones(RAIZ) == []


@pytest.mark.parametrize(
    ("archivo", "codigo"),
    [
        ("formularios/x.py", "import flask"),
        ("formularios/x.py", "import sqlite3"),
        ("formularios/x.py", "from recoleccion import reglas"),
        ("formularios/expresiones/x.py", "import wtforms"),
        ("formularios/expresiones/x.py", "from .. import catalogos"),
        ("recoleccion/reglas.py", "def f():\n    from flask import g"),
        ("recoleccion/protocolo/decision.py", "from sqlite_utils import Database"),
        ("recoleccion/protocolo/decision.py", "from ..consultas import eventos"),
        ("recoleccion/sellado.py", "from . import reglas"),
        ("recoleccion/consultas/eventos.py", "from flask import current_app"),
        ("recoleccion/consultas/eventos.py", "from ..vistas import panel"),
        ("recoleccion/consultas/eventos.py", "from .. import vistas"),
        ("recoleccion/consultas/eventos.py", "import importlib\nimportlib.import_module('flask')"),
        ("recoleccion/vistas/panel/ver.py", "from publicacion import proteccion"),
        ("recoleccion/vistas/panel/ver.py", "from ...cli import principal"),
        ("recoleccion/vistas/panel/ver.py", "from ...publicador import publicar"),
        ("recoleccion/vistas/panel/ver.py", "from ...ensayos import ensayar"),
        ("recoleccion/vistas/panel/ver.py", "import sqlite3"),
        ("recoleccion/vistas/panel/ver.py", "CONSULTA = 'select id\\nfrom evento'"),
        ("recoleccion/vistas/panel/ver.py", "def f(db, q):\n    db.execute(q)"),
        ("recoleccion/vistas/panel/ver.py", "def f(db):\n    return list(db.query('todo'))"),
        ("recoleccion/vistas/panel/ver.py", "def f(t):\n    return f'DELETE FROM {t}'"),
        ("recoleccion/impresos/qr.py", "import flask"),
        ("recoleccion/openrosa/lectura.py", "from flask import request"),
        ("recoleccion/openrosa/lectura.py", "from ..consultas import recepcion"),
        ("recoleccion/openrosa/formas.py", "import pyxform"),
        ("recoleccion/preparar.py", "import publicacion"),
        ("recoleccion/servir.py", "from publicacion.lanzar import orden"),
        ("recoleccion/nuevo.py", "import requests"),
        ("publicacion/escritura.py", "from recoleccion.consultas import conexion"),
        ("publicacion/escritura.py", "import flask"),
        ("publicacion/proteccion.py", "import sqlite3"),
    ],
)
def test_una_violacion_plantada_se_nota(tmp_path: Path, archivo: str, codigo: str) -> None:
    plantado = tmp_path / archivo
    plantado.parent.mkdir(parents=True)
    plantado.write_text(codigo + "\n", "utf-8")
    rotas = violaciones(tmp_path)
    assert len(rotas) == 1
    assert rotas[0].startswith(archivo)


@pytest.mark.parametrize(
    ("archivo", "codigo"),
    [
        ("recoleccion/consultas/eventos.py", "import sqlite3\nfrom ..reglas import situacion\nQ = 'SELECT id FROM e'"),
        ("recoleccion/vistas/panel/ver.py", "from flask import g\nfrom ...consultas import eventos"),
        ("recoleccion/vistas/panel/ver.py", "TEXTO = 'Seleccione de la lista; borre lo que sobra.'"),
        ("recoleccion/cli.py", "from publicacion import proteccion"),
        ("publicacion/escritura.py", "from .proteccion import Celda\nQ = 'CREATE TABLE t (a)'"),
    ],
)
def test_lo_permitido_pasa(tmp_path: Path, archivo: str, codigo: str) -> None:
    plantado = tmp_path / archivo
    plantado.parent.mkdir(parents=True)
    plantado.write_text(codigo + "\n", "utf-8")
    assert violaciones(tmp_path) == []


def test_arriba_solo_estan_las_carpetas_acordadas() -> None:
    paquetes = {p.parent.name for p in RAIZ.glob("*/__init__.py")}
    assert paquetes <= CARPETAS
    assert {"recoleccion", "formularios", "publicacion", "static", "plantillas", "tests"} <= {
        p.name for p in RAIZ.iterdir() if p.is_dir()
    }


def test_importar_las_consultas_no_trae_flask() -> None:
    import subprocess
    import sys

    codigo = "import sys, recoleccion.consultas.esquema; sys.exit('flask' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", codigo], cwd=RAIZ, check=False).returncode == 0
