"""Las sesiones abiertas de la oficina, en la base: se ven, se cierran y se acaban solas.

En la galleta va un número al azar; aquí sólo su huella. Cerrar una es borrar su renglón. Cuánto duran, según el papel:

- titular y administra: 15 minutos sin uso y 8 horas en total. Abren nombres, publican y dan cuentas en una oficina
  donde entra y sale gente; la computadora se queda sola.
- promotora y analista: 8 horas sin uso y 16 en total. No ven nombres, y en un evento largo la promotora no puede
  estar escribiendo su contraseña de pie.

La que se pasó sin uso queda *en pausa*: quien la abrió la sigue con una sola prueba de que es ella, sin perder lo que
escribía. La que pasó de su total, o cambió su contraseña, ya no existe.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from . import cuentas
from .conexion import escritura
from .cuentas import Cuenta

Metodo = Literal["contrasena", "llave", "totp", "codigo"]


@dataclass(frozen=True)
class Plazos:
    sin_uso: timedelta
    en_total: timedelta


_CORTOS = Plazos(timedelta(minutes=15), timedelta(hours=8))
_LARGOS = Plazos(timedelta(hours=8), timedelta(hours=16))
PLAZOS = {"titular": _CORTOS, "administra": _CORTOS, "promotora": _LARGOS, "analista": _LARGOS}
CONFIRMADA = timedelta(minutes=5)
"""Lo que vale haber probado quién es, para lo delicado."""
CADA = timedelta(minutes=1)
"""Cada cuánto se escribe que se usó: no en cada petición."""
NAVEGADOR_LARGO = 60


@dataclass(frozen=True)
class Sesion:
    id: str
    cuenta: Cuenta
    metodo: str
    navegador: str
    creada_en: datetime
    vista_en: datetime
    confirmada_en: datetime
    en_pausa: bool = False
    """Se pasó de su tiempo sin uso: sólo sirve para seguirla."""

    def confirmada(self, ahora: datetime) -> bool:
        return abs(ahora - self.confirmada_en) < CONFIRMADA


def abrir(db: Database, cuenta: Cuenta, metodo: Metodo, navegador: str, ahora: datetime) -> str:
    """Una sesión nueva. Devuelve el número que va en la galleta; aquí no se queda. De paso olvida las vencidas."""
    numero = secrets.token_urlsafe(32)
    momento = ahora.isoformat()
    with escritura(db):
        _barrer(db, ahora)
        db.execute(
            "INSERT INTO sesion (id, cuenta_id, marca, metodo, navegador, creada_en, vista_en, confirmada_en)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [_huella(numero), cuenta.id, cuenta.marca, metodo, navegador[:NAVEGADOR_LARGO], momento, momento, momento],
        )
    return numero


def leer(db: Database, numero: str, ahora: datetime) -> Sesion | None:
    """La sesión con ese número, si su cuenta sigue activa y con la contraseña de entonces. Puede estar en pausa."""
    fila = db.execute(f"{_LEER} WHERE s.id = ?", [_huella(numero)]).fetchone()
    return _sesion(fila, ahora) if fila else None


def usar(db: Database, sesion: Sesion, ahora: datetime) -> None:
    """Anota que se usó, si ya pasó un minuto desde la última vez."""
    if abs(ahora - sesion.vista_en) >= CADA:
        with escritura(db):
            db.execute("UPDATE sesion SET vista_en = ? WHERE id = ?", [ahora.isoformat(), sesion.id])


def confirmar(db: Database, sesion: Sesion, metodo: Metodo, ahora: datetime) -> str:
    """Quien la abrió probó otra vez que es ella. Sale de la pausa y cambia de número: el nuevo se devuelve."""
    numero = secrets.token_urlsafe(32)
    momento = ahora.isoformat()
    with escritura(db):
        db.execute(
            "UPDATE sesion SET id = ?, metodo = ?, vista_en = ?, confirmada_en = ? WHERE id = ?",
            [_huella(numero), metodo, momento, momento, sesion.id],
        )
    return numero


def cerrar(db: Database, id: str) -> bool:
    """Cierra la de ese id (la huella); si existía."""
    with escritura(db):
        return db.execute("DELETE FROM sesion WHERE id = ?", [id]).rowcount > 0


def cerrar_de(db: Database, cuenta_id: str, menos: str | None = None) -> int:
    """Cierra las de una cuenta, salvo la de id ``menos``. Cuántas fueron."""
    with escritura(db):
        return db.execute("DELETE FROM sesion WHERE cuenta_id = ? AND id IS NOT ?", [cuenta_id, menos]).rowcount


def cerrar_todas(db: Database) -> int:
    """Cierra las de todas: al restaurar un respaldo, las de entonces no deben volver a servir."""
    with escritura(db):
        return db.execute("DELETE FROM sesion").rowcount


def listar(db: Database, ahora: datetime, cuenta_id: str | None = None) -> list[Sesion]:
    """Las que todavía sirven o están en pausa, la usada más reciente primero; de una cuenta o de todas."""
    filas = db.execute(f"{_LEER} WHERE ? IS NULL OR s.cuenta_id = ?", [cuenta_id, cuenta_id]).fetchall()
    vivas = [sesion for fila in filas if (sesion := _sesion(fila, ahora))]
    return sorted(vivas, key=lambda sesion: sesion.vista_en, reverse=True)


_LEER = (
    "SELECT s.id AS sesion_id, s.marca, s.metodo, s.navegador, s.creada_en AS abierta_en, s.vista_en, s.confirmada_en,"
    " c.id, c.usuario, c.nombre, c.rol, c.activa, c.creada_en, c.contrasena"
    " FROM sesion s JOIN cuenta c ON c.id = s.cuenta_id"
)


def _sesion(fila: sqlite3.Row, ahora: datetime) -> Sesion | None:
    cuenta = cuentas.de_fila(fila)
    plazos = PLAZOS[cuenta.rol]
    creada, vista = datetime.fromisoformat(fila["abierta_en"]), datetime.fromisoformat(fila["vista_en"])
    if not cuenta.activa or cuenta.marca != fila["marca"] or abs(ahora - creada) >= plazos.en_total:
        return None
    return Sesion(
        fila["sesion_id"],
        cuenta,
        fila["metodo"],
        fila["navegador"],
        creada,
        vista,
        datetime.fromisoformat(fila["confirmada_en"]),
        en_pausa=abs(ahora - vista) >= plazos.sin_uso,
    )


def _barrer(db: Database, ahora: datetime) -> None:
    vencidas = [fila["sesion_id"] for fila in db.execute(_LEER) if _sesion(fila, ahora) is None]
    for id in vencidas:
        db.execute("DELETE FROM sesion WHERE id = ?", [id])


def _huella(numero: str) -> str:
    return hashlib.sha256(numero.encode()).hexdigest()
