"""Las líneas del Programa Operativo Anual y sus metas. Funciona con «meta sin definir»."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from formularios.indicadores import MEDIDAS, Indicador

from ..errores import ErrorJornada
from ..fechas import numero_exacto
from . import trimestres
from .conexion import escritura

NUMEROS = {
    "meta_anual": "meta anual",
    "t1": "programado del primer trimestre",
    "t2": "programado del segundo trimestre",
    "t3": "programado del tercer trimestre",
    "t4": "programado del cuarto trimestre",
    "linea_base": "línea base",
}
QUE_MIDE = {"indicador": "indicador", "unidad": "unidad de medida", "medida": "de dónde sale"}
METAS = {**QUE_MIDE, **NUMEROS, "responsable": "responsable"}
"""Lo que la titular le pone a una línea, con el nombre que se lee en la memoria de cambios."""
CAMPOS = {"texto": "lo que dice la línea", **METAS}
TIPOS = {"meta": "Meta", "accion": "Acción"}

PRIMERA_VEZ = "Se define por primera vez."
SIN_RAZON = "No hacía falta decir por qué."
_COLUMNAS = f"ejercicio, clave, orden, tipo, texto, {', '.join(METAS)}"


def sembrar(
    db: Database,
    ejercicio: int,
    lineas: Iterable[Mapping[str, Any]],
    sugeridos: Mapping[str, Indicador] | None = None,
) -> None:
    """Agrega las líneas que falten (clave, tipo, texto), en su orden, con su indicador; las que ya están se quedan."""
    with escritura(db):
        for orden, linea in enumerate(lineas, start=1):
            db.execute(
                "INSERT INTO linea_poa (ejercicio, clave, orden, tipo, texto) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                [ejercicio, linea["clave"], orden, linea["tipo"], linea["texto"]],
            )
        sugerir(db, ejercicio, sugeridos or {})
        _traer_lo_suyo(db, ejercicio)


def sugerir(db: Database, ejercicio: int, sugeridos: Mapping[str, Indicador]) -> None:
    """Pone el indicador que se sugiere en las líneas que no tienen ninguno y que nadie ha cambiado."""
    with escritura(db):
        for clave, indicador in sugeridos.items():
            db.execute(
                "UPDATE linea_poa SET indicador = :indicador, unidad = :unidad, medida = :medida"
                " WHERE ejercicio = :ejercicio AND clave = :clave AND coalesce(indicador, unidad, medida) IS NULL"
                " AND NOT EXISTS (SELECT 1 FROM poa_cambio WHERE ejercicio = :ejercicio AND linea = :clave)",
                {**indicador.a_dict(), "ejercicio": ejercicio, "clave": clave},
            )


def listar(db: Database, ejercicio: int) -> list[dict[str, Any]]:
    return [
        dict(fila)
        for fila in db.execute(
            f"SELECT {_COLUMNAS} FROM linea_poa WHERE ejercicio = ? ORDER BY orden",  # noqa: S608
            [ejercicio],
        )
    ]


def leer(db: Database, ejercicio: int, clave: str) -> dict[str, Any]:
    """:raises ErrorJornada: ``linea_no_existe``."""
    fila = db.execute(
        f"SELECT {_COLUMNAS} FROM linea_poa WHERE ejercicio = ? AND clave = ?",  # noqa: S608
        [ejercicio, clave],
    ).fetchone()
    if fila is None:
        raise ErrorJornada("linea_no_existe")
    return dict(fila)


def ejercicios(db: Database) -> list[int]:
    return [fila[0] for fila in db.execute("SELECT DISTINCT ejercicio FROM linea_poa ORDER BY ejercicio")]


def huella(linea: Mapping[str, Any]) -> str:
    """Cómo estaban los :data:`CAMPOS` de una línea, para notar si alguien los cambió mientras se editaban."""
    return hashlib.sha256(json.dumps([linea[c] for c in CAMPOS]).encode()).hexdigest()[:16]


def guardar(
    db: Database,
    ejercicio: int,
    clave: str,
    datos: Mapping[str, Any],
    *,
    ahora: datetime,
    quien: str,
    justificacion: str | None = None,
    visto: str | None = None,
) -> list[str]:
    """Cambia los :data:`CAMPOS` que vengan en ``datos``, anota cada cambio y devuelve los nombres de lo que cambió.

    Pide justificación para cambiar lo que dice la línea, mover un número ya definido, cambiar lo que mide una línea que
    ya tiene números y, si el ejercicio tiene un trimestre cerrado, cualquier cosa que no sea el responsable.

    :param visto: la :func:`huella` de lo que vio quien edita.
    :raises ErrorJornada: ``linea_no_existe``, ``falta_justificacion``, ``cambio_de_otra_persona``.
    """
    with escritura(db):
        antes = leer(db, ejercicio, clave)
        if visto is not None and visto != huella(antes):
            raise ErrorJornada("cambio_de_otra_persona")
        despues = {c: datos[c] if datos[c] != "" else None for c in CAMPOS if c in datos}
        cambian = [columna for columna in despues if despues[columna] != antes[columna]]
        razon = (justificacion or "").strip()
        if not razon and _pide_razon(db, antes, cambian):
            raise ErrorJornada("falta_justificacion")
        for columna in cambian:
            db.execute(
                f"UPDATE linea_poa SET {columna} = ? WHERE ejercicio = ? AND clave = ?",  # noqa: S608
                [despues[columna], ejercicio, clave],
            )
            trimestres.anotar_cambio(
                db,
                ejercicio=ejercicio,
                linea=clave,
                que=CAMPOS[columna],
                antes=_legible(columna, antes[columna]),
                despues=_legible(columna, despues[columna]),
                justificacion=razon or (PRIMERA_VEZ if antes[columna] is None else SIN_RAZON),
                ahora=ahora,
                quien=quien,
            )
    return [CAMPOS[columna] for columna in cambian]


def _pide_razon(db: Database, antes: Mapping[str, Any], cambian: Iterable[str]) -> bool:
    con_numeros = any(antes[numero] is not None for numero in NUMEROS)
    con_cerrados = bool(trimestres.cerrados(db, antes["ejercicio"]))
    return any(
        con_cerrados or columna == "texto" or (antes[columna] is not None if columna in NUMEROS else con_numeros)
        for columna in cambian
        if columna != "responsable"
    )


def _legible(columna: str, valor: Any) -> str | None:
    if columna in NUMEROS:
        return numero_exacto(valor) or None
    return MEDIDAS.get(valor, valor) if columna == "medida" else valor


def agregar(
    db: Database, ejercicio: int, linea: Mapping[str, str], *, justificacion: str, ahora: datetime, quien: str
) -> None:
    """Una línea más (clave, tipo, texto), después de las de su tipo. Anota por qué.

    :raises ErrorJornada: ``linea_repetida``, ``falta_justificacion``.
    """
    with escritura(db):
        suyas = listar(db, ejercicio)
        if any(otra["clave"] == linea["clave"] for otra in suyas):
            raise ErrorJornada("linea_repetida", linea=linea["clave"])
        antes = [otra["orden"] for otra in suyas if otra["tipo"] == linea["tipo"]] or [o["orden"] for o in suyas] or [0]
        db.execute("UPDATE linea_poa SET orden = orden + 1 WHERE ejercicio = ? AND orden > ?", [ejercicio, max(antes)])
        db.execute(
            "INSERT INTO linea_poa (ejercicio, clave, orden, tipo, texto) VALUES (?, ?, ?, ?, ?)",
            [ejercicio, linea["clave"], max(antes) + 1, linea["tipo"], linea["texto"]],
        )
        _traer_lo_suyo(db, ejercicio)
        _anotar_linea(db, ejercicio, linea["clave"], (None, linea["texto"]), justificacion, ahora, quien)


def se_puede_quitar(db: Database, ejercicio: int, clave: str) -> bool:
    """Ningún evento ni actividad la lleva, tampoco los cancelados o quitados."""
    return (
        db.execute(
            "SELECT 1 FROM evento_linea WHERE ejercicio = :ejercicio AND linea = :clave"
            " UNION ALL SELECT 1 FROM actividad WHERE ejercicio = :ejercicio AND linea = :clave LIMIT 1",
            {"ejercicio": ejercicio, "clave": clave},
        ).fetchone()
        is None
    )


def quitar(db: Database, ejercicio: int, clave: str, *, justificacion: str, ahora: datetime, quien: str) -> None:
    """:raises ErrorJornada: ``linea_no_existe``, ``linea_en_uso``, ``falta_justificacion``."""
    with escritura(db):
        texto = leer(db, ejercicio, clave)["texto"]
        if not se_puede_quitar(db, ejercicio, clave):
            raise ErrorJornada("linea_en_uso", linea=clave)
        db.execute("DELETE FROM linea_poa WHERE ejercicio = ? AND clave = ?", [ejercicio, clave])
        _anotar_linea(db, ejercicio, clave, (texto, None), justificacion, ahora, quien)


def _anotar_linea(
    db: Database,
    ejercicio: int,
    clave: str,
    textos: tuple[str | None, str | None],
    razon: str,
    ahora: datetime,
    quien: str,
) -> None:
    if not razon.strip():
        raise ErrorJornada("falta_justificacion")
    trimestres.anotar_cambio(
        db,
        ejercicio=ejercicio,
        linea=clave,
        que="la línea",
        antes=textos[0],
        despues=textos[1],
        justificacion=razon,
        ahora=ahora,
        quien=quien,
    )


def copiar(db: Database, de: int, a: int, *, con_metas: bool, ahora: datetime, quien: str) -> int:
    """Las líneas de un ejercicio en otro, con su indicador y responsable; las metas, sólo si se pide. Dice cuántas.

    La línea base no se copia: la del ejercicio nuevo es lo que se haya logrado en éste. Los eventos y las actividades
    de ese año que colgaban de otro ejercicio, porque el suyo no estaba, pasan a él.

    :raises ErrorJornada: ``ejercicio_no_existe``, ``ejercicio_ya_existe``.
    """
    copiadas = ["orden", "tipo", "texto", *QUE_MIDE, "responsable"]
    if con_metas:
        copiadas += [numero for numero in NUMEROS if numero != "linea_base"]
    columnas = ", ".join(("clave", *copiadas))
    with escritura(db):
        existen = ejercicios(db)
        if de not in existen:
            raise ErrorJornada("ejercicio_no_existe", ejercicio=de)
        if a in existen:
            raise ErrorJornada("ejercicio_ya_existe", ejercicio=a)
        cuantas = db.execute(
            f"INSERT INTO linea_poa (ejercicio, {columnas}) SELECT ?, {columnas} FROM linea_poa"  # noqa: S608
            " WHERE ejercicio = ? ORDER BY orden",
            [a, de],
        ).rowcount
        _traer_lo_suyo(db, a)
        trimestres.anotar_cambio(
            db,
            ejercicio=a,
            linea="",
            que="programa anual",
            antes=None,
            despues=f"{cuantas} líneas",
            justificacion=f"Se copió de {de}{' con sus metas' if con_metas else ' sin metas'}.",
            ahora=ahora,
            quien=quien,
        )
    return int(cuantas)


def _traer_lo_suyo(db: Database, ejercicio: int) -> None:
    """Los eventos y actividades de ese año pasan a sus líneas, si colgaban de las de otro ejercicio."""
    valores = {"ejercicio": ejercicio, "desde": f"{ejercicio}-01-01", "hasta": f"{ejercicio}-12-31"}
    suyas = "linea IN (SELECT clave FROM linea_poa WHERE ejercicio = :ejercicio) AND ejercicio <> :ejercicio"
    db.execute(
        f"UPDATE OR REPLACE evento_linea SET ejercicio = :ejercicio WHERE {suyas}"  # noqa: S608
        " AND evento_id IN (SELECT id FROM evento WHERE fecha BETWEEN :desde AND :hasta)",
        valores,
    )
    db.execute(
        f"UPDATE actividad SET ejercicio = :ejercicio WHERE {suyas} AND fecha BETWEEN :desde AND :hasta",  # noqa: S608
        valores,
    )


def ejercicio_de(db: Database, clave: str, anio: int) -> int:
    """El ejercicio de la línea que le toca a un evento de ese año: el suyo o, si no está cargado, el más cercano.

    :raises ErrorJornada: ``linea_desconocida``.
    """
    fila = db.execute(
        "SELECT ejercicio FROM linea_poa WHERE clave = ? ORDER BY abs(ejercicio - ?), ejercicio LIMIT 1", [clave, anio]
    ).fetchone()
    if fila is None:
        raise ErrorJornada("linea_desconocida", linea=clave)
    return int(fila["ejercicio"])
