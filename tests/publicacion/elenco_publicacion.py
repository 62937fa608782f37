"""Bases privadas de prueba: inventadas, con nombres que se buscan donde no deben estar."""

import json
import random
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from uuid import UUID

from sqlite_utils import Database

from formularios.catalogos import copiar_iniciales
from formularios.instrumento import incluidos
from recoleccion.consultas.esquema import migraciones

DESDE, HASTA, LOTE = "2026-10-01", "2026-12-31", "2026-T4"
SECRETO = b"un secreto de prueba de 32 bytes"
NOMBRES = tuple(
    f"{nombre} {uno} {dos}"
    for nombre in ("Guadalupe", "Ma. Refugio", "Hortensia", "Petra", "Elodia")
    for uno in ("Casillas", "Barba", "Jiménez", "Becerra")
    for dos in ("Ulloa", "Ñáñez")
)
COMENTARIO = "Mi cuñada quiere saber del refugio de Tepatitlán"
PUBLICAS = "cabecera zona_1 prevencion igualdad platica cerrado promotora satisfaccion reconocer despues"
"""Palabras de catálogo, iguales en la base privada y en la pública."""
SEDE = "Salón ejidal La Cañada"


def uuid(azar: random.Random) -> str:
    return str(UUID(int=azar.getrandbits(128), version=4))


def carpeta(datos: Path) -> tuple[Path, Path]:
    """(privada.db vacía, catalogos/) en una carpeta de datos nueva."""
    copiar_iniciales(datos / "catalogos")
    privada = datos / "privada.db"
    with closing(Database(privada)) as db:
        db.enable_wal()
        migraciones.apply(db)
    return privada, datos / "catalogos"


def sembrar(privada: Path, *, eventos: int = 18, por_evento: int = 40, semilla: int = 7) -> list[str]:
    """Un trimestre inventado, con nombres, contestaciones y comentarios. Devuelve los ids de sus eventos."""
    azar = random.Random(semilla)
    ids: list[str] = []
    with closing(Database(privada)) as db:
        db.conn.execute("PRAGMA secure_delete = OFF")  # lo peor que puede pasar
        db.execute("INSERT INTO aviso VALUES (1, 's', 'i', 'l', '2026-01-01')")
        for orden, (clave, t1) in enumerate((("M4", 5.0), ("M5", None), ("A8", None))):
            db.execute(
                "INSERT INTO linea_poa (ejercicio, clave, orden, tipo, texto, unidad, t4)"
                " VALUES (2026, ?, ?, ?, ?, ?, ?)",
                [clave, orden, "meta" if clave[0] == "M" else "accion", f"Texto de la línea {clave}", "eventos", t1],
            )
        for instrumento in incluidos().values():
            db.execute(
                "INSERT INTO instrumento (clave, version, titulo, huella, modelo) VALUES (?, ?, ?, ?, ?)",
                [
                    instrumento.clave,
                    instrumento.version,
                    instrumento.titulo,
                    instrumento.huella,
                    json.dumps(instrumento.a_dict(), ensure_ascii=False),
                ],
            )
        for numero in range(eventos):
            evento = uuid(azar)
            ids.append(evento)
            db.execute(
                "INSERT INTO evento (id, titulo, tipo, tema, fecha, hora_inicio, hora_fin, sede, localidad, zona,"
                " programa, estado, creado_en)"
                " VALUES (?, ?, 'platica', 'igualdad', ?, '17:00', '19:00', ?, 'cabecera', ?, ?, 'cerrado',"
                " '2026-10-01T10:00:00-06:00')",
                [
                    evento,
                    f"Plática reservada {numero}",
                    f"2026-{10 + numero % 3}-{1 + numero:02d}",
                    SEDE,
                    ("cabecera", "zona_1")[numero % 4 == 3],
                    ("prevencion", "igualdad")[numero % 2],
                ],
            )
            db.execute("INSERT INTO evento_linea VALUES (?, 2026, ?)", [evento, "M4" if numero % 2 else "M5"])
            for orden, clave in enumerate(incluidos()):
                db.execute("INSERT INTO evento_encuesta VALUES (?, ?, ?, 1, 0)", [evento, orden, clave])
            asistir(db, azar, evento, por_evento)
        contestar(db, azar, 150)
        db.execute(
            "INSERT INTO comentario VALUES (?, '2026-10', 'prevencion', 'despues', 'I2', ?)", [uuid(azar), COMENTARIO]
        )
        db.conn.commit()
    return ids


