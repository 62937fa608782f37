"""Una encuesta de 250 preguntas con 100 condiciones, como la escribiría una oficina, y quien la contesta entera."""

from collections.abc import Mapping
from random import Random

from formularios.contestar import nombre_campo
from formularios.instrumento import Instrumento
from formularios.xlsform import importar

PREGUNTAS, CONDICIONES = 250, 100
_TIPOS = ("select_one si_no", "select_one frecuencia", "integer", "select_multiple temas", "range", "date")
_LISTAS = {
    "si_no": {"si": "Sí", "no": "No", "nose": "No sé"},
    "frecuencia": {"nunca": "Nunca", "aveces": "A veces", "siempre": "Siempre", "nd": "Prefiero no decir"},
    "temas": {"casa": "La casa", "trabajo": "El trabajo", "salud": "La salud", "dinero": "El dinero", "otro": "Otro"},
}
_ASUNTOS = ("en su casa", "en su trabajo", "con su familia", "con sus vecinas", "en la escuela", "en el último mes")


def csv_grande(preguntas: int = PREGUNTAS, condiciones: int = CONDICIONES) -> bytes:
    """El XLSForm. Cada condición mira una respuesta de antes; hay límites, mensajes, grupos y cálculos."""
    filas = [
        ["survey"],
        ["", "type", "name", "label", "hint", "relevant", "constraint", "constraint_message", "parameters"],
    ]
    cada = preguntas / condiciones
    for n in range(preguntas):
        tipo = _TIPOS[n % len(_TIPOS)]
        condicion = _condicion(n) if int((n + 1) / cada) > int(n / cada) else ""
        limite = (". >= 0 and . <= 120", "Escriba un número de 0 a 120.") if tipo == "integer" else ("", "")
        texto = f"Pregunta {n + 1}: ¿qué ha pasado {_ASUNTOS[n % len(_ASUNTOS)]}, desde que empezó el programa?"
        ayuda = "Conteste lo que recuerde." if n % 7 == 0 else ""
        filas.append(
            ["", tipo, f"q{n}", texto, ayuda, condicion, *limite, "start=0 end=10 step=1" if tipo == "range" else ""]
        )
        if n % 25 == 24 or n == preguntas - 1:
            filas += [["", "end_group"]]
        if n % 25 == 0:
            filas.insert(-1, ["", "begin_group", f"parte_{n // 25}", f"Parte {n // 25 + 1}"])
    filas += [["choices"], ["", "list_name", "name", "label"]]
    filas += [["", lista, clave, texto] for lista, opciones in _LISTAS.items() for clave, texto in opciones.items()]
    filas += [["settings"], ["", "form_title", "form_id", "version"], ["", "Una encuesta grande", "grande", "1"]]
    return "\n".join(",".join(f'"{celda}"' if celda else "" for celda in fila) for fila in filas).encode()


def _condicion(n: int) -> str:
    """Que mira la última de opciones de dos a ocho lugares antes."""
    m = next(m for m in range(max(0, n - 2), -1, -1) if _TIPOS[m % len(_TIPOS)].startswith(("select", "integer")))
    match _TIPOS[m % len(_TIPOS)]:
        case "select_one si_no":
            return f"${{q{m}}} = 'si' or ${{q{m}}} = ''"
        case "select_one frecuencia":
            return f"${{q{m}}} != 'nunca'"
        case "integer":
            return f"coalesce(${{q{m}}}, 20) >= 18"
        case _:
            return f"not(selected(${{q{m}}}, 'otro'))"


def instrumento_grande(preguntas: int = PREGUNTAS, condiciones: int = CONDICIONES) -> Instrumento:
    resultado = importar("grande.csv", csv_grande(preguntas, condiciones))
    assert resultado.instrumento is not None, "\n".join(map(str, resultado.problemas))
    return resultado.instrumento


def contestada(instrumento: Instrumento, azar: Random) -> Mapping[str, list[str]]:
    """Todas las preguntas contestadas con algo que vale, también las que no vienen al caso."""
    datos: dict[str, list[str]] = {}
    for pregunta in instrumento.preguntas:
        claves = [opcion.clave for opcion in pregunta.opciones]
        match pregunta.tipo:
            case "una":
                valor = [azar.choice(claves)]
            case "varias":
                valor = azar.sample(claves, 2)
            case "rango":
                valor = [str(azar.randint(0, 10))]
            case "fecha":
                valor = [f"2026-{azar.randint(1, 11):02}-{azar.randint(1, 28):02}"]
            case _:
                valor = [str(azar.randint(0, 120))]
        datos[nombre_campo(pregunta)] = valor
    return datos
