"""Lee de ``privada.db``, abierta sólo para leer, las columnas que se publican y ninguna otra.

La conexión lleva un autorizador de SQLite: aunque alguien escribiera aquí una consulta de más, la base la negaría.
Identidades, cuentas, teléfonos, comentarios y la memoria de la sincronización no están en la lista.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlite_utils.utils import sqlite3

from .errores import ErrorPublicacion
from .modelo import Asistencia, Cambio, Contestacion, Crudo, Evento, LineaPoa, Pregunta

PERMITIDO: dict[str, frozenset[str]] = {
    tabla: frozenset(columnas.split())
    for tabla, columnas in {
        "asistencia_contada": "evento_id sexo edad personas credencial_id lote",
        "asistencia_vigente": "evento_id sexo edad personas credencial_id lote",
        "contestacion": "programa zona instrumento version sexo edad respuestas lote",
        "cambio": "programa zona sexo edad cambios lote",
        "evento": "id fecha programa zona estado",
        "evento_encuesta": "evento_id instrumento version",
        "evento_linea": "evento_id ejercicio linea",
        "linea_poa": "ejercicio clave orden tipo texto indicador unidad meta_anual t1 t2 t3 t4",
        "instrumento": "clave version titulo modelo",
        "lote_publicacion": "lote desde hasta estado asentado_el reglas",
        "libro": "lote tabla celda valor",
        "sqlite_master": "type name",
    }.items()
}
VISTAS = frozenset({"asistencia_contada", "asistencia_vigente"})
_DENTRO_DE_VISTA = frozenset({"asistencia", "anulacion"})


Privada = Path | sqlite3.Connection
"""La base privada: su archivo, o la copia en memoria de un ensayo."""


@contextmanager
def abrir(privada: Privada) -> Iterator[Any]:
    """Una conexión que no puede escribir ni leer fuera de ``PERMITIDO``.

    :raises ErrorPublicacion: si no hay base.
    """
    if isinstance(privada, Path):
        with _abierta(privada) as con:
            yield from _vigilada(con)
    else:
        yield from _vigilada(privada)


@contextmanager
def _abierta(ruta: Path) -> Iterator[Any]:
    if not ruta.is_file():
        raise ErrorPublicacion(f"No existe {ruta.name}.", "Revise la carpeta de datos o ejecute «jornada preparar».")
    with closing(sqlite3.connect(f"{ruta.resolve().as_uri()}?mode=ro", uri=True, timeout=5.0)) as con:
        con.row_factory = sqlite3.Row
        con.execute("PRAGMA trusted_schema = OFF")
        yield con


def _vigilada(con: Any) -> Iterator[Any]:
    """La misma conexión con el autorizador puesto, y sin él al terminar."""
    con.set_authorizer(_autorizar)
    try:
        con.execute("BEGIN")  # todo se lee de una misma fotografía
        yield con
    finally:
        con.set_authorizer(None)
        if con.in_transaction:
            con.execute("ROLLBACK")


def _autorizar(accion: int, uno: str | None, dos: str | None, base: str | None, origen: str | None) -> int:
    if accion in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_TRANSACTION):
        return sqlite3.SQLITE_OK
    if accion == sqlite3.SQLITE_FUNCTION:
        return sqlite3.SQLITE_OK if dos == "substr" or origen in VISTAS else sqlite3.SQLITE_DENY
    if accion == sqlite3.SQLITE_READ:
        if origen in VISTAS and uno in _DENTRO_DE_VISTA | VISTAS:
            return sqlite3.SQLITE_OK
        # Una columna vacía es «sólo cuántos renglones».
        if uno in PERMITIDO and (not dos or dos in PERMITIDO[uno]):
            return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def leer(ruta_privada: Privada, lote: str, desde: str, hasta: str) -> Crudo:
    """Todo lo de un lote. ``desde`` y ``hasta`` son fechas ISO, ambas incluidas.

    El orden en que salen los renglones no dice nada: se ordenan por su contenido.

    :raises ErrorPublicacion: si algo guardado no se puede leer.
    """
    with abrir(ruta_privada) as con:
        eventos = _eventos(con, lote, desde, hasta)
        por_id = {evento.id: evento for evento in eventos}
        return Crudo(
            lote=lote,
            desde=desde,
            hasta=hasta,
            asistencias=tuple(_asistencias(con, lote, por_id)),
            contestaciones=tuple(
                Contestacion(
                    f["instrumento"],
                    f["version"],
                    f["programa"],
                    f["zona"],
                    f["sexo"],
                    f["edad"],
                    _objeto(f["respuestas"], "contestación"),
                )
                for f in con.execute(
                    "SELECT instrumento, version, programa, zona, sexo, edad, respuestas FROM contestacion"
                    " WHERE lote = ? ORDER BY instrumento, version, programa, zona, sexo, edad, respuestas",
                    (lote,),
                )
            ),
            cambios=tuple(
                Cambio(f["programa"], f["zona"], f["sexo"], f["edad"], _objeto(f["cambios"], "comparación"))
                for f in con.execute(
                    "SELECT programa, zona, sexo, edad, cambios FROM cambio WHERE lote = ?"
                    " ORDER BY programa, zona, sexo, edad, cambios",
                    (lote,),
                )
            ),
            eventos=eventos,
            lineas_poa=tuple(_lineas(con)),
            **_instrumentos(con, desde, hasta),
        )


def _objeto(texto: str, que: str) -> dict[str, Any]:
    try:
        valor = json.loads(texto)
    except ValueError:
        valor = None
    if not isinstance(valor, dict):
        raise ErrorPublicacion(
            f"Una {que} guardada está dañada y no se puede leer.",
            "No se publicó nada y lo de antes sigue igual. Restaure un respaldo o avise a quien da soporte.",
        )
    return valor


def _vista_de_asistencias(con: Any) -> str:
    """``asistencia_contada`` si la base la tiene; si no, la de las vigentes."""
    hay = con.execute("SELECT name FROM sqlite_master WHERE type = 'view' AND name = 'asistencia_contada'").fetchone()
    return "asistencia_contada" if hay else "asistencia_vigente"


def _asistencias(con: Any, lote: str, eventos: dict[str, Evento]) -> Iterator[Asistencia]:
    vista = _vista_de_asistencias(con)
    for f in con.execute(
        f"SELECT evento_id, sexo, edad, personas, credencial_id FROM {vista} WHERE lote = ?"  # noqa: S608
        " ORDER BY evento_id, sexo, edad, personas, credencial_id",
        (lote,),
    ):
        e = eventos[f["evento_id"]]
        yield Asistencia(e.id, e.mes, e.programa, e.zona, f["sexo"], f["edad"], f["personas"], f["credencial_id"])


def _eventos(con: Any, lote: str, desde: str, hasta: str) -> tuple[Evento, ...]:
    """Los eventos cerrados del periodo y los que tengan asistencias en el lote aunque sean de antes."""
    vista = _vista_de_asistencias(con)
    filas = con.execute(  # la vista es una de VISTAS
        "SELECT id, substr(fecha, 1, 7) AS mes, programa, zona,"  # noqa: S608
        " (estado = 'cerrado' AND fecha BETWEEN ? AND ?) AS propio FROM evento WHERE propio"
        f" OR id IN (SELECT evento_id FROM {vista} WHERE lote = ?) ORDER BY mes, programa, zona, id",
        (desde, hasta, lote),
    ).fetchall()
    lineas: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for f in con.execute("SELECT evento_id, ejercicio, linea FROM evento_linea ORDER BY ejercicio, linea"):
        lineas[f["evento_id"]].append((f["ejercicio"], f["linea"]))
    return tuple(
        Evento(f["id"], f["mes"], f["programa"], f["zona"], tuple(lineas[f["id"]]), bool(f["propio"])) for f in filas
    )


def _lineas(con: Any) -> Iterator[LineaPoa]:
    for f in con.execute(
        "SELECT ejercicio, clave, orden, tipo, texto, indicador, unidad, meta_anual, t1, t2, t3, t4 FROM linea_poa"
        " ORDER BY ejercicio, orden, clave"
    ):
        datos = {c: f[c] for c in ("ejercicio", "clave", "orden", "tipo", "texto", "indicador", "unidad", "meta_anual")}
        yield LineaPoa(**datos, trimestres=(f["t1"], f["t2"], f["t3"], f["t4"]))


def _instrumentos(con: Any, desde: str, hasta: str) -> dict[str, Any]:
    """Las preguntas cerradas de la versión vigente de cada instrumento, con las versiones que preguntan lo mismo.

    La vigente es la más nueva que llevó algún evento hasta ese día: guardar otra para después no esconde lo de ahora, y
    una encuesta que nadie ha aplicado no sale. Se decide por los eventos y no por lo contestado. Lo contestado a una
    pregunta que cambió no se junta con la nueva.
    """
    versiones: dict[str, dict[int, list[Pregunta]]] = defaultdict(dict)
    titulos: dict[tuple[str, int], str] = {}
    for f in con.execute("SELECT clave, version, titulo, modelo FROM instrumento ORDER BY clave, version"):
        titulos[f["clave"], f["version"]] = f["titulo"]
        versiones[f["clave"]][f["version"]] = preguntas_cerradas(f["clave"], json.loads(f["modelo"]))
    vigentes: dict[str, int] = {}
    for f in con.execute(
        "SELECT x.instrumento, x.version FROM evento_encuesta x JOIN evento e ON e.id = x.evento_id"
        " WHERE e.fecha <= ? AND e.estado <> 'cancelado' ORDER BY x.version",
        (hasta,),
    ):
        vigentes[f["instrumento"]] = f["version"]
    preguntas = []
    for clave in sorted(vigentes):
        for vigente in versiones[clave][vigentes[clave]]:
            iguales = frozenset(v for v, todas in versiones[clave].items() if vigente in todas)
            preguntas.append(Pregunta(**(vars(vigente) | {"versiones": iguales})))
    aplicadas = con.execute(
        "SELECT DISTINCT x.instrumento FROM evento_encuesta x JOIN evento e ON e.id = x.evento_id"
        " WHERE e.fecha BETWEEN ? AND ? AND e.estado = 'cerrado'",
        (desde, hasta),
    )
    return {
        "preguntas": tuple(preguntas),
        "titulos": {c: titulos[c, v] for c, v in vigentes.items()},
        "aplicadas": frozenset(f["instrumento"] for f in aplicadas),
    }


def _sin_respuestas(texto: str) -> str:
    """«¿Cuántos años tiene ${nombre}?» dice en la página lo que cada quien contestó; aquí, nada."""
    return re.sub(r"\$\{[^{}]*\}", "(…)", texto)


def preguntas_cerradas(instrumento: str, modelo: dict[str, Any]) -> list[Pregunta]:
    """Del modelo guardado, lo que se puede contar: ni texto libre, ni datos demográficos, ni nada privado.

    Tampoco lo que dice que no se publica, ni lo que se repite por persona.
    """
    repiten: set[str] = set()
    for grupo in modelo.get("grupos", ()):
        if grupo.get("repite") or grupo.get("padre") in repiten:
            repiten.add(grupo["clave"])
    return [
        Pregunta(
            instrumento=instrumento,
            clave=p["clave"],
            tipo=p["tipo"],
            texto=_sin_respuestas(p["texto"]),
            opciones=tuple((o["clave"], _sin_respuestas(o["texto"])) for o in p.get("opciones", ())),
            correcta=p.get("correcta"),
            peldanos=_peldanos(p.get("publicacion") or ""),
        )
        for p in modelo["preguntas"]
        if p["tipo"] in {"una", "varias"}
        and p.get("opciones")
        and not p.get("demografica")
        and not p.get("privada")
        and p.get("publicacion") != "no"
        and p.get("grupo") not in repiten
    ]


def _peldanos(publicacion: str) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """``a b | c; a | b c``: peldaños con ``;``, categorías con ``|`` y opciones con espacios."""
    partes = [peldano for peldano in publicacion.split(";") if peldano.strip()]
    return tuple(tuple(tuple(categoria.split()) for categoria in peldano.split("|")) for peldano in partes)
