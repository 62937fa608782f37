"""Cada dirección GET del panel con datos de verdad en sus huecos: las recorren las pruebas y el banco.

La lista sale de las rutas de la aplicación: una pantalla nueva entra sola, o hay que decir aquí con qué se llena.
"""

import re
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from recoleccion.aplicacion import create_app
from recoleccion.consultas import ajustes, conexion, cuarentena, cuentas, directorio, eventos, informes, series
from recoleccion.instalacion import Instalacion

NO_SON_PANTALLAS = re.compile(r"\.(pdf|json|csv|xlsx|png|jpg|ics)$")
DE_UNA_ENCUESTA = {"clave": "satisfaccion", "int:version": "1", "pregunta": "S1", "huella": "0" * 64}

CON_ARGUMENTOS = ("/panel/calendario?anio=2026", "/panel/informes/2026/anual", "/panel/informes/2026/25n")
"""Las que con otros argumentos son otra página."""


def pantallas(datos: Path) -> list[str]:
    """Las páginas, sin lo que se descarga; de los eventos, la suya en cada estado y las demás del que ya se cerró."""
    with closing(conexion.abrir(Instalacion(datos).privada)) as db:
        otros = {evento["id"] for evento in eventos.listar(db) if evento["estado"] != "cerrado"}
    de_otro = re.compile(rf"/panel/eventos/({'|'.join(otros)})/")
    return [c for c in caminos(datos) if not NO_SON_PANTALLAS.search(c) and not de_otro.match(c)]


def caminos(datos: Path) -> list[str]:
    """Todas las direcciones GET; de los eventos, uno en cada estado."""
    ids, salida = _ids(datos), list(CON_ARGUMENTOS)
    for regla in create_app(datos).url_map.iter_rules():
        camino = regla.rule
        if not camino.startswith("/panel/") or "GET" not in (regla.methods or ()):
            continue
        if not regla.arguments:
            salida.append(camino)
            continue
        de_que = camino.split("/")[2]
        if de_que == "instrumentos":
            salida.append(_con(camino, DE_UNA_ENCUESTA))
            continue
        assert de_que in ids, f"dígale a tests/pantallas.py con qué llenar {camino}"
        salida.extend(_con(camino, valores) for valores in ids[de_que])
    return sorted(set(salida))


def _ids(datos: Path) -> dict[str, list[Mapping[str, str]]]:
    """Por la primera parte de la dirección, con qué se llenan sus huecos; una dirección por cada juego de valores."""
    with closing(conexion.abrir(Instalacion(datos).privada)) as db:
        por_estado = {evento["estado"]: evento["id"] for evento in eventos.listar(db)}
        return {
            "eventos": [{"id": id} for id in por_estado.values()],
            "actividades": [
                {"id": fila["id"], "linea": "M6", "huella": "0" * 64}
                for fila in db.query("SELECT id FROM actividad WHERE linea = 'A9' LIMIT 1")
            ],
            "poa": [{"ejercicio": "2026", "linea": linea} for linea in ("M4", "A6")],
            "informes": [
                {"id": fila["id"], "ejercicio": str(fila["ejercicio"]), "periodo": fila["periodo"], "linea": "M4"}
                for fila in informes.listar(db, periodo="t3")[:1]
            ],
            "catalogos": [
                {"catalogo": "programa", "clave": "prevencion"},
                {"catalogo": "localidad", "clave": "valle_de_guadalupe"},
                {"catalogo": "efemeride", "clave": "8m"},
            ],
            "series": [{"id": serie["id"]} for serie in series.listar(db)[:1]],
            "papeleria": [{"clave": "prevencion"}],
            "papel": [{"id": fila["id"]} for fila in db.query("SELECT id FROM hoja_papel LIMIT 1")],
            "aviso": [{"version": "1"}],
            "derechos": [{"id": fila["id"]} for fila in db.query("SELECT id FROM solicitud ORDER BY folio")],
            "nombres": [{"id": fila["id"]} for fila in db.query("SELECT id FROM acta LIMIT 1")],
            "evidencias": [{"id": fila["id"]} for fila in db.query("SELECT id FROM evidencia LIMIT 1")],
            "directorio": [{"id": directorio.listar(db)[0]["id"]}],
            "cuentas": [{"id": next(c.id for c in cuentas.listar(db) if c.rol != "titular")}],
            "cuarentena": [{"id": fila["id"]} for fila in cuarentena.listar(db)[:1]],
            "calendario": [{"llave": ajustes.leer(db, "calendario_llave") or "sin"}],
            "telefonos": [{"id": fila["id"]} for fila in db.query("SELECT id FROM alta_dispositivo LIMIT 1")],
        }


def _con(camino: str, valores: Mapping[str, str]) -> str:
    """Los huecos (``<id>``, ``<int:version>``) con sus valores."""
    return re.sub(r"<([^>]+)>", lambda hueco: valores.get(hueco[1]) or valores[hueco[1].rpartition(":")[2]], camino)
