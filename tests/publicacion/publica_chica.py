"""Archivos públicos chicos, hechos a mano: con el esquema de verdad, pero sin base privada ni cálculo detrás."""

from contextlib import closing
from pathlib import Path
from typing import Any

from sqlite_utils.utils import sqlite3

from publicacion.esquema_publico import TABLAS, sentencias

LOTE = "2026-T4"


def construir(ruta: Path, n: int = 100, *, texto: str = "¿Los celos son amor?", etiqueta: str = "Mujer") -> Path:
    """Un trimestre en que todas las cuentas visibles valen ``n`` y la de hombres no se muestra."""
    ruta.unlink(missing_ok=True)
    with closing(sqlite3.connect(ruta, isolation_level=None)) as con:
        con.execute("BEGIN")
        for sentencia in sentencias():
            con.execute(sentencia)
        poner(con, "lote", lote=LOTE, etiqueta=f"periodo de {n}", desde="2026-10-01", hasta="2026-12-31",
               publicado_el="2027-01-05")  # fmt: skip
        for orden, (eje, nombre) in enumerate((("total", "En total"), ("sexo", "Por sexo"))):
            poner(con, "eje", eje=eje, orden=orden, etiqueta=nombre)
        grupos = (("total", "todas", "Todas"), ("sexo", "M", etiqueta), ("sexo", "H", "Hombre"))
        for orden, (eje, grupo, nombre) in enumerate(grupos):
            cuenta = None if grupo == "H" else n
            poner(con, "grupo", eje=eje, grupo=grupo, orden=orden, etiqueta=nombre, sexo=nombre)
            poner(con, "asistencia_cubo", lote=LOTE, eje=eje, grupo=grupo, n=cuenta)
            poner(con, "respuesta_cubo", lote=LOTE, eje=eje, grupo=grupo, instrumento="antes", pregunta="K1",
                   respuesta="V", n=cuenta)  # fmt: skip
        poner(con, "pregunta", instrumento="antes", pregunta="K1", orden=1, encuesta="Antes", texto=texto)
        poner(con, "respuesta", instrumento="antes", pregunta="K1", respuesta="V", orden=1, etiqueta="Verdadero")
        poner(con, "reglas", lote=LOTE, regla="umbral", valor="10", explicacion="Una cuenta se muestra desde:")
        con.execute("COMMIT")
        con.execute("VACUUM")
    return ruta


def poner(con: Any, tabla: str, **dichos: Any) -> None:
    """Un renglón con lo dicho; lo demás que no puede ir vacío, con cualquier cosa."""
    columnas = TABLAS[tabla].columnas
    valores = {
        c: dichos.get(c, _relleno(columna.tipo) if "NOT NULL" in columna.tipo else None)
        for c, columna in columnas.items()
    }
    nombres, marcas = ", ".join(valores), ", ".join("?" * len(valores))
    con.execute(f"INSERT INTO {tabla} ({nombres}) VALUES ({marcas})", list(valores.values()))


def _relleno(tipo: str) -> Any:
    return "x" if tipo.startswith("TEXT") else 0
