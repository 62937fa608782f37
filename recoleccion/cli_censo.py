"""``jornada censo``: llena la población por edad con la tabla del INEGI."""

from contextlib import closing
from pathlib import Path

import click

from publicacion import censo as habitantes
from publicacion.errores import ErrorPublicacion

from .consola import Fallo, Orden, con_datos, decir, ruta_corta
from .consultas import conexion, oficina
from .instalacion import Instalacion


@click.command(cls=Orden)
@con_datos
@click.argument("archivo", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="ARCHIVO")
@click.option("--municipio", metavar="CLAVE", help="Cinco cifras del INEGI; si no se dice, el que ya está.")
def censo(datos: Path, archivo: Path, municipio: str | None) -> None:
    """Lee la tabla ITER del INEGI y guarda cuánta gente vive en cada zona.

    Con eso, al publicar se esconde lo que diría que fue casi toda la gente de un grupo. La tabla se baja de
    inegi.org.mx: Censo 2020, «Principales resultados por localidad (ITER)», en CSV.
    """
    lugar = Instalacion(datos)
    catalogos = lugar.carpeta_catalogos
    if municipio is not None and not (len(municipio) == 5 and municipio.isdecimal()):
        raise Fallo(f"«{municipio}» no es una clave de municipio.", "Son cinco cifras, como 14111.")
    try:
        renglones = habitantes.leer_iter(
            archivo,
            municipio=municipio or _el_suyo(lugar) or habitantes.municipio_de(catalogos),
            localidades=habitantes.localidades_de(catalogos),
        )
    except ErrorPublicacion as error:
        raise Fallo(error.mensaje, f"{error.que_hacer} No se cambió nada.") from error
    ruta = habitantes.escribir_censo(catalogos, renglones)
    for zona, cuantas in habitantes.resumen(renglones):
        decir(f"  {zona:<20} {cuantas:>9,} habitantes")
    decir(f"Guardado en {ruta_corta(ruta)}. Vale para los lotes que se publiquen desde ahora.")


def _el_suyo(lugar: Instalacion) -> str | None:
    """La clave con que se preparó la carpeta, si ya tiene base."""
    if not lugar.privada.exists():
        return None
    with closing(conexion.abrir(lugar.privada, solo_lectura=True)) as db:
        return oficina.clave_inegi(db, lugar)
