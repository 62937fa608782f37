"""Un Datasette de verdad, por HTTP: lo que se ve, lo que no, y la publicación nueva sin reiniciar."""

import json
import re
import sys
import urllib.request
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import datasette
import elenco_publicacion as elenco
import pytest
from datasette.app import SETTINGS
from sqlite_utils import Database

from publicacion import escritura, lanzar
from publicacion.cabeceras import CABECERAS, escondida, rechazada
from publicacion.esquema_publico import TABLAS, VISTAS
from publicacion.metadatos import LICENCIA_URL, metadatos
from publicacion.portal.numeros import OCULTA
from publicacion.traduccion import CARPETA, REEMPLAZOS, reescribir

PAGINAS_INTERNAS = (
    *("versions", "plugins", "settings", "config", "threads", "databases", "metadata", "actor", "permissions"),
    *("messages", "allow-debug", "patterns", "auth-token", "logout"),
)
PLANTILLAS = Path(datasette.__file__).parent / "templates"


def pedir(base: str, ruta: str) -> tuple[int, dict[str, str], str]:
    """(estado, cabeceras, texto), tal cual se pide: sin seguir redirecciones ni componer la ruta."""
    anfitrion = base.removeprefix("http://")
    with closing(HTTPConnection(anfitrion, timeout=10)) as con:
        con.request("GET", ruta)
        r = con.getresponse()
        return r.status, {k.lower(): v for k, v in r.getheaders()}, r.read().decode("utf-8", "replace")


@pytest.fixture
def portal(oficina, puerto, lanzar_datasette) -> str:
    oficina.publicar()
    lanzar_datasette(lanzar.orden(oficina.publica, puerto))
    return f"http://127.0.0.1:{puerto}"


def test_el_portal_entero(portal, oficina):
    """Un solo proceso para todo lo que no cambia el archivo: arrancarlo es lo que tarda."""
    _los_datos_son_los_publicados(portal, oficina)
    _las_paginas_estan_en_espanol(portal)
    _nadie_corre_sql(portal)
    _lo_que_cuenta_rutas_esta_escondido(portal, oficina)
    _las_rutas_tramposas_se_rechazan(portal)
    _las_cabeceras_son_estrictas_y_no_hay_scripts(portal)
    _se_puede_descargar(portal, oficina)


def _los_datos_son_los_publicados(portal, oficina):
    _, _, texto = pedir(portal, "/publica/asistencia_cubo.json?_shape=objects&eje=sexo")
    filas = json.loads(texto)["rows"]
    with closing(Database(oficina.publica)) as db:
        assert filas == list(db.query("SELECT * FROM asistencia_cubo WHERE eje = 'sexo' ORDER BY grupo"))
    assert {f["grupo"] for f in filas} == {"M", "H"}
    assert all(f["n"] is None or f["n"] % 5 == 0 for f in filas)


def _las_paginas_estan_en_espanol(portal):
    ingles = re.compile(
        r"\b(rows?|Next page|Advanced|Sort by|Apply|Powered by|Data source|license:|Custom SQL|remove|This data)\b"
    )
    for ruta, titulo in {
        "/": "Datos abiertos de las actividades",
        "/publica": "Datos",
        "/publica/asistencias_por_sexo_y_edad": "Asistencias por sexo y edad",
        "/publica/respuesta_cubo?_size=5&eje__exact=total&_sort_desc=n": "Respuestas de las encuestas",
        "/publica/asistencia_cubo/2026-T4,total,todas": "Asistencias: 2026-T4 · total · todas",
    }.items():
        estado, _, pagina = pedir(portal, ruta)
        assert estado == 200, ruta
        assert f"<h1>{titulo}</h1>" in pagina, ruta
        assert '<html lang="es-MX">' in pagina
        visible = re.sub(r"<[^>]*>", " ", pagina)
        assert not ingles.search(visible), (ruta, ingles.search(visible))
    assert OCULTA in pedir(portal, "/publica/asistencias_por_sexo_y_edad")[2]
    assert ">5</td>" in pedir(portal, "/publica/lineas_del_poa?linea=M4")[2]  # y no 5.0
    estado, _, pagina = pedir(portal, "/nada")
    assert (estado, "<h1>No encontramos esa página.</h1>" in pagina) == (404, True)
    assert "octubre a diciembre de 2026" in pedir(portal, "/")[2]
    assert "5 de enero de 2027" in pedir(portal, "/publica/lote")[2]


