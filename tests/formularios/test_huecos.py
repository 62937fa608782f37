"""Respuestas dentro de un texto: qué se admite, qué se ve en cada lugar y que nadie las guarda."""
# ruff: noqa: E501  # las tablas se leen enteras

import xml.etree.ElementTree as ET
from datetime import datetime
from io import BytesIO
from textwrap import dedent
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader

from formularios import condiciones, contestar, edicion, huecos, reglas_vivas
from formularios.dibujo import dibujar
from formularios.instrumento import Instrumento
from formularios.xlsform import exportar, importar
from formularios.xlsform.xform import xform
from publicacion.extraccion import preguntas_cerradas
from recoleccion.impresos.encuesta import RAYA, encuesta_pdf
from tests.formularios.dibujada import Pagina, de_dibujo

AHORA = datetime(2026, 11, 23, 20, 30, tzinfo=ZoneInfo("America/Mexico_City"))
TABLA = """
| survey |
| | type | name | label::Español (es) | label::English (en) | hint::Español (es) | relevant | constraint | constraint_message::Español (es) | calculation | jornada_privada | required | required_message::Español (es) |
| | text | nombre | ¿Cómo le gusta que le digan? | What should we call you? | | | | | | si | | |
| | note | hola | Gracias, ${nombre}. Siguen 4 preguntas. | Thank you, ${nombre}. | | | | | | | | |
| | integer | hijas | ${nombre}, ¿cuántas hijas tiene? | ${nombre}, how many daughters? | | | . < 20 | ¿De verdad ${hijas}, ${nombre}? | | | | |
| | calculate | doble | | | | | | | ${hijas} * 2 | | | |
| | begin_group | suyas | Las ${hijas} hijas de ${nombre} | Daughters | | ${hijas} > 0 | | | | | | |
| | begin_repeat | una | Hija de ${nombre} | Daughter | | | | | | | | |
| | text | como | ¿Cómo se llama? | Name? | | | | | | si | | |
| | integer | edad | ¿Cuántos años tiene ${como}? | How old is ${como}? | De las ${hijas} | | | | | | yes | Diga la edad de ${como}, por favor. |
| | end_repeat | | | | | | | | | | | |
| | end_group | | | | | | | | | | | |
| | select_multiple de | ayuda | ¿Quién ayuda? | Who helps? | El doble son ${doble} | | | | | | | |
| choices |
| | list_name | name | label::Español (es) | label::English (en) | jornada_exclusiva |
| | de | ella | La propia ${nombre} & <otra> | ${nombre} herself | |
| | de | nadie | Nadie más que ${nombre} | Only ${nombre} | si |
| settings |
| | form_title | form_id | version | default_language |
| | Su casa | casa | 1 | Español (es) |
"""


def _importa(tabla: str) -> Instrumento:
    resultado = importar("x.md", dedent(tabla).encode())
    assert resultado.instrumento is not None, list(map(str, resultado.problemas))
    return resultado.instrumento


@pytest.fixture(scope="module")
def casa() -> Instrumento:
    return _importa(TABLA)


def _pagina(i: Instrumento, **como) -> Pagina:
    return de_dibujo(dibujar(i, ahora=AHORA, **como))


def _huecos(pagina: Pagina) -> list[tuple[str, str]]:
    return [(n["data-d"], n["texto"]) for n in pagina.todas if "data-d" in n]


def test_sin_guion_se_lee_lo_que_falta_y_donde_se_contesto(casa: Instrumento) -> None:
    pagina = _pagina(casa)
    assert pagina.piezas()["hola", ""]["texto"].strip() == "Gracias, (lo que contestó en la 1). Siguen 4 preguntas."
    assert set(_huecos(pagina)) == {
        ("nombre", "(lo que contestó en la 1)"), ("hijas", "(lo que contestó en la 2)"),
        ("como", "(lo que contestó en la 3)"), ("doble", "(…)"),
    }  # fmt: skip
    assert "${" not in pagina.html.split("<script")[0]
    titulos = [n["texto"] for n in pagina.de("h2", "h3")]
    assert titulos[:2] == [
        "Las (lo que contestó en la 2) hijas de (lo que contestó en la 1)",
        "Hija de (lo que contestó en la 1) (1)",
    ]


def test_en_otro_idioma_el_blanco_tambien(casa: Instrumento) -> None:
    pagina = _pagina(casa, idioma="English (en)")
    assert "(what you answered in 1), how many daughters?" in pagina.piezas()["hijas", ""]["texto"]


