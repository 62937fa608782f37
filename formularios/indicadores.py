"""Con qué se mide una línea del programa anual, y el indicador que se sugiere para cada una.

Las sugerencias vienen en ``indicadores.csv`` y nunca traen una cantidad: la meta la pone la titular.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from .catalogos import INICIALES, ErrorCatalogo

ARCHIVO = "indicadores.csv"
COLUMNAS = ("clave", "indicador", "unidad", "medida")
MEDIDAS: Mapping[str, str] = {
    "actividades": "Sólo lo que se anota en «Actividades»",
    "eventos": "Los eventos realizados de la línea",
    "asistencias": "Las asistencias a sus eventos",
    "sesiones": "Las sesiones de sus series",
    "vinculos": "Las instituciones que organizaron con usted, en cada evento",
    "instituciones": "Las instituciones del directorio verificadas en el trimestre",
    "contestaciones": "Las encuestas contestadas en sus eventos, ya contadas",
}
"""Qué dan los registros; lo que se anota en «Actividades» como avance siempre se agrega."""


@dataclass(frozen=True)
class Indicador:
    """``medida`` es una clave de :data:`MEDIDAS`; ``unidad``, en plural."""

    indicador: str
    unidad: str
    medida: str

    def a_dict(self) -> dict[str, str]:
        return asdict(self)


def sugeridos(carpeta: Path) -> dict[str, Indicador]:
    """El indicador que se sugiere para cada línea, por su clave; si la carpeta no trae el archivo, el inicial.

    :raises ErrorCatalogo: con archivo, fila y qué corregir.
    """
    ruta = carpeta / ARCHIVO
    if not ruta.is_file():
        ruta = INICIALES / ARCHIVO
    try:
        texto = ruta.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise ErrorCatalogo(f"{ARCHIVO}: no se pudo leer. Guárdelo como «CSV UTF-8».") from None
    encabezado = texto.partition("\n")[0]
    lector = csv.DictReader(io.StringIO(texto), delimiter=";" if ";" in encabezado else ",")
    if tuple(lector.fieldnames or ()) != COLUMNAS:
        raise ErrorCatalogo(f"{ARCHIVO}, fila 1: la primera fila debe decir: {','.join(COLUMNAS)}.")
    return dict(_leer(numero, fila) for numero, fila in enumerate(lector, start=2))


def _leer(numero: int, fila: Mapping[str | None, str | list[str] | None]) -> tuple[str, Indicador]:
    valores = [str(fila[columna] or "").strip() for columna in COLUMNAS]
    if None in fila or not all(valores):
        raise ErrorCatalogo(f"{ARCHIVO}, fila {numero}: llene las cuatro columnas, y entre comillas lo que lleve coma.")
    if valores[3] not in MEDIDAS:
        raise ErrorCatalogo(f"{ARCHIVO}, fila {numero}, columna «medida»: use una de estas: {', '.join(MEDIDAS)}.")
    return valores[0], Indicador(*valores[1:])
