"""El servidor de verdad (``create_app`` y un archivo SQLite), con cortes donde toque, disco lleno y respaldos.

Lo único cambiado es ``synchronous=OFF``: aquí se prueba el orden de los hechos, no la corriente eléctrica
(eso está en ``tests/recoleccion/test_durabilidad.py``).
"""

import atexit
import io
import json
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from tempfile import gettempdir, mkdtemp
from typing import Any

from sqlite_utils.utils import sqlite3

from recoleccion.aplicacion import create_app
from recoleccion.consultas import (
    conexion,
    cuaderno_llaves,
    cuarentena,
    cuentas,
    dispositivos,
    eventos,
    recepcion,
    respaldo,
)
from recoleccion.instalacion import Instalacion
from recoleccion.preparar import preparar
from tests.elenco import CONTRASENA, HORA, Reloj, evento_de_prueba

MOMENTOS = ("antes_de_confirmar", "despues_de_confirmar", "en_la_sentencia")


CADA_CUANTOS = 50


class Corte(BaseException):
    """El proceso del servidor murió aquí. No es ``Exception``: nadie lo atrapa para seguir como si nada."""


@dataclass
class Respuesta:
    """Lo que salió del servidor; ``estado`` 0 es que no salió nada."""

    estado: int
    tipo: str | None = None
    cuerpo: str = ""


@dataclass
class Plan:
    """Dónde se corta la siguiente petición. ``sentencia`` cuenta las que ejecuta la base."""

    momento: str
    sentencia: int = 0


