"""Un proceso de verdad que respalda, levanta, actualiza, regresa o borra nombres, hecho para morir en un paso.

Un paso es cada archivo que se abre, cambia de nombre, se borra o se asegura, cada sentencia de SQLite y cada pedazo que
se sella o se abre. Como programa lee de su entrada un encargo por renglón (JSON) y se bifurca para cada uno.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import verdugo
from fabrica import HORA

from recoleccion.consultas import conexion, retencion
from recoleccion.instalacion import Instalacion
from recoleccion.respaldos import anterior, archivo, hacer, rotacion
from tests.respaldo import SECRETA, levantar_en

DESPUES = HORA + timedelta(days=1)
VENCIDO = HORA.replace(year=HORA.year + 3)
_DEL_DISCO = {
    "open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.chmod", "os.truncate", "shutil.rmtree",
    "shutil.copyfile",
}  # fmt: skip


class Verdugo(verdugo.Verdugo):
    def hacer(self, orden: str, datos: Path, otra: Path, paso: int = -1) -> int | None:
        """``None`` si murió en ``paso``; si acabó antes (o ``paso`` es -1), cuántos pasos dio."""
        codigo, pasos = self.encargar(orden, str(datos), str(otra), paso)
        assert codigo in (0, -signal.SIGKILL), f"{orden} en el paso {paso}: {codigo}"
        return pasos if codigo == 0 else None


def _respaldar(lugar: Instalacion, otra: Path) -> None:
    momento = DESPUES
    if (otra / rotacion.nombre(momento)).exists():  # murió ya con su nombre puesto: el siguiente es de más tarde
        momento += timedelta(hours=1)
    hacer.respaldar(lugar, otra, momento, rotacion.Plan(1, 0, 0))


def _levantar(lugar: Instalacion, otra: Path) -> None:
    if not lugar.datos.exists():  # si la primera vez ya había acabado, no se levanta encima
        levantar_en(otra, lugar.datos)


def _actualizar(lugar: Instalacion, _otra: Path) -> None:
    conexion.preparar(lugar.privada)


def _regresar(lugar: Instalacion, _otra: Path) -> None:
    anterior.volver_a_la_anterior(lugar, DESPUES, Random(1))


def _borrar_nombres(lugar: Instalacion, _otra: Path) -> None:
    base = conexion.abrir(lugar.privada)
    if retencion.por_anio(base):
        retencion.borrar_con_acta(base, HORA.year, ahora=VENCIDO, quien="titular")
    retencion.rematar(base, lugar.evidencias)
    base.close()


ORDENES: dict[str, Callable[[Instalacion, Path], None]] = {
    "respaldar": _respaldar, "levantar": _levantar, "actualizar": _actualizar, "regresar": _regresar,
    "borrar nombres": _borrar_nombres,
}  # fmt: skip


def _contar(datos: Path, paso: int) -> Callable[[], int]:
    """Desde aquí cada paso cuenta, y en el que toca este proceso muere. Sólo cuenta lo que pasa junto a los datos."""
    van, cerca = 0, str(datos.parent)

    def dar(*_: object) -> int:
        nonlocal van
        if van == paso:
            os.kill(os.getpid(), signal.SIGKILL)  # no alcanza a despedirse
        van += 1
        return 0

    def del_disco(suceso: str, como: tuple[Any, ...]) -> None:
        if suceso in _DEL_DISCO and (suceso.startswith("os.") or str(como[0]).startswith(cerca)):
            dar()

    def antes(de_veras: Callable[..., Any]) -> Callable[..., Any]:
        def llamada(*como: Any, **mas: Any) -> Any:
            dar()
            return de_veras(*como, **mas)

        return llamada

    conectar = conexion._conectar

    def conectando(*como: Any, **mas: Any) -> Any:
        base = conectar(*como, **mas)
        base.conn.set_trace_callback(dar)
        return base

    conexion._conectar = conectando
    os.fsync = antes(os.fsync)
    archivo._Lector.read = antes(archivo._Lector.read)
    archivo._Entero.write = antes(archivo._Entero.write)
    sys.addaudithook(del_disco)
    return lambda: van


def _atender() -> None:
    assert SECRETA
    for renglon in sys.stdin:
        orden, datos, otra, paso = json.loads(renglon)
        lee, escribe = os.pipe()
        hijo = os.fork()
        if not hijo:
            dados = _contar(Path(datos), paso)
            ORDENES[orden](Instalacion(Path(datos), lambda: HORA), Path(otra))
            os.write(escribe, str(dados()).encode())
            os._exit(0)
        os.close(escribe)
        codigo = os.waitstatus_to_exitcode(os.waitpid(hijo, 0)[1])
        print(json.dumps([codigo, int(os.read(lee, 20) or 0)]), flush=True)
        os.close(lee)


if __name__ == "__main__":
    _atender()
