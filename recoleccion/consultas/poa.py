"""Las líneas del Programa Operativo Anual y sus metas. Funciona con «meta sin definir»."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlite_utils import Database

from ..errores import ErrorJornada
from .conexion import escritura

METAS = ("indicador", "unidad", "meta_anual", "t1", "t2", "t3", "t4", "linea_base", "responsable")
_COLUMNAS = f"ejercicio, clave, orden, tipo, texto, {', '.join(METAS)}"


def sembrar(db: Database, ejercicio: int, lineas: Iterable[Mapping[str, Any]]) -> None:
    """Agrega las líneas que falten (clave, tipo, texto), en su orden; las que ya están no se tocan."""
    with escritura(db):
        for orden, linea in enumerate(lineas, start=1):
            db.execute(
                "INSERT INTO linea_poa (ejercicio, clave, orden, tipo, texto) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                [ejercicio, linea["clave"], orden, linea["tipo"], linea["texto"]],
            )


def listar(db: Database, ejercicio: int) -> list[dict[str, Any]]:
    return [
        dict(fila)
        for fila in db.execute(
            f"SELECT {_COLUMNAS} FROM linea_poa WHERE ejercicio = ? ORDER BY orden",  # noqa: S608
            [ejercicio],
        )
    ]


def ejercicios(db: Database) -> list[int]:
    return [fila[0] for fila in db.execute("SELECT DISTINCT ejercicio FROM linea_poa ORDER BY ejercicio")]


def guardar(db: Database, ejercicio: int, clave: str, datos: Mapping[str, Any]) -> None:
    """Cambia las :data:`METAS` que vengan en ``datos``. :raises ErrorJornada: ``linea_no_existe``."""
    cambios = {columna: datos[columna] if datos[columna] != "" else None for columna in METAS if columna in datos}
    with escritura(db):
        existe = db.execute("SELECT 1 FROM linea_poa WHERE ejercicio = ? AND clave = ?", [ejercicio, clave]).fetchone()
        if not existe:
            raise ErrorJornada("linea_no_existe")
        if cambios:
            db.execute(
                f"UPDATE linea_poa SET {', '.join(f'{c} = :{c}' for c in cambios)}"  # noqa: S608
                " WHERE ejercicio = :ejercicio AND clave = :clave",
                {**cambios, "ejercicio": ejercicio, "clave": clave},
            )


def ejercicio_de(db: Database, clave: str, anio: int) -> int:
    """El ejercicio de la línea que le toca a un evento de ese año: el suyo o, si no está cargado, el más cercano.

    :raises ErrorJornada: ``linea_desconocida``.
    """
    fila = db.execute(
        "SELECT ejercicio FROM linea_poa WHERE clave = ? ORDER BY abs(ejercicio - ?), ejercicio LIMIT 1", [clave, anio]
    ).fetchone()
    if fila is None:
        raise ErrorJornada("linea_desconocida", linea=clave)
    return int(fila["ejercicio"])
