"""Respaldar: copiar, sellar, levantarlo de prueba y, sólo si salió igual, darle su nombre y quitar los que sobran.

Quien respalda no tiene la llave de papel, así que el archivo se sella también para otra que nace y muere en esta
corrida: con ella se abre lo recién escrito en el disco y se restaura de veras en una carpeta de paso.
"""

import errno
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout
from pyrage import x25519

from ..consultas import conexion, cuaderno_llaves, evidencias, respaldo
from ..errores import ErrorJornada
from ..instalacion import Instalacion
from . import anterior, archivo, cuaderno, disco, estado, levantar, llave, rotacion

DE_PASO = ".respaldando"
"""Carpeta dentro de los datos, nunca junto a los respaldos: mientras dura tiene una copia de la base sin sellar."""
_INTENTOS = 3
"""Si entre copiar la base y copiar las evidencias se quita una, se vuelve a empezar."""


@dataclass(frozen=True)
class Hecho:
    """Un respaldo terminado y probado.

    :ivar danadas: evidencias que la base nombra y no están, o no son las que eran. Por una no se deja de respaldar.
    :ivar quitados: los viejos que salieron de la carpeta.
    """

    archivo: Path
    huellas: dict[str, str]
    bytes: int
    con_cuaderno: bool
    danadas: int
    quitados: tuple[str, ...]


def respaldar(instalacion: Instalacion, carpeta: Path, ahora: datetime, plan: rotacion.Plan | None = None) -> Hecho:
    """Deja en ``carpeta`` un respaldo sellado y ya restaurado una vez de prueba; entero o nada.

    :raises ErrorJornada: ``falta_llave_de_respaldos``, ``respaldo_existe``, ``respaldo_en_curso``,
        ``respaldo_fallido``, o lo que diga la base.
    """
    with _candado(instalacion.datos):
        try:
            hecho = _respaldar(instalacion, carpeta, ahora, plan or rotacion.Plan())
        except ErrorJornada as error:
            estado.anotar(instalacion.datos, estado.RESPALDO, fallo=error.codigo, fallo_en=ahora.isoformat())
            raise
        except OSError as error:
            estado.anotar(instalacion.datos, estado.RESPALDO, fallo="disco", fallo_en=ahora.isoformat())
            lleno = error.errno in (errno.ENOSPC, errno.EDQUOT)
            raise ErrorJornada("disco_lleno" if lleno else "respaldo_fallido") from error
    return hecho


def _respaldar(instalacion: Instalacion, carpeta: Path, ahora: datetime, plan: rotacion.Plan) -> Hecho:
    datos = instalacion.datos
    conexion.verificar(instalacion.privada)
    de_papel, propia = llave.leer_publica(datos), x25519.Identity.generate()
    para = [de_papel, propia.to_public()]
    carpeta.mkdir(mode=0o700, parents=True, exist_ok=True)
    definitivo = carpeta / rotacion.nombre(ahora)
    if definitivo.exists():
        raise ErrorJornada("respaldo_existe", archivo=definitivo)
    _barrer(carpeta)
    temporal = definitivo.with_name(f"{definitivo.name}.nuevo")
    with _carpeta_de_paso(datos) as paso:
        try:
            copia = paso / "privada.db"
            huellas, danadas = _copiar_todo(instalacion, copia, temporal, para, ahora)
            con_cuaderno = cuaderno.copiar(datos, carpeta, para, propia)
            levantar.ensayar(temporal, copia, paso / "ensayo", propia)
            disco.poner(temporal, definitivo)
        finally:
            temporal.unlink(missing_ok=True)
    quitados = _quitar_viejos(carpeta, definitivo.name, plan)
    anterior.quitar_vencidas(instalacion, ahora)
    mide = definitivo.stat().st_size
    estado.anotar(
        datos, estado.RESPALDO, hecho_en=ahora.isoformat(), archivo=definitivo.name, carpeta=str(carpeta.resolve()),
        bytes=mide, probado_en=ahora.isoformat(), danadas=danadas, fallo=None, fallo_en=None,
    )  # fmt: skip
    return Hecho(definitivo, huellas, mide, con_cuaderno, danadas, quitados)


