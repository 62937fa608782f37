"""Quién es cada quien: nombre y teléfono, en un sobre que sólo abre la llave de la oficina.

El servidor tiene la mitad pública: puede cerrar sobres y no abrirlos. Mientras la oficina no tenga llave no se piden
nombres; si aun así llega uno, se guarda como viene y se sella el día que la llave exista.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from sqlite_utils import Database

from .. import reglas
from ..protocolo.registro import Registro, entender
from ..sellado import Sello, SobreIlegible, abrir_identidad, b64, de_b64, leer_llave, sellar_identidad

Estado = Literal["abierta", "cerrada", "ilegible", "ninguna"]


def punto(db: Database) -> str | None:
    """La mitad pública de la llave de la oficina (65 bytes en base64 url), o ``None`` si no hay llave."""
    fila = db.execute("SELECT publica FROM llave_oficina WHERE retirada_en IS NULL").fetchone()
    return str(fila["publica"]) if fila else None


def llave_publica(db: Database) -> EllipticCurvePublicKey | None:
    """Con qué se sella; ``None`` si la oficina todavía no tiene llave."""
    texto = punto(db)
    return leer_llave(texto) if texto else None


def fila(
    llave: EllipticCurvePublicKey | None, id: str, datos: Mapping[str, Any], evento: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Lo que se guarda de quién es, en columnas de ``identidad``; ``None`` si nada.

    De menores, nada. Lo que llega sellado no se puede mirar: se guarda si el evento pide alguno de los dos.
    """
    if not reglas.puede_dar_nombre(datos["edad"]):
        return None
    if datos["identidad"] is not None:
        pide = evento["pide_nombre"] or evento["pide_telefono"]
        return _fila(id, sobre=de_b64(datos["identidad"])) if pide else None
    nombre = datos["nombre"] if evento["pide_nombre"] else None
    telefono = datos["telefono"] if evento["pide_telefono"] else None
    if not (nombre or telefono):
        return None
    if llave is None:
        return _fila(id, nombre, telefono)
    return _fila(id, sobre=sellar_identidad(llave, id, nombre, telefono))


def _fila(
    id: str, nombre: str | None = None, telefono: str | None = None, sobre: bytes | None = None
) -> dict[str, Any]:
    return {"id": id, "nombre": nombre, "telefono": telefono, "sobre": sobre}


def sellar_registro(llave: EllipticCurvePublicKey | None, registro: Any, id: object) -> Any:
    """El mismo registro con nombre y teléfono en su sobre (los de una menor se quitan); él mismo si no hay qué sellar.

    Así va a la cuarentena lo que mandó una página, o un teléfono con la aplicación de antes.
    """
    entendido = entender(registro, id) if llave is not None and isinstance(id, str) else None
    if llave is None or not isinstance(entendido, Registro):
        return registro
    datos = entendido.datos
    if not (datos.get("nombre") or datos.get("telefono")):
        return registro
    sellados = {campo: valor for campo, valor in datos.items() if campo not in ("nombre", "telefono")}
    if reglas.puede_dar_nombre(datos["edad"]) and datos["identidad"] is None:
        sellados["identidad"] = b64(sellar_identidad(llave, entendido.id, datos["nombre"], datos["telefono"]))
    sencillos = {campo: valor for campo, valor in registro.items() if isinstance(valor, str | int | float | None)}
    return sencillos | {"datos": sellados}


def guardados(db: Database) -> Iterator[tuple[str, bytes]]:
    """El id y el sobre de cada identidad, como lo hace :func:`.sellado.sellar_identidad`."""
    for renglon in db.execute("SELECT asistencia_id AS id, sobre FROM identidad WHERE sobre IS NOT NULL").fetchall():
        if (sobre := leer_sobre(dict(renglon))) is not None:
            yield renglon["id"], sobre


def leer_sobre(renglon: Mapping[str, Any]) -> bytes | None:
    """El sobre de un renglón de ``identidad``. Todo el que se lee de la base pasa por aquí."""
    return None if renglon["sobre"] is None else bytes(renglon["sobre"])


def guardar_sobre(db: Database, id: str, sobre: bytes) -> None:
    """Cambia el sobre de una identidad (y lo que hubiera en claro se va). Los nuevos entran por :func:`fila`."""
    db.execute("UPDATE identidad SET nombre = NULL, telefono = NULL, sobre = ? WHERE asistencia_id = ?", [sobre, id])


def sellar_las_claras(db: Database, llave: EllipticCurvePublicKey) -> int:
    """Mete en su sobre lo que se guardó antes de que hubiera llave; cuántas eran. Dentro de una transacción."""
    claras = db.execute(
        "SELECT asistencia_id, nombre, telefono FROM identidad WHERE nombre IS NOT NULL OR telefono IS NOT NULL"
    ).fetchall()
    for clara in claras:
        id = clara["asistencia_id"]
        guardar_sobre(db, id, sellar_identidad(llave, id, clara["nombre"], clara["telefono"]))
    return len(claras)


def mostrar(filas: Iterable[Mapping[str, Any]], sello: Sello | None) -> list[dict[str, Any]]:
    """Los renglones con ``nombre``, ``telefono`` y ``identidad`` (cómo está): por nombre, y al final quien no lo dio.

    :param filas: con ``id``, ``nombre``, ``telefono`` y ``sobre``, como :func:`.asistencias.lista`.
    :param sello: la llave de la oficina abierta; sin ella los sobres siguen cerrados.
    """
    vistas = [_mostrar(renglon, sello) for renglon in filas]
    return sorted(vistas, key=lambda v: (v["identidad"] == "ninguna", not v["nombre"], _orden(v["nombre"]), v["id"]))


def _mostrar(renglon: Mapping[str, Any], sello: Sello | None) -> dict[str, Any]:
    nombre, telefono, sobre = renglon["nombre"], renglon["telefono"], leer_sobre(renglon)
    estado: Estado = "abierta" if nombre or telefono else "ninguna"
    if sobre is not None:
        estado, nombre, telefono = "cerrada", None, None
        if sello is not None:
            try:
                nombre, telefono = abrir_identidad(sello, renglon["id"], sobre)
                estado = "abierta"
            except SobreIlegible:
                estado = "ilegible"
    resto = {campo: valor for campo, valor in renglon.items() if campo != "sobre"}
    return {**resto, "nombre": nombre, "telefono": telefono, "identidad": estado}


def _orden(nombre: str | None) -> str:
    return reglas.sin_acentos(nombre or "").casefold()
