"""Los textos libres ya fuera de la urna: la titular los lee, dice de qué tratan y, si quiere, los borra.

De qué tratan se elige de una lista cerrada, que se puede contar; el texto, que puede traer un nombre o una historia, ya
no hace falta después.
"""

from collections.abc import Mapping

from sqlite_utils import Database

from .conexion import escritura, vaciar_bitacora

CLAVES = {
    "horario": "Horario o lugar",
    "duracion": "Duración o ritmo",
    "material": "Sillas, sonido o materiales",
    "tema": "Pide otro tema",
    "tramite": "Trámites y servicios",
    "ayuda": "Pide ayuda",
    "trato": "Trato o queja",
    "gracias": "Agradece",
    "otra": "Otra cosa",
}
"""La lista cerrada: clave y cómo se lee. Una clave usada no cambia de sentido."""


def claves(db: Database) -> dict[str, str]:
    """De cada texto clasificado, su clave."""
    filas = db.execute("SELECT comentario_id, clave FROM comentario_clave")
    return {fila["comentario_id"]: fila["clave"] for fila in filas}


def cuentas(db: Database) -> dict[str, int]:
    """Cuántos hay de cada clave, de más a menos; también los que ya no tienen texto."""
    filas = db.execute("SELECT clave, count(*) AS n FROM comentario_clave GROUP BY clave ORDER BY n DESC, clave")
    return {fila["clave"]: fila["n"] for fila in filas}


def clasificar(db: Database, elegidas: Mapping[str, str]) -> int:
    """Pone a cada texto su clave; vacía, se la quita. Devuelve cuántos cambiaron.

    :param elegidas: id del comentario -> clave. Lo que no existe, o no está en :data:`CLAVES`, se pasa por alto.
    """
    with escritura(db):
        de_antes = claves(db)
        hay = {fila["id"] for fila in db.execute("SELECT id FROM comentario WHERE texto <> ''")}
        cambian = {
            id: clave
            for id, clave in elegidas.items()
            if id in hay and (clave in CLAVES or not clave) and clave != de_antes.get(id, "")
        }
        for id, clave in cambian.items():
            db.execute("DELETE FROM comentario_clave WHERE comentario_id = ?", [id])
            if clave:
                db.execute("INSERT INTO comentario_clave (comentario_id, clave) VALUES (?, ?)", [id, clave])
    return len(cambian)


def borrar_los_clasificados(db: Database) -> int:
    """Borra para siempre el texto de los que ya tienen clave; la cuenta se queda. Devuelve cuántos fueron.

    Dentro de la transacción de otro, vaciar la bitácora WAL le toca a ése.
    """
    with escritura(db):
        cursor = db.execute(
            "UPDATE comentario SET texto = '' WHERE texto <> '' AND id IN (SELECT comentario_id FROM comentario_clave)"
        )
        borrados = int(cursor.rowcount)
    if borrados and not db.conn.in_transaction:
        vaciar_bitacora(db)
    return borrados
