"""Una encuesta con una pregunta de cada tipo, dibujada: lo que se ve, cómo se llama y con qué empieza."""

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from formularios import contestar, frases
from formularios.dibujo import dibujar
from formularios.instrumento import TIPOS, Instrumento, nombre_campo
from formularios.xlsform import importar
from tests.formularios.dibujada import Pagina, de_dibujo

AHORA = datetime(2026, 11, 25, 23, 5, tzinfo=UTC)
INGLES = "English (en)"
DE_LA_OFICINA = {"observa", "credencial", "lugar"}
SIN_DIBUJO = {"total", "canal", "dia"}


@cache
def todo() -> Instrumento:
    ruta = Path(__file__).parent / "datos" / "todo.csv"
    instrumento = importar(ruta.name, ruta.read_bytes()).instrumento
    assert instrumento is not None
    return instrumento


def pagina(datos: dict[str, list[str]] | None = None, **como: Any) -> Pagina:
    personal = como.get("personal", False)
    errores = contestar.validar(todo(), datos, ahora=AHORA, personal=personal).errores if datos is not None else {}
    return de_dibujo(dibujar(todo(), datos, errores, ahora=AHORA, **como))


# --- Qué se dibuja -----------------------------------------------------------------------------------------------


def test_la_encuesta_de_prueba_tiene_todos_los_tipos() -> None:
    assert {p.tipo for p in todo().preguntas} == set(TIPOS)


@pytest.mark.parametrize("personal", [False, True])
def test_cada_lugar_donde_se_contesta_tiene_su_campo_y_nada_mas(personal: bool) -> None:
    dibujada = pagina(personal=personal)
    fuera = SIN_DIBUJO | (set() if personal else DE_LA_OFICINA)
    esperados = {
        (p.clave, "~".join(map(str, v))): nombre_campo(p, v)
        for p in todo().preguntas
        if p.clave not in fuera
        for v in contestar.vueltas(todo(), p)
    }
    assert set(dibujada.piezas()) == set(esperados)
    con_campo = {esperados[lugar] for lugar in esperados if todo().por_clave[lugar[0]].con_campo}
    assert {n["name"] for n in dibujada.de("input", "select", "textarea")} == con_campo
    for lugar, nombre in esperados.items():
        for campo in dibujada.campos(nombre):
            assert dibujada.piezas()[lugar] in campo["dentro"]
    identificadores = [n["id"] for n in dibujada.todas if "id" in n]
    assert len(set(identificadores)) == len(identificadores)


def test_cada_tipo_y_apariencia_tiene_su_forma() -> None:
    dibujada = pagina(personal=True)

    def clases(nombre: str) -> str:
        campo = dibujada.campos(nombre)[0]
        return next(n["class"] for n in reversed(campo["dentro"]) if n.get("class", "").startswith("f-opciones"))

    def rasgos(nombre: str, *cuales: str) -> list[str | None]:
        return [dibujada.campos(nombre)[0].get(cual) for cual in cuales]

    assert rasgos("p_cuantas", "", "type", "inputmode") == ["input", "text", "numeric"]
    assert rasgos("p_estatura", "", "inputmode") == ["input", "decimal"]
    assert rasgos("p_cuando", "type") == ["date"]
    assert rasgos("p_hora", "type") == ["time"]
    assert rasgos("p_estado", "") == ["select"]
    assert rasgos("p_mejora", "", "maxlength") == ["textarea", "150"]
    assert rasgos("p_codigo_postal", "", "inputmode") == ["input", "numeric"]
    assert rasgos("p_minutos", "", "inputmode") == ["input", "numeric"]
    assert rasgos("p_credencial", "data-codigo") == [""]
    assert rasgos("p_lugar", "data-punto") == [""]
    assert [n[""] for n in dibujada.campos("p_prioridad")] == ["select"] * 3
    assert [n["value"] for n in dibujada.campos("p_nota")] == [str(n) for n in range(11)]
    assert [n["value"] for n in dibujada.campos("p_enterada")] == ["OK"]
    assert clases("p_trato") == clases("p_cara") == "f-opciones f-caritas"
    assert clases("p_acuerdo") == "f-opciones f-likert"
    assert clases("p_volveria") == "f-opciones f-horizontal"
    assert clases("p_nota") == "f-opciones f-numeros"
    assert {n["type"] for n in dibujada.campos("p_temas")} == {"checkbox"}
    assert [n["value"] for n in dibujada.campos("p_temas") if "data-sola" in n] == ["ninguno"]
    assert {n["data-o"] for n in dibujada.de("label") if "data-o" in n} == {"valle", "tepa", "leon"}
    nota = dibujada.de("p", **{"class": "f-nota"})[0]
    assert "Tiene dos renglones." in nota["texto"]


