"""``/salud``: si la oficina puede atender, para quien vigila. Sin datos y sin galletas.

La ve esta misma computadora, o quien traiga la ficha (sale en «Estado»). A cualquier otro le contesta que no existe.
"""

import hashlib
import hmac
import shutil
from contextlib import closing
from pathlib import Path

from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue

from recoleccion.consultas import ajustes, conexion
from recoleccion.errores import ErrorJornada
from recoleccion.instalacion import Instalacion
from recoleccion.respaldos import replica
from recoleccion.revisar import copias, equipo
from recoleccion.revisar.renglon import MAL

from . import contexto

bp = Blueprint("salud", __name__)
_AJENAS = ("X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "Via")
_AQUI = {"127.0.0.1", "localhost", "::1"}


def ficha(secreto: bytes) -> str:
    """La de esta oficina: sale de la llave de sesión y sólo sirve para esto."""
    return hmac.new(secreto, b"jornada/salud/v1", hashlib.sha256).hexdigest()[:40]


@bp.get("/salud")
def salud() -> ResponseReturnValue:
    """200 si todo lo que no puede esperar está bien; 503 si algo no. Qué es, en una palabra por cosa."""
    _exigir_permiso()
    revisado = revisar(contexto.instalacion())
    bien = "mal" not in revisado.values()
    return jsonify(version=1, estado="bien" if bien else "mal", revisado=revisado), 200 if bien else 503


@bp.get("/salud/latido")
def latido() -> ResponseReturnValue:
    """La señal de la réplica. Pide siempre la ficha: otro programa de esta computadora no puede fingirla."""
    if not _trae_la_ficha():
        abort(404)
    replica.anotar_latido(contexto.instalacion().datos, contexto.ahora())
    return "", 204


def revisar(lugar: Instalacion) -> dict[str, str]:
    """``bien``, ``mal`` o ``no_se_usa``; cada cosa tarda milisegundos: nada recorre la base."""
    try:
        with closing(conexion.abrir(lugar.privada, solo_lectura=True)) as db:
            modo = ajustes.leer(db, "modo") or "prueba"
        base = "bien"
    except ErrorJornada:
        modo, base = "prueba", "mal"
    respaldo = copias.respaldo(lugar, modo).estado
    return {
        "base": base,
        "disco": "bien" if _libre(lugar.datos) >= equipo.MUY_POCO else "mal",
        "respaldo": "mal" if respaldo == MAL else "bien",
        "replica": _replica(lugar),
    }


def _replica(lugar: Instalacion) -> str:
    if not replica.se_usa(lugar.datos):
        return "no_se_usa"
    return "mal" if copias.latido(lugar).estado == MAL else "bien"


def _libre(carpeta: Path) -> int:
    try:
        return shutil.disk_usage(carpeta).free
    except OSError:
        return 0


def _exigir_permiso() -> None:
    if not (_trae_la_ficha() or _de_aqui()):
        abort(404)


def _trae_la_ficha() -> bool:
    esquema, _, dicha = request.headers.get("Authorization", "").partition(" ")
    traida = dicha.strip() if esquema.lower() == "bearer" else request.args.get("ficha", "")
    return hmac.compare_digest(traida.encode(), ficha(contexto.instalacion().secreto_sesion).encode())


def _de_aqui() -> bool:
    """Pedida por el nombre de esta computadora y sin Caddy en medio, que pasa el público. De dónde viene no se lee."""
    return request.host.rsplit(":", 1)[0].strip("[]") in _AQUI and not any(uno in request.headers for uno in _AJENAS)
