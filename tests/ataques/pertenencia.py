"""El juego de la pertenencia: con lo publicado en la mano, ¿fue ella o no fue?

Quien ataca sabe de ella sexo, edad y zona, conoce las costumbres del municipio (puede simular cuántas veces quiera el
trimestre) y ve lo publicado. No sabe quiénes más fueron esta vez. Su ventaja son los puntos que acierta de más: la
parte de las veces que dice «fue» cuando fue, menos la parte en que lo dice cuando no fue.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from publicacion.modelo import EDADES as PUBLICADAS
from publicacion.modelo import Asistencia, Crudo, Evento, Reglas
from tests.ataques.anio import EDADES, EJERCICIO, LINEAS_DE, LINEAS_POA, ZONAS, Anio, EventoSimulado, repartir

Cuentas = dict[tuple[str, ...], float]
Publica = Callable[["Mundo", "Blanco | None"], Cuentas]
VARIA = 0.25
"""Cuánto cambia de una vez a otra la gente que llega a un evento (desviación relativa). Supuesto."""
SIN_DATO = 5.0
"""Lo que quien ataca supone de una celda vacía."""
EXACTA = "poa"
"""La tabla que no se redondea."""
_EDAD = {privada: publicada for publicada, privadas in PUBLICADAS.items() for privada in privadas}


@dataclass(frozen=True)
class Blanco:
    """Alguien que no fue en ese mundo, y el evento al que habría ido."""

    sexo: str
    edad: str
    zona: str
    rancho: int
    evento: EventoSimulado


@dataclass(frozen=True, eq=False)
class Mundo:
    """Un trimestre que pudo ocurrir: ``filas`` juntas por evento, sexo y edad; ``ranchos``, cuántas por caserío."""

    eventos: tuple[EventoSimulado, ...]
    filas: Mapping[tuple[int, str, str], int]
    ranchos: Mapping[tuple[int, str, str], int]


def mundos(anio: Anio, lote: tuple[str, object, object], cuantos: int, semilla: int = 0) -> list[Mundo]:
    """El mismo calendario y la misma gente, con otro azar en cuántas van y quiénes."""
    eventos = tuple(e for e in anio.eventos if lote[1] <= e.dia <= lote[2])  # type: ignore[operator]
    salida = []
    for i in range(cuantos):
        azar = np.random.default_rng([semilla, i])
        vienen = np.maximum(5, np.array([e.cupo for e in eventos]) * azar.lognormal(0, VARIA, len(eventos)))
        estos = [e._replace(cupo=int(n)) for e, n in zip(eventos, vienen, strict=True)]
        filas: Counter[tuple[int, str, str]] = Counter()
        ranchos: Counter[tuple[int, str, str]] = Counter()
        for numero, fueron in enumerate(repartir(azar, anio.personas, estos)):
            for quien in fueron:
                p = anio.personas[quien]
                filas[numero, p.dice[0], p.dice[1]] += 1
                ranchos[caserio(p.zona, p.familia), p.sexo, _EDAD[p.edad]] += 1
        salida.append(Mundo(eventos, filas, ranchos))
    return salida


def caserio(zona: str, familia: int) -> int:
    """De cada zona, sesenta caseríos o cuadras: de diez a ochenta habitantes."""
    return 60 * list(ZONAS).index(zona) + familia % 60


def blancos(mundo: Mundo) -> dict[tuple[str, str, str], Blanco]:
    """Una persona por cada subgrupo que se publica (sexo, edad, zona), en un evento de su zona."""
    return {
        (sexo, edad, zona): Blanco(sexo, edad, zona, 60 * list(ZONAS).index(zona) + 3, en_su_zona[0])
        for zona in ZONAS
        for sexo in "MH"
        for edad in PUBLICADAS
        if (en_su_zona := [e for e in mundo.eventos if e.zona == zona])
    }


def lo_nuestro(reglas: Reglas) -> Publica:
    """Las cuentas que se mostrarían, antes de redondear: el redondeo se sortea aparte, muchas veces.

    Es la misma cuenta que ``proteger`` con redondeo de 1, que aquí se hace sumando sólo lo que ella cambia: una prueba
    comprueba que dan lo mismo.
    """

    def publica(mundo: Mundo, ella: Blanco | None) -> Cuentas:
        por_evento = _por_evento(mundo, reglas.ejes_asistencia)
        if ella is None:
            return {c: float(sum(n.values())) for c, n in por_evento.items() if max(n.values()) >= reglas.umbral}
        cuentas = _sin_nadie(publica, mundo).copy()
        numero = mundo.eventos.index(ella.evento)
        for c in _celdas(reglas.ejes_asistencia, ella.evento, ella.sexo, ella.edad):
            antes = por_evento.get(c, Counter())
            if c in cuentas or antes[numero] + 1 >= reglas.umbral:
                cuentas[c] = float(antes.total() + 1)
        return cuentas

    return publica


@cache
def _sin_nadie(publica: Publica, mundo: Mundo) -> Cuentas:
    return publica(mundo, None)


@cache
def _por_evento(mundo: Mundo, ejes: tuple[str, ...]) -> dict[tuple[str, ...], Counter[int]]:
    """De cada celda, cuántas asistencias juntó en cada evento."""
    salida: dict[tuple[str, ...], Counter[int]] = {}
    for (numero, sexo, edad), n in mundo.filas.items():
        for c in _celdas(ejes, mundo.eventos[numero], sexo, _EDAD.get(edad, "")):
            salida.setdefault(c, Counter())[numero] += n
    return salida


def _celdas(ejes: Sequence[str], evento: EventoSimulado, sexo: str, edad: str) -> list[tuple[str, ...]]:
    """Las celdas publicadas en que cuenta alguien de ese sexo y edad que fue a ese evento."""
    suyo = {"sexo": sexo if sexo in ("M", "H") else "", "edad": edad, "zona": evento.zona, "programa": evento.programa}
    grupos = [(eje, [] if eje == "total" else [suyo[d] for d in eje.split("+")]) for eje in ejes]
    cubos = [("asistencia_cubo", eje, "+".join(g) or "todas") for eje, g in grupos if "" not in g]
    poa = [(EXACTA, str(EJERCICIO), linea) for linea in LINEAS_DE[evento.programa]]
    return [*cubos, ("evento_resumen", f"{evento.dia:%Y-%m}", evento.programa, evento.zona), *poa]


def crudo_de(mundo: Mundo, ella: Blanco | None) -> Crudo:
    """Las asistencias de ese mundo; con ella, si se da."""
    filas = dict(mundo.filas)
    if ella is not None:
        numero = mundo.eventos.index(ella.evento)
        privada = next(e for e in EDADES if _EDAD[e] == ella.edad)
        filas[numero, ella.sexo, privada] = filas.get((numero, ella.sexo, privada), 0) + 1
    return replace(
        _calendario(mundo.eventos),
        asistencias=tuple(
            Asistencia(e.id, f"{e.dia:%Y-%m}", e.programa, e.zona, sexo, edad, n)
            for (numero, sexo, edad), n in filas.items()
            for e in (mundo.eventos[numero],)
        ),
    )


@cache
def _calendario(eventos: tuple[EventoSimulado, ...]) -> Crudo:
    dias = [e.dia for e in eventos]
    anunciados = tuple(
        Evento(e.id, f"{e.dia:%Y-%m}", e.programa, e.zona, tuple((EJERCICIO, c) for c in LINEAS_DE[e.programa]))
        for e in eventos
    )
    return Crudo("lote", f"{min(dias):%Y-%m}-01", max(dias).isoformat(), eventos=anunciados, lineas_poa=LINEAS_POA)


def exacto_por_caserio(mundo: Mundo, ella: Blanco | None) -> Cuentas:
    """Control: cuentas exactas por caserío, sexo y edad."""
    cuentas = {tuple(map(str, llave)): float(n) for llave, n in mundo.ranchos.items()}
    if ella is not None:
        suya = tuple(map(str, (ella.rancho, ella.sexo, ella.edad)))
        cuentas[suya] = cuentas.get(suya, 0.0) + 1
    return cuentas


def ventajas(
    mundos: Sequence[Mundo], publica: Publica, *, redondea: bool, sorteos: int = 20, semilla: int = 0
) -> dict[tuple[str, str, str], float]:
    """Por subgrupo, la ventaja medida en la segunda mitad de los mundos con lo aprendido en la primera.

    Quien ataca junta todas las celdas en que ella estaría, cada una según cuánto varía sola.
    """
    sin_nadie = [publica(m, None) for m in mundos]
    salida = {}
    for subgrupo, ella in blancos(mundos[0]).items():
        con_ella = [publica(m, ella) for m in mundos]
        # Las celdas en que su asistencia puede moverse: las que alguna vez cambian.
        suyas = sorted({c for a, b in zip(sin_nadie, con_ella, strict=True) for c in {*a, *b} if a.get(c) != b.get(c)})
        if not suyas:
            salida[subgrupo] = 0.0
            continue
        azar = np.random.default_rng([semilla, 7])
        uniformes = azar.random((len(mundos), sorteos, len(suyas)))
        fuera, dentro = (_publicadas(lado, suyas, uniformes, redondea=redondea) for lado in (sin_nadie, con_ella))
        mitad = len(mundos) // 2
        normal, sube = fuera[:mitad].mean((0, 1)), (dentro[:mitad] - fuera[:mitad]).mean((0, 1))
        varia = fuera[:mitad].var((0, 1)) + 0.25
        puntos = [((lado - normal) * sube / varia).sum(2) for lado in (fuera, dentro)]
        cortes = np.unique(np.concatenate([p[:mitad].ravel() for p in puntos]))
        aprende = [(puntos[1][:mitad] > c).mean() - (puntos[0][:mitad] > c).mean() for c in cortes]
        corte = cortes[int(np.argmax(aprende))]
        salida[subgrupo] = float((puntos[1][mitad:] > corte).mean() - (puntos[0][mitad:] > corte).mean())
    return salida


def _publicadas(
    cuentas: Sequence[Cuentas], celdas: Sequence[tuple[str, ...]], uniformes: np.ndarray, *, redondea: bool
) -> np.ndarray:
    """(mundo, sorteo, celda): lo que se ve. Con y sin ella el sorteo de una celda es el mismo, como en lo publicado."""
    verdad = np.array([[c.get(celda, SIN_DATO) for celda in celdas] for c in cuentas])[:, None, :]
    if not redondea:
        return np.broadcast_to(verdad, uniformes.shape)
    resto = verdad % 5
    sin_tocar = (verdad == SIN_DATO) | np.array([celda[0] == EXACTA for celda in celdas])
    return np.where(sin_tocar, verdad, verdad - resto + 5 * (uniformes * 5 < resto))
