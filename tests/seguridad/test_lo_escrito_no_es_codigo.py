"""Lo que alguien escribe se guarda, se ve, se imprime y se baja: nunca se ejecuta, ni en la página ni en la base.

Se llena cada campo de cada formulario con un veneno numerado y se pide todo lo que sale, con otro ``Host``.
"""

import csv
import json
import re
import shutil
from collections import Counter
from dataclasses import dataclass
from io import BytesIO, StringIO
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
from reportlab.pdfgen.canvas import Canvas

from tests.recoleccion.vistas.hostil import nombres_leidos
from tests.recoleccion.vistas.mundo import Mundo
from tests.seguridad import salidas
from tests.seguridad.espia import abiertos, sentencias, todo_lo_guardado
from tests.seguridad.salidas import ETIQUETA, REVISIONES, veneno
from tests.seguridad.siembra import AJENO, Siembra, con_textos, cosechar, sembrar

A_OTRO_SITIO = f"//{AJENO}/'\"q9z"
"""A la vez una dirección ajena, un pedazo que rompería una sentencia y una ruta."""
DEJAN_DICHO = ("bitacora", "sesion", "dispositivo", "ajuste")


@dataclass
class Cosecha:
    """Lo que quedó de atacarlo todo."""

    mundo: Mundo
    siembra: Siembra
    idas: list[tuple[str, str]]
    """A dónde mandó cada ruta."""
    sentencias: set[str]
    archivos: set[str]
    cambiaron: list[str]
    """Las tablas que cambiaron por pedir algo con GET."""


@pytest.fixture(scope="module")
def cosecha(_datos_preparados, tmp_path_factory: pytest.TempPathFactory) -> Cosecha:
    preparados, elenco = _datos_preparados
    mundo = Mundo(Path(shutil.copytree(preparados, tmp_path_factory.mktemp("siembra") / "datos")), elenco)
    nombres = dict.fromkeys(nombres_leidos(), A_OTRO_SITIO)
    with sentencias() as sql, abiertos() as archivos:
        antes = todo_lo_guardado(mundo.ruta, DEJAN_DICHO)
        paginas = {d: mundo.pedir("GET", d, A_OTRO_SITIO, query_string=nombres) for d in mundo.rutas("GET")}
        despues = todo_lo_guardado(mundo.ruta, DEJAN_DICHO)
        datos = nombres | {"csrf_token": mundo.ficha}
        enviadas = {d: mundo.pedir("POST", d, A_OTRO_SITIO, data=datos) for d in mundo.rutas("POST")}
        with mundo.conservando():
            siembra = sembrar(mundo, con_textos(paginas))
            cosechar(mundo, siembra)
    todas = [*paginas.items(), *enviadas.items()]
    idas = [(direccion, respuesta.headers.get("Location", "")) for direccion, respuesta in todas]
    return Cosecha(mundo, siembra, idas, sql, archivos, [tabla for tabla in antes if antes[tabla] != despues[tabla]])


def ejecutables(siembra: Siembra) -> list[str]:
    """Lo sembrado que en alguna salida se volvería código."""
    revisadas = [salida for salida in siembra.salidas if salida.tipo in REVISIONES and salida.estado < 400]
    return [f"{s.direccion}: {que}" for s in revisadas for que in REVISIONES[s.tipo](s.contenido)]


def test_se_siembra_en_casi_todo_campo_y_se_lee_en_cada_clase_de_salida(cosecha):
    """Sin esto las demás podrían pasar por no haber sembrado nada."""
    siembra = cosecha.siembra
    assert len(siembra.donde) >= 85, sorted(siembra.donde.values())
    leidos = Counter[str]()
    por_veneno: set[int] = set()
    for salida in siembra.salidas:
        vistos = salidas.vistos(salidas.leido(salida.tipo, salida.contenido))
        por_veneno |= vistos
        leidos[salida.tipo] += len(vistos)
    clases = ("text/html", "application/json", "text/csv", "application/pdf", "text/xml")
    assert all(leidos[clase] >= 10 for clase in clases), leidos
    assert leidos["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"] >= 10


def test_nada_de_lo_escrito_se_ejecuta_en_ninguna_salida(cosecha):
    assert ejecutables(cosecha.siembra) == []


def test_nada_de_lo_escrito_es_parte_de_una_sentencia(cosecha):
    assert len(cosecha.sentencias) > 200
    assert [sql for sql in cosecha.sentencias if "q9z" in sql or ETIQUETA in sql or "cmd|" in sql] == []
    assert cosecha.mundo.malas == []


def test_nada_de_lo_escrito_es_parte_de_la_ruta_de_un_archivo(cosecha):
    assert len(cosecha.archivos) > 5
    assert [ruta for ruta in cosecha.archivos if "q9z" in ruta or ETIQUETA in ruta] == []


def test_ninguna_ruta_manda_a_otro_sitio(cosecha):
    malas = [(de, a) for de, a in cosecha.idas if AJENO in a.partition("?")[0] or a.startswith(("//", "http", "\\"))]
    assert malas == []


def test_pedir_algo_no_cambia_lo_guardado(cosecha):
    """Con GET sólo queda dicho quién vio qué, que la sesión se usó y que el teléfono pidió la lista."""
    assert cosecha.cambiaron == []


