"""Cargar las localidades del INEGI en los catálogos: lo que se leyó, lo que se va a cambiar y el cambio.

Lo leído espera en la base a que la titular lo vea; se guarda justo lo que se vio.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from formularios import hoja_catalogo, localidades
from formularios.hoja_catalogo import Hoja
from formularios.localidades import CABECERA, Lectura, Localidad

from . import espera, oficina
from .conexion import escritura

_CLASE, _UNA = "localidades", "una"


@dataclass(frozen=True)
class Previa:
    """Lo que pasaría al guardar: cada localidad con la zona que le toca y si ya estaba."""

    lectura: Lectura
    archivo: str
    minimo: int
    filas: tuple[dict[str, Any], ...]
    zonas: tuple[tuple[str, str], ...]
    """(clave, etiqueta) de las que no son la cabecera."""
    caben: int

    @property
    def nuevas(self) -> int:
        return sum(fila["nueva"] for fila in self.filas)

    @property
    def sobran(self) -> int:
        """Cuántas no caben en el catálogo con este mínimo."""
        return max(0, self.nuevas - self.caben)

    @property
    def fuera(self) -> int:
        """Cuántas del archivo quedan fuera por el mínimo de habitantes."""
        return len(self.lectura.localidades) - len(self.filas)


def previa(db: Database, lugar: oficina.Carpeta, lectura: Lectura, archivo: str, minimo: int) -> Previa:
    """:raises ErrorCatalogo: si un catálogo de la carpeta no se puede usar."""
    hoja = hoja_catalogo.leer(lugar.carpeta_catalogos, "localidad")
    estaban = {fila["cvegeo"]: fila for fila in hoja.filas if fila.get("cvegeo")}
    zonas = tuple((clave, texto) for clave, texto in lugar.catalogos.pares("zona") if clave != "cabecera")
    filas = []
    for una in lectura.desde(minimo):
        anterior = estaban.get(f"{lectura.municipio}{una.clave}")
        filas.append(
            {
                **asdict(una),
                "nueva": anterior is None,
                "etiqueta": anterior["etiqueta"] if anterior else una.nombre,
                "zona": _zona(una, anterior, zonas),
            }
        )
    return Previa(lectura, archivo, minimo, tuple(filas), zonas, hoja.regla.maximo - len(hoja.filas))


def _zona(una: Localidad, anterior: Mapping[str, str] | None, zonas: tuple[tuple[str, str], ...]) -> str:
    """La que ya tenía; si no, la cabecera es su propia zona y, con una sola más, ésa es la de todas las demás."""
    if una.clave == CABECERA:
        return "cabecera"
    escrita = (anterior or {}).get("zona", "")
    if escrita in dict(zonas):
        return escrita
    return zonas[0][0] if len(zonas) == 1 else ""


def guardar(db: Database, lugar: oficina.Carpeta, vista: Previa, zonas: Mapping[str, str]) -> tuple[Hoja, Hoja]:
    """Escribe las localidades y, si cambió, cuáles forman cada zona. Devuelve las dos hojas guardadas.

    :param zonas: clave de cuatro cifras -> zona; lo que no venga toma la de ``vista``.
    :raises ErrorCatalogo: si así no se podrían usar (por ejemplo, ya no caben).
    :raises CambioAjeno: si alguien guardó el archivo al mismo tiempo.
    """
    carpeta, conocidas = lugar.carpeta_catalogos, {"cabecera", *dict(vista.zonas)}
    de_cada_una = {fila["clave"]: zonas.get(fila["clave"], fila["zona"]) for fila in vista.filas}
    de_cada_una = {clave: zona for clave, zona in de_cada_una.items() if zona in conocidas}
    with escritura(db):
        usadas = frozenset(oficina.claves_usadas(db, "localidad"))
        leidas = vista.lectura.desde(vista.minimo)
        hoja = localidades.combinar(
            hoja_catalogo.leer(carpeta, "localidad"), leidas, vista.lectura.municipio, de_cada_una, usadas
        )
        guardada = hoja_catalogo.escribir(carpeta, hoja)
        return guardada, repartir(lugar)


def repartir(lugar: oficina.Carpeta) -> Hoja:
    """Pone al día qué localidades forman cada zona; no escribe si ya estaba bien."""
    carpeta = lugar.carpeta_catalogos
    antes = hoja_catalogo.leer(carpeta, "zona")
    zonas = localidades.repartir(antes, hoja_catalogo.leer(carpeta, "localidad"))
    return zonas if zonas.filas == antes.filas else hoja_catalogo.escribir(carpeta, zonas)


def dejar(db: Database, lectura: Lectura, archivo: str, ahora: datetime) -> None:
    """Deja lo leído en espera; sólo hay una a la vez."""
    contenido = {"lectura": asdict(lectura), "archivo": archivo, "cuando": ahora.isoformat()}
    espera.dejar(db, _CLASE, _UNA, contenido, ahora)


def en_espera(db: Database, ahora: datetime) -> tuple[Lectura, str] | None:
    """Lo leído y de qué archivo, si todavía espera."""
    dejado = espera.leer(db, _CLASE, _UNA)
    if dejado is None or ahora - datetime.fromisoformat(dejado["cuando"]) > espera.DURA:
        return None
    leida = dejado["lectura"]
    unas = tuple(Localidad(**una) for una in leida["localidades"])
    return Lectura(leida["municipio"], leida["nombre"], unas, tuple(leida["avisos"])), dejado["archivo"]


def olvidar(db: Database) -> None:
    espera.olvidar(db, _CLASE, _UNA)
