"""Catálogos: listas de opciones en archivos CSV que cada municipio cambia sin tocar código.

Las iniciales vienen en ``formularios/catalogos/`` y ``jornada preparar`` las copia a la carpeta de datos. Las
claves de sexo, edad y procedencia son fijas, porque los cuadros publicados dependen de ellas; sus etiquetas y
todo lo demás se puede cambiar.
"""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from types import MappingProxyType

INICIALES = Path(__file__).parent / "catalogos"
GENERALES = INICIALES / "otro_municipio"
"""Lo que es propio de un municipio, dicho para cualquiera: toma el lugar del inicial del mismo nombre."""
MUNICIPIO = "14111"
"""La clave del INEGI del municipio de los iniciales."""
MENORES = ("0-11", "12-17")
"""Grupos de edad que nunca dejan nombre ni teléfono."""

_CLAVE = re.compile(r"[A-Za-z0-9_+\-]{1,40}")


class ErrorCatalogo(ValueError):
    """Un catálogo que no se puede usar; el mensaje dice archivo, fila, columna y qué hacer."""


@dataclass(frozen=True)
class Opcion:
    """Una fila: ``extra`` guarda las demás columnas tal como están en el archivo."""

    clave: str
    etiqueta: str
    extra: Mapping[str, str]

    @property
    def retirada(self) -> bool:
        """Ya no se ofrece, pero lo que la usó la sigue diciendo: la columna ``retirada`` lleva desde cuándo."""
        return bool(self.extra.get("retirada"))


@dataclass(frozen=True)
class Regla:
    """Qué debe traer el archivo de un catálogo."""

    archivo: str
    columna_etiqueta: str = "etiqueta"
    extras: tuple[str, ...] = ()
    fijas: tuple[str, ...] = ()
    """Claves que deben estar, todas y ninguna más."""
    exigidas: tuple[str, ...] = ()
    maximo: int = 60


REGLAS = {
    "sexo": Regla("sexo.csv", fijas=("M", "H", "O", "N")),
    "edad": Regla("edad.csv", fijas=("0-11", "12-17", "18-29", "30-44", "45-59", "60+", "nd")),
    "procedencia": Regla("procedencia.csv", fijas=("cabecera", "rancho", "otro", "nd")),
    "tipo": Regla("tipos.csv"),
    "tema": Regla("temas.csv"),
    "efemeride": Regla("efemerides.csv", extras=("mes", "dia")),
    "localidad": Regla("localidades.csv", maximo=1000),
    "zona": Regla("zonas.csv", exigidas=("cabecera",), maximo=4),
    "programa": Regla("programas.csv", maximo=6),
    "ayuda": Regla("ayuda.csv", "nombre", ("servicio", "telefono", "horario", "propia", "verificado_el"), maximo=20),
}
ARCHIVOS = tuple(regla.archivo for regla in REGLAS.values())


@dataclass(frozen=True)
class Catalogos:
    """Todos los catálogos, cada uno en el orden de su archivo."""

    sexo: tuple[Opcion, ...]
    edad: tuple[Opcion, ...]
    procedencia: tuple[Opcion, ...]
    tipo: tuple[Opcion, ...]
    tema: tuple[Opcion, ...]
    efemeride: tuple[Opcion, ...]
    localidad: tuple[Opcion, ...]
    zona: tuple[Opcion, ...]
    programa: tuple[Opcion, ...]
    ayuda: tuple[Opcion, ...]

    def opciones(self, catalogo: str) -> tuple[Opcion, ...]:
        """:raises KeyError: si no hay un catálogo con ese nombre."""
        if catalogo not in REGLAS:
            raise KeyError(catalogo)
        encontradas: tuple[Opcion, ...] = getattr(self, catalogo)
        return encontradas

    def claves(self, catalogo: str) -> tuple[str, ...]:
        return tuple(opcion.clave for opcion in self.opciones(catalogo))

    def pares(self, catalogo: str) -> list[tuple[str, str]]:
        """``[(clave, etiqueta), ...]`` de las que se ofrecen, como las piden los formularios."""
        return [(opcion.clave, opcion.etiqueta) for opcion in self.opciones(catalogo) if not opcion.retirada]

    def retiradas(self, catalogo: str) -> dict[str, str]:
        """Clave y etiqueta de las que ya no se ofrecen: valen sólo en lo que ya las tenía."""
        return {opcion.clave: opcion.etiqueta for opcion in self.opciones(catalogo) if opcion.retirada}

    def etiqueta(self, catalogo: str, clave: str | None) -> str:
        """La etiqueta de una clave; la misma clave si ya no está en el catálogo; vacía si no hay clave."""
        return next((o.etiqueta for o in self.opciones(catalogo) if o.clave == clave), clave or "")


