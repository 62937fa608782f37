"""Editar en pantalla, al azar: ninguna operación falla, las claves nunca se repiten, y lo que ya no tiene problemas se
guarda y va y vuelve de la hoja de cálculo con su huella."""

import json
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from formularios import edicion
from formularios.edicion import Borrador, Condicion
from formularios.edicion.borrador import camino
from formularios.instrumento import Instrumento, incluidos
from formularios.xlsform import adjuntos, exportar, importar
from tests.formularios.xlsform.al_azar import instrumentos

TEXTOS = st.sampled_from(
    ["", "Sí", "No", "¿Cuántas?", "  de\u200bmás  ", "${P1}", "=1+1", "a\nb", "Ñandú & <b>", "1", "other", "🌸"]
) | st.text(max_size=12)
NUMEROS = st.sampled_from(["0", "10", "-3", "1.50", "0,5", "", "x", "NaN", "1e9", "99999999999999999999999"])
OPERADORES = st.sampled_from(["es", "no_es", "incluye", "no_incluye", "mayor", "menor", "igual", "otro"])


@st.composite
def operaciones(draw: Any) -> Callable[[Borrador], Borrador]:
    """Una operación con argumentos al azar, que se eligen entre lo que hay en el borrador al aplicarla."""
    numero = draw(st.integers(0, 40))
    otro = draw(st.integers(0, 40))
    texto = draw(TEXTOS)
    pasos = draw(st.sampled_from([-1, 1]))

    def clave(b: Borrador, n: int = numero) -> str:
        claves = [p["clave"] for p in b["modelo"]["preguntas"]] or ["ninguna"]
        return str(claves[n % len(claves)]) if n < 39 else "no_existe"

    def opcion(b: Borrador, de: str) -> str:
        de_esa = next((p for p in b["modelo"]["preguntas"] if p["clave"] == de), {}).get("opciones", [])
        return str(de_esa[otro % len(de_esa)]["clave"]) if de_esa and otro < 38 else "no_existe"

    que = draw(st.sampled_from(["portada", "agregar", "agregar", "cambiar", "cambiar", "mover", "duplicar", "quitar",
                                "deshacer", "si", "si", "siempre", "mas", "renombrar", "opcion", "menos"]))  # fmt: skip
    if que == "portada":
        minutos, edad = draw(st.sampled_from([0, 1.5, 3])), draw(st.none() | st.integers(0, 18))
        return lambda b: edicion.portada(
            b,
            titulo=texto or "T",
            intro=texto,
            minutos=minutos or 1,
            cierre=texto,
            lleva_ficha=pasos > 0,
            edad_minima=edad,
        )
    if que == "agregar":
        tipo, varias = draw(st.sampled_from([*edicion.TIPOS, "hora"])), draw(st.lists(TEXTOS, max_size=14))
        return lambda b: edicion.agregar(b, tipo=tipo, texto=texto, opciones=varias)
    if que == "cambiar":
        cambios = draw(st.fixed_dictionaries({}, optional={
            "texto": TEXTOS, "ayuda": TEXTOS, "indicador": TEXTOS, "tipo": st.sampled_from([*edicion.TIPOS, "punto"]),
            "obligatoria": st.booleans(), "publicacion": st.sampled_from(["si", "no", "a | b"]),
            "inicio": NUMEROS, "fin": NUMEROS, "paso": NUMEROS,
        }))  # fmt: skip
        return lambda b: edicion.cambiar(b, clave(b), cambios)
    if que == "si":
        pares = draw(st.lists(st.tuples(OPERADORES, st.none() | NUMEROS), min_size=1, max_size=5))

        def mostrar(b: Borrador) -> Borrador:
            de_cual = clave(b, otro)
            condiciones = [Condicion(de_cual, que, opcion(b, de_cual) if v is None else v) for que, v in pares]
            return edicion.mostrar_si(b, clave(b), *condiciones, todas=pasos > 0)

        return mostrar
    if que == "renombrar":
        return lambda b: edicion.cambiar_opcion(b, clave(b), opcion(b, clave(b)), texto=texto, exclusiva=pasos > 0)
    if que == "mas":
        varias = draw(st.lists(TEXTOS, max_size=4))
        return lambda b: edicion.agregar_opciones(b, clave(b), varias)
    simples: dict[str, Callable[[Borrador], Borrador]] = {
        "mover": lambda b: edicion.mover(b, clave(b), pasos),
        "duplicar": lambda b: edicion.duplicar(b, clave(b)),
        "quitar": lambda b: edicion.quitar(b, clave(b)),
        "deshacer": edicion.deshacer,
        "siempre": lambda b: edicion.mostrar_si(b, clave(b)),
        "opcion": lambda b: edicion.mover_opcion(b, clave(b), opcion(b, clave(b)), pasos),
        "menos": lambda b: edicion.quitar_opcion(b, clave(b), opcion(b, clave(b))),
    }
    return simples[que]


