"""Una condición dicha en palabras: lo que se entiende, y lo que se deja en la frase general."""

import pytest

from formularios import condiciones
from formularios.expresiones import analizar
from formularios.instrumento import Instrumento

_OPCIONES = {
    "si_no": [{"clave": "si", "texto": "Sí"}, {"clave": "no", "texto": "No"}],
    "temas": [
        {"clave": "ley", "texto": "La ley"},
        {"clave": "hijos", "texto": "Hijos"},
        {"clave": "otro", "texto": "Otro"},
        {"clave": "igual", "texto": "Igualdad"},
        {"clave": "2", "texto": "Dos"},
    ],
}
_PREGUNTAS = [
    {"clave": "hijas", "tipo": "una", "texto": "¿Tiene hijas?", "opciones": _OPCIONES["si_no"]},
    {"clave": "cuantas", "tipo": "entero", "texto": "¿Cuántas?"},
    {"clave": "temas", "tipo": "varias", "texto": "¿Qué temas?", "opciones": _OPCIONES["temas"], "publicacion": "no"},
    {"clave": "acepta", "tipo": "acepto", "texto": "¿Acepta?"},
    {"clave": "nota", "tipo": "texto", "texto": "Algo más", "privada": True, "maximo": 100},
    {"clave": "sexo", "tipo": "una", "texto": "¿Usted es…?", "opciones": _OPCIONES["si_no"], "solo_si": "sin_ficha"},
    {"clave": "total", "tipo": "calculo", "texto": "", "calculo": "1 + 1"},
    {"clave": "codigo", "tipo": "codigo", "texto": "Código"},
    {"clave": "cuando", "tipo": "fecha", "texto": "¿Cuándo?"},
]
INSTRUMENTO = Instrumento.de_dict(
    {"clave": "casos", "version": 1, "titulo": "Casos", "intro": "", "minutos": 1, "preguntas": _PREGUNTAS}
)
NUMEROS = {"hijas": 1, "cuantas": 2, "temas": 3, "acepta": 4, "nota": 5, "cuando": 6}


def decir(expresion: str | None, idioma: str | None = None) -> str | None:
    if expresion is not None:
        analizar(expresion)
    return condiciones.frase(INSTRUMENTO, expresion, NUMEROS, idioma)


