"""La atacante que se lleva toda la carpeta privada e intenta unir cada renglón contestado con una asistencia.

Cada ataque devuelve conjeturas: de un renglón, las asistencias entre las que echaría suertes. ``medir`` las compara con
la verdad. Para no depender de qué tan lista sea, se le regala lo que podría llegar a saber: de qué evento es cada
renglón (por el recuento, por un respaldo de la víspera), quiénes contestaron, o qué renglones son de una misma persona.
"""

import hashlib
import hmac
import json
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from recoleccion import reglas
from recoleccion.consultas import cuaderno_llaves
from recoleccion.consultas.ranuras import Capa
from recoleccion.sellado import INFO_REGISTRO, INFO_URNA, Sello, SobreIlegible, de_b64

PAGINA = 4096
ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


class Conjetura(NamedTuple):
    """``clase``: los renglones que para ella se ven iguales; de adivinar uno se saca el promedio de todos."""

    renglon: str
    entre: frozenset[str]
    clase: tuple[Any, ...]


@dataclass(frozen=True)
class Medida:
    """``atados``: parte de los renglones que acierta. ``peor``: lo más que acierta en una clase. ``ciertos``: parte de
    los renglones de clases en que acierta la mitad o más."""

    renglones: int
    atados: float
    peor: float
    ciertos: float

    def __str__(self) -> str:
        return f"acierta {self.atados:6.1%} · en la peor clase {self.peor:6.1%} · con certeza {self.ciertos:6.1%}"


def medir(conjeturas: Iterable[Conjetura], verdad: Mapping[str, str], de_cuantos: int) -> Medida:
    """``verdad``: la asistencia de cada renglón. ``de_cuantos``: todos los que hay, aunque de algunos no diga nada."""
    por_clase: dict[tuple[Any, ...], list[float]] = defaultdict(list)
    for renglon, entre, clase in conjeturas:
        por_clase[clase].append((verdad[renglon] in entre) / len(entre) if entre else 0.0)
    medias = {clase: sum(p) / len(p) for clase, p in por_clase.items()}
    ciertos = sum(len(por_clase[clase]) for clase, media in medias.items() if media >= 0.5)
    todo = sum(map(sum, por_clase.values()))
    return Medida(de_cuantos, todo / de_cuantos, max(medias.values(), default=0.0), ciertos / de_cuantos)


@dataclass
class Botin:
    """La carpeta. Con ``llave``, también la del servidor: abre sobres de la urna y de la cuarentena."""

    carpeta: Path
    llave: bool = False
    base: sqlite3.Connection = field(init=False)

    def __post_init__(self) -> None:
        self.base = sqlite3.connect(self.carpeta / "privada.db")
        self.base.row_factory = sqlite3.Row

    @cached_property
    def crudo(self) -> bytes:
        """La base, su bitácora y su índice, byte por byte."""
        return b"".join(ruta.read_bytes() for ruta in sorted(self.carpeta.glob("privada.db*")))

    @cached_property
    def sello(self) -> Sello | None:
        return Sello.leer((self.carpeta / "claves" / "servidor.pem").read_bytes()) if self.llave else None

    def filas(self, sql: str) -> list[dict[str, Any]]:
        return [dict(fila) for fila in self.base.execute(sql)]

    @cached_property
    def renglones(self) -> list[dict[str, Any]]:
        return self.filas("SELECT * FROM contestacion")

    @cached_property
    def asistencias(self) -> list[dict[str, Any]]:
        return self.filas("SELECT * FROM asistencia ORDER BY rowid")

    @cached_property
    def eventos(self) -> list[dict[str, Any]]:
        return self.filas("SELECT * FROM evento WHERE estado = 'cerrado'")

    @cached_property
    def llaves(self) -> list[bytes]:
        """Todo lo que en la carpeta parece una llave."""
        hay = [r.read_bytes() for r in sorted((self.carpeta / "claves").iterdir())] if self.llave else []
        hay += [f["valor"].encode() for f in self.filas("SELECT valor FROM ajuste")]
        return hay + [bytes(f["llave"]) for f in self.filas("SELECT llave FROM llave_evento")]


# --- Por lo que dice el renglón ----------------------------------------------------------------------------------


def al_tanteo(botin: Botin, evento_de: Mapping[str, str] | None = None) -> list[Conjetura]:
    """La línea base: cualquiera de las que fueron, sin mirar lo que el renglón dice de quien contestó."""
    return [
        Conjetura(r["id"], frozenset(a["id"] for a in quienes), donde) for r, donde, quienes in _donde(botin, evento_de)
    ]


