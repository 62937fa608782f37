"""Las evidencias: fotos del evento, hojas y documentos fotografiados. El renglón va en la base; la foto, en su archivo.

El archivo va sellado para la llave de la oficina y nunca cambia. Se escribe y se asegura en el disco antes que su
renglón: un renglón vigente siempre tiene su archivo. Uno sin renglón (se cortó la luz en medio, o la evidencia se
quitó) no estorba, y :func:`barrer` lo borra.
"""

import hashlib
import random
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from .. import reglas
from ..errores import ErrorJornada
from ..sellado import Sello, SobreIlegible, abrir_evidencia, sellar_evidencia
from . import disco, identidades, ranuras
from .conexion import escritura

CLASES = ("foto", "hoja", "documento")
MAXIMO = 30
"""Evidencias vigentes de un mismo evento o de una misma actividad."""
PIE_MAXIMO = 120
_SUFIJO = ".sobre"
_COLUMNAS = "id, evento_id, actividad_id, clase, pie, ancho, alto, bytes, huella, creada_en, creada_por, ranura"
_ARCHIVO = f"coalesce(archivo, id) || '{_SUFIJO}'"
_VIGENTES = f"SELECT id, {_ARCHIVO} AS archivo, huella, ranura FROM evidencia WHERE quitada_en IS NULL"  # noqa: S608


def guardar(
    db: Database,
    carpeta: Path,
    contenido_jpeg: bytes,
    *,
    evento_id: str | None = None,
    actividad_id: str | None = None,
    clase: str,
    pie: str | None = None,
    ancho: int | None = None,
    alto: int | None = None,
    ahora: datetime,
    quien: str,
    azar: random.Random,
    id: str | None = None,
) -> str:
    """Sella la foto (ya limpia: ver ``recoleccion.fotos``), la guarda y devuelve su id.

    :param carpeta: ``Instalacion.evidencias``.
    :param clase: una de :data:`CLASES`. Las fotos de un evento piden que conste que se avisó (``evento.avisa_fotos``).
    :param id: el que nació con la página; repetido, es la misma evidencia y no se guarda otra vez.
    :raises ErrorJornada: ``falta_llave``, ``fotos_sin_aviso``, ``evidencias_completas``, ``evento_no_existe``,
        ``evidencia_no_existe`` (si ese id ya se quitó), ``disco_lleno``.
    """
    if clase not in CLASES:
        raise ValueError(f"clase desconocida: {clase}")
    if not (id and reglas.id_valido(id)):
        id = reglas.nuevo_id(azar)
    with escritura(db):
        if (ya := db.execute("SELECT quitada_en FROM evidencia WHERE id = ?", [id]).fetchone()) is not None:
            if ya["quitada_en"] is not None:
                raise ErrorJornada("evidencia_no_existe")
            return id
        llave = identidades.llave_publica(db)
        if llave is None:
            raise ErrorJornada("falta_llave")
        _exigir_lugar(db, evento_id, actividad_id, clase)
        capa = ranuras.nueva(db)
        sobre = capa.cubrir(id, sellar_evidencia(llave, id, contenido_jpeg))
        _escribir(ruta(carpeta, id), sobre)
        fila = {
            "id": id, "evento_id": evento_id, "actividad_id": actividad_id, "clase": clase,
            "pie": (pie or "").strip()[:PIE_MAXIMO] or None, "ancho": ancho, "alto": alto, "bytes": len(sobre),
            "huella": hashlib.sha256(sobre).hexdigest(), "creada_en": ahora.isoformat(), "creada_por": quien,
            "ranura": capa.ranura,
        }  # fmt: skip
        db.execute(
            f"INSERT INTO evidencia ({_COLUMNAS}) VALUES ({', '.join(f':{c}' for c in _COLUMNAS.split(', '))})",  # noqa: S608
            fila,
        )
    return id


def _exigir_lugar(db: Database, evento_id: str | None, actividad_id: str | None, clase: str) -> None:
    if evento_id is not None:
        evento = db.execute("SELECT avisa_fotos FROM evento WHERE id = ?", [evento_id]).fetchone()
        if evento is None:
            raise ErrorJornada("evento_no_existe")
        if clase == "foto" and not evento["avisa_fotos"]:
            raise ErrorJornada("fotos_sin_aviso")
    elif actividad_id is None:
        raise ValueError("una evidencia es de un evento o de una actividad")
    cuantas = db.execute(
        "SELECT count(*) FROM evidencia WHERE quitada_en IS NULL"
        " AND evento_id IS :evento_id AND actividad_id IS :actividad_id",
        {"evento_id": evento_id, "actividad_id": actividad_id},
    ).fetchone()[0]
    if cuantas >= MAXIMO:
        raise ErrorJornada("evidencias_completas", maximo=MAXIMO)


def ruta(carpeta: Path, id: str) -> Path:
    """El archivo con que nace una evidencia; el de una que cambió de llave es otro (columna ``archivo``)."""
    return carpeta / f"{id}{_SUFIJO}"


def leer_sobre(carpeta: Path, fila: Mapping[str, Any]) -> bytes:
    """El sobre de una evidencia, como se selló. Todo el que se lee del disco pasa por aquí.

    :param fila: de :func:`por_cambiar`. :raises OSError: si no está. :raises SobreIlegible: si no abre su ranura.
    """
    capa: ranuras.Capa = fila["capa"]
    return capa.descubrir(fila["id"], (carpeta / fila["archivo"]).read_bytes())


