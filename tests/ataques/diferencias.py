"""La vecina que guarda cada publicación y las resta: ¿qué contestó alguien de quien sabe edad, sexo, zona y semana?

Sólo cuenta lo que puede afirmar con certeza; de cada afirmación se dice si era cierta.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from bench.proteccion_ajena.kanonimato import Renglon, anonimizar, generalizar
from publicacion.conteo import valor
from publicacion.modelo import Asistencia, Celda
from tests.ataques.anio import Anio, Hoja

HOLGURA = 4
"""Lo más que el redondeo aparta una cuenta publicada de la verdadera."""


class Saldo(NamedTuple):
    """``aprendidas`` y ``ciertas``, de ``preguntadas`` (persona y pregunta)."""

    preguntadas: int
    aprendidas: int
    ciertas: int

    @property
    def parte(self) -> float:
        return self.aprendidas / max(1, self.preguntadas)


def _saldo(intentos: Iterable[tuple[str | None, str]]) -> Saldo:
    dichos = list(intentos)
    afirma = [(dicho, verdad) for dicho, verdad in dichos if dicho is not None]
    return Saldo(len(dichos), len(afirma), sum(dicho == verdad for dicho, verdad in afirma))


def casi_identificador(anio: Anio, hoja: Hoja) -> tuple[str, str, str]:
    """Edad, sexo y zona del evento, como los declaró: lo que la vecina sabe."""
    e, p = anio.eventos[hoja.evento], anio.personas[hoja.persona]
    fila = Asistencia("", "", e.programa, e.zona, *p.dice)
    return (valor(fila, "edad"), p.dice[0], e.zona)


def contra_microdatos(anio: Anio, instrumento: str, cortes: Sequence[tuple[str, date, date]], k: int = 5) -> Saldo:
    """Renglones k-anónimos de lo contestado hasta cada corte, publicados uno tras otro. Se restan de dos en dos."""
    hojas = [h for h in anio.hojas if h.instrumento == instrumento]
    anteriores: tuple[list[Renglon], tuple[int, ...]] = ([], (0, 0, 0))
    intentos: list[tuple[str | None, str]] = []
    for _, desde, hasta in cortes:
        hasta_aqui = [h for h in hojas if anio.eventos[h.evento].dia <= hasta]
        ahora = anonimizar(
            (Renglon(casi_identificador(anio, h), json.dumps(h.respuestas), h.persona) for h in hasta_aqui), k
        )
        niveles = [max(a, b) for a, b in zip(anteriores[1], ahora[1], strict=True)]
        nuevos = _por_clase(ahora[0], niveles)
        for clase, cuenta in _por_clase(anteriores[0], niveles).items():
            nuevos[clase] = nuevos.get(clase, Counter()) - cuenta
        for h in hasta_aqui:
            if desde <= anio.eventos[h.evento].dia:
                llegaron = nuevos.get(generalizar(casi_identificador(anio, h), niveles), Counter())
                for pregunta, verdad in h.respuestas.items():
                    if isinstance(verdad, str):
                        dichas = {json.loads(r).get(pregunta) for r in llegaron} - {None}
                        intentos.append((dichas.pop() if len(dichas) == 1 else None, verdad))
        anteriores = ahora
    return _saldo(intentos)


def _por_clase(filas: Iterable[Renglon], niveles: Sequence[int]) -> dict[tuple[str, ...], Counter[str]]:
    """Las clases de una publicación, llevadas al nivel en que las dos se pueden restar."""
    clases: dict[tuple[str, ...], Counter[str]] = {}
    for fila in filas:
        clases.setdefault(generalizar(fila.casi, niveles), Counter())[fila.sensible] += 1
    return clases


def contra_cubos_acumulados(
    anio: Anio,
    instrumento: str,
    cortes: Sequence[tuple[str, date, date]],
    intervalo: Callable[[int], tuple[float, float]] = lambda n: (n, n),
) -> Saldo:
    """Cuentas por edad, sexo y zona de todo lo contestado hasta cada corte: la resta es lo que llegó en medio.

    :param intervalo: de la cuenta verdadera, entre qué números la deja ver la regla con que se publica.
    """
    hojas = [h for h in anio.hojas if h.instrumento == instrumento]
    antes: Counter[tuple[object, ...]] = Counter()
    intentos: list[tuple[str | None, str]] = []
    for _, desde, hasta in cortes:
        llegaron = [h for h in hojas if desde <= anio.eventos[h.evento].dia <= hasta]
        ahora, opciones = antes.copy(), _opciones(anio)
        for h in llegaron:
            for pregunta, dicho in h.respuestas.items():
                ahora[casi_identificador(anio, h), pregunta, dicho if isinstance(dicho, str) else None] += 1
        for h in llegaron:
            clase = casi_identificador(anio, h)
            for pregunta, verdad in h.respuestas.items():
                if isinstance(verdad, str):
                    caben = [
                        o
                        for o in opciones[instrumento, pregunta]
                        if intervalo(ahora[clase, pregunta, o])[1] - intervalo(antes[clase, pregunta, o])[0] >= 1
                    ]
                    intentos.append((caben[0] if len(caben) == 1 else None, verdad))
        antes = ahora
    return _saldo(intentos)


def _opciones(anio: Anio) -> dict[tuple[str, str], list[str]]:
    return {(p.instrumento, p.clave): [clave for clave, _ in p.opciones] for p in anio.preguntas}


def contra_lo_nuestro(anio: Anio, instrumento: str, publicado: Mapping[tuple[date, date], Sequence[Celda]]) -> Saldo:
    """Con todos los cortes en la mano: el grupo de ella, y lo que queda al restar a los demás grupos del total."""
    intentos: list[tuple[str | None, str]] = []
    for (desde, hasta), celdas in publicado.items():
        grupos = _grupos(celdas)
        for h in anio.hojas:
            if h.instrumento == instrumento and desde <= anio.eventos[h.evento].dia <= hasta:
                for pregunta, verdad in h.respuestas.items():
                    if isinstance(verdad, str):
                        suyo = {g: grupos.get((g, instrumento, pregunta), {}) for g in ("todas", "M", "H")}
                        intentos.append((_afirma(suyo, anio.personas[h.persona].dice[0]), verdad))
    return _saldo(intentos)


def _grupos(celdas: Iterable[Celda]) -> dict[tuple[str, str, str], dict[str, int]]:
    salida: dict[tuple[str, str, str], dict[str, int]] = {}
    for c in celdas:
        n = json.loads(c.valor).get("n")
        if c.tabla == "respuesta_cubo" and n is not None:
            _, grupo, instrumento, pregunta, respuesta = json.loads(c.celda)
            salida.setdefault((grupo, instrumento, pregunta), {})[respuesta] = n
    return salida


def _afirma(grupos: Mapping[str, Mapping[str, int]], sexo: str) -> str | None:
    """La única respuesta posible de alguien de ese sexo, si las cuentas dejan una sola."""
    posibles = [_caben(grupos.get(sexo, {})), _caben(_resto(grupos, sexo))]
    for caben in posibles:
        if caben is not None and len(caben) == 1 and "|" not in next(iter(caben)):
            return next(iter(caben))
    return None


def _caben(cuentas: Mapping[str, int]) -> set[str] | None:
    return {respuesta for respuesta, n in cuentas.items() if n >= 1} if cuentas else None


def _resto(grupos: Mapping[str, Mapping[str, int]], sexo: str) -> dict[str, int]:
    """Cuando más, cuántas quedan en cada respuesta al quitar del total a los otros grupos que se ven igual de finos."""
    total = grupos["todas"]
    otros = [c for g, c in grupos.items() if g not in ("todas", sexo) and set(c) == set(total)]
    if not otros:
        return {}
    return {r: n + HOLGURA - sum(max(10, o[r] - HOLGURA) for o in otros) for r, n in total.items()}
