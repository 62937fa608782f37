"""La auditoría: fugas plantadas que se notan, tablas que se quitan, y lo que vale para cualquier lote."""

import json
from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publicacion.auditoria import auditar, ensayar, exigir, proteger_auditado
from publicacion.auditoria.unidades import CELDAS_CUANDO_MAS, PRIORIDAD, Unidad
from publicacion.errores import ErrorPublicacion
from publicacion.modelo import (
    MOTIVOS,
    Asistencia,
    Cambio,
    Celda,
    Censo,
    Contestacion,
    Crudo,
    Evento,
    LineaPoa,
    Pregunta,
    Reglas,
)
from publicacion.proteccion import explicar, proteger
from publicacion.reglamento import en_vigor

REGLAS = Reglas(
    zonas={"cabecera": "Cabecera", "zona_1": "Ranchos"}, programas={"prevencion": "Prevención", "igualdad": "Igualdad"}
)
CRUDO = Crudo("2026-T4", "2026-10-01", "2026-12-31")
SECRETO = b"s" * 32
SI_NO = Pregunta("antes", "X", "una", "¿?", (("si", "Sí"), ("no", "No")), versiones=frozenset({1}))


def lote(*eventos: tuple[str, int, str, str]) -> Crudo:
    """Eventos (id, asistencias, programa, líneas del POA separadas por espacios), de mujeres, en la cabecera."""
    return replace(
        CRUDO,
        asistencias=tuple(
            Asistencia(e, "2026-10", programa, "cabecera", "M", "30-44")
            for e, cuantas, programa, _ in eventos
            for _ in range(cuantas)
        ),
        eventos=tuple(
            Evento(e, "2026-10", programa, "cabecera", tuple((2026, linea) for linea in lineas.split()))
            for e, _, programa, lineas in eventos
        ),
        lineas_poa=tuple(LineaPoa(2026, c, n, "meta", c) for n, c in enumerate(("M4", "A8"))),
    )


def respuestas(**por_sexo: dict[str, int]) -> Crudo:
    filas = tuple(
        Contestacion("antes", 1, "prevencion", "cabecera", sexo, "60+", {"X": opcion})
        for sexo, cuentas in por_sexo.items()
        for opcion, n in cuentas.items()
        for _ in range(n)
    )
    return replace(CRUDO, contestaciones=filas, preguntas=(SI_NO,))


def con_valor(celdas: list[Celda], tabla: str, llave: list, **valor) -> list[Celda]:
    """Las mismas celdas con una cambiada: así se planta una fuga."""
    texto = json.dumps(llave, separators=(",", ":"))
    assert any((c.tabla, c.celda) == (tabla, texto) for c in celdas)
    return [
        c._replace(valor=json.dumps(json.loads(c.valor) | valor)) if (c.tabla, c.celda) == (tabla, texto) else c
        for c in celdas
    ]


# --- fugas plantadas --------------------------------------------------------------------------------------------


def test_un_lote_comun_pasa():
    crudo = lote(("a", 40, "prevencion", "M4"), ("b", 37, "igualdad", "A8"), ("c", 6, "igualdad", ""))
    dictamen = auditar(proteger(crudo, REGLAS, SECRETO), crudo, REGLAS)
    assert dictamen.pasa
    assert dictamen.hallazgos == ()
    assert "no se puede deducir nada" in dictamen.razon


def test_sin_redondeo_falta_la_supresion_secundaria_y_se_nota():
    crudo = lote(("a", 40, "prevencion", ""), ("b", 5, "igualdad", ""))
    exactas = REGLAS.con(redondeo=1)
    dictamen = auditar(proteger(crudo, exactas, SECRETO), crudo, exactas)
    assert not dictamen.pasa
    assert {(h.desde, h.hasta) for h in dictamen.hallazgos} == {(5, 5)}
    assert "Asistencias, «Igualdad»" in dictamen.razon
    assert "fueron 5" in dictamen.razon


def test_dos_lineas_del_poa_que_se_distinguen_por_un_evento_chico_se_notan():
    crudo = lote(("a", 37, "prevencion", "M4 A8"), ("b", 4, "prevencion", "M4"))
    celdas = proteger(crudo, REGLAS, SECRETO)
    assert auditar(celdas, crudo, REGLAS).pasa
    plantada = con_valor(celdas, "poa", [2026, "A8"], asistencias=37)
    dictamen = auditar(plantada, crudo, REGLAS)
    assert [(h.clase, h.desde, h.hasta) for h in dictamen.hallazgos] == [("angosta", 4, 4)]


