"""``jornada analista``: dar, quitar y ver accesos desde la terminal."""

import re
from contextlib import closing
from pathlib import Path

from publicacion import analistas
from recoleccion.consultas import bitacora, conexion
from tests.ordenes import correr
from tests.test_cli import sin_ingles


def test_alta_lista_y_baja(datos: Path) -> None:
    alta = correr("analista", "alta", "--datos", datos, "Ana Reyes", "--dias", "30")
    assert alta.exit_code == 0
    (token,) = re.findall(r"AN(?:-[0-9A-Z]{5}){5}", alta.output)
    (guardada,) = analistas.leer(datos / "analistas.json")
    assert guardada.nombre == "Ana Reyes"
    lista = correr("analista", "lista", "--datos", datos).output
    assert "Ana Reyes" in lista
    assert "1 analista en la lista." in lista
    assert token not in lista + (datos / "analistas.json").read_text("utf-8")
    repetida = correr("analista", "alta", "--datos", datos, "ana reyes")
    assert repetida.exit_code == 1
    assert "ya está en la lista" in repetida.output
    baja = correr("analista", "baja", "--datos", datos, "Ana Reyes")
    assert "Su acceso ya no sirve." in baja.output
    assert analistas.leer(datos / "analistas.json") == []
    otra = correr("analista", "baja", "--datos", datos, "Ana Reyes")
    assert otra.exit_code == 1
    sin_ingles(alta.output + lista + repetida.output + baja.output + otra.output)


def test_queda_en_la_bitacora_sin_el_token(datos: Path) -> None:
    alta = correr("analista", "alta", "--datos", datos, "Ana Reyes").output
    correr("analista", "baja", "--datos", datos, "Ana Reyes")
    with closing(conexion.abrir(datos / "privada.db")) as db:
        anotadas = [(a["accion"], a["objeto"], a["detalle"]) for a in bitacora.listar(db, 2)]
    assert anotadas == [
        ("quitar acceso de analista", "analista Ana Reyes", ""),
        ("dar acceso de analista", "analista Ana Reyes", ""),
    ]
    assert "AN-" in alta
