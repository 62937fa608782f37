"""``jornada retencion`` y ``jornada cuaderno``: borrar de veras lo que ya venció, y cuidar con qué se lee lo demás."""

from contextlib import closing
from datetime import datetime
from pathlib import Path

import click
from sqlite_utils import Database

from .consola import Fallo, Orden, con_datos, confirmar, decir, ruta_corta
from .consultas import actas, ajustes, bitacora, conexion, cuaderno_llaves, derechos, identidades, ranuras, retencion
from .consultas.conexion import escritura
from .consultas.disco import poner
from .fechas import fecha_corta, numero, plural
from .impresos.acta import papel_pdf
from .impresos.derechos import de_borrado
from .instalacion import Instalacion
from .respaldos import cuaderno, llave

QUIEN = "consola"


@click.command("retencion", cls=Orden)
@con_datos
@click.option("--solo-ver", is_flag=True, help="Sólo dice qué se borraría; no cambia nada.")
@click.option("--borrar", type=int, metavar="AÑO", help="Borra los nombres de ese año, ya vencido, y deja su acta.")
@click.option("--acta", type=click.Path(dir_okay=False, path_type=Path), metavar="PDF",
              help="Dónde escribir el acta; sin decirlo, en la carpeta donde se está.")  # fmt: skip
@click.option("--si", is_flag=True, help="No pregunta antes de borrar.")
def orden_retencion(datos: Path, solo_ver: bool, borrar: int | None, acta: Path | None, si: bool) -> None:
    """Dice hasta cuándo se guardan los nombres de cada año y borra los que ya vencieron.

    Sin opciones sólo informa; termina con 1 si hay algo vencido, para ponerla en una tarea programada. Lo borrado no lo
    abre después ni un respaldo de antes. De paso olvida quién pidió en las solicitudes ARCO que cumplieron su plazo.
    """
    lugar = Instalacion(datos)
    conexion.verificar(lugar.privada)
    with closing(conexion.abrir(lugar.privada)) as db:
        ahora = lugar.reloj()
        if borrar is None:
            _informar(db, ahora, solo_ver=solo_ver)
        else:
            _borrar(db, lugar, borrar, ahora, acta, si=si, solo_ver=solo_ver)


def _informar(db: Database, ahora: datetime, *, solo_ver: bool) -> None:
    conserva, hoy = retencion.conserva(db), ahora.date()
    ultimo = retencion.ultimo_vencido(hoy, conserva)
    nombres, hojas = retencion.por_anio(db), retencion.hojas_por_anio(db)
    vencidos = 0
    for anio in sorted({*nombres, *hojas}):
        vencido = anio <= ultimo
        vencidos += vencido
        decir(
            f"{anio}  {plural(nombres.get(anio, 0), 'nombre o teléfono', 'nombres o teléfonos')},"
            f" {plural(hojas.get(anio, 0), 'foto de lista', 'fotos de listas')};"
            f" hasta el 31/12/{anio + conserva}{'  YA VENCIÓ' if vencido else ''}"
        )
    if not nombres and not hojas:
        decir("No hay nombres, teléfonos ni fotos de listas guardados.")
    por_olvidar = len(derechos.por_olvidar(db, hoy))
    if por_olvidar and not solo_ver:
        derechos.olvidar(db, hoy)
        ranuras.rematar(db)
        bitacora.anotar(db, ahora, QUIEN, "olvidar quién pidió", "solicitudes ARCO", numero(por_olvidar))
    if por_olvidar:
        que = "se puede olvidar" if solo_ver else "se olvidó"
        decir(f"De {plural(por_olvidar, 'solicitud ARCO', 'solicitudes ARCO')} terminadas {que} quién pidió.")
    if vencidos and not solo_ver:
        raise Fallo(
            f"{plural(vencidos, 'año ya venció', 'años ya vencieron')}.",
            "Archive las listas firmadas y después: jornada retencion --borrar AÑO",
        )


def _borrar(
    db: Database, lugar: Instalacion, anio: int, ahora: datetime, acta: Path | None, *, si: bool, solo_ver: bool
) -> None:
    datos = retencion.por_borrar(db, anio)
    decir(f"Del programa {anio}: {plural(datos['nombres'], 'nombre o teléfono', 'nombres o teléfonos')} de "
          f"{plural(len(datos['eventos']), 'evento', 'eventos')} y "
          f"{plural(datos['hojas'], 'foto de lista', 'fotos de listas')}.")  # fmt: skip
    for evento in datos["eventos"]:
        decir(f"  {fecha_corta(evento['fecha'])}  {evento['titulo']}: {numero(evento['nombres'])}")
    if solo_ver:
        return
    retencion.exigir_vencido(db, anio, ahora.date())
    archivo = acta or Path(f"acta-nombres-{anio}.pdf")
    if archivo.exists():
        raise Fallo(f"Ya existe {ruta_corta(archivo)}; no se borró nada.", "Diga otro con --acta.")
    if not si:
        confirmar("No se deshace, ni con un respaldo. ¿Borrarlos para siempre?")
    id = retencion.borrar_con_acta(db, anio, ahora=ahora, quien=QUIEN)
    retencion.rematar(db, lugar.evidencias)
    hecha = actas.leer(db, id)
    assert hecha is not None
    archivo.write_bytes(papel_pdf(de_borrado(ajustes.leer(db, "oficina") or "", hecha)))
    decir(f"Se borraron. El acta quedó en {ruta_corta(archivo)}; imprímala, fírmela y archívela.")
    if pendientes := ranuras.revisar(db).por_rematar:
        raise Fallo(
            f"Falta destruir {plural(pendientes, 'llave', 'llaves')} del cuaderno: un respaldo viejo aún las usa.",
            "Revise el disco y los permisos de claves/nombres.llaves; se termina solo al arrancar «jornada servir».",
        )