def por_cambiar(db: Database) -> list[dict[str, Any]]:
    """Las vigentes, con ``id``, ``archivo``, ``huella`` y ``capa``: para sellarlas otra vez con otra llave."""
    filas = db.execute(f"{_VIGENTES} ORDER BY id").fetchall()
    capas = ranuras.leer(db, [fila["ranura"] for fila in filas])
    return [{**dict(fila), "capa": capas[fila["ranura"]]} for fila in filas]


def preparar_sobre(archivo: Path, fila: Mapping[str, Any], sobre: bytes) -> dict[str, Any]:
    """Escribe en ``archivo``, entero y asegurado, el sobre que reemplazará a otro; lo que de él va en su renglón.

    Sigue en la ranura de ``fila`` (de :func:`por_cambiar`).
    """
    capa: ranuras.Capa = fila["capa"]
    cubierto = capa.cubrir(fila["id"], sobre)
    _escribir(archivo, cubierto)
    return {"huella": hashlib.sha256(cubierto).hexdigest(), "bytes": len(cubierto)}


def cambiar_archivo(db: Database, id: str, archivo: Path, puesto: Mapping[str, Any]) -> None:
    """La evidencia está ahora en ``archivo``, ya en su carpeta. El de antes lo borra :func:`barrer`."""
    db.execute(
        "UPDATE evidencia SET archivo = :archivo, huella = :huella, bytes = :bytes WHERE id = :id",
        {"id": id, "archivo": archivo.name.removesuffix(_SUFIJO), **puesto},
    )


def abrir(db: Database, carpeta: Path, id: str, sello: Sello) -> bytes:
    """La JPEG. ``sello``: la llave de la oficina, abierta.

    :raises ErrorJornada: ``evidencia_no_existe``, ``evidencia_danada``.
    """
    evidencia = db.execute(f"{_VIGENTES} AND id = ?", [id]).fetchone()
    if evidencia is None:
        raise ErrorJornada("evidencia_no_existe")
    capa = ranuras.una(db, evidencia["ranura"])
    try:
        return abrir_evidencia(sello, id, leer_sobre(carpeta, {**dict(evidencia), "capa": capa}))
    except (OSError, SobreIlegible) as error:
        raise ErrorJornada("evidencia_danada") from error


def leer(db: Database, id: str) -> dict[str, Any] | None:
    """Su renglón, si no se ha quitado."""
    fila = db.execute(
        f"SELECT {_COLUMNAS} FROM evidencia WHERE id = ? AND quitada_en IS NULL",  # noqa: S608
        [id],
    ).fetchone()
    return dict(fila) if fila else None


def listar(db: Database, evento_id: str | None = None, actividad_id: str | None = None) -> list[dict[str, Any]]:
    """Las vigentes de un evento o de una actividad, en el orden en que se guardaron."""
    return [
        dict(fila)
        for fila in db.execute(
            f"SELECT {_COLUMNAS} FROM evidencia WHERE quitada_en IS NULL"  # noqa: S608
            " AND (evento_id = :evento_id OR actividad_id = :actividad_id) ORDER BY creada_en, rowid",
            {"evento_id": evento_id, "actividad_id": actividad_id},
        )
    ]


def cuantas(db: Database, evento_ids: Iterable[str]) -> dict[str, int]:
    """Cuántas vigentes tiene cada evento; los que no tienen no aparecen."""
    pedidos = set(evento_ids)
    filas = db.execute(
        "SELECT evento_id, count(*) AS n FROM evidencia WHERE quitada_en IS NULL AND evento_id IS NOT NULL"
        " GROUP BY evento_id"
    )
    return {fila["evento_id"]: fila["n"] for fila in filas if fila["evento_id"] in pedidos}


def quitar(db: Database, carpeta: Path, id: str, *, ahora: datetime) -> None:
    """Deja de ser vigente y su archivo se borra; el de un respaldo anterior deja de abrirse con el próximo borrado.

    Dentro de la transacción de otro sólo se marca: el archivo lo borra :func:`barrer` cuando ése termine.

    :raises ErrorJornada: ``evidencia_no_existe``.
    """
    with escritura(db):
        cambio = db.execute(
            "UPDATE evidencia SET quitada_en = ?, pie = NULL WHERE id = ? AND quitada_en IS NULL",
            [ahora.isoformat(), id],
        )
        if not cambio.rowcount:
            raise ErrorJornada("evidencia_no_existe")
    barrer(db, carpeta)


def barrer(db: Database, carpeta: Path) -> int:
    """Borra los archivos sin renglón vigente; cuántos eran. Dentro de una transacción no hace nada."""
    if db.conn.in_transaction or not _sueltos(db, carpeta):
        return 0
    with escritura(db):  # con la puerta cerrada nadie está entre su archivo y su renglón
        sueltos = _sueltos(db, carpeta)
        for archivo in sueltos:
            archivo.unlink(missing_ok=True)
    return len(sueltos)


def _sueltos(db: Database, carpeta: Path) -> list[Path]:
    if not carpeta.is_dir():
        return []
    nombrados = {nombre for nombre, _ in vigentes(db)}
    return [archivo for archivo in carpeta.iterdir() if archivo.name not in nombrados]


def vigentes(db: Database) -> list[tuple[str, str]]:
    """``(nombre de archivo, huella SHA-256 de su contenido sellado)`` de cada una: lo que lleva un respaldo."""
    return [(fila["archivo"], fila["huella"]) for fila in db.execute(f"{_VIGENTES} ORDER BY id")]


def _escribir(destino: Path, contenido: bytes) -> None:
    """Entero y asegurado en el disco, con su nombre, o nada."""
    if not destino.parent.is_dir():
        destino.parent.mkdir(mode=0o700)
        disco.asegurar_nombres(destino.parent.parent)
    disco.poner(destino, contenido)
