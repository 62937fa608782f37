"""Ataques a los números: cuentas chicas, grupos que contestaron igual y formas que dicen quién fue."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from math import prod
from typing import Any

from ..conteo import meses
from ..esquema_publico import TABLAS
from ..modelo import DIMENSIONES
from .hallazgo import SOPORTE, Hallazgo
from .lectura import DE_LOTE, Publicado

UMBRAL, MULTIPLO, BASE, TOPE = 10, 5, 30, 0.9
HOLGURA = MULTIPLO - 1
"""Lo más que una cuenta redondeada se aparta de la verdadera."""
_DE_RESPUESTAS = {"respuesta_cubo": ("instrumento", "pregunta", "respuesta"), "cambio_cubo": ("pregunta", "cambio")}


def cuentas_chicas(p: Publicado) -> Iterator[Hallazgo]:
    """Ninguna cuenta menor que 10, ni que no sea múltiplo de 5; en el POA, exactas pero desde 10."""
    for tabla, declarada in TABLAS.items():
        for columna, multiplo in (("n", MULTIPLO), ("asistencias", 1)):
            if columna not in declarada.columnas:
                continue
            for fila in p.filas(tabla):
                n = fila[columna]
                if n is not None and (not isinstance(n, int) or n < UMBRAL or n % multiplo):
                    que = f"Hay una cuenta que no se puede mostrar (menos de {UMBRAL} o sin redondear). {SOPORTE}"
                    yield Hallazgo("cuentas_chicas", _donde(tabla, fila), que)
                    break


def grupos_parejos(p: Publicado) -> Iterator[Hallazgo]:
    """Si casi todo un grupo contestó lo mismo, se sabe qué contestó cada quien; si falta una parte, se resta.

    Cada cuenta se toma como más conviene a lo publicado: sólo se dice lo que con certeza rompe la regla.
    """
    for tabla, columnas in _DE_RESPUESTAS.items():
        *de_pregunta, opcion = columnas
        grupos: dict[tuple[Any, ...], dict[str, int | None]] = defaultdict(dict)
        for fila in p.filas(tabla):
            grupos[tuple(fila[c] for c in ("lote", "eje", "grupo", *de_pregunta))][fila[opcion]] = fila["n"]
        for llave, opciones in grupos.items():
            if que := _disparejo(opciones, con_ruido=p.reglas.get((llave[0], "modo")) == "eps"):
                yield Hallazgo("grupos_parejos", f"{tabla}: {' · '.join(map(str, llave))}", f"{que} {SOPORTE}")


def _disparejo(opciones: dict[str, int | None], *, con_ruido: bool) -> str | None:
    vistas = {opcion: n for opcion, n in opciones.items() if n is not None}
    if not vistas:
        return None
    claves = [clave for opcion in vistas for clave in opcion.split("|")]
    todas = {clave for opcion in opciones for clave in opcion.split("|")}
    if len(claves) != len(set(claves)) or set(claves) != todas:
        return "Se ven sólo algunas respuestas del grupo, o unas juntas y separadas: lo escondido sale restando."
    base = sum(vistas.values()) + HOLGURA * len(vistas)
    mayor = max(vistas.values())
    if not con_ruido and base < BASE:
        return f"Se ven respuestas de un grupo con menos de {BASE} contestaciones."
    if not con_ruido and mayor - HOLGURA > TOPE * (base - 2 * HOLGURA):
        return "Casi todas las personas del grupo contestaron lo mismo."
    return None


def forma(p: Publicado) -> Iterator[Hallazgo]:
    """Cada lote trae todas las combinaciones posibles, haya ido gente o no: los renglones que faltan también hablan."""
    periodos = {f["lote"]: (f["desde"], f["hasta"]) for f in p.filas("lote")}
    cubos = {tabla: p.por_lote(tabla) for tabla in DE_LOTE}
    for lote in sorted({lote for cubo in cubos.values() for lote in cubo} | set(periodos)):
        suyas = {tabla: cubo.get(lote, []) for tabla, cubo in cubos.items()}
        que = f"Faltan o sobran renglones: se sabría quién vino por los que hay. {SOPORTE}"
        juntas = frozenset(filter(None, (p.reglas.get((lote, "sin_separar")) or "").split(", ")))
        for tabla in _incompletas(suyas, periodos.get(lote), juntas):
            yield Hallazgo("forma", f"{tabla}, {lote}", que)


def _incompletas(
    suyas: dict[str, list[dict[str, Any]]], periodo: tuple[str, str] | None, juntas: frozenset[str]
) -> Iterator[str]:
    """``juntas``: preguntas que las reglas del lote dicen que salen sólo en total, como «encuesta: pregunta»."""
    grupos: dict[str, set[str]] = defaultdict(set)
    for fila in suyas["asistencia_cubo"]:
        grupos[fila["eje"]].add(fila["grupo"])
    dominios = {d: grupos[d] for d in DIMENSIONES if d in grupos}
    if any(not _entero(eje, dichos, dominios) for eje, dichos in grupos.items()):
        yield "asistencia_cubo"
    for tabla, columnas in _DE_RESPUESTAS.items():
        de_grupo: dict[tuple[str, str], set[tuple[str, ...]]] = defaultdict(set)
        ejes: dict[str, set[str]] = defaultdict(set)
        for fila in suyas[tabla]:
            de_grupo[fila["eje"], fila["grupo"]].add(tuple(fila[c] for c in columnas))
            ejes[fila["eje"]].add(fila["grupo"])
        todas = set().union(*de_grupo.values())
        separadas = {llave for llave in todas if ": ".join(llave[:2]) not in juntas}
        parejos = all(llaves == (todas if eje == "total" else separadas) for (eje, _), llaves in de_grupo.items())
        if not parejos or any(not _entero(eje, dichos, dominios) for eje, dichos in ejes.items()):
            yield tabla
    resumen = {(f["mes"], f["programa"], f["zona"]) for f in suyas["evento_resumen"]}
    partes = [{llave[i] for llave in resumen} for i in range(3)]
    if periodo is None or len(resumen) != prod(map(len, partes)) or (resumen and partes[0] != set(meses(*periodo))):
        yield "evento_resumen"


def _entero(eje: str, dichos: set[str], dominios: dict[str, set[str]]) -> bool:
    """¿Están todas las combinaciones del eje? Si no se conoce el dominio de alguna parte, no se juzga."""
    if eje == "total":
        return len(dichos) == 1
    partes = eje.split("+")
    if any(parte not in dominios for parte in partes):
        return True
    return dichos == {"+".join(grupo) for grupo in product(*(dominios[parte] for parte in partes))}


def reglas_que_cuentan(p: Publicado) -> Iterator[Hallazgo]:
    """Lo que ``reglas`` cuenta de un lote se puede contar en lo publicado; si no, cuenta lo escondido."""
    for fila in p.filas("lote"):
        lote = fila["lote"]
        n = [f["n"] for t in DE_LOTE if "n" in TABLAS[t].columnas for f in p.por_lote(t).get(lote, ())]
        cuentas = {"celdas": len(n), "visibles": sum(valor is not None for valor in n)}
        for regla, cuantas in cuentas.items():
            if p.reglas.get((lote, regla), str(cuantas)) != str(cuantas):
                que = f"No coincide con lo publicado ({cuantas}): puede contar lo escondido. {SOPORTE}"
                yield Hallazgo("reglas_que_cuentan", f"{regla}, {lote}", que)


def _donde(tabla: str, fila: dict[str, Any]) -> str:
    return f"{tabla}: {' · '.join(str(fila[c]) for c in TABLAS[tabla].llave)}"
