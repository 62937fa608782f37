"""Las cuentas de la oficina. La contraseña sólo existe como resumen argon2id."""

import hashlib
import random
import uuid
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from formularios.ficha import PALABRAS

from ..errores import ErrorJornada
from .conexion import escritura
from .contrasenas import LARGO_MINIMO, es_comun

ROLES = ("promotora", "titular", "analista", "administra")
ROLES_DE_CAMPO = ("promotora", "titular")
PALABRAS_SUGERIDAS = 4

_COLUMNAS = "id, usuario, nombre, rol, activa, creada_en, contrasena"
_resumidor = PasswordHasher()


@dataclass(frozen=True)
class Cuenta:
    id: str
    usuario: str
    nombre: str
    rol: str
    activa: bool
    creada_en: str
    marca: str
    """Cambia con la contraseña. Va en la sesión: las que se abrieron con la anterior dejan de servir."""


@cache
def _resumen_de_nadie() -> str:
    """Para gastar lo mismo cuando el usuario no existe: el tiempo no dice quién tiene cuenta."""
    return _resumidor.hash("nadie usa esta contraseña")


def crear(db: Database, *, usuario: str, nombre: str, rol: str, contrasena: str, ahora: datetime) -> str:
    """Crea una cuenta y devuelve su id.

    :raises ErrorJornada: ``usuario_vacio``, ``usuario_repetido``, ``contrasena_corta``, ``contrasena_comun``,
        ``rol_desconocido``.
    """
    usuario = usuario.strip()
    if not usuario:
        raise ErrorJornada("usuario_vacio")
    if rol not in ROLES:
        raise ErrorJornada("rol_desconocido")
    fila = [str(uuid.uuid4()), usuario, nombre, rol, _resumir(contrasena, usuario), ahora.isoformat()]
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
        f"SELECT {_COLUMNAS} FROM cuenta WHERE usuario = ?",  # noqa: S608
        [usuario.strip()],
    ).fetchone()
    try:
        _resumidor.verify(fila["contrasena"] if fila else _resumen_de_nadie(), contrasena)
    except (VerificationError, InvalidHashError):
        return None
    return de_fila(fila) if fila and fila["activa"] else None


def leer(db: Database, id: str) -> Cuenta | None:
    fila = db.execute(f"SELECT {_COLUMNAS} FROM cuenta WHERE id = ?", [id]).fetchone()  # noqa: S608
    return de_fila(fila) if fila else None


def listar(db: Database) -> list[Cuenta]:
    """Todas, las desactivadas al final."""
    return [
        de_fila(fila)
        for fila in db.execute(f"SELECT {_COLUMNAS} FROM cuenta ORDER BY activa DESC, usuario")  # noqa: S608
    ]


def de_campo(db: Database) -> list[Cuenta]:
    """Las que pueden decir en un teléfono que ellas registran: activas y con papel para hacerlo."""
    return [cuenta for cuenta in listar(db) if cuenta.activa and cuenta.rol in ROLES_DE_CAMPO]


def telefonos(db: Database) -> dict[str, int]:
    """Cuántos teléfonos con permiso de enviar dio de alta cada cuenta, por id."""
    filas = db.execute("SELECT cuenta_id, count(*) FROM dispositivo WHERE revocado_en IS NULL GROUP BY cuenta_id")
    return {fila[0]: fila[1] for fila in filas}


def cambiar_contrasena(db: Database, id: str, contrasena: str) -> None:
    """Pone otra contraseña. Las sesiones abiertas con la anterior se acaban.

    :raises ErrorJornada: ``contrasena_corta``, ``contrasena_comun``.
    """
    cuenta = leer(db, id)
    resumen = _resumir(contrasena, cuenta.usuario if cuenta else "")
    with escritura(db):
        db.execute("UPDATE cuenta SET contrasena = ? WHERE id = ?", [resumen, id])
        _cerrar_sesiones(db, id)


def desactivar(db: Database, id: str) -> None:
    """Ya no entra y sus sesiones se acaban. Sus teléfonos siguen enviando lo que guardan: se revocan aparte.

    :raises ErrorJornada: ``ultima_titular``, si sin ella nadie podría volver a dar cuentas.
    """
    with escritura(db):
        db.execute("UPDATE cuenta SET activa = 0 WHERE id = ?", [id])
        _cerrar_sesiones(db, id)
        if db.execute("SELECT 1 FROM cuenta WHERE rol = 'titular' AND activa = 1").fetchone() is None:
            raise ErrorJornada("ultima_titular")


def reactivar(db: Database, id: str) -> None:
    """Vuelve a entrar, con la contraseña que tenía."""
    with escritura(db):
        db.execute("UPDATE cuenta SET activa = 1 WHERE id = ?", [id])


def sugerir_contrasena(azar: random.Random) -> str:
    """Palabras fáciles de dictar y copiar, y un número: ``nube-trigo-faro-mesa-37``, unas 2^34 posibles."""
    return "-".join([*azar.sample(PALABRAS, PALABRAS_SUGERIDAS), str(azar.randint(10, 99))]).lower()


def _cerrar_sesiones(db: Database, id: str) -> None:
    db.execute("DELETE FROM sesion WHERE cuenta_id = ?", [id])


def _resumir(contrasena: str, usuario: str) -> str:
    if len(contrasena) < LARGO_MINIMO:
        raise ErrorJornada("contrasena_corta")
    if es_comun(contrasena, usuario):
        raise ErrorJornada("contrasena_comun")
    return _resumidor.hash(contrasena)


def de_fila(fila: sqlite3.Row) -> Cuenta:
    marca = hashlib.sha256(fila["contrasena"].encode()).hexdigest()[:16]
    return Cuenta(
        fila["id"], fila["usuario"], fila["nombre"], fila["rol"], bool(fila["activa"]), fila["creada_en"], marca
    )
