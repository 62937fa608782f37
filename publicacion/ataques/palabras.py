"""Ataques a las palabras de los renglones: horas, texto libre y resúmenes que se puedan adivinar probando."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from ..conteo import meses
from ..esquema_publico import TABLAS
from ..modelo import Celda
from ..proteccion import canonico
from ..reglamento import huella
from .hallazgo import SOPORTE, Hallazgo
from .lectura import DE_LOTE, Publicado

_TEXTOS = ("texto", "indicador", "unidad", "encuesta", "etiqueta", "explicacion", "descripcion", "valor")
DE_LA_OFICINA = frozenset((*_TEXTOS, "sexo", "edad", "zona", "programa"))
"""Columnas que la oficina escribe para que se lean, fuera de las llaves."""
LLAVE_LARGA = 80
SALTOS = 5
"""De letra a número o al revés, en un texto sin espacios: al azar hay muchos más."""
MUCHAS = 10**7
"""Ninguna cuenta de un municipio llega aquí; una hora en segundos sí."""

_FECHA = re.compile(r"\d{4}-\d\d-\d\d")
_HORA = re.compile(r"\d{1,2}:\d\d")
_RESUMEN = re.compile(r"(?<![0-9A-Za-z])(?:[0-9a-fA-F]{16,}|[0-9A-Z]{20,}|[0-9A-Za-z+/]{22,}={0,2})(?![0-9A-Za-z])")
_DICHOS = {
    "eje": ("eje", "eje", None),
    "grupo": ("grupo", "grupo", None),
    "pregunta": ("pregunta", "pregunta", None),
    "respuesta": ("respuesta", "respuesta", None),
    "cambio": ("categoria", "clave", "cambio"),
    "mes": ("categoria", "clave", "mes"),
    "zona": ("categoria", "clave", "zona"),
    "programa": ("categoria", "clave", "programa"),
}
"""Columna de una llave -> dónde está la lista cerrada de lo que puede decir."""


def horas(p: Publicado) -> Iterator[Hallazgo]:
    """Nada más fino que el lote: el día sólo en el renglón del lote, el mes sólo dentro de su periodo."""
    periodos = {f["lote"]: (f["desde"], f["hasta"]) for f in p.filas("lote")}
    for tabla, columna, valor in _valores(p):
        if columna in _DE_ENCUESTA:
            continue
        dia = _FECHA.search(valor) if isinstance(valor, str) else None
        if (
            (isinstance(valor, str) and _HORA.search(valor))
            or (dia and (tabla, columna) not in _DIAS)
            or (isinstance(valor, int) and valor >= MUCHAS)
        ):
            yield Hallazgo("horas", f"{tabla}.{columna}", f"Hay una hora o un día que no se publica. {SOPORTE}")
            return
    for fila in p.filas("evento_resumen"):
        if fila["lote"] not in periodos or fila["mes"] not in meses(*periodos[fila["lote"]]):
            yield Hallazgo("horas", f"evento_resumen, {fila['lote']}", f"Hay un mes que no es del lote. {SOPORTE}")
            return


_DIAS = frozenset({("lote", "desde"), ("lote", "hasta"), ("lote", "publicado_el")})
_DE_ENCUESTA = frozenset({"pregunta", "respuesta"})
"""Claves que pone quien escribe la encuesta: una opción puede ser «10:30»."""


def llaves_ajenas(p: Publicado) -> Iterator[Hallazgo]:
    """Cada llave es una clave corta de una lista cerrada: por ahí no puede salir texto libre."""
    listas = {
        columna: {f[clave] for f in p.filas(tabla) if cual is None or f["dimension"] == cual}
        for columna, (tabla, clave, cual) in _DICHOS.items()
    }
    for tabla in (*DE_LOTE, "respuesta", "pregunta", "grupo", "eje", "categoria", "lote"):
        for columna in TABLAS[tabla].llave:
            dichas = {f[columna] for f in p.filas(tabla) if isinstance(f[columna], str)}
            largas = {d for d in dichas for parte in d.split("|") if len(parte) > LLAVE_LARGA or " " in parte.strip()}
            ajenas = dichas - listas.get(columna, dichas)
            if largas or ajenas:
                que = "Hay texto libre o una clave que no está en los catálogos publicados."
                yield Hallazgo("texto_libre", f"{tabla}.{columna}", f"{que} {SOPORTE}")


def resumenes(p: Publicado) -> Iterator[Hallazgo]:
    """Un resumen (hash) de algo privado se adivina probando; el único que sale es el de lo mismo que se publica."""
    propias = {_huella(p, fila["lote"]) for fila in p.filas("lote")}
    for tabla, columna, valor in _valores(p, todas=True):
        if isinstance(valor, bytes):
            yield Hallazgo("resumenes", f"{tabla}.{columna}", f"Hay bytes en lugar de un texto. {SOPORTE}")
            return
        if not isinstance(valor, str):
            continue
        for hallado in _RESUMEN.findall(valor):
            if _parece_resumen(hallado) and hallado not in propias:
                yield Hallazgo("resumenes", f"{tabla}.{columna}", f"Hay una clave que se puede adivinar. {SOPORTE}")
                return


def _parece_resumen(texto: str) -> bool:
    """Mezcla letras y números como no lo hace una palabra con su año, o es un número larguísimo."""
    cifras = [c.isdigit() for c in texto]
    saltos = sum(a != b for a, b in pairwise(cifras))
    return all(cifras) or saltos >= SALTOS


def _huella(p: Publicado, lote: str) -> str:
    """La que debe decir ``reglas``, calculada sólo con lo que está a la vista."""
    celdas = []
    for tabla in DE_LOTE:
        llave = TABLAS[tabla].llave[1:]
        for fila in p.por_lote(tabla).get(lote, ()):
            valor = {c: v for c, v in fila.items() if c != "lote" and c not in llave}
            celdas.append(Celda(tabla, canonico([fila[c] for c in llave]), canonico(valor)))
    return huella(celdas)


def _valores(p: Publicado, *, todas: bool = False) -> Iterator[tuple[str, str, Any]]:
    """(tabla, columna, valor), cada valor distinto una vez; sin lo que la oficina escribe, si no se piden ``todas``."""
    for tabla, declarada in TABLAS.items():
        if tabla == "diccionario":
            continue
        for columna in declarada.columnas:
            if todas or columna not in DE_LA_OFICINA or (columna in declarada.llave and columna != "valor"):
                for valor in dict.fromkeys(f[columna] for f in p.filas(tabla)):
                    yield tabla, columna, valor
