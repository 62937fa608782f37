"""Publicar: la única puerta, además de la consola, que ve a la vez lo que se registra y lo que se publica.

Cada lote: asignar, calcular (proteger y auditar), ensayar el archivo con los ataques, asentar en el libro; al final, el
archivo entero nuevo. Si algo impide seguir, el lote vuelve a esperar y lo publicado queda como estaba; si se corta, se
repite y termina.
"""

import errno
import hashlib
import json
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import SystemRandom
from tempfile import TemporaryDirectory
from typing import Any

from filelock import FileLock, Timeout
from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from formularios.catalogos import ErrorCatalogo
from publicacion import escritura, orquestar
from publicacion.diferencia import lotes_de
from publicacion.errores import ErrorPublicacion
from publicacion.etiquetas import periodo
from publicacion.modelo import MOTIVOS

from .consultas import bitacora, conexion, urna
from .consultas import publicar as lotes
from .consultas.ensayo import textos_privados
from .ensayos import SIN_SALIDA, Paso, ensayar, huella_de
from .errores import ErrorJornada
from .fechas import fecha_corta, plural
from .instalacion import Instalacion
from .vistas.publicador import Ensayo, Falla, Hecha, Lote, Situacion, Tarea

DE_UN_ERROR = (ErrorPublicacion, ErrorJornada, ErrorCatalogo, sqlite3.Error, OSError)
DURA = timedelta(hours=1)
"""Lo que vive un ensayo sin publicarse: lleva cuentas verdaderas."""
_bitacora = logging.getLogger(__name__)


# --- publicar -----------------------------------------------------------------------------------------------------


def publicar(
    lugar: Instalacion, *, quien: str, adelantar: bool = False, firmado: Ensayo | None = None, paso: Paso
) -> Hecha:
    """Cierra los lotes que tocan y escribe el archivo público. ``firmado``: sólo ése, y sólo si sigue igual.

    :raises ErrorPublicacion: datos que no pueden ser, auditoría, un ataque que consiguió algo, o el disco.
    :raises ErrorJornada: ``publicacion_en_curso``, ``publicacion_cambio``, ``reloj_atrasado``, o los de la base.
    """
    with en_exclusiva(lugar), _base(lugar) as db:
        paso("Se cuentan las contestaciones que llegaron tarde")
        urna.abrir_todas(db, lugar.sello, SystemRandom(), lugar.reloj())
        pendientes = lotes.lotes_por_cerrar(db, lugar.reloj().date(), adelantar)
        if firmado is not None:
            pendientes = pendientes[:1]
            if pendientes != [{campo: getattr(firmado, campo) for campo in ("lote", "desde", "hasta")}]:
                raise ErrorJornada("publicacion_cambio")
        cerrados, error = list[str](), None
        for lote in pendientes:
            try:
                _cerrar(lugar, db, lote, quien, firmado, paso)
            except DE_UN_ERROR as este:
                if not cerrados:
                    raise
                error = este  # los de antes ya están en el libro: se escriben, y después se dice
                break
            cerrados.append(lote["lote"])
        hecha = _escribir(lugar, db, quien, tuple(cerrados), paso)
        if error is not None:
            raise error
        return hecha


def terminar(lugar: Instalacion, *, quien: str, paso: Paso) -> Hecha:
    """Escribe otra vez el archivo desde el libro, sin cerrar ningún lote. Los mismos errores que :func:`publicar`."""
    with en_exclusiva(lugar), _base(lugar) as db:
        return _escribir(lugar, db, quien, (), paso)


def _cerrar(
    lugar: Instalacion, db: Database, lote: dict[str, Any], quien: str, firmado: Ensayo | None, paso: Paso
) -> None:
    """Un lote, hasta el libro. Si no se puede, lo suyo vuelve a esperar."""
    clave, desde, hasta, hoy = lote["lote"], lote["desde"], lote["hasta"], lugar.reloj().date()
    lotes.asignar(db, clave, desde, hasta)
    try:
        paso(f"Se protege y se audita {periodo(desde, hasta)}")
        celdas, reglas = orquestar.calcular(
            lugar.privada, clave, desde, hasta, lugar.carpeta_catalogos, lugar.secreto_publicacion
        )
        if firmado is not None and huella_de(reglas) != firmado.huella:
            raise ErrorJornada("publicacion_cambio")
        paso("Se ataca el archivo que saldría")
        _atacar(lugar, db, escritura.PorAsentar(clave, desde, hasta, hoy.isoformat(), reglas, celdas))
    except Exception:
        lotes.soltar(db, clave)
        raise
    with conexion.escritura(db):
        lotes.asentar(db, clave, celdas, reglas, hoy)
        bitacora.anotar(
            db, lugar.reloj(), quien, "firmar publicación", f"lote {clave}", f"celdas SHA-256 {huella_de(reglas)}"
        )
    cuenta = json.loads(reglas)
    paso(
        f"Lote {clave} (del {fecha_corta(desde)} al {fecha_corta(hasta)}) en el libro: "
        f"{plural(cuenta['visibles'], 'dato visible', 'datos visibles')}, "
        f"{plural(cuenta['celdas'] - cuenta['visibles'], 'oculto', 'ocultos')} por protección"
    )


