"""El manual, en ``/ayuda/manual/``: páginas públicas, sin galletas ni guiones, que también se imprimen.

No se enlaza desde ninguna página de asistentes: en su teléfono nada dice de qué es esto.
"""

import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from recoleccion import paquete
from recoleccion.errores import CATALOGO, Entrada

bp = Blueprint("manual", __name__, url_prefix="/ayuda/manual")

PAPELES = {
    "promotora": "Para la promotora: registrar en los eventos con su teléfono, con señal y sin ella.",
    "titular": "Para la titular: el año de la oficina, de la primera cuenta al informe firmado.",
    "analista": "Para la analista: leer, bajar, consultar y citar lo publicado.",
}
"""Por papel, de qué trata su parte."""

_HUECO = re.compile(r"\{(\w+)\}")
_EJEMPLOS = {"carpeta": "datos", "archivo": "privada.db", "megas": "30", "minimo": "16"}


class Imagen(NamedTuple):
    """Un PNG de ``static/img/manual/`` y lo que mide, para que la página no brinque al cargarlo."""

    ruta: str
    ancho: int
    alto: int


@bp.get("/")
def indice() -> ResponseReturnValue:
    return render_template("manual/indice.html", papeles=PAPELES)


@bp.get(f"/<any({', '.join(PAPELES)}):papel>")
def pagina(papel: str) -> ResponseReturnValue:
    return render_template(f"manual/{papel}.html", papeles=PAPELES, papel=papel)


@bp.app_template_global()
def imagen(nombre: str) -> Imagen:
    """La captura con ese nombre. :raises FileNotFoundError: si nadie la tomó."""
    ruta = f"img/manual/{nombre}.png"
    return Imagen(ruta, *_medidas(paquete.carpeta("static") / ruta))


@lru_cache(maxsize=128)
def _medidas(archivo: Path) -> tuple[int, int]:
    """Ancho y alto: en un PNG, los ocho bytes que siguen a su firma y al nombre de su primer bloque."""
    with archivo.open("rb") as abierto:
        cabeza = abierto.read(24)
    return int.from_bytes(cabeza[16:20], "big"), int.from_bytes(cabeza[20:24], "big")


@bp.app_template_global()
def falla(codigo: str) -> Entrada:
    """Lo que la pantalla dice con ese código, tal cual; los huecos, con un ejemplo o con puntos."""
    entrada = CATALOGO[codigo]
    return entrada._replace(mensaje=_llenar(entrada.mensaje), que_hacer=_llenar(entrada.que_hacer))


def _llenar(frase: str) -> str:
    return _HUECO.sub(lambda hueco: _EJEMPLOS.get(hueco[1], "…"), frase)
