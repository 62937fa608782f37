"""Cambiar un catálogo como lo haría la titular en la hoja de cálculo, sin perder columnas ni claves.

Cada función recibe una :class:`Hoja` y devuelve otra; sólo :func:`escribir` toca el disco, y de una sola vez. Una clave
no cambia nunca: es lo que quedó escrito en los eventos. Lo que cambia es su etiqueta y si todavía se ofrece.
"""

import csv
import hashlib
import io
import os
import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from formularios.catalogos import REGLAS, ErrorCatalogo, Regla, filas_de, leer_texto, revisar, separador

_MARCA = b"\xef\xbb\xbf"
"""Con la que Excel reconoce UTF-8; si el archivo la traía, se conserva."""
_LARGO_CLAVE = 30
_RESERVADAS = frozenset({"orden", "inegi", "previa", "descarte"})
"""Palabras que ya son una dirección del panel."""
FORMULA = ("=", "+", "-", "@")
"""Como empieza lo que una hoja de cálculo tomaría por fórmula."""


class CambioAjeno(Exception):
    """El archivo cambió después de que se leyó: alguien más lo guardó."""


@dataclass(frozen=True)
class Hoja:
    """Un catálogo como está en su archivo. ``huella``: SHA-256 de sus bytes cuando se leyó."""

    catalogo: str
    columnas: tuple[str, ...]
    filas: tuple[Mapping[str, str], ...]
    separador: str
    marca: bool
    huella: str

    @property
    def regla(self) -> Regla:
        return REGLAS[self.catalogo]

    @property
    def llena(self) -> bool:
        """Ya no cabe otra fila; las retiradas también ocupan lugar."""
        return len(self.filas) >= self.regla.maximo

    def fila(self, clave: str) -> Mapping[str, str] | None:
        return next((fila for fila in self.filas if fila["clave"] == clave), None)

    def repetida(self, etiqueta: str, menos: str = "") -> bool:
        """Si otra fila ya se lee igual, sin fijarse en acentos ni mayúsculas."""
        return any(
            fila["clave"] != menos and llano(fila[self.regla.columna_etiqueta]) == llano(etiqueta)
            for fila in self.filas
        )


def leer(carpeta: Path, catalogo: str) -> Hoja:
    """:raises ErrorCatalogo: si el archivo no se puede usar."""
    regla = REGLAS[catalogo]
    ruta = carpeta / regla.archivo
    texto = leer_texto(ruta)
    revisar(regla, texto)
    crudo = ruta.read_bytes()
    filas = filas_de(regla.archivo, texto, ("clave", regla.columna_etiqueta))
    return Hoja(
        catalogo,
        tuple(filas[0][1]),
        tuple(fila for _, fila in filas),
        separador(texto),
        crudo.startswith(_MARCA),
        hashlib.sha256(crudo).hexdigest(),
    )


def huella_fila(fila: Mapping[str, str]) -> str:
    """Para notar que alguien más cambió esa fila mientras se editaba."""
    pares = sorted((columna, valor) for columna, valor in fila.items() if valor)
    return hashlib.sha256(repr(pares).encode()).hexdigest()[:16]


def agregar(hoja: Hoja, clave: str, datos: Mapping[str, str]) -> Hoja:
    """Otra fila al final; las columnas que el archivo no tenía se agregan."""
    return _con_columnas(replace(hoja, filas=(*hoja.filas, {"clave": clave, **datos})), datos)


def cambiar(hoja: Hoja, clave: str, datos: Mapping[str, str]) -> Hoja:
    """Lo que venga en ``datos``; lo demás de la fila queda igual."""
    filas = tuple({**fila, **datos} if fila["clave"] == clave else fila for fila in hoja.filas)
    return _con_columnas(replace(hoja, filas=filas), datos)


def mover(hoja: Hoja, clave: str, lugares: int) -> Hoja:
    """Sube (negativo) o baja una fila; en la orilla se queda donde está."""
    filas = list(hoja.filas)
    de = next(lugar for lugar, fila in enumerate(filas) if fila["clave"] == clave)
    filas.insert(max(0, min(len(filas) - 1, de + lugares)), filas.pop(de))
    return replace(hoja, filas=tuple(filas))


def quitar(hoja: Hoja, clave: str) -> Hoja:
    """Sólo para la que nadie ha usado: eso lo revisa quien llama."""
    return replace(hoja, filas=tuple(fila for fila in hoja.filas if fila["clave"] != clave))


def escribir(carpeta: Path, hoja: Hoja) -> Hoja:
    """Guarda la hoja entera o nada, después de revisar que se puede usar; devuelve la guardada.

    :raises CambioAjeno: si el archivo ya no es el que se leyó.
    :raises ErrorCatalogo: si así no se podría usar.
    """
    contenido = _texto(hoja)
    revisar(hoja.regla, contenido)
    bytes_nuevos = (_MARCA if hoja.marca else b"") + contenido.encode("utf-8")
    ruta = carpeta / hoja.regla.archivo
    if hashlib.sha256(ruta.read_bytes()).hexdigest() != hoja.huella:
        raise CambioAjeno(hoja.regla.archivo)
    guardar_entero(ruta, bytes_nuevos)
    return replace(hoja, huella=hashlib.sha256(bytes_nuevos).hexdigest())


def guardar_entero(ruta: Path, contenido: bytes) -> None:
    """Escribe aparte y cambia el nombre: quien lea verá lo de antes o lo nuevo, nunca la mitad."""
    temporal = ruta.with_name(ruta.name + ".nuevo")
    with temporal.open("wb") as archivo:
        archivo.write(contenido)
        archivo.flush()
        os.fsync(archivo.fileno())
    os.replace(temporal, ruta)


def nueva_clave(etiqueta: str, ocupadas: Collection[str], catalogo: str) -> str:
    """Una clave legible sacada de la etiqueta y que nadie ha usado antes, ni retirada ni en un evento."""
    tronco = re.sub(r"[^a-z0-9]+", "_", llano(etiqueta)).strip("_")[:_LARGO_CLAVE].strip("_") or catalogo
    clave, vuelta = tronco, 1
    while clave in ocupadas or clave in _RESERVADAS:
        vuelta += 1
        clave = f"{tronco}_{vuelta}"
    return clave


def llano(texto: str) -> str:
    """Sin acentos ni mayúsculas y con los espacios juntos, para comparar."""
    sueltas = unicodedata.normalize("NFD", texto.casefold())
    return " ".join("".join(c for c in sueltas if not unicodedata.combining(c)).split())


def revisar_etiqueta(texto: str) -> str:
    """:raises ValueError: si una hoja de cálculo la tomaría por fórmula."""
    if texto.startswith(FORMULA):
        raise ValueError(f"No empiece con «{texto[0]}»: una hoja de cálculo lo tomaría por fórmula.")
    return texto


def _con_columnas(hoja: Hoja, datos: Mapping[str, str]) -> Hoja:
    return replace(hoja, columnas=tuple(dict.fromkeys((*hoja.columnas, *datos))))


def _texto(hoja: Hoja) -> str:
    salida = io.StringIO()
    escritor = csv.DictWriter(
        salida, hoja.columnas, restval="", delimiter=hoja.separador, lineterminator="\n", extrasaction="raise"
    )
    escritor.writeheader()
    escritor.writerows(hoja.filas)
    return salida.getvalue()


__all__ = [
    "CambioAjeno", "ErrorCatalogo", "Hoja", "agregar", "cambiar", "escribir", "guardar_entero", "huella_fila", "leer",
    "llano", "mover", "nueva_clave", "quitar", "revisar_etiqueta",
]  # fmt: skip
