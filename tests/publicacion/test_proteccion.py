"""La regla 10-30-5, dicha con tablas: lo que entra y lo que se publica."""

import json
import math
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publicacion.modelo import Asistencia, Cambio, Censo, Contestacion, Crudo, Evento, LineaPoa, Pregunta, Reglas
from publicacion.proteccion import meses, personas_cuando_mas, personas_cuando_menos, proteger

REGLAS = Reglas(
    zonas={"cabecera": "Cabecera", "zona_1": "Ranchos"}, programas={"prevencion": "Prevención", "igualdad": "Igualdad"}
)
CRUDO = Crudo("2026-T4", "2026-10-01", "2026-12-31")
SECRETO = b"s" * 32
ESCALA = (("muy_buena", "Muy buena"), ("buena", "Buena"), ("regular", "Regular"), ("mala", "Mala"))


def renglones(tabla: str) -> list[dict[str, str]]:
    """Una tabla de Markdown a diccionarios."""
    filas = [[c.strip() for c in linea.strip().strip("|").split("|")] for linea in tabla.strip().splitlines()]
    return [dict(zip(filas[0], fila, strict=True)) for fila in filas[2:]]


def asistencias(tabla: str) -> tuple[Asistencia, ...]:
    """Cada renglón se repite ``veces`` y lleva, si se dice, credenciales c1, c2... a partir de ``credencial``."""
    salida = []
    for r in renglones(tabla):
        for i in range(int(r.get("veces") or 1)):
            credencial = f"{r['credencial']}{i}" if r.get("credencial") else None
            salida.append(
                Asistencia(
                    evento=r["evento"],
                    mes=r.get("mes") or "2026-10",
                    programa=r.get("programa") or "prevencion",
                    zona=r.get("zona") or "cabecera",
                    sexo=r.get("sexo") or "M",
                    edad=r.get("edad") or "30-44",
                    credencial=credencial,
                )
            )
    return tuple(salida)


def publicado(crudo: Crudo, tabla: str, reglas: Reglas = REGLAS, secreto: bytes = SECRETO) -> dict[tuple, dict]:
    return {
        tuple(json.loads(c.celda)): json.loads(c.valor) for c in proteger(crudo, reglas, secreto) if c.tabla == tabla
    }


def cubo(tabla: str, reglas: Reglas = REGLAS) -> dict[tuple, int | None]:
    crudo = replace(CRUDO, asistencias=asistencias(tabla))
    return {llave: valor["n"] for llave, valor in publicado(crudo, "asistencia_cubo", reglas).items()}


def test_de_diez_en_adelante_se_muestra_y_de_nueve_para_abajo_no():
    salida = cubo("""
        | evento | sexo | edad  | zona     | veces |
        |--------|------|-------|----------|-------|
        | a      | M    | 30-44 | cabecera | 20    |
        | a      | M    | 60+   | cabecera | 9     |
        | a      | H    | 30-44 | cabecera | 10    |
    """)
    assert salida["sexo+edad", "M+30-44"] == 20
    assert salida["sexo+edad", "M+60+"] is None
    assert salida["sexo", "H"] == 10
    assert salida["sexo", "M"] in (25, 30)
    assert salida["zona", "zona_1"] is None


def test_la_misma_mujer_en_diez_sesiones_no_son_diez_personas():
    una_por_sesion = "\n".join(f"| e{i} | 1 |" for i in range(30))
    salida = cubo(f"| evento | veces |\n|---|---|\n{una_por_sesion}")
    assert set(salida.values()) == {None}


def test_diez_credenciales_distintas_si_son_diez_personas_aunque_vayan_a_eventos_distintos():
    una_por_evento = "\n".join(f"| e{i} | c{i}- | 1 |" for i in range(10))
    assert cubo(f"| evento | credencial | veces |\n|---|---|---|\n{una_por_evento}")["total", "todas"] == 10


