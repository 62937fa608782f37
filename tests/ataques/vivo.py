"""Preguntarle al portal todo lo que Datasette sabe contestar, y ver si alguna respuesta trae algo que no está en el
archivo que cualquiera puede bajar."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from sqlite_utils import Database


class Respuesta(NamedTuple):
    estado: int
    tipo: str
    cuerpo: bytes


Pide = Callable[[str], Respuesta]
_TABLA = (
    *("?_shape=array&_size=max", "?_shape=objects&_size=max", "?_shape=arrays&_size=max", "?_shape=array&_nl=on"),
    *("?_sort=n", "?_sort_desc=n", "?_size=1", "?_next=0", "?_col=lote", "?_nocol=n", "?_labels=on", "?_nocount=1"),
    *("?n__isnull=1", "?n__gt=0&n__lt=10", "?n__not=0", "?lote__like=%25", "?lote__glob=*", "?rowid__gt=0"),
    *("?_facet=n", "?_facet=lote&_facet_size=max", "?_facet_array=lote", "?_facet_date=lote", "?_trace=1"),
    *("?_where=1=1", "?_where=n+in+(select+1)", "?_search=a", "?_through={}", "?_extra=debug,request,query"),
    *("?_json=lote", "?_timelimit=1", "?_ttl=0", "?_extra=private,facet_results,suggested_facets"),
)
_SQL = (
    "select * from sqlite_master",
    "select * from persona",
    "select load_extension('x')",
    "attach database 'privada.db' as p",
    "pragma database_list",
    "select readfile('privada.db')",
    "select * from pragma_database_list",
    "with recursive c(x) as (select 1 union all select x+1 from c) select max(x) from c limit 1",
)
_INTERNAS = ("versions", "plugins", "settings", "config", "threads", "databases", "metadata", "actor", "permissions",
             "allow-debug", "patterns", "auth-token", "messages")  # fmt: skip
_CAMINOS = (
    "/privada.db",
    "/publica/../privada.db",
    "/..%2fprivada.db",
    "/publica/privada.db",
    "/-/static/../../privada.db",
    "/-/static/..%2f..%2f..%2fprivada.db",
    "/-/static-plugins/jornada_publicacion/..%2fprivada.db",
    "/descargas/..%2f..%2fprivada.db",
    "/descargas/%2e%2e/privada.db",
    "/descargas/..%5cprivada.db",
    "/_internal.json",
    "/_memory.json?sql=select+1",
    "/publica.metadatos.json",
    "/analistas.json",
)


ENTERAS = frozenset({"asistencia_cubo", "poa"})
"""Tablas que se piden de todas las formas; las demás, enteras de dos."""


def consultas(publica: Path) -> Iterator[str]:
    """SQL libre, por cada puerta."""
    for sql in _SQL:
        for donde in (f"/{publica.stem}.json?sql=", f"/{publica.stem}.csv?sql=", "/_memory.json?sql="):
            yield donde + quote(sql)


def direcciones(publica: Path) -> Iterator[str]:
    """Todo lo que se pide: cada tabla de cada forma, cada vista, un renglón de cada una, consultas y caminos."""
    base = f"/{publica.stem}"
    with closing(Database(publica)) as db:
        tablas, vistas = db.table_names(), db.view_names()
        renglones = {t: next(iter(db[t].pks_and_rows_where(limit=1)), None) for t in tablas}
    for tabla in tablas:
        for forma in _TABLA if tabla in ENTERAS else _TABLA[:1]:
            yield f"{base}/{tabla}.json{forma}"
        yield f"{base}/{tabla}.csv?_stream=on&_size=max"
        if tabla not in ENTERAS:
            continue
        yield f"{base}/{tabla}.csv?_labels=on&_dl=1"
        yield f"{base}/{tabla}?_facet=n&_trace=1"
        if renglon := renglones[tabla]:
            llave = renglon[0] if isinstance(renglon[0], tuple) else (renglon[0],)
            partes = ",".join(quote(str(v), safe="").replace("%", "~").replace("-", "-") for v in llave)
            yield f"{base}/{tabla}/{partes}.json?_extras=foreign_key_tables"
    for vista in vistas:
        yield f"{base}/{vista}.json?_shape=array&_size=max"
        yield f"{base}/{vista}.csv?_stream=on"
    yield from consultas(publica)
    yield f"{base}?sql=select+1"
    for interna in _INTERNAS:
        yield f"/-/{interna}"
        yield f"/-/{interna}.json"
    yield from _CAMINOS


def paginas(pide: Pide, cuantas: int = 40) -> list[str]:
    """Las que se alcanzan desde la portada siguiendo enlaces, y cada una con una pregunta que no esperaba."""
    vistas, pendientes = [], ["/"]
    while pendientes and len(vistas) < cuantas:
        ruta = pendientes.pop(0)
        vistas.append(ruta)
        r = pide(ruta)
        if r.estado == 200 and "html" in r.tipo:
            enlaces = re.findall(r'href="(/[^"#]*)"', r.cuerpo.decode("utf-8", "replace"))
            pendientes += [h for e in enlaces if (h := unescape(e)) not in vistas and h not in pendientes]
    return vistas + [f"{v.partition('?')[0]}?zona='+or+1=1--&lote=%00&_where=1=1" for v in vistas[:12]]


def fisgar(pide: Pide, publica: Path, prohibido: Iterable[str], pedidas: Iterable[str]) -> list[str]:
    """Lo que se consiguió y no está en el archivo; ``prohibido``, textos que no deben salir por ningún lado."""
    suyas = _renglones(publica)
    textos = [texto.encode() for texto in prohibido if len(texto) >= 6]
    hallazgos = []
    for direccion in pedidas:
        r = pide(direccion)
        if r.cuerpo.startswith(b"SQLite format 3"):
            hallazgos.append(f"{direccion}: entrega una base")
        if r.estado == 200:
            ajenos = [f for f in _filas(r) if not _es_del_archivo(f, suyas)]
            if ajenos:
                hallazgos.append(f"{direccion}: {ajenos[0]}")
        hallazgos += [f"{direccion}: dice algo privado" for texto in textos if texto in r.cuerpo][:1]
    return hallazgos


def _renglones(publica: Path) -> set[frozenset[tuple[str, str]]]:
    with closing(Database(publica)) as db:
        return {
            frozenset((c, "" if v is None else str(v)) for c, v in fila.items())
            for tabla in (*db.table_names(), *db.view_names())
            for fila in db.query(f"SELECT * FROM [{tabla}]")
        }


def _filas(r: Respuesta) -> Iterator[Mapping[str, Any]]:
    """Los renglones que trae una respuesta JSON o CSV, sea cual sea su forma."""
    texto = r.cuerpo.decode("utf-8", "replace")
    if "csv" in r.tipo or (texto and "json" not in r.tipo and r.tipo.startswith("text/plain") and "\r\n" in texto):
        yield from csv.DictReader(io.StringIO(texto))
    elif "json" in r.tipo or r.tipo.startswith("text/plain"):
        for linea in [texto] if not texto.startswith("{") or "\n{" not in texto else texto.splitlines():
            try:
                dicho = json.loads(linea)
            except ValueError:
                continue
            yield from _filas_json(dicho)


def _filas_json(dicho: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(dicho, list):
        yield from (f for f in dicho if isinstance(f, dict))
        return
    columnas: Sequence[str] = dicho.get("columns") or ()
    for fila in dicho.get("rows") or ():
        yield fila if isinstance(fila, dict) else dict(zip(columnas, fila, strict=False))


def _es_del_archivo(fila: Mapping[str, Any], suyas: set[frozenset[tuple[str, str]]]) -> bool:
    """¿Es un renglón del archivo, o parte de uno?"""
    vista = frozenset((c, "" if v is None else str(v)) for c, v in fila.items() if not isinstance(v, dict | list))
    return vista in suyas or any(vista <= suya for suya in suyas)