def test_con_lo_contestado_se_lee_y_el_blanco_va_aparte(casa: Instrumento) -> None:
    datos = {"p_nombre": ["Ana <b>"], "p_hijas": ["40"], "p_como~1": ["Luz"], "p_como~2": ["Sol"]}
    hecha = contestar.validar(casa, datos, ahora=AHORA)
    assert hecha.errores["p_hijas"] == "¿De verdad 40, Ana <b>?"
    pagina = _pagina(casa, datos=datos, errores=hecha.errores)
    assert pagina.piezas()["hijas", ""]["texto"].strip().startswith("Pregunta 2 de 5 Ana <b>, ¿cuántas hijas tiene?")
    assert [pagina.piezas()["edad", v]["texto"].strip().split("¿")[1][:24] for v in "12"] == [
        "Cuántos años tiene Luz?\n"
    ] * 1 + ["Cuántos años tiene Sol?\n"]
    assert next(n.get("data-n") for n in pagina.todas if n.get("data-d") == "nombre") == "(lo que contestó en la 1)"
    assert "Ana &lt;b&gt;" in pagina.html
    assert "La propia Ana <b> & <otra>" in pagina.piezas()["ayuda", ""]["texto"]


def test_cada_vuelta_dice_lo_suyo_tambien_en_sus_mensajes(casa: Instrumento) -> None:
    datos = {"p_hijas": ["2"], "p_como~1": ["Luz"], "p_como~2": [""], "p_edad~2": ["x"], "p_ayuda": ["ella", "nadie"]}
    errores = contestar.validar(casa, datos, ahora=AHORA).errores
    assert errores["p_edad~1"] == "Diga la edad de Luz, por favor."
    assert errores["p_ayuda"].startswith("Marcó «Nadie más que (…)»")


def test_el_telefono_recibe_lo_que_necesita_para_decirlo(casa: Instrumento) -> None:
    reglas = reglas_vivas.de(casa)
    assert reglas is not None
    assert {"nombre", "hijas", "como", "doble"} <= {p["c"] for p in reglas["p"]}
    ayuda = next(p for p in reglas["p"] if p["c"] == "ayuda") if any(p["c"] == "ayuda" for p in reglas["p"]) else None
    assert ayuda is None or ayuda["o"][1][2] == "Nadie más que ${nombre}"
    solo_nota = _importa(
        "| survey |\n| | type | name | label |\n| | integer | n | ¿Cuántas? |\n| | note | x | Son ${n} |\n"
    )
    assert [p["c"] for p in (reglas_vivas.de(solo_nota) or {"p": []})["p"]] == ["n"]


@pytest.mark.parametrize("formato", ["xlsx", "csv"])
def test_sale_y_vuelve_con_la_misma_huella(casa: Instrumento, formato: str) -> None:
    vuelto = importar(f"casa.{formato}", exportar(casa, formato)).instrumento
    assert vuelto is not None
    assert vuelto.huella == casa.huella
    assert Instrumento.de_dict(casa.a_dict()) == casa


def test_el_xform_lleva_un_output_en_cada_hueco(casa: Instrumento) -> None:
    _, xml = xform(casa, id="casa", titulo="Su casa", prefijo="j")
    raiz = ET.fromstring(xml)
    donde = [nodo.attrib["value"].strip() for nodo in raiz.iter("{http://www.w3.org/2002/xforms}output")]
    assert donde.count("/data/nombre") >= 6
    assert {"/data/hijas", "/data/doble"} <= set(donde)
    assert any(d.endswith("../como") or d.endswith("/como") for d in donde)
    assert b"${" not in xml


def test_lo_de_otro_modulo_va_neutro_en_su_xform() -> None:
    i = _importa("""
        | survey |
        | | type | name | label | jornada_modulo |
        | | integer | a | A | uno |
        | | integer | b | B | dos |
        | | note | n | Puso ${a} y ${b} | |
        """)  # fmt: skip
    _, xml = xform(i.para_tema("uno"), id="x", titulo="X", prefijo="j")
    assert "y (…)" in xml.decode()
    assert "(…)" in _pagina(i.para_tema("uno")).piezas()["n", ""]["texto"]


def test_donde_nadie_contesta_va_neutro(casa: Instrumento) -> None:
    limpia = huecos.sin_huecos(casa)
    assert limpia.por_clave["hola"].texto == "Gracias, (…). Siguen 4 preguntas."
    assert limpia.en("English (en)").por_clave["hola"].texto == "Thank you, (…)."
    assert limpia.por_clave["ayuda"].opciones[1].texto == "Nadie más que (…)"
    assert [g.texto for g in limpia.grupos] == ["Las (…) hijas de (…)", "Hija de (…)"]
    assert huecos.sin_huecos(limpia) is limpia
    frase = condiciones.frase(casa, "selected(${ayuda}, 'nadie')", casa.numeros)
    assert frase == "Solo si marcó «Nadie más que (…)» en la 5"