def cargar(carpeta: Path) -> Catalogos:
    """Lee los diez catálogos de ``carpeta``. :raises ErrorCatalogo: con la frase de lo que hay que corregir."""
    return Catalogos(**{campo.name: _leer(carpeta, REGLAS[campo.name]) for campo in fields(Catalogos)})


def copiar_iniciales(carpeta: Path, municipio: str = MUNICIPIO) -> None:
    """Copia a ``carpeta`` los CSV que le falten. Nunca toca uno que ya existe.

    :param municipio: su clave del INEGI, de cinco cifras. Otro municipio no recibe las localidades ni el censo de
        éste, y fuera de su entidad tampoco las líneas de ayuda que sólo contestan en ella.
    """
    carpeta.mkdir(parents=True, exist_ok=True)
    for origen in sorted(INICIALES.glob("*.csv")):
        destino = carpeta / origen.name
        if not destino.exists():
            texto = _de_otro(origen.name, municipio) or origen.read_text(encoding="utf-8")
            destino.write_text(texto, encoding="utf-8", newline="")


def _de_otro(archivo: str, municipio: str) -> str | None:
    """Lo que en otro municipio va en lugar del archivo de éste, o ``None`` si es el mismo."""
    ruta = GENERALES / archivo
    mismo = MUNICIPIO[:2] if archivo == "ayuda.csv" else MUNICIPIO
    if municipio.startswith(mismo) or not ruta.is_file():
        return None
    return ruta.read_text(encoding="utf-8").replace("{municipio}", municipio)


def leer_lineas_poa(carpeta: Path, ejercicio: int) -> list[dict[str, str]]:
    """Las líneas del POA de un ejercicio, en su orden: ``clave``, ``tipo`` (meta o accion) y ``texto``.

    :raises ErrorCatalogo: si falta ``poa-<ejercicio>.csv`` o una fila está mal.
    """
    archivo = f"poa-{ejercicio}.csv"
    lineas = []
    for numero, fila in filas_de(archivo, leer_texto(carpeta / archivo), ("clave", "tipo", "texto")):
        if fila["tipo"] not in ("meta", "accion"):
            raise _falla(archivo, numero, "tipo", "escriba «meta» o «accion»")
        lineas.append({nombre: fila[nombre] for nombre in ("clave", "tipo", "texto")})
    return lineas


def _leer(carpeta: Path, regla: Regla) -> tuple[Opcion, ...]:
    return revisar(regla, leer_texto(carpeta / regla.archivo))


def revisar(regla: Regla, texto: str) -> tuple[Opcion, ...]:
    """Las opciones que trae el texto de un catálogo. :raises ErrorCatalogo: si no se puede usar."""
    opciones = []
    for numero, fila in filas_de(regla.archivo, texto, ("clave", regla.columna_etiqueta, *regla.extras)):
        if regla.fijas and fila["clave"] not in regla.fijas:
            raise _falla(regla.archivo, numero, "clave", f"use una de estas: {', '.join(regla.fijas)}")
        _revisar_extras(regla, numero, fila)
        opciones.append(Opcion(fila["clave"], fila[regla.columna_etiqueta], MappingProxyType(fila)))
    claves = {opcion.clave for opcion in opciones}
    faltan = [clave for clave in regla.fijas or regla.exigidas if clave not in claves]
    if faltan:
        raise ErrorCatalogo(f"{regla.archivo}: falta la fila con clave «{faltan[0]}». Agréguela; no se puede quitar.")
    if len(opciones) > regla.maximo:
        raise ErrorCatalogo(
            f"{regla.archivo}: tiene {len(opciones)} filas y caben {regla.maximo}. Quite o junte las que sobran."
        )
    return tuple(opciones)


