"""Con una persona o sin ella, el archivo tiene la misma forma; y nada seguro da una alarma falsa."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publicacion.ataques import revisar
from publicacion.errores import ErrorPublicacion
from publicacion.modelo import Asistencia, Cambio, Contestacion, Crudo, Evento, LineaPoa, Pregunta, Reglas
from tests.ataques.anio import ENTERO, censo, trimestres
from tests.ataques.publicar import calcular, publicar

EJEMPLOS = 200 if ENTERO else 6
PREGUNTAS = (
    Pregunta("antes", "K1", "una", "¿K1?", (("V", "Sí"), ("F", "No"), ("NS", "No sé")), "V", frozenset({1})),
    Pregunta("despues", "K1", "una", "¿K1?", (("V", "Sí"), ("F", "No"), ("NS", "No sé")), "V", frozenset({1})),
    Pregunta("despues", "I1", "varias", "¿I1?", (("a", "A"), ("b", "B")), None, frozenset({1})),
)
_sexo, _edad = st.sampled_from("MHON"), st.sampled_from(["0-11", "12-17", "18-29", "30-44", "45-59", "60+", "nd"])


@st.composite
def casos(dibuja) -> tuple[Crudo, Reglas]:
    zonas = dibuja(st.sampled_from([["cabecera"], ["cabecera", "zona_1"], ["cabecera", "a+b", "c-d"]]))
    programas = dibuja(st.sampled_from([["prevencion"], ["prevencion", "igualdad"]]))
    azar = dibuja(st.randoms(use_true_random=False))
    mes = f"2026-{azar.randint(1, 3):02d}"
    eventos = [
        Evento(f"e{i}", mes, azar.choice(programas), azar.choice(zonas), ((2026, azar.choice(["M4", "A5"])),))
        for i in range(dibuja(st.integers(0, 5)))
    ]
    asistencias = [
        Asistencia(
            e.id, e.mes, e.programa, e.zona, dibuja(_sexo), dibuja(_edad), azar.choice([1, 1, 1, 9, 12]),
            azar.choice([None, f"c{azar.randint(0, 9)}"]),
        )
        for e in eventos
        for _ in range(azar.randint(0, 25))
    ]  # fmt: skip
    claves = azar.choice(["V", "VVF", "VFNS"])
    contestadas = [
        Contestacion(
            azar.choice(["antes", "despues"]), 1, programas[0], zonas[0], dibuja(_sexo), dibuja(_edad),
            {"K1": azar.choice(claves), "I1": azar.sample(["a", "b"], azar.randint(1, 2))},
        )
        for _ in range(azar.randint(0, 160))
    ]  # fmt: skip
    cambios = [
        Cambio(programas[0], zonas[0], azar.choice("MMH"), "30-44", {"K1": azar.choice(["mejor", "igual", "peor"])})
        for _ in range(azar.randint(0, 90))
    ]
    crudo = Crudo(
        *("2026-T1", "2026-01-01", "2026-03-31", tuple(asistencias), tuple(contestadas), tuple(cambios)),
        eventos=tuple(eventos),
        lineas_poa=tuple(
            LineaPoa(2026, c, i, "meta", f"Línea {c}", meta_anual=5.0) for i, c in enumerate(("M4", "A5"))
        ),
        preguntas=PREGUNTAS,
    )
    reglas = Reglas(zonas={z: z.title() for z in zonas}, programas={p: p.title() for p in programas}, censo=censo())
    return crudo, reglas


@settings(max_examples=EJEMPLOS, suppress_health_check=list(HealthCheck), deadline=None)
@given(casos(), st.binary(min_size=8, max_size=32), st.integers(0))
def test_con_una_persona_menos_todo_tiene_la_misma_forma_y_resiste(tmp_path_factory, caso, secreto, cual):
    crudo, reglas = caso
    archivos, celdas = [], []
    for este in (crudo, _sin_una(crudo, cual)):
        carpeta = Path(tmp_path_factory.mktemp("caso"))
        try:
            archivos.append(publicar(carpeta, [este], reglas, secreto))
        except ErrorPublicacion:  # no pasa la auditoría: no sale, y no hay archivo que atacar
            return
        assert revisar(archivos[-1]) == []
        celdas.append(calcular(este, reglas, secreto)[0])
    con, sin = celdas
    assert [c[:2] for c in con] == [c[:2] for c in sin]
    assert [set(json.loads(c.valor)) for c in con] == [set(json.loads(c.valor)) for c in sin]
    assert archivos[0].stat().st_size == archivos[1].stat().st_size


def _sin_una(crudo: Crudo, cual: int) -> Crudo:
    """Sin una de las asistencias y una de las contestaciones."""
    asistencias, contestadas = list(crudo.asistencias), list(crudo.contestaciones)
    for lista in (asistencias, contestadas):
        if lista:
            lista.pop(cual % len(lista))
    return replace(crudo, asistencias=tuple(asistencias), contestaciones=tuple(contestadas))


ENERO = ("2026-01", date(2026, 1, 1), date(2026, 1, 31))


def test_quitar_del_libro_y_rehacer_da_los_mismos_bytes(anio, tmp_path):
    lote = ENERO
    uno, otro = (publicar(_nueva(tmp_path / n), [anio.crudo(*lote)], anio.reglas).read_bytes() for n in ("a", "b"))
    assert uno == otro
    tarde = publicar(_nueva(tmp_path / "c"), [anio.crudo(*lote)], anio.reglas, hoy="2027-01-06").read_bytes()
    assert tarde != uno  # control: un día distinto sí se nota


def test_lotes_de_un_mes_y_de_dias_sueltos_resisten(anio, tmp_path):
    lotes = [
        ENERO,
        ("2026-T1", date(2026, 2, 1), date(2026, 3, 17)),
        ("2026-T1b", date(2026, 3, 18), date(2026, 3, 31)),
    ]
    publica = publicar(_nueva(tmp_path / "x"), [anio.crudo(*lote) for lote in lotes], anio.reglas)
    assert revisar(publica, anterior=publica) == []


def _nueva(carpeta: Path) -> Path:
    carpeta.mkdir()
    return carpeta


def test_con_ruido_en_lugar_de_redondeo_tambien_resiste(anio, tmp_path):
    lote = trimestres()[0] if ENTERO else ENERO
    for epsilon in (0.3, 3.0):
        reglas = anio.reglas.con(modo="eps", epsilon=epsilon)
        publica = publicar(_nueva(tmp_path / str(epsilon)), [anio.crudo(*lote)], reglas)
        assert revisar(publica, anterior=publica) == []
