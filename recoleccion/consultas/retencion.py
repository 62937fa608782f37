"""Hasta cuándo se guardan los nombres: el 31 de diciembre del año que sigue al del programa, como dice el aviso.

Cuántos años más se guardan es un ajuste (:func:`conserva`), porque el aviso es de cada oficina.

Entonces se borran sin vuelta atrás: el renglón de ``identidad`` se va con ``secure_delete``, y el archivo se reescribe
para que no quede en un hueco. Las fotos de listas traen los mismos nombres: se quitan con ellos. Las cuentas (sexo,
edad, procedencia) no se tocan.
"""

from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from ..errores import ErrorJornada
from ..fechas import plural
from . import actas, ajustes, bitacora, derechos, evidencias, identidades, ranuras
from .conexion import compactar, escritura, vaciar_bitacora

_AJUSTE, MAXIMO = "conserva_nombres", 10
_CON_NOMBRE = (
    "FROM evento e WHERE substr(e.fecha, 1, 4) = :anio AND EXISTS (SELECT 1 FROM asistencia a"
    " JOIN identidad i ON i.asistencia_id = a.id WHERE a.evento_id = e.id)"
)
_DE_ANIO = "SELECT id FROM evento WHERE substr(fecha, 1, 4) = :anio"
_LISTAS = (
    "FROM evidencia v LEFT JOIN evento e ON e.id = v.evento_id LEFT JOIN actividad t ON t.id = v.actividad_id"
    " WHERE v.clase = 'hoja' AND v.quitada_en IS NULL"
)
"""Las fotos de listas, de un evento o de una actividad."""
_FECHA = "coalesce(e.fecha, t.fecha)"
_HOJAS = f"{_LISTAS} AND substr({_FECHA}, 1, 4) = :anio"
_A_LA_VISTA = (
    "SELECT 1 FROM (SELECT * FROM (SELECT asistencia_id FROM identidad ORDER BY rowid LIMIT 200)"  # noqa: S608
    " UNION SELECT * FROM (SELECT asistencia_id FROM identidad ORDER BY rowid DESC LIMIT 1000)) i"
    " CROSS JOIN asistencia a ON a.id = i.asistencia_id CROSS JOIN evento e ON e.id = a.evento_id"
    f" WHERE e.fecha <= :hasta UNION ALL SELECT 1 {_LISTAS} AND {_FECHA} <= :hasta LIMIT 1"
)
_SUYAS = (
    "FROM identidad WHERE asistencia_id IN (SELECT a.id FROM evento e JOIN asistencia a ON a.evento_id = e.id"
    " WHERE substr(e.fecha, 1, 4) = :anio)"
)


def conserva(db: Database) -> int:
    """Cuántos años después del suyo, completos, se guardan los nombres de un programa."""
    return int(ajustes.leer(db, _AJUSTE) or 1)


def cambiar_conserva(db: Database, anios: int) -> None:
    """:param anios: de 1 a :data:`MAXIMO`."""
    ajustes.guardar(db, _AJUSTE, str(min(max(anios, 1), MAXIMO)))


def ultimo_vencido(hoy: date, conserva: int = 1) -> int:
    """El último año cuyos nombres ya no se pueden guardar: con uno más, el de hace dos."""
    return hoy.year - 1 - conserva


def vencidos(db: Database, hoy: date) -> list[int]:
    """Los años ya vencidos que aún tienen nombres, teléfonos o fotos de listas, del más viejo al más nuevo.

    Se pregunta en cada visita al tablero: sin nada a la vista entre los nombres que llegaron primero y los de ahora
    (uno viejo puede llegar tarde), no se recorren los años ya borrados. :func:`por_anio` los cuenta todos.
    """
    ultimo = ultimo_vencido(hoy, conserva(db))
    if not db.execute(_A_LA_VISTA, {"hasta": f"{ultimo:04d}-12-31"}).fetchone():
        return []
    return [anio for anio in _anios(db) if anio <= ultimo and _tiene(db, anio)]


def _anios(db: Database) -> list[int]:
    return [
        int(fila[0])
        for fila in db.execute(
            f"SELECT substr(fecha, 1, 4) FROM evento UNION SELECT substr({_FECHA}, 1, 4) {_LISTAS} ORDER BY 1"  # noqa: S608
        )
    ]


def _tiene(db: Database, anio: int) -> bool:
    suyo = {"anio": f"{anio:04d}"}
    return any(db.execute(f"SELECT 1 {de_donde} LIMIT 1", suyo).fetchone() for de_donde in (_CON_NOMBRE, _HOJAS))


