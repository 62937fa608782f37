"""De lo simulado al archivo público por el camino de verdad: celdas, libro, archivo."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database

from publicacion import escritura, orquestar
from publicacion.auditoria import exigir
from publicacion.modelo import Celda, Crudo, Reglas
from recoleccion.consultas.esquema import migraciones

SECRETO = b"un secreto de prueba de 32 bytes"


def publicar(
    carpeta: Path, crudos: Sequence[Crudo], reglas: Reglas, secreto: bytes = SECRETO, *, hoy: str = "2027-01-05"
) -> Path:
    """``publica.db`` con un lote por cada crudo. Lo que ya estaba asentado en la carpeta se queda."""
    privada = carpeta / "privada.db"
    with closing(Database(privada)) as db:
        migraciones.apply(db)
        for crudo in crudos:
            celdas, vigentes = calcular(crudo, reglas, secreto)
            asentar(db, crudo, celdas, vigentes, hoy)
        db.conn.commit()
    escritura.ensayar(privada, carpeta / "publica.db")
    return carpeta / "publica.db"


def calcular(crudo: Crudo, reglas: Reglas, secreto: bytes = SECRETO) -> tuple[list[Celda], str]:
    """Las celdas ya auditadas, con sus etiquetas, y las reglas en vigor: ``orquestar.calcular`` sin base privada.

    :raises ErrorPublicacion: si no pasa la auditoría.
    """
    simulado = orquestar.examinar(crudo, reglas, secreto)
    exigir(simulado.dictamen)
    return simulado.celdas, simulado.reglas


def asentar(db: Database, crudo: Crudo, celdas: Sequence[Celda], reglas: str, hoy: str) -> None:
    db.execute(
        "INSERT INTO lote_publicacion VALUES (?, ?, ?, 'asentado', ?, ?)",
        [crudo.lote, crudo.desde, crudo.hasta, hoy, reglas],
    )
    db.conn.executemany("INSERT INTO libro VALUES (?, ?, ?, ?)", [(crudo.lote, *celda) for celda in celdas])
