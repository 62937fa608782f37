"""La urna: las contestaciones se echan cerradas, se revuelven y se cuentan.

Un sobre por contestación, con un id nuevo que no es el del registro, atado sólo a su evento. Cuando se cierran los
eventos y hay suficientes, la urna se abre en una sola transacción: se juntan antes y después por su ficha, se cuenta
por evento, salen renglones revueltos con llaves nuevas y no queda ni sobre ni ficha.
"""

import json
import random
import uuid
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from formularios.contestar import Validacion

from ..sellado import INFO_URNA, Sello
from . import cuarentena
from .callar import Persona, Preguntas, Sobre, callar_las_que_esperan, elegir
from .conexion import escritura, vaciar_bitacora
from .revolver import revolver

JUNTAS = (("antes", "despues"),)
"""Encuestas que se abren a la vez, porque se comparan entre sí; cada otra se abre sola."""


def echar(db: Database, evento_id: str, instrumento: str, version: int, validacion: Validacion, sello: Sello) -> None:
    """Cierra una contestación en su sobre. Dentro de la transacción de quien llama, si la hay."""
    sobre = _sellar(validacion, sello)
    with escritura(db):
        db.execute(
            "INSERT INTO urna (id, evento_id, instrumento, version, sobre) VALUES (?, ?, ?, ?, ?)",
            [str(uuid.uuid4()), evento_id, instrumento, version, sobre],
        )


def _sellar(contestacion: Validacion | Sobre, sello: Sello) -> bytes:
    contenido = {campo: getattr(contestacion, campo) for campo in ("respuestas", "textos", "ficha", "sexo", "edad")}
    return sello.sellar(json.dumps(contenido, ensure_ascii=False).encode(), INFO_URNA)


def cuantas(db: Database, evento_id: str) -> int:
    """Cuántos sobres hay; nunca qué dicen."""
    return int(db.execute("SELECT count(*) FROM urna WHERE evento_id = ?", [evento_id]).fetchone()[0])


