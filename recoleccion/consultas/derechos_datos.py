"""Lo que se hace con los datos de quien ejerce un derecho: hallarlos, darlos, corregirlos, bloquearlos y borrarlos.

Hallarlos y darlos pide la llave de la oficina abierta: antes de eso nadie, tampoco el servidor, sabe de quién es nada.
Sexo, edad y procedencia no se corrigen aquí: son cuentas que ya pueden estar publicadas.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlite_utils import Database

from .. import reglas
from ..errores import ErrorJornada
from ..sellado import Sello, sellar_identidad
from . import credenciales, derechos_apartados, identidades, ranuras
from .conexion import compactar, escritura, vaciar_bitacora

_FILAS = (
    "SELECT a.id, a.modo, a.sexo, a.edad, a.procedencia, a.recibido_en, a.aviso_version, a.evento_id, e.titulo,"
    " e.fecha, e.sede, i.nombre, i.telefono, i.sobre, i.ranura, c.folio,"
    " EXISTS (SELECT 1 FROM anulacion n WHERE n.registro_id = a.id) AS anulada"
    " FROM asistencia a JOIN evento e ON e.id = a.evento_id LEFT JOIN identidad i ON i.asistencia_id = a.id"
    " LEFT JOIN credencial c ON c.id = a.credencial_id"
)
DIGITOS = 7
"""Con cuántos números, los últimos, se reconoce un teléfono."""


def buscar(
    db: Database, sello: Sello, *, servidor: Sello, nombre: str = "", telefono: str = "", folio: str = ""
) -> tuple[list[dict[str, Any]], int]:
    """Los registros que pueden ser suyos: los de ese teléfono, los de esa tarjeta, o con todas esas palabras.

    Acentos y mayúsculas dan igual; de cada palabra basta el principio. También los anulados, los bloqueados y lo
    apartado (``apartado``: :mod:`.derechos_apartados`).

    :param servidor: la llave del servidor, con que se lee lo apartado.
    :returns: los registros, y de cuántos apartados no se pudo leer de quién son.
    """
    palabras, numeros = _palabras(nombre), re.sub(r"\D", "", telefono)
    tarjeta = credenciales.por_folio(db, folio) if folio else None
    hallados, apartados = [], derechos_apartados.leer(db, servidor, sello)
    contados = _mostrar(db, db.execute(f"{_FILAS} WHERE i.asistencia_id IS NOT NULL OR c.id IS NOT NULL"), sello)
    for fila in [*contados, *apartados.filas]:
        por_nombre = bool(palabras) and _coincide(palabras, _palabras(fila["nombre"] or ""))
        suyos = re.sub(r"\D", "", fila["telefono"] or "")
        por_telefono = len(numeros) >= DIGITOS and len(suyos) >= DIGITOS and suyos[-10:].endswith(numeros[-10:])
        por_tarjeta = tarjeta is not None and fila["folio"] == tarjeta["folio"]
        if por_nombre or por_telefono or por_tarjeta:
            senas = {"nombre": por_nombre, "teléfono": por_telefono, "tarjeta": por_tarjeta}
            hallados.append({**fila, "por": [sena for sena, coincide in senas.items() if coincide]})
    return sorted(hallados, key=lambda fila: (-len(fila["por"]), fila["fecha"], fila["id"])), apartados.sin_leer


def _palabras(texto: str) -> list[str]:
    return reglas.sin_acentos(texto).casefold().split()


def _coincide(pedidas: Sequence[str], suyas: Sequence[str]) -> bool:
    return all(any(suya.startswith(pedida) for suya in suyas) for pedida in pedidas)


def _mostrar(db: Database, filas: Any, sello: Sello | None) -> list[dict[str, Any]]:
    return identidades.mostrar(identidades.con_capa(db, filas), sello, bloqueadas=True)


def ligar(db: Database, solicitud_id: str, ids: Sequence[str]) -> int:
    """Estos registros son suyos, contados o apartados; cuántos se agregaron. Lo apartado se acepta con su número."""
    with escritura(db):
        cuantos = 0
        for id in ids:
            cursor = db.execute(
                "INSERT INTO solicitud_registro (solicitud_id, asistencia_id) SELECT :solicitud, :id"
                " WHERE EXISTS (SELECT 1 FROM asistencia WHERE id = :id)"
                " OR EXISTS (SELECT 1 FROM cuarentena WHERE registro_id = :id AND length(bytes) > 0)"
                " ON CONFLICT DO NOTHING",
                {"solicitud": solicitud_id, "id": id},
            )
            cuantos += cursor.rowcount
    return cuantos


def desligar(db: Database, solicitud_id: str, id: str) -> bool:
    """No era suyo. Sólo si no se ha hecho nada con él."""
    with escritura(db):
        cursor = db.execute(
            "DELETE FROM solicitud_registro WHERE solicitud_id = ? AND asistencia_id = ? AND hecho IS NULL",
            [solicitud_id, id],
        )
        return bool(cursor.rowcount)


def suyos(db: Database, solicitud_id: str, sello: Sello | None, servidor: Sello) -> list[dict[str, Any]]:
    """Los registros ligados, con ``hecho``, ``hecho_el`` y si está ``bloqueada``; por fecha del evento.

    Uno contado que además tiene otra versión apartada sale dos veces: son dos nombres guardados.
    """
    filas = db.execute(
        f"SELECT x.*, r.hecho, r.hecho_el FROM solicitud_registro r JOIN ({_FILAS}) x ON x.id = r.asistencia_id"  # noqa: S608
        " WHERE r.solicitud_id = ?",
        [solicitud_id],
    )
    ligados = {
        fila["asistencia_id"]: {"hecho": fila["hecho"], "hecho_el": fila["hecho_el"]}
        for fila in db.execute("SELECT * FROM solicitud_registro WHERE solicitud_id = ?", [solicitud_id])
    }
    apartados = derechos_apartados.leer(db, servidor, sello, list(ligados)).filas if ligados else []
    todas = _mostrar(db, filas, sello) + [fila | ligados[fila["id"]] for fila in apartados]
    return sorted(todas, key=lambda fila: (fila["fecha"], fila["id"]))


def dar(db: Database, solicitud_id: str, hoy: date) -> None:
    """Consta que se le entregó lo que se tiene de ella."""
    with escritura(db):
        db.execute(
            "UPDATE solicitud_registro SET hecho = 'dado', hecho_el = ? WHERE solicitud_id = ? AND hecho IS NULL",
            [hoy.isoformat(), solicitud_id],
        )


def corregir(db: Database, solicitud_id: str, id: str, *, nombre: str | None, telefono: str | None, hoy: date) -> None:
    """Pone otro nombre o teléfono en un registro suyo, sellado. Vacíos los dos sería borrar: para eso está lo otro.

    :raises ErrorJornada: ``falta_llave``, ``arco_registro_ajeno`` (o sólo está apartado), ``arco_sin_cuaderno``.
    """
    with escritura(db):
        llave = identidades.llave_publica(db)
        if llave is None:
            raise ErrorJornada("falta_llave")
        if not _exigir(db, solicitud_id, [id]) or not identidades.hay(db, id):
            raise ErrorJornada("arco_registro_ajeno")
        if not identidades.guardar_sobre(db, id, sellar_identidad(llave, id, nombre, telefono)):
            raise ErrorJornada("arco_sin_cuaderno")
        _hecho(db, solicitud_id, [id], "corregido", hoy)
    vaciar_bitacora(db)


def bloquear(db: Database, solicitud_id: str, ids: Sequence[str], hoy: date) -> int:
    """Su nombre se guarda y ya no se usa: ni en listas ni para comparar. Cuántos."""
    with escritura(db):
        ids = _exigir(db, solicitud_id, ids)
        db.conn.executemany(
            "INSERT INTO bloqueo (asistencia_id, solicitud_id, desde) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [[id, solicitud_id, hoy.isoformat()] for id in ids],
        )
        _hecho(db, solicitud_id, ids, "bloqueado", hoy)
    return len(ids)


def desbloquear(db: Database, solicitud_id: str, ids: Sequence[str]) -> int:
    with escritura(db):
        ids = _exigir(db, solicitud_id, ids)
        for id in ids:
            db.execute("DELETE FROM bloqueo WHERE asistencia_id = ? AND solicitud_id = ?", [id, solicitud_id])
            db.execute(
                "UPDATE solicitud_registro SET hecho = NULL, hecho_el = NULL WHERE solicitud_id = ?"
                " AND asistencia_id = ? AND hecho = 'bloqueado'",
                [solicitud_id, id],
            )
    return len(ids)


def borrar(db: Database, solicitud_id: str, ids: Sequence[str], hoy: date, servidor: Sello) -> list[dict[str, Any]]:
    """Borra para siempre quién es en estos registros suyos; de qué eventos eran. La asistencia se sigue contando.

    También en lo apartado: sigue ahí, sin nombre, y se puede aceptar.

    Después, ya fuera de la transacción, :func:`rematar`.
    """
    with escritura(db):
        ids = _exigir(db, solicitud_id, ids)
        eventos = {
            fila["id"]: {"titulo": fila["titulo"], "fecha": fila["fecha"]}
            for fila in suyos(db, solicitud_id, None, servidor)
            if fila["id"] in ids
        }
        derechos_apartados.quitar_nombres(db, servidor, ids)
        identidades.borrar(db, [id for id in ids if _contado(db, id)])
        _hecho(db, solicitud_id, ids, "borrado", hoy)
    return sorted(eventos.values(), key=lambda e: (e["fecha"], e["titulo"]))


def _contado(db: Database, id: str) -> bool:
    return db.execute("SELECT 1 FROM asistencia WHERE id = ?", [id]).fetchone() is not None


def rematar(db: Database) -> None:
    """Que lo borrado no quede en los huecos del archivo, ni en su bitácora, ni lo abra un respaldo viejo."""
    ranuras.rematar(db)
    compactar(db)
    vaciar_bitacora(db)


def _exigir(db: Database, solicitud_id: str, ids: Sequence[str]) -> list[str]:
    """De éstos, los ligados a esa solicitud."""
    ligados = db.execute("SELECT asistencia_id FROM solicitud_registro WHERE solicitud_id = ?", [solicitud_id])
    suyas = {fila[0] for fila in ligados}
    return [id for id in dict.fromkeys(ids) if id in suyas]


def _hecho(db: Database, solicitud_id: str, ids: Sequence[str], que: str, hoy: date) -> None:
    db.conn.executemany(
        "UPDATE solicitud_registro SET hecho = ?, hecho_el = ? WHERE solicitud_id = ? AND asistencia_id = ?",
        [[que, hoy.isoformat(), solicitud_id, id] for id in ids],
    )
