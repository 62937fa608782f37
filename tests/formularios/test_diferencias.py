"""Qué cambió entre dos versiones, en palabras; y que «comparable» es lo que la publicación de veras junta."""

import json

import pytest

from formularios.diferencias import PALABRAS, comparar, generales
from formularios.instrumento import TIPOS, Instrumento, incluidos
from publicacion.extraccion import preguntas_cerradas

VIEJA = {
    "clave": "casa",
    "version": 1,
    "titulo": "Su casa",
    "intro": "Son 3.",
    "minutos": 2,
    "preguntas": [
        {"clave": "hijas", "tipo": "una", "texto": "¿Tiene hijas?", "opciones": [
            {"clave": "si", "texto": "Sí"}, {"clave": "no", "texto": "No"}]},
        {"clave": "cuantas", "tipo": "entero", "texto": "¿Cuántas?", "relevante": "${hijas} = 'si'"},
        {"clave": "temas", "tipo": "varias", "texto": "¿Qué temas?", "opciones": [
            {"clave": "a", "texto": "Salud"}, {"clave": "b", "texto": "Dinero"}]},
    ],
}  # fmt: skip


def con(*cambios: tuple[str, str], **generales_: object) -> Instrumento:
    """La versión 2: textos cambiados en el JSON de la 1."""
    texto = json.dumps(VIEJA, ensure_ascii=False)
    for antes, ahora in cambios:
        assert antes in texto
        texto = texto.replace(antes, ahora)
    return Instrumento.de_dict(json.loads(texto) | {"version": 2} | generales_)


def diferencia(clave: str, *cambios: tuple[str, str]):
    return next(d for d in comparar(Instrumento.de_dict(VIEJA), con(*cambios)) if d.clave == clave)


def test_sin_cambios_todo_es_igual_y_comparable() -> None:
    diferencias = comparar(Instrumento.de_dict(VIEJA), con())
    assert [(d.clave, d.que, d.comparable) for d in diferencias] == [
        ("hijas", "igual", True),
        ("cuantas", "igual", True),
        ("temas", "igual", True),
    ]
    assert generales(Instrumento.de_dict(VIEJA), con()) == ()


def test_lo_agregado_y_lo_quitado_quedan_en_su_lugar() -> None:
    preguntas = [VIEJA["preguntas"][0], {"clave": "edad", "tipo": "entero", "texto": "¿Edad?"}, VIEJA["preguntas"][2]]
    nueva = con(preguntas=preguntas)
    assert [(d.clave, d.que, d.comparable) for d in comparar(Instrumento.de_dict(VIEJA), nueva)] == [
        ("hijas", "igual", True),
        ("cuantas", "quitada", False),
        ("edad", "agregada", False),
        ("temas", "igual", True),
    ]
    assert comparar(Instrumento.de_dict(VIEJA), nueva)[1].texto == "¿Cuántas?"


@pytest.mark.parametrize(
    ("clave", "cambio", "frase", "comparable"),
    [
        ("hijas", ("¿Tiene hijas?", "¿Tiene hijas o hijos?"), "Antes decía «¿Tiene hijas?».", False),
        ("hijas", ('"texto": "Sí"', '"texto": "Claro"'), "La opción «Sí» ahora dice «Claro».", False),
        ("temas", ('"clave": "b", "texto": "Dinero"', '"clave": "c", "texto": "Ley"'), "Se agregó la opción «Ley».",
         False),
        ("temas", ('"clave": "b", "texto": "Dinero"', '"clave": "c", "texto": "Ley"'), "Se quitó la opción «Dinero».",
         False),
        ("temas", ('"texto": "Dinero"', '"texto": "Dinero", "exclusiva": true'),
         "Cambió algo de la opción «Dinero» que no es su texto.", True),
        ("temas", ('"tipo": "varias"', '"tipo": "una"'),
         "Antes se contestaba con varias opciones; ahora, con una opción.", False),
        ("cuantas", ("${hijas} = 'si'", "${hijas} != 'no'"), "Cambió a quién se le pregunta.", True),
        ("cuantas", ('"tipo": "entero"', '"tipo": "entero", "ayuda": "Las que viven"'), "Cambió el renglón de ayuda.",
         True),
        ("temas", ('"tipo": "varias"', '"tipo": "varias", "publicacion": "no"'), "Cambió cómo se publica.", False),
    ],
)  # fmt: skip
def test_cada_cambio_se_dice_con_sus_palabras(
    clave: str, cambio: tuple[str, str], frase: str, comparable: bool
) -> None:
    hallada = diferencia(clave, cambio)
    assert hallada.que == "cambiada"
    assert frase in hallada.frases
    assert hallada.comparable is comparable