def por_anio(db: Database) -> dict[int, int]:
    """Cuántos nombres o teléfonos se guardan de cada año de programa; los años sin ninguno no están."""
    return {
        int(fila["anio"]): fila["n"]
        for fila in db.execute(
            "SELECT substr(e.fecha, 1, 4) AS anio, count(*) AS n FROM identidad i"
            " JOIN asistencia a ON a.id = i.asistencia_id JOIN evento e ON e.id = a.evento_id GROUP BY 1 ORDER BY 1"
        )
    }


def hojas_por_anio(db: Database) -> dict[int, int]:
    """Cuántas fotos de listas y otras hojas se guardan de lo hecho en cada año; los años sin ninguna no están."""
    return {
        int(fila["anio"]): fila["n"]
        for fila in db.execute(f"SELECT substr({_FECHA}, 1, 4) AS anio, count(*) AS n {_LISTAS} GROUP BY 1 ORDER BY 1")
    }


def exigir_vencido(db: Database, anio: int, hoy: date) -> None:
    """:raises ErrorJornada: ``nombres_sin_vencer``."""
    if anio > ultimo_vencido(hoy, conserva(db)):
        raise ErrorJornada("nombres_sin_vencer", anio=anio, hasta=anio + conserva(db))


def borrar(db: Database, anio: int, hoy: date) -> int:
    """Borra los nombres y teléfonos de un año vencido, dentro de la transacción de quien llama; cuántos eran.

    También quita las fotos de sus listas, las hojas que quedaron a medias y, vacío ya, lo que se descartó de la
    cuarentena hasta ese año: todo eso trae nombres, aunque sellados.

    Después hay que llamar a :func:`rematar`, ya fuera de ella.

    :raises ErrorJornada: ``nombres_sin_vencer``.
    """
    exigir_vencido(db, anio, hoy)
    suyo = {"anio": f"{anio:04d}"}
    with escritura(db):
        hojas = [fila["id"] for fila in db.execute(f"SELECT v.id {_HOJAS}", suyo)]
        for id in hojas:
            db.execute("UPDATE evidencia SET quitada_en = ?, pie = NULL WHERE id = ?", [hoy.isoformat(), id])
        db.execute(f"DELETE FROM hoja_borrador WHERE evento_id IN ({_DE_ANIO})", suyo)  # noqa: S608
        db.execute(
            "UPDATE cuarentena SET bytes = x'' WHERE resuelta_en IS NOT NULL AND substr(recibido_el, 1, 4) <= :anio",
            suyo,
        )
        return identidades.borrar(db, [fila[0] for fila in db.execute(f"SELECT asistencia_id {_SUYAS}", suyo)])


def por_borrar(db: Database, anio: int) -> dict[str, Any]:
    """Lo que diría el acta si se borrara ahora: cuántos nombres y fotos, hasta cuándo se guardaban y de qué."""
    suyo = {"anio": f"{anio:04d}"}
    eventos = db.execute(
        "SELECT e.titulo, e.fecha, count(*) AS nombres FROM identidad i JOIN asistencia a ON a.id = i.asistencia_id"
        " JOIN evento e ON e.id = a.evento_id WHERE substr(e.fecha, 1, 4) = :anio GROUP BY e.id"
        " ORDER BY e.fecha, e.titulo",
        suyo,
    )
    return {
        "anio": anio, "hasta": anio + conserva(db), "nombres": por_anio(db).get(anio, 0),
        "hojas": hojas_por_anio(db).get(anio, 0), "eventos": [dict(evento) for evento in eventos],
    }  # fmt: skip


def borrar_con_acta(db: Database, anio: int, *, ahora: datetime, quien: str) -> str:
    """Borra un año vencido y deja su acta y su renglón de bitácora, o nada; el id del acta. Después, :func:`rematar`.

    De paso se olvida quién pidió en las solicitudes ARCO que ya cumplieron su plazo.

    :raises ErrorJornada: ``nombres_sin_vencer``.
    """
    with escritura(db):
        datos = por_borrar(db, anio)
        cuantos = borrar(db, anio, ahora.date())
        datos["solicitudes"] = derechos.olvidar(db, ahora.date())
        bitacora.anotar(
            db, ahora, quien, "borrar nombres", f"programa {anio}", plural(cuantos, "registro", "registros")
        )
        return actas.guardar(db, "conservacion", datos, ahora=ahora, quien=quien)


def rematar(db: Database, evidencias_en: Path) -> None:
    """Que lo borrado no quede tampoco en los huecos del archivo ni en su bitácora, ni lo abra un respaldo viejo."""
    ranuras.rematar(db)
    evidencias.barrer(db, evidencias_en)
    compactar(db)
    vaciar_bitacora(db)
