"""Lo de esta computadora: llaves, permisos, catálogos y disco."""

import os
import shutil
from collections.abc import Callable, Iterator

from formularios.catalogos import ErrorCatalogo

from ..instalacion import Instalacion
from .renglon import AVISO, BIEN, MAL, Renglon

POCO, MUY_POCO = 1_000_000_000, 200_000_000
"""Bytes libres en el disco: con menos se avisa, o ya es falla."""
LLAVES = ("servidor.pem", "sesion.key", "publicacion.key")


def llaves(lugar: Instalacion) -> Iterator[Renglon]:
    lecturas: dict[str, Callable[[], object]] = {
        "servidor.pem": lambda: lugar.sello,
        "sesion.key": lambda: _larga(lugar.secreto_sesion),
        "publicacion.key": lambda: _larga(lugar.secreto_publicacion),
    }
    malas = []
    for nombre in LLAVES:
        try:
            lecturas[nombre]()
        except (OSError, ValueError, TypeError):
            malas.append(nombre)
    if malas:
        yield Renglon(MAL, f"No se pueden leer estas llaves de «claves»: {', '.join(malas)}.",
                      "Revise los permisos, o recupérelas del último respaldo. No haga otras nuevas.")  # fmt: skip
    else:
        yield Renglon(BIEN, "Las llaves del servidor se leen.")
    if os.name == "nt":
        return
    privados = [lugar.privada, lugar.datos / "claves", *(lugar.datos / "claves" / nombre for nombre in LLAVES)]
    if ajenos := [ruta for ruta in privados if ruta.exists() and ruta.stat().st_mode & 0o077]:
        nombres = ", ".join(str(ruta.relative_to(lugar.datos)) for ruta in ajenos)
        ordenes = "; ".join(f"chmod {'700' if ruta.is_dir() else '600'} {ruta}" for ruta in ajenos)
        yield Renglon(MAL, f"Otras cuentas de esta computadora pueden leer: {nombres}.", f"Ciérrelos: {ordenes}")
    else:
        yield Renglon(BIEN, "Sólo la cuenta del programa lee la base y las llaves.")


def _larga(secreto: bytes) -> None:
    if len(secreto) < 32:
        raise ValueError("le faltan bytes")


def catalogos(lugar: Instalacion) -> Renglon:
    try:
        _ = lugar.catalogos
    except (ErrorCatalogo, OSError) as error:
        return Renglon(MAL, f"Un catálogo no se puede usar. {error}", "Corrija ese archivo de «catalogos».")
    return Renglon(BIEN, "Los catálogos se leen.")


def espacio(lugar: Instalacion) -> Renglon:
    libre = shutil.disk_usage(lugar.datos).free if lugar.datos.exists() else 0
    dicho = f"{libre / 1e9:,.1f} GB libres en el disco."
    if libre < MUY_POCO:
        return Renglon(MAL, f"Sólo hay {dicho}", "Libere espacio ahora: sin él no se guarda nada.")
    if libre < POCO:
        return Renglon(AVISO, f"Quedan {dicho}", "Libere espacio: respaldar y publicar necesitan copiar la base.")
    return Renglon(BIEN, f"Hay {dicho}")
