"""Quién es cada quien: nombre y teléfono, en un sobre que sólo abre la llave de la oficina.

El servidor tiene la mitad pública: puede cerrar sobres y no abrirlos. Mientras la oficina no tenga llave no se piden
nombres; si aun así llega uno, se guarda como viene y se sella el día que la llave exista.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from sqlite_utils import Database

from .. import reglas
from ..errores import ErrorJornada
from ..protocolo.registro import Registro, entender
from ..sellado import Sello, SobreIlegible, abrir_identidad, b64, de_b64, leer_llave, sellar_identidad
from . import ranuras
from .conexion import escritura, vaciar_bitacora

Estado = Literal["abierta", "cerrada", "ilegible", "borrada", "bloqueada", "sin_cuaderno", "ninguna"]
_DICEN = ("nombre", "telefono", "identidad")
_INSERTAR = (
    "INSERT INTO identidad (asistencia_id, nombre, telefono, sobre, ranura)"
    " VALUES (:id, :nombre, :telefono, :sobre, :ranura)"
)


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


def sin_identidad(registro: Any) -> Any:
    """El mismo registro sin decir quién es; él mismo si no lo decía."""
    datos = registro.get("datos") if isinstance(registro, Mapping) else None
    if not isinstance(datos, Mapping) or not any(datos.get(campo) for campo in _DICEN):
        return registro
    return {**registro, "datos": {campo: valor for campo, valor in datos.items() if campo not in _DICEN}}


def guardar(db: Database, filas: Sequence[Mapping[str, Any]]) -> None:
    """Guarda quiénes son (:func:`fila`), cada sobre cubierto con la llave de su ranura. Dentro de una transacción.

    De quien ya se borró, nada: si el registro vuelve es porque un teléfono lo ofreció otra vez.
    """
    if not filas:
        return
    borrados = ranuras.no_vuelven(db, [suya["id"] for suya in filas])
    filas = [suya for suya in filas if suya["id"] not in borrados]
    capas = iter(ranuras.nuevas(db, sum(suya["sobre"] is not None for suya in filas)))
    db.conn.executemany(_INSERTAR, [_cubierta(suya, next(capas) if suya["sobre"] else None) for suya in filas])


def _cubierta(suya: Mapping[str, Any], capa: ranuras.Capa | None) -> dict[str, Any]:
    if capa is None:
        return {**suya, "ranura": None}
    return {**suya, "sobre": capa.cubrir(suya["id"], suya["sobre"]), "ranura": capa.ranura}


def guardados(db: Database) -> Iterator[tuple[str, bytes]]:
    """El id y el sobre de cada identidad, como lo hace :func:`.sellado.sellar_identidad`; los que se pueden leer."""
    for renglon in con_capa(db, db.execute("SELECT asistencia_id AS id, sobre, ranura FROM identidad").fetchall()):
        with suppress(SobreIlegible):
            if (sobre := leer_sobre(renglon)) is not None:
                yield renglon["id"], sobre


def por_cambiar(db: Database, desde: int = 0) -> list[dict[str, Any]]:
    """Los renglones con sobre y su capa, para sellarlos otra vez. ``desde``: sólo los que llegaron después de éste."""
    busca = "SELECT rowid AS lugar, asistencia_id AS id, sobre, ranura FROM identidad WHERE sobre IS NOT NULL"
    return con_capa(db, db.execute(f"{busca} AND rowid > ?", [desde]).fetchall())


def cambiar(db: Database, cubiertos: Iterable[tuple[bytes, str]]) -> None:
    """Otro sobre en cada renglón, ya cubierto con la llave de su misma ranura: ``(cubierto, id)``."""
    db.conn.executemany("UPDATE identidad SET sobre = ? WHERE asistencia_id = ?", cubiertos)


def borrar(db: Database, ids: Sequence[str]) -> int:
    """Borra para siempre quiénes son, también de lo ya resuelto en la cuarentena; cuántos había. En una transacción.

    Después, ya fuera de ella, :func:`.ranuras.rematar`: entonces tampoco los abre un respaldo viejo.
    """
    suyas = [{"id": id} for id in ids]
    busca = "SELECT asistencia_id AS id, ranura FROM identidad WHERE asistencia_id = :id"
    ranuras.borrar(db, [fila for suya in suyas if (fila := db.execute(busca, suya).fetchone()) is not None])
    db.conn.executemany(
        "UPDATE cuarentena SET bytes = x'' WHERE registro_id = :id AND resuelta_en IS NOT NULL AND length(bytes) > 0",
        suyas,
    )
    cuantos = (
        int(db.conn.executemany("DELETE FROM identidad WHERE asistencia_id = :id", suyas).rowcount) if suyas else 0
    )
    db.conn.executemany("DELETE FROM bloqueo WHERE asistencia_id = :id", suyas)
    ranuras.destruir_las_sueltas(db)
    return cuantos


def hay(db: Database, id: str) -> bool:
    """¿Se guarda quién es en este registro?"""
    return db.execute("SELECT 1 FROM identidad WHERE asistencia_id = ?", [id]).fetchone() is not None


def con_capa(db: Database, filas: Iterable[Any]) -> list[dict[str, Any]]:
    """Los renglones (``id``, ``sobre`` y ``ranura``) con lo que hace falta para leer su sobre (:func:`leer_sobre`)."""
    renglones = [dict(fila) for fila in filas]
    capas = ranuras.leer(db, [renglon["ranura"] for renglon in renglones])
    bloqueadas = {fila[0] for fila in db.execute("SELECT asistencia_id FROM bloqueo")}
    return [
        {**renglon, "capa": capas[renglon["ranura"]], "bloqueada": renglon["id"] in bloqueadas} for renglon in renglones
    ]


def leer_sobre(renglon: Mapping[str, Any]) -> bytes | None:
    """El sobre de un renglón de :func:`con_capa`. Todo el que se lee de la base pasa por aquí.

    :raises SobreIlegible: si se borró, si falta su llave o si está dañado.
    """
    if renglon["sobre"] is None:
        return None
    capa: ranuras.Capa = renglon["capa"]
    return capa.descubrir(renglon["id"], bytes(renglon["sobre"]))


def guardar_sobre(db: Database, id: str, sobre: bytes) -> bool:
    """Cambia el sobre de una identidad (y lo que hubiera en claro se va). Los nuevos entran por :func:`guardar`.

    Sigue en su ranura: con otro sobre adentro, borrarla borra los dos. ``False`` si ya se borró o falta su llave: lo
    que no se puede leer tampoco se cambia.
    """
    suya = db.execute("SELECT ranura FROM identidad WHERE asistencia_id = ?", [id]).fetchone()
    capa = ranuras.nueva(db) if suya["ranura"] is None else ranuras.una(db, suya["ranura"])
    if not capa.sirve:
        return False
    db.execute(
        "UPDATE identidad SET nombre = NULL, telefono = NULL, sobre = ?, ranura = ? WHERE asistencia_id = ?",
        [capa.cubrir(id, sobre), capa.ranura, id],
    )
    return True


def cubrir_las_descubiertas(db: Database) -> int:
    """Cubre lo que se guardó cuando el cuaderno no se podía usar; cuántas eran. Sin ninguna sólo lee."""
    busca = "SELECT asistencia_id AS id, sobre FROM identidad WHERE ranura IS NULL AND sobre IS NOT NULL"
    if db.execute(f"{busca} LIMIT 1").fetchone() is None:
        return 0
    try:
        with escritura(db):
            descubiertas = db.execute(busca).fetchall()
            for suya in descubiertas:
                guardar_sobre(db, suya["id"], bytes(suya["sobre"]))
    except ErrorJornada:
        return 0  # con el disco lleno se sigue atendiendo; será al arrancar otra vez
    vaciar_bitacora(db)
    return len(descubiertas)


def sellar_las_claras(db: Database, llave: EllipticCurvePublicKey) -> int:
    """Mete en su sobre lo que se guardó antes de que hubiera llave; cuántas eran. Dentro de una transacción."""
    claras = db.execute(
        "SELECT asistencia_id, nombre, telefono FROM identidad WHERE nombre IS NOT NULL OR telefono IS NOT NULL"
    ).fetchall()
    for clara in claras:
        id = clara["asistencia_id"]
        guardar_sobre(db, id, sellar_identidad(llave, id, clara["nombre"], clara["telefono"]))
    return len(claras)


def mostrar(
    filas: Iterable[Mapping[str, Any]], sello: Sello | None, *, bloqueadas: bool = False
) -> list[dict[str, Any]]:
    """Los renglones con ``nombre``, ``telefono`` y ``identidad`` (cómo está): por nombre, y al final quien no lo dio.

    :param filas: con ``id``, ``nombre``, ``telefono`` y ``sobre``, de :func:`con_capa`.
    :param sello: la llave de la oficina abierta; sin ella los sobres siguen cerrados.
    :param bloqueadas: también los que se guardan y no se usan, para atender la solicitud por la que se bloquearon.
    """
    vistas = [_mostrar(renglon, sello, bloqueadas) for renglon in filas]
    return sorted(vistas, key=lambda v: (v["identidad"] == "ninguna", not v["nombre"], _orden(v["nombre"]), v["id"]))


def _mostrar(renglon: Mapping[str, Any], sello: Sello | None, bloqueadas: bool) -> dict[str, Any]:
    nombre, telefono, sobre = renglon["nombre"], renglon["telefono"], renglon["sobre"]
    estado: Estado = "abierta" if nombre or telefono else "ninguna"
    if sobre is not None:
        estado, nombre, telefono = "cerrada", None, None
        if sello is not None:
            estado, nombre, telefono = _abrir(renglon, sello)
    if renglon["bloqueada"] and not bloqueadas and estado != "ninguna":
        estado, nombre, telefono = "bloqueada", None, None
    resto = {campo: valor for campo, valor in renglon.items() if campo not in ("sobre", "ranura", "capa")}
    return {**resto, "nombre": nombre, "telefono": telefono, "identidad": estado}


def _abrir(renglon: Mapping[str, Any], sello: Sello) -> tuple[Estado, str | None, str | None]:
    try:
        return "abierta", *abrir_identidad(sello, renglon["id"], leer_sobre(renglon) or b"")
    except ranuras.NombreBorrado:
        return "borrada", None, None
    except ranuras.SinCuaderno:
        return "sin_cuaderno", None, None
    except SobreIlegible:
        return "ilegible", None, None


def _orden(nombre: str | None) -> str:
    return reglas.sin_acentos(nombre or "").casefold()
