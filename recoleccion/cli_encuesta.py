"""``jornada encuesta``: lo mismo que la parte «Encuestas» del panel, desde la terminal."""

from contextlib import closing
from pathlib import Path

import click
from sqlite_utils import Database

from formularios import diferencias
from formularios.aparte import Leido, leer_aqui
from formularios.instrumento import Instrumento

from .consola import Entero, Fallo, Grupo, con_datos, decir, ruta_corta
from .consultas import bitacora, conexion, instrumentos
from .fechas import fecha_corta, plural
from .instalacion import Instalacion


@click.group(cls=Grupo)
def encuesta() -> None:
    """Agrega, lista y saca encuestas en hojas de cálculo (XLSForm)."""


@encuesta.command()
@con_datos
@click.argument("archivo", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="ARCHIVO")
@click.option("--guardar", is_flag=True, help="La guarda; sin esto sólo dice qué se leyó.")
@click.option("--quitar", is_flag=True, help="Quita lo que aquí no se guarda: fotos, horas, desde qué teléfono.")
def importar(datos: Path, archivo: Path, guardar: bool, quitar: bool) -> None:
    """Lee una encuesta .xlsx, .xls, .csv o .zip y dice qué trae, o qué hay que corregir."""
    instalacion = Instalacion(datos)
    with _base(instalacion) as db:
        leido = leer_aqui(archivo.name, archivo.read_bytes())
        hallada = _contar(leido.recortada if quitar and leido.recortada else leido)
        if not guardar:
            decir("No se guardó. Para guardarla, repita con --guardar.")
            return
        ahora = instalacion.reloj()
        with conexion.escritura(db):
            nueva = instrumentos.guardar(db, hallada, ahora)
            if nueva:
                bitacora.anotar(db, ahora, "consola", "guardar encuesta", f"encuesta {hallada.clave} {hallada.version}")
    cual = f"«{hallada.titulo}», versión {hallada.version}"
    decir(f"Se guardó {cual}. Ya se puede elegir en un evento." if nueva else f"Ya estaba guardada {cual}, igual.")


def _contar(leido: Leido) -> Instrumento:
    """Lo que se leyó, en la terminal. :raises Fallo: si hay que corregir algo."""
    for nota in leido.problemas:
        decir(f"{nota.donde}: {nota.que_pasa} {nota.que_escribir}")
    if leido.instrumento is None:
        cuantas = plural(len(leido.problemas), "cosa por corregir", "cosas por corregir")
        sin_eso = " O repita con --quitar: es sólo lo que aquí no se guarda." if leido.recortada else ""
        raise Fallo(f"Hay {cuantas}; no se guardó nada.", f"Corrija la hoja y repita.{sin_eso}")
    hallada = leido.instrumento
    numeros = hallada.numeros
    decir(f"{hallada.titulo} (clave {hallada.clave}, versión {hallada.version}), toma {hallada.duracion}:")
    for pregunta in hallada.preguntas:
        numero = f"{numeros[pregunta.clave]}." if pregunta.clave in numeros else "-"
        decir(f"  {numero:>4} {pregunta.texto or pregunta.clave} [{diferencias.PALABRAS[pregunta.tipo]}]")
    for nota in leido.avisos:
        decir(f"Aviso. {nota.donde}: {nota.que_pasa} {nota.que_escribir}".rstrip())
    return hallada


@encuesta.command()
@con_datos
def listar(datos: Path) -> None:
    """Dice qué encuestas hay, con su última versión y cuántas contestaciones se han contado."""
    with _base(Instalacion(datos)) as db:
        for fila in instrumentos.listar(db):
            guardada = f", guardada el {fecha_corta(fila['guardado_en'][:10])}" if fila["guardado_en"] else ""
            contadas = plural(fila["contestaciones"], "contestación contada", "contestaciones contadas")
            retirada = "; ya no se ofrece" if fila["retirado_en"] else ""
            decir(f"{fila['clave']:<20} versión {fila['version']}{guardada}; {contadas}{retirada}. {fila['titulo']}")


@encuesta.command()
@con_datos
@click.argument("clave", metavar="CLAVE")
@click.option("--version", type=Entero(1, 2**53), metavar="NÚMERO", help="Cuál; si no se dice, la última.")
@click.argument("archivo", type=click.Path(path_type=Path, dir_okay=False), metavar="ARCHIVO")
def exportar(datos: Path, clave: str, version: int | None, archivo: Path) -> None:
    """Escribe una encuesta en ARCHIVO, que termina en .xlsx, .csv o .zip. Importarlo da la misma encuesta."""
    from formularios.xlsform.empacar import empacar  # noqa: PLC0415  # carga pyxform

    if archivo.exists():
        raise Fallo(f"Ya hay un archivo en {ruta_corta(archivo)}, y no se tocó.", "Diga otro nombre.")
    extension = archivo.suffix.lower().removeprefix(".")
    if extension not in ("xlsx", "csv", "zip"):
        raise Fallo("El archivo debe terminar en .xlsx, .csv o .zip.")
    with _base(Instalacion(datos)) as db:
        hallada = instrumentos.leer(db, clave, version or instrumentos.ultima_version(db, clave))
    salida, contenido = empacar(hallada, "csv" if extension == "csv" else "xlsx")
    if salida != extension:
        motivo = "Usa opciones de otros archivos" if salida == "zip" else "Es un solo archivo"
        raise Fallo(f"{motivo}: no cabe en un .{extension}.", f"Diga un nombre que termine en .{salida}.")
    archivo.write_bytes(contenido)
    decir(f"Listo: {ruta_corta(archivo)}, con «{hallada.titulo}», versión {hallada.version}.")


def _base(instalacion: Instalacion) -> "closing[Database]":
    """La base, revisada y abierta mientras dure el bloque."""
    conexion.verificar(instalacion.privada)
    return closing(conexion.abrir(instalacion.privada))
