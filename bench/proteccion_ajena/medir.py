"""Lo que aprende quien ataca, con nuestra regla y con las ajenas, sobre el mismo trimestre simulado."""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import mean
from typing import NamedTuple

from publicacion.auditoria import ensayar
from publicacion.modelo import Crudo, Motivo, Reglas
from tests.ataques import lineal
from tests.ataques.anio import EJERCICIO, LINEAS_DE, Anio, Hoja, semanas, trimestres
from tests.ataques.diferencias import (
    casi_identificador,
    contra_cubos_acumulados,
    contra_lo_nuestro,
    contra_microdatos,
)
from tests.ataques.medida import calidad
from tests.ataques.pertenencia import Blanco, Cuentas, Mundo, crudo_de, lo_nuestro, mundos, ventajas

from . import celdas, kanonimato, ons, umbral

MUNDOS, SORTEOS = 120, 20
SECRETO = b"un secreto de prueba de 32 bytes"
INSTRUMENTO = "despues"
Intervalo = Callable[[int | None], tuple[float, float]]
Regla = Callable[[Mapping[celdas.Celda, int]], dict[celdas.Celda, int | None]]


@dataclass(frozen=True)
class Cuenta:
    """Cuántas de cuántas."""

    unas: int = 0
    todas: int = 0

    def __add__(self, otra: "Cuenta") -> "Cuenta":
        return Cuenta(self.unas + otra.unas, self.todas + otra.todas)

    def __str__(self) -> str:
        return f"{self.unas:,} de {self.todas:,}"


class Fila(NamedTuple):
    """Partes de 1. ``demostradas``: respuestas con una sola posible en un corte; ``restando``: entre semanas."""

    regla: str
    vistas: float
    error: float
    recuperadas: Cuenta | None
    demostradas: Cuenta
    restando: float
    media: float
    peor: float


def comparar(anio: Anio) -> list[Fila]:
    """La tabla, también impresa en Markdown.

    Lo que se ve, el error y la ventaja, de un trimestre; lo recuperado y lo demostrado, de doce cortes mensuales, donde
    hay más qué esconder; lo aprendido al restar, de 51 semanas de la encuesta «después».
    """
    lote, desde, hasta = trimestres()[0]
    crudo = anio.crudo(lote, desde, hasta)
    posibles = mundos(anio, trimestres()[0], MUNDOS)
    filas = [
        _nuestra(anio, crudo, posibles),
        _de_cuentas("supresión por umbral", umbral.suprimir, umbral.intervalo, anio, crudo, posibles),
        _de_cuentas("ONS 10-5", ons.redondear, ons.intervalo, anio, crudo, posibles),
        _k_anonimato(anio, crudo, posibles),
    ]
    print("| regla | se ve | error medio | celdas recuperadas | respuestas demostradas | al restar semanas | ventaja |")
    print("|---|---|---|---|---|---|---|")
    for f in filas:
        recuperadas = "no da cuentas" if f.recuperadas is None else str(f.recuperadas)
        print(
            f"| {f.regla} | {_por_ciento(f.vistas)} | {_por_ciento(f.error)} | {recuperadas}"
            f" | {f.demostradas} | {_por_ciento(f.restando)}"
            f" | {100 * f.media:.1f} puntos; peor, {100 * f.peor:.0f} |"
        )
    return filas


def _por_ciento(parte: float) -> str:
    return f"{100 * parte:.1f} %"


# --- la nuestra -------------------------------------------------------------------------------------------------


def _nuestra(anio: Anio, crudo: Crudo, posibles: list[Mundo]) -> Fila:
    medida = calidad(_motivos(crudo, anio.reglas))
    semanales = {
        (desde, hasta): [e.celda for e in ensayar(anio.crudo(lote, desde, hasta), anio.reglas, SECRETO)[0]]
        for lote, desde, hasta in semanas()
    }
    cuentas = [Cuenta(), Cuenta()]
    for mensual in _por_mes(anio):
        motivos = _motivos(mensual, anio.reglas)
        cuentas[0] += _recuperadas_de_motivos(motivos, mensual, anio.reglas)
        cuentas[1] += _demostradas(mensual, _vistas(motivos), _de_lo_nuestro)
    ventaja = ventajas(posibles, lo_nuestro(anio.reglas), redondea=True, sorteos=SORTEOS)
    return Fila(
        "10-30-5 con auditoría (la nuestra)",
        medida.parte,
        medida.error,
        cuentas[0],
        cuentas[1],
        contra_lo_nuestro(anio, INSTRUMENTO, semanales).parte,
        mean(ventaja.values()),
        max(ventaja.values()),
    )