def recuento(db: Database, evento_id: str) -> dict[tuple[str, int], dict[str, dict[str, int]]]:
    """``{(instrumento, versión): {pregunta: {respuesta: n}}}`` de un evento, sólo si salieron 10 o más de esa versión.

    ``{"": {"": n}}`` es cuántas contestaciones se contaron. Las versiones no se suman: la misma clave puede ser otra
    pregunta.
    """
    cuentas: dict[tuple[str, int], dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for fila in db.execute(
        "SELECT instrumento, version, pregunta, respuesta, n FROM recuento_evento WHERE evento_id = ?"
        " ORDER BY instrumento, version, pregunta, respuesta",
        [evento_id],
    ):
        cuentas[fila["instrumento"], fila["version"]][fila["pregunta"]][fila["respuesta"]] = fila["n"]
    return {cual: dict(preguntas) for cual, preguntas in cuentas.items()}


def comentarios(db: Database, mes: str | None = None) -> list[dict[str, Any]]:
    """Los textos libres que no se han borrado, sin evento ni orden de llegada: sólo para la titular."""
    return [
        dict(fila)
        for fila in db.execute(
            "SELECT id, mes, programa, instrumento, pregunta, texto FROM comentario"
            " WHERE texto <> '' AND (:mes IS NULL OR mes = :mes)"
            " ORDER BY mes DESC, programa, instrumento, pregunta, id",
            {"mes": mes},
        )
    ]


def abrir_todas(db: Database, sello: Sello, azar: random.Random, ahora: datetime) -> dict[str, Any]:
    """Lo mismo que :func:`abrir_las_que_toquen`, en todos los programas."""
    programas = db.execute("SELECT DISTINCT programa FROM evento WHERE id IN (SELECT evento_id FROM urna) ORDER BY 1")
    resumenes = [abrir_las_que_toquen(db, f["programa"], sello, azar, ahora) for f in programas.fetchall()]
    return {campo: sum(r[campo] for r in resumenes) for campo in ("abiertas", "esperan", "ilegibles")}


def abrir_las_que_toquen(
    db: Database, programa: str, sello: Sello, azar: random.Random, ahora: datetime
) -> dict[str, Any]:
    """Abre las urnas de los eventos cerrados de un programa que ya juntaron suficientes.

    Una encuesta se abre con 10 sobres o más. ``antes`` y ``despues`` se abren juntas, si ninguna tiene entre 1 y 9:
    si no, las dos esperan al siguiente evento del programa. Lo que llega tarde sigue el mismo camino. Las reglas
    completas de quién sale y qué se calla están en :mod:`.callar`.

    De paso se olvida lo raro de las que siguen esperando (:func:`.callar.callar_las_que_esperan`) y lo que la
    cuarentena dice de las ya contadas (:func:`.cuarentena.olvidar_las_contadas`).
    Al final se vacía la bitácora WAL; dentro de la transacción de otro no se puede, y le toca a quien la abrió.

    :param ahora: la hora del cierre; de ella no queda nada en los renglones.
    :returns: ``{"abiertas": n, "esperan": n, "ilegibles": n}``, en sobres. Un sobre ilegible se queda en la urna.
    """
    with escritura(db):
        sobres, ilegibles = _leer(db, programa, sello)
        por_unidad: dict[tuple[str, ...], list[Sobre]] = defaultdict(list)
        for sobre in sobres:
            por_unidad[_unidad(sobre.instrumento)].append(sobre)
        hechas = [_abrir_unidad(db, programa, unidad, sello, azar) for _, unidad in sorted(por_unidad.items())]
        borradas = cuarentena.olvidar_las_contadas(db, ahora)
    abiertas, calladas = (sum(cuentas) for cuentas in zip(*hechas, strict=True)) if hechas else (0, 0)
    if (abiertas or calladas or borradas) and not db.conn.in_transaction:
        vaciar_bitacora(db)
    return {"abiertas": abiertas, "esperan": len(sobres) - abiertas, "ilegibles": ilegibles}


def _unidad(instrumento: str) -> tuple[str, ...]:
    return next((juntas for juntas in JUNTAS if instrumento in juntas), (instrumento,))


def _leer(db: Database, programa: str, sello: Sello) -> tuple[list[Sobre], int]:
    """Los sobres de los eventos cerrados, ya abiertos en memoria, y cuántos no se pudieron abrir."""
    filas = db.execute(
        "SELECT u.id, u.evento_id, u.instrumento, u.version, u.sobre, e.fecha, e.zona, e.tema"
        " FROM urna u JOIN evento e ON e.id = u.evento_id WHERE e.programa = ? AND e.estado = 'cerrado'",
        [programa],
    ).fetchall()
    sobres = []
    for fila in filas:
        meta = {c: fila[c] for c in ("id", "evento_id", "instrumento", "version", "fecha", "zona", "tema")}
        try:
            sobres.append(Sobre(**meta, **json.loads(sello.abrir(fila["sobre"], INFO_URNA))))
        except (ValueError, TypeError):  # dañado, de otra llave, o adentro no hay una contestación
            continue
    return sobres, len(filas) - len(sobres)


def _abrir_unidad(
    db: Database, programa: str, unidad: list[Sobre], sello: Sello, azar: random.Random
) -> tuple[int, int]:
    """Abre una unidad si le toca: cuántos sobres salieron y, de los que se quedan, a cuántos se les calló algo."""
    preguntas = _preguntas(db, unidad)
    elegidas = elegir(unidad, preguntas)
    salen = [sobre for persona in elegidas for sobre in persona.sobres]
    if salen:
        _asentar(db, programa, elegidas, preguntas, azar)
        db.conn.executemany("DELETE FROM urna WHERE id = ?", [[sobre.id] for sobre in salen])
    ids = {sobre.id for sobre in salen}
    callados = callar_las_que_esperan([sobre for sobre in unidad if sobre.id not in ids], preguntas, azar)
    db.conn.executemany("UPDATE urna SET sobre = ? WHERE id = ?", [[_sellar(s, sello), s.id] for s in callados])
    return len(salen), len(callados)


def _asentar(db: Database, programa: str, elegidas: list[Persona], preguntas: Preguntas, azar: random.Random) -> None:
    revuelto = revolver(elegidas, preguntas, azar)
    comun = {"mes": revuelto.mes, "programa": programa}
    db.conn.executemany(
        "INSERT INTO contestacion (id, mes, programa, zona, instrumento, version, sexo, edad, respuestas)"
        " VALUES (:id, :mes, :programa, :zona, :instrumento, :version, :sexo, :edad, :respuestas)",
        [{**comun, **fila} for fila in revuelto.contestaciones],
    )
    db.conn.executemany(
        "INSERT INTO cambio (id, mes, programa, zona, sexo, edad, cambios)"
        " VALUES (:id, :mes, :programa, :zona, :sexo, :edad, :cambios)",
        [{**comun, **fila} for fila in revuelto.cambios],
    )
    db.conn.executemany(
        "INSERT INTO comentario (id, mes, programa, instrumento, pregunta, texto)"
        " VALUES (:id, :mes, :programa, :instrumento, :pregunta, :texto)",
        [{**comun, **fila} for fila in revuelto.comentarios],
    )
    db.conn.executemany(
        "INSERT INTO recuento_evento (evento_id, instrumento, version, pregunta, respuesta, n)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n",
        [(*celda, n) for celda, n in revuelto.recuentos.items()],
    )


def _preguntas(db: Database, sobres: list[Sobre]) -> Preguntas:
    """El modelo de cada pregunta de las encuestas que salen, cada versión con las suyas."""
    preguntas: dict[tuple[str, int], Mapping[str, Mapping[str, Any]]] = {}
    for clave, version in sorted({(s.instrumento, s.version) for s in sobres}):
        fila = db.execute("SELECT modelo FROM instrumento WHERE clave = ? AND version = ?", [clave, version]).fetchone()
        modelo = json.loads(fila["modelo"])
        listas = {lista["archivo"]: lista["opciones"] for lista in modelo.get("listas", ())}
        preguntas[clave, version] = {
            pregunta["clave"]: {"opciones": listas.get(pregunta.get("archivo"), ()), **pregunta}
            for pregunta in modelo["preguntas"]
        }
    return preguntas
