"""Los trimestres del ejercicio: cuándo se cerraron, y la memoria de lo que se cambia en el programa y por qué.

Cerrar un trimestre no detiene a nadie: lo que un teléfono manda tarde se cuenta igual. Lo que pide una justificación
es cambiar a mano algo con fecha de ese trimestre.
"""

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlite_utils import Database

from ..errores import ErrorJornada
from .conexion import escritura

NOMBRES = ("", "primer", "segundo", "tercer", "cuarto")
"""«primer trimestre»: por su número."""
_FINES = ("03-31", "06-30", "09-30", "12-31")
_INICIOS = ("01-01", "04-01", "07-01", "10-01")


def de_fecha(fecha_iso: str) -> tuple[int, int]:
    """El ejercicio y el trimestre (1 a 4) de una fecha. :raises ValueError: si no es una fecha ISO."""
    dia = date.fromisoformat(fecha_iso[:10])
    return dia.year, (dia.month + 2) // 3


def limites(ejercicio: int, trimestre: int) -> tuple[str, str]:
    """El primer y el último día de un trimestre, como fechas ISO. :raises ErrorJornada: ``trimestre_no_existe``."""
    if not 1 <= trimestre <= 4:
        raise ErrorJornada("trimestre_no_existe")
    return f"{ejercicio}-{_INICIOS[trimestre - 1]}", f"{ejercicio}-{_FINES[trimestre - 1]}"


def cerrado(db: Database, ejercicio: int, trimestre: int) -> bool:
    return trimestre in cerrados(db, ejercicio)


def cerrados(db: Database, ejercicio: int) -> dict[int, dict[str, Any]]:
    """De cada trimestre cerrado, ``cerrado_en`` y ``por``."""
    return {
        fila["trimestre"]: {"cerrado_en": fila["cerrado_en"], "por": fila["por"]}
        for fila in db.execute(
            "SELECT trimestre, cerrado_en, por FROM trimestre_cerrado WHERE ejercicio = ? ORDER BY trimestre",
            [ejercicio],
        )
    }


def exigir_justificacion(db: Database, fechas: Iterable[str], justificacion: str | None) -> None:
    """Pide decir por qué cuando algo de un trimestre cerrado se agrega, se cambia o se quita.

    :param fechas: las de antes y las de después del cambio; lo que no es una fecha no pide nada.
    :raises ErrorJornada: ``trimestre_cerrado`` si alguna cae en uno cerrado y no se dijo por qué.
    """
    if (justificacion or "").strip():
        return
    for fecha in fechas:
        try:
            ejercicio, trimestre = de_fecha(fecha)
        except (TypeError, ValueError):
            continue
        if cerrado(db, ejercicio, trimestre):
            raise ErrorJornada("trimestre_cerrado", trimestre=NOMBRES[trimestre], ejercicio=ejercicio)


def cerrar(db: Database, ejercicio: int, trimestre: int, *, ahora: datetime, quien: str) -> None:
    """Lo da por terminado; cerrarlo otra vez no cambia nada.

    :raises ErrorJornada: ``trimestre_no_existe``, ``trimestre_sin_terminar``.
    """
    ultimo = limites(ejercicio, trimestre)[1]
    if ahora.date().isoformat() <= ultimo:
        raise ErrorJornada("trimestre_sin_terminar", trimestre=NOMBRES[trimestre], ejercicio=ejercicio)
    with escritura(db):
        nuevo = db.execute(
            "INSERT INTO trimestre_cerrado (ejercicio, trimestre, cerrado_en, por) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            [ejercicio, trimestre, ahora.isoformat(), quien],
        ).rowcount
        if nuevo:
            _anotar_estado(db, ejercicio, trimestre, ("abierto", "cerrado"), "Se cerró el trimestre.", ahora, quien)


def reabrir(
    db: Database, ejercicio: int, trimestre: int, *, justificacion: str | None, ahora: datetime, quien: str
) -> None:
    """Lo vuelve a abrir, con su razón; si no estaba cerrado no cambia nada.

    :raises ErrorJornada: ``trimestre_no_existe``, ``falta_justificacion``.
    """
    limites(ejercicio, trimestre)
    razon = (justificacion or "").strip()
    if not razon:
        raise ErrorJornada("falta_justificacion")
    with escritura(db):
        quitado = db.execute(
            "DELETE FROM trimestre_cerrado WHERE ejercicio = ? AND trimestre = ?", [ejercicio, trimestre]
        ).rowcount
        if quitado:
            _anotar_estado(db, ejercicio, trimestre, ("cerrado", "abierto"), razon, ahora, quien)


def _anotar_estado(
    db: Database, ejercicio: int, trimestre: int, paso: tuple[str, str], razon: str, ahora: datetime, quien: str
) -> None:
    anotar_cambio(
        db,
        ejercicio=ejercicio,
        linea="",
        que=f"{NOMBRES[trimestre]} trimestre",
        antes=paso[0],
        despues=paso[1],
        justificacion=razon,
        ahora=ahora,
        quien=quien,
    )


def anotar_cambio(
    db: Database,
    *,
    ejercicio: int,
    linea: str,
    que: str,
    antes: str | None,
    despues: str | None,
    justificacion: str,
    ahora: datetime,
    quien: str,
) -> None:
    """Un renglón en la memoria de cambios, que la base no deja cambiar ni borrar.

    :param linea: vacía si el cambio es de todo el ejercicio.
    :param que: lo que cambió, como lo lee la titular: «meta anual», «fecha de un evento».
    :param antes: y ``despues``: los valores, como se leen; ``None`` es «sin definir». Nunca datos de asistentes.
    """
    with escritura(db):
        db.execute(
            "INSERT INTO poa_cambio (id, ejercicio, linea, que, antes, despues, justificacion, cuando, quien)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                str(uuid.uuid4()),
                ejercicio,
                linea,
                que,
                antes or None,
                despues or None,
                justificacion.strip(),
                ahora.isoformat(),
                quien,
            ],
        )


def cambios(db: Database, ejercicio: int, linea: str | None = None) -> list[dict[str, Any]]:
    """Los de un ejercicio, el más nuevo primero; con ``linea``, los suyos y los de todo el ejercicio."""
    return [
        dict(fila)
        for fila in db.execute(
            "SELECT linea, que, antes, despues, justificacion, cuando, quien FROM poa_cambio"
            " WHERE ejercicio = :ejercicio AND (:linea IS NULL OR linea IN (:linea, ''))"
            " ORDER BY cuando DESC, rowid DESC",
            {"ejercicio": ejercicio, "linea": linea},
        )
    ]
