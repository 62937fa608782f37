"""Contar lo que se leyó, antes de proteger nada: quién es la misma persona, en qué grupo cae, qué eligió.

Lo usan la protección y la auditoría, que así parten de la misma cuenta verdadera. Puro.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any, TypeVar

from .modelo import DIMENSIONES, EDADES, Asistencia, Cambio, Contestacion, Crudo, LineaPoa, Pregunta, Reglas
from .preguntas import escalera

R = TypeVar("R", Asistencia, Contestacion, Cambio)

_EDAD_PUBLICADA = {privada: publicada for publicada, privadas in EDADES.items() for privada in privadas}


def agrupar(filas: Iterable[R], eje: str) -> dict[tuple[str, ...], list[R]]:
    """Los renglones de cada grupo de un eje; los que no dicen una dimensión caen en un grupo con ``""``."""
    dimensiones = () if eje == "total" else eje.split("+")
    juntas: dict[tuple[str, ...], list[R]] = defaultdict(list)
    for fila in filas:
        juntas[tuple(valor(fila, dimension) for dimension in dimensiones)].append(fila)
    return juntas


def valor(fila: Asistencia | Contestacion | Cambio, dimension: str) -> str:
    """La clave con que se publica; ``""`` si no la dice o no es de las que se publican."""
    assert dimension in DIMENSIONES
    clave: str = getattr(fila, dimension) or ""
    return _EDAD_PUBLICADA.get(clave, "") if dimension == "edad" else clave


def sin_repetir(filas: Iterable[Asistencia]) -> list[Asistencia]:
    """Una credencial cuenta una vez por evento. Queda el renglón menor en orden, no el que llegó antes."""
    unicas: dict[tuple[str, str], Asistencia] = {}
    anonimas: list[Asistencia] = []
    for fila in filas:
        if fila.credencial is None:
            anonimas.append(fila)
            continue
        llave = (fila.evento, fila.credencial)
        otra = unicas.get(llave)
        if otra is None or _en_orden(fila) < _en_orden(otra):
            unicas[llave] = fila
    return anonimas + list(unicas.values())


def _en_orden(fila: Asistencia) -> tuple[str, str, str, str, str, int]:
    return (fila.sexo, fila.edad, fila.mes, fila.programa, fila.zona, fila.personas)


def personas_cuando_menos(filas: Iterable[Asistencia]) -> int:
    """Cota inferior segura de personas distintas; sobre ella se aplica el umbral, no sobre las asistencias.

    Una misma mujer puede venir a diez sesiones: diez asistencias serían ella sola. Dos hechos sí prueban que son
    personas distintas: credenciales distintas, y haber estado a la vez en un mismo evento. Se toma el mayor.
    """
    credenciales: set[str] = set()
    por_evento: Counter[str] = Counter()
    for fila in filas:
        por_evento[fila.evento] += fila.personas
        if fila.credencial is not None:
            credenciales.add(fila.credencial)
    return max(len(credenciales), max(por_evento.values(), default=0))


def personas_cuando_mas(filas: Iterable[Asistencia]) -> int:
    """Cota superior de personas distintas: cada asistencia sin credencial podría ser alguien nuevo."""
    credenciales: set[str] = set()
    anonimas = 0
    for fila in filas:
        if fila.credencial is None:
            anonimas += fila.personas
        else:
            credenciales.add(fila.credencial)
    return len(credenciales) + anonimas


def contestadas(filas: Iterable[Contestacion], pregunta: Pregunta) -> list[set[str]]:
    """Lo que cada quien eligió en una pregunta; sin quien se la saltó, no quiso decir o contestó otra redacción."""
    claves = [clave for (clave,) in escalera(pregunta)[0]]
    dichas = [
        elegidas
        for fila in filas
        if fila.instrumento == pregunta.instrumento
        and fila.version in pregunta.versiones
        and (elegidas := _elegidas(fila.respuestas.get(pregunta.clave)).intersection(claves))
    ]
    return dichas if pregunta.tipo == "varias" else [d for d in dichas if len(d) == 1]


def _elegidas(respuesta: Any) -> set[str]:
    if isinstance(respuesta, str):
        return {respuesta}
    return {r for r in respuesta if isinstance(r, str)} if isinstance(respuesta, list) else set()


def ejes_de(pregunta: Pregunta, reglas: Reglas) -> tuple[str, ...]:
    """Por qué ejes sale una pregunta."""
    return ("total",) if pregunta.sin_separar else reglas.ejes_respuesta


def preguntas_de_cambio(crudo: Crudo) -> list[str]:
    """Las claves de las preguntas que se hacen tanto antes como después de la plática."""
    despues = {p.clave for p in crudo.preguntas if p.instrumento == "despues"}
    return [p.clave for p in crudo.preguntas if p.instrumento == "antes" and p.clave in despues]


def meses(desde: str, hasta: str) -> list[str]:
    """Los meses ``AAAA-MM`` de un lote, ambos extremos incluidos."""
    ultimo, salida = hasta[:7], [desde[:7]]
    while salida[-1] < ultimo:
        ejercicio, mes = map(int, salida[-1].split("-"))
        salida.append(f"{ejercicio + mes // 12:04d}-{mes % 12 + 1:02d}")
    return salida


def lineas_del_lote(crudo: Crudo) -> list[LineaPoa]:
    """Las líneas del POA del ejercicio (o los dos) en que cae el lote."""
    ejercicios = {int(crudo.desde[:4]), int(crudo.hasta[:4])}
    return [linea for linea in crudo.lineas_poa if linea.ejercicio in ejercicios]
