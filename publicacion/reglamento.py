"""De los catálogos de la oficina a las reglas de un lote, y de las reglas a frases que se publican con él."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from .auditoria import Dictamen
from .auditoria.unidades import CELDAS_CUANDO_MAS
from .censo import ARCHIVO, leer_censo, leer_iter
from .cupo import SIN_FALTA, Cupo
from .errores import ErrorPublicacion
from .modelo import Celda, Crudo, Reglas
from .proteccion import canonico
from .tabla_csv import leer_csv

__all__ = ["CELDAS_CUANDO_MAS", "en_vigor", "explicar", "huella", "leer_iter", "leer_reglas", "sin_encuestas"]

ZONAS_CUANDO_MAS = 4
PROGRAMAS_CUANDO_MAS = 6
MODOS = ("redondeo", "eps")
EPSILON_CUANDO_MENOS, EPSILON_CUANDO_MAS = 0.1, 10.0

EXPLICACIONES = {
    "umbral": "Una cuenta se muestra sólo si la sostienen al menos estas personas distintas.",
    "base_minima": "Un grupo de respuestas se muestra sólo con al menos estas contestaciones.",
    "tope_respuesta": "Si más de esta parte del grupo contestó lo mismo, no se muestra.",
    "redondeo": "Las cuentas se dan en un múltiplo vecino de este número, al azar y una sola vez.",
    "saturacion": "Si pudo asistir más de esta parte de los habitantes de un grupo, no se muestra.",
    "modo": "Cómo se cambia un poco cada cuenta: redondeo, o ruido con epsilon (eps).",
    "epsilon": "Cuánto ruido lleva cada pregunta de un lote: más chico protege más. No cubre la encuesta entera.",
    "auditoria": "Si con todo lo que se publica junto se podría deducir algo que se esconde.",
    "tablas_quitadas": "Tablas que la auditoría dejó vacías en este lote.",
    "zonas": "Zonas en que se agrupa.",
    "programas": "Programas en que se agrupa.",
    "ejes_asistencia": "Formas en que se agrupan las asistencias.",
    "sin_separar": "Preguntas que salen sólo en total: separadas por grupo no cabían en el tope de celdas.",
    "sin_lugar": "Preguntas que no salen: no cabían en el tope de celdas.",
    "ejes_respuesta": "Formas en que se agrupan las respuestas.",
    "ejes_cambio": "Formas en que se agrupa el cambio entre antes y después.",
    "celdas": "Celdas con número posible en el lote; siempre están todas, haya ido gente o no.",
    "visibles": "Celdas que sí muestran un número.",
    "huella": "SHA-256 de las celdas del lote, para comprobar que no cambian.",
}


def leer_reglas(carpeta_catalogos: Path) -> Reglas:
    """Las reglas con los catálogos de la oficina: ``zonas.csv``, ``programas.csv``, el del censo y, si lo hay,
    ``publicacion.csv``.

    :raises ErrorPublicacion: si un catálogo falta, no se entiende o trae más claves de las que se pueden publicar.
    """
    return Reglas(
        zonas=_catalogo(carpeta_catalogos / "zonas.csv", ZONAS_CUANDO_MAS),
        programas=_catalogo(carpeta_catalogos / "programas.csv", PROGRAMAS_CUANDO_MAS),
        censo=leer_censo(carpeta_catalogos / ARCHIVO),
        **_ajustes(carpeta_catalogos / "publicacion.csv"),
    )


def _catalogo(ruta: Path, cuando_mas: int) -> dict[str, str]:
    valores = {fila["clave"]: fila["etiqueta"] for fila in leer_csv(ruta, ("clave", "etiqueta"))}
    if len(valores) > cuando_mas:
        raise ErrorPublicacion(
            f"{ruta.name} tiene {len(valores)} renglones y se pueden publicar {cuando_mas}.",
            "Junte algunos: con grupos más chicos se podría saber quién fue.",
        )
    return valores


def _ajustes(ruta: Path) -> dict[str, Any]:
    """Lo que la oficina eligió: ``modo``, ``epsilon`` y ``encuestas_sin_publicar``. Sin archivo, lo de siempre."""
    if not ruta.is_file():
        return {}
    valores = {fila["clave"]: fila["valor"] for fila in leer_csv(ruta, ("clave", "valor"))}
    modo = (valores.get("modo") or "redondeo").casefold()
    if modo not in MODOS:
        raise ErrorPublicacion(f"{ruta.name} dice modo «{modo}».", f"Escriba {' o '.join(MODOS)}.")
    try:
        epsilon = float((valores.get("epsilon") or "3").replace(",", "."))
    except ValueError:
        epsilon = 0.0
    if not EPSILON_CUANDO_MENOS <= epsilon <= EPSILON_CUANDO_MAS:
        raise ErrorPublicacion(
            f"{ruta.name} dice epsilon «{valores['epsilon']}».",
            f"Escriba un número de {EPSILON_CUANDO_MENOS} a {EPSILON_CUANDO_MAS}; el de siempre es 3.",
        )
    sin_publicar = frozenset(valores.get("encuestas_sin_publicar", "").replace(",", " ").split())
    return {"modo": modo, "epsilon": epsilon, "encuestas_sin_publicar": sin_publicar}


def sin_encuestas(crudo: Crudo, reglas: Reglas) -> Crudo:
    """Lo mismo sin las preguntas de las encuestas que la oficina eligió no publicar."""
    quedan = tuple(p for p in crudo.preguntas if p.instrumento not in reglas.encuestas_sin_publicar)
    return replace(crudo, preguntas=quedan)


def en_vigor(reglas: Reglas, celdas: Iterable[Celda], dictamen: Dictamen, cupo: Cupo = SIN_FALTA) -> str:
    """El JSON canónico de las reglas con que salió un lote, lo que dijo la auditoría y la huella de sus celdas."""
    lista = sorted(celdas)
    numericas = [valor["n"] for c in lista if "n" in (valor := json.loads(c.valor))]
    return canonico(
        {
            "umbral": reglas.umbral,
            "base_minima": reglas.base_minima,
            "tope_respuesta": reglas.tope_respuesta,
            "redondeo": reglas.redondeo,
            "saturacion": reglas.saturacion,
            "modo": reglas.modo,
            **({"epsilon": reglas.epsilon} if reglas.modo == "eps" else {}),
            "auditoria": "pasa" if dictamen.pasa else "no pasa",
            "tablas_quitadas": list(dictamen.quitadas) or ["ninguna"],
            **{que: list(cuales) for que, cuales in cupo._asdict().items() if cuales},
            "zonas": list(reglas.zonas.values()),
            "programas": list(reglas.programas.values()),
            "ejes_asistencia": reglas.ejes_asistencia,
            "ejes_respuesta": reglas.ejes_respuesta,
            "ejes_cambio": reglas.ejes_cambio,
            "celdas": len(numericas),
            "visibles": sum(n is not None for n in numericas),
            "huella": huella(lista),
        }
    )


def huella(celdas: Iterable[Celda]) -> str:
    """SHA-256 de las celdas, una por renglón y en orden."""
    suma = hashlib.sha256()
    for celda in sorted(celdas):
        suma.update(canonico([celda.tabla, celda.celda, celda.valor]).encode() + b"\n")
    return suma.hexdigest()


def explicar(reglas: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """(regla, valor, explicación) para la tabla ``reglas``; las que ya no se conocen van sin explicación."""
    for regla, valor in reglas.items():
        texto = ", ".join(map(str, valor)) if isinstance(valor, list) else str(valor)
        yield regla, texto, EXPLICACIONES.get(regla, "")
