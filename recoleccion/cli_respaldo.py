"""``jornada respaldar`` y ``jornada restaurar``: todo vuelve con un papel, un archivo y una computadora."""

import os
import sys
from contextlib import closing
from pathlib import Path
from random import SystemRandom

import click
from pyrage import x25519

from .consola import Entero, Fallo, Orden, con_datos, decir, leer_texto, ruta_corta
from .consultas import ajustes, conexion
from .errores import ErrorJornada
from .fechas import fecha_corta, hora_larga, plural
from .impresos.hoja_respaldos import hoja_pdf
from .instalacion import Instalacion
from .respaldos import cuaderno, estado, hacer, levantar, llave, rotacion
from .respaldos.anterior import volver_a_la_anterior
from .servir import candado

CARPETA = "respaldos"
HOJA = Path("hoja-de-respaldos.pdf")


@click.command(cls=Orden)
@con_datos
@click.option("--a", "carpeta", type=click.Path(path_type=Path, file_okay=False), metavar="CARPETA",
              envvar="JORNADA_RESPALDOS", default=Path(CARPETA), show_default=True,
              help="Dónde se guardan; conviene otro disco.")  # fmt: skip
@click.option("--diarios", type=Entero(1, 366), default=7, show_default=True, metavar="NÚMERO",
              help="De cuántos días se guarda el último respaldo.")  # fmt: skip
@click.option("--semanales", type=Entero(0, 520), default=5, show_default=True, metavar="NÚMERO",
              help="De cuántas semanas.")  # fmt: skip
@click.option("--mensuales", type=Entero(0, 240), default=12, show_default=True, metavar="NÚMERO",
              help="De cuántos meses.")  # fmt: skip
@click.option("--nueva-llave", is_flag=True, help="Hace la llave de los respaldos y escribe su hoja; no respalda.")
@click.option("--cambiar", is_flag=True, help="Con --nueva-llave: aunque ya haya una.")
@click.option("--hoja", type=click.Path(path_type=Path, dir_okay=False), default=HOJA, show_default=True,
              metavar="ARCHIVO", help="Con --nueva-llave: dónde escribir la hoja, en PDF.")  # fmt: skip
@click.option("--en-pantalla", is_flag=True, help="Con --nueva-llave: muestra la hoja aquí en vez de escribirla.")
def respaldar(
    datos: Path, carpeta: Path, diarios: int, semanales: int, mensuales: int,
    nueva_llave: bool, cambiar: bool, hoja: Path, en_pantalla: bool,
) -> None:  # fmt: skip
    """Guarda todo en un archivo sellado, lo levanta de prueba y quita los que sobran.

    Se puede hacer mientras se atiende. El archivo sólo lo abre la hoja de papel que escribe --nueva-llave, una vez.
    Termina con 0 si el respaldo quedó y se probó; con 1 si no.
    """
    lugar = Instalacion(datos)
    if nueva_llave:
        _nueva_llave(lugar, hoja, cambiar=cambiar, en_pantalla=en_pantalla)
        return
    hecho = hacer.respaldar(lugar, carpeta, lugar.reloj(), rotacion.Plan(diarios, semanales, mensuales))
    decir(
        f"Listo: {ruta_corta(hecho.archivo)}, {plural(len(hecho.huellas), 'archivo', 'archivos')}, "
        f"{hecho.bytes / 1e6:,.1f} MB. Se levantó de prueba y quedó igual."
    )
    if hecho.con_cuaderno:
        decir(f"Al lado, {cuaderno.JUNTO}: sin él no se abren los nombres. Si copia los respaldos, llévelo también.")
    if hecho.danadas:
        que = plural(
            hecho.danadas, "foto de evidencia falta o está dañada", "fotos de evidencia faltan o están dañadas"
        )
        decir(f"Aviso: {que}. Lo demás sí se respaldó. Búsquela en un respaldo anterior.")
    if hecho.quitados:
        decir(f"{plural(len(hecho.quitados), 'respaldo viejo salió', 'respaldos viejos salieron')} de la carpeta.")


