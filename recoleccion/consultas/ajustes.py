"""Los ajustes de la oficina: municipio, oficina, host_publico, epoca, modo, sal_credenciales."""

from sqlite_utils import Database

from .conexion import escritura


def leer(db: Database, clave: str, omision: str | None = None) -> str | None:
    fila = db.execute("SELECT valor FROM ajuste WHERE clave = ?", [clave]).fetchone()
    return fila["valor"] if fila else omision


def guardar(db: Database, clave: str, valor: str) -> None:
    with escritura(db):
        db.execute(
            "INSERT INTO ajuste (clave, valor) VALUES (?, ?) ON CONFLICT (clave) DO UPDATE SET valor = excluded.valor",
            [clave, valor],
        )
