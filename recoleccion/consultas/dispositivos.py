"""Los teléfonos de las promotoras: cómo entran, con qué firman y cómo andan. Del permiso se guarda sólo el resumen."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from sqlite_utils import Database

from .. import reglas
from ..errores import ErrorJornada
from ..sellado import b64, leer_llave
from .conexion import escritura

VIGENCIA_ALTA = timedelta(minutes=10)
Clase = Literal["pwa", "odk"]
"""La aplicación nuestra, u otra que habla OpenRosa. El permiso de una clase no abre las direcciones de la otra."""
_COLUMNAS = (
    "d.id, d.nombre, d.cuenta_id, c.nombre AS cuenta, d.creado_en, d.revocado_en, d.visto_en, d.pendientes,"
    " d.sesgo_ms, d.version_app, d.clase, d.llave_publica IS NOT NULL AS firma, d.almacen_persiste, d.almacen_usado"
)
_DISPOSITIVO = f"SELECT {_COLUMNAS} FROM dispositivo d JOIN cuenta c ON c.id = d.cuenta_id"  # noqa: S608


def alta(
    db: Database,
    nombre: str,
    cuenta_id: str,
    ahora: datetime,
    azar: random.Random,
    llave: str | None = None,
    clase: Clase = "pwa",
) -> tuple[str, str]:
    """Da de alta un teléfono: su id y su permiso (``D1`` y 43 letras), que sólo se ve esta vez.

    :param llave: con la que va a firmar (punto P-256, base64 url); sin ella sus registros se toman sin firma.
    :raises ErrorJornada: ``llave_invalida``.
    """
    if llave is not None:
        _revisar_llave(llave)
    id, token = reglas.nuevo_id(azar), _nuevo_permiso(azar)
    with escritura(db):
        db.execute(
            "INSERT INTO dispositivo (id, nombre, cuenta_id, token_huella, creado_en, llave_publica, clase)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [id, nombre.strip() or "Teléfono", cuenta_id, _resumen(token), ahora.isoformat(), llave, clase],
        )
    return id, token


def _nuevo_permiso(azar: random.Random) -> str:
    return "D1" + b64(azar.randbytes(32))


def _resumen(secreto: str) -> str:
    return reglas.huella(secreto.encode())


def _revisar_llave(llave: str) -> None:
    try:
        leer_llave(llave)
    except ValueError as error:
        raise ErrorJornada("llave_invalida") from error


# --- El alta con código -----------------------------------------------------------------------------------------


def ofrecer_alta(db: Database, cuenta_id: str, ahora: datetime, azar: random.Random) -> tuple[str, str]:
    """El id de un alta y su código, que sólo se ve esta vez: sirve para un teléfono y durante diez minutos."""
    id, codigo = reglas.nuevo_id(azar), reglas.nuevo_codigo_de_alta(azar)
    with escritura(db):
        db.execute(
            "INSERT INTO alta_dispositivo (id, codigo_huella, cuenta_id, creada_en, vence_en) VALUES (?, ?, ?, ?, ?)",
            [id, _resumen(codigo), cuenta_id, ahora.isoformat(), (ahora + VIGENCIA_ALTA).isoformat()],
        )
    return id, codigo


def leer_alta(db: Database, id: str, ahora: datetime) -> dict[str, Any] | None:
    """Cómo va un alta: ``telefono`` es el nombre del que la usó (o nulo) y ``vencida`` si ya no sirve."""
    fila = db.execute(
        "SELECT a.vence_en, d.nombre AS telefono FROM alta_dispositivo a"
        " LEFT JOIN dispositivo d ON d.id = a.dispositivo_id WHERE a.id = ?",
        [id],
    ).fetchone()
    return {**dict(fila), "vencida": datetime.fromisoformat(fila["vence_en"]) <= ahora} if fila else None


def alta_con_codigo(
    db: Database, codigo: str, nombre: str, llave: str, ahora: datetime, azar: random.Random
) -> tuple[str, str]:
    """Cambia un código vigente por el id y el permiso de un teléfono.

    Si la respuesta se perdió en el camino, el mismo teléfono (la misma llave) puede pedirla otra vez mientras el
    código siga vigente: recibe un permiso nuevo y el anterior deja de servir. Otro teléfono, no.

    :raises ErrorJornada: ``codigo_de_alta`` si no existe, venció o lo usó otro; ``llave_invalida``.
    """
    _revisar_llave(llave)
    with escritura(db):
        fila = db.execute(
            "SELECT a.id, a.cuenta_id, a.vence_en, a.dispositivo_id, d.llave_publica, d.revocado_en"
            " FROM alta_dispositivo a LEFT JOIN dispositivo d ON d.id = a.dispositivo_id WHERE a.codigo_huella = ?",
            [_resumen(reglas.normalizar_codigo_de_alta(codigo) or "")],
        ).fetchone()
        if fila is None or datetime.fromisoformat(fila["vence_en"]) <= ahora:
            raise ErrorJornada("codigo_de_alta")
        if fila["dispositivo_id"] is None:
            id, token = alta(db, nombre, fila["cuenta_id"], ahora, azar, llave)
            db.execute("UPDATE alta_dispositivo SET dispositivo_id = ? WHERE id = ?", [id, fila["id"]])
            return id, token
        if fila["llave_publica"] != llave or fila["revocado_en"] is not None:
            raise ErrorJornada("codigo_de_alta")
        token = _nuevo_permiso(azar)
        db.execute("UPDATE dispositivo SET token_huella = ? WHERE id = ?", [_resumen(token), fila["dispositivo_id"]])
        return fila["dispositivo_id"], token


# --- Quién es y con qué firma -----------------------------------------------------------------------------------


def por_token(db: Database, token: str, clase: Clase = "pwa") -> dict[str, Any] | None:
    """El teléfono de un permiso, también si ya se le quitó (``revocado_en``): lo que mande se aparta, no se pierde.

    Vale aunque su cuenta se haya desactivado: lo que ya registró no se pierde. Para que no envíe, se revoca.
    """
    fila = db.execute(f"{_DISPOSITIVO} WHERE d.token_huella = ? AND d.clase = ?", [_resumen(token), clase]).fetchone()
    return dict(fila) if fila else None


@dataclass(frozen=True)
class Firmante:
    """Lo que hace falta para creerle a un teléfono. ``llave``: nula si se dio de alta sin ella."""

    llave: EllipticCurvePublicKey | None
    revocado: bool


def firmantes(db: Database, ids: Iterable[str]) -> dict[str, Firmante]:
    """Los teléfonos de estos ids que aquí existen. Los que usan otra aplicación no mandan lotes: no son nadie aquí."""
    encontrados = {}
    for id in set(ids):
        fila = db.execute(
            "SELECT llave_publica, revocado_en FROM dispositivo WHERE id = ? AND clase = 'pwa'", [id]
        ).fetchone()
        if fila is not None:
            llave = leer_llave(fila["llave_publica"]) if fila["llave_publica"] else None
            encontrados[id] = Firmante(llave, fila["revocado_en"] is not None)
    return encontrados


# --- Cómo andan -------------------------------------------------------------------------------------------------


def visto(
    db: Database,
    id: str,
    ahora: datetime,
    pendientes: int | None,
    sesgo_ms: int | None,
    version_app: str | None,
    almacen: tuple[bool | None, int | None] = (None, None),
) -> None:
    """Anota cuándo se supo de él y qué dijo; lo que venga nulo deja lo anterior.

    :param almacen: si el navegador prometió no borrar, y qué por ciento de su espacio está usado.
    """
    with escritura(db):
        db.execute(
            "UPDATE dispositivo SET visto_en = ?, pendientes = coalesce(?, pendientes),"
            " sesgo_ms = coalesce(?, sesgo_ms), version_app = coalesce(?, version_app),"
            " almacen_persiste = coalesce(?, almacen_persiste), almacen_usado = coalesce(?, almacen_usado)"
            " WHERE id = ?",
            [ahora.isoformat(), pendientes, sesgo_ms, version_app, *almacen, id],
        )


def listar(db: Database) -> list[dict[str, Any]]:
    """Todos, los revocados al final."""
    return [dict(f) for f in db.execute(f"{_DISPOSITIVO} ORDER BY d.revocado_en IS NOT NULL, d.nombre, d.id")]


def revocar(db: Database, id: str, ahora: datetime) -> None:
    """Lo que mande de aquí en adelante se aparta en la cuarentena, para que la titular decida."""
    with escritura(db):
        db.execute(
            "UPDATE dispositivo SET revocado_en = ? WHERE id = ? AND revocado_en IS NULL", [ahora.isoformat(), id]
        )
