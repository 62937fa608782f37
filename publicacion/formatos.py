"""Las tablas publicadas en hoja de cálculo, CSV y Parquet: de los mismos datos salen siempre los mismos bytes.

Ninguna celda puede volverse fórmula al abrirla: quien recibe la hoja no ejecuta nada que alguien haya escrito en una
etiqueta. En la hoja de cálculo va como texto; en CSV, que no distingue, con un apóstrofo delante.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from arro3.core import Array, DataType, Field, Schema, Table
from arro3.io import write_parquet
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.writer.excel import ExcelWriter

from .descargas import NO_SE_MUESTRA
from .neutro import neutro

_FECHA = (1980, 1, 1, 0, 0, 0)
"""La fecha de cada archivo dentro de un ZIP: la menor que admite el formato."""
_ANCHO_MAYOR = 60


@dataclass(frozen=True)
class Hoja:
    """Una tabla o vista con sus renglones. ``tipos``: los de SQLite, por columna. ``cuentas``: un vacío no es cero."""

    nombre: str
    titulo: str
    columnas: tuple[str, ...]
    tipos: tuple[str, ...]
    filas: Sequence[tuple[Any, ...]]
    cuentas: frozenset[str] = frozenset()

    @property
    def encabezados(self) -> list[str]:
        return [_ENCABEZADOS.get(c) or c.replace("_", " ").capitalize() for c in self.columnas]


_ENCABEZADOS = {
    "lote": "Periodo", "linea": "Línea", "poa": "POA", "meta_anual": "Meta anual", "indicador": "Indicador",
    "publicado_el": "Publicado el", "n": "Cuenta", "descripcion": "Descripción", "explicacion": "Explicación",
}  # fmt: skip


class ZipFijo(zipfile.ZipFile):
    """Un ZIP sin la hora en que se hizo ni el sistema que lo hizo."""

    def __init__(self, destino: io.BytesIO) -> None:
        super().__init__(destino, "w", zipfile.ZIP_DEFLATED)

    def writestr(self, nombre: Any, datos: str | bytes, *_: Any, **__: Any) -> None:  # type: ignore[override]
        entrada = zipfile.ZipInfo(nombre if isinstance(nombre, str) else nombre.filename, _FECHA)
        entrada.compress_type = zipfile.ZIP_DEFLATED
        entrada.create_system = 3
        entrada.external_attr = 0o644 << 16
        super().writestr(entrada, datos, compresslevel=6)

    def write(self, archivo: Any, arcname: Any = None, *_: Any, **__: Any) -> None:  # type: ignore[override]
        with open(archivo, "rb") as abierto:
            self.writestr(str(arcname or archivo), abierto.read())


def empacar(archivos: Iterable[tuple[str, str | bytes]]) -> bytes:
    """Un ZIP reproducible con (nombre, contenido)."""
    salida = io.BytesIO()
    with ZipFijo(salida) as paquete:
        for nombre, contenido in archivos:
            paquete.writestr(nombre, contenido)
    return salida.getvalue()


def a_csv(hoja: Hoja) -> bytes:
    """Con marca UTF-8 (la pide Excel para los acentos) y las claves de las columnas; lo que no se muestra, vacío."""
    texto = io.StringIO(newline="")
    escritor = csv.writer(texto)
    escritor.writerow(hoja.columnas)
    escritor.writerows([neutro(v) for v in fila] for fila in hoja.filas)
    return texto.getvalue().encode("utf-8-sig")


def a_parquet(hoja: Hoja) -> bytes:
    """Enteros, reales y textos con su tipo; lo que no se muestra va nulo."""
    tipos = [_tipo(hoja, i) for i in range(len(hoja.columnas))]
    columnas = list(zip(*hoja.filas, strict=True)) if hoja.filas else [()] * len(tipos)
    salida = io.BytesIO()
    tabla = Table.from_arrays(
        [Array(list(valores), type=tipo) for valores, tipo in zip(columnas, tipos, strict=True)],
        schema=Schema([Field(c, t, nullable=True) for c, t in zip(hoja.columnas, tipos, strict=True)]),
    )
    write_parquet(tabla, salida, created_by="jornada")
    return salida.getvalue()


def _tipo(hoja: Hoja, columna: int) -> DataType:
    dicho = hoja.tipos[columna].upper()
    valores = [f[columna] for f in hoja.filas if f[columna] is not None]
    if dicho.startswith("INT") or (not dicho and valores and all(isinstance(v, int) for v in valores)):
        return DataType.int64()
    if dicho.startswith("REAL") or (not dicho and valores and all(isinstance(v, int | float) for v in valores)):
        return DataType.float64()
    return DataType.utf8()


def a_xlsx(titulo: str, leame: Sequence[tuple[str, str]], hojas: Sequence[Hoja]) -> bytes:
    """Un libro con la hoja «Léame» (pares de asunto y texto) y una por cada :class:`Hoja`."""
    libro = Workbook(write_only=True)
    libro.properties.creator = "jornada"
    libro.properties.title = titulo
    libro.properties.created = libro.properties.modified = datetime(1980, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    _leame(libro.create_sheet("Léame"), titulo, leame)
    usados = {"léame"}
    for hoja in hojas:
        _hoja(libro.create_sheet(_nombre_de_hoja(hoja.titulo, usados)), hoja)
    salida = io.BytesIO()
    with ZipFijo(salida) as paquete:
        ExcelWriter(libro, paquete).write_data()
    return salida.getvalue()


_NEGRITA = Font(bold=True)
_TITULO = Font(bold=True, size=14)
_FONDO = PatternFill("solid", fgColor="F1EDF0")
_CORTADO = Alignment(wrap_text=True, vertical="top")
_TENUE = Font(italic=True, color="55606E")


def _leame(en: Any, titulo: str, pares: Sequence[tuple[str, str]]) -> None:
    en.column_dimensions["A"].width, en.column_dimensions["B"].width = 26, 100
    en.append([_celda(en, titulo, _TITULO)])
    for asunto, texto in pares:
        en.append([_celda(en, asunto, _NEGRITA, _CORTADO), _celda(en, texto, None, _CORTADO)])


def _hoja(en: Any, hoja: Hoja) -> None:
    for lugar, ancho in enumerate(_anchos(hoja), start=1):
        en.column_dimensions[get_column_letter(lugar)].width = ancho
    en.freeze_panes = "A2"
    en.auto_filter.ref = f"A1:{get_column_letter(len(hoja.columnas))}{len(hoja.filas) + 1}"
    cabezas = [_celda(en, nombre, _NEGRITA) for nombre in hoja.encabezados]
    for cabeza in cabezas:
        cabeza.fill = _FONDO
    en.append(cabezas)
    esconde = [c in hoja.cuentas for c in hoja.columnas]
    for fila in hoja.filas:
        en.append(
            [
                _celda(en, NO_SE_MUESTRA, _TENUE) if valor is None and cuenta else _valor(en, valor)
                for valor, cuenta in zip(fila, esconde, strict=True)
            ]
        )


def _valor(en: Any, valor: Any) -> Any:
    """Los números, tal cual; de los textos sólo se arma celda para los que parecen fórmula: es lo que tarda."""
    if not isinstance(valor, str):
        return valor
    limpio = ILLEGAL_CHARACTERS_RE.sub("", valor)
    return limpio if limpio == neutro(limpio) else _celda(en, limpio)


def _celda(en: Any, texto: str, letra: Font | None = None, acomodo: Alignment | None = None) -> Any:
    celda = WriteOnlyCell(en, ILLEGAL_CHARACTERS_RE.sub("", texto))
    celda.data_type = "s"  # aunque empiece con «=»
    if neutro(texto) != texto:
        celda.quotePrefix = True
    if letra is not None:
        celda.font = letra
    if acomodo is not None:
        celda.alignment = acomodo
    return celda


def _anchos(hoja: Hoja) -> list[int]:
    muestra = hoja.filas[:200]
    return [
        min(_ANCHO_MAYOR, 3 + max([len(cabeza), *(len(str(f[i])) for f in muestra if f[i] is not None)]))
        for i, cabeza in enumerate(hoja.encabezados)
    ]


def _nombre_de_hoja(titulo: str, usados: set[str]) -> str:
    """Excel admite 31 letras, no repite nombres y no deja ``[]:*?/\\``."""
    corto = titulo if len(titulo) <= 31 else titulo.replace(" y ", ", ")
    base = "".join("-" if c in "[]:*?/\\" else c for c in corto)[:31].strip(" '")
    nombre, vez = base, 1
    while nombre.lower() in usados:
        vez += 1
        nombre = f"{base[: 31 - len(str(vez)) - 1]} {vez}"
    usados.add(nombre.lower())
    return nombre
