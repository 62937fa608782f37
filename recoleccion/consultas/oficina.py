"""La oficina: lo que va en su papel, su clave del INEGI, qué claves de catálogo ya usó y qué le falta.

El logotipo es un archivo junto a los catálogos (``logo.jpg`` y ``logo-<programa>.jpg``); la leyenda y el pie de cada
programa son columnas de ``programas.csv``. Así van en el respaldo y otro municipio los cambia sin tocar código.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlite_utils import Database

from formularios.catalogos import Catalogos

from . import ajustes, avisos, directorio

MAXIMO_LOGO = 2_000_000
"""Bytes de un logotipo ya guardado; uno más grande, puesto a mano, no se usa."""
_FIRMAS = {".jpg": b"\xff\xd8\xff", ".png": b"\x89PNG\r\n\x1a\n"}
_DONDE = {
    "tipo": (("evento", "tipo"),),
    "tema": (("evento", "tema"), ("actividad", "tema")),
    "efemeride": (("evento", "efemeride"),),
    "localidad": (("evento", "localidad"),),
    "zona": (("evento", "zona"),),
    "programa": (("evento", "programa"), ("serie", "programa")),
}
"""En qué columnas queda escrita la clave de cada catálogo que la oficina cambia."""
_EN_CONTESTACIONES = {"programa": ("contestacion", "cambio", "comentario"), "zona": ("contestacion", "cambio")}
"""Lo contado conserva la clave con que salió de la urna, aunque a su evento se le cambie después."""


class Carpeta(Protocol):
    """Lo que se usa de una instalación."""

    @property
    def carpeta_catalogos(self) -> Path: ...

    @property
    def catalogos(self) -> Catalogos: ...


@dataclass(frozen=True)
class Membrete:
    """Lo que lleva el papel de un programa.

    :param logo: un JPEG o un PNG, o ``None``: entonces el papel va sin logotipo.
    :param leyenda: la que pide el programa («Este programa es público…»); vacía si no se escribió ninguna.
    :param pie: el último renglón de cada hoja (domicilio, teléfono); vacío si no se escribió.
    """

    oficina: str
    municipio: str
    logo: bytes | None
    leyenda: str
    pie: str


def membrete(db: Database, instalacion: Carpeta, programa: str | None = None) -> Membrete:
    """El de un programa; lo que ese programa no diga, y todo si es ``None``, es lo de la oficina."""
    suya = next((o.extra for o in instalacion.catalogos.programa if o.clave == programa), {})
    return Membrete(
        oficina=ajustes.leer(db, "oficina") or "",
        municipio=ajustes.leer(db, "municipio") or "",
        logo=(logo(instalacion, programa) if suya else None) or logo(instalacion),
        leyenda=suya.get("leyenda") or ajustes.leer(db, "leyenda") or "",
        pie=suya.get("pie") or ajustes.leer(db, "pie") or "",
    )


def logo(instalacion: Carpeta, programa: str | None = None) -> bytes | None:
    """El archivo del logotipo, de la oficina o sólo el propio de un programa."""
    base = ruta_logo(instalacion, programa)
    for terminacion, firma in _FIRMAS.items():
        ruta = base.with_suffix(terminacion)
        if ruta.is_file() and ruta.stat().st_size <= MAXIMO_LOGO:
            contenido = ruta.read_bytes()
            if contenido.startswith(firma):
                return contenido
    return None


def ruta_logo(instalacion: Carpeta, programa: str | None = None) -> Path:
    """Dónde se guarda, en JPEG; con un nombre que el respaldo admite."""
    nombre = "logo" if programa is None else f"logo-{re.sub('[^A-Za-z0-9_-]', '_', programa)}"
    return instalacion.carpeta_catalogos / f"{nombre}.jpg"


def clave_inegi(db: Database, instalacion: Carpeta) -> str | None:
    """Las cinco cifras del municipio: las de los ajustes o, en una instalación de antes, las de su cabecera."""
    guardada = ajustes.leer(db, "clave_inegi")
    if guardada:
        return guardada
    geo = next((o.extra.get("cvegeo", "") for o in instalacion.catalogos.localidad if o.extra.get("cvegeo")), "")
    return geo[:5] if re.fullmatch(r"[0-9]{9}", geo) else None


def claves_usadas(db: Database, catalogo: str) -> dict[str, int]:
    """Cuántas veces está escrita cada clave de un catálogo. Una usada no se quita ni se vuelve a dar."""
    usadas: dict[str, int] = {}
    for tabla, columna in _DONDE.get(catalogo, ()):
        filas = db.execute(
            f"SELECT {columna} AS clave, count(*) AS n FROM {tabla} WHERE {columna} IS NOT NULL GROUP BY {columna}"  # noqa: S608
        )
        for fila in filas:
            usadas[fila["clave"]] = usadas.get(fila["clave"], 0) + fila["n"]
    for tabla in _EN_CONTESTACIONES.get(catalogo, ()):
        filas = db.execute(f"SELECT DISTINCT {catalogo} AS clave FROM {tabla} WHERE {catalogo} IS NOT NULL")  # noqa: S608
        for fila in filas:
            usadas.setdefault(fila["clave"], 1)
    return usadas


def faltas_para_produccion(db: Database) -> list[str]:
    """Qué impide pasar a «en producción»: ``telefono_propio``, ``aviso_incompleto``; vacía si ya se puede."""
    faltas = []
    if not any(linea["propia"] and linea["verificado_el"] for linea in directorio.ayuda(db)):
        faltas.append("telefono_propio")
    if avisos.huecos(avisos.vigente(db)):
        faltas.append("aviso_incompleto")
    return faltas