def test_tres_lineas_del_poa_que_de_dos_en_dos_no_dicen_nada_y_juntas_si():
    """M4 − A8 − A3 es un evento de 4, aunque ninguna resta de dos líneas dé menos de diez."""
    crudo = lote(("a", 20, "prevencion", "M4 A8"), ("b", 20, "prevencion", "M4 A3"), ("c", 4, "prevencion", "M4"))
    crudo = replace(crudo, lineas_poa=tuple(LineaPoa(2026, c, n, "meta", c) for n, c in enumerate(("M4", "A8", "A3"))))
    celdas = proteger(crudo, REGLAS, SECRETO)
    assert [json.loads(c.valor)["asistencias"] for c in celdas if c.tabla == "poa"] == [20, 20, 44]
    assert {(h.desde, h.hasta) for h in auditar(celdas, crudo, REGLAS).hallazgos} == {(4, 4)}
    motivos, dictamen = proteger_auditado(crudo, REGLAS, SECRETO)
    assert dictamen.quitadas == ("línea A3 del POA",)
    assert [m.publicada for m in motivos if m.tabla == "poa"] == [None, 20, 44]


def test_un_total_exacto_junto_a_todas_las_celdas_menos_una_se_nota():
    crudo = lote(("a", 10, "prevencion", "M4"), ("b", 2, "igualdad", "M4"))
    celdas = proteger(crudo, REGLAS, SECRETO)
    dictamen = auditar(celdas, crudo, REGLAS)
    assert (dictamen.hallazgos[0].desde, dictamen.hallazgos[0].hasta) == (0, 2)


def test_un_grupo_en_que_todas_contestaron_lo_mismo_se_nota_aunque_vaya_escondido():
    crudo = respuestas(M={"si": 20, "no": 20}, H={"si": 4})
    exactas = REGLAS.con(redondeo=1)
    hallazgos = auditar(proteger(crudo, exactas, SECRETO), crudo, exactas).hallazgos
    seguras = [h for h in hallazgos if h.clase == "segura"]
    assert [json.loads(h.celda)[:2] for h in seguras] == [["sexo", "H"]]
    assert "todas contestaron lo mismo" in seguras[0].frase
    assert auditar(proteger(crudo, REGLAS, SECRETO), crudo, REGLAS).pasa


def test_el_cambio_entre_antes_y_despues_tambien_se_audita():
    preguntas = tuple(replace(SI_NO, instrumento=i) for i in ("antes", "despues"))
    cambios = tuple(
        Cambio("prevencion", None, sexo, "60+", {"X": que})
        for sexo, cuentas in {"M": {"mejor": 20, "igual": 15, "peor": 12}, "H": {"mejor": 2, "peor": 1}}.items()
        for que, n in cuentas.items()
        for _ in range(n)
    )
    crudo, exactas = replace(CRUDO, cambios=cambios, preguntas=preguntas), REGLAS.con(redondeo=1)
    hallazgos = auditar(proteger(crudo, exactas, SECRETO), crudo, exactas).hallazgos
    assert {json.loads(h.celda)[3] for h in hallazgos} >= {"mejor", "peor"}
    assert auditar(proteger(crudo, REGLAS, SECRETO), crudo, REGLAS).pasa


def test_en_las_de_varias_opciones_tambien():
    p = Pregunta("antes", "V", "varias", "¿?", (("a", "A"), ("b", "B")), versiones=frozenset({1}))
    filas = tuple(
        Contestacion("antes", 1, "prevencion", None, sexo, None, {"V": elegidas})
        for sexo, elegidas, n in (("M", ["a"], 20), ("M", ["b"], 20), ("H", ["b"], 2))
        for _ in range(n)
    )
    crudo, exactas = replace(CRUDO, contestaciones=filas, preguntas=(p,)), REGLAS.con(redondeo=1)
    hallazgos = auditar(proteger(crudo, exactas, SECRETO), crudo, exactas).hallazgos
    de_hombres = {(h.clase, json.loads(h.celda)[4]) for h in hallazgos if json.loads(h.celda)[1] == "H"}
    assert de_hombres == {("angosta", "b"), ("segura", "a")}


