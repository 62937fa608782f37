"""Las actividades: lo que no es un evento y cuenta para una línea del programa anual. Sólo cuentas, nunca nombres.

Nada se borra: quitar una la deja fuera de las cuentas y se puede volver a poner. Lo que toca un trimestre cerrado pide
su justificación y queda en la memoria de cambios (``trimestres.py``).
"""

import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

from sqlite_utils import Database

from formularios import actividad
from formularios.catalogos import INICIALES, ErrorCatalogo

from .. import reglas
from ..errores import ErrorJornada
from . import trimestres
from .conexion import escritura, ruta_de

DATOS = (
    "tipo", "fecha", "cantidad", "mujeres", "hombres", "no_especificado", "programa", "institucion", "tema", "horas",
    "alcance", "limite", "cumplida_el", "nota",
)  # fmt: skip
"""Las columnas que se escriben; las demás las pone este módulo."""
_TODAS = f"id, ejercicio, linea, cuenta, {', '.join(DATOS)}, creada_en, creada_por, revision, quitada_en"


def catalogo(db: Database) -> dict[str, tuple[actividad.TipoActividad, ...]]:
    """Los tipos de cada línea, de los catálogos que están junto a la base; si no se leen, los iniciales.

    Qué les pasa lo dice :func:`problema_de_catalogo`.
    """
    try:
        return actividad.tipos(_carpeta(db))
    except ErrorCatalogo:
        return actividad.tipos(INICIALES)


def problema_de_catalogo(db: Database) -> str | None:
    """La frase de qué hay que corregir en ``actividades.csv``; ``None`` si se lee bien."""
    try:
        actividad.tipos(_carpeta(db))
    except ErrorCatalogo as error:
        return str(error)
    return None


def _carpeta(db: Database) -> Path:
    return ruta_de(db).parent / "catalogos"


# --- Escribir ----------------------------------------------------------------------------------------------------


def crear(
    db: Database,
    datos: Mapping[str, Any],
    *,
    ahora: datetime,
    quien: str,
    azar: Random,
    id: str | None = None,
    justificacion: str | None = None,
    tipos: actividad.Tipos | None = None,
) -> str:
    """Guarda una actividad y devuelve su id; si ya está, y dice lo mismo, no hace nada.

    :param datos: ``linea`` y :data:`DATOS`; lo que su tipo no pide no se guarda.
    :param tipos: los de :func:`catalogo`, para no leerlos en cada una.
    :raises ErrorJornada: ``actividad_datos``, ``ejercicio_no_existe``, ``linea_desconocida``, ``trimestre_cerrado``;
        ``actividad_ya_anotada`` si ese id ya está y dice otra cosa.
    """
    id = id if reglas.id_valido(id) else reglas.nuevo_id(azar)
    with escritura(db):
        fila, ya = _revisada(db, str(datos.get("linea", "")), datos, tipos or catalogo(db)), _fila(db, id)
        if ya is not None:
            if any(ya[columna] != fila[columna] for columna in ("linea", *DATOS)):
                raise ErrorJornada("actividad_ya_anotada")
            return id
        _exigir(db, justificacion, fila)
        nueva = fila | {"id": id, "creada_en": ahora.isoformat(), "creada_por": quien}
        db.execute(
            f"INSERT INTO actividad ({', '.join(nueva)}) VALUES ({', '.join(f':{c}' for c in nueva)})",  # noqa: S608
            nueva,
        )
        _anotar(db, None, fila, justificacion, ahora, quien)
    return id


