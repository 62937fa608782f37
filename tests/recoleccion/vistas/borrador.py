"""Apoyo de las pruebas del constructor: empezar una encuesta en pantalla, agregarle preguntas y ver qué quedó."""

import re

from recoleccion.consultas import borradores
from tests.recoleccion.vistas.oficina import Oficina


def revision(oficina: Oficina, direccion: str) -> str:
    return re.search(r'name="revision" value="(\d+)"', oficina.get(direccion).text)[1]


def mandar(oficina: Oficina, direccion: str, **datos):
    """Abre la página y manda su formulario, como quien la está viendo."""
    datos.setdefault("revision", revision(oficina, direccion))
    return oficina.post(direccion, **datos)


def empezar(oficina: Oficina, titulo: str = "Sobre la feria") -> str:
    """La dirección del borrador recién empezado."""
    respuesta = oficina.post("/panel/instrumentos/nueva", titulo=titulo, intro="Son pocas.", minutos="2")
    assert respuesta.status_code == 303
    return respuesta.headers["Location"].removesuffix("/pregunta")


def agregar(oficina: Oficina, editar: str, texto: str, tipo: str = "una", opciones: str = "", **mas):
    return mandar(oficina, f"{editar}/pregunta", texto=texto, tipo=tipo, opciones=opciones, accion="listo", **mas)


def guardado(base, clave: str = "sobre_la_feria") -> dict:
    return borradores.leer(base, clave).borrador


def preguntas(base, clave: str = "sobre_la_feria") -> list[dict]:
    return guardado(base, clave)["modelo"]["preguntas"]
