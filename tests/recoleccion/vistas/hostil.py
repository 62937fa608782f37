"""Lo que mandaría alguien con malas intenciones, y cómo se halla dónde mandarlo: en las páginas y en el código.

Los formularios salen de las páginas mismas; los nombres que leen las vistas, de su código. Una ruta nueva entra sola.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from recoleccion import vistas

Valor = str | bytes
VALORES: list[Valor] = [
    "9" * 5000, "9" * 25, "-1", "0", "1e999", "NaN", "-Infinity", "²", "٣", "0x10", "1_0", "9e999999",
    "\0", "a\0b", b"\xed\xa0\x80", b"\xff\xfe", "\uffff\ufffe", "\u202e\u200b", "🌸" * 40, "é" * 3000, " " * 300,
    "9999-12-31", "31/12/9999", "0001-01-01", "2026-02-30", "23:59:59.999999", "99:99", "24:00",
    "//[", "https://[::1", "/panel//[", "\r\nX-Otra: 1", "../../etc/passwd", "%00%ff", "[" * 3000, '{"a":' * 900,
    "' OR 1=1 --", "<script>", "{{ 7*7 }}", "{0.__class__}", "%s%n", "=1+1", "${P1}", "P1 es", "P1 mayor", "subir-",
]  # fmt: skip
AMBIENTES = [
    {"HTTP_ORIGIN": "http://["}, {"HTTP_ORIGIN": "null"}, {"HTTP_ORIGIN": "\xff"}, {"HTTP_REFERER": "https://["},
    {"HTTP_REFERER": "https://[", "wsgi.url_scheme": "https"}, {"HTTP_HOST": "["}, {"HTTP_HOST": "a b:99999999"},
    {"HTTP_HOST": "x" * 400}, {"HTTP_SEC_FETCH_SITE": "\xff"}, {"HTTP_COOKIE": "sesion=\xff; ="},
    {"HTTP_COOKIE": "sesion=" + "9" * 5000}, {"HTTP_ACCEPT_ENCODING": "br;q=NaN, gzip;q=1e999"},
    {"HTTP_ACCEPT_LANGUAGE": "é;q=x"}, {"HTTP_IF_MODIFIED_SINCE": "Fri, 31 Dec 99999 23:59:59 GMT"},
    {"HTTP_IF_MODIFIED_SINCE": "Fri, 31 Dec 9999 23:59:59 -2359"}, {"HTTP_IF_NONE_MATCH": '"' * 50},
    {"HTTP_IF_RANGE": "\xff"}, {"HTTP_RANGE": f"bytes={'9' * 5000}-"}, {"CONTENT_TYPE": "multipart/form-data"},
    {"CONTENT_TYPE": "application/x-www-form-urlencoded; charset=rot13"}, {"HTTP_USER_AGENT": ""},
    {"HTTP_AUTHORIZATION": "Bearer \xff"}, {"HTTP_AUTHORIZATION": "Basic =="},
    {"QUERY_STRING": "%ff=%ff&%00&" + "&" * 99},
]  # fmt: skip
"""Cabeceras, como las recibe la aplicación; waitress ya contestó 400 a lo que no es HTTP."""
SE_ADMITE = {
    "fecha": "2026-11-25", "hora_inicio": "17:00", "hora_fin": "19:00", "verificado_el": "2026-11-01", "minutos": "2",
    "telefono": "378 123 4567", "cuantas": "3", "edad_minima": "18", "usuario": "rosa", "si_numero": "2",
    "host_publico": "https://registro.ejemplo.mx", "inicio": "0", "fin": "10", "paso": "1",
    "convenio_hasta": "2026-12-31", "dia": "3", "hasta_dia": "", "minimo": "1",
}  # fmt: skip
"""Lo que va en un campo vacío para que lo demás se revise; en los otros, :data:`TEXTO`."""
TEXTO = "Un texto"
_LEE = re.compile(r"(?:args|form|values|files|datos|cuerpo)(?:\.get(?:list)?\(|\[)\"(\w+)\"")


def nombres_leidos() -> list[str]:
    """Los campos y argumentos que alguna vista lee por su nombre."""
    rutas = Path(vistas.__file__).parent.rglob("*.py")
    return sorted({nombre for ruta in rutas for nombre in _LEE.findall(ruta.read_text("utf-8"))})


@dataclass
class Forma:
    """Un formulario de una página, lleno con lo que se admitiría. ``textos``: los campos donde se escribe."""

    direccion: str
    campos: dict[str, Valor] = field(default_factory=dict)
    textos: set[str] = field(default_factory=set)

    def con(self, valores: list[Valor], nombre: str) -> Iterator[dict[str, Valor]]:
        """Ese campo con cada valor, y los demás como estaban."""
        yield from (self.campos | {nombre: valor} for valor in valores)


class _Formas(HTMLParser):
    def __init__(self, pagina: str, direccion: str) -> None:
        super().__init__()
        self.direccion, self.formas = direccion, list[Forma]()
        self.abierta: Forma | None = None
        self.lista: str | None = None
        self.feed(pagina)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        dados = {nombre: valor or "" for nombre, valor in attrs}
        nombre, valor, tipo = dados.get("name"), dados.get("value", ""), dados.get("type")
        if tag == "form":
            self.abierta = Forma(dados.get("action") or self.direccion) if dados.get("method") == "post" else None
        elif self.abierta is None:
            return
        elif tag == "select":
            self.lista = nombre
        elif tag == "option" and self.lista and ("selected" in dados or not self.abierta.campos.get(self.lista)):
            self.abierta.campos[self.lista] = valor
        elif nombre and tag in ("button", "input") and (tag == "button" or tipo in ("radio", "checkbox")):
            if "checked" in dados or nombre not in self.abierta.campos:
                self.abierta.campos[nombre] = valor
        elif nombre and tag in ("input", "textarea"):
            vacio = "" if tipo == "password" else SE_ADMITE.get(nombre, TEXTO)
            self.abierta.campos[nombre] = valor or vacio
            if tipo in (None, "text"):
                self.abierta.textos.add(nombre)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self.abierta is not None:
            self.formas.append(self.abierta)
            self.abierta = None
        elif tag == "select":
            self.lista = None


def formas_de(pagina: str, direccion: str) -> list[Forma]:
    """Los formularios de una página que se mandan con POST."""
    return _Formas(pagina, direccion).formas