def test_una_credencial_escaneada_dos_veces_en_un_evento_cuenta_una():
    nueve_dobles = cubo("""
        | evento | credencial | veces |
        |--------|------------|-------|
        | a      | c          | 9     |
        | a      | c          | 9     |
    """)
    assert nueve_dobles["total", "todas"] is None


def test_la_cota_de_personas_es_segura_por_los_dos_lados():
    filas = asistencias("""
        | evento | credencial | veces |
        |--------|------------|-------|
        | a      | c          | 4     |
        | b      | c          | 4     |
        | b      |            | 3     |
    """)
    assert (personas_cuando_menos(filas), personas_cuando_mas(filas)) == (7, 7)


def test_quien_prefiere_no_decir_cuenta_en_el_total_y_no_en_los_grupos():
    salida = cubo("""
        | evento | sexo | edad  | veces |
        |--------|------|-------|-------|
        | a      | N    | nd    | 15    |
        | a      | O    | 18-29 | 15    |
    """)
    assert salida["total", "todas"] == 30
    assert salida["edad", "18-29"] == 15
    assert [n for (eje, _), n in salida.items() if "sexo" in eje and n is not None] == []


def test_las_menores_de_doce_y_de_doce_a_diecisiete_se_juntan():
    salida = cubo("""
        | evento | edad  | veces |
        |--------|-------|-------|
        | a      | 0-11  | 6     |
        | a      | 12-17 | 9     |
    """)
    assert salida["edad", "0-17"] == 15


def test_lo_que_casi_llena_el_censo_se_esconde():
    censo = Censo({("cabecera", "M", None): 50, ("cabecera", None, None): 200, (None, None, None): 1000})
    tabla = """
        | evento | sexo | edad  | zona     | veces |
        |--------|------|-------|----------|-------|
        | a      | M    | 30-44 | cabecera | 41    |
        | a      | M    | 30-44 | zona_1   | 40    |
    """
    salida = cubo(tabla, REGLAS.con(censo=censo))
    assert salida["sexo+zona", "M+cabecera"] is None
    assert salida["zona", "cabecera"] is not None
    assert salida["edad+zona", "30-44+zona_1"] == 40
    assert cubo(tabla)["sexo+zona", "M+cabecera"] is not None


def test_un_evento_al_que_fue_casi_toda_la_zona_no_dice_cuantas():
    censo = Censo({("zona_1", None, None): 50, (None, None, None): 1000})
    tabla = asistencias("| evento | zona | veces |\n|---|---|---|\n| a | zona_1 | 41 |\n| b | cabecera | 41 |")
    salida = publicado(replace(CRUDO, asistencias=tabla), "evento_resumen", REGLAS.con(censo=censo))
    assert salida["2026-10", "prevencion", "zona_1"]["n"] is None
    assert salida["2026-10", "prevencion", "cabecera"]["n"] is not None


def test_una_celda_sin_denominador_se_juzga_con_la_menor_conocida_que_la_contiene():
    censo = Censo({(None, "M", None): 90, ("otras localidades", "M", None): 30, (None, None, None): 180})
    assert censo.denominador("zona_1", "M", "60+") == 30
    assert censo.denominador("cabecera", "M", "60+") == 90
    assert censo.denominador("cabecera", None, None) == 180
    assert Censo().denominador("cabecera", "M", None) is None


# --- respuestas -------------------------------------------------------------------------------------------------


def respuestas(cuentas: dict[str, int], pregunta: Pregunta | None = None) -> dict[str, int | None]:
    p = pregunta or Pregunta("satisfaccion", "S1", "una", "¿?", ESCALA, versiones=frozenset({1}))
    filas = tuple(
        Contestacion(p.instrumento, 1, "prevencion", "cabecera", "M", "30-44", {p.clave: clave})
        for clave, n in cuentas.items()
        for _ in range(n)
    )
    salida = publicado(replace(CRUDO, contestaciones=filas, preguntas=(p,)), "respuesta_cubo")
    return {llave[4]: valor["n"] for llave, valor in salida.items() if llave[0] == "total"}


