"""El modelo de instrumento y los cuatro que vienen con el sistema."""

import json
from dataclasses import FrozenInstanceError

import pytest

from formularios.catalogos import INICIALES, cargar
from formularios.instrumento import ErrorInstrumento, Instrumento, incluidos

BASICO = {
    "clave": "prueba",
    "version": 1,
    "titulo": "Prueba",
    "intro": "Dos preguntas.",
    "minutos": 1,
    "preguntas": [
        {"clave": "P1", "tipo": "una", "texto": "¿Uno?", "opciones": [{"clave": "a", "texto": "A"}]},
        {"clave": "P2", "tipo": "texto", "texto": "¿Dos?", "privada": True, "maximo": 100},
    ],
}


def _claves(instrumento: Instrumento) -> list[str]:
    return [pregunta.clave for pregunta in instrumento.preguntas]


def test_la_huella_de_los_cuatro_es_la_de_siempre() -> None:
    assert {clave: instrumento.huella for clave, instrumento in incluidos().items()} == {
        "antes": "d918181e5fc0ea2704c6c042052c8e47670ad23485c2bfa45e021b87b655a1c5",
        "despues": "e228a652baa2cb964452c9cd145388399b661fc1f547a413c9f29a4fd31f7a7c",
        "satisfaccion": "7bb6314488f474d39e750868ce362fe3ec310fd1cf73807185be73cc380bdc6c",
        "reconocer": "65a60a08f255ea3b3a2d239c237549f0ec12e43d980ff2f98284fe9ee5aa72b8",
    }


def test_vienen_cuatro_con_su_numero_de_preguntas() -> None:
    contadas = {clave: len(i.para_tema("otro").numeros) for clave, i in incluidos().items()}
    assert contadas == {"antes": 12, "despues": 11, "satisfaccion": 7, "reconocer": 10}


def test_antes_lleva_las_preguntas_en_su_orden() -> None:
    antes = incluidos()["antes"].para_tema("tipos")
    assert _claves(antes) == ["D1", "D2", "D3", "K1", "K2", "K3", "K4", "K5", "AT1", "AT2", "AT3", "C1"]
    assert [p.correcta for p in antes.preguntas if p.modulo] == ["V", "F", "V", "V", "V"]


def test_el_tema_igualdad_cambia_las_preguntas_de_conocimiento() -> None:
    for clave in ("antes", "despues"):
        original = incluidos()[clave]
        igualdad, otro = original.para_tema("igualdad"), original.para_tema("noviazgo")
        assert [p.correcta for p in igualdad.preguntas if p.clave.startswith("G")] == ["V", "V", "V", "F", "F"]
        assert not [c for c in _claves(igualdad) if c.startswith("K")]
        assert not [c for c in _claves(otro) if c.startswith("G")]
        assert len(igualdad.preguntas) == len(otro.preguntas)
        assert igualdad.para_tema("igualdad") == igualdad


def test_despues_repite_las_preguntas_de_antes_palabra_por_palabra() -> None:
    antes = {p.clave: (p.texto, p.opciones, p.correcta) for p in incluidos()["antes"].preguntas}
    despues = {p.clave: (p.texto, p.opciones, p.correcta) for p in incluidos()["despues"].preguntas}
    comunes = [c for c in antes if c[0] in "KGAC"]
    assert len(comunes) == 14
    assert {c: antes[c] for c in comunes} == {c: despues[c] for c in comunes}


def test_las_respuestas_correctas_se_explican_solo_despues() -> None:
    assert not any(p.explicacion for p in incluidos()["antes"].preguntas)
    for pregunta in incluidos()["despues"].preguntas:
        if pregunta.modulo:
            esperado = {"V": "Verdadero. ", "F": "Falso. "}[str(pregunta.correcta)]
            assert pregunta.explicacion is not None
            assert pregunta.explicacion.startswith(esperado)
            assert "\n" not in pregunta.explicacion


def test_sexo_y_edad_se_piden_despues_solo_sin_ficha() -> None:
    condicionadas = [p.clave for p in incluidos()["despues"].preguntas if p.solo_si == "sin_ficha"]
    assert condicionadas == ["D1", "D2"]
    assert {c: i.lleva_ficha for c, i in incluidos().items()} == {
        "antes": True,
        "despues": True,
        "satisfaccion": False,
        "reconocer": False,
    }


def test_lo_demografico_usa_las_claves_de_los_catalogos() -> None:
    catalogos = cargar(INICIALES)
    for instrumento in incluidos().values():
        for pregunta in instrumento.preguntas:
            if pregunta.demografica:
                pares = [(o.clave, o.texto) for o in pregunta.opciones]
                esperados = catalogos.pares(pregunta.demografica)
                assert pares == [par for par in esperados if par[0] != "0-11"]


