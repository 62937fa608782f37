"""La auditoría junto a tau-Argus, el programa de las oficinas de estadística, en lo que las dos saben hacer.

tau-Argus no conoce el redondeo: se comparan tablas exactas de programa por zona, con sus totales.
"""

import json
from contextlib import chdir
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from pytauargus import protect

from publicacion.auditoria import auditar, ensayar
from publicacion.auditoria.rangos import deducibles
from publicacion.auditoria.sistema import Conocida, Objetivo, Sistema, suma
from publicacion.modelo import Asistencia, Celda, Crudo, Evento, Reglas
from publicacion.proteccion import proteger

PROGRAMAS, ZONAS = ("p1", "p2", "p3", "p4"), ("za", "zb", "zc")
REGLAS = Reglas(
    zonas={z: z for z in ZONAS},
    programas={p: p for p in PROGRAMAS},
    redondeo=1,
    ejes_asistencia=("total", "programa", "zona"),
)
CRUDO = Crudo("2026-10", "2026-10-01", "2026-10-31")
SECRETO = b"s" * 32
Tabla = dict[tuple[str, str], int]
TOTAL = "Total"


def tabla_al_azar(semilla: int) -> Tabla:
    azar = Random(semilla)
    return {(p, z): azar.choice((4, 6, 8, 12, 15, 18, 23, 31, 40)) for p in PROGRAMAS for z in ZONAS}


def lote(tabla: Tabla) -> Crudo:
    """Un evento por celda y todas con credencial: las personas distintas son las asistencias."""
    eventos = tuple(Evento(f"{p}{z}", "2026-10", p, z) for p, z in tabla)
    filas = (
        Asistencia(f"{p}{z}", "2026-10", p, z, "M", "60+", credencial=f"{p}{z}{i}")
        for (p, z), n in tabla.items()
        for i in range(n)
    )
    return replace(CRUDO, asistencias=tuple(filas), eventos=eventos)


def tau_argus(tabla: Tabla, carpeta: Path) -> tuple[dict[tuple[str, str], str], dict[tuple[str, str], tuple[int, int]]]:
    """De cada celda, su suerte (``S`` se ve, ``U`` primaria, ``M`` secundaria); de las escondidas, entre qué quedan.

    FREQ(10,100): se esconde lo que tiene menos de 10, y debe poder valer de 0 al doble.
    """
    renglones = [(p, z) for (p, z), n in tabla.items() for _ in range(n)]
    datos = {"programa": [p for p, _ in renglones], "zona": [z for _, z in renglones], "uno": [1.0] * len(renglones)}
    with chdir(carpeta):  # deja sus apuntes donde esté
        hecho = protect(
            datos,
            ["programa", "zona"],
            response="uno",
            safety_rules="FREQ(10,100)",
            suppress="OPT(1)",
            workdir=str(carpeta / "tau"),
        )
        llaves = [(f["programa"], f["zona"]) for f in hecho.tables[0].rows]
        cotas = {llaves[f["cell"]]: (round(f["min"]), round(f["max"])) for f in hecho.engine.audit(0)}
    return dict(zip(llaves, hecho.tables[0].status(), strict=True)), cotas


def llave_de(celda: Celda) -> tuple[str, str]:
    llave = json.loads(celda.celda)
    if celda.tabla == "evento_resumen":
        return llave[1], llave[2]
    return {"total": (TOTAL, TOTAL), "programa": (llave[1], TOTAL), "zona": (TOTAL, llave[1])}[llave[0]]


def con_sus_secundarias(celdas: list[Celda], suertes: dict[tuple[str, str], str]) -> list[Celda]:
    """Las mismas celdas, y además escondidas las que tau-Argus esconde."""
    return [
        c._replace(valor=json.dumps(json.loads(c.valor) | {"n": None})) if suertes[llave_de(c)] != "S" else c
        for c in celdas
    ]


@pytest.mark.parametrize("semilla", range(8))
def test_coinciden_en_lo_que_se_esconde_y_en_si_hace_falta_algo_mas(semilla, tmp_path):
    tabla = tabla_al_azar(semilla)
    crudo = lote(tabla)
    suertes, _ = tau_argus(tabla, tmp_path)
    celdas = proteger(crudo, REGLAS, SECRETO)
    primarias = {llave_de(c) for c in celdas if json.loads(c.valor)["n"] is None}
    assert primarias == {llave for llave, suerte in suertes.items() if suerte == "U"}
    # Lo que hace falta esconder de más, según ellos, es lo que la auditoría halla si no se esconde; y con eso, pasa.
    hacen_falta = "M" in suertes.values()
    if auditar(celdas, crudo, REGLAS).pasa:
        return
    assert hacen_falta
    assert auditar(con_sus_secundarias(celdas, suertes), crudo, REGLAS).pasa
    assert ensayar(crudo, REGLAS, SECRETO)[1].pasa


def test_sin_una_de_sus_secundarias_la_auditoria_lo_nota(tmp_path):
    """Una sola celda chica en su renglón y en su columna: hacen falta tres más, y ninguna sobra."""
    tabla = {(p, z): 40 for p in PROGRAMAS for z in ZONAS} | {("p2", "zb"): 6}
    crudo = lote(tabla)
    suertes, _ = tau_argus(tabla, tmp_path)
    secundarias = [llave for llave, suerte in suertes.items() if suerte == "M"]
    celdas = proteger(crudo, REGLAS, SECRETO)
    assert len(secundarias) == 3
    assert auditar(con_sus_secundarias(celdas, suertes), crudo, REGLAS).pasa
    for vuelve in secundarias:
        dictamen = auditar(con_sus_secundarias(celdas, suertes | {vuelve: "S"}), crudo, REGLAS)
        assert (6, 6) in {(h.desde, h.hasta) for h in dictamen.hallazgos}


@pytest.mark.parametrize("semilla", range(8))
def test_las_cotas_de_lo_escondido_son_las_mismas(semilla, tmp_path):
    tabla = tabla_al_azar(semilla)
    suertes, cotas = tau_argus(tabla, tmp_path)
    lugares = list(tabla)

    def sumandos(llave: tuple[str, str]) -> list[int]:
        return [i for i, (p, z) in enumerate(lugares) if llave[0] in (p, TOTAL) and llave[1] in (z, TOTAL)]

    conocidas = []
    menor = min(tabla.values())
    for llave, suerte in suertes.items():
        n = sum(tabla[lugares[i]] for i in sumandos(llave))
        # tau-Argus da por sabido que una secundaria no es menor que la menor cuenta de la tabla.
        conocidas.append(Conocida(suma(sumandos(llave)), *{"S": (n, n), "M": (menor, None), "U": (0, None)}[suerte]))
    objetivos = [Objetivo(tuple(sumandos(k)), "angosta", "t", str(k), ancho=10**9) for k in cotas]
    rangos = deducibles(Sistema(tuple(tabla.values()), tuple(conocidas), tuple(objetivos)))
    assert {r.objetivo.celda: (r.desde, r.hasta) for r in rangos} == {str(k): v for k, v in cotas.items()}
