"""Lo que miden las gráficas del panel, y que su tabla diga lo mismo que el dibujo."""

import re

from flask import render_template_string

from recoleccion.vistas.panel.graficas import Dato, Serie, barras, columnas, identificador, linea

MACROS = '{% from "panel/_graficas.html" import barras, columnas, linea %}'


def pintar(app, macro: str, grafica) -> str:
    with app.test_request_context("/panel/"):
        return render_template_string(f"{MACROS}{{{{ {macro}(g) }}}}", g=grafica)


def test_las_barras_comparten_escala_y_la_meta_es_parte_de_ella():
    g = barras([("Mujeres", 30, None, "/x"), ("Hombres", 15, 60, None)], titulo="Por sexo")
    assert [(fila.ancho, fila.ancho_meta) for fila in g.filas] == [(50.0, None), (25.0, 100.0)]
    assert g.con_meta
    assert not g.vacia


def test_cada_linea_del_programa_lleva_su_propia_escala():
    g = barras([Dato("M4", 900, 1800, marca=1350), Dato("M2", 6, 4), Dato("M1", 3)], titulo="Líneas", cada_una=True)
    cuatro, dos, uno = g.filas
    assert (cuatro.ancho, cuatro.ancho_meta, cuatro.lugar) == (50.0, 100.0, 75.0)
    assert (dos.ancho, dos.ancho_meta) == (100.0, 66.67)
    assert (uno.ancho, uno.texto) == (0.0, "3"), "sin meta, una barra llena diría que ya se cumplió"


def test_sin_datos_no_se_divide_entre_cero():
    assert barras([("Nada", 0)], titulo="x").filas[0].ancho == 0
    assert barras([], titulo="x").filas == ()
    assert columnas(["ene"], [Serie("2026", [0])], titulo="x").vacia
    assert linea([], [], titulo="x").marcas == ()


def test_las_columnas_van_juntas_por_etiqueta_y_no_se_salen():
    g = columnas(["ene", "feb"], [Serie("2026", [10, 40]), Serie("2025", [20, None])], titulo="Por mes")
    assert [(m.serie, m.etiqueta, m.texto, m.destaca) for m in g.marcas] == [
        (0, "ene", "10", False), (0, "feb", "40", True), (1, "ene", "20", True),
    ]  # fmt: skip
    assert all(m.x >= 0 and m.x + m.ancho <= 100 for m in g.marcas)
    uno, cuatro, dos = (m.alto for m in g.marcas)
    assert (cuatro, dos) == (4 * uno, 2 * uno)
    assert all(m.y + m.alto == g.base for m in g.marcas)


def test_la_linea_se_corta_donde_no_hay_dato():
    g = linea(["a", "b", "c", "d"], [Serie("2026", [1, 2, None, 3])], titulo="x")
    assert len(g.marcas) == 3
    assert len(g.tramos) == 1


def test_la_tabla_dice_lo_mismo_que_el_dibujo_y_lleva_a_lo_de_atras(app):
    g = columnas(["ene", "feb"], [Serie("2026", [1234, None], ["/enero", None]), Serie("2025", [7, 8])], titulo="Mes")
    html = pintar(app, "columnas", g)
    tabla = html[html.index("<table") :]
    assert re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", tabla)).split() == [
        "Periodo", "2026", "2025", "ene", "1,234", "de", "ene", "7", "feb", "—", "8",
    ]  # fmt: skip
    assert html.count('href="/enero"') == 2
    dibujo = html[html.index('class="lienzo') : html.index("<details")]
    assert 'tabindex="-1"' in dibujo
    assert 'aria-hidden="true"' in dibujo


def test_lo_que_se_escribe_en_una_etiqueta_no_es_html(app):
    malo = '"><script>alert(1)</script>'
    for macro, g in (
        ("barras", barras([(malo, 1, 2, "/x")], titulo=malo, unidad=malo)),
        ("linea", linea([malo], [Serie(malo, [1], ["/x"]), Serie("b", [2])], titulo=malo)),
    ):
        assert "<script" not in pintar(app, macro, g)
        assert "style=" not in pintar(app, macro, g)


def test_cada_trama_tiene_un_nombre_que_sale_del_titulo(app):
    assert identificador("¿Cómo van? (2026)") == "como-van-2026"
    html = pintar(app, "barras", barras([("a", 1, 2, None), ("b", 1, 2, None)], titulo="Líneas"))
    ids = re.findall(r'id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"url\(#([^)]+)\)", html)) <= set(ids)