def _nadie_corre_sql(portal):
    for ruta in (
        "/publica?sql=select+1",
        "/publica.json?sql=select+1",
        "/publica/asistencia_cubo?_where=1=1",
        "/_internal",
    ):
        estado, _, pagina = pedir(portal, ruta)
        assert estado == 403, ruta
        assert "consultas SQL" in pagina or "not allowed" in pagina or "Permission denied" in pagina, pagina


def _lo_que_cuenta_rutas_esta_escondido(portal, oficina):
    for pagina in PAGINAS_INTERNAS:
        for extension in ("", ".json"):
            estado, _, texto = pedir(portal, f"/-/{pagina}{extension}")
            assert estado == 404, pagina
            assert str(oficina.datos) not in texto
    assert pedir(portal, "/-/static/table.js")[0] == 404
    _, cabeceras, texto = pedir(portal, "/robots.txt")
    assert texto == "User-agent: *\nDisallow: /\n"
    assert cabeceras["content-type"].startswith("text/plain")


def _las_rutas_tramposas_se_rechazan(portal):
    for ruta in ("/\\ejemplo.org/", "/%5cejemplo.org/", "/%5Cejemplo.org", "//ejemplo.org/", "//ejemplo.org/%2e%2e/"):
        estado, cabeceras, _ = pedir(portal, ruta)
        assert estado == 400, ruta
        assert "location" not in cabeceras
        assert cabeceras["content-security-policy"]


def _las_cabeceras_son_estrictas_y_no_hay_scripts(portal):
    for ruta in ("/", "/publica", "/publica/asistencia_cubo", "/nada", "/publica/asistencia_cubo.json", "/publica.db"):
        _, cabeceras, pagina = pedir(portal, ruta)
        for clave, valor in CABECERAS.items():
            assert cabeceras[clave.decode()] == valor.decode(), ruta
        assert "unsafe" not in cabeceras["content-security-policy"]
        assert "set-cookie" not in cabeceras
        if cabeceras["content-type"].startswith("text/html"):
            assert not re.search(r"<script|<style|\sstyle=|\son\w+=", pagina), ruta
            (css,) = re.findall(r'<link rel="stylesheet" href="([^"]+)"', pagina)
    estado, cabeceras, _ = pedir(portal, css)
    assert (estado, cabeceras["content-type"]) == (200, "text/css; charset=utf-8")
    assert "immutable" in cabeceras["cache-control"]


def _se_puede_descargar(portal, oficina):
    with urllib.request.urlopen(f"{portal}/publica.db", timeout=10) as r:
        assert r.read() == oficina.publica.read_bytes()
    _, _, texto = pedir(portal, "/publica/asistencias_por_sexo.csv")
    assert texto.splitlines()[0] == "lote,sexo,asistencias"


def test_el_portal_de_un_libro_vacio_arranca_y_lo_dice(tmp_path, puerto, lanzar_datasette):
    privada, _ = elenco.carpeta(tmp_path)
    escritura.escribir(privada, tmp_path / "publica.db")
    lanzar_datasette(lanzar.orden(tmp_path / "publica.db", puerto))
    _, _, pagina = pedir(f"http://127.0.0.1:{puerto}", "/")
    assert "Todavía no se ha publicado ningún periodo" in pagina


