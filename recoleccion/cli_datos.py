"""``jornada datos``: sólo Datasette, para correrlo con un usuario que no puede leer la carpeta privada."""

import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import click

from publicacion import lanzar

from .consola import Entero, Fallo, Orden, ruta_corta


@click.command(cls=Orden)
@click.option("--publicos", required=True, metavar="CARPETA",
              type=click.Path(path_type=Path, exists=True, file_okay=False), help="Dónde está publica.db.")  # fmt: skip
@click.option("--estado", metavar="CARPETA", envvar="STATE_DIRECTORY", show_default=False,
              type=click.Path(path_type=Path, exists=True, file_okay=False),
              help="Dónde guarda su secreto quien atiende; si no se dice, junto a publica.db.")  # fmt: skip
@click.option("--puerto", default=8001, show_default=True, type=Entero(1, 65535), metavar="NÚMERO",
              help="Puerto de los datos publicados.")  # fmt: skip
def datos(publicos: Path, estado: Path | None, puerto: int) -> None:
    """Atiende sólo los datos publicados, sin ver la carpeta de la oficina.

    Lo que muestra lo deja ahí «jornada servir --sin-datos», que corre con otro usuario.
    """
    ruta = publicos.resolve() / "publica.db"
    for hace_falta in (ruta, lanzar.ruta_metadatos(ruta)):
        if not os.access(hace_falta, os.R_OK):
            raise Fallo(
                f"No está o no se deja leer {hace_falta.name} en {ruta_corta(publicos)}.",
                "Lo escribe «jornada servir --sin-datos»: arránquelo primero.",
            )
    _ser(lanzar.orden_alistada(ruta, puerto), lanzar.entorno(ruta_publica=ruta, estado=estado))


def _ser(orden: list[str], ambiente: dict[str, str]) -> NoReturn:
    """Este proceso pasa a ser Datasette; en Windows no se puede y lo espera. Sus accesos no se anotan."""
    if os.name == "nt":
        sys.exit(subprocess.call(orden, env=ambiente, stdout=subprocess.DEVNULL))
    os.chdir("/")  # de la carpeta en que se está también se cargarían módulos
    nada = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nada, 1)
    os.execve(orden[0], orden, ambiente)  # noqa: S606
