"""Un proceso de verdad que cierra un evento y abre su urna, hecho para morir en el paso que se le diga.

Como programa, lee de su entrada un encargo por renglón (JSON) y para cada uno se bifurca: importar todo en cada muerte
costaría más que la muerte.
"""

import json
import os
import signal
import subprocess
import sys
from itertools import count
from pathlib import Path
from random import Random
from typing import Self

from disco import Disco
from fabrica import HORA

from recoleccion.consultas import conexion, eventos
from recoleccion.sellado import Sello


class Verdugo:
    """Mientras dura el ``with``, un proceso del que salen los que van a morir."""

    def __enter__(self) -> Self:
        ambiente = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        self._proceso = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=ambiente
        )
        return self

    def __exit__(self, *_: object) -> None:
        with self._proceso:
            self._proceso.stdin.close()

    def cerrar_y_morir(self, datos: Path, evento_id: str, en: str, paso: int) -> bool:
        """``en``: ``"sentencia"`` (SIGKILL al empezar la que toque) o ``"disco"`` (antes de esa escritura o fsync).

        :returns: si murió; ``False``: acabó antes de llegar a ese paso.
        """
        print(json.dumps([str(datos), evento_id, en, paso]), file=self._proceso.stdin, flush=True)
        codigo = int(self._proceso.stdout.readline())
        assert codigo in (0, -signal.SIGKILL), codigo
        return codigo != 0


def _cerrar(datos: Path, evento_id: str, en: str, paso: int) -> None:
    pasos = count()

    def quizas(*_: object) -> int:
        if next(pasos) == paso:
            os.kill(os.getpid(), signal.SIGKILL)  # no alcanza a despedirse
        return 0

    sello = Sello.leer((datos / "claves" / "servidor.pem").read_bytes())
    with Disco() as disco:
        if en == "disco":
            disco.falla = quizas
        base = conexion.abrir(datos / "privada.db")
        if en == "sentencia":
            base.conn.set_trace_callback(quizas)
        eventos.cerrar(base, evento_id, HORA, sello, Random(paso))
        base.close()


def _atender() -> None:
    for renglon in sys.stdin:
        datos, *encargo = json.loads(renglon)
        hijo = os.fork()
        if not hijo:
            _cerrar(Path(datos), *encargo)
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(hijo, 0)[1]), flush=True)


if __name__ == "__main__":
    _atender()
