"""Lo que el teléfono necesita para mostrar, esconder, revisar y calcular mientras alguien contesta, como JSON chico.

Lo lee ``static/js/encuesta/recorrido.js``, gemelo de ``recorrido.py``; allí están los nombres cortos. Solo va lo que
hace falta: una pregunta sin reglas, que nadie menciona y que no puede estar mal escrita, no está. Manda el servidor.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from formularios import formulas, huecos
from formularios.instrumento import CERRADAS, Grupo, Instrumento, Pregunta
from formularios.valores import error_de_rango, rango, sin_ceros

_ESCRITAS = ("entero", "decimal", "rango", "fecha", "hora", "punto")
"""Las que alguien puede escribir mal."""
DE_FUNCIONES = {
    "patrones": frozenset({"regex"}),
    "raras": frozenset({"boolean-from-string", "max", "min", "round", "selected-at", "substr"}),
    "fechas": frozenset({"date", "decimal-date-time", "format-date"}),
    "cuentas": frozenset({
        "+", "-", "*", "div", "mod", "neg", "concat", "contains", "count", "count-selected", "if", "int",
        "jr:choice-name", "now", "number", "once", "position", "starts-with", "string", "string-length", "sum", "today",
    }),
}  # fmt: skip
"""Las que no lleva el guion más chico, y el rasgo de ``recoleccion/vistas/juntos.py`` que las trae."""
TIPOS_RAROS = frozenset({"hora"})
"""Los que contesta una asistente y casi ninguna encuesta pregunta: ``leer_hora.js``."""
_ARBOLES = {"relevante": "r", "restriccion": "x", "calculo": "k", "filtro": "f"}


def de(instrumento: Instrumento) -> dict[str, Any] | None:
    """``{"p": preguntas, "g": grupos, "n": orden}``; ``None`` si contestándola nada cambia de lo que se ve."""
    if not _viva(instrumento):
        return None
    cuales = _las_que_van(instrumento)
    van = [p for p in instrumento.preguntas if p.clave in cuales]
    nombradas = formulas.de_las_que_se_dice_su_texto(instrumento)
    reglas: dict[str, Any] = {"p": [_pregunta(instrumento, p, nombradas) for p in van]}
    if grupos := [_grupo(instrumento, g) for g in instrumento.grupos if g.repite or g.relevante]:
        reglas["g"] = grupos
    lugar = {p.clave: i for i, p in enumerate(van)}
    orden = [lugar[clave] for clave in formulas.orden(instrumento) if clave in lugar]
    return reglas if orden == sorted(orden) else reglas | {"n": orden}


@lru_cache(maxsize=64)
def que_pide(instrumento: Instrumento) -> tuple[str, ...]:
    """De :data:`DE_FUNCIONES` y ``tipos``, los que hagan falta además de lo de siempre."""
    reglas = de(instrumento) or {"p": []}
    arboles = [p.get(letra) for p in reglas["p"] for letra in (*_ARBOLES.values(), "q")]
    arboles += [a for g in reglas.get("g", ()) for a in (g.get("r"), *g.get("v", ())[2:])]
    usadas = {funcion for arbol in arboles for funcion in _funciones(arbol)}
    pide = {rasgo: usadas & funciones for rasgo, funciones in DE_FUNCIONES.items()}
    pide["tipos"] = {p["t"] for p in reglas["p"]} & TIPOS_RAROS
    return tuple(cual for cual, usa in pide.items() if usa)


def _funciones(arbol: Any) -> Iterator[str]:
    if isinstance(arbol, list):
        yield arbol[0]
        for rama in arbol[1:] if arbol[0] != "regex" else arbol[1:2]:
            yield from _funciones(rama)


def _viva(instrumento: Instrumento) -> bool:
    if huecos.nombradas(instrumento) or any(g.repite or g.relevante for g in instrumento.grupos):
        return True
    return any(
        p.relevante or p.restriccion or p.filtro or p.obligatoria or p.tipo == "orden" or _se_ve_cambiar(p)
        for p in instrumento.preguntas
    )


def _se_ve_cambiar(p: Pregunta) -> bool:
    """Lo que se calcula a la vista. Un ``calculate`` no se ve aunque traiga texto."""
    return p.tipo not in ("calculo", "oculto", "hoy", "nota") and not p.con_campo and bool(p.calculo or p.omision)


def _las_que_van(instrumento: Instrumento) -> frozenset[str]:
    """Las que tienen algo que decidir, y las que hacen falta para decidirlo."""
    repetidas = {p.clave for p in instrumento.preguntas if instrumento.repeticiones(p.grupo)}
    con_modulo = any(p.obligatoria and p.modulo for p in instrumento.preguntas)
    van: set[str] = set()
    for p in instrumento.preguntas:
        con_reglas = p.relevante or p.restriccion or p.filtro or p.obligatoria or p.solo_si or (con_modulo and p.modulo)
        if con_reglas or p.tipo in (*_ESCRITAS, "orden") or p.clave in repetidas or _se_ve_cambiar(p):
            van.add(p.clave)
    faltan = [
        r for g in instrumento.grupos for e in formulas.de_grupo(g) for r in formulas.entender(*e[1:]).referencias
    ]
    faltan += [*van, *huecos.nombradas(instrumento)]
    vistas: set[str] = set()
    while faltan:
        clave = faltan.pop()
        if clave in instrumento.por_clave and clave not in vistas:
            vistas.add(clave)
            faltan += _referencias(instrumento, instrumento.por_clave[clave])
    return frozenset(vistas)


def _referencias(instrumento: Instrumento, p: Pregunta) -> Iterator[str]:
    for campo, texto, columnas in formulas.de_pregunta(instrumento, p):
        if campo != "omision" or not p.con_campo:
            yield from formulas.entender(texto, columnas).referencias


def _pregunta(instrumento: Instrumento, p: Pregunta, nombradas: frozenset[str]) -> dict[str, Any]:
    regla: dict[str, Any] = {"c": p.clave, "t": p.tipo}
    if (grupo := _que_decide(instrumento, p.grupo)) is not None:
        regla["g"] = grupo
    columnas = formulas.columnas_de(instrumento, p) if p.filtro is not None else frozenset()
    for campo, letra in _ARBOLES.items():
        texto = getattr(p, campo)
        if texto is not None:
            regla[letra] = formulas.entender(texto, columnas if campo == "filtro" else frozenset()).arbol
    if p.obligatoria:
        regla["q"] = ["true"] if p.obligatoria is True else formulas.entender(p.obligatoria).arbol
        if p.mensaje_obligatoria:
            regla["mq"] = p.mensaje_obligatoria
    if p.restriccion is not None and p.mensaje_restriccion:
        regla["mx"] = p.mensaje_restriccion
    if not p.con_campo:
        regla["n"] = 1
        if p.calculo is None and p.omision is not None:
            dinamica = formulas.es_dinamica(p.omision)
            regla |= {"k": formulas.entender(p.omision).arbol} if dinamica else {"d": p.omision}
    marcas = {"e": p.solo_personal, "s": p.solo_si == "sin_ficha", "m": p.modulo, "l": p.maximo}
    regla |= {letra: 1 if valor is True else valor for letra, valor in marcas.items() if valor}
    if p.tipo == "rango":
        regla["i"] = _rango(p)
    opciones = _opciones(instrumento, p, con_texto=p.clave in nombradas or not p.con_campo)
    return regla | ({"o": opciones} if opciones else {})


def _rango(p: Pregunta) -> list[str]:
    """Inicio, fin y paso sin exponentes, y lo que se dice si no cae ahí: igual que ``valores.leer``."""
    return [*map(sin_ceros, rango(p)), error_de_rango(p)]


def _opciones(instrumento: Instrumento, p: Pregunta, *, con_texto: bool) -> list[list[Any]]:
    """``[clave, columnas, texto]`` de cada una, si la página no las dice todas: con filtro, nombradas o sin campo."""
    if p.tipo not in CERRADAS:
        return []
    usadas = formulas.entender(p.filtro, formulas.columnas_de(instrumento, p)).columnas if p.filtro else frozenset()
    todas = instrumento.opciones_de(p)
    con_texto = con_texto or "label" in usadas or any(o.exclusiva and "${" in o.texto for o in todas)
    if not (usadas or con_texto):
        return []
    opciones: list[list[Any]] = []
    for opcion in todas:
        datos = {columna: opcion.datos[columna] for columna in sorted(usadas) if columna in opcion.datos}
        fila: list[Any] = [opcion.clave, datos or 0, opcion.texto if con_texto else 0]
        opciones.append(fila if con_texto else fila[: 2 if datos else 1])
    return opciones


def _que_decide(instrumento: Instrumento, grupo: str | None) -> str | None:
    """El más cercano que esconde o repite, de los que contienen a ``grupo`` y él: los demás son puro título."""
    return next((g.clave for g in instrumento.camino[grupo][::-1] if g.repite or g.relevante), None)


def _grupo(instrumento: Instrumento, g: Grupo) -> dict[str, Any]:
    regla: dict[str, Any] = {"c": g.clave}
    if (padre := _que_decide(instrumento, g.padre)) is not None:
        regla["g"] = padre
    if g.relevante is not None:
        regla["r"] = formulas.entender(g.relevante).arbol
    if g.repite:
        regla["v"] = [g.minimo or 0, g.tope, *([formulas.entender(g.veces).arbol] if g.veces is not None else [])]
    return regla