def cambiar(
    db: Database,
    id: str,
    datos: Mapping[str, Any],
    *,
    revision: int,
    ahora: datetime,
    quien: str,
    justificacion: str | None = None,
) -> int:
    """Cambia :data:`DATOS`; la línea se queda. Devuelve la revisión nueva.

    :param revision: la que se vio.
    :raises ErrorJornada: ``cambio_de_otra_persona`` si ya hay otra revisión, ``actividad_quitada`` si ya no cuenta,
        ``actividad_no_existe`` y los de :func:`crear`.
    """
    with escritura(db):
        antes = leer(db, id)
        if antes["quitada_en"]:
            raise ErrorJornada("actividad_quitada")
        if antes["revision"] != revision:
            raise ErrorJornada("cambio_de_otra_persona")
        fila = _revisada(db, antes["linea"], datos, catalogo(db))
        _exigir(db, justificacion, antes, fila)
        db.execute(
            f"UPDATE actividad SET {', '.join(f'{c} = :{c}' for c in fila)}, revision = revision + 1"  # noqa: S608
            " WHERE id = :id",
            fila | {"id": id},
        )
        _anotar(db, antes, fila, justificacion, ahora, quien)
    return revision + 1


def quitar(
    db: Database, id: str, *, revision: int, ahora: datetime, quien: str, justificacion: str | None = None
) -> None:
    """Deja de contar; no se borra. Quitarla otra vez no hace nada.

    :raises ErrorJornada: ``cambio_de_otra_persona``, ``actividad_no_existe``, ``trimestre_cerrado``.
    """
    with escritura(db):
        antes = leer(db, id)
        if antes["quitada_en"]:
            return
        if antes["revision"] != revision:
            raise ErrorJornada("cambio_de_otra_persona")
        _exigir(db, justificacion, antes)
        db.execute("UPDATE actividad SET quitada_en = ?, revision = revision + 1 WHERE id = ?", [ahora.isoformat(), id])
        _anotar(db, antes, None, justificacion, ahora, quien)


def reponer(db: Database, id: str, *, ahora: datetime, quien: str, justificacion: str | None = None) -> None:
    """Vuelve a contar una que se quitó. :raises ErrorJornada: ``actividad_no_existe``, ``trimestre_cerrado``."""
    with escritura(db):
        fila = leer(db, id)
        if not fila["quitada_en"]:
            return
        _exigir(db, justificacion, fila)
        db.execute("UPDATE actividad SET quitada_en = NULL, revision = revision + 1 WHERE id = ?", [id])
        _anotar(db, None, fila, justificacion, ahora, quien)


def id_de_renglon(datos: Mapping[str, Any], veces: int) -> str:
    """El id de un renglón de archivo, por lo que dice: el mismo renglón es siempre la misma actividad.

    :param veces: cuántos iguales lleva el archivo antes que éste.
    """
    huella = sha256(reglas.json_canonico([veces, dict(datos)])).digest()
    return str(uuid.UUID(bytes=huella[:16], version=4))


def _revisada(db: Database, linea: str, datos: Mapping[str, Any], tipos: actividad.Tipos) -> dict[str, Any]:
    """Las columnas como se guardan: las que su tipo no pide, en blanco. :raises ErrorJornada: si algo no cuadra."""
    tipo = next((t for t in tipos.get(linea, ()) if t.clave == datos.get("tipo")), None)
    if tipo is None:
        raise ErrorJornada("actividad_datos", detalle="el tipo")
    fila: dict[str, Any] = {
        columna: datos.get(columna) if columna in tipo.columnas | {"tipo", "fecha", "cantidad"} else None
        for columna in DATOS
    }
    for columna in ("cantidad", "mujeres", "hombres", "no_especificado", "horas", "alcance"):
        valor = fila[columna]
        if (valor is None and columna == "cantidad") or (valor is not None and not 0 <= valor <= 10_000_000):
            raise ErrorJornada("actividad_datos", detalle=f"un número ({columna.replace('_', ' ')})")
    if not fila["cantidad"] <= 100_000:
        raise ErrorJornada("actividad_datos", detalle="un número (cantidad)")
    for columna in ("fecha", "limite", "cumplida_el"):
        if fila[columna] is not None or columna == "fecha":
            fila[columna] = _dia(fila[columna])
    if "plazo" in tipo.pide and tipo.cuenta == "avance" and fila["limite"] is None:
        raise ErrorJornada("actividad_datos", detalle="para cuándo se pidió")
    ejercicio = int(fila["fecha"][:4])
    lineas = {f["clave"] for f in db.execute("SELECT clave FROM linea_poa WHERE ejercicio = ?", [ejercicio])}
    if not lineas:
        raise ErrorJornada("ejercicio_no_existe", ejercicio=ejercicio)
    if linea not in lineas:
        raise ErrorJornada("linea_desconocida", linea=linea)
    return fila | {"ejercicio": ejercicio, "linea": linea, "cuenta": tipo.cuenta}


