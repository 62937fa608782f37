"""El modo eps: el ruido tiene la distribución que dice, sale de la llave y cabe en el mismo esquema."""

import hashlib
import json
import math
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import replace

import opendp.prelude as dp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from publicacion import eps
from publicacion.auditoria import proteger_auditado
from publicacion.modelo import Asistencia, Contestacion, Crudo, Pregunta, Reglas
from publicacion.proteccion import proteger
from publicacion.reglamento import en_vigor, leer_reglas

REGLAS = Reglas(
    zonas={"cabecera": "Cabecera"},
    programas={"prevencion": "Prevención"},
    modo="eps",
    ejes_asistencia=("total",),
)
CRUDO = Crudo("2026-T4", "2026-10-01", "2026-12-31")
SECRETO = b"s" * 32
MUESTRAS = 20_000


def ruidos(epsilon: float) -> list[int]:
    """Ruido de muchas celdas, siempre el mismo: la llave es fija."""
    return [eps.geometrico(hashlib.sha256(f"{epsilon} {i}".encode()).digest(), epsilon) for i in range(MUESTRAS)]


def ji_cuadrada(observadas: list[int], esperadas: list[float]) -> float:
    """En desviaciones de una normal (Wilson y Hilferty): de 4 en adelante ya no es azar."""
    x = sum((o - e) ** 2 / e for o, e in zip(observadas, esperadas, strict=True))
    grados = len(observadas) - 1
    return ((x / grados) ** (1 / 3) - (1 - 2 / (9 * grados))) / math.sqrt(2 / (9 * grados))


def casillas(cuenta: Counter[int], hasta: int) -> list[int]:
    """Cuántos cayeron en cada valor de -hasta a hasta; lo de afuera, en las orillas."""
    salida = [0] * (2 * hasta + 1)
    for valor, n in cuenta.items():
        salida[max(-hasta, min(hasta, valor)) + hasta] += n
    return salida


@pytest.mark.parametrize(("epsilon", "hasta"), [(0.3, 12), (1.5, 4), (3.0, 2)])
def test_el_ruido_es_el_geometrico_de_dos_lados(epsilon, hasta):
    a = math.exp(-epsilon)
    dentro = [(1 - a) / (1 + a) * a ** abs(k) for k in range(-hasta, hasta + 1)]
    orilla = (1 - sum(dentro)) / 2
    esperadas = [MUESTRAS * p for p in (dentro[0] + orilla, *dentro[1:-1], dentro[-1] + orilla)]
    assert ji_cuadrada(casillas(Counter(ruidos(epsilon)), hasta), esperadas) < 4


@pytest.mark.parametrize(("epsilon", "hasta"), [(0.3, 12), (1.5, 4)])
def test_coincide_con_la_laplace_discreta_de_opendp(epsilon, hasta):
    dp.enable_features("contrib")
    de_ellos = dp.m.make_laplace(dp.vector_domain(dp.atom_domain(T=int)), dp.l1_distance(T=int), scale=1 / epsilon)
    suyos = casillas(Counter(de_ellos([0] * MUESTRAS)), hasta)
    nuestros = casillas(Counter(ruidos(epsilon)), hasta)
    # Ji cuadrada de dos muestras del mismo tamaño. La de OpenDP no lleva semilla: el límite deja pasar una en millones.
    x = sum((a - b) ** 2 / (a + b) for a, b in zip(suyos, nuestros, strict=True))
    grados = 2 * hasta
    assert x < grados + 8 * math.sqrt(2 * grados)


def test_otra_distribucion_si_se_nota():
    """El control: el doble de epsilon no pasa por éste."""
    a = math.exp(-1.5)
    dentro = [(1 - a) / (1 + a) * a ** abs(k) for k in range(-4, 5)]
    orilla = (1 - sum(dentro)) / 2
    esperadas = [MUESTRAS * p for p in (dentro[0] + orilla, *dentro[1:-1], dentro[-1] + orilla)]
    assert ji_cuadrada(casillas(Counter(ruidos(3.0)), 4), esperadas) > 40


def test_epsilon_es_por_pregunta_y_se_reparte_entre_las_celdas_en_que_cuenta_un_renglon():
    """Con más tablas de lo mismo, cada una lleva más ruido."""

    def error(ejes: tuple[str, ...]) -> float:
        filas = (Asistencia("a", "2026-10", "prevencion", "cabecera", "M", "30-44", personas=1000),)
        reglas = REGLAS.con(ejes_asistencia=ejes, redondeo=1)
        vistas = []
        for i in range(300):
            celdas = proteger(replace(CRUDO, asistencias=filas), reglas, i.to_bytes(32, "big"))
            vistas += [json.loads(c.valor)["n"] for c in celdas if c.celda == '["total","todas"]']
        return sum(abs(n - 1000) for n in vistas) / len(vistas)

    # P(X = k) ∝ a^|k|: el error medio es 2a / (1 - a²). Un renglón cuenta en los ejes y en evento_resumen.
    for ejes in (("total",), ("total", "sexo", "edad", "zona", "sexo+edad")):
        a = math.exp(-3 / (len(ejes) + 1))
        assert error(ejes) == pytest.approx(2 * a / (1 - a * a), rel=0.2)


