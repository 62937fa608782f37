"""Las cuentas de la oficina. La contraseña sólo existe como resumen argon2id."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from ..errores import ErrorJornada
from .conexion import escritura

ROLES = ("promotora", "titular", "analista", "administra")
LARGO_MINIMO = 8

_COLUMNAS = "id, usuario, nombre, rol, activa"
_resumidor = PasswordHasher()


@dataclass(frozen=True)
class Cuenta:
    id: str
    usuario: str
    nombre: str
    rol: str
    activa: bool = True


@cache
def _resumen_de_nadie() -> str:
    """Para gastar lo mismo cuando el usuario no existe: el tiempo no dice quién tiene cuenta."""
    return _resumidor.hash("nadie usa esta contraseña")


def crear(db: Database, *, usuario: str, nombre: str, rol: str, contrasena: str, ahora: datetime) -> str:
    """Crea una cuenta y devuelve su id.

    :raises ErrorJornada: ``usuario_vacio``, ``usuario_repetido``, ``contrasena_corta``, ``rol_desconocido``.
    """
    usuario = usuario.strip()
    if not usuario:
        raise ErrorJornada("usuario_vacio")
    if len(contrasena) < LARGO_MINIMO:
        raise ErrorJornada("contrasena_corta")
    if rol not in ROLES:
        raise ErrorJornada("rol_desconocido")
    fila = [str(uuid.uuid4()), usuario, nombre, rol, _resumidor.hash(contrasena), ahora.isoformat()]
    try:
        with escritura(db):
            db.execute(
                "INSERT INTO cuenta (id, usuario, nombre, rol, contrasena, creada_en) VALUES (?, ?, ?, ?, ?, ?)", fila
            )
    except sqlite3.IntegrityError as error:
        raise ErrorJornada("usuario_repetido", usuario=usuario) from error
    return fila[0]


def autenticar(db: Database, usuario: str, contrasena: str) -> Cuenta | None:
    """La cuenta, si el usuario y la contraseña son suyos y está activa. Cuesta lo mismo acertar que no."""
    fila = db.execute(
        f"SELECT {_COLUMNAS}, contrasena FROM cuenta WHERE usuario = ?",  # noqa: S608
        [usuario.strip()],
    ).fetchone()
    try:
        _resumidor.verify(fila["contrasena"] if fila else _resumen_de_nadie(), contrasena)
    except (VerificationError, InvalidHashError):
        return None
    return _cuenta(fila) if fila and fila["activa"] else None


def leer(db: Database, id: str) -> Cuenta | None:
    fila = db.execute(f"SELECT {_COLUMNAS} FROM cuenta WHERE id = ?", [id]).fetchone()  # noqa: S608
    return _cuenta(fila) if fila else None


def listar(db: Database) -> list[Cuenta]:
    return [_cuenta(fila) for fila in db.execute(f"SELECT {_COLUMNAS} FROM cuenta ORDER BY usuario")]  # noqa: S608


def _cuenta(fila: sqlite3.Row) -> Cuenta:
    return Cuenta(fila["id"], fila["usuario"], fila["nombre"], fila["rol"], bool(fila["activa"]))