def por_rareza(botin: Botin, evento_de: Mapping[str, str] | None = None) -> list[Conjetura]:
    """Sexo, edad y zona: cualquiera a quien le quede lo que el renglón dice."""
    return [
        Conjetura(r["id"], frozenset(a["id"] for a in quienes if le_queda(a, r)), (*donde, *_dice(r)))
        for r, donde, quienes in _donde(botin, evento_de)
    ]


def por_lo_que_no_se_ve(botin: Botin, evento_de: Mapping[str, str] | None = None) -> list[Conjetura]:
    """Quien no se ve con su sexo y edad en ningún renglón de la encuesta tiene que estar entre los que callan."""
    hay = list(_donde(botin, evento_de))
    vistas: dict[tuple[Any, ...], set[tuple[str | None, str | None]]] = defaultdict(set)
    for r, donde, _ in hay:
        vistas[donde].add(_dice(r))
    conjeturas = []
    for r, donde, quienes in hay:
        mas_finas = {e for e in vistas[donde] if e != _dice(r)}
        caben = [a for a in quienes if le_queda(a, r)]
        ocultas = [a for a in caben if not mas_finas & {(a["sexo"], a["edad"]), (a["sexo"], None)} - {_dice(r)}]
        conjeturas.append(Conjetura(r["id"], frozenset(a["id"] for a in ocultas or caben), (*donde, *_dice(r))))
    return conjeturas


def por_persona(botin: Botin, evento_de: Mapping[str, str], juntos: Mapping[str, str]) -> list[Conjetura]:
    """Se le regala además qué renglones son de una misma persona: se queda con el que más dice de ella.

    :param juntos: renglón -> un nombre cualquiera, igual en los de la misma.
    """
    suyos: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for renglon in botin.renglones:
        suyos[juntos[renglon["id"]]].append(renglon)
    una_de = [max(todos, key=lambda r: (r["sexo"] is not None, r["edad"] is not None)) for todos in suyos.values()]
    solo = {r["id"] for r in una_de}
    return [
        Conjetura(r["id"], frozenset(a["id"] for a in quienes if le_queda(a, r)), (donde[0], *_dice(r)))
        for r, donde, quienes in _donde(botin, evento_de)
        if r["id"] in solo
    ]


def _dice(renglon: Mapping[str, Any]) -> tuple[str | None, str | None]:
    return (renglon["sexo"], renglon["edad"])


def le_queda(asistencia: Mapping[str, Any], renglon: Mapping[str, Any]) -> bool:
    return all(renglon[c] in (None, asistencia[c]) for c in ("sexo", "edad"))


def _donde(botin: Botin, evento_de: Mapping[str, str] | None) -> Iterable[tuple[dict, tuple[Any, ...], list[dict]]]:
    """Cada renglón, de dónde podría ser y quiénes fueron ahí."""
    por_evento: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for asistencia in botin.asistencias:
        por_evento[asistencia["evento_id"]].append(asistencia)
    for r in botin.renglones:
        modulo = {"K": "tipos", "G": "igualdad"}.get(
            next((p[0] for p in json.loads(r["respuestas"]) if p[0] in "KG"), "")
        )
        if evento_de is not None:
            eventos = [evento_de[r["id"]]]
        else:
            eventos = [
                e["id"]
                for e in botin.eventos
                if e["programa"] == r["programa"] and e["fecha"][:7] <= r["mes"] and r["zona"] in (None, e["zona"])
                if modulo is None or (modulo == "igualdad") == (e["tema"] == "igualdad")
            ]
        yield r, (*eventos, r["instrumento"], r["version"]), [a for e in eventos for a in por_evento[e]]


# --- Por dónde y en qué orden quedó ------------------------------------------------------------------------------


