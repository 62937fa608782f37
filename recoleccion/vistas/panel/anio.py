"""El año de un vistazo: cada línea contra su meta, a quiénes se llegó y cada mes con sus efemérides."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Any

from flask import url_for

from formularios.catalogos import Catalogos
from recoleccion import calendario
from recoleccion.consultas import avance, tablero, trimestres
from recoleccion.consultas.avance import Linea
from recoleccion.fechas import MESES, fecha_larga, numero

from ..contexto import bd
from .graficas import Barras, Dato, Grafica, Serie, barras, columnas, linea
from .pendientes import ruta

ABREVIADOS = tuple(mes[:3] for mes in MESES)
SEXOS = {"M": "Mujeres", "H": "Hombres", "x": "No especificado"}
"""Como lo piden los informes: quien respondió otra cosa o prefirió no decir va en ``x``."""
NO_ESPECIFICADO = ("O", "N")


@dataclass(frozen=True)
class Mes:
    """Una tarjeta: ``mes`` es «2026-11»; ``efemerides``, sólo las que no son de cada mes."""

    mes: str
    nombre: str
    eventos: int
    personas: int
    efemerides: tuple[calendario.Efemeride, ...]
    es_este: bool


@dataclass(frozen=True)
class Anio:
    ejercicio: int
    eventos: int
    por_venir: int
    asistencias: int
    corte: str
    lineas: Barras
    en_blanco: Barras
    atrasadas: int
    sexo: Barras
    edad: Barras
    zona: Barras
    meses: Grafica
    acumulado: Grafica
    tarjetas: tuple[Mes, ...]


def armar(ejercicio: int, hoy: date, lineas: Iterable[Linea], catalogos: Catalogos) -> Anio:
    """Todo lo del año con cinco consultas agrupadas. ``lineas``: el avance de ese ejercicio."""
    base = bd()
    de_este = tablero.gente(base, f"{ejercicio}-01-01", f"{ejercicio}-12-31")
    por_mes = Counter[str]()
    for fila in de_este:
        por_mes[fila["mes"]] += fila["n"]
    for dia, n in tablero.gente_por_dia(base, f"{ejercicio - 1}-01-01", f"{ejercicio - 1}-12-31").items():
        por_mes[dia[:7]] += n
    dias = tablero.eventos_por_dia(base, f"{ejercicio}-01-01", f"{ejercicio}-12-31")
    hechos = sum(n for dia, n in dias.items() if dia <= hoy.isoformat())
    terminado, minimo = _trimestre_terminado(ejercicio, hoy), avance.umbrales(base)[0]
    dichas = [_de_linea(una, ejercicio, hoy, terminado, minimo) for una in lineas]
    return Anio(
        ejercicio=ejercicio,
        eventos=hechos,
        por_venir=sum(dias.values()) - hechos,
        asistencias=sum(fila["n"] for fila in de_este),
        corte=_corte(ejercicio, terminado),
        lineas=_barras([d for d in dichas if _dice_algo(d)], "Cada línea contra su meta del año"),
        en_blanco=_barras([d for d in dichas if not _dice_algo(d)], "Líneas sin meta ni avance"),
        atrasadas=sum(dato.estado == "atrasada" for dato in dichas),
        sexo=_por(de_este, "sexo", SEXOS, ejercicio, "Por sexo"),
        edad=_por(de_este, "edad", dict(catalogos.pares("edad")), ejercicio, "Por edad"),
        zona=_por(de_este, "zona", dict(catalogos.pares("zona")), ejercicio, "Por zona del evento"),
        meses=_meses(por_mes, ejercicio, hoy),
        acumulado=_acumulado(por_mes, ejercicio, hoy),
        tarjetas=_tarjetas(por_mes, dias, ejercicio, hoy, catalogos),
    )


def _barras(datos: list[Dato], titulo: str) -> Barras:
    return barras(datos, titulo=titulo, cada_una=True, con_meta=True)


def _dice_algo(dato: Dato) -> bool:
    return bool(dato.valor) or dato.meta is not None


def _trimestre_terminado(ejercicio: int, hoy: date) -> int:
    """El último trimestre de ese ejercicio que ya terminó; 0 si ninguno."""
    if ejercicio != hoy.year:
        return 4 if ejercicio < hoy.year else 0
    return (hoy.month - 1) // 3


def _corte(ejercicio: int, terminado: int) -> str:
    if not terminado:
        return ""
    return fecha_larga(trimestres.limites(ejercicio, terminado)[1]).partition(" ")[2]


def _de_linea(una: Linea, ejercicio: int, hoy: date, terminado: int, minimo: int) -> Dato:
    t = (hoy.month + 2) // 3 if ejercicio == hoy.year else 4
    lleva = una.acumulado(t)
    meta = una.programado_acumulado(4) if una.meta_anual is None else una.meta_anual
    tocaba = una.programado_acumulado(terminado) if terminado else None
    atrasada = bool(tocaba) and 100 * lleva < minimo * (tocaba or 0)
    partes = [una.indicador or una.texto]
    if una.unidad:
        partes.append(f"en {una.unidad}")
    if atrasada:
        partes.append(f"▼ tocaban {numero(tocaba or 0)}")
    return Dato(
        etiqueta=una.clave,
        valor=lleva,
        meta=meta,
        enlace=ruta("poa_linea", "poa", ejercicio=ejercicio, linea=una.clave),
        detalle=" · ".join(partes),
        marca=tocaba,
        estado="atrasada" if atrasada else "",
    )


def _por(filas: list[dict[str, Any]], eje: str, etiquetas: Mapping[str, str], ejercicio: int, titulo: str) -> Barras:
    """Las asistencias por un eje, en el orden de su catálogo y al final lo que ya no está en él."""
    cuentas = Counter[str]()
    for fila in filas:
        clave = fila[eje]
        cuentas["x" if eje == "sexo" and clave in NO_ESPECIFICADO else clave] += fila["n"]
    claves = [*etiquetas, *sorted(set(cuentas) - set(etiquetas))]
    datos = [
        Dato(
            etiquetas.get(clave, clave),
            cuentas[clave],
            enlace=url_for(".asistencias", anio=ejercicio, **{eje: clave}) if cuentas[clave] else None,
        )
        for clave in claves
    ]
    return barras(datos, titulo=titulo, unidad="asistencias")


def _meses(por_mes: Mapping[str, int], ejercicio: int, hoy: date) -> Grafica:
    claves = [[f"{anio}-{mes:02d}" for mes in range(1, 13)] for anio in (ejercicio, ejercicio - 1)]
    series = [
        Serie(str(anio), [_ya(por_mes, mes, hoy) for mes in suyos], [_a_mes(por_mes, mes) for mes in suyos])
        for anio, suyos in zip((ejercicio, ejercicio - 1), claves, strict=True)
        if anio == ejercicio or any(por_mes[mes] for mes in suyos)
    ]
    return columnas(ABREVIADOS, series, titulo="Asistencias de cada mes", unidad="asistencias")


def _acumulado(por_mes: Mapping[str, int], ejercicio: int, hoy: date) -> Grafica:
    series = []
    for anio in (ejercicio, ejercicio - 1):
        suyos = [f"{anio}-{mes:02d}" for mes in range(1, 13)]
        if anio == ejercicio or any(por_mes[mes] for mes in suyos):
            sumas = accumulate(por_mes[mes] for mes in suyos)
            series.append(
                Serie(str(anio), [n if mes <= f"{hoy:%Y-%m}" else None for mes, n in zip(suyos, sumas, strict=True)])
            )
    return linea(ABREVIADOS, series, titulo="Cómo se van juntando en el año", unidad="asistencias acumuladas")


def _ya(por_mes: Mapping[str, int], mes: str, hoy: date) -> int | None:
    return por_mes[mes] if mes <= f"{hoy:%Y-%m}" else None


def _a_mes(por_mes: Mapping[str, int], mes: str) -> str | None:
    return url_for(".asistencias", mes=mes) if por_mes[mes] else None


def _tarjetas(
    por_mes: Mapping[str, int], dias: Mapping[str, int], ejercicio: int, hoy: date, catalogos: Catalogos
) -> tuple[Mes, ...]:
    eventos = Counter[str]()
    for dia, n in dias.items():
        eventos[dia[:7]] += n
    senaladas = [e for e in calendario.efemerides(catalogos.efemeride, ejercicio) if not e.cada_mes]
    return tuple(
        Mes(
            mes=clave,
            nombre=MESES[n - 1],
            eventos=eventos[clave],
            personas=por_mes[clave],
            efemerides=tuple(e for e in senaladas if e.desde.year == ejercicio and e.desde.month == n),
            es_este=clave == f"{hoy:%Y-%m}",
        )
        for n in range(1, 13)
        if (clave := f"{ejercicio}-{n:02d}")
    )
