"""De lo que manda otra aplicación a un registro nuestro, con los mismos campos que manda una página.

Aquí no se valida ninguna respuesta: eso lo hace la recepción, igual para todos. El XML viene de fuera: uno con
``DOCTYPE`` (de ahí salen las entidades que se multiplican o leen archivos), muy hondo o con demasiados elementos no se
termina de leer.

Fuente: docs.getodk.org/openrosa-metadata e /openrosa-form-submission; el valor de cada tipo,
getodk.github.io/xforms-spec («Data Types»).
"""

import re
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from formularios.instrumento import Grupo, Instrumento, Pregunta, nombre_campo

from ..errores import ErrorJornada
from . import formas

ELEMENTOS, HONDURA, VUELTAS = 50_000, 40, 200
"""Lo más que se lee: de sobra para mil preguntas, y poco para quien quiera ocupar el servidor."""
_CON_EXPONENTE = re.compile(r"[+-]?[0-9]{1,20}(?:\.[0-9]{1,20})?[eE][+-]?[0-9]{1,2}")


@dataclass(frozen=True)
class Envio:
    """``forma`` y ``version``: de qué formulario es. ``id``: su ``instanceID`` sin ``uuid:``."""

    forma: str
    version: str
    id: str
    raiz: ET.Element


def leer(xml: bytes) -> Envio:
    """De quién es y qué trae, sin mirar todavía las respuestas.

    :raises ErrorJornada: ``openrosa_ilegible``, ``openrosa_cifrado``, ``openrosa_edicion``, ``openrosa_sin_numero``.
    """
    raiz = _arbol(xml)
    meta = next(_hijos(raiz, "meta"), None)
    if raiz.get("encrypted") == "yes" or next(_hijos(raiz, "encryptedXmlFile"), None) is not None:
        raise ErrorJornada("openrosa_cifrado")
    if _texto(meta, "deprecatedID"):
        raise ErrorJornada("openrosa_edicion")
    numero = _texto(meta, "instanceID") or (raiz.get("instanceID") or "").strip()
    if not numero:
        raise ErrorJornada("openrosa_sin_numero")
    return Envio(raiz.get("id") or "", raiz.get("version") or "", numero.removeprefix("uuid:").lower(), raiz)


def contestacion(envio: Envio, evento_id: str, instrumento: Instrumento) -> dict[str, Any]:
    """El registro de una encuesta contestada. Ni hora ni teléfono: no los lleva ninguna.

    :raises ErrorJornada: ``openrosa_vueltas`` si una repetición trae más de las que aquí caben.
    """
    ficha = _texto(envio.raiz, f"{formas.prefijo(instrumento)}_ficha") if instrumento.lleva_ficha else ""
    datos = {
        "instrumento": instrumento.clave,
        "version": instrumento.version,
        "ficha": ficha or None,
        "respuestas": dict(_campos(instrumento, envio.raiz, None, ())),
    }
    return _registro(envio, "contestacion", evento_id, datos)


def asistencia(envio: Envio, evento_id: str, aviso: int) -> dict[str, Any]:
    """El registro de una persona. Lo que el formulario no preguntó queda como «no dice»."""
    dichos: Mapping[str, Any] = {campo: _texto(envio.raiz, campo) or None for campo in ("sexo", "edad", "procedencia")}
    return _registro(envio, "asistencia", evento_id, {"modo": "promotora", **dichos, "aviso": aviso})


def _registro(envio: Envio, tipo: str, evento_id: str, datos: dict[str, Any]) -> dict[str, Any]:
    comun = {"v": 1, "id": envio.id, "tipo": tipo, "evento": evento_id, "hora": None, "sesgo_ms": None}
    return {**comun, "datos": datos}


def _campos(
    i: Instrumento, nodo: ET.Element, grupo: str | None, vueltas: tuple[int, ...]
) -> Iterator[tuple[str, list[str]]]:
    """Nombre de campo y valores de todo lo contestado, como lo manda una página."""
    hijos: dict[str, list[ET.Element]] = defaultdict(list)
    for hijo in nodo:
        hijos[_nombre(hijo)].append(hijo)
    preguntas, grupos = _adentro(i, grupo)
    for pregunta in preguntas:
        valores = [valor for hijo in hijos[pregunta.clave] for valor in _valores(pregunta, hijo.text or "")]
        if valores:
            yield nombre_campo(pregunta, vueltas), valores
    for dentro in grupos:
        if len(hijos[dentro.clave]) > VUELTAS:
            raise ErrorJornada("openrosa_vueltas")
        for vuelta, nodo_de_la_vuelta in enumerate(hijos[dentro.clave], start=1):
            lugar = (*vueltas, vuelta) if dentro.repite else vueltas
            lleno = dict(_campos(i, nodo_de_la_vuelta, dentro.clave, lugar))
            if lleno and vuelta > (dentro.tope if dentro.repite else 1):
                raise ErrorJornada("openrosa_vueltas")
            yield from lleno.items()


@lru_cache(maxsize=1024)
def _adentro(i: Instrumento, grupo: str | None) -> tuple[list[Pregunta], list[Grupo]]:
    """Lo que se contesta y los grupos que están justo dentro de uno."""
    preguntas = [pregunta for pregunta in i.preguntas if pregunta.grupo == grupo and pregunta.con_campo]
    return preguntas, [dentro for dentro in i.grupos if dentro.padre == grupo]


def _valores(pregunta: Pregunta, texto: str) -> list[str]:
    if pregunta.tipo in ("texto", "codigo"):
        return [texto] if texto.strip() else []
    if pregunta.tipo in ("varias", "orden"):
        return texto.split()
    if pregunta.tipo in ("decimal", "rango", "punto"):
        texto = " ".join(_sin_exponente(parte) for parte in texto.split())
    return [texto.strip()] if texto.strip() else []


def _sin_exponente(numero: str) -> str:
    """Java escribe ``1.0E7`` y ``1.0E-4``; una persona, no."""
    return f"{Decimal(numero):f}" if _CON_EXPONENTE.fullmatch(numero) else numero


def _hijos(nodo: ET.Element, nombre: str) -> Iterator[ET.Element]:
    """Por su nombre, sin mirar el espacio de nombres: unas aplicaciones lo ponen y otras no."""
    return (hijo for hijo in nodo if _nombre(hijo) == nombre)


def _nombre(nodo: ET.Element) -> str:
    return nodo.tag.rpartition("}")[2]


def _texto(nodo: ET.Element | None, nombre: str) -> str:
    hijo = next(_hijos(nodo, nombre), None) if nodo is not None else None
    return (hijo.text or "").strip() if hijo is not None else ""


class _Cauto(ET.TreeBuilder):
    def __init__(self) -> None:
        super().__init__()
        self._van = self._hondo = 0

    def doctype(self, *_: object) -> None:
        raise ErrorJornada("openrosa_ilegible")

    def start(self, tag: Any, attrs: Any, /) -> ET.Element:
        self._van, self._hondo = self._van + 1, self._hondo + 1
        if self._van > ELEMENTOS or self._hondo > HONDURA:
            raise ErrorJornada("openrosa_ilegible")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> ET.Element:
        self._hondo -= 1
        return super().end(tag)


def _arbol(xml: bytes) -> ET.Element:
    analizador = ET.XMLParser(target=_Cauto())  # noqa: S314  # _Cauto no deja pasar ningún DOCTYPE
    try:
        analizador.feed(xml)
        raiz: ET.Element = analizador.close()
    except (ET.ParseError, LookupError, ValueError) as error:  # XML malo, o una codificación que no existe
        raise ErrorJornada("openrosa_ilegible") from error
    return raiz
