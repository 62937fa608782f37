"""La carpeta de datos de una oficina: dónde vive cada archivo y cómo nacen sus llaves."""

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from formularios.catalogos import ARCHIVOS, Catalogos, ErrorCatalogo, cargar

from . import sellado

ZONA_HORARIA = ZoneInfo("America/Mexico_City")


def ahora() -> datetime:
    """La hora de la oficina, con zona horaria."""
    return datetime.now(ZONA_HORARIA)


@dataclass(frozen=True)
class Instalacion:
    """Una carpeta ``datos/``. Los bytes de las llaves nunca salen de aquí más que por estas propiedades."""

    datos: Path
    reloj: Callable[[], datetime] = ahora

    @property
    def privada(self) -> Path:
        return self.datos / "privada.db"

    @property
    def carpeta_publica(self) -> Path:
        """Donde vive lo que se publica: aquí mismo o, si ``datos/publicos`` existe (es un enlace), ahí.

        ``jornada instalar`` pone ese enlace a una carpeta que el usuario de Datasette sí puede leer; ésta no puede.
        """
        aparte = self.datos / "publicos"
        return aparte if aparte.is_dir() else self.datos

    @property
    def publica(self) -> Path:
        return self.carpeta_publica / "publica.db"

    @property
    def carpeta_catalogos(self) -> Path:
        return self.datos / "catalogos"

    @property
    def evidencias(self) -> Path:
        """Las fotos selladas, un archivo por cada una (ver ``consultas/evidencias.py``)."""
        return self.datos / "evidencias"

    @property
    def catalogos(self) -> Catalogos:
        """Los catálogos de la carpeta, leídos otra vez sólo si un archivo cambió.

        Si lo que alguien dejó ahí ya no se puede usar, siguen los últimos buenos y ``problema_catalogos`` lo dice.

        :raises ErrorCatalogo: si no se pueden usar la primera vez.
        """
        como_estan = tuple(_como_esta(self.carpeta_catalogos / archivo) for archivo in ARCHIVOS)
        leidos = self._leidos.get("catalogos")
        if leidos is None or leidos[0] != como_estan:
            try:
                leidos = (como_estan, cargar(self.carpeta_catalogos), None)
            except ErrorCatalogo as error:
                if leidos is None:
                    raise
                leidos = (como_estan, leidos[1], str(error))
            self._leidos["catalogos"] = leidos
        return leidos[1]

    @property
    def problema_catalogos(self) -> str | None:
        """Por qué no se usan los catálogos como están en la carpeta, o ``None`` si sí se usan."""
        _ = self.catalogos
        return self._leidos["catalogos"][2]

    @cached_property
    def _leidos(self) -> dict[str, tuple[Any, Catalogos, str | None]]:
        return {}

    @cached_property
    def sello(self) -> sellado.Sello:
        """La llave del servidor: abre lo que sellan los teléfonos y la urna."""
        return sellado.Sello.leer((self.datos / "claves" / "servidor.pem").read_bytes())

    @cached_property
    def secreto_sesion(self) -> bytes:
        return (self.datos / "claves" / "sesion.key").read_bytes()

    @cached_property
    def secreto_publicacion(self) -> bytes:
        """Del que sale el redondeo de cada celda; si se pierde, lo publicado no se puede rehacer igual."""
        return (self.datos / "claves" / "publicacion.key").read_bytes()

    def crear_claves(self) -> None:
        """Crea las llaves que falten, legibles sólo para quien instala."""
        carpeta = self.datos / "claves"
        carpeta.mkdir(mode=0o700, parents=True, exist_ok=True)
        for nombre, hacer in (
            ("servidor.pem", sellado.nueva_clave_pem),
            ("sesion.key", lambda: secrets.token_bytes(32)),
            ("publicacion.key", lambda: secrets.token_bytes(32)),
        ):
            ruta = carpeta / nombre
            if not ruta.exists():
                _escribir_privado(ruta, hacer())


def _como_esta(ruta: Path) -> tuple[int, int, int] | None:
    """Lo que cambia cuando alguien guarda el archivo."""
    try:
        estado = ruta.stat()
    except OSError:
        return None
    return estado.st_ino, estado.st_mtime_ns, estado.st_size


def _escribir_privado(ruta: Path, contenido: bytes) -> None:
    """Escribe entero o nada, con permisos 0600 desde el primer byte."""
    temporal = ruta.with_name(ruta.name + ".nuevo")
    descriptor = os.open(temporal, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as archivo:
        archivo.write(contenido)
        archivo.flush()
        os.fsync(archivo.fileno())
    temporal.replace(ruta)