def test_otro_datasette_del_mismo_entorno_no_se_entera(tmp_path, puerto, lanzar_datasette):
    with closing(Database(tmp_path / "ajena.db")) as db:
        db["cosa"].insert({"asistencias": None})
    lanzar_datasette(
        [sys.executable, "-m", "datasette", "serve", "-i", str(tmp_path / "ajena.db"), "--port", str(puerto)]
    )
    base = f"http://127.0.0.1:{puerto}"
    _, cabeceras, pagina = pedir(base, "/ajena/cosa")
    assert "Powered by" in pagina
    assert OCULTA not in pagina
    assert "content-security-policy" not in cabeceras
    complementos = json.loads(pedir(base, "/-/plugins.json")[2])
    assert [p["name"] for p in complementos] == ["jornada"]
    assert pedir(base, "/robots.txt")[0] == 404


# --- sin proceso ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("plantilla", "de"), [(p, de) for p, pares in REEMPLAZOS.items() for de, _ in pares])
def test_cada_frase_por_traducir_sigue_en_la_plantilla_de_datasette(plantilla, de):
    pares = REEMPLAZOS[plantilla]
    texto = (PLANTILLAS / plantilla).read_text("utf-8")
    for previa, a in pares[: [d for d, _ in pares].index(de)]:
        texto = texto.replace(previa, a)
    assert de in texto


def test_las_plantillas_nuestras_reemplazan_a_una_de_datasette_o_son_paginas_del_portal():
    suyas = {p.name for p in PLANTILLAS.iterdir()}
    paginas = {"descargas.html", "entrar.html", "salir.html", "consultar.html"}
    assert {p.name for p in CARPETA.glob("*.html") if not p.name.startswith("portal_")} <= suyas | paginas


@pytest.mark.parametrize("plantilla", sorted(REEMPLAZOS))
def test_ninguna_plantilla_reescrita_conserva_scripts_ni_estilos(plantilla):
    texto = reescribir(plantilla, (PLANTILLAS / plantilla).read_text("utf-8"))
    # base.html deja los scripts que agregan otros complementos: aquí no hay ninguno.
    assert not re.search(r"<script>|<style|\sstyle=", texto)


@pytest.mark.parametrize("ruta", ["/-/versions", "/-/", "/-/static/app.css", "/-/jornad"])
def test_se_esconde_todo_lo_de_guion(ruta):
    assert escondida(ruta)


def test_no_se_esconde_ni_se_rechaza_lo_normal():
    rutas = ["/", "/publica", "/publica/asistencia_cubo/2026-T4,total,todas", "/-/jornada/portal.css", "/robots.txt"]
    assert not any(escondida(r) or rechazada(r) for r in rutas)


def test_los_metadatos_describen_cada_tabla_y_cada_columna(oficina):
    tablas = metadatos()["databases"]["publica"]["tables"]
    assert set(tablas) == set(TABLAS) | set(VISTAS)
    oficina.publicar()
    with closing(Database(oficina.publica)) as db:
        for nombre, dicho in tablas.items():
            assert dicho["title"]
            assert dicho["description"].endswith(".")
            assert set(dicho["columns"]) == {c.name for c in db[nombre].columns}
            assert all(dicho["columns"].values())
    assert "creativecommons.org/licenses/by/4.0" in LICENCIA_URL
    assert "Unidad: asistencias." in tablas["asistencia_cubo"]["columns"]["n"]


def test_datasette_no_recibe_nada_de_lo_privado(oficina):
    escritura.escribir(oficina.privada, oficina.publica)
    argumentos = lanzar.orden(oficina.publica, 8123)
    assert argumentos[:4] == [sys.executable, "-m", "datasette", "serve"]
    assert not any("privada" in a or "claves" in a for a in argumentos)
    assert argumentos[argumentos.index("--host") + 1] == "127.0.0.1"
    assert "privada" not in (oficina.datos / "publica.metadatos.json").read_text("utf-8")
    ambiente = lanzar.entorno({"PATH": "/bin", "JORNADA_DATOS": "/x", "JORNADA_SECRETO": "s", "SECRET_KEY": "s"})
    assert ambiente == {"PATH": "/bin"}


def test_los_ajustes_son_de_esta_version_de_datasette():
    conocidos = {ajuste.name for ajuste in SETTINGS}
    assert set(lanzar.AJUSTES) <= conocidos
    assert lanzar.AJUSTES["default_allow_sql"] == "off"
