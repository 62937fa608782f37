"""El año simulado, en una base privada de verdad. Directo a las tablas: por ``recoleccion`` entran igual, más despacio
(``tests/recoleccion`` prueba ese camino)."""

import json
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from uuid import UUID

from sqlite_utils import Database

from formularios.catalogos import copiar_iniciales
from formularios.instrumento import Instrumento, incluidos
from publicacion.modelo import Cambio, Contestacion
from recoleccion.consultas.esquema import migraciones
from tests.ataques.anio import EJERCICIO, LINEAS_DE, LINEAS_POA, PROGRAMAS, ZONAS, Anio


def sembrar(
    datos: Path,
    anio: Anio,
    *,
    contestaciones: Iterable[tuple[str, Contestacion]],
    cambios: Iterable[tuple[str, Cambio]] = (),
    instrumentos: Sequence[Instrumento] = (),
) -> tuple[Path, Path]:
    """(``privada.db``, ``catalogos/``) con las asistencias del año y lo que se dé, cada cosa con su mes ``AAAA-MM``.

    :param instrumentos: si se dan, los eventos llevan éstos y no los suyos.
    """
    catalogos = datos / "catalogos"
    copiar_iniciales(catalogos)
    for archivo, valores in (("zonas", ZONAS), ("programas", PROGRAMAS)):
        filas = "".join(f"{clave},{etiqueta}\n" for clave, etiqueta in valores.items())
        (catalogos / f"{archivo}.csv").write_text(f"clave,etiqueta\n{filas}", encoding="utf-8")
    privada = datos / "privada.db"
    numero = iter(range(1, 10**9))

    def llave() -> str:
        return str(UUID(int=(next(numero) * 0x9E3779B97F4A7C15) % 2**122, version=4))

    todos = [*incluidos().values(), *instrumentos]
    with closing(Database(privada)) as db:
        migraciones.apply(db)
        db.execute("INSERT INTO aviso VALUES (1, 's', 'i', 'l', '2026-01-01')")
        db.conn.executemany(
            "INSERT INTO linea_poa (ejercicio, clave, orden, tipo, texto) VALUES (?, ?, ?, ?, ?)",
            [(li.ejercicio, li.clave, li.orden, li.tipo, li.texto) for li in LINEAS_POA],
        )
        db.conn.executemany(
            "INSERT INTO instrumento (clave, version, titulo, huella, modelo) VALUES (?, ?, ?, ?, ?)",
            [(i.clave, i.version, i.titulo, i.huella, json.dumps(i.a_dict(), ensure_ascii=False)) for i in todos],
        )
        credenciales = sorted({p.credencial for p in anio.personas if p.credencial})
        db.conn.executemany(
            "INSERT INTO credencial (id, folio, verificador, impresa_en) VALUES (?, ?, ?, '2026-01-01')",
            [(c, c, c) for c in credenciales],
        )
        ids = [llave() for _ in anio.eventos]
        otras = tuple(i.clave for i in instrumentos)
        de_cada = [otras or e.encuestas for e in anio.eventos]
        db.conn.executemany(
            "INSERT INTO evento (id, titulo, tipo, tema, fecha, hora_inicio, hora_fin, sede, localidad, zona, programa,"
            " estado, creado_en) VALUES (?, 'Plática', 'platica', 'igualdad', ?, '17:00', '19:00', 'Salón', 'cabecera',"
            " ?, ?, 'cerrado', '2026-01-01T10:00:00-06:00')",
            [(id_, e.dia.isoformat(), e.zona, e.programa) for id_, e in zip(ids, anio.eventos, strict=True)],
        )
        db.conn.executemany(
            "INSERT INTO evento_linea VALUES (?, ?, ?)",
            [(i, EJERCICIO, li) for i, e in zip(ids, anio.eventos, strict=True) for li in LINEAS_DE[e.programa]],
        )
        db.conn.executemany(
            "INSERT INTO evento_encuesta VALUES (?, ?, ?, 1, 0)",
            [(i, orden, c) for i, claves in zip(ids, de_cada, strict=True) for orden, c in enumerate(claves)],
        )
        db.conn.executemany(
            "INSERT INTO asistencia (id, evento_id, modo, sexo, edad, procedencia, aviso_version, credencial_id,"
            " recibido_en) VALUES (?, ?, 'promotora', ?, ?, 'cabecera', 1, ?, '2026-01-05T17:04:05-06:00')",
            [
                (llave(), i, *anio.personas[p].dice, anio.personas[p].credencial)
                for i, fueron in zip(ids, anio.fueron, strict=True)
                for p in fueron
            ],
        )
        db.conn.executemany(
            "INSERT INTO contestacion VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
            (
                (llave(), mes, c.programa, c.zona, c.instrumento, 1, c.sexo, c.edad, json.dumps(c.respuestas))
                for mes, c in contestaciones
            ),
        )
        db.conn.executemany(
            "INSERT INTO cambio VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",
            ((llave(), mes, c.programa, c.zona, c.sexo, c.edad, json.dumps(c.cambios)) for mes, c in cambios),
        )
        db.conn.commit()
    return privada, catalogos
