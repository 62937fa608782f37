"""Cualquier encuesta en la página de una asistente: idiomas, versiones de antes, muchas preguntas, revisión privada."""

import re
from pathlib import Path
from uuid import uuid4

import pytest

from formularios import propia
from formularios.instrumento import Instrumento, incluidos
from formularios.xlsform import importar
from recoleccion.consultas import eventos, instrumentos, urna
from recoleccion.sellado import INFO_URNA
from tests.elenco import HORA
from tests.recoleccion.vistas.paginas import Pagina, leer, nuevo_evento

CADA_TIPO = Path(__file__).resolve().parents[2] / "formularios" / "datos" / "todo.csv"
BIEN = {"p_hijas": "no", "p_enterada": "OK"}


@pytest.fixture
def direccion(base, azar) -> str:
    """La de una encuesta con una pregunta de cada tipo, en español y en inglés."""
    instrumento = importar(CADA_TIPO.name, CADA_TIPO.read_bytes()).instrumento
    assert instrumento is not None
    instrumentos.asegurar(base, instrumento)
    return f"/{nuevo_evento(base, azar, encuestas=['todo'])}/e/1"


def enviar(cliente, direccion: str, **datos):
    return cliente.post(direccion, data={**BIEN, "id": str(uuid4()), **datos})


# --- Idiomas -----------------------------------------------------------------------------------------------------


def test_el_idioma_se_elige_con_un_enlace_y_el_envio_lo_conserva(cliente, direccion):
    pagina = leer(cliente, direccion)
    enlaces = {a["lang"]: a for t, a in pagina.etiquetas if t == "a" and "hreflang" in a}
    assert {lang: a["href"] for lang, a in enlaces.items()} == {"es": direccion, "en": f"{direccion}?idioma=en"}
    assert [lang for lang, a in enlaces.items() if "aria-current" in a] == ["es"]
    ingles = leer(cliente, f"{direccion}?idioma=en")
    assert "Do you have children?" in ingles.html
    assert "¿Tiene hijas o hijos?" not in ingles.html
    assert [a.get("action") for t, a in ingles.etiquetas if t == "form"] == [f"{direccion}?idioma=en"]
    con_error = cliente.post(f"{direccion}?idioma=en", data={**BIEN, "p_estatura": "x", "p_nota": "3"})
    assert con_error.status_code == 422
    assert "Do you have children?" in con_error.text
    assert "Write only the number, with a point for decimals, like 12.5." in con_error.text
    bien = cliente.post(f"{direccion}?idioma=en", data=BIEN)
    assert bien.headers["Location"].endswith("/listo?e=1&idioma=en")
    assert "Thank you for answering." in leer(cliente, bien.headers["Location"]).html


@pytest.mark.parametrize("idioma", ["", "fr", "EN<b>", "es"])
def test_un_idioma_que_no_hay_es_el_principal(cliente, direccion, idioma):
    assert "¿Tiene hijas o hijos?" in leer(cliente, f"{direccion}?idioma={idioma}").html


def test_una_encuesta_de_un_solo_idioma_no_los_ofrece(cliente, elenco):
    assert "hreflang" not in leer(cliente, f"/{elenco.clave}/e/1?idioma=en").html


# --- Lo que se dibuja y lo que se guarda -------------------------------------------------------------------------


def test_ni_lo_oculto_ni_lo_de_la_oficina_se_dibuja_ni_se_recibe(cliente, base, instalacion, direccion):
    pagina = leer(cliente, direccion)
    nombres = {a.get("name") for _, a in pagina.etiquetas}
    assert not nombres & {"p_observa", "p_credencial", "p_lugar", "p_canal", "p_dia", "p_total", "p_ver_total"}
    assert "p_hijas" in nombres
    metido = {"p_observa": "x", "p_credencial": "J1", "p_lugar": "20 -102", "p_canal": "otro", "p_total": "99"}
    assert enviar(cliente, direccion, p_hijas="si", p_cuantas="2", **metido).status_code == 303
    sobre = base.execute("SELECT sobre FROM urna").fetchone()["sobre"]
    dentro = instalacion.sello.abrir(sobre, INFO_URNA).decode()
    assert "hijas" in dentro
    assert not re.search("J1|otro|99|observa|-102", dentro)


def test_lo_que_no_venia_al_caso_se_ignora_aunque_este_mal(cliente, direccion):
    assert enviar(cliente, direccion, p_cuantas="no sé").status_code == 303
    assert enviar(cliente, direccion, p_hijas="si", p_cuantas="no sé").status_code == 422


def test_cada_campo_empieza_con_su_valor(cliente, direccion):
    valores = leer(cliente, direccion).valores
    assert (valores["p_codigo_postal"], valores["p_cuando"]) == ("44100", "2026-11-25")


def test_una_pregunta_por_pantalla_la_escoge_quien_arma_el_evento(cliente, base, azar, direccion):
    assert "data-por-pantalla" not in leer(cliente, direccion).html
    una = [{"instrumento": "antes", "version": 1, "por_pantalla": True}]
    clave = nuevo_evento(base, azar, encuestas=una)
    pagina = leer(cliente, f"/{clave}/e/1")
    assert "data-por-pantalla" in pagina.html
    assert any("js/encuesta/una_a_una.js" in d for d in pagina.direcciones)


def test_el_guion_de_las_encuestas_solo_va_donde_hace_falta(cliente, elenco, direccion):
    con, sin = leer(cliente, direccion), leer(cliente, f"/{elenco.clave}/e/1")
    assert [("encuesta/reglas-" in str(p.direcciones), "data-reglas" in p.html) for p in (con, sin)] == [
        (True, True),
        (False, False),
    ]


