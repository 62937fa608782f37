"""El programa no trae nada de lo que aquí no se escribe, y lo que se plante se nota."""

import pytest

from tests.seguridad.enlaces import RAIZ
from tests.seguridad.reglas_locales import REVISADO, en_guion, en_plantilla, en_python, en_todo


def test_en_el_programa_no_hay_nada_de_lo_que_no_se_escribe() -> None:
    assert en_todo(RAIZ) == []


def test_cada_excepcion_sigue_haciendo_falta() -> None:
    """Una excepción de más es un hueco que nadie cuida."""
    sobran = [(archivo, que) for archivo, que in REVISADO if f"{{{que}}}" not in (RAIZ / archivo).read_text("utf-8")]
    assert sobran == []


@pytest.mark.parametrize(
    "plantado",
    [
        "db.execute(f\"SELECT * FROM evento WHERE titulo = '{titulo}'\")",
        "def f(columna):\n    db.execute(f'SELECT {columna} FROM evento')",
        "db.execute(\"SELECT '%s'\" % nombre)",
        "db.execute('SELECT {}'.format(nombre))",
        "donde = request.args['x']\ndb.execute(f'DELETE FROM evento WHERE {donde}')",
        "x = 'a'\nx = request.args['x']\ndb.execute(f'SELECT {x} FROM evento')",
        "eval(texto)",
        "import pickle",
        "from flask import render_template_string\nrender_template_string(request.args['x'])",
        "subprocess.run(orden, shell=True)",
        "os.system('ls ' + nombre)",
        "redirect(request.args['next'])",
        "redirect(destino, 303)",
        "destino = request.args['next']\nredirect(destino)",
        "send_file(carpeta / request.args['archivo'])",
        "Markup('<b>' + nombre + '</b>')",
        "hashlib.md5(contrasena)",
        "random.choice(letras)",
        "Random(7).choice(letras)",
        "import requests",
        "from urllib.request import urlopen",
        "from cryptography.hazmat.primitives.ciphers import modes",
        "anotar(request.remote_addr)",
        "app.run(debug=True)",
        "zipfile.ZipFile(subido).extractall(carpeta)",
    ],
)
def test_el_control_lo_plantado_en_python_se_nota(plantado: str) -> None:
    assert en_python(plantado, "recoleccion/x.py") != []


@pytest.mark.parametrize(
    "bien",
    [
        'db.execute("SELECT * FROM evento WHERE titulo = ?", [titulo])',
        "for columna in ('sede', 'tema'):\n    db.execute(f'SELECT {columna} FROM evento')",
        "_COLUMNAS = 'id, tema'\ndb.execute(f'SELECT {_COLUMNAS} FROM evento')",
        "redirect(url_for('.evento', id=id), 303)",
        "redirect(destino_local(request.args['next']) or url_for('.inicio'), 303)",
    ],
)
def test_lo_que_si_se_escribe_no_estorba(bien: str) -> None:
    assert en_python(bien, "recoleccion/x.py") == []


@pytest.mark.parametrize(
    "plantado",
    [
        "<p>{{ titulo | safe }}</p>", "<a href={{ destino }}>x</a>", "{% autoescape false %}{{ x }}{% endautoescape %}",
        '<p onclick="x()">', '<p style="color:red">', "<script>x()</script>",
    ],
)  # fmt: skip
def test_el_control_lo_plantado_en_una_plantilla_se_nota(plantado: str) -> None:
    assert en_plantilla(plantado, "plantillas/x.html") != []


@pytest.mark.parametrize(
    "plantado",
    [
        "p.innerHTML = nombre;", "p.insertAdjacentHTML('beforeend', nombre);", "eval(texto);", "localStorage.x = 1;",
        'setTimeout("x()", 1);', 'fetch("https://otro.ejemplo/x");', 'addEventListener("message", oir);',
    ],
)  # fmt: skip
def test_el_control_lo_plantado_en_un_guion_se_nota(plantado: str) -> None:
    assert en_guion(plantado, "static/js/x.js") != []
