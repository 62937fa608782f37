"""El archivo como sistema de ecuaciones: de lo nuestro no sale ninguna cuenta escondida; de otras reglas, muchas."""

import json
import math
from dataclasses import replace
from datetime import date
from itertools import chain, product

import pytest

from bench.proteccion_ajena import celdas, ons, umbral
from publicacion.auditoria import ensayar
from publicacion.proteccion import explicar
from tests.ataques import lineal
from tests.ataques.anio import ENTERO, LINEAS_DE, trimestres
from tests.ataques.publicar import SECRETO, publicar

LOTES = trimestres() if ENTERO else trimestres()[:1]


def lineas_a_lugares(poa: dict[str, int]) -> list[tuple[list[lineal.Lugar], int]]:
    """Qué programas cuentan para cada línea se anuncia: es parte de lo que quien ataca sabe."""
    return [([(("programa", p),) for p, lineas in LINEAS_DE.items() if linea in lineas], n) for linea, n in poa.items()]


@pytest.mark.parametrize("creencia", [(0, math.inf), (0, 9)], ids=["lo seguro", "vacío es menos de diez"])
def test_de_lo_nuestro_no_se_recupera_ninguna_asistencia_escondida(creencia, publica, anio):
    for lote in LOTES:
        archivo = lineal.leer_asistencias(publica, lote[0], vacio=creencia)
        assert archivo.escondidas
        assert archivo.poa
        cotas = lineal.recuperar_asistencias(
            archivo.sabido, archivo.escondidas, archivo.dominios, lineas_a_lugares(archivo.poa)
        )
        verdad = lineal.verdades(anio.crudo(*lote), anio.reglas, archivo.dominios)
        assert lineal.acertadas(cotas, verdad) == []


UN_MES = ("2026-01", date(2026, 1, 1), date(2026, 1, 31))


@pytest.mark.parametrize(("regla", "al_menos"), [("umbral", 0.5), ("ons", 0.0)])
def test_con_otras_reglas_se_recuperan(regla, al_menos, anio):
    """Control: un mes con un cuadro más fino, supresión por umbral y cuentas exactas. El redondeo fijo lo aguanta."""
    crudo = anio.crudo(*UN_MES)
    reglas = anio.reglas.con(ejes_asistencia=(*anio.reglas.ejes_asistencia, "sexo+edad+zona"))
    dominios = lineal.dominios_de(crudo, reglas)
    verdad = lineal.verdades(crudo, reglas, dominios)
    publicadas, intervalo = (
        (umbral.suprimir(verdad), umbral.intervalo) if regla == "umbral" else (ons.redondear(verdad), ons.intervalo)
    )
    escondidas = [lugar for lugar, n in publicadas.items() if n is None and verdad[lugar] > 0]
    sabido = {lugar: intervalo(n) for lugar, n in publicadas.items()}
    cotas = lineal.recuperar_asistencias(sabido, escondidas, dominios)
    parte = len(lineal.acertadas(cotas, verdad)) / len(escondidas)
    print(f"{regla}: {100 * parte:.0f} % de {len(escondidas)} celdas escondidas")
    assert parte >= al_menos


def test_de_un_mes_nuestro_tampoco(anio, tmp_path):
    """El mismo mes, con más celdas escondidas que un trimestre."""
    publica = publicar(tmp_path, [anio.crudo(*UN_MES)], anio.reglas)
    archivo = lineal.leer_asistencias(publica, UN_MES[0])
    assert len(archivo.escondidas) > 5
    cotas = lineal.recuperar_asistencias(
        archivo.sabido, archivo.escondidas, archivo.dominios, lineas_a_lugares(archivo.poa)
    )
    verdad = lineal.verdades(anio.crudo(*UN_MES), anio.reglas, archivo.dominios)
    assert lineal.acertadas(cotas, verdad) == []


def test_lo_que_este_ataque_recupera_la_auditoria_lo_quita(anio):
    """Con cuentas exactas, aun con los umbrales puestos: sin auditar se recuperan celdas; auditado, ninguna."""
    crudo = replace(anio.crudo(*UN_MES), contestaciones=(), cambios=(), preguntas=())
    exactas = anio.reglas.con(redondeo=1)
    examinadas, dictamen = ensayar(crudo, exactas, SECRETO)
    assert dictamen.quitadas
    assert _recuperadas([e.motivo for e in examinadas], crudo, exactas) == []
    assert _recuperadas(explicar(crudo, exactas, SECRETO), crudo, exactas)


def _recuperadas(motivos, crudo, reglas) -> list[lineal.Recuperada]:
    dominios = lineal.dominios_de(crudo, reglas)
    verdad = lineal.verdades(crudo, reglas, dominios)
    dichas = {(m.tabla, *json.loads(m.celda)): m.publicada for m in motivos}
    publicadas = {
        lugar: dichas["asistencia_cubo", eje, grupo]
        for eje, grupo, lugar in lineal.lugares(reglas.ejes_asistencia, dominios)
    } | {
        (("zona", z), ("programa", p), ("mes", m)): dichas["evento_resumen", m, p, z]
        for z, p, m in product(dominios["zona"], dominios["programa"], dominios["mes"])
    }
    sabido = {lugar: (0, math.inf) if n is None else (n, n) for lugar, n in publicadas.items()}
    escondidas = [lugar for lugar, n in publicadas.items() if n is None and verdad[lugar] > 0]
    return lineal.acertadas(lineal.recuperar_asistencias(sabido, escondidas, dominios), verdad)


def test_de_lo_nuestro_no_se_demuestra_ninguna_respuesta(publica, anio):
    for lote in LOTES:
        preguntas = lineal.leer_respuestas(publica, lote[0])
        exactas = celdas.respuestas(anio.crudo(*lote), anio.reglas)
        assert len(preguntas) > 20
        for (instrumento, clave), pregunta in preguntas.items():
            if clave == "I1":
                continue  # varias opciones: no suman
            cotas, demostradas = lineal.resolver_pregunta(pregunta)
            assert demostradas == [], (lote, clave)
            vistas = set(chain.from_iterable(c.split("|") for _, c in pregunta.sabido if "|" not in c))
            recuperadas = [
                (grupo, opcion)
                for (grupo, opcion), (desde, hasta) in cotas.items()
                if grupo
                and hasta - desde < lineal.ANGOSTO
                and (grupo, opcion) not in pregunta.sabido
                and desde <= exactas[("total" if grupo == "todas" else "sexo"), grupo, instrumento, clave, opcion]
            ]
            assert recuperadas == [], (lote, clave, vistas)


def test_un_grupo_que_contesto_igual_si_se_demuestra():
    """Control: exactas y sin la regla del 90 %, lo de ellos sale restando aunque su grupo esté escondido."""
    exacto = lineal.Pregunta(
        {("todas", "si"): (52, 52), ("todas", "no"): (31, 31), ("M", "si"): (40, 40), ("M", "no"): (31, 31)},
        ("si", "no"),
    )
    cotas, demostradas = lineal.resolver_pregunta(exacto)
    assert ("H", "no") not in demostradas
    assert cotas["H", "no"] == (0, 0)
    sin_otros = lineal.Pregunta({**exacto.sabido, ("", "si|no"): (0, 0)}, ("si", "no"))
    cotas, demostradas = lineal.resolver_pregunta(sin_otros)
    assert ("H", "si") in demostradas
    assert cotas["H", "si"] == (12, 12)