def test_el_tema_delicado_es_para_personas_adultas_y_tiene_su_cierre() -> None:
    reconocer = incluidos()["reconocer"]
    assert reconocer.edad_minima == 18
    assert reconocer.cierre is not None
    assert reconocer.cierre.startswith("Todas son formas de violencia.")
    assert reconocer.cierre.endswith("Nadie merece vivirlas.")


def test_todo_texto_libre_es_privado_y_corto() -> None:
    libres = {p.clave: (p.privada, p.maximo) for i in incluidos().values() for p in i.preguntas if p.tipo == "texto"}
    assert libres == {"I2": (True, 200), "S7": (True, 200)}


def test_se_dice_cuanto_toma() -> None:
    assert {c: i.duracion for c, i in incluidos().items()} == {
        "antes": "3 minutos",
        "despues": "3 minutos",
        "satisfaccion": "90 segundos",
        "reconocer": "2 minutos",
    }


@pytest.mark.parametrize("clave", list(incluidos()))
def test_ir_y_volver_por_json_conserva_el_instrumento_y_su_huella(clave: str) -> None:
    original = incluidos()[clave]
    vuelta = Instrumento.de_dict(json.loads(json.dumps(original.a_dict())))
    assert vuelta == original
    assert vuelta.huella == original.huella


def test_la_huella_cambia_con_una_letra_y_no_con_el_orden_de_las_llaves() -> None:
    huella = Instrumento.de_dict(BASICO).huella
    assert Instrumento.de_dict(dict(reversed(BASICO.items()))).huella == huella
    assert Instrumento.de_dict(BASICO | {"titulo": "Prueba."}).huella != huella
    assert Instrumento.de_dict(BASICO | {"version": 2}).huella != huella


def test_decir_lo_que_ya_vale_por_omision_no_cambia_la_huella() -> None:
    con_omisiones = BASICO | {"lleva_ficha": False, "cierre": None}
    assert Instrumento.de_dict(con_omisiones).huella == Instrumento.de_dict(BASICO).huella


def test_un_instrumento_no_se_puede_cambiar() -> None:
    with pytest.raises(FrozenInstanceError):
        Instrumento.de_dict(BASICO).titulo = "Otro"  # type: ignore[misc]


def _con(indice: int, **cambios: object) -> dict[str, object]:
    preguntas = json.loads(json.dumps(BASICO["preguntas"]))
    preguntas[indice] |= cambios
    return BASICO | {"preguntas": preguntas}


@pytest.mark.parametrize(
    ("dato", "motivo"),
    [
        ({}, "forma esperada"),
        (BASICO | {"preguntas": None}, "forma esperada"),
        (BASICO | {"sorpresa": 1}, "forma esperada"),
        (BASICO | {"clave": "../x"}, "clave de instrumento"),
        (BASICO | {"version": 0}, "no pueden faltar"),
        (BASICO | {"preguntas": []}, "no pueden faltar"),
        (_con(0, clave="1a"), "empieza con letra"),
        (_con(0, clave="a b"), "empieza con letra"),
        (_con(1, clave="P1"), "repetida"),
        (_con(0, texto=" "), "falta el texto"),
        (_con(0, tipo="numero"), "el tipo no existe"),
        (_con(0, opciones=[]), "no van con el tipo"),
        (_con(0, opciones=[{"clave": "a", "texto": "A"}] * 2), "repetida"),
        (_con(0, correcta="z"), "la correcta"),
        (_con(0, demografica="religion"), "lo demográfico"),
        (_con(0, solo_si="siempre"), "la condición"),
        (_con(1, maximo=None), "máximo"),
        (_con(0, privada=True), "lo privado es un texto"),
        (_con(0, texto=" A"), "espacios"),
        (_con(0, texto="A\u200b"), "invisibles"),
        (_con(0, relevante="${P9} = 'a'"), "no es el nombre"),
        (_con(0, relevante="${P2} ="), "no se entiende"),
        (_con(0, relevante="${P1} = 'a'"), "círculo"),
        (_con(0, tipo="rango", opciones=[], inicio="1", fin="0", paso="1"), "rango"),
        (_con(0, publicacion="a | b"), "publicación"),
        (_con(0, sensibilidad="mucha"), "sensibilidad"),
        (_con(0, apariencia="bonita"), "apariencia"),
        (_con(0, omision="z"), "valor de inicio"),
        (_con(0, grupo="g"), "no existe"),
        (BASICO | {"grupos": [{"clave": "g"}]}, "ninguno está vacío"),
        (_con(0, traducciones={"Inglés": {"texto": "One?"}}), "no está entre los del instrumento"),
        (_con(0, texto="Hola ${P99}"), "P99"),
    ],
)
def test_un_instrumento_mal_hecho_se_rechaza_con_su_motivo(dato: dict[str, object], motivo: str) -> None:
    with pytest.raises(ErrorInstrumento, match=motivo):
        Instrumento.de_dict(dato)
