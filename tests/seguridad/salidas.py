"""Qué de lo que alguien escribió se volvería código en cada clase de salida. Cada función dice lo que halló.

El veneno lleva etiqueta, atributo, comillas, llaves de plantilla y fórmula a la vez, y su número, para saber de dónde
vino y en qué salidas se leyó.
"""

import csv
import json
import re
from html import unescape
from html.parser import HTMLParser
from io import BytesIO, StringIO
from xml.etree import ElementTree

import openpyxl
from pypdf import PdfReader

ETIQUETA, ATRIBUTO, CUENTA = "q-x", "onq", "{{7*191}}"
RESULTADO = "1337"
"""Lo que daría la cuenta si alguien la evaluara."""
_NUMERO = re.compile(rf"<{ETIQUETA}(\d+)")
_ES_NUMERO = re.compile(r"[-+]?\d[\d,. ]*%?$")
_DIRECCIONES = {"href", "src", "action", "formaction", "data", "srcdoc", "xlink:href"}


def veneno(n: int) -> str:
    return f"=1+cmd|'\"></script><{ETIQUETA}{n} {ATRIBUTO}=1>{CUENTA}"


def vistos(texto: str) -> set[int]:
    """De qué venenos se lee el texto tal cual, ya sin escapar: prueba de que la salida sí los trae."""
    plano = unescape(unescape(texto)).replace("\\u003c", "<").replace("\\u003e", ">")
    return {int(numero) for numero in _NUMERO.findall(plano)}


class _Html(HTMLParser):
    def __init__(self, texto: str) -> None:
        super().__init__(convert_charrefs=True)
        self.hallado: list[str] = []
        self.feed(texto)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag.startswith(ETIQUETA):
            self.hallado.append(f"etiqueta <{tag}>")
        dados = dict(attrs)
        for nombre, valor in attrs:
            if nombre.startswith("on"):
                self.hallado.append(f"atributo {nombre} en <{tag}>")
            esquema = re.sub(r"[\x00-\x20]", "", valor or "").lower()
            if nombre in _DIRECCIONES and esquema.startswith(("javascript:", "vbscript:", "data:text")):
                self.hallado.append(f"dirección {valor!r} en <{tag}>")
        if tag == "script" and "src" not in dados and dados.get("type") != "application/json":
            self.hallado.append("guion en la página")

    handle_startendtag = handle_starttag


def en_html(contenido: bytes) -> list[str]:
    texto = contenido.decode()
    evaluado = [f"plantilla evaluada: {RESULTADO}"] if RESULTADO in texto else []
    return _Html(texto).hallado + evaluado


def en_json(contenido: bytes) -> list[str]:
    """Lo que en un JSON es página (las encuestas del paquete, que el teléfono pone tal cual) se revisa como página.

    :raises ValueError: si lo escrito lo rompió.
    """
    return [que for pagina in _paginas_de(json.loads(contenido)) for que in _Html(pagina).hallado]


def _paginas_de(valor: object) -> list[str]:
    hijos = list(valor.items() if isinstance(valor, dict) else enumerate(valor) if isinstance(valor, list) else ())
    halladas = [hijo for clave, hijo in hijos if clave == "html" and isinstance(hijo, str)]
    return halladas + [pagina for _, hijo in hijos for pagina in _paginas_de(hijo)]


def en_xml(contenido: bytes) -> list[str]:
    """:raises ElementTree.ParseError: si lo escrito lo rompió."""
    arbol = ElementTree.fromstring(contenido)
    return [f"elemento {nodo.tag}" for nodo in arbol.iter() if str(nodo.tag).rpartition("}")[2].startswith(ETIQUETA)]


def en_csv(contenido: bytes) -> list[str]:
    filas = csv.reader(StringIO(contenido.decode("utf-8-sig")))
    celdas = [celda for fila in filas for celda in fila]
    return [f"fórmula {celda[:40]!r}" for celda in celdas if _es_formula(celda)]


def _es_formula(celda: str) -> bool:
    return celda.lstrip(" \t\r\n").startswith(("=", "+", "-", "@")) and not _ES_NUMERO.match(celda) and celda != "-"


def en_xlsx(contenido: bytes) -> list[str]:
    hallado = []
    for hoja in openpyxl.load_workbook(BytesIO(contenido)):
        for celda in (celda for fila in hoja.iter_rows() for celda in fila):
            if celda.data_type == "f" and ("cmd|" in str(celda.value) or ETIQUETA in str(celda.value)):
                hallado.append(f"fórmula {str(celda.value)[:40]!r} en {hoja.title}!{celda.coordinate}")
            if celda.hyperlink is not None and ETIQUETA in str(celda.hyperlink.target):
                hallado.append(f"enlace en {hoja.title}!{celda.coordinate}")
    return hallado


def en_pdf(contenido: bytes) -> list[str]:
    """Un PDF nuestro no lleva guiones, acciones ni archivos; sus enlaces, si hay, son de red o de teléfono."""
    crudo = [marca.decode() for marca in (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/OpenAction")]
    hallado = [marca for marca in crudo if re.search(rf"{marca}\b".encode(), contenido)]
    for pagina in PdfReader(BytesIO(contenido)).pages:
        for nota in pagina.get("/Annots", []):
            accion = nota.get_object().get("/A", {}).get_object()
            direccion = str(accion.get("/URI", ""))
            hallado += [f"enlace {direccion}"] if direccion and not direccion.startswith(("http", "tel:")) else []
    return hallado


def en_ics(contenido: bytes) -> list[str]:
    lineas = re.sub(r"\r\n[ \t]", "", contenido.decode()).split("\r\n")
    return [f"renglón {linea[:30]!r}" for linea in lineas if linea and not re.match(r"[A-Z-]+[;:]", linea)]


REVISIONES = {
    "text/html": en_html, "application/json": en_json, "application/manifest+json": en_json, "text/xml": en_xml,
    "text/csv": en_csv, "application/pdf": en_pdf, "text/calendar": en_ics,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": en_xlsx,
}  # fmt: skip


def leido(tipo: str, contenido: bytes) -> str:
    """El texto que una persona leería en esa salida."""
    if tipo == "application/pdf":
        return " ".join(pagina.extract_text() for pagina in PdfReader(BytesIO(contenido)).pages)
    if tipo.endswith("spreadsheetml.sheet"):
        hojas = openpyxl.load_workbook(BytesIO(contenido))
        return " ".join(str(valor) for hoja in hojas for fila in hoja.values for valor in fila if valor is not None)
    if tipo == "application/json":
        return str(json.loads(contenido))
    return contenido.decode("utf-8", "replace") if tipo.startswith("text/") else ""
