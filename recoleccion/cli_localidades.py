"""``jornada localidades``: carga las localidades del INEGI en los catálogos."""

from contextlib import closing
from pathlib import Path

import click

from formularios import localidades as inegi
from formularios.hoja_catalogo import CambioAjeno

from .consola import Entero, Fallo, Orden, con_datos, decir, ruta_corta
from .consultas import bitacora, conexion, oficina
from .consultas import localidades as consulta
from .fechas import numero, plural
from .instalacion import Instalacion

A_LA_VISTA = 12


@click.command(cls=Orden)
@con_datos
@click.argument("archivo", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="ARCHIVO")
@click.option("--municipio", metavar="CLAVE", help="Cinco cifras del INEGI; si no se dice, el de la carpeta.")
@click.option("--minimo", metavar="NÚMERO", type=Entero(min=0), default=1, show_default=True,
              help="Deja fuera las localidades con menos habitantes.")  # fmt: skip
@click.option("--zona", metavar="CLAVE", help="Zona de las que no son la cabecera y todavía no tienen una.")
@click.option("--solo-ver", is_flag=True, help="Dice qué se cargaría y no cambia nada.")
def localidades(
    datos: Path, archivo: Path, municipio: str | None, minimo: int, zona: str | None, solo_ver: bool
) -> None:
    """Lee el catálogo de localidades del INEGI y lo agrega al de la oficina.

    Sirven el catálogo AGEEML (inegi.org.mx/app/ageeml) y la tabla ITER del censo, en CSV o en el .zip como se baja.
    Las que ya estaban conservan su nombre y su clave.
    """
    lugar = Instalacion(datos)
    conexion.verificar(lugar.privada)
    with closing(conexion.abrir(lugar.privada)) as db:
        suyo = municipio or oficina.clave_inegi(db, lugar)
        if suyo is None or not inegi.es_municipio(suyo):
            raise Fallo("Falta la clave del municipio.", "Dígala con --municipio: son cinco cifras, como 14111.")
        try:
            lectura = inegi.leer(archivo.name, archivo.read_bytes(), suyo)
        except inegi.ErrorLocalidades as error:
            raise Fallo(str(error), "No se cambió nada.") from error
        vista = consulta.previa(db, lugar, lectura, archivo.name, minimo)
        if zona is not None and zona not in dict(vista.zonas):
            hay = ", ".join(clave for clave, _ in vista.zonas) or "ninguna"
            raise Fallo(f"No hay una zona «{zona}».", f"Fuera de la cabecera hay: {hay}.")
        _decir(vista)
        if solo_ver:
            decir("No se cambió nada.")
            return
        if vista.sobran:
            raise Fallo(f"No caben: sobran {numero(vista.sobran)}. No se cambió nada.", "Suba el número de --minimo.")
        repartidas = {fila["clave"]: fila["zona"] or zona or "" for fila in vista.filas}
        try:
            with conexion.escritura(db):
                hoja, _ = consulta.guardar(db, lugar, vista, repartidas)
                detalle = f"{archivo.name}: {plural(vista.nuevas, 'nueva', 'nuevas')}"
                bitacora.anotar(db, lugar.reloj(), "consola", "cargar localidades", "catálogo localidad", detalle)
        except CambioAjeno as error:
            raise Fallo("Alguien más cambió los catálogos al mismo tiempo.", "Repita la orden.") from error
    decir(f"Guardado en {ruta_corta(lugar.carpeta_catalogos / hoja.regla.archivo)}.")
    if sin_zona := sum(not una for una in repartidas.values()):
        quedan = plural(sin_zona, "localidad quedó", "localidades quedaron")
        decir(f"{quedan} sin zona. Póngasela en el panel, en «Catálogos», o repita con --zona.")


def _decir(vista: consulta.Previa) -> None:
    decir(f"{vista.lectura.nombre or 'Municipio'} ({vista.lectura.municipio})")
    for fila in vista.filas[:A_LA_VISTA]:
        habitantes = "" if fila["poblacion"] is None else f"{fila['poblacion']:>9,}"
        decir(f"  {fila['clave']}  {fila['etiqueta']:<40} {habitantes}  {'nueva' if fila['nueva'] else 'ya estaba'}")
    if len(vista.filas) > A_LA_VISTA:
        decir(f"  … y {numero(len(vista.filas) - A_LA_VISTA)} más")
    ya = len(vista.filas) - vista.nuevas
    decir(f"{plural(vista.nuevas, 'nueva', 'nuevas')}, {numero(ya)} que ya {'estaba' if ya == 1 else 'estaban'}.")
    if vista.fuera:
        decir(f"Quedan fuera {plural(vista.fuera, 'localidad', 'localidades')} con menos de {numero(vista.minimo)}"
              " habitantes.")  # fmt: skip
    for aviso in vista.lectura.avisos:
        decir(f"Aviso: {aviso}")
