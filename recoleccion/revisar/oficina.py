"""La base y lo que dice: que esté entera, que la bitácora cuadre, que haya a quién llamar y quién abra los nombres."""

import hashlib
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from sqlite_utils import Database

from ..consultas import bitacora, cadena, codigos_unicos, conexion, directorio, evidencias, llave, ranuras, revision
from ..errores import ErrorJornada
from ..fechas import fecha_corta, hora_larga, numero, plural
from ..instalacion import Instalacion
from .renglon import AVISO, BIEN, MAL, Renglon

ATRAS, ADELANTE = timedelta(minutes=5), timedelta(days=400)
"""Cuánto puede ir el reloj por detrás o por delante del último renglón de la bitácora."""
RESPALDO = "No borre nada. Guarde una copia de la carpeta y recupere el último respaldo con «jornada restaurar»."


def base(lugar: Instalacion, cabezas: tuple[str, ...]) -> Iterator[Renglon]:
    try:
        with closing(conexion.abrir(lugar.privada, solo_lectura=True)) as db:
            yield from _base_abierta(db, lugar, cabezas)
    except ErrorJornada as error:
        yield Renglon(MAL, error.mensaje, error.que_hacer)


def _base_abierta(db: Database, lugar: Instalacion, cabezas: tuple[str, ...]) -> Iterator[Renglon]:
    if danos := revision.danos(db, lugar.privada):
        yield Renglon(MAL, f"La base está dañada: {danos[0]}", RESPALDO)
        return
    yield Renglon(BIEN, "La base está entera.")
    if sueltas := revision.sin_su_otra_parte(db):
        donde = ", ".join(f"{tabla} ({numero(cuantos)})" for tabla, cuantos in sueltas.items())
        yield Renglon(MAL, f"Hay renglones que nombran a otro que no está: {donde}.", RESPALDO)
    else:
        yield Renglon(BIEN, "Cada renglón tiene a los que nombra.")
    esquema = _ESQUEMAS[revision.esquema(db)]
    yield esquema
    if esquema.estado != BIEN:
        yield Renglon(AVISO, "La bitácora, el reloj y las fotos no se revisaron.", "Primero lo de arriba.")
        return
    yield from bitacora_entera(db, cabezas)
    for revisar in (reloj, _ayuda, _llave_de_nombres, _cuaderno, _fotos, _titulares):
        yield revisar(db, lugar)


_ESQUEMAS = {
    "al_dia": Renglon(BIEN, "La base es de esta versión del programa."),
    "atrasado": Renglon(
        AVISO, "La base es de una versión anterior.", "Haga un respaldo; «jornada servir» la pone al día al arrancar."
    ),
    "adelantado": Renglon(
        MAL, "La base es de una versión más nueva que este programa.", "Actualice el programa en esta computadora."
    ),
    "vacio": Renglon(MAL, "El archivo de datos no es de jornada o está vacío.", RESPALDO),
}


def bitacora_entera(db: Database, cabezas: tuple[str, ...]) -> Iterator[Renglon]:
    vista = bitacora.revisar(db)
    aparte = "Guarde una copia de la carpeta, busque en un respaldo anterior qué decía y avise a su contraloría."
    if vista.rotos:
        primeros = ", ".join(numero(id) for id in vista.rotos[:5])
        de = "el renglón" if len(vista.rotos) == 1 else f"{len(vista.rotos)} renglones; los primeros,"
        yield Renglon(MAL, f"La bitácora se cambió por fuera, o le falta algo justo antes: {de} {primeros}.", aparte)
    if vista.falta_el_final:
        yield Renglon(MAL, "A la bitácora le faltan o le sobran renglones al final.", aparte)
    if vista.completa:
        corta = f"; cabeza {vista.cabeza.corta}" if vista.cabeza else ""
        yield Renglon(BIEN, f"La bitácora está completa: {plural(vista.cuantos, 'renglón', 'renglones')}{corta}.")
    for impreso in cabezas:
        if fila := bitacora.de_papel(db, impreso):
            dia, hora = fecha_corta(fila["cuando"]), hora_larga(fila["cuando"])
            yield Renglon(BIEN, f"«{impreso}» es el renglón {numero(fila['id'])}, del {dia} a las {hora}.")
        else:
            yield Renglon(
                MAL,
                f"«{impreso}» no está en la bitácora.",
                f"Revise que sean las {cadena.LARGO_CORTO} letras y números. Si lo son, los renglones de entonces se "
                "perdieron: se levantó un respaldo anterior a esa hoja, o alguien rehízo la bitácora.",
            )