@pytest.mark.parametrize(
    ("contadas", "se_ven"),
    [
        ({"muy_buena": 20, "buena": 20, "regular": 10, "mala": 10}, {"muy_buena", "buena", "regular", "mala"}),
        ({"muy_buena": 20, "buena": 20, "regular": 9, "mala": 5}, {"muy_buena", "buena", "regular|mala"}),
        ({"muy_buena": 25, "buena": 5, "regular": 9, "mala": 5}, {"muy_buena|buena", "regular|mala"}),
        ({"muy_buena": 10, "buena": 9, "regular": 5, "mala": 5}, set()),
        ({"muy_buena": 60, "buena": 50, "regular": 5, "mala": 5}, {"muy_buena", "buena", "regular|mala"}),
        ({"muy_buena": 100, "buena": 50, "regular": 3, "mala": 3}, set()),
    ],
    ids=["todas", "de cuatro a tres", "de cuatro a dos", "base de 29", "de 120", "ninguna alcanza"],
)
def test_las_categorias_se_juntan_por_una_escalera_fija_antes_de_esconder(contadas, se_ven):
    salida = respuestas(contadas)
    assert {clave for clave, n in salida.items() if n is not None} == se_ven
    assert set(salida) == {"muy_buena", "buena", "regular", "mala", "regular|mala", "muy_buena|buena"}


def test_una_pregunta_en_que_casi_todas_dicen_lo_mismo_no_se_muestra():
    p = Pregunta("antes", "X", "una", "¿?", (("si", "Sí"), ("no", "No")), versiones=frozenset({1}))
    assert respuestas({"si": 180, "no": 20}, p) == {"si": 180, "no": 20}
    assert respuestas({"si": 181, "no": 19}, p) == {"si": None, "no": None}


def test_una_pregunta_con_respuesta_correcta_se_junta_en_correcta_y_las_demas():
    p = Pregunta("antes", "K2", "una", "¿?", (("V", "V"), ("F", "F"), ("NS", "?")), "F", frozenset({1}))
    assert {k for k, n in respuestas({"F": 30, "V": 8, "NS": 5}, p).items() if n} == {"F", "V|NS"}


def test_prefiero_no_decir_no_entra_en_la_base():
    opciones = (("A", "De acuerdo"), ("D", "En desacuerdo"), ("N", "Prefiero no decir"))
    p = Pregunta("antes", "AT1", "una", "¿?", opciones, versiones=frozenset({1}))
    assert respuestas({"A": 15, "D": 14, "N": 40}, p) == {"A": None, "D": None}
    assert respuestas({"A": 15, "D": 15, "N": 40}, p) == {"A": 15, "D": 15}


def test_en_las_de_varias_opciones_cada_una_necesita_diez_que_si_y_diez_que_no():
    opciones = (("casa", "En casa"), ("amiga", "A una amiga"))
    p = Pregunta("despues", "I1", "varias", "¿?", opciones, versiones=frozenset({1}))

    def de_varias(filas):
        filas = tuple(Contestacion("despues", 1, "prevencion", None, "M", None, {"I1": f}) for f in filas)
        salida = publicado(replace(CRUDO, contestaciones=filas, preguntas=(p,)), "respuesta_cubo")
        return [v["n"] for k, v in salida.items() if k[0] == "total"]

    assert sorted(de_varias([["casa"]] * 20 + [["casa", "amiga"]] * 20 + [["amiga"]] * 15)) == [35, 40]
    assert de_varias([["casa"]] * 20 + [["casa", "amiga"]] * 20 + [["amiga"]] * 9) == [None, None]