def _nueva_llave(lugar: Instalacion, hoja: Path, *, cambiar: bool, en_pantalla: bool) -> None:
    """La secreta sólo sale en el papel o en la pantalla: si no se pudo escribir ahí, no se cambia nada."""
    conexion.verificar(lugar.privada)
    if llave.hay(lugar.datos) and not cambiar:
        raise ErrorJornada("hay_llave_de_respaldos")
    hecha = llave.nueva()
    momento = lugar.reloj()
    if en_pantalla:
        decir(f"\n  Doce palabras:  {' '.join(hecha.palabras)}\n\n  {hecha.identidad}\n")
        decir("Cópielas a mano en una hoja y limpie la pantalla: no se vuelven a mostrar.")
    else:
        with closing(conexion.abrir(lugar.privada, solo_lectura=True)) as db:
            oficina = ajustes.leer(db, "oficina") or ""
        _escribir_hoja(hoja, hoja_pdf(hecha.palabras, hecha.identidad, oficina, fecha_corta(momento)))
        decir(
            f"Lista la hoja: {ruta_corta(hoja)}. Imprímala dos veces, guárdela fuera de la oficina y borre el archivo."
        )
    llave.guardar(lugar.datos, hecha.publica)
    escrita = None if en_pantalla else str(hoja.resolve())
    estado.anotar(lugar.datos, estado.HOJA, hecha_en=momento.isoformat(), probada_en=None, escrita=escrita)
    decir("Los respaldos de antes se abren con la hoja de antes: guárdela hasta que ya no queden." if cambiar
          else "Sin esa hoja nadie abre los respaldos, tampoco quien instaló el programa.")  # fmt: skip
    decir("Lo que sigue: jornada respaldar")


