"""El manual dice la verdad: cada letrero, ruta, orden e imagen que nombra existe hoy, y sus páginas no dejan huella."""

import ast
import re
from functools import cache
from html import unescape
from pathlib import Path

import pytest

from recoleccion import cli
from recoleccion.errores import CATALOGO
from recoleccion.vistas import aplicacion_campo
from recoleccion.vistas.manual import PAPELES
from recoleccion.vistas.panel.menu import MENU, menu
from tests.recoleccion.vistas.oficina import Oficina
from tests.recoleccion.vistas.test_huella_asistente import fugas, todas_las_paginas

RAIZ = Path(__file__).resolve().parents[3]
IMAGENES = RAIZ / "static" / "img" / "manual"
MAXIMO_BYTES = 1_000_000
DIRECCIONES = ["/ayuda/manual/", *(f"/ayuda/manual/{papel}" for papel in PAPELES)]
_HUECO = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_JINJA = re.compile(r"\{[{%].*?[}%]\}", re.DOTALL)
_DICHO = re.compile(r""""((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'""")


def _junto(texto: str) -> str:
    return " ".join(unescape(texto).split())


@cache
def letreros() -> frozenset[str]:
    """Lo que alguna pantalla dice, entero: textos de plantillas y frases de los guiones y del programa."""
    dichos: set[str] = set()
    for carpeta in ("plantillas", "publicacion/plantillas"):
        for plantilla in (RAIZ / carpeta).rglob("*.html"):
            if plantilla.parent.name != "manual":
                dichos |= _de_plantilla(plantilla.read_text("utf-8"))
    for guion in (RAIZ / "static" / "js").rglob("*.js"):
        dichos |= {doble or simple for doble, simple in _DICHO.findall(guion.read_text("utf-8"))}
    for cuarto in ("recoleccion/vistas", "formularios", "publicacion"):
        for modulo in (RAIZ / cuarto).rglob("*.py"):
            arbol = ast.parse(modulo.read_text("utf-8"))
            dichos |= {n.value for n in ast.walk(arbol) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return frozenset(map(_junto, dichos))


def _de_plantilla(fuente: str) -> set[str]:
    """Sus textos, con puntos en cada hueco, y lo que sus huecos traen entre comillas."""
    entre_comillas = {doble or simple for jinja in _JINJA.findall(fuente) for doble, simple in _DICHO.findall(jinja)}
    sin_jinja = _JINJA.sub("", _HUECO.sub("…", fuente))
    return entre_comillas | set(re.split(r"<[^>]*>", sin_jinja))


def nombrados(html: str, clase: str) -> list[str]:
    """Lo que el manual marca con esa clase."""
    return [_junto(texto) for texto in re.findall(rf'class="{clase}">(.*?)</', html)]


def no_existen(html: str) -> list[str]:
    return [dicho for dicho in nombrados(html, "ui(?: menu)?") if dicho not in letreros()]


@pytest.mark.parametrize("direccion", DIRECCIONES)
def test_cada_letrero_que_nombra_esta_en_alguna_pantalla(cliente, direccion):
    html = cliente.get(direccion).text
    assert no_existen(html) == []
    assert direccion.endswith("/") or len(nombrados(html, "ui")) > 15


def test_un_letrero_inventado_se_nota():
    assert no_existen('<b class="ui">Guardar para siempre jamás</b> <b class="ui">Cerrar el evento</b>') == [
        "Guardar para siempre jamás"
    ]


@pytest.mark.parametrize("papel", PAPELES)
def test_cada_parte_del_menu_que_nombra_la_ve_ese_papel(cliente, papel):
    suyas = {texto for _, partes in MENU for _, texto, papeles in partes if papel in papeles}
    nombradas = set(nombrados(cliente.get(f"/ayuda/manual/{papel}").text, "ui menu"))
    assert nombradas
    assert nombradas <= suyas


def test_la_titular_tiene_explicada_cada_parte_de_su_menu(cliente):
    html = cliente.get("/ayuda/manual/titular").text
    suyas = {texto for _, partes in MENU for _, texto, papeles in partes if "titular" in papeles}
    assert suyas - set(nombrados(html, "ui menu")) == {"Ayuda"}


@pytest.mark.parametrize("direccion", DIRECCIONES)
def test_cada_ruta_y_cada_orden_que_nombra_existe(cliente, direccion):
    html = cliente.get(direccion).text
    for camino in [*nombrados(html, "ruta"), *re.findall(r'href="(/[^"]*)"', html)]:
        assert cliente.get(camino).status_code in (200, 302, 303), camino
    for orden in nombrados(html, "orden"):
        grupo, *resto = orden.removeprefix("jornada ").split()
        assert grupo in cli.principal.commands, orden
        dicha = cli.principal.commands[grupo]
        if resto and resto[0].islower() and not resto[0].startswith("-"):
            dicha = dicha.commands[resto[0]]
        opciones = {nombre for parametro in dicha.params for nombre in parametro.opts}
        assert {palabra for palabra in resto if palabra.startswith("--")} <= opciones, orden
    anclas = re.findall(r'href="#([^"]+)"', html)
    assert [ancla for ancla in anclas if f'id="{ancla}"' not in html] == []


def test_cada_imagen_existe_se_usa_y_entre_todas_pesan_poco(cliente):
    usadas = set()
    for direccion in DIRECCIONES:
        for src, ancho, alto, alt in re.findall(
            r'<img src="([^"]+)" width="(\d+)" height="(\d+)" alt="([^"]*)">', cliente.get(direccion).text
        ):
            respuesta = cliente.get(src)
            assert (respuesta.status_code, respuesta.mimetype) == (200, "image/png"), src
            assert "immutable" in respuesta.headers["Cache-Control"]
            assert (int(ancho) >= 360, int(alto) >= 300, len(alt) > 15) == (True, True, True), src
            usadas.add(src.split("?")[0].rpartition("/")[2])
    assert usadas == {imagen.name for imagen in IMAGENES.iterdir()}
    assert sum(imagen.stat().st_size for imagen in IMAGENES.iterdir()) < MAXIMO_BYTES


def test_el_telefono_de_la_promotora_no_guarda_las_imagenes(cliente):
    assert [d for d in aplicacion_campo.direcciones() if "manual" in d] == []
    assert "manual" not in cliente.get("/campo/sw.js").text


@pytest.mark.parametrize("direccion", DIRECCIONES)
def test_sus_paginas_no_llevan_galleta_ni_guion(cliente, app, direccion):
    respuesta = cliente.get(direccion)
    assert respuesta.status_code == 200
    assert [fuga for fuga in fugas(respuesta) if not fuga.startswith("#")] == []
    assert "<script" not in respuesta.text
    dentro = Oficina(app, "titular")
    con_sesion = dentro.get(direccion)
    assert con_sesion.text == respuesta.text
    assert "Set-Cookie" not in con_sesion.headers


def test_ninguna_pagina_de_asistentes_lleva_al_manual(cliente, elenco):
    for direccion in todas_las_paginas(elenco.clave):
        assert "manual" not in cliente.get(direccion).text, direccion


@pytest.mark.parametrize("papel", ["titular", "promotora", "analista", "administra"])
def test_el_menu_de_cada_quien_acaba_en_ayuda(app, papel):
    with app.test_request_context("/panel/"):
        ultima = menu(papel)[-1].partes[-1]
    assert (ultima.texto, ultima.direccion) == ("Ayuda", "/ayuda/manual/")


@pytest.mark.parametrize("papel", ["promotora", "titular"])
def test_lo_que_sale_mal_se_dice_con_las_frases_de_la_pantalla(cliente, papel):
    html = cliente.get(f"/ayuda/manual/{papel}").text
    texto = unescape(html[html.index('<section id="mal"') :])
    dichas = [codigo for codigo, e in CATALOGO.items() if f"«{e.mensaje}»" in texto and e.que_hacer in texto]
    assert len(dichas) >= 7
    assert "{" not in texto


def test_un_papel_que_no_hay_no_tiene_manual(cliente):
    assert cliente.get("/ayuda/manual/nadie").status_code == 404
