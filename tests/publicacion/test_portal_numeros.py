"""Los porcentajes dicen su error, lo escondido nunca es cero, y nada de lo escrito en un catálogo se ejecuta."""

import csv
import io
import math
import random
import re
from xml.etree import ElementTree

import pytest
from markupsafe import Markup

from publicacion.eps import geometrico
from publicacion.portal import graficas
from publicacion.portal.descarga import BOM, en_csv
from publicacion.portal.graficas import Barra, Tramo
from publicacion.portal.numeros import OCULTA, Parte, PorMes, Redondeo, en_periodo, enumerar, plural
from publicacion.portal.pagina import Columna, Cuadro, Cuenta, Pedido


def publicar(n: int, azar: random.Random) -> int:
    return n - n % 5 + (5 if azar.random() * 5 < n % 5 else 0)


def errores_dichos(redondeo: Redondeo) -> list[tuple[float, Parte]]:
    """Muchas preguntas inventadas: el porcentaje verdadero y el que se dice."""
    azar = random.Random(4)
    pares = []
    for _ in range(3000):
        reales = [azar.randint(10, 90) for _ in range(azar.randint(2, 5))]
        vistas = [publicar(n, azar) for n in reales]
        pares.append((100 * reales[0] / sum(reales), redondeo.parte(vistas[:1], vistas[1:])))
    return pares


def test_el_porcentaje_verdadero_siempre_cae_dentro_del_error_dicho():
    pares = errores_dichos(Redondeo())
    assert all(abs(real - dicho.valor) <= dicho.error for real, dicho in pares)
    # Control: si se dijera que el redondeo mueve menos, no alcanzaría. Y no se exagera.
    assert any(abs(real - dicho.valor) > dicho.error for real, dicho in errores_dichos(Redondeo(holgura=2)))
    assert sum(dicho.error for _, dicho in pares) / len(pares) < 6


def test_la_parte_de_un_total_tambien_cae_dentro():
    azar, redondeo = random.Random(5), Redondeo()
    for _ in range(2000):
        total = azar.randint(60, 900)
        n = azar.randint(10, total)
        dicho = redondeo.de_un_total(publicar(n, azar), publicar(total, azar))
        assert abs(100 * n / total - dicho.valor) <= dicho.error
        assert dicho.valor <= 100


def test_en_el_modo_eps_el_error_vale_95_de_cada_100_veces():
    reglas = {"modo": "eps", "epsilon": "3.0", "redondeo": "5", "umbral": "10"}
    redondeo = Redondeo.de(reglas, veces=2)
    azar = random.Random(6)
    ruidos = [abs(geometrico(azar.randbytes(16), 3.0 / 2)) for _ in range(20_000)]
    dentro = sum(r + 2 <= redondeo.holgura for r in ruidos) / len(ruidos)
    assert not redondeo.seguro
    assert dentro >= 0.95
    assert sum(r + 2 <= redondeo.holgura - 1 for r in ruidos) / len(ruidos) < 0.95
    assert Redondeo.de({"redondeo": "5", "umbral": "10"}) == Redondeo(4, 10)


def test_cuatro_de_cada_cien_es_lo_que_sabria_quien_conoce_a_todas_las_demas():
    """Lo que dice «¿Cómo se protegieron estos datos?»: con una respuesta que falta, cuándo el redondeo la descubre."""

    def posibles(n: int) -> dict[int, float]:
        abajo = n - n % 5
        return {abajo: 1 - n % 5 / 5, abajo + 5: n % 5 / 5} if n % 5 else {n: 1.0}

    seguro = 0.0
    for demas in range(30, 35):  # cada resto es igual de probable
        for falta in (0, 1):
            otra = posibles(demas + 1 - falta)
            seguro += sum(p for visto, p in posibles(demas + falta).items() if visto not in otra) / 10
    assert seguro == pytest.approx(0.04)


def test_reglas_que_no_se_entienden_no_rompen_la_pagina():
    assert Redondeo.de({"redondeo": "cinco", "umbral": ""}) == Redondeo(4, 10)
    assert Redondeo.de({}) == Redondeo(4, 10)


# --- gráficas ---------------------------------------------------------------------------------------------------


def arbol(svg: Markup) -> ElementTree.Element:
    return ElementTree.fromstring(re.search(r'<svg class="grafica".*</svg>', svg, re.DOTALL).group())


def barras_de(svg: Markup) -> list[ElementTree.Element]:
    return [r for r in arbol(svg).iter("rect") if (r.get("class") or "").startswith("barra")]


def test_lo_escondido_se_dice_con_palabras_y_no_con_una_barra():
    svg = graficas.barras("g", "Por edad", [("", [Barra("De 18 a 29", 40, "40"), Barra("60 o más", None, "")])])
    assert len(barras_de(svg)) == 1
    assert "menos de 10 o protegida" in svg
    assert f"60 o más: {OCULTA}" in svg
    columnas = graficas.columnas("c", "Por mes", [Barra("oct", None, ""), Barra("nov", 10, "10")])
    assert len(barras_de(columnas)) == 1
    assert f"oct: {OCULTA}" in columnas


