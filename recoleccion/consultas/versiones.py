"""Dos registros con el mismo número y distinto contenido: compararlos sin nombres y elegir cuál se cuenta.

La que se quita no se borra: vuelve a la cuarentena, sellada y resuelta, y se puede recuperar como cualquiera.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from ..protocolo.registro import VERSION, Registro, entender
from ..sellado import INFO_REGISTRO, Sello, SobreIlegible, b64
from . import cuarentena, identidades, ranuras, recepcion
from .conexion import escritura

SE_CAMBIAN = ("asistencia", "conteo")
"""Lo demás no se puede quitar: una contestación ya está en la urna, sin nada que la distinga."""


class _NoSePudo(Exception):
    """Para deshacer el cambio entero."""


def comparar(db: Database, id: str, sello: Sello) -> dict[str, Any] | None:
    """Qué dice lo que espera y, si su número ya se contó, qué dice lo contado. Sin nombres ni respuestas.

    :returns: ``espera`` (el renglón de la cuarentena), ``llegada`` y ``contada`` (nulas si no se entiende o no hay) y
        ``cambia`` (se puede poner una en lugar de la otra); ``None`` si ya no espera.
    """
    espera = next(iter(cuarentena.pendientes(db, [id])), None)
    if espera is None:
        return None
    registro = _entendido(espera, sello)
    contada = _contada(db, espera["registro_id"])
    recibido = db.execute("SELECT 1 FROM recibido WHERE id = ?", [espera["registro_id"]]).fetchone() is not None
    return {
        "espera": espera,
        "llegada": _resumen(db, registro, espera["dispositivo_id"]) if registro else None,
        "contada": _resumen(db, *contada) if contada else None,
        "recibido": recibido,
        "cambia": contada is not None and registro is not None and registro.tipo in SE_CAMBIAN,
    }


def cambiar(db: Database, id: str, *, motivo: str, sello: Sello, ahora: datetime) -> bool:
    """Se queda lo que espera y lo contado vuelve a la cuarentena. ``False`` si no se puede; entonces nada cambió.

    Si lo contado ya se publicó, lo nuevo queda en ese mismo lote: lo publicado no se vuelve a calcular.
    """
    try:
        with escritura(db):
            hay = comparar(db, id, sello)
            if hay is None or not hay["cambia"]:
                return False
            registro_id = hay["espera"]["registro_id"]
            lote = db.execute("SELECT lote FROM asistencia WHERE id = ?", [registro_id]).fetchone()["lote"]
            _apartar_la_contada(db, registro_id, f"Se cambió por otra versión. {motivo}".strip(), sello, ahora)
            if recepcion.reintentar(db, [id], sello=sello, ahora=ahora) != ["aceptado"]:
                raise _NoSePudo
            db.execute("UPDATE asistencia SET lote = ? WHERE id = ?", [lote, registro_id])
            return True
    except _NoSePudo:
        return False


def _apartar_la_contada(db: Database, registro_id: str, resolucion: str, sello: Sello, ahora: datetime) -> None:
    contada = _contada(db, registro_id)
    assert contada is not None
    registro, dispositivo_id = contada
    huella = db.execute("SELECT huella FROM recibido WHERE id = ?", [registro_id]).fetchone()["huella"]
    identidad = db.execute(
        "SELECT *, asistencia_id AS id FROM identidad WHERE asistencia_id = ?", [registro_id]
    ).fetchall()
    contenido = {
        "v": VERSION, "id": registro.id, "tipo": registro.tipo, "evento": registro.evento, "hora": registro.hora,
        "sesgo_ms": registro.sesgo_ms, "promotora": registro.promotora,
        "datos": registro.datos | _identidad(next(iter(identidades.con_capa(db, identidad)), None)),
    }  # fmt: skip
    cuarentena.guardar_resuelta(
        db,
        registro_id=registro_id,
        huella=huella,
        contenido=sello.sellar(json.dumps(contenido).encode(), INFO_REGISTRO),
        dispositivo_id=dispositivo_id,
        dia=ahora.date().isoformat(),
        razon=resolucion,
    )
    db.execute("DELETE FROM identidad WHERE asistencia_id = ?", [registro_id])
    db.execute("DELETE FROM asistencia WHERE id = ?", [registro_id])
    db.execute("DELETE FROM recibido WHERE id = ?", [registro_id])


def _identidad(fila: Mapping[str, Any] | None) -> dict[str, Any]:
    """Las columnas de identidad como las trae un registro: el sobre de la oficina va en base64 url."""
    if fila is None:
        return {"nombre": None, "telefono": None}
    dicha = {"nombre": fila["nombre"], "telefono": fila["telefono"]}
    try:
        if (sobre := identidades.leer_sobre(fila)) is not None:
            dicha["identidad"] = b64(sobre)
    except ranuras.NombreBorrado:
        pass  # ya nadie lo puede leer: se aparta sin decir quién era
    except SobreIlegible as error:  # falta el cuaderno: al volver se lee, y quitar su renglón lo perdería
        raise _NoSePudo from error
    return dicha


def _entendido(espera: Mapping[str, Any], sello: Sello) -> Registro | None:
    registro = entender(recepcion.abrir_guardado(bytes(espera["bytes"]), sello), espera["registro_id"])
    return registro if isinstance(registro, Registro) else None


def _contada(db: Database, registro_id: str) -> tuple[Registro, str | None] | None:
    """La asistencia contada con ese número, como registro, y el teléfono que la hizo."""
    fila = db.execute(
        "SELECT a.*, c.folio FROM asistencia a LEFT JOIN credencial c ON c.id = a.credencial_id WHERE a.id = ?",
        [registro_id],
    ).fetchone()
    if fila is None:
        return None
    datos = {campo: fila[campo] for campo in ("modo", "sexo", "edad", "procedencia", "personas")}
    datos |= {"aviso": fila["aviso_version"], "credencial": fila["folio"]}
    tipo = "conteo" if fila["modo"] == "conteo" else "asistencia"
    hora, sesgo = fila["hora_dispositivo"], fila["sesgo_ms"]
    registro = Registro(registro_id, tipo, fila["evento_id"], hora, sesgo, datos, fila["promotora_id"])
    return registro, fila["dispositivo_id"]


def _resumen(db: Database, registro: Registro, dispositivo_id: str | None) -> dict[str, Any]:
    """Lo que se enseña de una versión: de una contestación, nada más que lo es."""
    resumen: dict[str, Any] = {"tipo": registro.tipo}
    if registro.tipo == "contestacion":
        return resumen
    resumen |= {"evento": _dato(db, "SELECT titulo FROM evento WHERE id = ?", registro.evento), "hora": registro.hora}
    resumen["telefono"] = _dato(db, "SELECT nombre FROM dispositivo WHERE id = ?", dispositivo_id)
    resumen["promotora"] = _dato(db, "SELECT nombre FROM cuenta WHERE id = ?", registro.promotora)
    if registro.tipo in SE_CAMBIAN:
        resumen |= {campo: registro.datos[campo] for campo in ("modo", "sexo", "edad", "procedencia", "personas")}
    return resumen


def _dato(db: Database, sql: str, valor: object) -> str | None:
    fila: Sequence[str] | None = db.execute(sql, [valor]).fetchone()
    return fila[0] if fila else None
