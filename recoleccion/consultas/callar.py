"""Quién sale de la urna y qué se calla de cada quien, para que ningún renglón sea de una sola persona.

Quien tenga el archivo puede saber de qué evento es un renglón: porque ese mes hubo uno solo de su programa y zona, por
el recuento del evento, o porque un respaldo de la víspera no lo traía. Si el renglón dice además sexo y edad, y a ese
evento fue una sola persona así, es de ella y su nombre está en la lista. Por eso se trata cada evento como si se
supiera cuál es: adentro, lo que un renglón dice de quien contestó lo dicen cinco o más de la misma encuesta, o ninguno.

Primero se calla la edad y después el sexo, que es lo que usan los cuadros. Si las que callan son menos de cinco se les
juntan otras, sacadas al azar de donde más hay: una sola que callara sería la distinta. Lo que se dice es de la persona
y no de la hoja: si antes y después dijeran cosas distintas, juntarlos por lo contestado diría quién es.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

MINIMO = 10
"""Debajo de esto no se cuenta, no se abre y no se dice la zona."""
GRUPO = 5
"""Cuántas, cuando menos, dicen lo mismo de sí en una encuesta y un evento, o salen revueltas de los eventos chicos."""
SIN_DECIR = frozenset({None, "", "N", "nd"})
"""«Prefiero no decir» y no haberlo dicho son lo mismo: nulo."""

Preguntas = Mapping[tuple[str, int], Mapping[str, Mapping[str, Any]]]
"""El modelo de cada pregunta, por encuesta y versión: dos versiones pueden usar la misma clave para otra cosa."""
Hoja = tuple[str, int, str]
"""Encuesta, versión y módulo: lo que se ve de un renglón por las preguntas que trae."""
Etiqueta = tuple[str | None, str | None, str | None]


@dataclass(frozen=True)
class Sobre:
    """Una contestación abierta en memoria. ``tema``: el del evento, que elige el módulo."""

    id: str
    evento_id: str
    instrumento: str
    version: int
    fecha: str
    zona: str
    tema: str
    respuestas: Mapping[str, str | list[str]]
    textos: Mapping[str, str]
    ficha: str | None
    sexo: str | None
    edad: str | None

    @property
    def contado(self) -> tuple[str, str, int]:
        """De qué recuento es."""
        return (self.evento_id, self.instrumento, self.version)


@dataclass
class Persona:
    """Lo que contestó alguien en un evento, y lo que se dirá de ella: nulo es que no se dice."""

    sobres: tuple[Sobre, ...]
    hojas: tuple[Hoja, ...]
    zona: str | None
    sexo: str | None
    edad: str | None
    grupo: str = field(default="")
    """Su evento, si se cuenta aparte; vacío, si es de los chicos."""

    @property
    def etiqueta(self) -> Etiqueta:
        return (self.zona, self.sexo, self.edad)


def personas(sobres: Sequence[Sobre], preguntas: Preguntas) -> list[Persona]:
    """Antes y después con la misma ficha en el mismo evento son una. Una ficha repetida no es de nadie."""
    por_ficha: dict[tuple[str, str], dict[str, list[Sobre]]] = {}
    for sobre in sobres:
        if sobre.ficha is not None:
            por_ficha.setdefault((sobre.evento_id, sobre.ficha), {}).setdefault(sobre.instrumento, []).append(sobre)
    parejas = {
        lados["antes"][0].id: lados["despues"][0]
        for lados in por_ficha.values()
        if len(lados.get("antes", ())) == len(lados.get("despues", ())) == 1
    }
    segundas = {despues.id for despues in parejas.values()}
    return [
        _persona((sobre, parejas[sobre.id]) if sobre.id in parejas else (sobre,), preguntas)
        for sobre in sobres
        if sobre.id not in segundas
    ]


def _persona(sobres: tuple[Sobre, ...], preguntas: Preguntas) -> Persona:
    sexo = next((s.sexo for s in sobres if s.sexo not in SIN_DECIR), None)
    edad = next((s.edad for s in sobres if s.edad not in SIN_DECIR), None)
    hojas = tuple((s.instrumento, s.version, _modulo(s, preguntas[s.instrumento, s.version])) for s in sobres)
    return Persona(sobres, hojas, sobres[0].zona, sexo, edad if sexo else None)


def _modulo(sobre: Sobre, suyas: Mapping[str, Mapping[str, Any]]) -> str:
    """El que contestó; si no contestó nada de él, el que le tocaba por el tema de su evento."""
    de = {clave: pregunta["modulo"] for clave, pregunta in suyas.items() if pregunta.get("modulo")}
    contestados = sorted({de[clave] for clave in sobre.respuestas if clave in de})
    if contestados or not de:
        return "+".join(contestados)
    return sobre.tema if sobre.tema in de.values() else str(next(iter(de.values())))


def contados(sobres: Iterable[Sobre]) -> set[tuple[str, str, int]]:
    """De qué eventos y encuestas se guarda el recuento: donde salen 10 o más."""
    return {cual for cual, n in Counter(s.contado for s in sobres).items() if n >= MINIMO}


def elegir(sobres: Sequence[Sobre], preguntas: Preguntas) -> list[Persona]:
    """Quiénes pueden salir ya de una unidad (una encuesta, o antes y después); los demás sobres esperan.

    - Si una encuesta junta entre 1 y 9, esperan todas: juntas se comparan.
    - Una versión o un módulo con menos de 10 espera solo: sus renglones dirían de quién son.
    - Las de eventos chicos salen si son cinco o más: al total se le puede restar el recuento del evento grande con
      que salen, y queda lo de ellas.
    """
    salen = list(sobres)
    while salen:
        elegidas = personas(salen, preguntas)
        por_hoja = Counter(hoja for p in elegidas for hoja in p.hojas)
        if min(Counter(s.instrumento for s in salen).values()) < MINIMO:
            return []
        aparte = contados(salen)
        for p in elegidas:
            p.grupo = p.sobres[0].evento_id if any(s.contado in aparte for s in p.sobres) else ""
        sueltas = Counter(hoja for p in elegidas if not p.grupo for hoja in p.hojas)
        solas = {hoja for hoja, n in por_hoja.items() if n < MINIMO}
        cortas = solas | {hoja for hoja, n in sueltas.items() if n < GRUPO}
        if not cortas:
            return elegidas
        esperan = {s.id for p in elegidas for s, h in zip(p.sobres, p.hojas, strict=True) if h in solas}
        esperan |= {s.id for p in elegidas if not p.grupo and cortas.intersection(p.hojas) for s in p.sobres}
        salen = [s for s in salen if s.id not in esperan]
    return []


def callar(elegidas: Sequence[Persona], azar: random.Random) -> None:
    """Deja en cada persona sólo lo que dicen también otras de su grupo."""
    por_grupo: dict[str, list[Persona]] = defaultdict(list)
    for persona in elegidas:
        por_grupo[persona.grupo].append(persona)
    _callar_por_evento(por_grupo.get("", []), azar)
    _callar_zonas(por_grupo.get("", []))
    for _, grupo in sorted(por_grupo.items()):
        _callar_grupo(grupo, azar)


def callar_las_que_esperan(sobres: Sequence[Sobre], preguntas: Preguntas, azar: random.Random) -> list[Sobre]:
    """Los que se quedan en la urna, sin lo que de cada quien se callaría si salieran solos; sólo los que cambian.

    Siguen atados a su evento hasta que salgan, y los abre quien tenga la llave del servidor: que no digan más que un
    renglón. La procedencia se borra siempre: sólo servía para el recuento de su evento, y con menos de 10 no se hace.
    """
    todas = personas(sobres, preguntas)
    _callar_por_evento(todas, azar)
    callados = [
        (
            sobre,
            replace(
                sobre,
                sexo=sobre.sexo and persona.sexo,
                edad=sobre.edad and persona.edad,
                respuestas=_sin_demograficas(sobre, preguntas),
            ),
        )
        for persona in todas
        for sobre in persona.sobres
    ]
    return [despues for antes, despues in callados if despues != antes]


def _callar_por_evento(quienes: Sequence[Persona], azar: random.Random) -> None:
    """De eventos chicos, cada uno por su lado: salir con otros no cuida a quien en el suyo era la única."""
    cuantas = Counter((p.sobres[0].evento_id, hoja) for p in quienes for hoja in p.hojas)
    por_evento: dict[str, list[Persona]] = defaultdict(list)
    for persona in quienes:
        evento_id = persona.sobres[0].evento_id
        if any(cuantas[evento_id, hoja] < GRUPO for hoja in persona.hojas):
            persona.sexo = persona.edad = None
        por_evento[evento_id].append(persona)
    for _, suyas in sorted(por_evento.items()):
        _callar_grupo(suyas, azar)


def _sin_demograficas(sobre: Sobre, preguntas: Preguntas) -> dict[str, str | list[str]]:
    suyas = preguntas[sobre.instrumento, sobre.version]
    return {p: r for p, r in sobre.respuestas.items() if not suyas[p].get("demografica")}


def _callar_zonas(sueltas: Sequence[Persona]) -> None:
    """La zona de las de eventos chicos se dice si hay 10 de ella en cada encuesta y las que la callan no son pocas."""
    cuentas = Counter((hoja, p.zona) for p in sueltas for hoja in p.hojas)
    dichas = {p.zona for p in sueltas} - {zona for (_, zona), n in cuentas.items() if n < MINIMO}
    calladas = Counter(hoja for p in sueltas if p.zona not in dichas for hoja in p.hojas)
    pocas = any(n < GRUPO for n in calladas.values())
    for persona in sueltas:
        if pocas or persona.zona not in dichas:
            persona.zona = None


def _callar_grupo(grupo: list[Persona], azar: random.Random) -> None:
    # Una encuesta de la que aquí hay menos de cinco no se puede cuidar así: se calla al final (ver callar_filas).
    cuidadas = {hoja for hoja, n in Counter(h for p in grupo for h in p.hojas).items() if n >= GRUPO}
    _un_peldano(grupo, cuidadas, azar, lambda e: (e[0], e[1], None))
    _un_peldano(grupo, cuidadas, azar, lambda e: (e[0], None, None))


def _un_peldano(
    grupo: list[Persona], cuidadas: set[Hoja], azar: random.Random, subir: Callable[[Etiqueta], Etiqueta]
) -> None:
    """Sube un peldaño a las que son pocas; si arriba siguen siendo pocas, les junta otras de las que ahí caben."""
    celdas: dict[Etiqueta, list[Persona]] = defaultdict(list)
    for persona in grupo:
        celdas[persona.etiqueta].append(persona)

    def mover(quienes: Iterable[Persona], a: Etiqueta) -> None:
        for persona in list(quienes):
            celdas[persona.etiqueta].remove(persona)
            celdas[a].append(persona)
            persona.zona, persona.sexo, persona.edad = a

    for etiqueta in _en_orden(celdas):
        if _faltan(celdas[etiqueta], cuidadas):
            mover(celdas[etiqueta], subir(etiqueta))
    for arriba in _en_orden(celdas):
        if subir(arriba) != arriba:
            continue
        while faltan := _faltan(celdas[arriba], cuidadas):
            abajo = [e for e in _en_orden(celdas) if e != arriba and subir(e) == arriba and celdas[e]]
            if not abajo:
                break
            donde = max(abajo, key=lambda e: len(celdas[e]))
            candidatas = azar.sample(celdas[donde], len(celdas[donde]))
            mover([next((p for p in candidatas if faltan.intersection(p.hojas)), candidatas[0])], arriba)
            if _faltan(celdas[donde], cuidadas):
                mover(celdas[donde], arriba)


def _en_orden(celdas: Mapping[Etiqueta, object]) -> list[Etiqueta]:
    return sorted(celdas, key=str)


def _faltan(celda: Sequence[Persona], cuidadas: set[Hoja]) -> set[Hoja]:
    """Las encuestas en que esta celda tiene renglones y son menos de cinco."""
    return {h for h, n in Counter(h for p in celda for h in p.hojas if h in cuidadas).items() if n < GRUPO}


def callar_filas(filas: list[dict[str, Any]], *grupo: str) -> None:
    """Lo último, renglón por renglón: lo que en su grupo dicen menos de cinco, no se dice."""
    for callan in (("edad",), ("sexo", "edad")):
        cuentas = Counter(tuple(fila[c] for c in (*grupo, "sexo", "edad")) for fila in filas)
        for fila in filas:
            if cuentas[tuple(fila[c] for c in (*grupo, "sexo", "edad"))] < GRUPO:
                fila.update(dict.fromkeys(callan))
