"""Una encuesta de más no para la publicación: lo que no cabe deja de separarse o no sale, y se dice."""

import json
from contextlib import closing
from dataclasses import replace
from random import Random
from typing import Any

from sqlite_utils import Database

from publicacion.auditoria import ensayar
from publicacion.cupo import Cupo, caber, no_cupo
from publicacion.modelo import Contestacion, Crudo, Pregunta, Reglas
from publicacion.proteccion import examinar

REGLAS = Reglas(
    zonas={"cabecera": "Cabecera", "zona_1": "Ranchos"}, programas={"prevencion": "Prevención", "igualdad": "Igualdad"}
)
CRUDO = Crudo("2026-T4", "2026-10-01", "2026-12-31")
SECRETO = b"s" * 32
OPCIONES = tuple((c, c.upper()) for c in "abcde")


def _crudo(**cuantas: int) -> Crudo:
    """Tantas preguntas de cinco opciones por encuesta, con contestaciones en todas."""
    azar = Random(5)
    preguntas = tuple(
        Pregunta(encuesta, f"{encuesta}{n}", "una", f"¿{n}?", OPCIONES, versiones=frozenset({1}))
        for encuesta, total in sorted(cuantas.items())
        for n in range(total)
    )
    filas = tuple(
        Contestacion(
            encuesta, 1, "prevencion", "cabecera", azar.choice("MH"), "30-44",
            {f"{encuesta}{n}": azar.choice("abcde") for n in range(total)},
        )
        for encuesta, total in sorted(cuantas.items())
        for _ in range(200)
    )  # fmt: skip
    return replace(CRUDO, preguntas=preguntas, contestaciones=filas, aplicadas=frozenset(cuantas))


def _celdas(crudo: Crudo) -> int:
    return len(examinar(crudo, REGLAS, SECRETO))


def test_si_cabe_no_cambia_nada() -> None:
    crudo = _crudo(antes=5)
    assert caber(crudo, REGLAS) == (crudo, Cupo())


def test_lo_que_no_cabe_deja_de_separarse_y_se_publica_y_se_audita() -> None:
    crudo = _crudo(antes=10, feria=30)
    assert _celdas(crudo) > 1000
    cabe, cupo = caber(crudo, REGLAS)
    assert 990 < _celdas(cabe) <= 1000, "ni una celda de más, ni se calla lo que sí cabía"
    assert cupo.sin_lugar == ()
    assert cupo.sin_separar
    assert all(cual.startswith("feria: ") for cual in cupo.sin_separar)
    examinadas, dictamen = ensayar(cabe, REGLAS, SECRETO)
    assert dictamen.pasa
    separadas = {e.celda.celda for e in examinadas if '"sexo"' in e.celda.celda}
    assert all(f'"{cual.split(": ")[1]}"' not in celda for cual in cupo.sin_separar for celda in separadas)


def test_las_de_siempre_son_las_ultimas_y_lo_que_no_sale_se_dice() -> None:
    crudo = _crudo(antes=10, feria=90, mercado=90)
    cabe, cupo = caber(replace(crudo, aplicadas=frozenset({"antes", "feria"})), REGLAS)
    assert _celdas(cabe) <= 1000
    assert not any(cual.startswith("antes") for cual in cupo.sin_separar + cupo.sin_lugar)
    assert {f"mercado: mercado{n}" for n in range(90)} <= {*cupo.sin_lugar}, "primero cede la que nadie llevó"
    assert [frase for frase in no_cupo(cupo) if "fuera de la publicación" in frase]


def test_no_depende_de_lo_contestado() -> None:
    crudo = _crudo(antes=10, feria=90)
    sin_nadie = replace(crudo, contestaciones=(), asistencias=(), cambios=())
    (uno, dicho), (otro, igual) = caber(crudo, REGLAS), caber(sin_nadie, REGLAS)
    assert dicho == igual
    assert uno.preguntas == otro.preguntas


def test_ni_sin_preguntas_cabe_y_no_se_queda_dando_vueltas() -> None:
    crudo = _crudo(feria=3)
    cabe, cupo = caber(crudo, REGLAS, tope=1)
    assert cabe.preguntas == ()
    assert len(cupo.sin_lugar) == 3


def test_una_encuesta_enorme_no_para_la_publicacion_de_verdad(oficina: Any) -> None:
    pregunta = {"tipo": "una", "opciones": [{"clave": c, "texto": c.upper()} for c in "abcde"]}
    modelo = {"preguntas": [pregunta | {"clave": f"F{n}", "texto": f"¿{n}?"} for n in range(60)]}
    with closing(Database(oficina.privada)) as db:
        db.execute("INSERT INTO instrumento (clave, version, titulo, huella, modelo) VALUES ('feria', 1, 'La feria', 'x', ?)", [json.dumps(modelo)])  # noqa: E501  # fmt: skip
        db.execute("INSERT INTO evento_encuesta VALUES (?, 9, 'feria', 1, 0)", [oficina.eventos[0]])
        db.conn.commit()
    oficina.publicar()
    with closing(Database(oficina.publica)) as db:
        reglas = dict(db.execute("SELECT regla, valor FROM reglas").fetchall())
        assert int(reglas["celdas"]) <= 1000
        assert "feria: F59" in reglas["sin_lugar"]
        assert reglas["auditoria"] == "pasa"
        salen = {clave for (clave,) in db.execute("SELECT DISTINCT pregunta FROM respuesta_cubo")}
        assert "F0" in salen
        assert "F59" not in salen
        antes = db.execute("SELECT count(*) FROM respuesta_cubo WHERE instrumento = 'antes' AND eje = 'sexo'")
        assert antes.fetchone()[0] > 0
