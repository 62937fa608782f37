"""La única puerta a ``privada.db``: cómo se abre, cómo se escribe y cuándo se niega.

Un solo candado de escritura por proceso y archivo, y ``BEGIN IMMEDIATE``: con transacciones diferidas 8 hilos
a la vez se estorban («database is locked»); así se forman.
"""

import errno
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from ..errores import ErrorJornada
from . import copias
from .esquema import migraciones

SQLITE_SEGURA = (3, 51, 3)
"""La primera versión sin el defecto de WAL que puede dañar la base al reiniciar la bitácora (WAL-reset)."""

ESPERA_MS = 10_000
CADA = 5.0
"""Segundos entre una y otra vez que se vacía la bitácora mientras se atiende."""

_candados: dict[str, threading.RLock] = {}
_candado_de_candados = threading.Lock()


def abrir(ruta: Path, solo_lectura: bool = False) -> Database:
    """Una conexión a una base que ya existe; sus filas se leen por nombre.

    :raises ErrorJornada: ``no_hay_base``, ``base_danada``, ``base_ocupada``.
    """
    ruta = Path(ruta)
    if not ruta.is_file():
        raise ErrorJornada("no_hay_base", carpeta=ruta.parent)
    return _conectar(ruta, "ro" if solo_lectura else "rw")


def _conectar(ruta: Path, modo: str, *, de_otro_hilo: bool = False) -> Database:
    """``de_otro_hilo``: la usará uno solo, que no es el que la abre."""
    with traducir(ruta):
        conexion = sqlite3.connect(
            f"{ruta.resolve().as_uri()}?mode={modo}",
            uri=True,
            isolation_level=None,
            timeout=ESPERA_MS / 1000,
            check_same_thread=not de_otro_hilo,
        )
        try:
            conexion.row_factory = sqlite3.Row
            for pragma in (
                f"busy_timeout = {ESPERA_MS}",
                "foreign_keys = ON",
                "secure_delete = ON",
                "trusted_schema = OFF",
                "temp_store = MEMORY",
                "synchronous = FULL",
            ):
                conexion.execute(f"PRAGMA {pragma}")
            if modo != "ro":
                conexion.execute("PRAGMA journal_mode = WAL").fetchall()
            return Database(conexion, execute_plugins=False)
        except BaseException:
            conexion.close()
            raise


@contextmanager
def escritura(db: Database) -> Iterator[Database]:
    """Una transacción de escritura: se confirma al salir, o no quedó nada.

    Dentro de otra es un punto de guardado de la de afuera. Quien responde a un teléfono responde después de salir.

    :raises ErrorJornada: ``disco_lleno``, ``base_ocupada``, ``disco_falla``, ``base_fallo``.
    """
    if db.conn.in_transaction:
        with db.atomic():
            yield db
        return
    ruta = ruta_de(db)
    with _candado(ruta), traducir(ruta):
        db.conn.execute("BEGIN IMMEDIATE")
        try:
            yield db
            db.conn.execute("COMMIT")
        except BaseException:
            if db.conn.in_transaction:
                db.conn.execute("ROLLBACK")
            raise


def ruta_de(db: Database) -> Path:
    """El archivo de esta conexión."""
    return Path(db.conn.execute("PRAGMA database_list").fetchone()[2])


def _candado(ruta: Path) -> threading.RLock:
    with _candado_de_candados:
        return _candados.setdefault(str(ruta), threading.RLock())


@contextmanager
def traducir(ruta: Path) -> Iterator[None]:
    """Convierte los fallos del disco y de SQLite en un :class:`ErrorJornada` que dice qué hacer.

    Una restricción incumplida (``IntegrityError``) es un error de programa y pasa tal cual.
    """
    try:
        yield
    except sqlite3.IntegrityError:
        raise
    except sqlite3.DatabaseError as error:
        raise ErrorJornada(_codigo(str(error)), archivo=ruta.name) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise ErrorJornada("disco_lleno") from error
        raise


def _codigo(texto: str) -> str:
    for señas, codigo in (
        (("disk is full",), "disco_lleno"),
        (("not a database", "malformed", "unsupported file format"), "base_danada"),
        (("locked", "busy"), "base_ocupada"),
        (("readonly", "unable to open"), "base_sin_permiso"),
        (("disk i/o",), "disco_falla"),
    ):
        if any(seña in texto.lower() for seña in señas):
            return codigo
    return "base_fallo"