def test_lo_contestado_a_otra_version_de_la_pregunta_no_se_junta():
    p = Pregunta("antes", "X", "una", "¿?", (("si", "Sí"), ("no", "No")), versiones=frozenset({2}))
    assert respuestas({"si": 40, "no": 40}, p) == {"si": None, "no": None}


def test_el_cambio_entre_antes_y_despues_sigue_la_misma_regla():
    preguntas = tuple(Pregunta(i, "K1", "una", "¿?", (("V", "V"), ("F", "F"))) for i in ("antes", "despues"))
    filas = [("mejor", 20), ("igual", 15), ("peor", 4)]
    cambios = tuple(
        Cambio("prevencion", None, "M", "60+", {"K1": que, "Z9": que}) for que, n in filas for _ in range(n)
    )
    salida = publicado(replace(CRUDO, cambios=cambios, preguntas=preguntas), "cambio_cubo")
    assert {k[3]: v["n"] for k, v in salida.items() if k[0] == "sexo" and k[1] == "M"} == {
        "mejor": 20,
        "igual": None,
        "peor": None,
        "igual|peor": salida["sexo", "M", "K1", "igual|peor"]["n"],
    }
    assert salida["sexo", "M", "K1", "igual|peor"]["n"] in (15, 20)
    assert {k[2] for k in salida} == {"K1"}


# --- POA y eventos ----------------------------------------------------------------------------------------------


def test_el_poa_da_asistencias_exactas_desde_diez():
    crudo = replace(
        CRUDO,
        asistencias=asistencias("| evento | veces |\n|---|---|\n| a | 37 |\n| b | 9 |"),
        eventos=(
            Evento("a", "2026-10", "prevencion", "cabecera", ((2026, "M4"),)),
            Evento("b", "2026-11", "prevencion", "cabecera", ((2026, "A8"),)),
        ),
        lineas_poa=tuple(LineaPoa(2026, c, 0, "meta", c, trimestres=(1, 2, 3, 4)) for c in ("M4", "A8", "M5")),
    )
    salida = publicado(crudo, "poa")
    assert [salida[2026, c]["asistencias"] for c in ("M4", "A8", "M5")] == [37, None, None]
    assert [salida[2026, c]["eventos"] for c in ("M4", "A8", "M5")] == [1, 1, 0]
    assert salida[2026, "M4"]["programado"] == 4


def test_restar_dos_lineas_del_poa_no_descubre_un_evento_chico():
    ambas = ((2026, "M4"), (2026, "A8"))
    crudo = replace(
        CRUDO,
        asistencias=asistencias("| evento | veces |\n|---|---|\n| a | 37 |\n| b | 4 |"),
        eventos=(
            Evento("a", "2026-10", "prevencion", "cabecera", ambas),
            Evento("b", "2026-11", "prevencion", "cabecera", ambas[:1]),
        ),
        lineas_poa=tuple(LineaPoa(2026, c, 0, "meta", c) for c in ("M4", "A8")),
    )
    salida = publicado(crudo, "poa")
    assert (salida[2026, "M4"]["asistencias"], salida[2026, "A8"]["asistencias"]) == (41, None)


def test_los_eventos_se_resumen_por_mes_programa_y_zona():
    crudo = replace(
        CRUDO,
        asistencias=asistencias("""
            | evento | mes     | zona     | veces |
            |--------|---------|----------|-------|
            | a      | 2026-10 | cabecera | 40    |
            | b      | 2026-11 | zona_1   | 8     |
            | c      | 2026-08 | cabecera | 25    |
        """),
        eventos=(
            Evento("a", "2026-10", "prevencion", "cabecera"),
            Evento("b", "2026-11", "prevencion", "zona_1"),
            Evento("c", "2026-08", "prevencion", "cabecera", del_periodo=False),
        ),
    )
    salida = publicado(crudo, "evento_resumen")
    assert salida["2026-10", "prevencion", "cabecera"] == {"eventos": 1, "n": 40}
    assert salida["2026-11", "prevencion", "zona_1"] == {"eventos": 1, "n": None}
    assert {llave[0] for llave in salida} == {"2026-10", "2026-11", "2026-12"}