def _atacar(lugar: Instalacion, db: Database, ademas: escritura.PorAsentar) -> None:
    """El archivo con el lote nuevo, antes de que el libro lo tenga: lo asentado ya no se puede quitar."""
    with TemporaryDirectory(prefix="jornada-ensayo-") as carpeta:
        escritura.ensayar(
            lugar.privada,
            Path(carpeta) / "publica.db",
            anterior=lugar.publica,
            ademas=ademas,
            textos=textos_privados(db),
        )


def _escribir(lugar: Instalacion, db: Database, quien: str, cerrados: tuple[str, ...], paso: Paso) -> Hecha:
    paso("Se escribe el archivo, se ataca y se hacen las descargas")
    antes = _sha256(lugar.publica)
    sha = escritura.escribir(lugar.privada, lugar.publica, textos=textos_privados(db))
    if sha != antes:
        bitacora.anotar(db, lugar.reloj(), quien, "publicar", ", ".join(cerrados) or "archivo", f"SHA-256 {sha}")
    return Hecha(cerrados, sha)


@contextmanager
def en_exclusiva(lugar: Instalacion) -> Iterator[None]:
    """Nadie más publica mientras dura. :raises ErrorJornada: ``publicacion_en_curso``."""
    cerrojo = FileLock(lugar.datos / "publicar.lock", timeout=0)
    try:
        cerrojo.acquire()
    except Timeout as error:
        raise ErrorJornada("publicacion_en_curso") from error
    try:
        yield
    finally:
        cerrojo.release()


@contextmanager
def _base(lugar: Instalacion, *, solo_lectura: bool = False) -> Iterator[Database]:
    db = conexion.abrir(lugar.privada, solo_lectura)
    try:
        yield db
    finally:
        db.close()


def _sha256(ruta: Path) -> str | None:
    return hashlib.sha256(ruta.read_bytes()).hexdigest() if ruta.is_file() else None


def falla(error: BaseException) -> Falla:
    """Lo que se le dice a la titular de un error; de uno que nadie esperaba, sólo que lo hubo."""
    if isinstance(error, ErrorPublicacion | ErrorJornada):
        return Falla(error.mensaje, error.que_hacer)
    if isinstance(error, ErrorCatalogo):
        return Falla(f"Un catálogo no se puede usar. {error}", f"{SIN_SALIDA} Corrija el archivo y repita.")
    if isinstance(error, OSError):
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return falla(ErrorJornada("disco_lleno"))
        donde = f" ({Path(error.filename).name})" if error.filename else ""
        return Falla(
            f"El sistema no dejó leer o escribir{donde}.",
            f"{SIN_SALIDA} Revise el espacio y los permisos de la carpeta de datos, y repita.",
        )
    if isinstance(error, sqlite3.Error):
        return Falla("La base de datos no se dejó leer o escribir.", f"{SIN_SALIDA} Espere un momento y repita.")
    return Falla("Algo falló de nuestro lado.", f"{SIN_SALIDA} Repita; si sigue igual, avise a quien da soporte.")


# --- el panel -----------------------------------------------------------------------------------------------------


