"""Leer una página de asistente como la ve un navegador."""

import re
from html.parser import HTMLParser

from recoleccion.consultas import eventos
from tests.elenco import HORA, evento_de_prueba

DATOS = {"sexo": "M", "edad": "30-44", "procedencia": "rancho", "nombre": "Guadalupe Íñiguez", "telefono": "3781234567"}
K = {"K1": "V", "K2": "F", "K3": "V", "K4": "V", "K5": "NS"}


class Pagina(HTMLParser):
    """Lo que una página tiene dentro: direcciones, campos, títulos y lo que escribió la persona."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html, self.direcciones, self.etiquetas, self.valores, self.marcadas = html, [], [], {}, set()
        self.sueltos: list[dict] = []
        """Campos fuera de un formulario: nada les dice que no guarden lo escrito."""
        self._en_formulario = False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        atributos = dict(attrs)
        self._en_formulario = self._en_formulario or tag == "form"
        if tag in ("input", "textarea", "select") and not self._en_formulario:
            self.sueltos.append(atributos)
        self.etiquetas.append((tag, atributos))
        self.direcciones += [atributos[a] for a in ("href", "src", "action") if a in atributos]
        if tag == "input" and atributos.get("type") in ("radio", "checkbox"):
            if "checked" in atributos:
                self.marcadas.add((atributos["name"], atributos["value"]))
        elif tag == "input":
            self.valores[atributos["name"]] = atributos.get("value", "")

    def handle_endtag(self, tag):
        if tag == "form":
            self._en_formulario = False

    @property
    def titulo(self) -> str:
        return re.search(r"<title>(.*?)</title>", self.html)[1]


def leer(cliente, direccion, estado=200) -> Pagina:
    respuesta = cliente.get(direccion)
    assert respuesta.status_code == estado, direccion
    return Pagina(respuesta.text)


def nuevo_evento(base, azar, **cambios) -> str:
    """Otro evento de hoy; devuelve su clave."""
    return eventos.leer(base, eventos.crear(base, evento_de_prueba(**cambios), HORA, azar))["clave"]