@contextmanager
def _candado(datos: Path) -> Iterator[None]:
    if not datos.is_dir():
        raise ErrorJornada("no_hay_base", carpeta=datos)
    cerrojo = FileLock(datos / "respaldar.lock", timeout=0)
    try:
        cerrojo.acquire()
    except Timeout as error:
        raise ErrorJornada("respaldo_en_curso") from error
    try:
        yield
    finally:
        cerrojo.release()


@contextmanager
def _carpeta_de_paso(datos: Path) -> Iterator[Path]:
    """Vacía al empezar, aunque un corte haya dejado algo, y sin nada al terminar."""
    paso = datos / DE_PASO
    disco.quitar(paso)
    paso.mkdir(mode=0o700)
    try:
        yield paso
    finally:
        disco.quitar(paso)


def _copiar_todo(
    instalacion: Instalacion, copia: Path, destino: Path, para: list[x25519.Recipient], ahora: datetime
) -> tuple[dict[str, str], int]:
    """La base y, con ella, las evidencias que nombra; y cuántas de ellas faltan o están dañadas."""
    for _ in range(_INTENTOS):
        copia.unlink(missing_ok=True)
        with closing(conexion.abrir(instalacion.privada)) as base:
            respaldo.copiar(base, copia)
            nombradas = _evidencias(copia)
            huellas = empacar(instalacion, copia, nombradas, destino, para, ahora)
            faltan = {nombre for nombre in nombradas if nombre not in huellas}
            if faltan <= {f"evidencias/{nombre}" for nombre, _ in evidencias.vigentes(base)}:
                return huellas, sum(huellas.get(nombre) != huella for nombre, huella in nombradas.items())
    raise ErrorJornada("respaldo_fallido")


def empacar(
    instalacion: Instalacion,
    copia: Path,
    nombradas: Iterable[str],
    destino: Path,
    para: list[x25519.Recipient],
    ahora: datetime,
) -> dict[str, str]:
    selladas = [(nombre, instalacion.datos / nombre) for nombre in nombradas]
    grupos = [(6, [("privada.db", copia), *_acompanantes(instalacion)]), (0, selladas)]
    dicho: dict[str, object] = {
        "hecho_en": ahora.isoformat(timespec="seconds"),
        "cuaderno": cuaderno_llaves.lugar(instalacion.datos).is_file(),
    }
    return archivo.escribir(destino, grupos, para, dicho)


def _acompanantes(instalacion: Instalacion) -> list[tuple[str, Path]]:
    """Lo que hace falta además de la base privada, con su nombre dentro del respaldo."""
    datos = instalacion.datos
    publicos = [instalacion.publica, instalacion.publica.with_name("analistas.json")]
    sueltos = [(ruta.name, ruta) for ruta in publicos]
    for una in ("catalogos", "claves", "textos"):
        sueltos += [(f"{una}/{ruta.name}", ruta) for ruta in sorted((datos / una).glob("*"))]
    return [(nombre, ruta) for nombre, ruta in sueltos if ruta.is_file() and archivo.admitido(nombre)]


def _evidencias(copia: Path) -> dict[str, str]:
    """Las que nombra la base copiada: nombre dentro del respaldo y la huella que debe tener."""
    with closing(conexion.abrir(copia, solo_lectura=True)) as base:
        return {f"evidencias/{nombre}": huella for nombre, huella in evidencias.vigentes(base)}


def _barrer(carpeta: Path) -> None:
    """Lo que un corte dejó a medias."""
    for ruta in carpeta.glob("respaldo-*.tar.gz.age.nuevo"):
        ruta.unlink(missing_ok=True)
    cuaderno.barrer(carpeta)


def _quitar_viejos(carpeta: Path, recien: str, plan: rotacion.Plan) -> tuple[str, ...]:
    sobran = [n for n in rotacion.sobran((r.name for r in carpeta.iterdir()), plan) if n != recien]
    for nombre in sobran:
        (carpeta / nombre).unlink(missing_ok=True)
    return tuple(sobran)