def test_lo_que_no_sale_de_los_datos_no_se_publica_ni_quitando_tablas():
    crudo = lote(("a", 40, "prevencion", "M4"))
    plantada = con_valor(proteger(crudo, REGLAS, SECRETO), "asistencia_cubo", ["sexo", "M"], n=55)
    dictamen = auditar(plantada, crudo, REGLAS)
    assert {h.clase for h in dictamen.hallazgos} == {"no_cuadra"}
    with pytest.raises(ErrorPublicacion) as error:
        exigir(dictamen)
    assert "soporte" in error.value.que_hacer


def test_si_fue_casi_todo_un_grupo_tampoco_se_puede_deducir_restando():
    """Fueron 48 de las 50 mujeres de la zona: se esconden, pero total menos hombres las dejaría en 40 o más."""
    censo = Censo({("zona_1", "M", None): 50, ("zona_1", None, None): 400, (None, None, None): 6000})
    filas = tuple(
        Asistencia("a", "2026-10", "prevencion", "zona_1", sexo, "30-44")
        for sexo, n in (("M", 48), ("H", 30))
        for _ in range(n)
    )
    crudo, reglas = replace(CRUDO, asistencias=filas), REGLAS.con(censo=censo)
    celdas = proteger(crudo, reglas, SECRETO)
    assert {h.clase for h in auditar(celdas, crudo, reglas).hallazgos} == {"satura"}
    _, dictamen = proteger_auditado(crudo, reglas, SECRETO)
    assert dictamen.pasa
    assert dictamen.quitadas


# --- quitar tablas ----------------------------------------------------------------------------------------------


def test_se_quita_lo_que_menos_falta_hace_y_conserva_sus_renglones():
    crudo, exactas = respuestas(M={"si": 20, "no": 20}, H={"si": 4}), REGLAS.con(redondeo=1)
    examinadas, dictamen = ensayar(crudo, exactas, SECRETO)
    assert dictamen.pasa
    assert dictamen.quitadas == ("X de «antes» por sexo",)
    assert "X de «antes» por sexo" in dictamen.razon
    assert [e.celda[:2] for e in examinadas] == [c[:2] for c in proteger(crudo, exactas, SECRETO)]
    vistas = {tuple(json.loads(e.celda.celda)[:2]): e for e in examinadas if e.celda.tabla == "respuesta_cubo"}
    assert vistas["total", "todas"].motivo.motivo == "se_muestra"
    assert vistas["sexo", "M"].motivo.motivo == "tabla_quitada"
    assert json.loads(vistas["sexo", "M"].celda.valor)["n"] is None
    assert vistas["sexo", "H"].motivo.motivo == "pocas"
    celdas = [e.celda for e in examinadas]
    assert auditar(celdas, crudo, exactas).pasa
    assert json.loads(en_vigor(exactas, celdas, dictamen))["tablas_quitadas"] == ["X de «antes» por sexo"]


def test_no_se_quita_mas_de_lo_que_hace_falta():
    """Cada tabla quitada hacía falta: si volviera una sola, ya no pasaría."""
    crudo = lote(("a", 10, "prevencion", "M4"), ("b", 2, "igualdad", "M4"))
    examinadas, dictamen = ensayar(crudo, REGLAS, SECRETO)
    enteras = proteger(crudo, REGLAS, SECRETO)
    assert dictamen.pasa
    assert dictamen.quitadas
    for nombre in dictamen.quitadas:
        otra_vez = [
            entera if Unidad.de(entera, crudo, REGLAS).nombre == nombre else e.celda
            for e, entera in zip(examinadas, enteras, strict=True)
        ]
        assert not auditar(otra_vez, crudo, REGLAS).pasa, nombre


def test_si_ni_quitando_tablas_alcanza_no_se_publica_y_se_dice_por_que():
    """Con umbral de 3, esconder ya dice «1 o 2»: no hay tabla que quitar."""
    crudo, reglas = lote(("a", 40, "prevencion", ""), ("b", 2, "igualdad", "")), REGLAS.con(umbral=3)
    _, dictamen = ensayar(crudo, reglas, SECRETO)
    assert not dictamen.pasa
    with pytest.raises(ErrorPublicacion) as error:
        proteger_auditado(crudo, reglas, SECRETO)
    assert "de 0 a 2" in error.value.mensaje
    assert "Ni quitando" in error.value.mensaje
    assert "lo de antes sigue igual" in error.value.que_hacer


def test_las_tablas_que_salen_tienen_todas_su_prioridad():
    assert set(REGLAS.ejes_asistencia) <= set(PRIORIDAD)