@click.command("cuaderno", cls=Orden)
@con_datos
@click.option("--unir", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="ARCHIVO",
              help="Otra copia, o nombres.llaves.age: completa lo que a éste le falte.")  # fmt: skip
@click.option("--empezar-otro", is_flag=True,
              help="Si se perdió sin remedio: uno nuevo. Los nombres de antes no se leerán.")  # fmt: skip
def orden_cuaderno(datos: Path, unir: Path | None, empezar_otro: bool) -> None:
    """Dice si se pueden leer los nombres guardados, y completa el cuaderno de llaves con otra copia.

    El cuaderno (claves/nombres.llaves) tiene una llave por cada nombre. Lo borrado sigue borrado aunque la copia sea de
    antes. Pare «jornada servir» para unir.
    """
    lugar = Instalacion(datos)
    conexion.verificar(lugar.privada)
    with closing(conexion.abrir(lugar.privada)) as db:
        if unir is not None:
            _unir(db, lugar, unir)
        if empezar_otro:
            _empezar_otro(db, lugar)
        visto = ranuras.revisar(db)
    decir(f"{plural(visto.cubiertos, 'nombre se puede', 'nombres se pueden')} leer con la llave de la oficina.")
    if visto.borrados:
        decir(f"{plural(visto.borrados, 'se borró', 'se borraron')} después de este respaldo, y así sigue.")
    if visto.descubiertos:
        decir(f"{plural(visto.descubiertos, 'espera', 'esperan')} su segunda capa; se les pone al arrancar.")
    if not visto.bien and not (visto.inservible is None and visto.descubiertos and not visto.sin_llave):
        raise Fallo(
            visto.inservible
            or f"De {plural(visto.sin_llave + visto.danados, 'nombre', 'nombres')} no está la llave, o no es ésa.",
            "No borre nada. Busque nombres.llaves.age junto al último respaldo y únalo con --unir.",
        )


def _unir(db: Database, lugar: Instalacion, otra: Path) -> None:
    suyo = cuaderno_llaves.lugar(lugar.datos)
    contenido = otra.read_bytes()
    if not contenido.startswith(cuaderno_llaves.MAGIA):
        contenido = cuaderno.leer(otra, [llave.identidad(click.prompt("Las doce palabras de la hoja de respaldos"))])
    id, _ = ranuras.id_y_marca(db)
    if contenido[:32] != cuaderno_llaves.MAGIA or contenido[32:48] != id:
        raise Fallo(f"{ruta_corta(otra)} no es una copia del cuaderno de esta oficina.", "No se cambió nada.")
    with escritura(db):  # con la puerta cerrada nadie toma ranuras mientras se cambia el archivo
        try:
            junto = cuaderno_llaves.unir(suyo.read_bytes(), contenido) if suyo.is_file() else contenido
        except cuaderno_llaves.CuadernoInservible:
            junto = contenido  # el que había no es un cuaderno: se guarda aparte
            suyo.replace(suyo.with_name(f"{suyo.name}.mal"))
        poner(suyo, junto)
    ranuras.al_empezar(db)
    identidades.cubrir_las_descubiertas(db)
    bitacora.anotar(db, lugar.reloj(), QUIEN, "unir cuaderno", "cuaderno de los nombres")
    decir("Se unieron.")


def _empezar_otro(db: Database, lugar: Instalacion) -> None:
    """El nuevo lleva el id del que falta: si un día aparece, se unen y todo se lee."""
    suyo = cuaderno_llaves.lugar(lugar.datos)
    if suyo.exists():
        raise Fallo("Ya hay un cuaderno y no se tocó.", "Si está dañado, primero muévalo a otra carpeta y guárdelo.")
    with escritura(db):
        cuaderno_llaves.crear(suyo, *ranuras.id_y_marca(db))
        ranuras.saltar(db)
        ranuras.nueva(db)  # las llaves se hacen ya: desde ahora nada falta por delante
    identidades.cubrir_las_descubiertas(db)
    bitacora.anotar(db, lugar.reloj(), QUIEN, "empezar otro cuaderno", "cuaderno de los nombres")
    decir("Se hizo otro. Guarde el de antes si aparece: con --unir se vuelven a leer esos nombres.")