def _escribir_hoja(hoja: Path, contenido: bytes) -> None:
    if hoja.exists():
        raise Fallo(f"Ya hay un archivo en «{ruta_corta(hoja)}» y no se tocó.", "Diga otro con --hoja, o bórrelo.")
    hoja.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(hoja, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as archivo:
        archivo.write(contenido)


@click.command(cls=Orden)
@con_datos
@click.argument("archivo", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="[ARCHIVO]",
                required=False)  # fmt: skip
@click.option("--llave", "escritas", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="ARCHIVO",
              multiple=True, help="Archivo con las doce palabras o el AGE-SECRET-KEY; si no, se piden.")  # fmt: skip
@click.option("--solo-comprobar", is_flag=True, help="Abre el respaldo con la hoja y lo revisa; no levanta nada.")
@click.option("--sin-nombres", is_flag=True, help=f"Aunque falte {cuaderno.JUNTO}: los nombres no se abrirán.")
@click.option("--base", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="ARCHIVO",
              help="Usa esta base en vez de la del respaldo: la que saca «litestream restore».")  # fmt: skip
@click.option("--anterior", is_flag=True, help="Regresa la base a como estaba antes de actualizar el programa.")
def restaurar(
    datos: Path, archivo: Path | None, escritas: tuple[Path, ...], solo_comprobar: bool, sin_nombres: bool,
    base: Path | None, anterior: bool,
) -> None:  # fmt: skip
    """Levanta una carpeta vacía desde un respaldo. Pide las doce palabras de la hoja.

    Primero lo comprueba entero: si está dañado no cambia nada.
    """
    lugar = Instalacion(datos)
    if anterior:
        _a_la_anterior(lugar)
        return
    if archivo is None:
        orden = click.get_current_context().command
        raise click.MissingParameter(param=next(p for p in orden.params if p.name == "archivo"))
    textos = [leer_texto(ruta) for ruta in escritas] or [_preguntar_palabras()]
    secretas = [llave.identidad(texto) for texto in textos]
    if solo_comprobar:
        _comprobar(lugar, archivo, secretas)
        return
    copia = None if sin_nombres else _cuaderno_de_al_lado(archivo, secretas)
    hecho = levantar.restaurar(
        archivo, lugar, secretas, lugar.reloj(), SystemRandom(), copia, sin_nombres=sin_nombres, base=base
    )
    decir(f"Listo: {ruta_corta(datos)}, como estaba el {_dia(hecho.hecho_en)}")
    decir("Los teléfonos volverán a ofrecer lo que guardan; nada se duplica.")
    decir(
        "Lo que se dio de baja después de ese día volvió a servir: revise «Cuentas», «Teléfonos» y «Llave de nombres»."
    )
    decir("Si después del último respaldo se borraron nombres, volvieron: bórrelos otra vez, con sus actas.")
    if hecho.cabeza:
        decir(f"Cabeza de la bitácora: {hecho.cabeza}. Compárela con la última lista o informe impreso de ese día.")
    if hecho.cuaderno_mal:
        decir(f"Aviso: {cuaderno.JUNTO} es más viejo que el respaldo y le faltan llaves ({hecho.cuaderno_mal}).")
        decir("Si tiene uno más nuevo, levante otra vez con él: hay nombres que sin él no se abrirán.")
    decir("Para atenderla: jornada servir")


def _preguntar_palabras() -> str:
    """De una tubería se lee todo, para que quepa un archivo de age con sus comentarios."""
    if not sys.stdin.isatty():
        return sys.stdin.read()
    escrito: str = click.prompt("Las doce palabras de la hoja (o AGE-SECRET-KEY)")
    return escrito


def _cuaderno_de_al_lado(archivo: Path, secretas: list[x25519.Identity]) -> bytes | None:
    """La copia que abre los nombres, si está."""
    ruta = archivo.with_name(cuaderno.JUNTO)
    if not ruta.is_file():
        return None
    try:
        return cuaderno.leer(ruta, secretas)
    except ErrorJornada as error:
        if error.codigo != "respaldo_de_otra_llave":
            raise
        raise Fallo(
            f"{cuaderno.JUNTO} se selló con otra hoja que el respaldo.",
            "Escriba cada hoja en un archivo y diga las dos: --llave UNA --llave OTRA. O repita con --sin-nombres: "
            "todo lo demás vuelve, y los nombres de ese respaldo no se podrán abrir.",
        ) from error


def _comprobar(lugar: Instalacion, archivo: Path, secretas: list[x25519.Identity]) -> None:
    """Que la hoja de papel de veras abre lo que se respalda: conviene una vez al año."""
    hecho_en = levantar.comprobar(archivo, secretas, archivo.parent / ".comprobando")
    decir(f"Bien: está entero y la hoja lo abre. Se hizo el {_dia(hecho_en)}")
    junto = archivo.with_name(cuaderno.JUNTO)
    if junto.is_file():
        cuaderno.leer(junto, secretas)
        decir(f"{cuaderno.JUNTO} también se abre.")
    if llave.hay(lugar.datos) and any(llave.es_la_de_aqui(lugar.datos, secreta) for secreta in secretas):
        estado.anotar(lugar.datos, estado.HOJA, probada_en=lugar.reloj().isoformat())


def _a_la_anterior(lugar: Instalacion) -> None:
    with candado(lugar.datos):
        hecho = volver_a_la_anterior(lugar, lugar.reloj(), SystemRandom())
    decir(f"Listo: la base volvió a como estaba antes de {hecho.antes_de}.")
    decir(f"La que había quedó en {ruta_corta(hecho.guardada)}; bórrela cuando ya no haga falta.")
    decir("Lo registrado desde entonces por la página no está aquí; lo de los teléfonos lo vuelven a ofrecer ellos.")


def _dia(hecho_en: str) -> str:
    return f"{fecha_corta(hecho_en)}, {hora_larga(hecho_en)}"
