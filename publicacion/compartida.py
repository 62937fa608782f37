"""La carpeta de lo publicado cuando a Datasette lo corre otro usuario del sistema.

La pone ``jornada instalar``: aparte de la privada, de quien registra, y abierta sólo al grupo de quien publica (0750).
Ahí la puerta es la carpeta; lo de adentro se deja leer, sea cual sea el umask de quien escribe. En cualquier otra, los
archivos quedan como el sistema los hace.
"""

import os
import shutil
from pathlib import Path

ARCHIVOS = ("publica.db", "analistas.json")


def es_compartida(carpeta: Path) -> bool:
    """Aparte de la base privada, con entrada para su grupo y para nadie más."""
    permisos = carpeta.stat().st_mode
    return permisos & 0o057 == 0o050 and not (carpeta / "privada.db").exists()


def dejar_leer(ruta: Path, carpeta: Path) -> None:
    """Si ``carpeta`` es compartida, que su grupo pueda leer ``ruta`` (y lo que lleve dentro).

    Se llama antes de poner ``ruta`` en su lugar: quien publica nunca ve un archivo a medias ni sin revisar.
    """
    if not es_compartida(carpeta):
        return
    for cosa in (ruta, *ruta.rglob("*")) if ruta.is_dir() else (ruta,):
        cosa.chmod(0o755 if cosa.is_dir() else 0o644)


def recoger(datos: Path, carpeta: Path) -> None:
    """Lo publicado que quedó en ``datos`` (de antes de instalar, o de un respaldo) pasa a ``carpeta``, y se deja leer.

    Lo que ya esté ahí es más nuevo y se queda. Si las dos son la misma no hace nada.
    """
    if carpeta.samefile(datos):
        return
    for nombre in ARCHIVOS:
        viejo, nuevo = datos / nombre, carpeta / nombre
        if viejo.is_file():
            if not nuevo.exists():
                temporal = carpeta / f"{nombre}.nuevo"
                shutil.copyfile(viejo, temporal)
                dejar_leer(temporal, carpeta)
                os.replace(temporal, nuevo)
            viejo.unlink()
        if nuevo.is_file():
            dejar_leer(nuevo, carpeta)