def _revisar_extras(regla: Regla, numero: int, fila: Mapping[str, str]) -> None:
    if regla.archivo == "efemerides.csv":
        try:  # sin mes: el mismo día de cada mes; el año es bisiesto para admitir el 29 de febrero
            date(2024, int(fila["mes"] or 1), int(fila["dia"]))
        except ValueError:
            raise _falla(regla.archivo, numero, "dia", "el mes y el día no forman una fecha real") from None
    if regla.archivo == "ayuda.csv":
        if not re.fullmatch(r"[0-9][0-9 ]*", fila["telefono"]):
            raise _falla(regla.archivo, numero, "telefono", "escriba solo números y espacios")
        if fila["propia"] not in ("0", "1"):
            raise _falla(regla.archivo, numero, "propia", "escriba 1 si es de su oficina y 0 si no")
        try:
            _ = fila["verificado_el"] and date.fromisoformat(fila["verificado_el"])
        except ValueError:
            raise _falla(
                regla.archivo, numero, "verificado_el", "escriba la fecha como 2026-11-25 o déjela vacía"
            ) from None


def filas_de(archivo: str, texto: str, obligatorias: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    """Las filas con su número (el de la hoja de cálculo: el encabezado es la 1), claves y textos ya revisados."""
    lector = csv.reader(io.StringIO(texto), delimiter=separador(texto), strict=True)
    try:
        renglones = [[celda.strip() for celda in renglon] for renglon in lector]
    except csv.Error:
        raise _falla(archivo, lector.line_num, None, "hay comillas sin cerrar") from None
    encabezado = renglones[0] if renglones else []
    for columna in obligatorias:
        if encabezado.count(columna) != 1:
            raise _falla(archivo, 1, columna, f"la primera fila debe decir: {','.join(obligatorias)}")
    filas: list[tuple[int, dict[str, str]]] = []
    vistas: set[str] = set()
    for numero, renglon in enumerate(renglones[1:], start=2):
        if not any(renglon):
            continue
        if len(renglon) != len(encabezado):
            raise _falla(
                archivo,
                numero,
                None,
                f"tiene {len(renglon)} columnas y deben ser {len(encabezado)}; si un texto lleva coma, póngalo entre "
                "comillas",
            )
        fila = dict(zip(encabezado, renglon, strict=True))
        if not _CLAVE.fullmatch(fila["clave"]):
            raise _falla(archivo, numero, "clave", "use solo letras sin acento, números y guiones, sin espacios")
        if fila["clave"] in vistas:
            raise _falla(archivo, numero, "clave", f"«{fila['clave']}» ya está en otra fila; deje solo una")
        vistas.add(fila["clave"])
        if not fila[obligatorias[1]]:
            raise _falla(archivo, numero, obligatorias[1], "está vacía; escriba un texto")
        filas.append((numero, fila))
    if not filas:
        raise ErrorCatalogo(f"{archivo}: no tiene filas. Agregue al menos una debajo del encabezado.")
    return filas


def leer_texto(ruta: Path) -> str:
    """El archivo de un catálogo, sin la marca que le pone la hoja de cálculo. :raises ErrorCatalogo: si no se lee."""
    try:
        return ruta.read_bytes().decode("utf-8-sig")
    except OSError:
        raise ErrorCatalogo(
            f"{ruta.name}: no se encontró en {ruta.parent}. Póngalo ahí, o corra «jornada preparar» para recuperar los "
            "iniciales."
        ) from None
    except UnicodeDecodeError as error:
        fila = ruta.read_bytes()[: error.start].count(b"\n") + 1
        raise _falla(ruta.name, fila, None, "hay letras que no se leen; guárdelo como «CSV UTF-8»") from None


def separador(texto: str) -> str:
    """Coma, o punto y coma si así lo guardó la hoja de cálculo."""
    encabezado = texto.partition("\n")[0]
    return ";" if ";" in encabezado and "," not in encabezado else ","


def _falla(archivo: str, fila: int, columna: str | None, que_hacer: str) -> ErrorCatalogo:
    donde = f", columna «{columna}»" if columna else ""
    return ErrorCatalogo(f"{archivo}, fila {fila}{donde}: {que_hacer}.")
