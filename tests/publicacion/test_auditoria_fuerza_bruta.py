"""La auditoría contra una fuerza bruta escrita aparte: en dominios chicos deben decir exactamente lo mismo.

``JORNADA_LOTES`` alarga el recorrido.
"""

import json
import os
from dataclasses import replace
from itertools import product
from random import Random

import numpy as np
import pytest
from fuerza_bruta import mundos_de_pregunta, rangos_de_asistencias

from publicacion.auditoria import auditar
from publicacion.auditoria.rangos import deducibles
from publicacion.auditoria.sistema import Conocida, Objetivo, Sistema, suma
from publicacion.modelo import Asistencia, Contestacion, Crudo, Evento, LineaPoa, Pregunta, Reglas
from publicacion.proteccion import proteger
from tests.avance import avance

LOTES = int(os.environ.get("JORNADA_LOTES", "40"))
REGLAS = Reglas(
    zonas={"cabecera": "Cabecera", "zona_1": "Ranchos"},
    programas={"prevencion": "Prevención", "igualdad": "Igualdad"},
    umbral=5,
    redondeo=3,
    base_minima=8,
    ejes_asistencia=("total", "zona", "programa"),
)
CRUDO = Crudo("2026-T4", "2026-10-01", "2026-12-31")


SEPARAN_SEXO = ("total", "sexo", "zona", "programa+sexo")


def lote_de_eventos(azar: Random, eventos: int, sexos: str) -> Crudo:
    """Cada evento en su mes, programa y zona, con 0 a 9 asistencias por sexo y líneas del POA al azar."""
    lugares = azar.sample(list(product(("2026-10", "2026-11"), REGLAS.programas, REGLAS.zonas)), eventos)
    hechos = tuple(
        Evento(f"e{i}", *lugar, tuple((2026, c) for c in ("M4", "A8") if azar.random() < 0.6))
        for i, lugar in enumerate(lugares)
    )
    filas = [
        Asistencia(e.id, e.mes, e.programa, e.zona, sexo, "60+")
        for e in hechos
        for sexo in sexos
        for _ in range(azar.randint(0, 9 if sexo == "M" else 4))
    ]
    lineas = tuple(LineaPoa(2026, c, i, "meta", c) for i, c in enumerate(("M4", "A8")))
    return replace(CRUDO, asistencias=tuple(filas), eventos=hechos, lineas_poa=lineas)


