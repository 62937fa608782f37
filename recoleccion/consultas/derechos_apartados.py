"""Lo que espera en la cuarentena, o se descartó en ella, y dice quién es alguien: hallarlo y quitarle el nombre.

El registro va en un sobre del servidor y, adentro, el nombre en otro de la oficina. De una encuesta no se mira nada.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlite_utils import Database

from ..sellado import INFO_REGISTRO, Sello, SobreIlegible, abrir_identidad, de_b64
from . import credenciales, cuarentena, identidades, ranuras, recepcion


@dataclass(frozen=True)
class Apartados:
    """``filas``: como las de :func:`.derechos_datos.buscar`. ``sin_leer``: de cuántos no se sabe qué dicen."""

    filas: list[dict[str, Any]] = field(default_factory=list)
    sin_leer: int = 0


def leer(db: Database, servidor: Sello, oficina: Sello | None, registros: Sequence[str] | None = None) -> Apartados:
    """Los que pueden decir quién es alguien; si se pide, sólo los de estos números.

    ``apartado`` dice ``espera`` o ``descartado``.
    """
    bloqueadas = {fila[0] for fila in db.execute("SELECT asistencia_id FROM bloqueo")}
    filas, sin_leer = [], 0
    for guardada in _guardadas(db, registros):
        registro = recepcion.abrir_guardado(bytes(guardada["bytes"]), servidor)
        datos = registro.get("datos") if isinstance(registro, Mapping) else None
        if not isinstance(registro, Mapping) or not isinstance(datos, Mapping):
            sin_leer += 1
        elif registro.get("tipo") == "asistencia":
            fila = _fila(db, guardada, registro, datos, oficina)
            filas.append(fila | {"bloqueada": fila["id"] in bloqueadas})
            sin_leer += fila["identidad"] == "ilegible"
    return Apartados(filas, sin_leer)


def _guardadas(db: Database, registros: Iterable[str] | None) -> list[dict[str, Any]]:
    suyos = None if registros is None else set(registros)
    return [
        fila for fila in cuarentena.guardadas(db) if fila["bytes"] and (suyos is None or fila["registro_id"] in suyos)
    ]


def _fila(
    db: Database,
    guardada: Mapping[str, Any],
    registro: Mapping[str, Any],
    datos: Mapping[str, Any],
    oficina: Sello | None,
) -> dict[str, Any]:
    estado, nombre, telefono = _quien(registro, datos, oficina)
    evento = db.execute(
        "SELECT id, titulo, fecha, sede FROM evento WHERE id = ?", [_texto(registro.get("evento"))]
    ).fetchone()
    tarjeta = _texto(datos.get("credencial"))
    suya = credenciales.por_token(db, tarjeta) or credenciales.por_folio(db, tarjeta) if tarjeta else None
    return {
        "id": guardada["registro_id"],
        "titulo": evento["titulo"] if evento else "Una actividad que no está en el sistema",
        "fecha": evento["fecha"] if evento else guardada["recibido_el"],
        "sede": evento["sede"] if evento else "",
        **{campo: _texto(datos.get(campo)) for campo in ("modo", "sexo", "edad", "procedencia")},
        "recibido_en": guardada["recibido_el"],
        "aviso_version": _texto(datos.get("aviso")),
        "folio": suya["folio"] if suya else None,
        "anulada": False,
        "apartado": "descartado" if guardada["resuelta_en"] else "espera",
        "identidad": estado,
        "nombre": nombre,
        "telefono": telefono,
    }


def _texto(valor: object) -> str:
    return str(valor) if isinstance(valor, str | int) else ""


def _quien(
    registro: Mapping[str, Any], datos: Mapping[str, Any], oficina: Sello | None
) -> tuple[str, str | None, str | None]:
    nombre, telefono, sobre = (_texto(datos.get(campo)) or None for campo in ("nombre", "telefono", "identidad"))
    if sobre is None:
        return ("abierta" if nombre or telefono else "ninguna"), nombre, telefono
    if oficina is None:
        return "cerrada", None, None
    try:
        return "abierta", *abrir_identidad(oficina, _texto(registro.get("id")), de_b64(sobre))
    except (SobreIlegible, ValueError):
        return "ilegible", None, None


def quitar_nombres(db: Database, servidor: Sello, registros: Sequence[str]) -> None:
    """Les quita para siempre el nombre y deja lo demás, que se puede aceptar y contar. En una transacción.

    Lo que queda va en otra ranura y la de antes se apunta como borrada, con su número: ni un respaldo viejo lo abre, ni
    vuelve si un teléfono lo ofrece otra vez. Después, ya fuera, :func:`.ranuras.rematar`.
    """
    for guardada in _guardadas(db, registros):
        registro = recepcion.abrir_guardado(bytes(guardada["bytes"]), servidor)
        if (sin_nombre := identidades.sin_identidad(registro)) is registro:
            continue
        id, capa = guardada["id"], ranuras.nueva(db)
        anterior = db.execute("SELECT ranura FROM cuarentena WHERE id = ?", [id]).fetchone()["ranura"]
        contenido = servidor.sellar(json.dumps(sin_nombre).encode(), INFO_REGISTRO)
        db.execute(
            "UPDATE cuarentena SET bytes = ?, ranura = ? WHERE id = ?", [capa.cubrir(id, contenido), capa.ranura, id]
        )
        ranuras.borrar(db, [{"id": guardada["registro_id"], "ranura": anterior}])