def preparar(ruta: Path) -> None:
    """Crea la base o la pone al día, con una copia de antes a la cual volver; nunca baja de versión.

    :raises ErrorJornada: ``base_mas_nueva``, ``base_danada``, ``disco_lleno``, ``respaldo_fallido``.
    """
    ruta = Path(ruta)
    ruta.parent.mkdir(parents=True, exist_ok=True)
    nueva = not ruta.exists()
    db = _conectar(ruta, "rwc")
    try:
        if not nueva:
            _revisar_version(db, ruta)
            _copiar_antes(db, ruta)
        with escritura(db):
            migraciones.apply(db)
            for clave in ("epoca", "sal_credenciales"):
                db.execute(
                    "INSERT INTO ajuste (clave, valor) VALUES (?, ?) ON CONFLICT DO NOTHING",
                    [clave, secrets.token_urlsafe(16)],
                )
    finally:
        db.close()
    ruta.chmod(0o600)


def _copiar_antes(db: Database, ruta: Path) -> None:
    """Con datos y migraciones por hacer, primero una copia revisada; si no cabe o no queda bien, no se actualiza."""
    pendientes = migraciones.pending(db)
    if pendientes and migraciones.applied(db):
        with traducir(ruta):
            copias.antes_de(db.conn, ruta, pendientes[0].name)


def verificar(ruta: Path) -> None:
    """Revisa que el archivo se pueda usar, antes de servir nada, y vacía la bitácora que haya dejado un corte.

    El de una versión anterior se pone al día: las migraciones sólo agregan y quedan todas o ninguna.

    :raises ErrorJornada: ``no_hay_base``, ``base_danada``, ``base_mas_nueva``.
    """
    ruta = Path(ruta)
    db = abrir(ruta)
    try:
        with traducir(ruta):
            resultado = [fila[0] for fila in db.execute("PRAGMA quick_check")]
            if resultado != ["ok"]:
                raise ErrorJornada("base_danada", archivo=ruta.name)
            _revisar_version(db, ruta)
            if not migraciones.applied(db):
                raise ErrorJornada("no_hay_base", carpeta=ruta.parent)
            if migraciones.pending(db):
                preparar(ruta)
            vaciar_bitacora(db)
    finally:
        db.close()


def _revisar_version(db: Database, ruta: Path) -> None:
    """Una migración aplicada que este programa no conoce: la base la escribió una versión más nueva."""
    with traducir(ruta):
        aplicadas = {migracion.name for migracion in migraciones.applied(db)}
    conocidas = {migracion.name for migracion in migraciones.pending(db)} | aplicadas
    propias = {migracion.name for migracion in migraciones._migrations}
    if conocidas - propias:
        raise ErrorJornada("base_mas_nueva", archivo=ruta.name)


def vaciar_bitacora(db: Database) -> bool:
    """Pasa la bitácora WAL a la base y la deja en cero bytes, para que en ella no quede nada borrado.

    Si alguien lee o no hay espacio, devuelve ``False``; mientras se atiende se intenta a cada rato, y al arrancar.
    """
    ruta = ruta_de(db)
    try:
        with _candado(ruta), traducir(ruta):
            return db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
    except ErrorJornada:
        return False


@contextmanager
def mantener_abierta(ruta: Path, cada: float = CADA) -> Iterator[None]:
    """Mientras dura, ninguna petición es la última en cerrar la base, y la bitácora se vacía sola a cada rato.

    La última conexión que se cierra pasa la bitácora entera y borra su archivo: con un solo teléfono eso era en cada
    lote. El hilo espera su turno entre los que escriben; si hay quien lea, será a la siguiente.

    :raises ErrorJornada: los de :func:`abrir`.
    """
    db, fin = _conectar(Path(ruta), "rw", de_otro_hilo=True), threading.Event()
    db.execute("PRAGMA busy_timeout = 0")
    hilo = threading.Thread(target=_vaciar_a_cada_rato, args=(db, fin, cada), name="bitacora", daemon=True)
    hilo.start()
    try:
        yield
    finally:
        fin.set()
        hilo.join(ESPERA_MS / 1000)  # si una petición atorada tiene el candado, no se le espera para siempre


def _vaciar_a_cada_rato(db: Database, fin: threading.Event, cada: float) -> None:
    while not fin.wait(cada):
        vaciar_bitacora(db)
    db.close()


def compactar(db: Database) -> bool:
    """Reescribe el archivo entero, para que en sus huecos no quede nada de antes. ``False`` si ahora no se pudo."""
    ruta = ruta_de(db)
    try:
        with _candado(ruta), traducir(ruta):
            db.conn.execute("VACUUM")
            return True
    except ErrorJornada:
        return False


def advertencia_de_version(version: str = sqlite3.sqlite_version) -> str | None:
    """La frase que se dice al arrancar si el SQLite de esta computadora tiene un defecto conocido."""
    if tuple(int(parte) for parte in version.split(".")) >= SQLITE_SEGURA:
        return None
    return (
        f"El SQLite de esta computadora ({version}) tiene un defecto que en raras ocasiones daña la base. "
        "Instale el paquete pysqlite3 o actualice SQLite a la versión 3.51.3 o más nueva, y haga respaldos a diario."
    )
