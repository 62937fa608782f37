"""``jornada verificar``: que todo esté como debe, dicho en renglones que cualquiera entiende. No cambia nada."""

from pathlib import Path

import click

from .consola import Fallo, Orden, con_datos, decir, ruta_corta
from .consultas import conexion
from .fechas import plural
from .instalacion import Instalacion
from .respaldos import estado
from .revisar.renglon import AVISO, MAL
from .revisar.todo import revisar


@click.command(cls=Orden)
@con_datos
@click.option("--cabeza", "cabezas", multiple=True, metavar="CÓDIGO",
              help="Código de la bitácora en una hoja impresa: comprueba que siga ahí. Se puede repetir.")  # fmt: skip
def verificar(datos: Path, cabezas: tuple[str, ...]) -> None:
    """Revisa la base, la bitácora, las llaves, el disco, los respaldos y el reloj.

    No cambia nada y se puede correr mientras se atiende. Termina con 1 si algo está mal; los avisos no cuentan. Lo que
    encuentra se ve también en el panel, en «Estado».
    """
    lugar = Instalacion(datos)
    if not datos.is_dir() or not any(datos.iterdir()):
        conexion.verificar(lugar.privada)  # una carpeta que no es: con decirlo basta
    vistos = list(revisar(lugar, cabezas))
    for como, frase, que_hacer in vistos:
        decir(f"{como}  {frase}")
        if que_hacer:
            decir(f"       {que_hacer}")
    malos, avisos = (sum(visto.estado == como for visto in vistos) for como in (MAL, AVISO))
    if lugar.privada.is_file():
        estado.anotar(datos, estado.REVISION, en=lugar.reloj().isoformat(), malos=malos, avisos=avisos)
    if malos:
        raise Fallo(f"{plural(malos, 'cosa está mal', 'cosas están mal')} en {ruta_corta(datos)}.")
    decir(f"Nada está mal; {plural(avisos, 'aviso', 'avisos')}." if avisos else "Todo está bien.")