def _dia(valor: Any) -> str:
    try:
        return date.fromisoformat(valor).isoformat()
    except (TypeError, ValueError):
        raise ErrorJornada("actividad_datos", detalle="una fecha") from None


def _exigir(db: Database, justificacion: str | None, *filas: Mapping[str, Any]) -> None:
    trimestres.exigir_justificacion(db, [dia for fila in filas for dia in _dias(fila)], justificacion)


def _dias(fila: Mapping[str, Any]) -> list[str]:
    """Los días en que una actividad mueve una cuenta."""
    return [fila[columna] for columna in ("fecha", "cumplida_el") if fila[columna]]


def _anotar(
    db: Database,
    antes: Mapping[str, Any] | None,
    despues: Mapping[str, Any] | None,
    justificacion: str | None,
    ahora: datetime,
    quien: str,
) -> None:
    """A la memoria de cambios, si toca un trimestre cerrado."""
    dias = [dia for fila in (antes, despues) if fila for dia in _dias(fila)]
    cerrados = [dia for dia in dias if trimestres.cerrado(db, *trimestres.de_fecha(dia))]
    fila = despues or antes
    if not cerrados or fila is None:
        return
    trimestres.anotar_cambio(
        db,
        ejercicio=fila["ejercicio"],
        linea=fila["linea"],
        que=f"actividad del {min(cerrados)}",
        antes=antes and _en_breve(antes),
        despues=despues and _en_breve(despues),
        justificacion=justificacion or "",
        ahora=ahora,
        quien=quien,
    )


def _en_breve(fila: Mapping[str, Any]) -> str:
    """«asesoria_juridica, 4 (mujeres 3, hombres 1)»: lo que cuenta, sin nota."""
    partes = [f"{c.replace('_', ' ')} {fila[c]}" for c in ("mujeres", "hombres", "no_especificado") if fila[c]]
    personas = f" ({', '.join(partes)})" if partes else ""
    return f"{fila['tipo']}, {fila['cantidad']}{personas}"


# --- Leer --------------------------------------------------------------------------------------------------------


def leer(db: Database, id: str) -> dict[str, Any]:
    """La actividad, también si se quitó. :raises ErrorJornada: ``actividad_no_existe``."""
    fila = _fila(db, id)
    if fila is None:
        raise ErrorJornada("actividad_no_existe")
    return dict(fila)


def _fila(db: Database, id: str) -> Any:
    return db.execute(f"SELECT {_TODAS} FROM actividad WHERE id = ?", [id]).fetchone()  # noqa: S608


def ya_estan(db: Database, ids: Iterable[str]) -> dict[str, bool]:
    """De esos ids, los que ya son una actividad; el valor dice si cuenta (``False``: se quitó)."""
    filas = db.execute(
        "SELECT id, quitada_en FROM actividad WHERE id IN (SELECT value FROM json_each(?))", [json.dumps(list(ids))]
    )
    return {fila["id"]: fila["quitada_en"] is None for fila in filas}


_FILTRO = (
    " WHERE (:ejercicio IS NULL OR ejercicio = :ejercicio) AND (:linea IS NULL OR linea = :linea)"
    " AND (:tipo IS NULL OR tipo = :tipo) AND (:desde IS NULL OR fecha >= :desde)"
    " AND (:hasta IS NULL OR fecha <= :hasta) AND (quitada_en IS NOT NULL) = :quitadas"
)


