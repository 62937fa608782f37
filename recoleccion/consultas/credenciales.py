"""Credenciales de papel. De la tarjeta sólo se guarda un verificador salado; su secreto vive en la tarjeta.

Los datos que una asistencia necesita (sexo, edad, procedencia) van cifrados con una llave que sale del propio
secreto: quien robe la lista o el teléfono no puede leerlos sin la tarjeta en la mano.
"""

import hashlib
import json
import random
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlite_utils import Database

from .. import reglas
from ..errores import ErrorJornada
from ..sellado import b64, de_b64
from . import ajustes
from .conexion import escritura

INFO = b"jornada/credencial/v1"
DATOS = ("sexo", "edad", "procedencia")
_COLUMNAS = "id, folio, verificador, datos_cifrados, impresa_en, revocada_en"


def sal(db: Database) -> bytes:
    """La sal de la oficina, la misma para todas sus credenciales."""
    return de_b64(ajustes.leer(db, "sal_credenciales") or "")


def verificador(sal: bytes, token: str) -> str:
    """Lo que el teléfono compara sin señal: ``b64url(SHA-256(sal || token)[:16])``."""
    return b64(hashlib.sha256(sal + token.encode()).digest()[:16])


def cifrar(sal: bytes, token: str, datos: Mapping[str, str]) -> str:
    """``b64url(iv de 12 bytes || AES-256-GCM)`` del JSON de :data:`DATOS`."""
    iv = secrets.token_bytes(12)
    contenido = json.dumps({campo: datos[campo] for campo in DATOS}, separators=(",", ":")).encode()
    return b64(iv + AESGCM(_llave(sal, token)).encrypt(iv, contenido, None))


def descifrar(sal: bytes, token: str, cifrado: str) -> dict[str, str]:
    """Inverso de :func:`cifrar`. :raises ValueError: si no es de esta tarjeta."""
    datos = de_b64(cifrado)
    try:
        abierto: dict[str, str] = json.loads(AESGCM(_llave(sal, token)).decrypt(datos[:12], datos[12:], None))
    except InvalidTag as error:
        raise ValueError("los datos no son de esta credencial") from error
    return abierto


def _llave(sal: bytes, token: str) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=sal, info=INFO).derive(token.encode())


def imprimir(db: Database, cuantas: int, ahora: datetime, azar: random.Random) -> list[tuple[str, str]]:
    """Crea credenciales y devuelve ``(folio, token)`` para el PDF; el token no se guarda en ninguna parte."""
    nuevas: list[tuple[str, str]] = []
    with escritura(db):
        sal_oficina = sal(db)
        while len(nuevas) < cuantas:
            folio, token = reglas.nuevo_folio(azar), reglas.nuevo_token(azar)
            cursor = db.execute(
                "INSERT INTO credencial (id, folio, verificador, impresa_en) VALUES (?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                [reglas.nuevo_id(azar), folio, verificador(sal_oficina, token), ahora.isoformat()],
            )
            if cursor.rowcount:
                nuevas.append((folio, token))
    return nuevas


def lista_para_telefono(db: Database) -> dict[str, Any]:
    """``{"sal": ..., "lista": [[verificador, datos_cifrados | None, 0 | 1, folio], ...]}``, sin orden de impresión."""
    filas = db.execute(
        "SELECT verificador, datos_cifrados, revocada_en IS NOT NULL AS revocada, folio FROM credencial"
        " ORDER BY verificador"
    )
    return {"sal": b64(sal(db)), "lista": [list(fila) for fila in filas]}


def por_token(db: Database, token: str) -> dict[str, Any] | None:
    """La credencial de esa tarjeta, vigente o revocada; ``None`` si no es de esta oficina."""
    if not reglas.token_valido(token):
        return None
    fila = db.execute(
        f"SELECT {_COLUMNAS} FROM credencial WHERE verificador = ?",  # noqa: S608
        [verificador(sal(db), token)],
    ).fetchone()
    return dict(fila) if fila else None


def por_folio(db: Database, folio: str) -> dict[str, Any] | None:
    fila = db.execute(f"SELECT {_COLUMNAS} FROM credencial WHERE folio = ?", [folio]).fetchone()  # noqa: S608
    return dict(fila) if fila else None


def revocar(db: Database, folio: str, ahora: datetime) -> None:
    """La tarjeta perdida deja de valer; la persona no. :raises ErrorJornada: ``credencial_no_existe``."""
    with escritura(db):
        if por_folio(db, folio) is None:
            raise ErrorJornada("credencial_no_existe")
        db.execute(
            "UPDATE credencial SET revocada_en = ? WHERE folio = ? AND revocada_en IS NULL", [ahora.isoformat(), folio]
        )


def contar(db: Database) -> dict[str, int]:
    """Cuántas se han impreso y cuántas están revocadas."""
    fila = db.execute("SELECT count(*) AS impresas, count(revocada_en) AS revocadas FROM credencial").fetchone()
    return dict(fila)


def reconocer(db: Database, escaneado: str, datos: Mapping[str, str]) -> str | None:
    """El id de la credencial escaneada, o escrita por su folio; ``None`` si no es de aquí, y se registra igual.

    La primera vez que una tarjeta trae datos, quedan cifrados para la siguiente. Con el folio no: no es el secreto.
    """
    if reglas.folio_valido(escaneado):
        credencial = por_folio(db, escaneado)
        return str(credencial["id"]) if credencial else None
    credencial = por_token(db, escaneado)
    if credencial is None:
        return None
    if credencial["datos_cifrados"] is None and any(datos[campo] not in ("N", "nd") for campo in DATOS):
        db.execute(
            "UPDATE credencial SET datos_cifrados = ? WHERE id = ?",
            [cifrar(sal(db), escaneado, datos), credencial["id"]],
        )
    return str(credencial["id"])