def test_una_cara_dice_lo_mismo_que_su_palabra_y_la_que_va_sola_no_lleva() -> None:
    dibujada = pagina()
    caras = {
        n["value"]: [p["d"] for p in dibujada.de("path") if n["dentro"][-1] in p["dentro"]]
        for n in dibujada.campos("p_trato")
    }
    assert caras["nd"] == []
    bocas = [float(caras[clave][0].split("q4 ")[1].split(" ")[0]) for clave in ("mb", "b", "r", "m")]
    assert bocas == sorted(bocas, reverse=True)
    assert bocas[0] == -bocas[-1] > 0
    de_rango = [
        float(p["d"].split("q4 ")[1].split(" ")[0])
        for n in dibujada.campos("p_cara")
        for p in dibujada.de("path")
        if n["dentro"][-1] in p["dentro"]
    ]
    assert de_rango == sorted(de_rango)
    assert all(svg.get("aria-hidden") == "true" for svg in dibujada.de("svg"))


def test_las_listas_largas_se_despliegan_aunque_no_lo_pidan() -> None:
    opciones = [{"clave": f"o{n}", "texto": f"Opción {n}"} for n in range(40)]
    larga = Instrumento.de_dict(
        {"clave": "larga", "version": 1, "titulo": "Larga", "intro": "", "minutos": 1,
         "preguntas": [{"clave": "x", "tipo": "una", "texto": "¿Cuál?", "opciones": opciones, "publicacion": "no"}]}
    )  # fmt: skip
    dibujada = de_dibujo(dibujar(larga, ahora=AHORA))
    assert [n[""] for n in dibujada.campos("p_x")] == ["select"]
    assert len(dibujada.de("option")) == 41


# --- Cómo se numera, cuándo toca y qué se repite -----------------------------------------------------------------


def test_los_numeros_son_los_de_lo_que_se_ve_y_la_condicion_va_antes() -> None:
    for personal in (False, True):
        dibujada = pagina(personal=personal)
        numeradas = [n["texto"].split(".")[0] for n in dibujada.de("span", **{"class": "f-paso"})]
        total = 25 if personal else 22
        assert dict.fromkeys(numeradas) == dict.fromkeys(f"Pregunta {n} de {total}" for n in range(1, total + 1))
    pieza = pagina().piezas()["cuantas", ""]
    dicho = "Solo si contestó «Sí» en la 1 Pregunta 2 de 22 ¿Cuántos tiene? Cuente a todos."
    assert " ".join(pieza["texto"].split()) == dicho


def test_lo_que_se_repite_se_ve_una_vez_y_las_demas_se_piden() -> None:
    dibujada = pagina()
    vueltas = dibujada.de("section", **{"data-g": "hija"})
    assert [n["data-v"] for n in vueltas] == ["1", "2", "3"]
    plegadas = [any(d[""] == "details" for d in n["dentro"]) for n in vueltas]
    assert plegadas == [False, True, True]
    assert all(n[""] != "details" or "open" not in n for n in dibujada.todas)
    assert [bool(n["texto"].count("Solo si puso más de 0 en la 2")) for n in vueltas] == [True, False, False]
    dentro = [n["data-g"] for n in vueltas[0]["dentro"] if "data-g" in n]
    assert dentro == ["familia"]
    assert "data-juntas" in dibujada.de("section", **{"data-g": "familia"})[0]
    con_dos = pagina({"p_edad~2": ["7"]})
    abiertas = [not any(d[""] == "details" for d in n["dentro"]) for n in con_dos.de("section", **{"data-g": "hija"})]
    assert abiertas == [True, True, False]


def test_los_titulos_bajan_de_uno_en_uno_aunque_un_grupo_no_tenga() -> None:
    grupos = [
        {"clave": "a"}, {"clave": "b", "padre": "a", "texto": "B"},
        {"clave": "c", "padre": "b", "repite": True, "veces": "1"},
    ]  # fmt: skip
    instrumento = Instrumento.de_dict(
        {"clave": "t", "version": 1, "titulo": "T", "intro": "", "minutos": 1, "grupos": grupos,
         "preguntas": [{"clave": "x", "tipo": "entero", "texto": "Una", "grupo": "c"}]}
    )  # fmt: skip
    dibujada = de_dibujo(dibujar(instrumento, ahora=AHORA))
    assert [(n[""], n["texto"]) for n in dibujada.todas if n[""] in ("h2", "h3", "h4")] == [
        ("h2", "B"),
        ("h3", "Número 1"),
    ]