@pytest.mark.parametrize(
    ("eventos", "sexos", "ejes", "lotes"),
    [((2, 3, 4), "M", REGLAS.ejes_asistencia, LOTES), ((2,), "MHN", SEPARAN_SEXO, LOTES // 4)],
    ids=["por programa y zona", "por sexo"],
)
def test_en_las_asistencias_dice_lo_mismo_que_recorrer_todas_las_posibilidades(eventos, sexos, ejes, lotes):
    azar, con_hallazgo = Random(17), 0
    for numero in avance("lotes", range(lotes)):
        crudo = lote_de_eventos(azar, azar.choice(eventos), sexos)
        reglas = REGLAS.con(redondeo=azar.choice((1, 2, 3)), ejes_asistencia=ejes)
        celdas = proteger(crudo, reglas, azar.randbytes(32))
        a_mano = {
            llave: (menor, mayor)
            for llave, (_, menor, mayor) in rangos_de_asistencias(celdas, crudo, reglas).items()
            if mayor - menor < 3
        }
        dichos = {(h.tabla, *json.loads(h.celda)): (h.desde, h.hasta) for h in auditar(celdas, crudo, reglas).hallazgos}
        # Lo que suma las mismas cuentas se dice una vez: cada hallazgo es cierto, y no falta ningún rango.
        assert dichos.items() <= a_mano.items(), numero
        assert set(a_mano.values()) == set(dichos.values()), numero
        con_hallazgo += bool(dichos)
    assert con_hallazgo >= lotes // 10


def lote_de_respuestas(azar: Random, opciones: list[str], cuando_mas: int) -> Crudo:
    pregunta = Pregunta("x", "P", "una", "¿?", tuple((o, o) for o in opciones), versiones=frozenset({1}))
    filas = [
        Contestacion("x", 1, "prevencion", "cabecera", sexo, "60+", {"P": opcion})
        for sexo in ("M", "H", "N")
        for opcion in opciones
        for _ in range(azar.randint(0, 1 if sexo == "N" else cuando_mas))
    ]
    return replace(CRUDO, contestaciones=tuple(filas), preguntas=(pregunta,))


@pytest.mark.parametrize(("opciones", "cuando_mas", "lotes"), [("ab", 9, LOTES), ("abc", 3, LOTES // 6)])
def test_en_las_respuestas_dice_lo_mismo_que_recorrer_todas_las_posibilidades(opciones, cuando_mas, lotes):
    azar, con_hallazgo = Random(23), 0
    for numero in avance("lotes", range(lotes)):
        crudo = lote_de_respuestas(azar, list(opciones), cuando_mas)
        reglas = REGLAS.con(redondeo=azar.choice((1, 2, 3)), umbral=azar.choice((2, 3)), base_minima=5)
        celdas = proteger(crudo, reglas, azar.randbytes(32))
        mundos = mundos_de_pregunta(celdas, reglas, list(opciones))
        hallazgos = auditar(celdas, crudo, reglas).hallazgos
        for sexo, posibles in mundos.items():
            dichos = [h for h in hallazgos if json.loads(h.celda)[:2] == ["sexo", sexo]]
            vistas = {k for k in _a_la_vista(celdas, sexo)}
            for i, opcion in enumerate(opciones):
                verdad = sum(
                    (f.sexo if f.sexo in "MH" else "") == sexo and f.respuestas["P"] == opcion
                    for f in crudo.contestaciones
                )
                valores = [v[i] for v in posibles]
                rango = (min(valores), max(valores))
                deducida = verdad > 0 and opcion not in vistas and rango[1] - rango[0] < 3
                de_esta = [h for h in dichos if h.clase == "angosta" and json.loads(h.celda)[4] == opcion]
                assert [(h.desde, h.hasta) for h in de_esta] == ([rango] if deducida else []), (numero, sexo, opcion)
            solas = {opcion for i, opcion in enumerate(opciones) if all(sum(v) == v[i] for v in posibles)}
            con_gente = any((f.sexo if f.sexo in "MH" else "") == sexo for f in crudo.contestaciones)
            seguras = {json.loads(h.celda)[4] for h in dichos if h.clase == "segura"}
            assert seguras.intersection(opciones) == (solas if con_gente and not vistas else set()), (numero, sexo)
        con_hallazgo += bool(hallazgos)
    assert con_hallazgo >= lotes // 10


def _a_la_vista(celdas, sexo: str) -> set[str]:
    llaves = [(json.loads(c.celda), json.loads(c.valor)) for c in celdas if c.tabla == "respuesta_cubo"]
    return {llave[4] for llave, valor in llaves if llave[:2] == ["sexo", sexo] and valor["n"] is not None}


def sistema_al_azar(azar: Random, variables: int, tope: int) -> Sistema:
    """Sumas al azar de cuentas chicas, conocidas con más o menos holgura. Sus vértices no siempre son enteros."""
    verdad = tuple(azar.randint(0, tope) for _ in range(variables))
    conocidas = [Conocida(((v, 1),), None, tope) for v in range(variables)]
    for _ in range(azar.randint(2, variables + 1)):
        juntas = azar.sample(range(variables), azar.randint(2, 3))
        n, holgura = sum(verdad[v] for v in juntas), azar.choice((0, 0, 0, 1, 2))
        conocidas.append(Conocida(suma(juntas), n - holgura, n + holgura))
    objetivos = [
        Objetivo(tuple(sorted(azar.sample(range(variables), azar.randint(1, 3)))), clase, "t", str(i), ancho=ancho)
        for i, (clase, ancho) in enumerate([("angosta", 3)] * 4 + [("segura", 1)] * 2)
    ]
    return Sistema(verdad, tuple(conocidas), tuple(objetivos))


def test_las_cotas_son_las_de_los_enteros_y_no_las_de_las_fracciones():
    azar, solo_enteras = Random(5), 0
    for numero in range(3 * LOTES):
        sistema = sistema_al_azar(azar, variables := azar.randint(4, 6), tope := azar.randint(2, 4))
        mundos = np.array([m for m in product(range(tope + 1), repeat=variables) if sistema.admite(m)])
        esperados = []
        for o in sistema.objetivos:
            sumas = mundos[:, list(o.variables)].sum(axis=1)
            if sumas.max() - sumas.min() < o.ancho:
                esperados.append((o, int(sumas.min()), int(sumas.max())))
        hallados = list(deducibles(sistema))
        assert [r.objetivo for r in hallados] == [o for o, _, _ in esperados], numero
        for rango, (_, menor, mayor) in zip(hallados, esperados, strict=True):
            assert rango.seguro
            assert rango.desde <= menor <= mayor <= rango.hasta
            solo_enteras += (rango.desde, rango.hasta) == (menor, mayor)
    assert solo_enteras