def _motivos(crudo: Crudo, reglas: Reglas) -> list[Motivo]:
    return [e.motivo for e in ensayar(crudo, reglas, SECRETO)[0]]


def _por_mes(anio: Anio) -> Iterator[Crudo]:
    for mes in range(1, 13):
        desde = date(EJERCICIO, mes, 1)
        hasta = (desde + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        yield anio.crudo(f"{EJERCICIO}-{mes:02d}", desde, hasta)


def _vistas(motivos: list[Motivo]) -> dict[celdas.Celda, int | None]:
    return {_llave(m): m.publicada for m in motivos if m.tabla == "respuesta_cubo"}


def _llave(m: Motivo) -> celdas.Celda:
    return tuple(m.celda[2:-2].split('","'))


def _de_lo_nuestro(n: int | None) -> tuple[float, float]:
    return (0, math.inf) if n is None else (max(10, n - lineal.HOLGURA), n + lineal.HOLGURA)


def _recuperadas_de_motivos(motivos: list[Motivo], crudo: Crudo, reglas: Reglas) -> Cuenta:
    dominios = lineal.dominios_de(crudo, reglas)
    verdad = lineal.verdades(crudo, reglas, dominios)
    de_cubo = {_llave(m): m.publicada for m in motivos if m.tabla == "asistencia_cubo"}
    publicadas = {lugar: de_cubo[eje, g] for eje, g, lugar in lineal.lugares(reglas.ejes_asistencia, dominios)}
    for m in motivos:
        if m.tabla == "evento_resumen":
            mes, programa, zona = _llave(m)
            publicadas[("zona", zona), ("programa", programa), ("mes", mes)] = m.publicada
    poa = [
        ([(("programa", p),) for p, lineas in LINEAS_DE.items() if m.celda.endswith(f'"{linea}"]')], m.publicada)
        for m in motivos
        if m.tabla == "poa" and m.publicada is not None
        for linea in {li for todas in LINEAS_DE.values() for li in todas}
        if m.celda.endswith(f'"{linea}"]')
        for lineas in [next(ls for ls in LINEAS_DE.values() if linea in ls)]
    ]
    return _recuperadas(publicadas, verdad, dominios, _de_lo_nuestro, poa)


# --- las que dan cuentas ----------------------------------------------------------------------------------------


def _de_cuentas(
    nombre: str, regla: Regla, intervalo: Intervalo, anio: Anio, crudo: Crudo, posibles: list[Mundo]
) -> Fila:
    dominios = lineal.dominios_de(crudo, anio.reglas)
    verdad = lineal.verdades(crudo, anio.reglas, dominios)
    respuestas = celdas.respuestas(crudo, anio.reglas)
    de_asistencia, de_respuesta = regla(verdad), regla(respuestas)
    con_gente = [(v, regla_[c]) for cuentas, regla_ in ((verdad, de_asistencia), (respuestas, de_respuesta))
                 for c, v in cuentas.items() if v]  # fmt: skip
    vistas = [(v, n) for v, n in con_gente if n is not None]

    def publica(mundo: Mundo, ella: Blanco | None) -> Cuentas:
        cuentas = celdas.asistencias(crudo_de(mundo, ella), anio.reglas)
        return {c: float(n) for c, n in regla(cuentas).items() if n is not None}

    cuentas_ = [Cuenta(), Cuenta()]
    for mensual in _por_mes(anio):
        del_mes = lineal.dominios_de(mensual, anio.reglas)
        exactas = lineal.verdades(mensual, anio.reglas, del_mes)
        cuentas_[0] += _recuperadas(regla(exactas), exactas, del_mes, intervalo, ())
        cuentas_[1] += _demostradas(mensual, regla(celdas.respuestas(mensual, anio.reglas)), intervalo)
    ventaja = ventajas(posibles, publica, redondea=False, sorteos=1)

    def visto(n: int) -> tuple[float, float]:
        return intervalo(regla({("x",): n})[("x",)])

    return Fila(
        nombre,
        len(vistas) / len(con_gente),
        mean(abs(n - v) / v for v, n in vistas),
        cuentas_[0],
        cuentas_[1],
        contra_cubos_acumulados(anio, INSTRUMENTO, semanas(), visto).parte,
        mean(ventaja.values()),
        max(ventaja.values()),
    )


def _recuperadas(publicadas, verdad, dominios, intervalo: Intervalo, poa) -> Cuenta:  # type: ignore[no-untyped-def]
    escondidas = [lugar for lugar, n in publicadas.items() if n is None and verdad[lugar] > 0]
    sabido = {lugar: intervalo(n) for lugar, n in publicadas.items()}
    cotas = lineal.recuperar_asistencias(sabido, escondidas, dominios, poa)
    return Cuenta(len(lineal.acertadas(cotas, verdad)), len(escondidas))


def _demostradas(crudo: Crudo, publicadas: Mapping[celdas.Celda, int | None], intervalo: Intervalo) -> Cuenta:
    """De las respuestas dadas en el corte, las que quedan con una sola posibilidad."""
    personas = Counter(
        (str(c.sexo) if c.sexo in ("M", "H") else "", c.instrumento, clave)
        for c in crudo.contestaciones
        for clave in c.respuestas
    )
    demostradas = 0
    for p in crudo.preguntas:
        if p.tipo != "una":
            continue
        suyas = {(c[1], c[4]): intervalo(n) for c, n in publicadas.items() if c[2:4] == (p.instrumento, p.clave)}
        if any(math.isfinite(hasta) for _, hasta in suyas.values()):
            opciones = tuple(dict.fromkeys(o for _, categoria in suyas for o in categoria.split("|")))
            sabido = {llave: i for llave, i in suyas.items() if math.isfinite(i[1])}
            _, seguras = lineal.resolver_pregunta(lineal.Pregunta(sabido, opciones))
            demostradas += sum(personas[g, p.instrumento, p.clave] for g, _ in seguras)
    return Cuenta(demostradas, personas.total())


# --- k-anonimato ------------------------------------------------------------------------------------------------


def _k_anonimato(anio: Anio, crudo: Crudo, posibles: list[Mundo]) -> Fila:
    hojas = _hojas(anio, crudo)
    publicados = _publicados(anio, hojas)
    demostradas = Cuenta()
    for mensual in _por_mes(anio):
        demostradas += _iguales(anio, _hojas(anio, mensual))
    ventaja = ventajas(posibles, _clases, redondea=False, sorteos=1)
    return Fila(
        "k-anonimato (k = 5)",
        len(publicados) / len(hojas),
        mean(_errores(hojas, [r.sensible for r in publicados])),
        None,
        demostradas,
        contra_microdatos(anio, INSTRUMENTO, semanas()).parte,
        mean(ventaja.values()),
        max(ventaja.values()),
    )


def _hojas(anio: Anio, crudo: Crudo) -> list[Hoja]:
    dias = {i: e.dia.isoformat() for i, e in enumerate(anio.eventos)}
    return [h for h in anio.hojas if h.instrumento == INSTRUMENTO and crudo.desde <= dias[h.evento] <= crudo.hasta]


def _publicados(anio: Anio, hojas: list[Hoja]) -> list[kanonimato.Renglon]:
    return kanonimato.anonimizar(kanonimato.Renglon(casi_identificador(anio, h), h, h.persona) for h in hojas)[0]


def _iguales(anio: Anio, hojas: list[Hoja]) -> Cuenta:
    """Las respuestas de quienes están en una clase en que todas contestaron lo mismo."""
    publicados = _publicados(anio, hojas)
    dichas: dict[tuple[tuple[str, ...], str], set[str]] = {}
    for r in publicados:
        for pregunta, dicho in r.sensible.respuestas.items():
            dichas.setdefault((r.casi, pregunta), set()).add(str(dicho))
    iguales = sum(len(dichas[r.casi, pregunta]) == 1 for r in publicados for pregunta in r.sensible.respuestas)
    return Cuenta(iguales, sum(len(h.respuestas) for h in hojas))


def _errores(todas, publicadas):  # type: ignore[no-untyped-def]
    """Cuánto se aparta cada cuenta de una respuesta, por los renglones que se suprimieron."""
    verdad, vistas = (
        Counter((p, str(dicho)) for h in hojas for p, dicho in h.respuestas.items()) for hojas in (todas, publicadas)
    )
    return [abs(vistas[llave] - n) / n for llave, n in verdad.items()]


def _clases(mundo: Mundo, ella: Blanco | None) -> Cuentas:
    """Cuántos renglones hay en cada clase de quienes fueron."""
    filas = [
        kanonimato.Renglon((celdas.valor(f, "edad"), f.sexo, f.zona), None, 0)
        for f in crudo_de(mundo, ella).asistencias
        for _ in range(f.personas)
    ]
    publicados, _ = kanonimato.anonimizar(filas)
    return {clase: float(n) for clase, n in Counter(r.casi for r in publicados).items()}
