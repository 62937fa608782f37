"""De los bytes de un archivo a su tabla. Un CSV se lee aquí; un XLSX, en otro proceso con tiempo y memoria contados."""

import json
import subprocess
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from types import MappingProxyType

from formularios import aparte
from formularios.tabla import separado
from formularios.tabla.emparejar import llana
from formularios.tabla.modelo import BYTES, COLUMNAS, FILAS, LETRAS, Cruda, ErrorTabla, Tabla
from formularios.texto import en_una_linea

SEGUNDOS = 15
TITULOS_EN = 25
"""Entre cuántos de los primeros renglones se buscan los títulos: arriba suele haber un membrete."""

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_OTROS = (
    (b"%PDF", "Es un PDF"),
    (b"\xff\xd8\xff", "Es una foto"),
    (b"\x89PNG", "Es una imagen"),
    (b"{\\rtf", "Es un documento de texto"),
    (b"<!DOCTYPE", "Es una página web"),
    (b"<html", "Es una página web"),
)


def leer(nombre: str, contenido: bytes, *, esperados: Iterable[str] = (), segundos: float = SEGUNDOS) -> Tabla:
    """:param esperados: cómo se pueden llamar las columnas; con ellas se halla la fila de los títulos.

    :raises ErrorTabla: con una frase para quien subió el archivo.
    """
    return _leer(nombre, contenido, esperados, lambda bytes_: _aparte(nombre, bytes_, segundos))


def leer_aqui(nombre: str, contenido: bytes, *, esperados: Iterable[str] = ()) -> Tabla:
    """Como :func:`leer`, en este proceso y sin límite de tiempo: para la consola y para archivos de confianza."""
    from formularios.tabla import libro  # noqa: PLC0415  # carga openpyxl

    return _leer(nombre, contenido, esperados, libro.leer)


def _leer(nombre: str, contenido: bytes, esperados: Iterable[str], leer_libro: Callable[[bytes], Cruda]) -> Tabla:
    if len(contenido) > BYTES:
        raise ErrorTabla(
            f"El archivo pesa más de {BYTES // 1_000_000} MB. Quite imágenes y hojas que sobren, o pártalo."
        )
    if not contenido.strip(b"\0 \r\n\t\xef\xbb\xbf\xff\xfe"):
        raise ErrorTabla("El archivo está vacío. Revise que sea el que quería subir.")
    if contenido.startswith(_OLE):
        raise ErrorTabla(
            "Es un libro de Excel anterior a 2007 o tiene contraseña. Ábralo y guárdelo como .xlsx, sin contraseña."
        )
    for marca, que_es in _OTROS:
        if contenido[:100].lstrip().lower().startswith(marca.lower()):
            raise ErrorTabla(f"{que_es}, no una hoja de cálculo. Suba un archivo .csv o .xlsx.")
    return _armar(leer_libro(contenido) if contenido.startswith(_ZIP) else separado.leer(contenido), esperados)


def _aparte(nombre: str, contenido: bytes, segundos: float) -> Cruda:
    try:
        salida = aparte.correr("formularios.tabla.libro", nombre, contenido, segundos)
        leido = json.loads(salida)
        if "error" in leido:
            raise ErrorTabla(leido["error"])
        return Cruda(
            [(numero, celdas) for numero, celdas in leido["filas"]],
            {int(fila): frase for fila, frase in leido["problemas"].items()},
            [(primera, ultima, rango) for primera, ultima, rango in leido["combinadas"]],
            leido["avisos"],
        )
    except aparte.Ocupado:
        raise ErrorTabla("Se están leyendo otras hojas en este momento. Espere un minuto y vuelva a subirla.") from None
    except subprocess.TimeoutExpired:
        raise ErrorTabla(
            f"La hoja tarda más de {segundos:g} segundos en leerse y se dejó. Cópiela en un libro nuevo, sin formatos."
        ) from None
    except ErrorTabla:
        raise
    except (OSError, ValueError, KeyError):
        raise ErrorTabla(
            "La hoja no se pudo leer. Ábrala en su programa de hojas de cálculo y guárdela de nuevo como .xlsx."
        ) from None


