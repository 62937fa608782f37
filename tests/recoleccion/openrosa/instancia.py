"""Lo que haría otra aplicación: tomar el XForm, contestarlo y mandar la instancia. Escrito desde la especificación."""

import copy
import re
import xml.etree.ElementTree as ET
from random import Random

from formularios.instrumento import Instrumento, Pregunta, nombre_campo

XF, JR = "{http://www.w3.org/2002/xforms}", "{http://openrosa.org/javarosa}"


def primaria(xform: bytes) -> ET.Element:
    """La instancia vacía que trae el formulario, sin las plantillas de lo que se repite."""
    modelo = ET.fromstring(xform).find(f".//{XF}model")
    assert modelo is not None
    instancia = modelo.find(f"{XF}instance")
    assert instancia is not None
    return instancia[0]


def contestada(
    xform: bytes, i: Instrumento, datos: dict[str, list[str]], id: str, *, ficha: str = "", azar: Random | None = None
) -> bytes:
    """La instancia llena con ``datos`` (nombre de campo y valores) y con ``id`` por ``instanceID``."""
    raiz = copy.deepcopy(primaria(xform))
    claves = {grupo.clave: grupo for grupo in i.grupos}
    _llenar(raiz, i, datos, (), claves, azar or Random(1))
    if ficha:
        _uno(raiz, "jornada_ficha").text = ficha
    _uno(_uno(raiz, "meta"), "instanceID").text = f"uuid:{id}"
    return ET.tostring(raiz, encoding="utf-8", xml_declaration=True)


def _llenar(nodo, i, datos, vueltas, grupos, azar) -> None:
    vistos: set[str] = set()
    for hijo in list(nodo):
        clave = hijo.tag.removeprefix(XF)
        if clave in grupos and grupos[clave].repite:
            nodo_de_muestra = copy.deepcopy(hijo)
            lugar = list(nodo).index(hijo)
            nodo.remove(hijo)
            if clave in vistos:
                continue  # la plantilla y su primera vuelta se llaman igual
            nodo_de_muestra.attrib.pop(f"{JR}template", None)
            for vuelta in range(1, _ultima(i, datos, clave, vueltas) + 1):
                otra = copy.deepcopy(nodo_de_muestra)
                nodo.insert(lugar + vuelta - 1, otra)
                _llenar(otra, i, datos, (*vueltas, vuelta), grupos, azar)
        elif clave in grupos:
            _llenar(hijo, i, datos, vueltas, grupos, azar)
        elif clave in i.por_clave:
            crudo = datos.get(nombre_campo(i.por_clave[clave], vueltas))
            if crudo and any(crudo):
                hijo.text = escrito(i.por_clave[clave], crudo, azar)
        vistos.add(clave)


def _ultima(i: Instrumento, datos: dict[str, list[str]], repeticion: str, vueltas: tuple[int, ...]) -> int:
    """Cuántas vueltas de una repetición hacen falta para que quepa lo contestado."""
    ultima = 0
    for pregunta in i.preguntas:
        hondura = [g.clave for g in i.repeticiones(pregunta.grupo)]
        if repeticion not in hondura:
            continue
        base = nombre_campo(pregunta)
        for nombre, crudo in datos.items():
            partes = nombre.split("~")
            if partes[0] == base and crudo and tuple(map(int, partes[1:]))[: len(vueltas)] == vueltas:
                ultima = max(ultima, int(partes[1 + len(vueltas)]))
    return ultima


def escrito(pregunta: Pregunta, crudo: list[str], azar: Random) -> str:
    """Como lo escribe JavaRosa: opciones separadas por espacios, horas con zona, decimales de Java."""
    if pregunta.tipo in ("varias", "orden"):
        return " ".join(crudo)
    valor = crudo[0]
    if pregunta.tipo == "hora":
        return f"{valor}:00.000-06:00"
    if pregunta.tipo == "decimal" and re.fullmatch(r"-?[0-9.]+", valor) and azar.random() < 0.5:
        return _de_java(float(valor))
    return valor


def _de_java(numero: float) -> str:
    """``Double.toString``: con exponente desde diez millones y debajo de una milésima."""
    if numero == 0 or 1e-3 <= abs(numero) < 1e7:
        return repr(numero)
    mantisa, exponente = f"{numero:e}".split("e")
    return f"{float(mantisa)}E{int(exponente)}"


def _uno(nodo: ET.Element, nombre: str) -> ET.Element:
    hallados = [hijo for hijo in nodo if hijo.tag.rpartition("}")[2] == nombre]
    assert len(hallados) == 1, nombre
    return hallados[0]