@pytest.mark.parametrize(
    ("expresion", "frase"),
    [
        ("${hijas} = 'si'", "Solo si contestó «Sí» en la 1"),
        ("'si' = ${hijas}", "Solo si contestó «Sí» en la 1"),
        ("${hijas} != 'si'", "Solo si no contestó «Sí» en la 1"),
        ("not(${hijas} = 'si')", "Solo si no contestó «Sí» en la 1"),
        ("not(${hijas} != 'si')", "Solo si contestó «Sí» en la 1"),
        ("${hijas} = 'si' or ${hijas} = 'no'", "Solo si contestó «Sí» o «No» en la 1"),
        ("${cuantas} >= 3", "Solo si puso 3 o más en la 2"),
        ("${cuantas} > 3", "Solo si puso más de 3 en la 2"),
        ("3 > ${cuantas}", "Solo si puso menos de 3 en la 2"),
        ("${cuantas} <= 2.5", "Solo si puso 2.5 o menos en la 2"),
        ("number(${cuantas}) = 0", "Solo si puso 0 en la 2"),
        ("coalesce(${cuantas}, 0) > 0", "Solo si puso más de 0 en la 2"),
        ("${cuantas} >= 3 and ${cuantas} < 9", "Solo si puso 3 o más y menos de 9 en la 2"),
        ("selected(${temas}, 'ley')", "Solo si marcó «La ley» en la 3"),
        ("not(selected(${temas}, 'ley'))", "Solo si no marcó «La ley» en la 3"),
        ("selected(${temas}, 'ley') or selected(${temas}, 'otro')", "Solo si marcó «La ley» u «Otro» en la 3"),
        ("selected(${temas}, 'ley') and selected(${temas}, 'hijos')", "Solo si marcó «La ley» e «Hijos» en la 3"),
        ("selected(${temas}, 'hijos') and selected(${temas}, 'igual')", "Solo si marcó «Hijos» e «Igualdad» en la 3"),
        ("selected(${temas}, '2')", "Solo si marcó «Dos» en la 3"),
        ("selected(${hijas}, 'si')", "Solo si contestó «Sí» en la 1"),
        ("count-selected(${temas}) >= 2", "Solo si marcó 2 o más en la 3"),
        ("count-selected(${temas}) > 0", "Solo si contestó la 3"),
        ("count-selected(${temas}) = 0", "Solo si dejó vacía la 3"),
        ("${nota} != ''", "Solo si contestó la 5"),
        ("${nota} = ''", "Solo si dejó vacía la 5"),
        ("string-length(${nota}) > 0", "Solo si contestó la 5"),
        ("${cuando}", "Solo si contestó la 6"),
        ("${acepta} = 'OK'", "Solo si marcó la 4"),
        ("${acepta} != 'OK'", "Solo si no marcó la 4"),
        ("${sexo} = 'si'", "Solo si contestó «Sí» en «¿Usted es…?»"),
        ("${hijas} = 'si' and ${cuantas} > 2", "Solo si contestó «Sí» en la 1 y puso más de 2 en la 2"),
        ("${hijas} = 'si' or ${acepta} = 'OK'", "Solo si contestó «Sí» en la 1 o marcó la 4"),
        (
            "${hijas} = 'si' and (${cuantas} > 2 or selected(${temas}, 'ley'))",
            "Solo si contestó «Sí» en la 1, y además puso más de 2 en la 2 o marcó «La ley» en la 3",
        ),
        (
            "(${hijas} = 'si' and ${cuantas} > 2) or ${acepta} = 'OK'",
            "Solo si contestó «Sí» en la 1 y puso más de 2 en la 2, o bien marcó la 4",
        ),
        (
            "${hijas} = 'si' and (selected(${temas}, 'ley') or selected(${temas}, 'otro'))",
            "Solo si contestó «Sí» en la 1 y marcó «La ley» u «Otro» en la 3",
        ),
        (
            "not(${hijas} = 'si' or selected(${temas}, 'ley'))",
            "Solo si no contestó «Sí» en la 1 y no marcó «La ley» en la 3",
        ),
        (
            "${temas} != '' and not(selected(${temas}, 'ley')) and not(selected(${temas}, 'otro'))",
            "Solo si contestó la 3, no marcó «La ley» en la 3 y no marcó «Otro» en la 3",
        ),
    ],
)
def test_se_dice_en_palabras(expresion: str, frase: str) -> None:
    assert decir(expresion) == frase


@pytest.mark.parametrize(
    "expresion",
    [
        "${total} > 1",  # un cálculo no se ve
        "${codigo} = 'x'",  # aquí no se dibuja
        "${hijas} = 'quizá'",  # no es una de sus opciones
        "${hijas} = ${sexo}",
        "${cuantas} + 1 > 3",
        "${cuando} > today()",
        "${cuando} > '2026-01-01'",
        "regex(${nota}, '^a$')",
        "string-length(${nota}) > 5",
        "position(..) > 1",
        "false()",
        "if(${hijas} = 'si', true(), false())",
        "(${hijas} = 'si' and (${cuantas} > 2 or (${acepta} = 'OK' and ${nota} != ''))) or ${cuando} != ''",
        " or ".join(f"selected(${{temas}}, '{clave}')" for clave in ("ley", "hijos", "otro", "igual", "2")),
    ],
)
def test_lo_que_no_cabe_en_una_frase_se_dice_en_general(expresion: str) -> None:
    assert decir(expresion) == condiciones.GENERAL


@pytest.mark.parametrize("expresion", [None, "true()"])
def test_sin_condicion_no_se_dice_nada(expresion: str | None) -> None:
    assert decir(expresion) is None


def test_en_ingles() -> None:
    assert decir("${hijas} = 'si' and ${cuantas} >= 2", "English (en)") == (
        "Only if you answered “Sí” to question 1 and wrote 2 or more in question 2"
    )
    assert decir("${total} > 1", "English (en)") == (
        "Depending on your earlier answers this may not be for you: leave it empty if it is not."
    )
    assert decir("${hijas} = 'si'", "Français (fr)") == "Solo si contestó «Sí» en la 1"
