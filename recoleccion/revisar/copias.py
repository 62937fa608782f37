"""Lo que hace que todo vuelva: respaldos al día y probados, la hoja que los abre y, si se usa, la réplica."""

import os
from collections.abc import Iterator
from datetime import timedelta

from ..fechas import fecha_corta, hora_larga
from ..instalacion import Instalacion
from ..respaldos import estado, llave, replica
from .renglon import AVISO, BIEN, MAL, Renglon

TARDE, MUY_TARDE = timedelta(hours=36), timedelta(days=4)
"""Un respaldo diario que se saltó un día; más de tres seguidos."""
PROBAR_CADA = timedelta(days=400)
"""Cada cuánto conviene probar que la hoja de papel abre los respaldos."""
SIN_LATIDO = timedelta(minutes=15)


def todas(lugar: Instalacion, modo: str) -> Iterator[Renglon]:
    """:param modo: en ``produccion`` no respaldar es una falla; antes, un aviso."""
    yield respaldo(lugar, modo)
    if llave.hay(lugar.datos):
        yield hoja(lugar)
    if replica.se_usa(lugar.datos):
        yield latido(lugar)


def respaldo(lugar: Instalacion, modo: str) -> Renglon:
    visto, ahora = estado.leer(lugar.datos, estado.RESPALDO), lugar.reloj()
    hecho, fallo = estado.cuando(visto, "hecho_en"), estado.cuando(visto, "fallo_en")
    sin = MAL if modo == "produccion" else AVISO
    if not llave.hay(lugar.datos):
        return Renglon(sin, "No se hacen respaldos: falta su llave.", "Hágala: jornada respaldar --nueva-llave")
    if hecho is None:
        return Renglon(sin, "Todavía no hay ningún respaldo.", "Haga uno: jornada respaldar --a CARPETA")
    cuando = f"{fecha_corta(hecho)}, {hora_larga(hecho)}"
    if fallo and fallo > hecho:
        return Renglon(MAL, f"El último respaldo no se pudo hacer; el bueno es del {cuando}",
                       "Vea que su disco esté conectado y con espacio, y repita: jornada respaldar")  # fmt: skip
    if ahora - hecho > TARDE:
        grave = MAL if ahora - hecho > MUY_TARDE else AVISO
        return Renglon(grave, f"El último respaldo ya es viejo: es del {cuando}",
                       "Haga uno ahora, y revise que la tarea de cada noche esté puesta.")  # fmt: skip
    if visto.get("danadas"):
        return Renglon(AVISO, f"El respaldo del {cuando} se hizo, pero faltan fotos o están dañadas.",
                       "Búsquelas en un respaldo anterior antes de que salga de la carpeta.")  # fmt: skip
    return Renglon(BIEN, f"El último respaldo es del {cuando}, y se levantó de prueba.")


def hoja(lugar: Instalacion) -> Renglon:
    visto = estado.leer(lugar.datos, estado.HOJA)
    if os.path.isfile(visto.get("escrita") or ""):  # Path.is_file() falla donde no se puede entrar
        return Renglon(AVISO, "La hoja de los respaldos sigue en esta computadora: quien la copie abre todos.",
                       f"Imprímala y borre {visto['escrita']}")  # fmt: skip
    probada = estado.cuando(visto, "probada_en")
    if probada is None or lugar.reloj() - probada > PROBAR_CADA:
        desde = f"desde el {fecha_corta(probada)}" if probada else "nunca"
        return Renglon(AVISO, f"La hoja de los respaldos no se ha probado {desde}.",
                       "Con la hoja en la mano: jornada restaurar RESPALDO --solo-comprobar")  # fmt: skip
    return Renglon(BIEN, f"La hoja de los respaldos se probó el {fecha_corta(probada)}.")


def latido(lugar: Instalacion) -> Renglon:
    ultimo = replica.ultimo_latido(lugar.datos)
    revise = "Vea si «jornada replicar» está corriendo y si el destino responde. Mientras, los respaldos siguen."
    if ultimo is None:
        return Renglon(MAL, "La réplica está puesta y nunca ha dado señal.", revise)
    if lugar.reloj() - ultimo > SIN_LATIDO:
        return Renglon(MAL, f"La réplica no da señal desde el {fecha_corta(ultimo)}, {hora_larga(ultimo)}", revise)
    return Renglon(BIEN, "La réplica va al corriente.")
