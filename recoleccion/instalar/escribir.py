"""Poner los archivos en su lugar y quitarlos: lo que ya está igual no se toca, y lo ajeno no se pisa."""

import os
from dataclasses import dataclass
from pathlib import Path
from pathlib import PurePosixPath as Ruta

from .caddy import caddyfile
from .unidades import CARPETAS, MARCA, UNIDADES, USUARIOS, Plan, envoltura, unidades

CADDYFILE = Ruta("/etc/caddy/Caddyfile")
ENVOLTURA = Ruta("/usr/local/bin/jornada")
DE_ANTES = ".antes-de-jornada"


@dataclass(frozen=True)
class Archivo:
    """Qué va dónde. ``cede``: si ya había uno ajeno se guarda a un lado en vez de detenerse."""

    ruta: Ruta
    texto: str
    modo: int = 0o644
    cede: bool = False


class Ajeno(Exception):
    """Ahí hay un archivo que no escribimos nosotros."""


def archivos(plan: Plan, registro: str, datos: str, *, interno: bool) -> list[Archivo]:
    """Todo lo que se escribe, en orden."""
    frente = caddyfile(registro, datos, puerto=plan.puerto, puerto_datos=plan.puerto_datos, interno=interno)
    return [
        Archivo(Ruta("/etc/sysusers.d/jornada.conf"), USUARIOS),
        Archivo(Ruta("/etc/tmpfiles.d/jornada.conf"), CARPETAS),
        *(Archivo(UNIDADES / nombre, texto) for nombre, texto in unidades(plan).items()),
        Archivo(ENVOLTURA, envoltura(plan), 0o755),
        Archivo(CADDYFILE, f"{MARCA}\n{frente}", cede=True),
    ]


def como_esta(archivo: Archivo, raiz: Path) -> str:
    """``igual``, ``nuevo``, ``cambia`` (era nuestro) o ``ajeno``."""
    lugar = en(raiz, archivo.ruta)
    if not lugar.exists():
        return "nuevo"
    texto = lugar.read_text("utf-8", "replace")
    if MARCA not in texto:
        return "ajeno"
    return "igual" if texto == archivo.texto and lugar.stat().st_mode & 0o777 == archivo.modo else "cambia"


def poner(lista: list[Archivo], raiz: Path) -> dict[Ruta, str]:
    """Escribe lo que falte o haya cambiado; devuelve cómo estaba cada uno.

    :raises Ajeno: si un archivo que no cede es de alguien más; no se escribe ninguno.
    """
    estados = {archivo.ruta: como_esta(archivo, raiz) for archivo in lista}
    for archivo in lista:
        if estados[archivo.ruta] == "ajeno" and not archivo.cede:
            raise Ajeno(str(archivo.ruta))
    for archivo in lista:
        lugar = en(raiz, archivo.ruta)
        if estados[archivo.ruta] == "igual":
            continue
        lugar.parent.mkdir(parents=True, exist_ok=True)
        if estados[archivo.ruta] == "ajeno":
            lugar.rename(lugar.with_name(lugar.name + DE_ANTES))
        _escribir(lugar, archivo)
    return estados


def quitar(raiz: Path) -> list[Ruta]:
    """Borra sólo lo que escribimos nosotros y regresa lo que se había hecho a un lado; dice qué borró."""
    borrados = []
    for ruta in (archivo.ruta for archivo in archivos(Plan(ENVOLTURA), "", "", interno=False)):
        lugar = en(raiz, ruta)
        if lugar.is_file() and MARCA in lugar.read_text("utf-8", "replace"):
            lugar.unlink()
            borrados.append(ruta)
            de_antes = lugar.with_name(lugar.name + DE_ANTES)
            if de_antes.exists():
                de_antes.rename(lugar)
    return borrados


def en(raiz: Path, ruta: Ruta) -> Path:
    return raiz / ruta.relative_to("/")


def _escribir(lugar: Path, archivo: Archivo) -> None:
    """Entero o nada."""
    temporal = lugar.with_name(lugar.name + ".nuevo")
    temporal.write_text(archivo.texto, "utf-8")
    temporal.chmod(archivo.modo)
    os.replace(temporal, lugar)