def listar(
    db: Database,
    ejercicio: int | None = None,
    linea: str | None = None,
    tipo: str | None = None,
    desde: str | None = None,
    hasta: str | None = None,
    *,
    quitadas: bool = False,
    cuantas: int = -1,
    salto: int = 0,
) -> list[dict[str, Any]]:
    """Las que cumplen lo que se pida, la de fecha más nueva primero. ``quitadas``: sólo las que ya no cuentan."""
    filtro = _filtro(ejercicio, linea, tipo, desde, hasta, quitadas) | {"cuantas": cuantas, "salto": salto}
    filas = db.execute(
        f"SELECT {_TODAS} FROM actividad{_FILTRO}"  # noqa: S608
        " ORDER BY fecha DESC, creada_en DESC, id LIMIT :cuantas OFFSET :salto",
        filtro,
    )
    return [dict(fila) for fila in filas]


def contar(
    db: Database,
    ejercicio: int | None = None,
    linea: str | None = None,
    tipo: str | None = None,
    desde: str | None = None,
    hasta: str | None = None,
    *,
    quitadas: bool = False,
) -> int:
    filtro = _filtro(ejercicio, linea, tipo, desde, hasta, quitadas)
    return int(db.execute(f"SELECT count(*) FROM actividad{_FILTRO}", filtro).fetchone()[0])  # noqa: S608


def resumen(
    db: Database, ejercicio: int, linea: str, desde: str | None = None, hasta: str | None = None
) -> list[dict[str, Any]]:
    """Lo que suman las de una línea por ``tipo`` y ``con`` (institución o programa, si lleva).

    ``horas_persona``: horas por las personas que estuvieron. ``cumplidas`` y ``a_tiempo``: de las que llevan plazo.
    """
    sumas = (
        "SELECT tipo, coalesce(institucion, programa) AS con, count(*) AS registros, sum(cantidad) AS cantidad,"
        " sum(mujeres) AS mujeres, sum(hombres) AS hombres, sum(no_especificado) AS no_especificado,"
        " sum(horas) AS horas, sum(alcance) AS alcance, sum(horas * (coalesce(mujeres, 0) + coalesce(hombres, 0)"
        " + coalesce(no_especificado, 0))) AS horas_persona, sum(limite IS NOT NULL) AS con_plazo,"
        " sum(iif(cumplida_el IS NOT NULL, cantidad, 0)) AS cumplidas,"
        " sum(iif(cumplida_el <= limite, cantidad, 0)) AS a_tiempo"
    )
    filas = db.execute(
        f"{sumas} FROM actividad{_FILTRO} GROUP BY 1, 2 ORDER BY 1, 4 DESC, 2",
        _filtro(ejercicio, linea, None, desde, hasta, False),
    )
    return [dict(fila) for fila in filas]


def ya_usados(db: Database, columna: str, cuantos: int = 60) -> list[str]:
    """Lo que ya se escribió en ``programa`` o ``institucion``, lo más usado primero: para sugerirlo.

    :raises KeyError: si es otra columna.
    """
    de_donde = {"programa": "programa", "institucion": "institucion"}[columna]
    filas = db.execute(
        f"SELECT {de_donde} FROM actividad WHERE {de_donde} IS NOT NULL AND quitada_en IS NULL"  # noqa: S608
        " GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT ?",
        [cuantos],
    )
    return [fila[0] for fila in filas]


def por_fecha_y_tipo(db: Database, ejercicios: set[int]) -> dict[tuple[str, str, str], int]:
    """Cuántas vigentes hay de cada (línea, tipo, fecha), para señalar las que parecen repetidas."""
    return {
        (fila["linea"], fila["tipo"], fila["fecha"]): fila["n"]
        for ejercicio in sorted(ejercicios)
        for fila in db.execute(
            "SELECT linea, tipo, fecha, count(*) AS n FROM actividad WHERE ejercicio = ? AND quitada_en IS NULL"
            " GROUP BY 1, 2, 3",
            [ejercicio],
        )
    }


def _filtro(
    ejercicio: int | None, linea: str | None, tipo: str | None, desde: str | None, hasta: str | None, quitadas: bool
) -> dict[str, Any]:
    return {
        "ejercicio": ejercicio, "linea": linea, "tipo": tipo, "desde": desde, "hasta": hasta, "quitadas": int(quitadas)
    }  # fmt: skip