def test_cambiar_el_orden_de_las_opciones_se_dice_y_no_es_comparable() -> None:
    si, no = '{"clave": "si", "texto": "Sí"}', '{"clave": "no", "texto": "No"}'
    volteada = diferencia("hijas", (f"{si}, {no}", f"{no}, {si}"))
    assert volteada.frases == ("Cambió el orden de las opciones.",)
    assert not volteada.comparable


def test_lo_que_cambia_de_toda_la_encuesta() -> None:
    vieja = Instrumento.de_dict(VIEJA)
    al_reves = [VIEJA["preguntas"][2], VIEJA["preguntas"][0]]
    nueva = con(titulo="Otra", minutos=3, lleva_ficha=True, edad_minima=18, preguntas=al_reves)
    assert generales(vieja, nueva) == (
        "El título era «Su casa».",
        "Antes tomaba 2 minutos.",
        "Ahora pide ficha.",
        "Cambió desde qué edad se contesta.",
        "Cambió el orden de las preguntas.",
    )


def test_todo_campo_de_una_pregunta_se_nota_si_cambia() -> None:
    """Un campo nuevo del modelo que nadie dijo cómo contar haría que dos preguntas distintas se vieran iguales."""
    from dataclasses import fields, replace

    from formularios.instrumento import Mapa, Pregunta

    base = Pregunta("x", "entero", "¿?")
    raros = {"opciones": incluidos()["antes"].preguntas[0].opciones, "traducciones": Mapa({"English (en)": Mapa({})})}
    for campo in fields(Pregunta):
        if campo.name == "clave":
            continue
        valor = raros.get(campo.name, "varias" if campo.name == "tipo" else "otro")
        vieja = Instrumento("i", 1, "I", "", 1, (base,))
        nueva = replace(vieja, preguntas=(replace(base, **{campo.name: valor}),), version=2)
        if campo.name == "grupo":
            continue  # un grupo que no existe no se puede armar; lo dice la lista general
        assert comparar(vieja, nueva)[0].que == "cambiada", campo.name


@pytest.mark.parametrize("clave", ["antes", "despues", "satisfaccion", "reconocer"])
def test_comparable_es_lo_que_la_publicacion_junta(clave: str) -> None:
    """Se cambia una cosa de cada pregunta publicable y se compara con lo que decide ``publicacion``."""
    vieja = incluidos()[clave]
    for campo, valor in (("texto", "Otra cosa"), ("ayuda", "Ayuda"), ("publicacion", "no"), ("obligatoria", True)):
        modelo = vieja.a_dict() | {"version": 2}
        modelo["preguntas"] = [
            p | ({campo: valor} if p["tipo"] != "texto" and not p.get("demografica") else {})
            for p in modelo["preguntas"]
        ]
        nueva = Instrumento.de_dict(modelo)
        juntas = {p.clave for p in preguntas_cerradas(clave, vieja.a_dict())} & {
            p.clave for p in preguntas_cerradas(clave, nueva.a_dict()) if p in preguntas_cerradas(clave, vieja.a_dict())
        }
        publicables = {p.clave for p in preguntas_cerradas(clave, vieja.a_dict())}
        dichas = {d.clave for d in comparar(vieja, nueva) if d.comparable and d.clave in publicables}
        assert dichas == juntas, campo


def test_cada_tipo_tiene_palabras() -> None:
    assert set(PALABRAS) == set(TIPOS)