@given(st.lists(st.sampled_from("ab"), max_size=120), st.binary(min_size=32, max_size=32))
def test_lo_publicado_cabe_en_el_mismo_esquema_y_siempre_es_lo_mismo(dichas, secreto):
    pregunta = Pregunta("x", "P", "una", "¿?", (("a", "A"), ("b", "B")), versiones=frozenset({1}))
    filas = tuple(Contestacion("x", 1, "prevencion", "cabecera", "M", "60+", {"P": d}) for d in dichas)
    crudo = replace(CRUDO, contestaciones=filas, preguntas=(pregunta,))
    celdas = proteger(crudo, REGLAS, secreto)
    for celda in celdas:
        n = json.loads(celda.valor).get("n")
        assert n is None or (n >= 10 and n % 5 == 0)
    assert celdas == proteger(crudo, REGLAS, secreto)
    # Se esconde lo mismo que con redondeo: sólo cambia el número que se ve.
    redondeadas = proteger(crudo, REGLAS.con(modo="redondeo"), secreto)
    assert [json.loads(c.valor).get("n") is None for c in celdas] == [
        json.loads(c.valor).get("n") is None for c in redondeadas
    ]


def test_el_modo_se_elige_en_un_catalogo_y_queda_dicho(tmp_path):
    (tmp_path / "zonas.csv").write_text("clave,etiqueta\ncabecera,Cabecera\n", "utf-8")
    (tmp_path / "programas.csv").write_text("clave,etiqueta\nprevencion,Prevención\n", "utf-8")
    (tmp_path / "censo-2020.csv").write_text("cvegeo,zona,sexo,edad,poblacion,fuente\n", "utf-8")
    (tmp_path / "publicacion.csv").write_text("clave,etiqueta,valor\nmodo,,eps\nepsilon,,1.5\n", "utf-8")
    reglas = leer_reglas(tmp_path)
    assert (reglas.modo, reglas.epsilon) == ("eps", 1.5)
    filas = tuple(Asistencia("a", "2026-10", "prevencion", "cabecera", "M", "30-44") for _ in range(40))
    motivos, dictamen = proteger_auditado(replace(CRUDO, asistencias=filas), reglas, SECRETO)
    assert dictamen.pasa
    assert any(m.publicada for m in motivos)
    vigor = json.loads(en_vigor(reglas, [], dictamen))
    assert (vigor["modo"], vigor["epsilon"]) == ("eps", 1.5)
    assert "diez preguntas gasta diez veces epsilon" in eps.EXPLICACION


def test_un_lote_en_modo_eps_llega_al_archivo_publico_con_sus_reglas(oficina):
    (oficina.catalogos / "publicacion.csv").write_text("clave,etiqueta,valor\nmodo,,eps\nepsilon,,3\n", "utf-8")
    oficina.publicar()
    with closing(sqlite3.connect(oficina.publica)) as con:
        reglas = dict(con.execute("SELECT regla, valor FROM reglas"))
        vistas = con.execute("SELECT count(*) FROM asistencia_cubo WHERE n >= 10 AND n % 5 = 0").fetchone()[0]
    assert (reglas["modo"], reglas["epsilon"], reglas["auditoria"]) == ("eps", "3.0", "pasa")
    assert vistas > 10


@pytest.mark.parametrize(("sin_separar", "veces"), [(False, 2), (True, 1)])
def test_una_pregunta_que_sale_solo_en_total_gasta_su_epsilon_una_vez(sin_separar, veces):
    opciones = (("si", "Sí"), ("no", "No"))
    pregunta = Pregunta("antes", "K1", "una", "¿?", opciones, versiones=frozenset({1}), sin_separar=sin_separar)
    filas = [Contestacion("antes", 1, "prevencion", "cabecera", "M", "30-44", {"K1": c}) for c in ("si", "no") * 200]
    crudo = replace(CRUDO, contestaciones=tuple(filas), preguntas=(pregunta,))
    reglas = REGLAS.con(epsilon=0.05)
    con_ruido = eps.ruido(crudo.lote, reglas, SECRETO)
    totales = [c for c in proteger(crudo, reglas, SECRETO) if c.tabla == "respuesta_cubo" and '"total"' in c.celda]
    assert len(totales) == 2
    for celda in totales:
        assert json.loads(celda.valor)["n"] == con_ruido(200, celda.tabla, celda.celda, veces)