class Servidor:
    """Una oficina: su carpeta, su aplicación y lo que le puede pasar.

    :param carpeta: ya preparada; si falta, se prepara una.
    """

    def __init__(self) -> None:
        self.reloj = Reloj()
        self.plan: Plan | None = None
        self.lleno = False
        self._muerto = False
        self.datos, self.base_inicial, self.eventos_iniciales, self.cuenta_id = _preparada()
        self.privada = self.datos / "privada.db"
        self.instalacion = Instalacion(self.datos, self.reloj)
        self._app: Callable[..., Any] | None = None
        self._ojo: Any = None
        self._arranques = 0

    # --- Vida ---------------------------------------------------------------------------------------------------

    def empezar(self) -> None:
        """Como el primer día: la base de fábrica, el reloj en hora y sin fallas."""
        self.reloj.hora = HORA
        self.plan, self.lleno, self._muerto = None, False, False
        self._poner(self.base_inicial)
        cuaderno_llaves.lugar(self.datos).unlink(missing_ok=True)
        if self._app is None:
            self.arrancar()

    def arrancar(self) -> None:
        """Otro proceso sobre la misma carpeta: revisa la base y vuelve a crear la aplicación.

        La aplicación no guarda nada entre peticiones y crearla es lo más caro de un itinerario: de cada
        :data:`CADA_CUANTOS` arranques, los demás sólo revisan la base, que es lo que un arranque puede cambiar.
        """
        self._muerto = False
        self._arranques += 1
        if self._app is not None and self._arranques % CADA_CUANTOS:
            conexion.verificar(self.privada)
            return
        app = create_app(self.datos, reloj=self.reloj, azar=Random(7))
        app.config["PROPAGATE_EXCEPTIONS"] = False
        app.log_exception = lambda _: None  # sin tocar la bitácora, que es de todo el proceso
        self._app = app.wsgi_app

    def _poner(self, base: bytes, bitacora: bytes = b"") -> None:
        self.cerrar_ojo()
        for sufijo, contenido in (("", base), ("-wal", bitacora)):
            self.privada.with_name(f"privada.db{sufijo}").write_bytes(contenido)
        self.privada.with_name("privada.db-shm").unlink(missing_ok=True)

    # --- Peticiones ---------------------------------------------------------------------------------------------

    def pedir(self, metodo: str, ruta: str, token: str | None, cuerpo: bytes = b"") -> Respuesta:
        """Una petición WSGI. Si hay un plan de corte y se cumple, el servidor muere, arranca y no contesta."""
        entorno = {
            "REQUEST_METHOD": metodo,
            "PATH_INFO": ruta,
            "QUERY_STRING": "",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "127.0.0.1",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(cuerpo)),
            "wsgi.input": io.BytesIO(cuerpo),
            "wsgi.errors": io.StringIO(),
            "wsgi.url_scheme": "http",
            "wsgi.version": (1, 0),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        if token:
            entorno["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        salida: list[tuple[str, list[tuple[str, str]]]] = []
        assert self._app is not None
        try:
            partes = self._app(entorno, lambda estado, cabeceras, _error=None: salida.append((estado, cabeceras)))
            cuerpo_salida = b"".join(partes)
            getattr(partes, "close", lambda: None)()
        except Corte:
            return Respuesta(0)
        finally:
            self.plan = None
            if self._muerto:
                self._poner(*self._disco)
                self.arrancar()
        tipo = dict(salida[0][1]).get("Content-Type")
        return Respuesta(int(salida[0][0][:3]), tipo, cuerpo_salida.decode("utf-8"))

    # --- Cortes, por debajo de SQLite ----------------------------------------------------------------------------

    def ante_sentencia(self, sql: str) -> None:
        if self._muerto:
            raise Corte
        if self.plan is None:
            return
        if self.plan.momento == "antes_de_confirmar" and sql == "COMMIT":
            self._morir()
        if self.plan.momento == "en_la_sentencia":
            self.plan.sentencia -= 1
            if self.plan.sentencia <= 0:
                self._morir()

    def tras_sentencia(self, sql: str) -> None:
        if self.plan is not None and self.plan.momento == "despues_de_confirmar" and sql == "COMMIT":
            self._morir()

    def _morir(self) -> None:
        """Guarda el disco como está en este instante: es lo que encontrará el proceso que sigue."""
        bitacora = self.privada.with_name("privada.db-wal")
        self._disco = (self.privada.read_bytes(), bitacora.read_bytes() if bitacora.exists() else b"")
        self._muerto = True
        raise Corte

    # --- Lo que hace la titular ----------------------------------------------------------------------------------

    @contextmanager
    def base(self) -> Iterator[Any]:
        """Una conexión como la de la orden de consola."""
        db = conexion.abrir(self.privada)
        try:
            yield db
        finally:
            db.conn.close()

    def alta(self, nombre: str, azar: Random, llave: str | None) -> tuple[str, str]:
        """Da de alta un teléfono: ``(id, permiso)``."""
        with self.base() as db:
            return dispositivos.alta(db, nombre, self.cuenta_id, self.reloj(), azar, llave)

    def revocar(self, dispositivo_id: str) -> None:
        with self.base() as db:
            dispositivos.revocar(db, dispositivo_id, self.reloj())

    def respaldar(self) -> bytes:
        """La copia comprobada que hace ``jornada respaldar``."""
        destino = self.datos / "copia.db"
        with self.base() as db:
            respaldo.copiar(db, destino)
        contenido = destino.read_bytes()
        destino.unlink()
        return contenido

    def esperan(self, codigos: Collection[str] | None = None) -> list[dict[str, Any]]:
        """Lo que la titular ve en la cuarentena, si se quiere sólo por estas razones."""
        with self.base() as db:
            return [fila for fila in cuarentena.listar(db) if codigos is None or fila["codigo"] in codigos]

    def aceptar(self, ids: list[str]) -> None:
        """La titular acepta estos de una vez."""
        with self.base() as db:
            recepcion.reintentar(db, ids, sello=self.instalacion.sello, ahora=self.reloj())

    def descartar(self, ids: list[str]) -> None:
        with self.base() as db:
            cuarentena.resolver(db, ids, "No es de aquí", self.reloj())

    def recuperar(self, azar: Random) -> bool:
        """La titular se arrepiente de algo que descartó."""
        with self.base() as db:
            descartados = [f["id"] for f in cuarentena.listar(db, resueltas=True) if not f["contado"]]
            return bool(descartados) and cuarentena.recuperar(db, azar.choice(sorted(descartados)))

    def restaurar(self, copia: bytes, azar: Random) -> None:
        """Lo de ``jornada restaurar``: la base de entonces, revisada y con época nueva; y arranca."""
        self._poner(copia)
        conexion.verificar(self.privada)
        with self.base() as db:
            respaldo.nueva_epoca(db, azar)
        self.arrancar()

    def nuevo_evento(self, azar: Random) -> str:
        with self.base() as db:
            id = eventos.crear(db, evento_de_prueba(titulo="Otro evento"), self.reloj(), azar)
            eventos.abrir(db, id, self.reloj())
            return id

    def cerrar_evento(self, id: str, azar: Random) -> None:
        """Cierra el evento y abre las urnas que toquen; si ya lo estaba, lo vuelve a abrir."""
        with self.base() as db:
            evento = eventos.leer(db, id)
            if evento is None:
                return
            if evento["estado"] == "cerrado":
                eventos.reabrir(db, id, self.reloj())
            else:
                eventos.cerrar(db, id, self.reloj(), self.instalacion.sello, azar)

    # --- Para quien juzga: SQLite a secas --------------------------------------------------------------------------

    def epoca(self) -> str:
        return str(self.mirar("SELECT valor FROM ajuste WHERE clave = 'epoca'")[0][0])

    def mirar(self, sql: str) -> list[tuple[Any, ...]]:
        """Lo confirmado. La misma conexión mientras el archivo sea el mismo: abrir otra cuesta más que la consulta."""
        if self._ojo is None:
            self._ojo = sqlite3.connect(self.privada)
        filas: list[tuple[Any, ...]] = self._ojo.execute(sql).fetchall()
        return filas

    def cerrar_ojo(self) -> None:
        if self._ojo is not None:
            self._ojo.close()
            self._ojo = None


_actual: Servidor | None = None


class _Conexion(sqlite3.Connection):
    """La conexión de siempre, que avisa cada sentencia al servidor simulado."""

    def execute(self, sql: str, *datos: Any) -> Any:
        if _actual is None:
            return super().execute(sql, *datos)
        if sql == "PRAGMA synchronous = FULL":
            super().execute("PRAGMA synchronous = OFF")
            return super().execute(f"PRAGMA max_page_count = {self._tope()}")
        _actual.ante_sentencia(sql)
        hecho = super().execute(sql, *datos)
        _actual.tras_sentencia(sql)
        return hecho

    def executemany(self, sql: str, *datos: Any) -> Any:
        if _actual is not None:
            _actual.ante_sentencia(sql)
        return super().executemany(sql, *datos)

    def _tope(self) -> int:
        assert _actual is not None
        return super().execute("PRAGMA page_count").fetchone()[0] if _actual.lleno else 2**30


class _Sqlite:
    """El módulo ``sqlite3`` de ``conexion``, con la conexión de arriba."""

    def __getattr__(self, nombre: str) -> Any:
        return getattr(sqlite3, nombre)

    @staticmethod
    def connect(*partes: Any, **opciones: Any) -> Any:
        return sqlite3.connect(*partes, factory=_Conexion, **opciones)


@contextmanager
def en_marcha() -> Iterator[Servidor]:
    """Un servidor listo para correr itinerarios; al salir no queda nada cambiado."""
    global _actual
    servidor = Servidor()
    anterior, de_antes = _actual, conexion.sqlite3
    _actual, conexion.sqlite3 = servidor, _Sqlite()  # type: ignore[assignment]
    try:
        yield servidor
    finally:
        servidor.cerrar_ojo()
        _actual, conexion.sqlite3 = anterior, de_antes


_raiz: Path | None = None


def raiz() -> Path:
    """Dónde va la carpeta de datos: en memoria, si el sistema tiene dónde."""
    en_memoria = Path("/dev/shm")
    return _raiz or (en_memoria if en_memoria.is_dir() else Path(gettempdir()))


def en_carpeta(carpeta: Path) -> None:
    """Los procesos de un grupo usan la de quien los llamó, que la borra: ellos mueren sin despedirse."""
    global _raiz
    _raiz = carpeta


@cache
def _molde() -> tuple[Path, bytes, tuple[str, ...], str]:
    """Prepara una sola vez por proceso: argon2 es lento a propósito."""
    datos = Path(mkdtemp(prefix="jornada-simulador-", dir=raiz()))
    atexit.register(limpiar)
    preparar(datos, usuario="titular", contrasena=CONTRASENA, ahora=HORA)
    azar = Random(25)
    db = conexion.abrir(datos / "privada.db")
    ids = tuple(
        eventos.crear(db, evento_de_prueba(titulo=f"Evento {n}"), HORA - timedelta(days=3), azar) for n in (1, 2)
    )
    for id in ids:
        eventos.abrir(db, id, HORA)
    cuenta_id = cuentas.listar(db)[0].id
    conexion.vaciar_bitacora(db)
    db.conn.close()
    return datos, (datos / "privada.db").read_bytes(), ids, cuenta_id


def _preparada() -> tuple[Path, bytes, tuple[str, ...], str]:
    return _molde()


def limpiar() -> None:
    """Borra la carpeta preparada de este proceso."""
    if _molde.cache_info().currsize:
        shutil.rmtree(_molde()[0], ignore_errors=True)
        _molde.cache_clear()


def leer_json(respuesta: Respuesta) -> dict[str, Any] | None:
    """El cuerpo, si es un objeto JSON."""
    try:
        valor = json.loads(respuesta.cuerpo)
    except ValueError:
        return None
    return valor if isinstance(valor, dict) else None


def hora(texto: str) -> datetime:
    return datetime.fromisoformat(texto)
