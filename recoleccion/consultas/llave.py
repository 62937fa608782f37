"""La llave de la oficina: nace con una frase que sólo la titular sabe, y un código en papel por si la olvida.

En la base queda la mitad pública y la privada envuelta dos veces: bajo la frase y bajo el código. Quien se lleve el
disco no tiene ninguna de las dos.
"""

import random
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cryptography.hazmat.primitives import serialization
from sqlite_utils import Database

from formularios.ficha import PALABRAS

from ..errores import ErrorJornada
from ..sellado import Sello, b64, nueva_clave_pem
from . import identidades, recepcion
from .conexion import compactar, escritura, vaciar_bitacora
from .envoltura import LARGO_FRASE, Costo, desenvolver, envolver, limpiar_frase, normalizar_codigo, nuevo_codigo

Por = Literal["frase", "codigo"]
PALABRAS_DE_FRASE = 6
COSTO = Costo()


@dataclass(frozen=True)
class Creada:
    """Lo que sólo se dice una vez. ``sellados``: nombres que estaban en claro y ya no."""

    codigo: str
    sellados: int


def hay(db: Database) -> bool:
    """¿Tiene llave esta oficina?"""
    return identidades.punto(db) is not None


def sugerir_frase(azar: random.Random) -> str:
    """Seis palabras sueltas: 2^40 posibles, que con lo que cuesta cada intento son años."""
    return " ".join(azar.sample(PALABRAS, PALABRAS_DE_FRASE)).lower()


def crear(
    db: Database, frase: str, *, sello: Sello, ahora: datetime, azar: random.Random, costo: Costo = COSTO
) -> Creada:
    """Hace la llave y sella todos los nombres que hubiera en claro; de ellos no queda rastro en el archivo.

    :param sello: la llave del servidor, para sellar también lo que espera en la cuarentena.
    :raises ErrorJornada: ``frase_corta``, ``llave_ya_existe``.
    """
    frase = _exigir_larga(frase)
    nueva, codigo = Sello.leer(nueva_clave_pem()), nuevo_codigo(azar)
    id, publica = str(uuid.uuid4()), b64(nueva.publica)
    envueltas = [_envolver(nueva, id, publica, por, secreto, ahora, costo)
                 for por, secreto in (("frase", frase), ("codigo", normalizar_codigo(codigo) or ""))]  # fmt: skip
    with escritura(db):
        if hay(db):
            raise ErrorJornada("llave_ya_existe")
        db.execute(
            "INSERT INTO llave_oficina (id, publica, creada_en) VALUES (?, ?, ?)", [id, publica, ahora.isoformat()]
        )
        for fila in envueltas:
            _guardar(db, fila)
        llave = nueva.privada.public_key()
        sellados = identidades.sellar_las_claras(db, llave)
        recepcion.sellar_cuarentena(db, llave, sello)
    if sellados:
        compactar(db)
    vaciar_bitacora(db)
    return Creada(codigo, sellados)


def abrir(db: Database, frase: str) -> Sello | None:
    """La llave privada, si la frase es ésa. Tarda a propósito."""
    return _abrir(db, "frase", limpiar_frase(frase))


def abrir_con_codigo(db: Database, codigo: str) -> Sello | None:
    """La llave privada con el código de recuperación, como lo escriban."""
    normal = normalizar_codigo(codigo)
    return _abrir(db, "codigo", normal) if normal else None


def cambiar_frase(db: Database, sello: Sello, frase: str, *, ahora: datetime, costo: Costo = COSTO) -> None:
    """Otra frase para la misma llave: los sobres no cambian y la anterior deja de servir.

    :raises ErrorJornada: ``frase_corta``, ``llave_no_existe``.
    """
    _reemplazar(db, sello, "frase", _exigir_larga(frase), ahora, costo)


def otro_codigo(db: Database, sello: Sello, *, ahora: datetime, azar: random.Random, costo: Costo = COSTO) -> str:
    """Un código de recuperación nuevo; el anterior deja de servir. :raises ErrorJornada: ``llave_no_existe``."""
    codigo = nuevo_codigo(azar)
    _reemplazar(db, sello, "codigo", normalizar_codigo(codigo) or "", ahora, costo)
    return codigo


def _exigir_larga(frase: str) -> str:
    frase = limpiar_frase(frase)
    if len(frase) < LARGO_FRASE:
        raise ErrorJornada("frase_corta", minimo=LARGO_FRASE)
    return frase


def _contexto(id: str, publica: str, por: str) -> str:
    return f"jornada/llave/v1\n{id}\n{publica}\n{por}"


def _envolver(
    sello: Sello, id: str, publica: str, por: str, secreto: str, ahora: datetime, costo: Costo
) -> dict[str, object]:
    privada = sello.privada.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    parametros, cifrada = envolver(privada, secreto, _contexto(id, publica, por), costo)
    return {"llave": id, "por": por, "parametros": parametros, "cifrada": cifrada, "hoy": ahora.isoformat()}


def _guardar(db: Database, fila: dict[str, object]) -> None:
    db.execute(
        "INSERT INTO llave_envoltura (llave_id, por, parametros, cifrada, cambiada_en)"
        " VALUES (:llave, :por, :parametros, :cifrada, :hoy) ON CONFLICT (llave_id, por) DO UPDATE"
        " SET parametros = excluded.parametros, cifrada = excluded.cifrada, cambiada_en = excluded.cambiada_en",
        fila,
    )


def _reemplazar(db: Database, sello: Sello, por: Por, secreto: str, ahora: datetime, costo: Costo) -> None:
    publica = b64(sello.publica)
    actual = db.execute("SELECT id FROM llave_oficina WHERE publica = ?", [publica]).fetchone()
    if actual is None:
        raise ErrorJornada("llave_no_existe")
    fila = _envolver(sello, actual["id"], publica, por, secreto, ahora, costo)
    with escritura(db):
        _guardar(db, fila)
    vaciar_bitacora(db)  # que la envoltura anterior no quede en la WAL


def _abrir(db: Database, por: Por, secreto: str) -> Sello | None:
    fila = db.execute(
        "SELECT l.id, l.publica, e.parametros, e.cifrada FROM llave_oficina l"
        " JOIN llave_envoltura e ON e.llave_id = l.id WHERE e.por = ?",
        [por],
    ).fetchone()
    if fila is None:
        return None
    contexto = _contexto(fila["id"], fila["publica"], por)
    der = desenvolver(fila["parametros"], bytes(fila["cifrada"]), secreto, contexto)
    return Sello.leer_der(der) if der is not None else None
