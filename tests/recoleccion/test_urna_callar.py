"""Qué se calla al abrir, con grupos al azar: nadie se pierde, y lo que se dice lo dicen cinco o nadie."""

from collections import Counter
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from recoleccion.consultas.callar import GRUPO, MINIMO, Persona, Sobre, callar, contados, elegir
from recoleccion.consultas.revolver import revolver

PREGUNTA = {"tipo": "una", "opciones": [{"clave": "V"}, {"clave": "F"}]}
PREGUNTAS = {
    ("antes", 1): {"K1": PREGUNTA | {"modulo": "violencia"}, "G1": PREGUNTA | {"modulo": "igualdad"}},
    ("antes", 2): {"K1": PREGUNTA},
    ("despues", 1): {"K1": PREGUNTA},
}
EVENTOS = {"A": "cabecera", "B": "cabecera", "C": "zona_1", "D": "zona_2"}


@st.composite
def urnas(sortear) -> list[Sobre]:
    """Unas cuantas personas por evento, con edades y sexos muy desiguales; a veces falta el antes o el después."""
    azar, sobres = Random(sortear(st.integers(0, 2**32))), []
    for evento, zona in EVENTOS.items():
        for n in range(sortear(st.sampled_from([0, 2, 4, 7, 9, 10, 14, 30]))):
            sexo = azar.choices([None, "N", "M", "H", "O"], (1, 1, 12, 4, 1))[0]
            edad = azar.choices(["nd", "12-17", "18-29", "30-44", "60+"], (1, 1, 4, 6, 3))[0]
            tema = "igualdad" if evento == "B" and azar.random() < 0.9 else "otro"
            clave = "G1" if tema == "igualdad" else "K1"
            for encuesta in ("antes", "despues"):
                version = 2 if encuesta == "antes" and azar.random() < 0.1 and clave == "K1" else 1
                if azar.random() < 0.85:
                    respuestas = {clave if encuesta == "antes" else "K1": azar.choice("VF")}
                    sobres.append(
                        Sobre(
                            f"{evento}{n}{encuesta}", evento, encuesta, version, "2026-11-25", zona, tema, respuestas,
                            {}, f"LUNA-{n}", sexo if encuesta == "antes" else None, edad,
                        )
                    )  # fmt: skip
    return sobres


def pocas(personas: list[Persona], que) -> list:
    """Lo que dicen de sí, en una misma encuesta, entre una y cuatro."""
    cuentas = Counter((hoja, que(p)) for p in personas for hoja in p.hojas)
    return [cual for cual, n in cuentas.items() if n < GRUPO]


@settings(max_examples=150)
@given(urnas(), st.integers(0, 2**32))
def test_lo_que_se_dice_lo_dicen_cinco(sobres, semilla):
    elegidas = elegir(sobres, PREGUNTAS)
    salen = [s for p in elegidas for s in p.sobres]
    assert len({s.id for s in salen}) == len(salen)
    reales = {id(p): (p.zona, p.sexo, p.edad) for p in elegidas}
    callar(elegidas, Random(semilla))
    for persona in elegidas:  # sólo se calla; nunca se cambia
        assert all(dice in (None, real) for dice, real in zip(persona.etiqueta, reales[id(persona)], strict=True))
        assert persona.sexo is not None or persona.edad is None
    sueltas = [p for p in elegidas if not p.grupo]
    assert pocas(sueltas, lambda p: p.etiqueta) == []
    for evento in {p.grupo for p in elegidas} - {""}:
        suyas = [p for p in elegidas if p.grupo == evento]
        cuidadas = {h for h, n in Counter(h for p in suyas for h in p.hojas).items() if n >= GRUPO}
        assert [c for c in pocas(suyas, lambda p: (p.sexo, p.edad)) if c[0] in cuidadas] == []


@settings(max_examples=100)
@given(urnas(), st.integers(0, 2**32))
def test_en_un_evento_chico_quien_era_la_unica_no_calla_sola(sobres, semilla):
    """Sale junto con otros eventos, pero de cuál es un renglón se puede saber: ahí también callan cinco con ella."""
    elegidas = elegir(sobres, PREGUNTAS)
    reales = {id(p): p.sexo for p in elegidas}
    callar(elegidas, Random(semilla))
    for evento in EVENTOS:
        suyas = [(h, p) for p in elegidas if not p.grupo and p.sobres[0].evento_id == evento for h in p.hojas]
        for hoja, todas in Counter(h for h, _ in suyas).items():
            de_cada = Counter(reales[id(p)] for h, p in suyas if h == hoja)
            if min(de_cada.values()) < GRUPO:
                assert sum(p.sexo is None for h, p in suyas if h == hoja) >= min(GRUPO, todas)


@settings(max_examples=100)
@given(urnas(), st.integers(0, 2**32))
def test_lo_que_sale_son_diez_y_restando_quedan_cinco(sobres, semilla):
    elegidas = elegir(sobres, PREGUNTAS)
    if not elegidas:
        return
    salen = [s for p in elegidas for s in p.sobres]
    assert min(Counter(hoja for p in elegidas for hoja in p.hojas).values()) >= MINIMO
    de_chicos = Counter(hoja for p in elegidas if not p.grupo for hoja in p.hojas)
    assert min(de_chicos.values(), default=GRUPO) >= GRUPO
    revuelto = revolver(elegidas, PREGUNTAS, Random(semilla))
    assert len(revuelto.contestaciones) == len(salen)
    assert {celda[:3]: n for celda, n in revuelto.recuentos.items() if not celda[3]} == {
        cual: n for cual, n in Counter(s.contado for s in salen).items() if cual in contados(salen)
    }
    assert not {"grupo", "evento_id", "ficha"} & {c for fila in revuelto.contestaciones for c in fila}


def test_sin_nada_raro_no_se_calla_nada():
    sobres = [
        Sobre(
            f"{n}",
            "A",
            "antes",
            1,
            "2026-11-25",
            "cabecera",
            "otro",
            {"K1": "V"},
            {},
            None,
            "M" if n < 8 else "H",
            "30-44",
        )
        for n in range(16)
    ]
    elegidas = elegir(sobres, PREGUNTAS)
    callar(elegidas, Random(1))
    assert Counter(p.etiqueta for p in elegidas) == {("cabecera", "M", "30-44"): 8, ("cabecera", "H", "30-44"): 8}


def test_quienes_callan_por_acompañar_salen_al_azar():
    """Si fueran siempre las primeras, el orden en que llegaron diría cuál es la rara."""
    acompañan = set()
    for semilla in range(30):
        sobres = [
            Sobre(f"{n}", "A", "antes", 1, "2026-11-25", "cabecera", "otro", {"K1": "V"}, {}, None,
                  "H" if n == 7 else "M", "30-44")
            for n in range(20)
        ]  # fmt: skip
        elegidas = elegir(sobres, PREGUNTAS)
        callar(elegidas, Random(semilla))
        calladas = {p.sobres[0].id for p in elegidas if p.sexo is None}
        assert len(calladas) == GRUPO
        assert "7" in calladas
        acompañan |= calladas
    assert len(acompañan) == 20