def test_los_meses_de_un_lote_pasan_de_un_ano_a_otro():
    assert meses("2026-11-01", "2027-01-31") == ["2026-11", "2026-12", "2027-01"]


# --- lo que vale para cualquier lote ----------------------------------------------------------------------------

UNA = st.builds(
    Asistencia,
    evento=st.sampled_from("abc"),
    mes=st.sampled_from(["2026-09", "2026-10", "2026-12"]),
    programa=st.sampled_from(["prevencion", "igualdad", "otro"]),
    zona=st.sampled_from(["cabecera", "zona_1", "otra"]),
    sexo=st.sampled_from("MHON"),
    edad=st.sampled_from(["0-11", "12-17", "18-29", "60+", "nd"]),
    personas=st.integers(1, 12),
    credencial=st.none() | st.sampled_from("xyz"),
)


@given(st.lists(UNA, max_size=60), st.binary(min_size=32, max_size=32))
def test_ninguna_celda_sale_con_menos_de_diez_ni_fuera_de_un_multiplo_de_cinco(filas, secreto):
    for celda in proteger(replace(CRUDO, asistencias=tuple(filas)), REGLAS, secreto):
        n = json.loads(celda.valor).get("n")
        assert n is None or (n >= 10 and n % 5 == 0)


@given(st.lists(UNA, max_size=60), st.randoms(use_true_random=False))
def test_la_forma_no_depende_de_quien_vino_ni_el_resultado_del_orden(filas, azar: Random):
    llaves = [(c.tabla, c.celda) for c in proteger(CRUDO, REGLAS, SECRETO)]
    celdas = proteger(replace(CRUDO, asistencias=tuple(filas)), REGLAS, SECRETO)
    assert [(c.tabla, c.celda) for c in celdas] == llaves
    azar.shuffle(filas)
    assert proteger(replace(CRUDO, asistencias=tuple(filas)), REGLAS, SECRETO) == celdas


@given(st.integers(10, 400), st.binary(min_size=32, max_size=32))
def test_el_redondeo_es_a_un_vecino_y_siempre_el_mismo(n, secreto):
    crudo = replace(CRUDO, asistencias=asistencias(f"| evento | veces |\n|---|---|\n| a | {n} |"))
    uno, otro = (publicado(crudo, "asistencia_cubo", secreto=secreto)["total", "todas"]["n"] for _ in range(2))
    assert uno == otro
    assert uno % 5 == 0
    assert abs(uno - n) < 5


@pytest.mark.parametrize("n", [11, 12, 13, 14])
def test_el_redondeo_no_sesga_sobre_muchas_llaves(n):
    crudo = replace(CRUDO, asistencias=asistencias(f"| evento | veces |\n|---|---|\n| a | {n} |"))
    solo_total = REGLAS.con(ejes_asistencia=("total",))
    salidas = [
        publicado(crudo, "asistencia_cubo", solo_total, k.to_bytes(32, "big"))["total", "todas"]["n"]
        for k in range(2000)
    ]
    error_tipico = math.sqrt((n % 5) * (5 - n % 5) / len(salidas))
    assert abs(sum(salidas) / len(salidas) - n) < 4 * error_tipico


def test_cada_celda_tiene_su_propio_sorteo():
    """Con un solo sorteo para todas, la suma de dos celdas delataría el redondeo."""
    salida = cubo("""
        | evento | sexo | zona     | programa   | veces |
        |--------|------|----------|------------|-------|
        | a      | M    | cabecera | prevencion | 12    |
        | b      | H    | zona_1   | igualdad   | 12    |
    """)
    assert {n for (eje, _), n in salida.items() if "sexo" in eje and n is not None} == {10, 15}
