"""Qué se publica y cuándo: los lotes, y el libro donde quedan asentados para siempre.

Un lote es un trimestre que ya terminó; menos que eso (un mes, lo que quedó de un trimestre, un cierre adelantado), sólo
si juntó 60 personas y 3 eventos. Lo que no alcanza y lo que llega tarde entra al siguiente. Todo se puede repetir: si
algo se corta, al volver a empezar sigue donde iba.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from sqlite_utils import Database

from ..errores import ErrorJornada
from ..fechas import fecha_corta
from .conexion import escritura

PERSONAS_MINIMAS = 60
EVENTOS_MINIMOS = 3
"""Lo que junta, cuando menos, un lote más corto que un trimestre."""

# Primero los eventos de esas fechas (CROSS JOIN): por el índice de lote se leería todo lo que espera, mes por mes.
_ASISTENCIA_POR_ASIGNAR = (
    "FROM evento e CROSS JOIN asistencia_contada a ON a.evento_id = e.id"
    " WHERE a.lote IS NULL AND e.estado = 'cerrado' AND e.fecha BETWEEN :desde AND :hasta"
)
_PRIMERO = date(2000, 1, 1)
_UN_DIA = timedelta(days=1)


def lotes_por_cerrar(db: Database, hoy: date, adelantar: bool = False) -> list[dict[str, Any]]:
    """Los lotes que toca cerrar hoy, en orden: ``lote``, ``desde`` y ``hasta`` (fechas ISO, incluidas).

    Primero va el que quedó asignado sin asentar. Un periodo ya publicado no se vuelve a abrir: lo que llegue de él
    espera al siguiente. Entre un lote y otro no quedan huecos: el que sigue empieza al otro día y se lleva lo que no
    alcanzó para un lote propio. ``adelantar`` cierra además lo que va del trimestre, si ya alcanza.

    :raises ErrorJornada: ``reloj_atrasado``.
    """
    return list(_por_cerrar(db, hoy, adelantar))


def primero_por_cerrar(db: Database, hoy: date) -> dict[str, Any] | None:
    """El primero de :func:`lotes_por_cerrar`, sin buscar los demás: para decir de un vistazo si ya toca."""
    return next(_por_cerrar(db, hoy, adelantar=False), None)


def _por_cerrar(db: Database, hoy: date, adelantar: bool) -> Iterator[dict[str, Any]]:
    _revisar_reloj(db, hoy)
    yield from [
        dict(f)
        for f in db.execute("SELECT lote, desde, hasta FROM lote_publicacion WHERE estado = 'asignado' ORDER BY hasta")
    ]
    usados = {fila["lote"] for fila in db.execute("SELECT lote FROM lote_publicacion")}
    trimestres = _trimestres(_primer_dia_con_datos(db), hoy)
    if not trimestres:
        return
    cubierto = _ultimo_dia_publicado(db) or trimestres[0][0] - _UN_DIA
    barrido = _PRIMERO  # hasta dónde ya se lleva lo que espera algún lote de esta misma lista
    for inicio, fin in trimestres:
        cierres = [
            (f"{desde:%Y-%m}", hasta)
            for desde, hasta in _meses(inicio)
            if cubierto < hasta < hoy and _alcanza(db, desde, hasta)
        ]
        empieza = max([cubierto, *(hasta for _, hasta in cierres)]) + _UN_DIA
        termina = min(fin, hoy)
        entero = fin < hoy and empieza <= inicio
        if empieza <= termina and (fin < hoy or adelantar) and (entero or _alcanza(db, empieza, termina)):
            cierres.append((f"{inicio.year}-T{(inicio.month + 2) // 3}", termina))
        for nombre, hasta in cierres:
            if _queda_algo(db, barrido, hasta):
                yield _lote(nombre, usados, min(cubierto + _UN_DIA, hasta), hasta)
                cubierto = barrido = hasta


def asignar(db: Database, lote: str, desde: str, hasta: str) -> None:
    """Aparta para este lote todo lo que espera hasta ``hasta``. Si el lote ya existe, no le agrega nada.

    El escaneo tardío de una credencial que ya entró a un lote por ese mismo evento se va con él, aunque después se haya
    anulado: así no se cuenta otra vez.
    """
    with escritura(db):
        cursor = db.execute(
            "INSERT INTO lote_publicacion (lote, desde, hasta, estado) VALUES (?, ?, ?, 'asignado')"
            " ON CONFLICT DO NOTHING",
            [lote, desde, hasta],
        )
        if not cursor.rowcount:
            return
        db.execute(
            "UPDATE asistencia SET lote = coalesce((SELECT min(b.lote) FROM asistencia b WHERE b.lote IS NOT NULL"
            " AND b.evento_id = asistencia.evento_id AND b.credencial_id = asistencia.credencial_id), ?)"
            " WHERE lote IS NULL AND evento_id IN (SELECT id FROM evento WHERE estado = 'cerrado' AND fecha <= ?)",
            [lote, hasta],
        )
        for tabla in ("contestacion", "cambio"):
            db.execute(f"UPDATE {tabla} SET lote = ? WHERE lote IS NULL AND mes <= ?", [lote, hasta[:7]])  # noqa: S608


def soltar(db: Database, lote: str) -> None:
    """Deshace :func:`asignar`, si el lote todavía no se asienta: lo suyo vuelve a esperar, como si nada."""
    with escritura(db):
        if db.execute("DELETE FROM lote_publicacion WHERE lote = ? AND estado = 'asignado'", [lote]).rowcount:
            for tabla in ("asistencia", "contestacion", "cambio"):
                db.execute(f"UPDATE {tabla} SET lote = NULL WHERE lote = ?", [lote])  # noqa: S608


def asentar(db: Database, lote: str, celdas: Iterable[tuple[str, str, str]], reglas: str, hoy: date) -> None:
    """Escribe el lote en el libro. Un lote asentado nunca cambia: repetirlo no hace nada.

    :raises ErrorJornada: ``lote_no_existe`` si nadie lo asignó; ``reloj_atrasado``.
    """
    with escritura(db):
        fila = db.execute("SELECT estado FROM lote_publicacion WHERE lote = ?", [lote]).fetchone()
        if fila is None:
            raise ErrorJornada("lote_no_existe")
        if fila["estado"] == "asentado":
            return
        _revisar_reloj(db, hoy)
        db.conn.executemany(
            "INSERT INTO libro (lote, tabla, celda, valor) VALUES (?, ?, ?, ?)",
            ((lote, tabla, celda, valor) for tabla, celda, valor in celdas),
        )
        db.execute(
            "UPDATE lote_publicacion SET estado = 'asentado', asentado_el = ?, reglas = ? WHERE lote = ?",
            [hoy.isoformat(), reglas, lote],
        )


def listar(db: Database) -> list[dict[str, Any]]:
    """Los lotes, el más nuevo primero. ``reglas``: el JSON con que se asentó."""
    return [
        dict(fila)
        for fila in db.execute(
            "SELECT lote, desde, hasta, estado, asentado_el, reglas FROM lote_publicacion"
            " ORDER BY hasta DESC, lote DESC"
        )
    ]


def asentadas(db: Database, lote: str) -> dict[tuple[str, str], str]:
    """Las celdas de un lote en el libro: ``{(tabla, celda): valor}``."""
    filas = db.execute("SELECT tabla, celda, valor FROM libro WHERE lote = ?", [lote])
    return {(fila["tabla"], fila["celda"]): fila["valor"] for fila in filas}


def lo_que_espera(db: Database, hoy: date) -> dict[str, Any]:
    """Lo que todavía no se publica y cuándo podría: los dos periodos que corren hoy.

    ``mes`` y ``trimestre``: ``desde``, ``hasta`` (fechas), ``eventos``, ``personas`` (cuando menos), ``asistencias`` y
    ``alcanza``. El trimestre empieza donde terminó lo publicado; ``entero`` dice si sale aunque junte poco.
    """
    mes, mes_fin = next((a, b) for a, b in _meses(_inicio_de_trimestre(hoy)) if a <= hoy <= b)
    inicio = _inicio_de_trimestre(hoy)
    fin = _sumar_meses(inicio, 3) - _UN_DIA
    ultimo = _ultimo_dia_publicado(db)
    desde = ultimo + _UN_DIA if ultimo else min(_primer_dia_con_datos(db) or inicio, inicio)
    return {
        "mes": _cuentas(db, max(mes, desde), mes_fin),
        "trimestre": _cuentas(db, desde, fin) | {"entero": desde <= inicio},
    }


def _cuentas(db: Database, desde: date, hasta: date) -> dict[str, Any]:
    fechas = {"desde": desde.isoformat(), "hasta": hasta.isoformat()}
    fila = db.execute(
        "SELECT count(DISTINCT a.evento_id) AS eventos, coalesce(sum(a.personas), 0) AS asistencias"
        f" {_ASISTENCIA_POR_ASIGNAR}",
        fechas,
    ).fetchone()
    return {
        "desde": desde,
        "hasta": hasta,
        "eventos": fila["eventos"],
        "asistencias": fila["asistencias"],
        "personas": personas_distintas(db, desde, hasta),
        "alcanza": _alcanza(db, desde, hasta),
    }


def personas_distintas(db: Database, desde: date, hasta: date) -> int:
    """Cuántas personas distintas, por lo menos, hay sin asignar entre dos fechas.

    Sin nombres no se puede saber cuántas son, pero sí cuántas son como mínimo: en un evento nadie cuenta dos veces,
    así que de cada sexo y grupo de edad hubo al menos las del evento que más juntó; y al menos las credenciales
    distintas. Quien no dijo sexo o edad no se cuenta, porque pudo decirlo otro día.
    """
    fechas = {"desde": desde.isoformat(), "hasta": hasta.isoformat()}
    por_grupo = db.execute(
        "SELECT coalesce(sum(maximo), 0) FROM (SELECT max(n) AS maximo FROM ("  # noqa: S608
        f"SELECT a.sexo, a.edad, sum(a.personas) AS n {_ASISTENCIA_POR_ASIGNAR}"
        " AND a.sexo IN ('M', 'H') AND a.edad <> 'nd' GROUP BY a.evento_id, a.sexo, a.edad) GROUP BY sexo, edad)",
        fechas,
    ).fetchone()[0]
    credenciales = db.execute(f"SELECT count(DISTINCT a.credencial_id) {_ASISTENCIA_POR_ASIGNAR}", fechas).fetchone()[0]
    return max(int(por_grupo), int(credenciales))


def _alcanza(db: Database, desde: date, hasta: date) -> bool:
    """¿Puede salir solo, aunque no sea un trimestre?"""
    fechas = {"desde": desde.isoformat(), "hasta": hasta.isoformat()}
    eventos = db.execute(f"SELECT count(DISTINCT a.evento_id) {_ASISTENCIA_POR_ASIGNAR}", fechas).fetchone()[0]
    return eventos >= EVENTOS_MINIMOS and personas_distintas(db, desde, hasta) >= PERSONAS_MINIMAS


def _revisar_reloj(db: Database, hoy: date) -> None:
    """Con un reloj atrasado se repetirían nombres de lote y las fechas mentirían. :raises ErrorJornada: el suyo."""
    ultima = db.execute("SELECT max(asentado_el) FROM lote_publicacion").fetchone()[0]
    if ultima and hoy.isoformat() < ultima:
        raise ErrorJornada("reloj_atrasado", hoy=fecha_corta(hoy), ultima=fecha_corta(ultima))


def _queda_algo(db: Database, despues_de: date, hasta: date) -> bool:
    """¿Hay algo sin asignar de después de lo que ya va en otro lote de esta lista?"""
    fechas = {"desde": (despues_de + _UN_DIA).isoformat(), "hasta": hasta.isoformat()}
    meses = {"despues_de": despues_de.isoformat()[:7], "hasta": hasta.isoformat()[:7]}
    asistencia = db.execute(f"SELECT 1 {_ASISTENCIA_POR_ASIGNAR} LIMIT 1", fechas).fetchone()
    contestadas = db.execute(
        "SELECT 1 FROM (SELECT mes FROM contestacion WHERE lote IS NULL UNION ALL SELECT mes FROM cambio"
        " WHERE lote IS NULL) WHERE mes > :despues_de AND mes <= :hasta LIMIT 1",
        meses,
    ).fetchone()
    return asistencia is not None or contestadas is not None


def _ultimo_dia_publicado(db: Database) -> date | None:
    fila = db.execute("SELECT max(hasta) AS hasta FROM lote_publicacion").fetchone()
    return date.fromisoformat(fila["hasta"]) if fila["hasta"] else None


def _primer_dia_con_datos(db: Database) -> date | None:
    fila = db.execute(
        "SELECT min(dia) FROM (SELECT min(e.fecha) AS dia FROM evento e WHERE e.estado = 'cerrado'"
        " AND EXISTS (SELECT 1 FROM asistencia a WHERE a.evento_id = e.id AND a.lote IS NULL)"
        " UNION ALL SELECT min(mes) || '-01' FROM contestacion WHERE lote IS NULL"
        " UNION ALL SELECT min(mes) || '-01' FROM cambio WHERE lote IS NULL)"
    ).fetchone()
    return date.fromisoformat(fila[0]) if fila[0] else None


def _trimestres(primero: date | None, hoy: date) -> list[tuple[date, date]]:
    """De cada trimestre, del primero con datos al de hoy, su principio y su fin."""
    if primero is None:
        return []
    inicios = [_inicio_de_trimestre(primero)]
    while inicios[-1] <= hoy:
        inicios.append(_sumar_meses(inicios[-1], 3))
    return [(a, b - _UN_DIA) for a, b in pairwise(inicios)]


def _inicio_de_trimestre(dia: date) -> date:
    return date(dia.year, dia.month - (dia.month - 1) % 3, 1)


def _meses(inicio: date) -> list[tuple[date, date]]:
    inicios = [_sumar_meses(inicio, n) for n in range(4)]
    return [(a, b - _UN_DIA) for a, b in pairwise(inicios)]


def _sumar_meses(dia: date, meses: int) -> date:
    corridos = dia.month - 1 + meses
    return date(dia.year + corridos // 12, corridos % 12 + 1, 1)


def _lote(nombre: str, usados: set[str], desde: date, hasta: date) -> dict[str, Any]:
    """Con su nombre, que si ya se usó (se adelantó el trimestre) lleva letra: ``2026-T4b``, ``2026-T4c``..."""
    letras = ("", *"bcdefghijklmnopqrstuvwxyz", *(f"z{n}" for n in range(1, 1000)))
    libre = next(f"{nombre}{letra}" for letra in letras if f"{nombre}{letra}" not in usados)
    usados.add(libre)
    return {"lote": libre, "desde": desde.isoformat(), "hasta": hasta.isoformat()}
