"""Las actividades: lo que no es un evento y también cuenta para el programa anual. Qué se anota en cada línea.

Son cuentas por día y tipo. No hay lugar para un nombre ni para lo que le pasó a alguien: la línea de asesorías ni
siquiera lleva nota.
"""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from formularios.catalogos import INICIALES, ErrorCatalogo

ARCHIVO = "actividades.csv"
COLUMNAS = ("linea", "clave", "etiqueta", "cuenta", "unidad", "pide")
CUENTAS = ("avance", "base", "aparte")
GRUPOS: Mapping[str, tuple[str, ...]] = {
    "personas": ("mujeres", "hombres", "no_especificado"),
    "programa": ("programa",),
    "institucion": ("institucion",),
    "tema": ("tema",),
    "horas": ("horas",),
    "alcance": ("alcance",),
    "plazo": ("limite", "cumplida_el"),
    "nota": ("nota",),
}
"""Lo que un tipo puede pedir además de fecha y cantidad, y las columnas de cada cosa."""

_CLAVE = re.compile(r"[a-z0-9_]{1,40}")


@dataclass(frozen=True)
class TipoActividad:
    """Un tipo de una línea.

    ``cuenta``: «avance» suma a lo realizado; «base» es de cuántos (solicitudes recibidas); «aparte» sólo queda anotada.
    ``pide``: llaves de :data:`GRUPOS`; ``exige``, las que no se pueden dejar en blanco. Una con ``plazo`` es base desde
    que se pide y avance cuando se cumple.
    """

    clave: str
    etiqueta: str
    cuenta: str
    unidad: str
    pide: frozenset[str]
    exige: frozenset[str] = frozenset()

    @property
    def columnas(self) -> frozenset[str]:
        """Las columnas de la actividad que este tipo llena, además de fecha y cantidad."""
        return frozenset(columna for grupo in self.pide for columna in GRUPOS[grupo])


Tipos = Mapping[str, tuple[TipoActividad, ...]]
"""Los tipos de cada línea, en el orden del archivo."""


def tipos(carpeta: Path) -> dict[str, tuple[TipoActividad, ...]]:
    """Los de ``actividades.csv``; si la carpeta no lo tiene, los que vienen con el sistema.

    :raises ErrorCatalogo: con la fila y la columna que hay que corregir.
    """
    ruta = carpeta / ARCHIVO
    if not ruta.is_file():
        ruta = INICIALES / ARCHIVO
    try:
        texto = ruta.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise ErrorCatalogo(f"{ARCHIVO}: no se puede leer; guárdelo como «CSV UTF-8».") from None
    encabezado, _, _ = texto.partition("\n")
    separador = ";" if ";" in encabezado and "," not in encabezado else ","
    lector = csv.DictReader(io.StringIO(texto, newline=""), delimiter=separador)
    if encabezado.strip().replace(separador, ",") != ",".join(COLUMNAS):
        raise _falla(1, "linea", f"la primera fila debe decir: {','.join(COLUMNAS)}")
    leidos: dict[str, tuple[TipoActividad, ...]] = {}
    for numero, fila in enumerate(_renglones(lector), start=2):
        celdas = {columna: (fila.get(columna) or "").strip() for columna in COLUMNAS}
        if not any(celdas.values()):
            continue
        tipo = _tipo(celdas, numero)
        de_la_linea = leidos.get(celdas["linea"], ())
        if any(tipo.clave == otro.clave or tipo.etiqueta == otro.etiqueta for otro in de_la_linea):
            raise _falla(numero, "clave", f"«{tipo.clave}» o su etiqueta ya está en esa línea")
        leidos[celdas["linea"]] = (*de_la_linea, tipo)
    if not leidos:
        raise ErrorCatalogo(f"{ARCHIVO}: no tiene filas. Agregue al menos una debajo del encabezado.")
    return leidos


def _renglones(lector: "csv.DictReader[str]") -> list[dict[str, str]]:
    try:
        return list(lector)
    except csv.Error:
        raise _falla(lector.line_num, "linea", "hay comillas sin cerrar o letras que no se leen") from None


def _tipo(celdas: Mapping[str, str], numero: int) -> TipoActividad:
    if not re.fullmatch(r"[A-Za-z0-9_]{1,10}", celdas["linea"]):
        raise _falla(numero, "linea", "escriba la clave de una línea del programa anual, como M6")
    if not _CLAVE.fullmatch(celdas["clave"]):
        raise _falla(numero, "clave", "use minúsculas sin acento, números y guion bajo")
    for columna in ("etiqueta", "unidad"):
        if not celdas[columna]:
            raise _falla(numero, columna, "está vacía; escriba un texto")
    if celdas["cuenta"] not in CUENTAS:
        raise _falla(numero, "cuenta", f"escriba una de estas: {', '.join(CUENTAS)}")
    pedidos = celdas["pide"].split()
    pide = frozenset(pedido.rstrip("!") for pedido in pedidos)
    if sobran := sorted(pide - GRUPOS.keys()):
        raise _falla(numero, "pide", f"«{sobran[0]}» no se conoce; hay: {', '.join(GRUPOS)}")
    exige = frozenset(pedido[:-1] for pedido in pedidos if pedido.endswith("!"))
    return TipoActividad(celdas["clave"], celdas["etiqueta"], celdas["cuenta"], celdas["unidad"], pide, exige)


def _falla(fila: int, columna: str, que_hacer: str) -> ErrorCatalogo:
    return ErrorCatalogo(f"{ARCHIVO}, fila {fila}, columna «{columna}»: {que_hacer}.")
