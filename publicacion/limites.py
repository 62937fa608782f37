"""Consultas libres sin riesgo para los demás: cada una en su proceso, pocas a la vez y con su espera contada.

Las páginas del portal llevan SQL nuestro y corren en él; la de una analista (``?sql=`` o ``_where=``) nunca: se manda a
un :mod:`publicacion.obrero` con los bytes de la misma publicación que contesta el resto de la página.
"""

import asyncio
import contextlib
import json
import os
import struct
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from datasette.database import Results
from datasette.utils.sqlite import sqlite3

SEGUNDOS = 2.0
A_LA_VEZ = 2
"""Procesos de consulta libre al mismo tiempo. Con 48 MB de SQLite cada uno, caben junto al portal en 500 MB."""
EN_ESPERA = 8
ESPERA = 4.0
"""Segundos que una consulta aguarda su turno; después se le pide que vuelva."""
CASTIGO, CASTIGADAS = 1.0, 50
"""Segundos que se hace esperar a quien llega con la fila llena, y a cuántas a la vez."""
FILAS = 1_000
CELDAS_PAGINA, CELDAS_DATOS = 5_000, 50_000
"""Una página con más celdas tardaría en dibujarse lo que las demás esperan; en CSV y JSON caben más."""
BYTES = 4_000_000
_GRACIA = 1.5
"""Segundos más que se da al proceso antes de matarlo: lo que tarda en arrancar."""
_OBRERO = Path(__file__).with_name("obrero.py")


@dataclass(frozen=True)
class Libre:
    """Lo que de una petición es SQL ajeno, y cuántas celdas puede traer."""

    textos: tuple[str, ...]
    celdas: int

    def esta_en(self, sql: str) -> bool:
        return any(texto in sql for texto in self.textos)


LIBRE: ContextVar[Libre | None] = ContextVar("jornada_sql_libre", default=None)


def de_la_peticion(ruta: str, consulta: bytes) -> Libre | None:
    """El SQL ajeno de la dirección; ``None`` si no trae."""
    if b"sql=" not in consulta and b"_where" not in consulta and b"%" not in consulta:
        return None
    valores = parse_qs(consulta.decode("latin-1"), keep_blank_values=True)
    textos = tuple(t for clave in ("sql", "_where") for v in valores.get(clave, ()) if (t := v.strip().rstrip(";")))
    es_pagina = "." not in ruta.rpartition("/")[2]
    return Libre(textos, CELDAS_PAGINA if es_pagina else CELDAS_DATOS) if textos else None


class Fila(tuple[Any, ...]):
    """Un renglón que también se lee por nombre, como los de SQLite."""

    columnas: tuple[str, ...] = ()

    def __getitem__(self, cual: Any) -> Any:
        return super().__getitem__(self.columnas.index(cual) if isinstance(cual, str) else cual)

    def keys(self) -> list[str]:
        return list(self.columnas)


class Turnos:
    """Cuántas consultas libres se atienden a la vez. Las demás esperan en la puerta, donde no cuestan nada."""

    def __init__(self, a_la_vez: int = A_LA_VEZ, en_espera: int = EN_ESPERA, espera: float = ESPERA) -> None:
        self._turno = asyncio.Semaphore(a_la_vez)
        self._esperan = self._castigadas = 0
        self._en_espera, self._espera = en_espera, espera

    async def tomar(self) -> bool:
        """``False`` si no le tocó: ya esperó lo que se espera, o la fila estaba llena."""
        if self._turno.locked() and self._esperan >= self._en_espera:
            await self._castigar()
            return False
        self._esperan += 1
        try:
            await asyncio.wait_for(self._turno.acquire(), self._espera)
        except TimeoutError:
            return False
        finally:
            self._esperan -= 1
        return True

    def dejar(self) -> None:
        self._turno.release()

    async def _castigar(self) -> None:
        """Decir que no de inmediato invita a volver de inmediato."""
        if self._castigadas < CASTIGADAS:
            self._castigadas += 1
            try:
                await asyncio.sleep(CASTIGO)
            finally:
                self._castigadas -= 1


_HILOS = ThreadPoolExecutor(A_LA_VEZ, thread_name_prefix="consulta-libre")


async def consultar(base: bytes, sql: str, parametros: Any, libre: Libre) -> Results:
    """La consulta, en su proceso.

    :raises sqlite3.OperationalError: está mal o pasó de un tope; la frase, en español.
    """
    dicho = pedido(sql, parametros, libre)
    respuesta = await asyncio.get_running_loop().run_in_executor(_HILOS, correr, base, dicho)
    if "error" in respuesta:
        raise sqlite3.OperationalError(respuesta["error"])
    columnas = tuple(respuesta["columnas"])
    clase = type("FilaConNombres", (Fila,), {"columnas": columnas})
    filas = [clase(bytes.fromhex(v["hex"]) if isinstance(v, dict) else v for v in f) for f in respuesta["filas"]]
    return Results(filas, respuesta["cortada"], [(c, *(None,) * 6) for c in columnas])


def pedido(sql: str, parametros: Any, libre: Libre, segundos: float = SEGUNDOS) -> bytes:
    """Lo que se le manda al obrero antes de la base."""
    dichos = parametros or {}
    limpios = {k: dichos[k] for k in dichos} if isinstance(dichos, Mapping) else list(dichos)
    dicho = {
        "sql": sql, "parametros": limpios, "segundos": segundos, "filas": FILAS, "celdas": libre.celdas, "bytes": BYTES,
    }  # fmt: skip
    cuerpo = json.dumps(dicho).encode()
    return struct.pack(">I", len(cuerpo)) + cuerpo


def correr(base: bytes, pedido: bytes, *, obrero: Path = _OBRERO, limite: float = SEGUNDOS + _GRACIA) -> dict[str, Any]:
    """Un proceso por consulta: aislado, sin el ambiente del portal y muerto si no contesta a tiempo."""
    ambiente = {k: v for k, v in os.environ.items() if not k.startswith(("DATASETTE", "PYTHON"))}
    proceso = subprocess.Popen(
        [sys.executable, "-I", "-S", str(obrero)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=ambiente,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    try:
        salida, _ = proceso.communicate(pedido + base, timeout=limite)
    except subprocess.TimeoutExpired:
        proceso.kill()
        for tubo in (proceso.stdin, proceso.stdout):
            with contextlib.suppress(OSError):
                tubo.close()  # type: ignore[union-attr]  # los dos son tubos
        proceso.wait()
        return {"error": f"La consulta tardó más de {SEGUNDOS:g} segundos y se detuvo."}
    try:
        respuesta: dict[str, Any] = json.loads(salida)
        return respuesta
    except ValueError:
        return {"error": "La consulta pidió más de lo que se presta y se detuvo."}