@pytest.mark.parametrize(
    ("como", "vueltas", "a_la_vista"),
    [({"veces": "3"}, 3, 3), ({"minimo": 2}, 10, 2), ({"veces": "${n}"}, 50, 1), ({"veces": "900"}, 50, 50)],
)
def test_se_dibujan_tantas_vueltas_como_se_reciben(como: dict[str, Any], vueltas: int, a_la_vista: int) -> None:
    instrumento = Instrumento.de_dict(
        {"clave": "r", "version": 1, "titulo": "R", "intro": "", "minutos": 1,
         "grupos": [{"clave": "g", "repite": True, **como}],
         "preguntas": [{"clave": "n", "tipo": "entero", "texto": "¿Cuántas?"},
                       {"clave": "x", "tipo": "entero", "texto": "Una", "grupo": "g"}]}
    )  # fmt: skip
    dibujada = de_dibujo(dibujar(instrumento, ahora=AHORA))
    assert len(dibujada.de("section")) == vueltas
    assert len(dibujada.de("details")) == vueltas - a_la_vista
    todas = {f"p_x~{n}": [str(n)] for n in range(1, 100)} | {"p_n": ["99"]}
    recibidas = contestar.validar(instrumento, todas, ahora=AHORA).respuestas["x"]
    assert len(recibidas) == vueltas


# --- Con qué empieza, y qué queda tras un error ------------------------------------------------------------------


def test_cada_campo_empieza_con_su_valor_y_lo_calculado_con_lo_que_se_sabe() -> None:
    dibujada = pagina()
    assert dibujada.campos("p_cuando")[0]["value"] == "2026-11-25"
    assert dibujada.campos("p_codigo_postal")[0]["value"] == "44100"
    salida = dibujada.de("output")
    assert [(n["texto"], "data-salida" in n) for n in salida] == [("", True)]
    assert [n["texto"] for n in pagina({"p_hijas": ["si"], "p_cuantas": ["3"]}).de("output")] == ["4"]
    assert "value" not in pagina({"p_hijas": ["si"]}).campos("p_codigo_postal")[0]  # lo borró


def test_tras_un_error_se_conserva_todo_y_el_primero_recibe_el_foco() -> None:
    datos = {
        "p_hijas": ["si"], "p_cuantas": ["50"], "p_estatura": ["1,60"], "p_trato": ["b"], "p_estado": ["gto"],
        "p_temas": ["ley", "otro_tema"], "p_prioridad": ["b", "", "b"], "p_minutos": ["7"], "p_edad~2": ["<b>"],
        "p_mejora": ["\nMás sillas"], "p_nota": ["10"],
    }  # fmt: skip
    dibujada = pagina(datos)
    alertas = {n["id"].removesuffix("-error") for n in dibujada.de("p", role="alert")}
    assert alertas == {
        "p_cuantas", "p_estatura", "p_temas", "p_minutos", "p_edad~2", "p_enterada",
    }  # fmt: skip
    assert dibujada.campos("p_cuantas")[0]["value"] == "50"
    assert dibujada.campos("p_estatura")[0]["value"] == "1,60"
    assert dibujada.campos("p_edad~2")[0]["value"] == "<b>"
    assert "<b>" not in dibujada.html
    assert dibujada.elegidas("p_trato") == ["b"]
    assert dibujada.elegidas("p_nota") == ["10"]
    assert dibujada.elegidas("p_estado") == ["gto"]
    assert dibujada.elegidas("p_prioridad") == ["b", "", "b"]
    assert "Más sillas" in dibujada.de("textarea", name="p_mejora")[0]["texto"]
    assert [n["name"] for n in dibujada.todas if "autofocus" in n] == ["p_cuantas"]
    for alerta in alertas:
        descritos = [n for n in dibujada.todas if f"{alerta}-error" in n.get("aria-describedby", "").split()]
        assert len(descritos) == 1, alerta
    assert "Hay 6 respuestas por revisar" in dibujada.html


@pytest.mark.parametrize(
    ("datos", "campo"),
    [
        ({}, ("input", "p_hijas")),
        ({"p_hijas": ["no"], "p_estado": ["x"]}, ("select", "p_estado")),
        ({"p_hijas": ["no"], "p_temas": ["ley"], "p_prioridad": ["a", "a", "b"]}, ("select", "p_prioridad")),
        ({"p_hijas": ["no"], "p_mejora": ["x" * 151]}, ("textarea", "p_mejora")),
    ],
)
def test_el_foco_va_al_primer_error_sea_del_tipo_que_sea(datos: dict[str, list[str]], campo: tuple[str, str]) -> None:
    assert [(n[""], n["name"]) for n in pagina(datos).todas if "autofocus" in n] == [campo]


# --- Idiomas y lo que sigue al teléfono --------------------------------------------------------------------------