def test_se_avisa_si_lo_que_se_vera_es_una_clave() -> None:
    resultado = importar(
        "x.md",
        b"| survey |\n| | type | name | label |\n| | select_one l | q | Q |\n| | note | n | Dijo ${q} |\n| choices |\n| | list_name | name | label |\n| | l | si | S |\n",
    )
    assert resultado.instrumento is not None
    aviso = next(a for a in resultado.avisos if "clave de la opción" in a.que_pasa)
    assert (aviso.hoja, aviso.fila, aviso.columna) == ("survey", 3, "label")


CABEZA = "| survey |\n| | type | name | label | hint | label::English (en) | relevant | calculation |\n"
CON_REPETICION = "| | begin_repeat | r | R | | | | |\n| | integer | edad | E | | | | |\n| | end_repeat | | | | | | |\n"


@pytest.mark.parametrize(
    ("filas", "hoja", "fila", "columna", "que"),
    [
        ("| | note | n | Tiene ${a + 1} | | N | | |\n", "survey", 3, "label", "solo el nombre de una pregunta"),
        ("| | note | n | Tiene ${ a } | | N | | |\n", "survey", 3, "label", "sin espacios"),
        ("| | note | n | Tiene ${a | | N | | |\n", "survey", 3, "label", "solo el nombre"),
        ("| | note | n | Tiene ${last-saved#a} | | N | | |\n", "survey", 3, "label", "solo el nombre"),
        ("| | note | n | Tiene ${b} | | N | | |\n", "survey", 3, "label", "no es el nombre de ninguna pregunta"),
        ("| | note | n | N | Con ${b} | N | | |\n", "survey", 3, "hint", "no es el nombre de ninguna pregunta"),
        ("| | note | n | N | | In ${b} | | |\n", "survey", 3, "label::English (en)", "no es el nombre de ninguna pregunta"),
        ("| | note | n | N | | N | | |\n| | note | m | Vea ${n} | | N | | |\n", "survey", 4, "label", "es una nota"),
        ("| | begin_group | g | G | | G | | |\n| | integer | c | C | | C | | |\n| | end_group | | | | | | |\n| | note | n | De ${g} | | N | | |\n", "survey", 6, "label", "es un grupo"),
        (CON_REPETICION + "| | note | n | De ${edad} | | N | | |\n", "survey", 6, "label", "está en una repetición y este texto no"),
        ("| | begin_repeat | r | De ${edad} | | R | | |\n| | integer | edad | E | | E | | |\n| | end_repeat | | | | | | |\n", "survey", 3, "label", "está en una repetición y este texto no"),
        ("| | rank l | o | O | | O | | |\n| choices |\n| | list_name | name | label | label::English (en) |\n| | l | x | La ${a} | X |\n| | l | y | Y | Y |\n", "choices", 2, "label", "las opciones de rank"),
        ("| | select_one l | o | O | | O | | |\n| | calculate | k | | | | | jr:choice-name(${o}, '${o}') |\n| choices |\n| | list_name | name | label | label::English (en) |\n| | l | x | La ${a} | X |\n", "choices", 2, "label", "jr:choice-name"),
        ("| | select_one l | o | O | | O | | |\n| choices |\n| | list_name | name | label | label::English (en) |\n| | l | x | La X | La ${b} |\n", "choices", 2, "label::English (en)", "no es el nombre"),
        ("| settings |\n| | form_title | default_language |\n| | La de ${a} | default |\n", "settings", None, "form_title", "no puede llevar otra respuesta"),
    ],
)  # fmt: skip
def test_lo_que_no_se_puede_llenar_se_rechaza_en_su_celda(
    filas: str, hoja: str, fila: int | None, columna: str, que: str
) -> None:
    resultado = importar("x.md", (CABEZA + "| | integer | a | A | | A | | |\n" + filas).encode())
    assert resultado.instrumento is None
    assert [(p.hoja, p.fila, p.columna) for p in resultado.problemas] == [(hoja, fila, columna)]
    assert que[1:] in resultado.problemas[0].que_pasa


def test_las_opciones_de_un_archivo_no_llevan_huecos() -> None:
    tabla = b"| survey |\n| | type | name | label |\n| | integer | a | A |\n| | select_one_from_file l.csv | q | Q |\n"
    resultado = importar("x.md", tabla, {"l.csv": b"name,label\nx,La ${a}\n"})
    assert [(p.hoja, p.fila) for p in resultado.problemas] == [("survey", 3)]
    assert "de un archivo" in resultado.problemas[0].que_pasa


