"""La verdad y el juez: lo que la pantalla confirmó, contra lo que quedó en el servidor."""

import json
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recoleccion.consultas import conexion
from recoleccion.instalacion import Instalacion, ahora
from recoleccion.sellado import INFO_URNA


class Roto(Exception):
    """Se perdió, se dobló o se inventó un registro."""


@dataclass
class Hecho:
    """Algo que la promotora hizo. Sin ``id`` murió a medias: puede existir o no, pero nunca dos veces."""

    n: int
    tipo: str
    datos: dict[str, Any]
    id: str | None = None

    def clave(self) -> tuple[Any, ...]:
        """Con qué se reconoce en la base un hecho del que no se supo el id."""
        d = self.datos
        if self.tipo == "asistencia":
            return ("asistencia", d["sexo"], d["edad"], d["procedencia"])
        if self.tipo == "conteo":
            return ("conteo", d["sexo"], d["edad"], "nd")
        return (self.tipo, d["registro"] if self.tipo == "anulacion" else d["marca"])


@dataclass
class Libro:
    hechos: list[Hecho] = field(default_factory=list)

    def empezar(self, tipo: str, datos: dict[str, Any]) -> Hecho:
        hecho = Hecho(len(self.hechos), tipo, datos)
        self.hechos.append(hecho)
        return hecho

    def confirmar(self, n: int, id: str) -> None:
        """La pantalla dijo «Guardado» (o la promesa de guardar se cumplió)."""
        if any(hecho.id == id for hecho in self.hechos):
            raise Roto(f"dos capturas dicen ser {id}: una se perdió")
        self.hechos[n].id = id

    def guardados(self, *tipos: str) -> dict[str, Hecho]:
        return {h.id: h for h in self.hechos if h.id and (not tipos or h.tipo in tipos)}

    def a_medias(self) -> list[Hecho]:
        return [h for h in self.hechos if not h.id]


def en_el_telefono(libro: Libro, cola: list[dict[str, Any]]) -> None:
    """Lo confirmado sigue en el disco del teléfono, mandado o no. :raises Roto:"""
    faltan = libro.guardados().keys() - {registro["id"] for registro in cola}
    if faltan:
        raise Roto(f"el teléfono ya no tiene {len(faltan)} registros que dijo guardados: {_cuales(libro, faltan)}")


def _cuales(libro: Libro, ids: set[str]) -> list[tuple[Any, ...]]:
    return sorted(((h.n, *h.clave()) for h in libro.guardados().values() if h.id in ids), key=lambda c: c[0])[:5]


def juzgar(libro: Libro, datos: Path) -> dict[str, int]:
    """Cuentas de lo que hay en la base. :raises Roto: a la primera diferencia con el libro."""
    with closing(conexion.abrir(datos / "privada.db", solo_lectura=True)) as base:
        if base.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
            raise Roto("la base quedó dañada")
        if n := base.execute("SELECT count(*) FROM cuarentena").fetchone()[0]:
            raise Roto(f"{n} registros buenos quedaron en la cuarentena")
        filas: dict[str, tuple[Any, ...]] = {}
        for f in base.execute("SELECT id, modo, sexo, edad, procedencia, personas FROM asistencia"):
            tipo = "conteo" if f["modo"] == "conteo" else "asistencia"
            filas[f["id"]] = (tipo, f["sexo"], f["edad"], f["procedencia"])
            if f["personas"] != 1:
                raise Roto("un registro cuenta por varias personas")
        for f in base.execute("SELECT id, registro_id FROM anulacion"):
            filas[f["id"]] = ("anulacion", f["registro_id"])
        recibidos = {f["id"] for f in base.execute("SELECT id FROM recibido")}
        vigentes = {f["id"] for f in base.execute("SELECT id FROM asistencia_vigente")}
        sobres = [f["sobre"] for f in base.execute("SELECT sobre FROM urna")]
    sello = Instalacion(datos, ahora).sello
    marcas = Counter(_marca(json.loads(sello.abrir(sobre, INFO_URNA))) for sobre in sobres)
    _contestaciones(libro, marcas, recibidos)
    _registros(libro, filas, recibidos)
    anulados = {registro for tipo, registro, *_ in filas.values() if tipo == "anulacion"}
    if vigentes != {id for id, (tipo, *_) in filas.items() if tipo != "anulacion"} - anulados:
        raise Roto("una anulación no surtió efecto, o lo surtió de más")
    return {"registros": len(recibidos), "vigentes": len(vigentes), "anulados": len(anulados), "urna": len(sobres)}


def _marca(contenido: dict[str, Any]) -> str:
    return next(iter(contenido["textos"].values()), "")


def _registros(libro: Libro, filas: dict[str, tuple[Any, ...]], recibidos: set[str]) -> None:
    guardados = libro.guardados()
    perdidos = guardados.keys() - recibidos
    if perdidos:
        raise Roto(f"se perdieron {len(perdidos)}: {_cuales(libro, perdidos)}")
    de_mas = Counter(fila for id, fila in filas.items() if id not in guardados)
    de_mas -= Counter(hecho.clave() for hecho in libro.a_medias())
    if de_mas:
        raise Roto(f"hay {de_mas.total()} que nadie capturó, o están dos veces: {list(de_mas)[:5]}")
    for id, hecho in guardados.items():
        if hecho.tipo != "contestacion" and filas.get(id) != hecho.clave():
            raise Roto(f"se capturó {hecho.clave()} y la base dice {filas.get(id)}")


def _contestaciones(libro: Libro, marcas: Counter[str], recibidos: set[str]) -> None:
    """Cada respuesta una vez; el libro las reconoce por un texto que sólo ella trae."""
    confirmadas = {h.datos["marca"]: id for id, h in libro.guardados("contestacion").items()}
    a_medias = {h.datos["marca"] for h in libro.a_medias() if h.tipo == "contestacion"}
    if perdidas := [marca for marca in confirmadas if marca not in marcas]:
        raise Roto(f"se perdieron {len(perdidas)} contestaciones: {perdidas[:5]}")
    if malas := [m for m, veces in marcas.items() if veces != 1 or m not in confirmadas.keys() | a_medias]:
        raise Roto(f"contestaciones dobles o que nadie dio: {malas[:5]}")