def por_orden(
    botin: Botin, evento_de: Mapping[str, str], contestaron: Mapping[tuple[str, str], list[str]], por: str
) -> list[Conjetura]:
    """El primero guardado, de la primera que llegó. Se le regala quiénes contestaron cada encuesta, por llegada.

    :param por: ``"renglon"`` (su número interno, si la tabla lo tiene), ``"lugar"`` (dónde está en el archivo: página
        por página, y en cada una del fin al principio, que es como se llenan) o ``"id"``.
    """
    lugar: dict[str, Any] = {r["id"]: r["id"] for r in botin.renglones}
    if por == "lugar":
        donde = {id: botin.crudo.find(id.encode()) for id in lugar}
        lugar = {id: (byte // PAGINA, -byte) for id, byte in donde.items()}
    elif por == "renglon":
        try:
            lugar = {f["id"]: f["rowid"] for f in botin.filas("SELECT rowid, id FROM contestacion")}
        except sqlite3.OperationalError:  # WITHOUT ROWID: no lo tiene
            return []
    grupos: dict[tuple[str, str], list[str]] = defaultdict(list)
    for r in sorted(botin.renglones, key=lambda r: lugar[r["id"]]):
        grupos[evento_de[r["id"]], r["instrumento"]].append(r["id"])
    return [
        Conjetura(id, frozenset([contestaron[grupo][n]]), grupo)
        for grupo, ids in grupos.items()
        for n, id in enumerate(ids)
        if n < len(contestaron[grupo])
    ]


def por_tiempo(botin: Botin) -> list[Conjetura]:
    """Cualquier columna con una hora, contra la hora en que se registró cada asistencia."""
    horas = {a["id"]: datetime.fromisoformat(a["recibido_en"]) for a in botin.asistencias}
    conjeturas = []
    for r in botin.renglones:
        for valor in r.values():
            if isinstance(valor, str) and ISO.match(valor):
                hora = datetime.fromisoformat(valor)
                cercana = min(horas, key=lambda id: abs(horas[id] - hora))
                conjeturas.append(Conjetura(r["id"], frozenset([cercana]), (r["id"],)))
    return conjeturas


# --- Por los números y las huellas -------------------------------------------------------------------------------


def por_id(botin: Botin) -> dict[str, str]:
    """Renglón -> número de un registro que llegó, si el suyo sale de él: igual, o resumido con lo que hay."""
    llegaron = {f["id"] for f in botin.filas("SELECT id FROM recibido UNION SELECT registro_id FROM cuarentena")}
    derivados: dict[str, str] = {}
    for id in llegaron:
        derivados |= {forma.replace("-", ""): id for forma in (id, hashlib.sha256(id.encode()).hexdigest())}
        derivados |= {hmac.new(k, id.encode(), hashlib.sha256).hexdigest(): id for k in botin.llaves}
    cortos = {forma[:n]: id for forma, id in derivados.items() for n in (16, 32, 64)}
    nombres = [(r["id"], r["id"].replace("-", "")) for r in botin.renglones]
    return {id: cortos[forma[:n]] for id, forma in nombres for n in (16, 32, 64) if forma[:n] in cortos}


def por_huella(botin: Botin, registros: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Número de registro -> respuestas que prueba con su huella, probando las que salieron de la urna.

    :param registros: se le regala todo lo demás de cada uno (su evento, su ficha), y así sólo prueba respuestas.
    """
    huellas = {f["id"]: f["huella"] for f in botin.filas("SELECT id, huella FROM recibido")}
    probadas = {}
    for registro in registros:
        canonico = reglas.json_canonico({c: v for c, v in registro.items() if c not in ("hora", "sesgo_ms")})
        posibles = {hashlib.sha256(canonico).hexdigest()} | {
            hmac.new(k, canonico, hashlib.sha256).hexdigest() for k in botin.llaves
        }
        if huellas.get(registro["id"], "-").split(":")[-1] in posibles:
            probadas[registro["id"]] = canonico.decode()
    return probadas


def por_cuarentena(botin: Botin) -> list[dict[str, Any]]:
    """Las contestaciones que puede leer ahí con la llave del servidor, enteras: evento, ficha, sexo y edad."""
    if botin.sello is None:
        return []
    leidas, ruta = [], cuaderno_llaves.lugar(botin.carpeta)
    cuaderno = ruta.read_bytes() if ruta.exists() else b""
    for fila in botin.filas("SELECT id, bytes, ranura FROM cuarentena"):
        with suppress(ValueError):
            sobre = _sin_capa(fila, cuaderno)
            abierto = json.loads(
                botin.sello.abrir(sobre if sobre[:1] == b"\4" else de_b64(sobre.decode()), INFO_REGISTRO)
            )
            leidas += [abierto] if abierto["tipo"] == "contestacion" else []
    return leidas


def _sin_capa(fila: Mapping[str, Any], cuaderno: bytes) -> bytes:
    """Quien se lleva toda la carpeta se lleva el cuaderno: la capa de la ranura no le estorba."""
    sobre = bytes(fila["bytes"])
    if fila["ranura"] is None:
        return sobre
    lugar = cuaderno_llaves.CABEZA + cuaderno_llaves.LARGO * fila["ranura"]
    try:
        return Capa(fila["ranura"], cuaderno[lugar : lugar + cuaderno_llaves.LARGO]).descubrir(fila["id"], sobre)
    except SobreIlegible:
        return sobre


def por_urna(botin: Botin) -> list[dict[str, Any]]:
    """Los sobres que todavía esperan, si los puede abrir: evento, ficha, sexo y edad."""
    if botin.sello is None:
        return []
    filas = botin.filas("SELECT evento_id, instrumento, sobre FROM urna")
    return [{**f, **json.loads(botin.sello.abrir(bytes(f["sobre"]), INFO_URNA))} for f in filas]


def por_papel(botin: Botin) -> list[tuple[str, str, str]]:
    """``(tabla, columna, valor)``: lo contestado que dice la hoja, la hora o la cuenta con que se pasó un papel."""
    senas = {
        sena
        for f in botin.filas(
            "SELECT id, evidencia_id, pasada_en, pasada_por FROM hoja_papel UNION SELECT id, NULL, guardado_en,"
            " guardado_por FROM hoja_borrador UNION SELECT NULL, NULL, cuando, quien FROM bitacora"
        )
        for sena in f.values()
        if sena
    }
    return [
        (tabla, columna, valor)
        for tabla in ("contestacion", "cambio", "comentario", "recuento_evento", "urna")
        for fila in botin.filas(f"SELECT * FROM {tabla}")
        for columna, valor in fila.items()
        if isinstance(valor, str) and valor in senas
    ]


# --- Por los recuentos -------------------------------------------------------------------------------------------


def por_orden_del_recuento(botin: Botin) -> list[tuple[str, str, dict[str, str]]]:
    """De cada evento y encuesta, la hoja que forman las primeras opciones contadas: contando en orden, es una real."""
    hojas: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for f in botin.filas("SELECT * FROM recuento_evento WHERE pregunta <> '' ORDER BY rowid"):
        hojas[f["evento_id"], f["instrumento"]].setdefault(f["pregunta"], f["respuesta"])
    return [(*cual, hoja) for cual, hoja in hojas.items()]


def por_resta(botin: Botin) -> dict[tuple[Any, ...], int]:
    """Los renglones de un programa y una encuesta menos los que dicen los recuentos: cuántos son de eventos chicos."""
    quedan = Counter((r["programa"], r["instrumento"], r["version"]) for r in botin.renglones)
    programa = {e["id"]: e["programa"] for e in botin.eventos}
    for f in botin.filas("SELECT * FROM recuento_evento WHERE pregunta = ''"):
        quedan[programa[f["evento_id"]], f["instrumento"], f["version"]] -= f["n"]
    return {cual: n for cual, n in quedan.items() if n}


# --- Por los textos y los bytes ----------------------------------------------------------------------------------


def por_comentario(botin: Botin) -> list[tuple[str, str]]:
    """(texto, renglón): con el mismo número, o el vecino de su lugar en el archivo entre los de su encuesta."""
    de_ids = {r["id"] for r in botin.renglones}
    lugar = {r["id"]: botin.crudo.find(r["id"].encode()) for r in botin.renglones}
    pares = []
    for c in botin.filas("SELECT * FROM comentario"):
        suyos = [r for r in botin.renglones if all(r[k] == c[k] for k in ("mes", "programa", "instrumento"))]
        orden = sorted(suyos, key=lambda r: lugar[r["id"]])
        otros = [o["id"] for o in botin.filas("SELECT * FROM comentario") if o["instrumento"] == c["instrumento"]]
        if c["id"] in de_ids:
            pares.append((c["texto"], c["id"]))
        elif orden:
            pares.append((c["texto"], orden[otros.index(c["id"]) * len(orden) // len(otros)]["id"]))
    return pares


def por_bytes(botin: Botin, agujas: Iterable[bytes]) -> list[bytes]:
    """Lo que sigue en algún byte de la base, de su bitácora o de su índice, aunque ya se haya borrado."""
    corto = 7
    empiezos = {botin.crudo[n : n + corto] for n in range(len(botin.crudo))}
    return [aguja for aguja in agujas if aguja[:corto] in empiezos and aguja in botin.crudo]


def pedazos(sobre: bytes) -> list[bytes]:
    """Trozos de un sobre: borrado a medias quedaría alguno."""
    return [sobre[desde : desde + 24] for desde in range(0, len(sobre) - 24, 200)]


def variantes(registro: Mapping[str, Any], hojas: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """El mismo registro con cada hoja posible."""
    return [{**registro, "datos": {**registro["datos"], "respuestas": hoja}} for hoja in hojas]