def test_mas_de_mil_celdas_no_se_publican_y_dice_que_juntar():
    muchas = tuple(replace(SI_NO, instrumento="larga", clave=f"P{i}") for i in range(200))
    crudo = replace(CRUDO, preguntas=muchas, titulos={"larga": "La encuesta larga"})
    with pytest.raises(ErrorPublicacion) as error:
        ensayar(crudo, REGLAS, SECRETO)
    assert "2026-T4" in error.value.mensaje
    assert f"{CELDAS_CUANDO_MAS:,}" in error.value.mensaje
    assert "«La encuesta larga» (1200)" in error.value.mensaje
    assert "publicacion.csv" in error.value.que_hacer


# --- lo que vale para cualquier lote ----------------------------------------------------------------------------


def lote_al_azar(azar: Random) -> Crudo:
    eventos = tuple(
        Evento(
            f"e{i}",
            azar.choice(("2026-10", "2026-11")),
            azar.choice(("prevencion", "igualdad")),
            azar.choice(("cabecera", "zona_1")),
            tuple((2026, c) for c in ("M4", "A8") if azar.random() < 0.5),
        )
        for i in range(azar.randint(1, 8))
    )
    filas = [
        Asistencia(
            e.id,
            e.mes,
            e.programa,
            e.zona,
            azar.choices("MHN", (8, 3, 1))[0],
            azar.choice(("12-17", "18-29", "60+", "nd")),
            credencial=azar.choice((None, None, f"c{azar.randrange(30)}")),
        )
        for e in eventos
        for _ in range(azar.randint(0, 30))
    ]
    contestaciones = tuple(
        Contestacion(
            "antes",
            1,
            "prevencion",
            "cabecera",
            azar.choices("MHN", (8, 2, 1))[0],
            None,
            {"X": azar.choice(("si", "no"))},
        )
        for _ in range(azar.randint(0, 90))
    )
    return replace(
        CRUDO,
        asistencias=tuple(filas),
        eventos=eventos,
        contestaciones=contestaciones,
        preguntas=(SI_NO,),
        lineas_poa=tuple(LineaPoa(2026, c, n, "meta", c) for n, c in enumerate(("M4", "A8"))),
    )


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6))
def test_una_persona_mas_o_menos_no_cambia_la_forma(semilla):
    azar = Random(semilla)
    crudo = lote_al_azar(azar)
    formas = []
    for este in (crudo, replace(crudo, asistencias=crudo.asistencias[1:], contestaciones=crudo.contestaciones[1:])):
        examinadas, dictamen = ensayar(este, REGLAS, SECRETO)
        formas.append(([e.celda[:2] for e in examinadas], sorted(json.loads(en_vigor(REGLAS, [], dictamen)))))
    assert formas[0] == formas[1]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6))
def test_lo_que_pasa_pasa_de_veras_y_siempre_igual(semilla):
    """Lo que queda después de quitar tablas se audita otra vez desde cero, con todo en otro orden."""
    azar = Random(semilla)
    crudo = lote_al_azar(azar)
    examinadas, dictamen = ensayar(crudo, REGLAS, SECRETO)
    assert dictamen.pasa
    celdas = [e.celda for e in examinadas]
    assert auditar(celdas, crudo, REGLAS).pasa
    otra = replace(crudo, asistencias=tuple(azar.sample(crudo.asistencias, len(crudo.asistencias))))
    assert ensayar(otra, REGLAS, SECRETO) == (examinadas, dictamen)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6))
def test_cada_celda_dice_su_porque_y_el_porque_es_cierto(semilla):
    crudo = lote_al_azar(Random(semilla))
    celdas, motivos = proteger(crudo, REGLAS, SECRETO), explicar(crudo, REGLAS, SECRETO)
    assert [m[:2] for m in motivos] == [c[:2] for c in celdas]
    for celda, motivo in zip(celdas, motivos, strict=True):
        valor = json.loads(celda.valor)
        assert valor.get("n", valor.get("asistencias")) == motivo.publicada
        assert (motivo.motivo == "se_muestra") == (motivo.publicada is not None)
        assert motivo.motivo in MOTIVOS
        if motivo.publicada is not None:
            assert abs(motivo.publicada - motivo.real) < REGLAS.redondeo
    total = next(m for m in motivos if m.celda == '["total","todas"]')
    una_por_credencial = Counter((a.evento, a.credencial) for a in crudo.asistencias if a.credencial)
    assert total.real == len(una_por_credencial) + sum(a.credencial is None for a in crudo.asistencias)