def test_en_otro_idioma_cambian_los_textos_y_no_los_campos() -> None:
    espanol, ingles = pagina(), pagina(idioma=INGLES)
    assert [n["name"] for n in ingles.de("input", "select")] == [n["name"] for n in espanol.de("input", "select")]
    raiz = ingles.todas[0]
    assert (raiz["lang"], espanol.todas[0]["lang"]) == ("en", "es")
    assert "Question 2 of 22" in ingles.html
    assert "Only if you answered “Yes” to question 1" in ingles.html
    assert "It takes 5 minutes." in raiz["texto"]
    en_espanol = {p.texto for p in todo().preguntas if p.texto} - {p.texto for p in todo().en(INGLES).preguntas}
    assert [t for t in en_espanol if f">{t}<" in ingles.html and t != "¿Cuál?"] == []


def test_en_un_idioma_que_no_se_sabe_lo_nuestro_va_en_espanol_y_lo_dice() -> None:
    crudo = json.loads(json.dumps(todo().a_dict()).replace("English (en)", "Français (fr)"))
    frances = Instrumento.de_dict(crudo)
    dibujada = de_dibujo(dibujar(frances, idioma="Français (fr)", ahora=AHORA))
    assert dibujada.todas[0]["lang"] == "fr"
    pasos = dibujada.de("span", **{"class": "f-paso"})
    assert {n["lang"] for n in pasos} == {"es"}
    assert all("Pregunta" in n["texto"] or "Hay que" in n["texto"] for n in pasos)
    assert frases.idiomas(frances) == {"es": "Español (es)", "fr": "Français (fr)"}


@pytest.mark.parametrize(
    ("principal", "otros", "codigos"),
    [
        ("Español (es)", (), []),
        ("Español (es)", ("English (en)",), ["es", "en"]),
        ("Español", ("Wixárika", "Náhuatl (nah)"), ["1", "2", "nah"]),
        ("Español (es)", ("English (es)",), ["es", "2"]),
    ],
)
def test_cada_idioma_tiene_un_codigo_corto(principal: str, otros: tuple[str, ...], codigos: list[str]) -> None:
    crudo = todo().a_dict() | {"preguntas": [{"clave": "K", "tipo": "entero", "texto": "x"}], "grupos": []}
    crudo |= {"idioma": principal, "idiomas": list(otros), "traducciones": {}}
    assert list(frases.idiomas(Instrumento.de_dict(crudo))) == codigos


def test_las_frases_de_error_se_dicen_en_ingles_y_las_de_quien_la_hizo_como_las_escribio() -> None:
    datos = {
        "ficha": ["x"], "p_cuantas": ["a"], "p_estatura": ["a"], "p_cuando": ["a"], "p_hora": ["a"], "p_estado": ["x"],
        "p_trato": ["b", "m"], "p_temas": ["ninguno", "ley"], "p_prioridad": ["a"], "p_nota": ["99"],
        "p_minutos": ["7"], "p_mejora": ["x" * 152], "p_lugar": ["x"], "p_hijas": ["si"],
    }  # fmt: skip
    dichas = contestar.validar(todo().en(INGLES), datos, ahora=AHORA, personal=True).errores
    en_ingles = frases.errores(dichas, INGLES)
    assert len(en_ingles) == 12
    letras = set("áéíóúñ¿¡«»")
    assert [f for f in en_ingles.values() if set(f) & letras] == []
    assert en_ingles["p_minutos"] == "Choose a number from 0 to 240, in steps of 5."
    assert en_ingles["p_mejora"] == "150 letters fit and there are 2 too many. Shorten the text."
    assert frases.errores(dichas, "Español (es)") == dichas
    propia = contestar.validar(todo().en(INGLES), {"p_hijas": ["si"], "p_cuantas": ["50"]}, ahora=AHORA).errores
    assert frases.errores(propia, INGLES)["p_cuantas"] == "Write a number from 1 to 19."
    assert frases.errores({"ficha": contestar.ERROR_FICHA}, INGLES)["ficha"].startswith("We do not know that card.")


def test_las_reglas_viajan_como_datos_y_solo_cuando_hacen_falta() -> None:
    guion = pagina().de("script")
    assert [n["type"] for n in guion] == ["application/json"]
    assert json.loads(guion[0]["texto"])["p"]
    assert "data-por-pantalla" not in pagina().todas[0]
    assert "data-por-pantalla" in pagina(por_pantalla=True).todas[0]
    malo = json.loads(json.dumps(todo().a_dict()).replace('19."', '19.</script><b>"'))
    html = de_dibujo(dibujar(Instrumento.de_dict(malo), ahora=AHORA)).html
    assert "</script><b>" not in html