def _armar(cruda: Cruda, esperados: Iterable[str]) -> Tabla:
    limpias = [(numero, [en_una_linea(celda) for celda in celdas]) for numero, celdas in cruda.filas]
    filas = [(numero, celdas) for numero, celdas in limpias if any(celdas)]
    if not filas:
        raise ErrorTabla("La hoja no tiene nada escrito. Revise que sea la que quería subir.")
    lugar = _lugar_de_los_titulos([celdas for _, celdas in filas[:TITULOS_EN]], {llana(e) for e in esperados})
    fila_titulos, titulos = filas[lugar]
    ancho = max(n for n, titulo in enumerate(titulos, start=1) if titulo)
    debajo = filas[lugar + 1 :]
    if not debajo:
        raise ErrorTabla("La hoja sólo tiene sus títulos. Escriba un renglón por cada cosa debajo de ellos.")
    if ancho > COLUMNAS:
        raise ErrorTabla(f"La hoja tiene más de {COLUMNAS} columnas. Deje sólo las que hacen falta.")
    if len(debajo) > FILAS:
        raise ErrorTabla(f"La hoja tiene {len(debajo):,} renglones y caben {FILAS:,}. Pártala en varias.")
    problemas = {numero: frase for numero, frase in cruda.problemas.items() if numero > fila_titulos}
    for numero, celdas in debajo:
        largas = [n for n, celda in enumerate(celdas) if len(celda) > LETRAS]
        if largas:
            problemas[numero] = f"Una celda tiene más de {LETRAS:,} letras. Acórtela."
    numeros = [numero for numero, _ in debajo]
    for primera, ultima, rango in cruda.combinadas:
        for numero in numeros[bisect_left(numeros, primera) : bisect_right(numeros, ultima)]:
            problemas[numero] = f"Tiene celdas combinadas ({rango}). Sepárelas y escriba el dato en cada fila."
    return Tabla(
        tuple(titulos[:ancho]),
        tuple((numero, tuple([*celdas[:ancho], *[""] * (ancho - len(celdas))])) for numero, celdas in debajo),
        MappingProxyType(problemas),
        (*cruda.avisos, *_avisos(titulos, ancho, debajo, fila_titulos if lugar else 0)),
    )


def _lugar_de_los_titulos(primeras: Sequence[Sequence[str]], esperados: set[str]) -> int:
    """El renglón que más títulos esperados tiene; si no hay, el primero casi tan ancho como el que más."""
    aciertos = [len(esperados & {llana(celda) for celda in celdas if celda}) for celdas in primeras]
    if max(aciertos) > 0:
        return aciertos.index(max(aciertos))
    anchos = [sum(1 for celda in celdas if celda) for celdas in primeras]
    return next(n for n, ancho in enumerate(anchos) if ancho * 2 >= max(anchos))


def _avisos(
    titulos: Sequence[str], ancho: int, debajo: Sequence[tuple[int, list[str]]], fila_titulos: int
) -> list[str]:
    """:param fila_titulos: en cuál están, si arriba hay algo escrito; si no, cero."""
    avisos = []
    if fila_titulos:
        avisos.append(f"Los títulos están en la fila {fila_titulos}; lo escrito arriba no se leyó.")
    usadas = {n for _, celdas in debajo for n, celda in enumerate(celdas) if celda}
    sin_titulo = sorted(n for n in usadas if n >= ancho or not titulos[n])
    if sin_titulo:
        letras = ", ".join(letra(n) for n in sin_titulo[:5])
        avisos.append(f"Hay datos en columnas sin título ({letras}) y no se leyeron.")
    llanos = [llana(titulo) for titulo in titulos]
    for n, llano in enumerate(llanos):
        if llano and llano in llanos[:n]:
            primera = letra(llanos.index(llano))
            avisos.append(f"Las columnas {primera} y {letra(n)} se llaman igual, «{titulos[n]}»: se lee la primera.")
    return avisos


def letra(columna: int) -> str:
    """Cómo llama la hoja de cálculo a una columna (0 es A, 26 es AA)."""
    nombre = ""
    while columna >= 0:
        nombre = chr(ord("A") + columna % 26) + nombre
        columna = columna // 26 - 1
    return nombre
