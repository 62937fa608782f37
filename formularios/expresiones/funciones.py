"""Las funciones que se admiten, con cuántos argumentos, y qué escribir en lugar de las que no."""

# nombre: (menos, más o None si no hay límite)
ARGUMENTOS: dict[str, tuple[int, int | None]] = {
    "boolean-from-string": (1, 1),
    "coalesce": (2, 2),
    "concat": (1, None),
    "contains": (2, 2),
    "count": (1, 1),
    "count-selected": (1, 1),
    "date": (1, 1),
    "decimal-date-time": (1, 1),
    "false": (0, 0),
    "format-date": (2, 2),
    "if": (3, 3),
    "int": (1, 1),
    "jr:choice-name": (2, 2),
    "max": (1, None),
    "min": (1, None),
    "not": (1, 1),
    "now": (0, 0),
    "number": (1, 1),
    "once": (1, 1),
    "position": (1, 1),
    "regex": (2, 2),
    "round": (1, 2),
    "selected": (2, 2),
    "selected-at": (2, 2),
    "starts-with": (2, 2),
    "string": (1, 1),
    "string-length": (1, 1),
    "substr": (2, 3),
    "sum": (1, 1),
    "today": (0, 0),
    "true": (0, 0),
}

# Las que reciben todas las respuestas de una repetición cuando su argumento es ${nombre}.
DE_CONJUNTO = frozenset({"sum", "count", "min", "max"})
# Las que sólo tienen sentido sobre respuestas.
SOLO_RESPUESTAS = frozenset({"sum", "count"})

_NO_HAY = "no se admite y no tiene equivalente; quite esa cuenta o haga la pregunta de otro modo"
EN_LUGAR: dict[str, str] = {
    "boolean": "compare: ${x} != ''",
    "count-non-empty": "haga dentro de la repetición un cálculo if(${x} != '', 1, 0) y súmelo con sum()",
    "current": "escriba ${nombre}, o «.» para la respuesta de esta pregunta",
    "date-time": "escriba date(…)",
    "decimal-time": "escriba la hora como texto y compárela, o pregunte las horas en un número",
    "ends-with": "escriba regex(${x}, 'final$')",
    "floor": "escriba int(…), que quita los decimales",
    "ceiling": "escriba int(…) o round(…)",
    "format-date-time": "escriba format-date(…), que también da las horas: '%H:%M'",
    "indexed-repeat": "use la respuesta dentro de su repetición, o súmelas con sum(${nombre})",
    "instance": "escriba ${nombre}; para listas de un archivo use select_one_from_file",
    "join": "escriba concat(${a}, ', ', ${b})",
    "last": "escriba count(${nombre}) para saber cuántas hay",
    "normalize-space": "los espacios de más se quitan solos al contestar",
    "once-only": "escriba once(…)",
    "pow": "multiplique: ${x} * ${x}",
    "substring": "escriba substr(texto, desde, hasta), que cuenta desde 0",
    "string-join": "escriba concat(${a}, ', ', ${b})",
    "substring-before": "escriba substr(texto, desde, hasta), que cuenta desde 0",
    "substring-after": "escriba substr(texto, desde, hasta), que cuenta desde 0",
    "abs": "escriba if(${x} < 0, -${x}, ${x})",
    "si": "escriba if(…)",
    "no": "escriba not(…)",
    "suma": "escriba sum(…)",
    "hoy": "escriba today()",
    "ahora": "escriba now()",
    "y": "escriba una condición and otra",
    "o": "escriba una condición or otra",
    "and": "va entre las dos condiciones: ${a} = '1' and ${b} = '2'",
    "or": "va entre las dos condiciones: ${a} = '1' or ${b} = '2'",
    "selected_at": "escriba selected-at(…)",
    "count_selected": "escriba count-selected(…)",
    "jr:itext": "escriba jr:choice-name(${x}, '${x}') para la etiqueta de una opción",
}


def en_su_lugar(nombre: str) -> str:
    """La frase de qué escribir en lugar de una función que no está."""
    if nombre.lower() in ARGUMENTOS:
        return f"La función se escribe con minúsculas: {nombre.lower()}(…)."
    que_hacer = EN_LUGAR.get(nombre.lower())
    if que_hacer is None:
        return f"La función {nombre}() {_NO_HAY}."
    return f"La función {nombre}() no se admite: {que_hacer}."


def cuantos(nombre: str) -> str:
    """«lleva 2 argumentos», «lleva 1 o 2 argumentos», «lleva al menos 1 argumento»."""
    menos, mas = ARGUMENTOS[nombre]
    if mas is None:
        return f"lleva al menos {menos} argumento{'' if menos == 1 else 's'}"
    if menos == mas:
        return "no lleva argumentos" if mas == 0 else f"lleva {mas} argumento{'' if mas == 1 else 's'}"
    return f"lleva {menos} o {mas} argumentos"