def test_el_constructor_los_conserva_y_dice_cuando_quedan_huerfanos(casa: Instrumento) -> None:
    borrador = edicion.de_versiones([casa])
    assert edicion.problemas(borrador) == []
    assert edicion.instrumento(borrador).por_clave["hola"].texto == "Gracias, ${nombre}. Siguen 4 preguntas."
    sin = edicion.quitar(borrador, "nombre")
    assert {p.pregunta for p in edicion.problemas(sin)} >= {"hola", "hijas", "ayuda"}


def test_si_la_pregunta_cambia_de_clave_el_texto_la_sigue_en_todos_los_idiomas(casa: Instrumento) -> None:
    sencilla = _importa("""
        | survey |
        | | type | name | label::A | label::B |
        | | integer | hijas | ¿Cuántas? | How many? |
        | | note | n | Son ${hijas} | ${hijas} in all |
        | | select_one l | q | Q | Q |
        | choices |
        | | list_name | name | label::A | label::B |
        | | l | x | Las ${hijas} | All ${hijas} |
        """)  # fmt: skip
    otra = edicion.instrumento(edicion.cambiar(edicion.de_versiones([sencilla]), "hijas", {"tipo": "fecha"}))
    nueva = otra.preguntas[0].clave
    assert nueva != "hijas"
    assert otra.por_clave["n"].texto == f"Son ${{{nueva}}}"
    assert otra.en("B").por_clave["n"].texto == f"${{{nueva}}} in all"
    assert otra.por_clave["q"].opciones[0].texto == f"Las ${{{nueva}}}"


def test_nada_de_lo_dicho_se_guarda(casa: Instrumento) -> None:
    datos = {"p_nombre": ["Ana"], "p_hijas": ["1"], "p_ayuda": ["ella"], "p_edad~1": ["3"]}
    hecha = contestar.validar(casa, datos, ahora=AHORA)
    assert hecha.errores == {}
    assert hecha.textos == {"nombre": "Ana"}
    assert hecha.respuestas == {"hijas": "1", "doble": "2", "ayuda": ["ella"], "edad": ["3"]}
    assert "Ana" not in str(contestar.del_instrumento(casa, {k: v for k, v in datos.items() if k != "p_nombre"}))


def test_lo_publicado_y_el_papel_no_llevan_la_respuesta(casa: Instrumento) -> None:
    modelo = casa.a_dict()
    modelo["preguntas"][-1]["publicacion"] = None
    ayuda = next(p for p in preguntas_cerradas("casa", modelo) if p.clave == "ayuda")
    assert dict(ayuda.opciones) == {"ella": "La propia (…) & <otra>", "nadie": "Nadie más que (…)"}
    papel = PdfReader(BytesIO(encuesta_pdf(casa, oficina="Oficina", tamano="carta")))
    texto = " ".join("".join(hoja.extract_text() for hoja in papel.pages).split())
    assert f"Las {RAYA} hijas de {RAYA}" in texto
    assert f"{RAYA}, ¿cuántas hijas tiene?" in texto
    assert "${" not in texto


RAROS = {
    "dos seguidos y signos sueltos": ("| note | n | ${a}${a} $ {a} \\${a} | | |", 3),
    "lo que no se ve": ("| calculate | c | con ${a} | | 1 |", 0),
    "una lista desplegable": ("| select_one l | q | Q | minimal | |", 1),
    "con caras": ("| select_one l | q | Q | caritas | |", 1),
    "otra": ("| select_multiple l or_other | q | Q ${a} | | |", 2),
    "se dice sola": ("| integer | b | ¿Cuántos? (${b}) | | |", 1),
    "de lo que va después": ("| note | n | Puso ${z} | | |\n| | integer | z | Z | | |", 1),
    "nombre con acento, guion y punto": ("| integer | año-1.x | A | | |\n| | note | n | El ${año-1.x} | | |", 1),
    "formato y etiquetas": ("| note | n | **${a}** <b>${a}</b> &lt;${a}&gt; | | |", 3),
    "nota sin nombre": ("| note | | Hola ${a} | | |", 1),
}


@pytest.mark.parametrize(("filas", "cuantos"), RAROS.values(), ids=RAROS)
def test_lo_raro_tambien_se_dibuja_vuelve_y_sale(filas: str, cuantos: int) -> None:
    i = _importa(
        f"| survey |\n| | type | name | label | appearance | calculation |\n| | integer | a | A | | |\n| {filas}\n"
        "| choices |\n| | list_name | name | label |\n| | l | 1 | La ${a} |\n| | l | 2 | Dos |\n"
    )
    assert len(_huecos(_pagina(i))) == cuantos
    assert importar("v.csv", exportar(i, "csv")).instrumento == i
    assert xform(i, id="x", titulo="X", prefijo="j")[1].count(b"<output") == cuantos