def asistir(db: Database, azar: random.Random, evento: str, cuantas: int, *, lote: str = LOTE) -> None:
    for _ in range(cuantas):
        quien = uuid(azar)
        db.execute(
            "INSERT INTO asistencia (id, evento_id, modo, sexo, edad, procedencia, aviso_version, recibido_en, lote)"
            " VALUES (?, ?, 'promotora', ?, ?, 'cabecera', 1, '2026-10-05T17:04:05-06:00', ?)",
            [
                quien,
                evento,
                azar.choices("MHON", (80, 17, 2, 1))[0],
                azar.choices(("0-11", "12-17", "18-29", "30-44", "45-59", "60+", "nd"), (2, 8, 20, 30, 20, 15, 5))[0],
                lote,
            ],
        )
        db.execute(
            "INSERT INTO identidad (asistencia_id, nombre, telefono) VALUES (?, ?, ?)",
            [quien, azar.choice(NOMBRES), f"378{azar.randrange(10**7):07d}"],
        )


def contestar(db: Database, azar: random.Random, cuantas: int, *, lote: str = LOTE) -> None:
    for instrumento in incluidos().values():
        for _ in range(cuantas):
            respuestas: dict[str, str | Sequence[str]] = {}
            for p in instrumento.preguntas:
                if p.tipo == "texto" or p.demografica:
                    continue
                claves = [o.clave for o in p.opciones]
                pesos = range(len(claves) + 2, 2, -1)
                respuestas[p.clave] = azar.choices(claves, pesos)[0] if p.tipo == "una" else azar.sample(claves, 2)
            db.execute(
                "INSERT INTO contestacion VALUES (?, '2026-10', 'prevencion', 'cabecera', ?, ?, ?, '30-44', ?, ?)",
                [
                    uuid(azar),
                    instrumento.clave,
                    instrumento.version,
                    azar.choice("MMMH"),
                    json.dumps(respuestas, ensure_ascii=False),
                    lote,
                ],
            )
    for _ in range(cuantas):
        cambios = {k: azar.choices(("mejor", "igual", "peor"), (5, 4, 2))[0] for k in ("K1", "K2", "AT1", "C1")}
        db.execute(
            "INSERT INTO cambio VALUES (?, '2026-10', 'prevencion', 'cabecera', 'M', '30-44', ?, ?)",
            [uuid(azar), json.dumps(cambios), lote],
        )


def asentar(privada: Path, celdas: Sequence[tuple[str, str, str]], reglas: str, *, lote: str = LOTE) -> None:
    """Como ``consultas.publicar.asentar``, dicho con la menor SQL que se puede."""
    with closing(Database(privada)) as db:
        db.execute(
            "INSERT INTO lote_publicacion VALUES (?, ?, ?, 'asentado', '2027-01-05', ?)", [lote, DESDE, HASTA, reglas]
        )
        db.conn.executemany("INSERT INTO libro VALUES (?, ?, ?, ?)", [(lote, *celda) for celda in celdas])
        db.conn.commit()


def textos_privados(privada: Path) -> set[str]:
    """Todo texto de la base privada, de toda tabla que no sea lo que la oficina escribe para publicarse."""
    publicables = {"linea_poa", "instrumento", "lote_publicacion", "libro", "_sqlite_migrations"}
    with closing(Database(privada)) as db:
        return {
            valor
            for tabla in db.table_names()
            if tabla not in publicables
            for fila in db[tabla].rows
            for valor in fila.values()
            if isinstance(valor, str)
        }