def reloj(db: Database, lugar: Instalacion) -> Renglon:
    ahora, ultima = lugar.reloj(), revision.ultima_hora(db)
    poner = "Ponga la hora de esta computadora en automático y repita."
    if ultima and ahora < ultima - ATRAS:
        return Renglon(MAL, f"El reloj va atrasado: lo último se anotó el {fecha_corta(ultima)} y hoy dice ser "
                       f"{fecha_corta(ahora)}, a las {hora_larga(ahora)}.", poner)  # fmt: skip
    if ultima and ahora > ultima + ADELANTE:
        return Renglon(AVISO, f"Hace más de un año que no se anota nada (lo último, el {fecha_corta(ultima)}); quizá "
                       "el reloj va adelantado.", poner)  # fmt: skip
    return Renglon(BIEN, f"El reloj dice {fecha_corta(ahora)}, {hora_larga(ahora)}")


def _ayuda(db: Database, lugar: Instalacion) -> Renglon:
    lineas = directorio.ayuda(db)
    if not lineas:
        return Renglon(MAL, "No hay ningún teléfono de ayuda que dar.", "Agréguelos en el panel, en «Directorio».")
    if viejas := directorio.sin_verificar(lineas, lugar.reloj().date()):
        nombres = ", ".join(linea["nombre"] for linea in viejas[:4]) + ("…" if len(viejas) > 4 else "")
        cuantos = plural(len(viejas), "teléfono de ayuda no se ha", "teléfonos de ayuda no se han")
        return Renglon(AVISO, f"{cuantos} marcado en medio año: {nombres}.", "Márquelos y anótelo en «Directorio».")
    return Renglon(BIEN, "Los teléfonos de ayuda están verificados.")


def _llave_de_nombres(db: Database, _lugar: Instalacion) -> Renglon:
    if llave.hay(db):
        return Renglon(BIEN, "Los nombres se guardan sellados para la llave de la oficina.")
    return Renglon(AVISO, "No hay llave de nombres: no se piden nombres.", "Créela en el panel, en «Llave de nombres».")


def _titulares(db: Database, _lugar: Instalacion) -> Renglon:
    sola = codigos_unicos.se_puede_quedar_afuera(db)
    if sola is None:
        return Renglon(BIEN, "Ninguna titular se puede quedar afuera: hay dos, o códigos impresos.")
    return Renglon(AVISO, f"Hay una sola titular («{sola.usuario}») y no tiene códigos impresos.",
                   "Que los imprima en el panel, en «Mi entrada», o que dé de alta a otra titular.")  # fmt: skip


def _cuaderno(db: Database, _lugar: Instalacion) -> Renglon:
    visto = ranuras.revisar(db)
    if visto.inservible:
        return Renglon(MAL, f"El cuaderno de los nombres no se puede usar: {visto.inservible}.",
                       "Sin él los nombres no se abren. Su copia está junto a los respaldos.")  # fmt: skip
    if malos := visto.sin_llave + visto.danados:
        que = plural(malos, "nombre no se podrá abrir", "nombres no se podrán abrir")
        return Renglon(MAL, f"{que}: su llave no está en el cuaderno.",
                       "Quizá se levantó un respaldo sin su nombres.llaves.age. Búsquelo antes de seguir.")  # fmt: skip
    if visto.descubiertos or visto.por_rematar:
        return Renglon(AVISO, "Hay nombres por cubrir o por acabar de borrar.", "«jornada servir» lo hace al arrancar.")
    return Renglon(BIEN, f"El cuaderno de los nombres está completo: {numero(visto.cubiertos)}.")


def _fotos(db: Database, lugar: Instalacion) -> Renglon:
    debidas = dict(evidencias.vigentes(db))
    carpeta = lugar.evidencias
    hay = {archivo.name for archivo in carpeta.iterdir()} if carpeta.is_dir() else set()
    if perdidas := debidas.keys() - hay:
        que = plural(len(perdidas), "foto de evidencia no tiene", "fotos de evidencia no tienen")
        return Renglon(MAL, f"{que} su archivo.", "Búsquelo en un respaldo anterior, en «evidencias».")
    if otras := [nombre for nombre, huella in debidas.items() if _huella(carpeta / nombre) != huella]:
        que = plural(len(otras), "foto de evidencia está dañada", "fotos de evidencia están dañadas")
        return Renglon(MAL, f"{que}.", "Busque su archivo en un respaldo anterior, en «evidencias».")
    if sobran := hay - debidas.keys():
        que = plural(len(sobran), "archivo", "archivos")
        return Renglon(AVISO, f"En «evidencias» hay {que} que nadie nombra.", "«jornada servir» los quita al arrancar.")
    return Renglon(BIEN, f"Las evidencias están completas: {numero(len(debidas))}.")


def _huella(ruta: Path) -> str:
    with ruta.open("rb") as archivo:
        return hashlib.file_digest(archivo, "sha256").hexdigest()