def test_una_version_de_antes_se_sigue_contestando(cliente, base, azar, direccion):
    otra = instrumentos.leer(base, "todo", 1).a_dict() | {"version": 2, "titulo": "La nueva"}
    instrumentos.asegurar(base, Instrumento.de_dict(otra))
    assert "De todo un poco" in leer(cliente, direccion).html
    assert enviar(cliente, direccion).status_code == 303
    nueva = f"/{nuevo_evento(base, azar, encuestas=['todo'])}/e/1"
    assert "La nueva" in leer(cliente, nueva).html


def test_doscientas_cincuenta_preguntas_se_dibujan_y_se_reciben(cliente, base, azar, instalacion):
    opciones = [{"clave": c, "texto": t} for c, t in (("a", "Sí"), ("b", "No"), ("c", "No sé"))]
    preguntas = [
        {"clave": f"x{n}", "tipo": "varias", "texto": f"La {n}", "opciones": opciones, "publicacion": "no"}
        | ({"relevante": f"selected(${{x{n - 1}}}, 'a')"} if n % 5 in (1, 3) else {})
        for n in range(250)
    ]
    larga = Instrumento.de_dict(
        {"clave": "larga", "version": 1, "titulo": "Larga", "intro": "", "minutos": 40, "preguntas": preguntas}
    )
    instrumentos.asegurar(base, larga)
    direccion = f"/{nuevo_evento(base, azar, encuestas=['larga'])}/e/1"
    pagina = leer(cliente, direccion)
    assert pagina.html.count('<p class="f-solo-si"') == 100
    todas = {f"p_x{n}": ["a", "b", "c"] for n in range(250)}
    assert cliente.post(direccion, data={**todas, "id": str(uuid4())}).status_code == 303
    assert urna.cuantas(base, eventos.por_clave(base, direccion.split("/")[1])[0]["id"]) == 1


def test_el_telefono_prestado_lleva_lo_de_la_oficina_y_cada_idioma(app, base, instalacion, direccion):
    from recoleccion.vistas import paquete_campo

    with app.test_request_context():
        paquete = paquete_campo.armar(base, instalacion, HORA, "prueba")
    encuestas = {e["instrumento"]: e for evento in paquete["eventos"] for e in evento["encuestas"]}
    todo = encuestas["todo"]
    assert "idiomas" not in encuestas["antes"]
    assert [(codigo, nombre) for codigo, nombre, _, _ in todo["idiomas"]] == [("en", "English")]
    _, _, html, cierre = todo["idiomas"][0]
    assert ("Do you have children?" in html, "Thank you for answering." in cierre) == (True, True)
    assert "¿Tiene hijas o hijos?" in todo["html"]
    for dibujada in (todo["html"], html):
        campos = {a.get("name") for _, a in Pagina(dibujada).etiquetas}
        assert {"p_observa", "p_credencial", "p_lugar"} <= campos
        assert not campos & {"p_canal", "p_dia", "p_total"}


# --- La revisión privada -----------------------------------------------------------------------------------------


def revision(pagina: Pagina) -> str | None:
    hallada = re.search(r'<details class="f-propia.*?</details>', pagina.html, re.DOTALL)
    return hallada[0] if hallada else None


def test_la_revision_privada_sale_solo_despues_de_su_encuesta(cliente, elenco):
    html = revision(leer(cliente, f"/{elenco.clave}/listo?e=4"))
    assert html is not None
    assert "Nadie más lo ve: no se manda, no se guarda" in html
    assert html.count("<input") == len(incluidos()["reconocer"].preguntas)
    for ruta in ("", "/listo", "/listo?e=1", "/listo?e=2", "/listo?e=3", "/e/4"):
        assert revision(leer(cliente, f"/{elenco.clave}{ruta}")) is None, ruta


def test_la_revision_privada_no_tiene_con_que_mandarse_ni_guardarse(cliente, elenco):
    pagina = leer(cliente, f"/{elenco.clave}/listo?e=4")
    casillas = [a for t, a in pagina.etiquetas if t == "input"]
    assert casillas == [{"type": "checkbox", "autocomplete": "off"}] * 10
    assert [t for t, _ in pagina.etiquetas if t in ("form", "button")] == []
    assert [a["src"].split("?")[0] for t, a in pagina.etiquetas if t == "script"] == [
        "/static/js/asistente/asistente.js"
    ]


def test_la_revision_privada_no_se_lleva_a_un_telefono_prestado(app, base, instalacion):
    from recoleccion.vistas import paquete_campo

    with app.test_request_context():
        paquete = paquete_campo.armar(base, instalacion, HORA, "prueba")
    textos = [e["html"] + e["cierre"] for evento in paquete["eventos"] for e in evento["encuestas"]]
    assert any("Nadie merece vivirlas." in texto for texto in textos)
    cosas = propia.de(incluidos()["reconocer"])
    assert cosas is not None
    assert [t for t in textos if "f-propia" in t or any(cosa in t for cosa in cosas.cosas)] == []


def test_la_revision_privada_es_solo_de_personas_adultas():
    reconocer = incluidos()["reconocer"].a_dict()
    for edad in (None, 12, 17):
        assert propia.de(Instrumento.de_dict(reconocer | {"edad_minima": edad})) is None
    assert propia.de(Instrumento.de_dict(reconocer | {"clave": "otra"})) is None
    assert propia.de(Instrumento.de_dict(reconocer)) is not None