def test_el_host_de_quien_pide_no_sale_en_ninguna_pagina(cosecha):
    """Con la dirección puesta en los ajustes. ODK pide a la que conoce, y a ésa se le contesta: sólo a ella.

    La ayuda sí lo nombra, sin enlace: es como quedó en el historial de quien pregunta cómo borrarlo.
    """
    con_el = [s for s in cosecha.siembra.salidas if AJENO.encode() in s.contenido or AJENO in str(s.cabeceras)]
    assert {salida.direccion.split("/")[1] for salida in con_el} <= {"openrosa", "ayuda"}
    for salida in con_el:
        assert not re.search(rf'(?:href|src|action)="[^"]*{AJENO}'.encode(), salida.contenido)
        assert AJENO not in str(salida.cabeceras)


def test_toda_salida_dice_que_es_y_que_no_se_guarde(cosecha):
    """También los PDF, las hojas y los JSON: ni copia en el navegador ni en un intermediario, ni a adivinar qué son."""
    for salida in cosecha.siembra.salidas:
        publicos = salida.direccion in ("/favicon.ico", "/robots.txt") or salida.direccion.startswith("/campo/")
        assert publicos or "no-store" in salida.cabeceras["Cache-Control"], salida.direccion
        assert salida.cabeceras["X-Content-Type-Options"] == "nosniff", salida.direccion
        assert "Access-Control-Allow-Origin" not in salida.cabeceras, salida.direccion
        assert "'none'" in salida.cabeceras["Content-Security-Policy"], salida.direccion
        if salida.tipo == "text/html":
            assert "frame-ancestors" in salida.cabeceras["Content-Security-Policy"], salida.direccion
        if salida.tipo.startswith("text/"):
            assert "charset=utf-8" in salida.cabeceras["Content-Type"].lower(), salida.direccion
        assert "ETag" not in salida.cabeceras or publicos, salida.direccion


def _csv(celda: str) -> bytes:
    texto = StringIO()
    csv.writer(texto).writerow(["bien", celda])
    return texto.getvalue().encode()


def _xlsx(celda: str) -> bytes:
    libro, salida = openpyxl.Workbook(), BytesIO()
    libro.active["A1"] = celda
    libro.save(salida)
    return salida.getvalue()


def _pdf(direccion: str) -> bytes:
    salida = BytesIO()
    hoja = Canvas(salida)
    hoja.drawString(9, 9, "un enlace")
    hoja.linkURL(direccion, (0, 0, 9, 9))
    hoja.save()
    return salida.getvalue()


@pytest.mark.parametrize(
    ("revisar", "contenido"),
    [
        (salidas.en_html, f"<p>{veneno(1)}</p>".encode()),
        (salidas.en_html, f'<input value="{veneno(1)}">'.encode()),
        (salidas.en_html, b"<a href=' java\tscript:q()'>x</a>"),
        (salidas.en_html, b"<p>1337</p>"),
        (salidas.en_html, b"<script>var x = 1</script>"),
        (salidas.en_json, json.dumps({"encuestas": [{"html": f"<p>{veneno(1)}</p>"}]}).encode()),
        (salidas.en_csv, _csv(veneno(1))),
        (salidas.en_csv, _csv("\t@SUM(A1)")),
        (salidas.en_xlsx, _xlsx(veneno(1))),
        (salidas.en_pdf, _pdf("javascript:q()")),
        (salidas.en_xml, b"<a><q-x1/></a>"),
        (salidas.en_ics, b"BEGIN:VEVENT\r\ncmd\r\n"),
    ],
)
def test_el_control_lo_que_se_ejecutaria_se_nota_en_cada_clase(revisar, contenido):
    assert revisar(contenido) != []


def test_el_control_un_xml_roto_o_un_json_roto_se_notan():
    with pytest.raises(ElementTree.ParseError):
        salidas.en_xml(f"<a>{veneno(1)}</a>".encode())
    with pytest.raises(ValueError, match="Expecting"):
        salidas.en_json(f'{{"a": "{veneno(1)}"}}'.encode())


def test_el_control_una_vista_descuidada_se_nota(cosecha, monkeypatch: pytest.MonkeyPatch):
    """Una que escribe sin escapar, arma su sentencia y manda a donde le digan."""
    from flask import redirect, request

    from recoleccion.vistas.contexto import bd

    mundo = cosecha.mundo

    def descuidada(**_):
        if request.method == "POST":
            bd().execute(f"SELECT '{request.form['next'][:4]}' || 'q9z'")
            return redirect(request.form["next"])
        return f"<h1>{veneno(7)}</h1>"

    for regla in mundo.app.url_map.iter_rules():
        if regla.rule == "/panel/ajustes":
            monkeypatch.setitem(mundo.app.view_functions, regla.endpoint, descuidada)
    with sentencias() as oidas, mundo.conservando():
        ida = mundo.pedir("POST", "/panel/ajustes", data={"next": A_OTRO_SITIO, "csrf_token": mundo.ficha})
        pagina = mundo.pedir("GET", "/panel/ajustes")
    assert ida.headers["Location"].startswith(f"//{AJENO}")
    assert [sql for sql in oidas if "q9z" in sql]
    assert salidas.en_html(pagina.data) == [f"etiqueta <{ETIQUETA}7>", "atributo onq en <q-x7>"]
