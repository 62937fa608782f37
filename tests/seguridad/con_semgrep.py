"""semgrep con nuestras reglas (``semgrep/``): en el programa no halla nada sin revisar, y cada hueco plantado salta.

Pesa 383 MB con lo que trae, así que no va en ``make test``, donde cuidan ``reglas_locales.py``, bandit y ruff:
``make nocturna SOLO=semgrep`` lo instala con pip en su propio ``.venv-semgrep``. Corre sin red: ni mide ni pregunta.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.seguridad.enlaces import RAIZ

VERSION = "semgrep>=1.182,<2"
REGLAS = Path(__file__).with_name("semgrep")
SU_ENTORNO = RAIZ / ".venv-semgrep"
LO_NUESTRO = ("recoleccion", "formularios", "publicacion", "plantillas", "static/js")
_QR = "el SVG de un QR, que dibuja qrcode"
_INERTE = "DOMParser no corre guiones, y lo leído vino de nuestro sitio"
_MIENTRAS = "mientras no se diga host_publico, la dirección que se está usando; después no se lee el Host"
REVISADO = {
    ("pagina-de-texto", "publicacion/plugin.py"): "un texto fijo",
    ("pagina-de-texto", "publicacion/portal/graficas.py"): "cada texto que entra ya se escapó",
    ("pagina-de-texto", "recoleccion/vistas/panel/acceso.py"): _QR,
    ("pagina-de-texto", "recoleccion/vistas/panel/impresos.py"): _QR,
    ("pagina-de-texto", "recoleccion/vistas/panel/telefonos.py"): _QR,
    (
        "sale-a-la-red",
        "recoleccion/revisar/certificado.py",
    ): "«jornada verificar» mira el certificado de su propio host",
    ("manda-a-donde-le-digan", "recoleccion/vistas/panel/evidencias.py"): "duena.direccion es url_for de su dueña",
    ("manda-a-donde-le-digan", "recoleccion/vistas/panel/llave.py"): "pasó por destino_local, en una pareja",
    ("manda-a-donde-le-digan", "recoleccion/vistas/panel/repetidas.py"): "es url_for, en una pareja",
    ("host-de-quien-pide", "recoleccion/vistas/panel/acceso.py"): "en la hoja que se imprime quien ya entró por ahí",
    ("host-de-quien-pide", "recoleccion/vistas/panel/calendario.py"): _MIENTRAS,
    ("host-de-quien-pide", "recoleccion/vistas/panel/eventos.py"): _MIENTRAS,
    ("host-de-quien-pide", "recoleccion/vistas/panel/impresos.py"): _MIENTRAS,
    (
        "host-de-quien-pide",
        "recoleccion/vistas/panel/publicacion.py",
    ): "sólo se compara con el nombre de esta computadora",
    ("host-de-quien-pide", "recoleccion/vistas/salud.py"): "sólo se compara con el nombre de esta computadora",
    ("plantilla-sin-escapar", "plantillas/formularios/_campos.html"): "JSON sin «<», de piezas.reglas_json",
    ("guion-direccion-a-pagina", "static/js/app.js"): "a «#/…» de la misma página, con el id de un evento que se halló",
    ("guion-hace-pagina", "static/js/asistente/asistente.js"): _INERTE,
    ("guion-hace-pagina", "static/js/panel/papel_envio.js"): _INERTE,
    ("guion-hace-pagina", "static/js/panel/rescate.js"): _INERTE,
    ("guion-hace-pagina", "static/js/kiosco.js"): "la encuesta que dibuja nuestro servidor y viene en el paquete",
    ("guion-mensajes", "static/js/decodificador.js"): "el worker que él mismo creó",
    ("guion-mensajes", "static/js/lector_obrero.js"): "es un worker: sólo le habla quien lo creó",
    ("guion-mensajes", "static/js/sw.js"): "sólo le hablan páginas de su alcance, y sólo entiende «aplicar»",
    ("guion-mensajes", "static/js/telefono.js"): "un BroadcastChannel, que es del mismo origen",
}
"""Lo que semgrep ve y aquí no es un hueco, y por qué. Ningún comentario del programa lo calla."""

_VISTA = "recoleccion/vistas/panel/x.py"
_GUION = "static/js/asistente/x.js"
_PLANTILLA = "plantillas/panel/x.html"
PLANTADO = {
    "sql-de-quien-pide": (
        _VISTA,
        "orden = 'DELETE FROM evento WHERE ' + request.args['x']\nbd().execute(orden)",
        "bd().execute('SELECT 1 WHERE ? = 1', [request.args['x']])",
    ),
    "sql-armado": (
        "recoleccion/consultas/x.py",
        "db.execute('SELECT {}'.format(nombre))",
        "db.execute('SELECT ?', [nombre])",
    ),
    "sql-con-llaves": (_VISTA, "db.execute(f'SELECT {nombre} FROM evento')", "db.execute(f'SELECT {COLUMNAS} FROM x')"),
    "pagina-de-texto": (_VISTA, "x = Markup('<b>' + nombre)", "x = Markup('<b>')"),
    "ejecuta-texto": (_VISTA, "eval(texto)", "evaluar(texto)"),
    "objetos-de-bytes-ajenos": (_VISTA, "import pickle\npickle.loads(b)", "json.loads(b)"),
    "consola": (_VISTA, "subprocess.run(orden, shell=True)", "subprocess.run(['ls', carpeta])"),
    "orden-de-quien-pide": (
        _VISTA,
        "nombre = request.form.get('x')\nsubprocess.run(['ls', nombre])",
        "subprocess.run(['ls', CARPETA])",
    ),
    "manda-a-donde-le-digan": (
        _VISTA,
        "destino = request.args.get('next')\nredirect(destino, 303)",
        "redirect(destino_local(request.args.get('next')) or url_for('.inicio'), 303)",
    ),
    "archivo-que-le-digan": (
        _VISTA,
        "@bp.get('/<nombre>')\n@requiere('titular')\ndef v(nombre):\n    return send_file(CARPETA / nombre)",
        "@bp.get('/<nombre>')\n@requiere('titular')\ndef v(nombre):\n    return send_file(CARPETA / 'x')",
    ),
    "secreto-escrito": (_VISTA, "SECRET_KEY = 'a8f5f167f44f4964'", "SECRET_KEY = leer('sesion.key')"),
    "resumen-roto": (_VISTA, "hashlib.md5(contrasena)", "hashlib.md5(x, usedforsecurity=False)"),
    "cifrado-ajeno": (_VISTA, "c = Cipher(a, modes.ECB())", "c = AESGCM(llave)"),
    "azar-que-se-adivina": (_VISTA, "random.choice(letras)", "azar.choice(letras)"),
    "ruta-sin-permiso": (
        _VISTA,
        "@bp.get('/todas')\ndef v():\n    return 'x'",
        "@bp.get('/todas')\n@requiere('titular')\ndef v():\n    return 'x'",
    ),
    "de-donde-viene": (_VISTA, "guardar(request.remote_addr)", "guardar(request.method)"),
    "lo-mandado-al-diario": (
        _VISTA,
        "nombre = request.form['nombre']\ncurrent_app.logger.info('llegó %s', nombre)",
        "current_app.logger.info('llegó uno')",
    ),
    "el-error-a-quien-pide": (
        _VISTA,
        "def v():\n    try:\n        f()\n    except Exception as error:\n        return str(error), 500",
        "def v():\n    try:\n        f()\n    except Exception as error:\n        raise ErrorJornada('x') from error",
    ),
    "sale-a-la-red": (_VISTA, "import requests\nrequests.get(u)", "x.get(u)"),
    "sale-de-su-carpeta": (_VISTA, "zipfile.ZipFile(x).extractall(c)", "zipfile.ZipFile(x).read('a')"),
    "xml-ajeno": (_VISTA, "ElementTree.fromstring(request.data)", "lectura.leer(request.data)"),
    "puerta-abierta": (_VISTA, "app.config['WTF_CSRF_ENABLED'] = False", "app.config['X'] = False"),
    "galleta-suelta": (
        _VISTA,
        "r.set_cookie('a', 'b')",
        "r.set_cookie('a', 'b', httponly=True, secure=True, samesite='Lax')",
    ),
    "host-de-quien-pide": (_VISTA, "enlace = request.host_url + 'x'", "enlace = url_for('.x')"),
    "guion-hace-pagina": (_GUION, "p.insertAdjacentHTML('beforeend', nombre);", "p.textContent = nombre;"),
    "guion-ejecuta-texto": (_GUION, "setTimeout('x()', 1);", "setTimeout(x, 1);"),
    "guion-deja-rastro": (_GUION, "sessionStorage.setItem('a', nombre);", "const a = nombre;"),
    "guion-galleta": ("static/js/x.js", "document.cookie = 'a=b';", "const a = 'b';"),
    "guion-otro-sitio": ("static/js/x.js", "fetch('https://otro.ejemplo/x');", "fetch('/panel/x');"),
    "guion-mensajes": ("static/js/x.js", "window.addEventListener('message', oir);", "addEventListener('click', oir);"),
    "guion-direccion-a-pagina": (
        "static/js/x.js",
        "const a = new URLSearchParams(location.search).get('a');\nlocation.assign(a);",
        "location.assign('/panel/');",
    ),
    "guion-abre-sin-soltar": (
        "static/js/x.js",
        "window.open(u, '_blank');",
        "window.open(u, '_blank', 'noopener');",
    ),
    "plantilla-sin-escapar": (_PLANTILLA, "<p>{{ titulo | safe }}</p>", "<p>{{ titulo }}</p>"),
    "plantilla-guion-en-linea": (_PLANTILLA, '<p class="a" onclick="x()">', '<p class="a">'),
    "plantilla-ventana-sin-soltar": (
        _PLANTILLA,
        '<a href="/x" target="_blank">x</a>',
        '<a href="/x" target="_blank" rel="noopener">x</a>',
    ),
    "plantilla-otro-sitio": (_PLANTILLA, '<img alt="" src="https://otro.ejemplo/x.png">', '<img alt="" src="/x.png">'),
    "plantilla-envio-sin-ficha": (
        _PLANTILLA,
        '<form method="post"><button>x</button></form>',
        '<form method="post">{{ ficha() }}<button>x</button></form>',
    ),
}
"""Por cada regla: en qué archivo se planta, el hueco, y lo mismo bien hecho, que no debe estorbar."""


@pytest.fixture(scope="module")
def semgrep() -> Path:
    """El programa, instalado aparte con pip la primera vez."""
    suyo = SU_ENTORNO / "bin" / "semgrep"
    if not suyo.exists():
        subprocess.run([sys.executable, "-m", "venv", SU_ENTORNO], check=True)
        pip = [SU_ENTORNO / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", VERSION]
        subprocess.run(pip, check=True)
    return suyo


def halladas(semgrep: Path, carpeta: Path, *donde: str) -> set[tuple[str, str]]:
    """``(regla, archivo)`` de lo que ve ahí; ningún comentario lo calla y ningún archivo queda a medio leer."""
    orden = [semgrep, "scan", "--config", REGLAS, "--json", "--quiet", "--metrics=off", "--disable-version-check",
             "--disable-nosem", "--no-git-ignore", *donde]  # fmt: skip
    sin_red = {"SEMGREP_SEND_METRICS": "off", "SEMGREP_ENABLE_VERSION_CHECK": "0"}
    hecho = subprocess.run(orden, cwd=carpeta, env=os.environ | sin_red, capture_output=True, text=True, check=False)
    dicho = json.loads(hecho.stdout)
    assert dicho["errors"] == [], "lo que no se pudo leer no está revisado"
    assert dicho["paths"]["scanned"] != []
    return {(malo["check_id"].rpartition(".")[2], malo["path"]) for malo in dicho["results"]}


def test_en_el_programa_no_hay_nada_sin_revisar_ni_excepciones_de_mas(semgrep: Path) -> None:
    vistas = halladas(semgrep, RAIZ, *LO_NUESTRO)
    assert sorted(vistas - REVISADO.keys()) == []
    assert sorted(REVISADO.keys() - vistas) == []


def test_el_control_cada_regla_nota_su_hueco_y_no_estorba_a_lo_bien_hecho(semgrep: Path, tmp_path: Path) -> None:
    for regla, (archivo, *textos) in PLANTADO.items():
        for cual, texto in zip(("mal", "bien"), textos, strict=True):
            ruta = tmp_path / f"{regla}.{cual}" / archivo
            ruta.parent.mkdir(parents=True)
            ruta.write_text(texto + "\n", "utf-8")
    suyas = [(regla, archivo.partition("/")[0]) for regla, archivo in halladas(semgrep, tmp_path, ".")]
    assert sorted(PLANTADO.keys() - {regla for regla, de in suyas if de == f"{regla}.mal"}) == []
    assert sorted(regla for regla, de in suyas if de == f"{regla}.bien") == []
    escritas = {id for archivo in REGLAS.glob("*.yml") for id in re.findall(r"- id: (\S+)", archivo.read_text("utf-8"))}
    assert escritas == PLANTADO.keys(), "una regla sin su hueco plantado"