class EnSegundoPlano:
    """El :class:`~recoleccion.vistas.publicador.Publicador` del panel: una tarea a la vez, en su hilo.

    El último ensayo vive en la memoria de este proceso, con las cuentas verdaderas, por una hora; nunca se escribe.
    """

    motivos: Mapping[str, str] = MOTIVOS

    def __init__(self, lugar: Instalacion, portal: str | None = None) -> None:
        self.portal = portal
        self._lugar = lugar
        self._candado = threading.Lock()
        self._tarea: Tarea | None = None
        self._ensayo: Ensayo | None = None
        self._hilo: threading.Thread | None = None

    def tarea(self) -> Tarea | None:
        return self._tarea

    def ensayo(self) -> Ensayo | None:
        ensayo = self._ensayo
        if ensayo is not None and abs(self._lugar.reloj() - ensayo.hecho_en) > DURA:
            self._ensayo = ensayo = None
        return ensayo

    def ensayar(self, *, adelantar: bool) -> None:
        """:raises ErrorJornada: ``publicacion_en_curso``."""

        def hacer() -> None:
            hechos = ensayar(self._lugar, adelantar=adelantar, cuantos=1, paso=self._paso)
            if not hechos:
                raise ErrorJornada("publicacion_nada")
            self._ensayo = hechos[0]

        self._empezar("ensayo", hacer)

    def publicar(self, quien: str, ensayo: Ensayo) -> None:
        """:raises ErrorJornada: ``publicacion_en_curso``."""
        self._empezar(
            "publicacion",
            lambda: publicar(self._lugar, quien=quien, adelantar=ensayo.adelantado, firmado=ensayo, paso=self._paso),
            quien,
        )

    def terminar(self, quien: str) -> None:
        """:raises ErrorJornada: ``publicacion_en_curso``."""
        self._empezar("publicacion", lambda: terminar(self._lugar, quien=quien, paso=self._paso), quien)

    def esperar(self, segundos: float) -> None:
        hilo = self._hilo
        if hilo is not None:
            hilo.join(segundos)

    def _empezar(self, que: str, hacer: Callable[[], Hecha | None], quien: str = "") -> None:
        with self._candado:
            if self._tarea is not None and not self._tarea.terminada:
                raise ErrorJornada("publicacion_en_curso")
            self._tarea, self._ensayo = Tarea(que, self._lugar.reloj()), None
            self._hilo = threading.Thread(target=self._hacer, args=(hacer, quien), name=que, daemon=True)
            self._hilo.start()

    def _paso(self, frase: str) -> None:
        assert self._tarea is not None
        self._tarea = replace(self._tarea, pasos=(*self._tarea.pasos, frase))

    def _hacer(self, hacer: Callable[[], Hecha | None], quien: str) -> None:
        hecha, mal = None, None
        try:
            hecha = hacer()
        except Exception as error:
            mal = falla(error)
            if not isinstance(error, DE_UN_ERROR):
                _bitacora.error("%s al publicar", type(error).__name__)  # sin mensaje: puede traer un dato
            if quien:
                self._anotar_falla(quien, mal)
        assert self._tarea is not None
        self._tarea = replace(self._tarea, terminada=True, falla=mal, hecha=hecha)

    def _anotar_falla(self, quien: str, mal: Falla) -> None:
        try:
            with _base(self._lugar) as db:
                bitacora.anotar(db, self._lugar.reloj(), quien, "no se pudo publicar", "archivo", mal.mensaje)
        except DE_UN_ERROR:
            return  # sin disco no hay dónde anotar; la página sí lo dice

    def situacion(self) -> Situacion:
        """:raises ErrorJornada: los de abrir la base."""
        hoy = self._lugar.reloj().date()
        en_archivo = lotes_de(self._lugar.publica)
        with _base(self._lugar, solo_lectura=True) as db:
            asentados = [fila for fila in lotes.listar(db) if fila["estado"] == "asentado"]
            mal, pendientes, adelantables = None, list[dict[str, Any]](), 0
            try:
                pendientes = lotes.lotes_por_cerrar(db, hoy)
                adelantables = len(lotes.lotes_por_cerrar(db, hoy, True)) - len(pendientes)
            except ErrorJornada as error:
                mal = falla(error)
            return Situacion(
                lotes=tuple(_lote(fila, en_archivo) for fila in asentados),
                sha256=_sha256(self._lugar.publica),
                toca=pendientes[0] | {"periodo": periodo(pendientes[0]["desde"], pendientes[0]["hasta"])}
                if pendientes
                else None,
                despues=max(len(pendientes) - 1, 0),
                adelantable=adelantables > 0,
                espera=lotes.lo_que_espera(db, hoy),
                hoy=hoy,
                a_medias=any(fila["lote"] not in en_archivo for fila in asentados),
                falla=mal,
            )


def _lote(fila: dict[str, Any], en_archivo: frozenset[str]) -> Lote:
    reglas = json.loads(fila["reglas"] or "{}")
    return Lote(
        lote=fila["lote"],
        periodo=periodo(fila["desde"], fila["hasta"]),
        asentado_el=fila["asentado_el"],
        celdas=reglas.get("celdas", 0),
        visibles=reglas.get("visibles", 0),
        huella=reglas.get("huella", ""),
        en_archivo=fila["lote"] in en_archivo,
    )
