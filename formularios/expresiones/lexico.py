"""De texto a piezas. Lo que no es de XPath se rechaza aquí con lo que hay que escribir en su lugar."""

import re
from dataclasses import dataclass

from .errores import ErrorExpresion
from .valores import ESPACIO


@dataclass(frozen=True)
class Pieza:
    """``tipo``: numero, texto, ref, nombre, op, «(», «)», «,», «.», «..» o fin. ``valor``: lo que dice."""

    tipo: str
    valor: str
    posicion: int


_NOMBRE = re.compile(r"[^\W\d][\w.\-]*(?::[^\W\d][\w.\-]*)?")
_NUMERO = re.compile(r"[0-9]+(?:\.[0-9]*)?|\.[0-9]+")
_REFERENCIA = re.compile(r"\$\{([^}]*)\}")
_NOMBRE_PREGUNTA = re.compile(r"[^\W\d][\w.\-]*")
_SIGNOS = re.compile(r"!=|<=|>=|\.\.|[=<>+\-*(),.]")
_EXPONENTE = re.compile(r"[eE][+\-]?[0-9]+")
_OPERANDO = frozenset({"numero", "texto", "ref", "nombre", ")", ".", ".."})
_OPERADORES = frozenset({"and", "or", "div", "mod"})

# En orden: el primero con que empieza lo que sobra.
_EN_SU_LUGAR = (
    ("==", "Escriba un solo «=» para comparar."),
    ("&&", "Escriba «and» en lugar de «&&»."),
    ("&", "Escriba «and» para «y», o concat(…) para juntar textos, en lugar de «&»."),
    ("||", "Escriba «or» en lugar de «||»."),
    ("|", "Escriba «or» en lugar de «|»; juntar preguntas con «|» no se admite."),
    ("<>", "Escriba «!=» en lugar de «<>»."),
    ("=>", "Escriba «>=» en lugar de «=>»."),
    ("=<", "Escriba «<=» en lugar de «=<»."),
    ("≤", "Escriba «<=» en lugar de «≤»."),
    ("≥", "Escriba «>=» en lugar de «≥»."),
    ("≠", "Escriba «!=» en lugar de «≠»."),
    ("×", "Escriba «*» para multiplicar."),
    ("÷", "Escriba «div» para dividir."),
    ("−", "Escriba el guion del teclado «-» en lugar de «−»."),
    ("–", "Escriba el guion del teclado «-» en lugar de «–»."),
    ("!", "Escriba not(…) para negar, o «!=» para «distinto»."),
    ("/", "Las rutas con «/» no se admiten: escriba ${nombre} para usar una respuesta, o «div» para dividir."),
    ("%", "Escriba «mod» para el residuo, o «div 100» para un porcentaje."),
    ("^", "No hay potencias; multiplique: ${x} * ${x}."),
    (";", "Separe los argumentos con coma «,»."),
    ("[", "Los filtros entre corchetes no se admiten; use if(…) dentro de la repetición y sume con sum(${nombre})."),
    ("@", "Los atributos con «@» no se admiten; escriba ${nombre}."),
    ("$", "Para usar una respuesta escriba ${nombre}, con llaves."),
    ("{", "Para usar una respuesta escriba ${nombre}, con el signo de pesos antes de la llave."),
    (":", "Los ejes con «::» no se admiten; escriba ${nombre}."),
    ("“", "Use comillas rectas ' o \" en lugar de comillas tipográficas."),
    ("”", "Use comillas rectas ' o \" en lugar de comillas tipográficas."),
    ("‘", "Use comillas rectas ' o \" en lugar de comillas tipográficas."),
    ("’", "Use comillas rectas ' o \" en lugar de comillas tipográficas."),
    ("«", "Use comillas rectas ' o \" en lugar de comillas tipográficas."),
    ("»", "Use comillas rectas ' o \" en lugar de comillas tipográficas."),
    ("´", "Use comillas rectas ' o \" en lugar del acento."),
    ("`", "Use comillas rectas ' o \" en lugar del acento."),
)


def partir(texto: str) -> list[Pieza]:
    """Las piezas de una expresión, con una de tipo «fin» al último; lanza :class:`ErrorExpresion`."""
    piezas: list[Pieza] = []
    i = 0
    while i < len(texto):
        if texto[i] in ESPACIO:
            i += 1
            continue
        anterior = piezas[-1].tipo if piezas else ""
        pieza, i = _siguiente(texto, i, anterior in _OPERANDO)
        piezas.append(pieza)
    return [*piezas, Pieza("fin", "", len(texto))]


def _siguiente(texto: str, i: int, tras_operando: bool) -> tuple[Pieza, int]:
    letra = texto[i]
    if letra in "'\"":
        final = texto.find(letra, i + 1)
        if final < 0:
            raise ErrorExpresion(f"Falta cerrar las comillas; agregue {letra} al final del texto.", i)
        return Pieza("texto", texto[i + 1 : final], i), final + 1
    if texto.startswith("${", i):
        return _referencia(texto, i)
    if halla := _NUMERO.match(texto, i):
        if exponente := _EXPONENTE.match(texto, halla.end()):
            raise ErrorExpresion("Escriba el número completo, sin exponente «e».", exponente.start())
        return Pieza("numero", halla[0], i), halla.end()
    if halla := _NOMBRE.match(texto, i):
        tipo = "op" if tras_operando and halla[0] in _OPERADORES else "nombre"
        return Pieza(tipo, halla[0], i), halla.end()
    if texto[i : i + 2] not in ("==", "=>", "=<", "<>") and (halla := _SIGNOS.match(texto, i)):
        signo = halla[0]
        return Pieza(signo if signo in "(),.." else "op", signo, i), halla.end()
    for comienzo, mensaje in _EN_SU_LUGAR:
        if texto.startswith(comienzo, i):
            raise ErrorExpresion(mensaje, i)
    if letra.isspace() or not letra.isprintable():
        raise ErrorExpresion("Hay un espacio especial que no se ve; bórrelo y escriba un espacio normal.", i)
    raise ErrorExpresion(f"«{letra}» no se entiende aquí; bórrelo, o póngalo entre comillas si es un texto.", i)


def _referencia(texto: str, i: int) -> tuple[Pieza, int]:
    halla = _REFERENCIA.match(texto, i)
    if halla is None:
        raise ErrorExpresion("Falta cerrar la llave: ${nombre}.", i)
    nombre = halla[1].strip(ESPACIO)
    if nombre.startswith("last-saved#"):
        raise ErrorExpresion(
            "La respuesta del envío anterior (last-saved#) no se admite; escriba ${nombre} de este formulario.", i
        )
    if not _NOMBRE_PREGUNTA.fullmatch(nombre):
        raise ErrorExpresion(
            "Entre las llaves va el nombre de una pregunta: ${nombre}, sin espacios ni otros signos.", i
        )
    return Pieza("ref", nombre, i), halla.end()