def borradores() -> st.SearchStrategy[Borrador]:
    de_pantalla = st.just(edicion.nuevo("Encuesta al azar", ()))
    de_fabrica = st.sampled_from([edicion.de_versiones([i]) for i in incluidos().values()])
    de_hoja = instrumentos().map(lambda i: edicion.de_versiones([i]))
    return de_pantalla | de_fabrica | de_hoja


def revisar(antes: Borrador, despues: Borrador, usadas: dict[str, dict[str, str]]) -> None:
    """Lo que se cumple después de cualquier operación."""
    claves = [p["clave"] for p in despues["modelo"]["preguntas"]]
    assert len(set(claves)) == len(claves)
    for pregunta in despues["modelo"]["preguntas"]:
        de_ella = [o["clave"] for o in pregunta.get("opciones", ())]
        assert len(set(de_ella)) == len(de_ella)
    vistos: set[str] = set()
    anterior: tuple[str, ...] = ()
    for pregunta in despues["modelo"]["preguntas"]:
        suyos = camino(despues, pregunta.get("grupo"))
        vistos |= set(anterior) - set(suyos)
        assert not vistos & set(suyos), "las preguntas de un grupo se separaron"
        anterior = suyos
    assert json.loads(json.dumps(despues)) == despues
    assert all(problema.frase.endswith(".") for problema in edicion.problemas(despues) + edicion.avisos(despues))


@settings(max_examples=60, deadline=None)
@given(borradores(), st.lists(operaciones(), max_size=25))
def test_ninguna_serie_de_operaciones_falla_ni_repite_claves(inicial: Borrador, serie: list[Any]) -> None:
    borrador = inicial
    for operacion in serie:
        antes = json.dumps(borrador)
        nuevo = operacion(borrador)
        assert json.dumps(borrador) == antes, "cambió el borrador que recibió"
        revisar(borrador, nuevo, {})
        borrador = nuevo


@settings(max_examples=40, deadline=None)
@given(borradores(), st.lists(operaciones(), max_size=12))
def test_sin_problemas_se_guarda_y_va_y_vuelve_de_la_hoja_con_su_huella(inicial: Borrador, serie: list[Any]) -> None:
    borrador = inicial
    for operacion in serie:
        borrador = operacion(borrador)
    if edicion.problemas(borrador):
        borrador = sin_problemas(borrador)
    if edicion.problemas(borrador):
        return
    instrumento = edicion.instrumento(borrador)
    assert instrumento == Instrumento.de_dict(edicion.modelo(borrador))
    assert edicion.de_versiones([instrumento])["modelo"] | {"version": instrumento.version} == instrumento.a_dict()
    vuelto = importar("x.csv", exportar(instrumento, "csv"), adjuntos(instrumento))
    assert vuelto.problemas == ()
    assert vuelto.instrumento is not None
    assert vuelto.instrumento.huella == instrumento.huella


def sin_problemas(borrador: Borrador) -> Borrador:
    """Quita lo que estorba, como lo haría una persona: la pregunta señalada."""
    for _ in range(60):
        con = [p.pregunta for p in edicion.problemas(borrador) if p.pregunta]
        if not con:
            return borrador
        borrador = edicion.quitar(borrador, con[0])
    return borrador


@settings(max_examples=40, deadline=None)
@given(borradores())
def test_abrir_una_encuesta_sin_tocarla_no_le_cambia_nada(inicial: Borrador) -> None:
    if inicial["version"]:
        assert edicion.problemas(inicial) == []
        assert edicion.modelo(inicial) | {"version": inicial["version"]} == inicial["modelo"] | {
            "version": inicial["version"]
        }
