"""Lo que se ve: las plantillas de campos, sin petición, sin guiones y sin nada que delate el tema."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from formularios.asistencia import formulario_asistencia
from formularios.campos import Datos, primeros_errores
from formularios.catalogos import INICIALES, cargar
from formularios.contestar import validar
from formularios.dibujo import dibujar
from formularios.instrumento import Instrumento, incluidos

RAIZ = Path(__file__).parents[2]
ESTILOS = RAIZ / "static" / "css" / "formularios.css"
TEMAS = ("tipos", "igualdad")


@pytest.fixture(scope="module")
def macros() -> Any:
    entorno = Environment(
        loader=FileSystemLoader(RAIZ / "plantillas"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return entorno.get_template("formularios/_campos.html").module


class _Etiquetas(HTMLParser):
    """Todas las etiquetas con sus atributos, y que cada una que se abre se cierre."""

    VACIAS = frozenset({"input", "br"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.todas: list[tuple[str, dict[str, str]]] = []
        self._abiertas: list[str] = []
        self.feed(html)
        assert self._abiertas == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.todas.append((tag, {nombre: valor or "" for nombre, valor in attrs}))
        if tag not in self.VACIAS:
            self._abiertas.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._abiertas.pop() == tag

    def de(self, *tipos: str) -> list[dict[str, str]]:
        return [atributos for tipo, atributos in self.todas if tipo in tipos]


def _html(macros: Any, instrumento: Instrumento, datos: dict[str, list[str]] | None = None) -> str:
    datos = datos or {}
    return str(macros.encuesta(dibujar(instrumento, datos or None, validar(instrumento, datos).errores, personal=True)))


def _todas(macros: Any) -> list[tuple[Instrumento, str]]:
    variantes = [i.para_tema(tema) for i in incluidos().values() for tema in TEMAS]
    return [(instrumento, _html(macros, instrumento)) for instrumento in variantes]


def test_cada_opcion_se_puede_elegir_y_ninguna_viene_marcada(macros: Any) -> None:
    for instrumento, html in _todas(macros):
        entradas = [e for e in _Etiquetas(html).de("input") if e["type"] in ("radio", "checkbox")]
        assert [(e["name"], e["value"]) for e in entradas] == [
            (p.clave, o.clave) for p in instrumento.preguntas for o in p.opciones
        ]
        assert not any("checked" in e for e in entradas)


def test_cada_pregunta_tiene_su_leyenda_y_su_avance_en_palabras(macros: Any) -> None:
    for instrumento, html in _todas(macros):
        assert len(_Etiquetas(html).de("legend")) == len([p for p in instrumento.preguntas if p.opciones])
        avances = re.findall(r"Pregunta (\d+) de (\d+)", html)
        total = len(instrumento.numeros)
        assert avances == [(str(n), str(total)) for n in range(1, total + 1)]


def test_sin_ficha_tiene_su_titulo_solo_en_despues(macros: Any) -> None:
    for instrumento, html in _todas(macros):
        assert html.count("Solo si no tiene ficha") == (1 if instrumento.clave == "despues" else 0)
        assert ('name="ficha"' in html) == instrumento.lleva_ficha


def test_la_respuesta_correcta_no_viaja_con_la_pregunta(macros: Any) -> None:
    sin_correctas = {c: i for c, i in incluidos().items() if c in ("antes", "despues")}
    for instrumento in sin_correctas.values():
        html = _html(macros, instrumento)
        assert not [p.clave for p in instrumento.preguntas if p.explicacion and p.explicacion in html]
        assert "correcta" not in html
        una_al_reves = Instrumento.de_dict(
            instrumento.a_dict()
            | {
                "preguntas": [
                    p | ({"correcta": "NS", "explicacion": "Otra."} if "correcta" in p else {})
                    for p in instrumento.a_dict()["preguntas"]
                ]
            }
        )
        assert _html(macros, una_al_reves) == html


def test_los_errores_van_junto_a_su_campo_y_se_conserva_lo_escrito(macros: Any) -> None:
    despues = incluidos()["despues"].para_tema("tipos")
    datos = {"ficha": ["tuna 3"], "K1": ["X"], "K3": ["V"], "I1": ["nada", "casa"], "I2": ["<b>" + "x" * 200]}
    html = _html(macros, despues, datos)
    etiquetas = _Etiquetas(html)
    avisos = {a["id"] for a in etiquetas.de("p") if a.get("role") == "alert"}
    assert avisos == {"ficha-error", "K1-error", "I1-error", "I2-error"}
    descritos = {a["id"]: a["aria-describedby"].split() for _, a in etiquetas.todas if "aria-describedby" in a}
    assert all(f"{campo}-error" in descritos[campo] for campo in ("ficha", "K1", "I1", "I2"))
    identificadores = [a["id"] for _, a in etiquetas.todas if "id" in a]
    assert len(set(identificadores)) == len(identificadores)
    assert {d for lista in descritos.values() for d in lista} <= set(identificadores)
    marcadas = {(e["name"], e["value"]) for e in etiquetas.de("input") if "checked" in e}
    assert marcadas == {("K3", "V"), ("I1", "nada"), ("I1", "casa")}
    assert 'value="tuna 3"' in html
    assert "&lt;b&gt;xxx" in html
    assert "<b>" not in html
    assert "Hay 4 respuestas por revisar" in html


def test_lo_escrito_en_un_parrafo_no_pierde_su_primer_renglon(macros: Any) -> None:
    html = _html(macros, incluidos()["satisfaccion"], {"S7": ["\n\nmás sillas"], "S1": ["x"]})
    assert re.search(r"<textarea[^>]*>\nmás sillas</textarea>", html)


def test_nada_lleva_guion_estilo_o_direccion_en_linea(macros: Any) -> None:
    for _, html in _todas(macros):
        for tipo, atributos in _Etiquetas(html).todas:
            assert tipo not in ("script", "style", "link", "form", "img")
            assert not [a for a in atributos if a.startswith("on") or a in ("style", "src", "href")]


def test_ni_nombres_ni_clases_dicen_el_tema(macros: Any) -> None:
    delatan = re.compile(r"violen|mujer|maltrat|golpe|g[eé]nero|violeta|25n|8m", re.IGNORECASE)
    assert delatan.search("campo-violencia")
    for _, html in _todas(macros):
        for _, atributos in _Etiquetas(html).todas:
            assert not [a for a in ("id", "name", "class", "title", "value") if delatan.search(atributos.get(a, ""))]
    assert not delatan.search(ESTILOS.read_text(encoding="utf-8"))


def test_las_respuestas_se_dicen_en_el_cierre(macros: Any) -> None:
    despues = str(macros.cierre(incluidos()["despues"].para_tema("tipos")))
    assert despues.count("<dd>") == 5
    assert "Falso. " in despues
    assert "Nadie merece vivirlas." in str(macros.cierre(incluidos()["reconocer"]))
    assert str(macros.cierre(incluidos()["antes"])).strip() == ""


def test_el_registro_dice_a_menores_que_no_dejen_su_nombre(macros: Any) -> None:
    clase = formulario_asistencia(cargar(INICIALES), pide_nombre=True, pide_telefono=True, pide_procedencia=True)
    lleno = clase(Datos({"sexo": ["M"], "edad": ["60+"], "nombre": ["Ana"], "telefono": ["1"]}))
    lleno.validate()
    html = str(macros.asistencia(lleno, primeros_errores(lleno)))
    etiquetas = _Etiquetas(html)
    assert "Si tiene menos de 18 años, deje este espacio vacío." in html
    assert {a["id"] for a in etiquetas.de("p") if a.get("role") == "alert"} == {"procedencia-error", "telefono-error"}
    assert {e["value"] for e in etiquetas.de("input") if "checked" in e} == {"M", "60+"}


def test_los_estilos_dan_letra_y_blancos_grandes() -> None:
    estilos = ESTILOS.read_text(encoding="utf-8")
    assert "max(1rem, 18px)" in estilos
    assert estilos.count("min-height: 48px") >= 2