def test_la_grafica_se_lee_sin_color_ni_raton():
    svg = graficas.barras("g", "Por sexo", [("Taller", [Barra("Mujeres", 40, "40", 0), Barra("Hombres", 10, "10", 1)])])
    raiz = arbol(svg)
    nombre, desc = raiz.find("title"), raiz.find("desc")
    assert raiz.get("role") == "img"
    assert raiz.get("aria-labelledby") == f"{nombre.get('id')} {desc.get('id')}"
    assert (nombre.text, desc.text) == ("Por sexo", "Taller: Mujeres: 40; Hombres: 10.")
    assert {t.text for t in raiz.iter("text")} >= {"Taller", "Mujeres", "Hombres", "40", "10"}
    # La segunda serie lleva trama además de color.
    assert any(r.get("fill") == "url(#g-t1)" for r in raiz.iter("rect"))
    assert raiz.find("defs/pattern").get("id") == "g-t1"
    # Y un lector con ratón ve el número al pasar, sin guiones.
    assert any(t.text == "Mujeres: 40" for g in raiz.iter("g") for t in g.iter("title"))


def test_los_tramos_suman_lo_ancho_y_llevan_leyenda():
    tramos = [Tramo("Mejoró", 60.0, "60 % ±3", 0), Tramo("Quedó igual", 40.0, "40 % ±3", 1)]
    svg = graficas.apiladas("a", "Cambio", [("Una pregunta", tramos)])
    assert sum(float(r.get("width").rstrip("%")) for r in barras_de(svg)) == pytest.approx(100)
    assert re.search(r'<ul class="leyenda">.*Mejoró.*Quedó igual', svg)


def test_un_catalogo_con_marcas_no_mete_nada_en_la_grafica():
    malo = '<script>alert(1)</script>"&'
    for svg in (
        graficas.barras("g", malo, [(malo, [Barra(malo, 10, malo)])]),
        graficas.apiladas("g", malo, [(malo, [Tramo(malo, 100, malo, 0)])]),
        graficas.columnas("g", malo, [Barra(malo, 10, malo)]),
    ):
        assert "<script" not in svg
        arbol(svg)


@pytest.mark.parametrize("barras", [[], [Barra("x", 0, "0")], [Barra("x", None, "")]])
def test_sin_nada_que_dibujar_tampoco_falla(barras):
    for svg in (graficas.barras("g", "t", [("", barras)]), graficas.columnas("g", "t", barras)):
        assert not any(math.isnan(float(r.get("width").rstrip("%"))) for r in arbol(svg).iter("rect"))


# --- descargar y pedir ------------------------------------------------------------------------------------------

CUADRO = Cuadro(
    "Asistencias",
    (Columna("edad", "Edad"), Columna("n", "Asistencias", numero=True), Columna("p", "De cada 100", numero=True)),
    [
        ("=HYPERLINK(1)", Cuenta(40, "/x"), Parte(80, 3)),
        ("60 o más", Cuenta(None, "/x"), None),
        ("Otra", Cuenta(10, "/x", cuando_menos=True), None),
    ],
)


def test_el_csv_deja_vacio_lo_escondido_y_lo_dice_al_lado():
    texto = en_csv([CUADRO])
    assert texto.startswith(BOM)
    filas = list(csv.DictReader(io.StringIO(texto.removeprefix(BOM))))
    assert list(filas[0]) == ["cuadro", "edad", "n", "n_nota", "p", "p_mas_menos"]
    assert (filas[0]["n"], filas[0]["p"], filas[0]["p_mas_menos"]) == ("40", "80", "3")
    assert (filas[1]["n"], filas[1]["n_nota"], filas[1]["p"]) == ("", OCULTA, "")
    assert (filas[2]["n"], filas[2]["n_nota"]) == ("10", "o más")
    assert filas[0]["edad"] == "'=HYPERLINK(1)"


def test_la_tabla_calla_la_columna_que_siempre_dice_lo_mismo():
    columnas = (Columna("a", "Pregunta"), Columna("b", "Quiénes"), Columna("n", "N", numero=True))
    cuadro = Cuadro("t", columnas, [("K1", "Todas", 1), ("K1", "Todas", 1), ("K2", "Todas", 1)])
    assert [c.titulo for c in cuadro.a_la_vista] == ["Pregunta", "N"]
    assert [[(c.valor, c.renglones) for c in r] for r in cuadro.renglones()] == [
        [("K1", 2), (1, 1)],
        [(1, 1)],
        [("K2", 1), (1, 1)],
    ]


def test_un_filtro_que_no_existe_se_dice_y_no_falla():
    pedido = Pedido({"sexo": "<b>X", "otro": "y"})
    assert pedido.elegir("sexo", "Sexo", {"": "Cualquiera", "M": "Mujeres"}) == ""
    assert pedido.avisos == ["No hay «<b>X» en sexo; se muestra «Cualquiera»."]
    assert pedido.elegir("zona", "Zona", {"": "Todas"}) == ""
    assert pedido.consulta(sexo="M") == "sexo=M"


def test_se_dice_como_aqui():
    assert enumerar(["agua", "pan", "hilo"]) == "agua, pan e hilo"
    assert enumerar(["una"]) == "una"
    assert enumerar([]) == ""
    assert plural(1, "evento", "eventos") == "1 evento"
    assert plural(1200, "evento", "eventos") == "1,200 eventos"
    assert str(PorMes(275.0)) == "275"
    assert [
        en_periodo(p) for p in ("octubre de 2026", "octubre a diciembre de 2026", "del 1 de mayo al 3 de mayo")
    ] == [
        "En octubre de 2026",
        "De octubre a diciembre de 2026",
        "Del 1 de mayo al 3 de mayo",
    ]
