"""Un proceso de verdad que guarda una evidencia, hecho para morir (SIGKILL) en el paso que se le diga.

Los pasos son cada llamada al disco de ``evidencias.py`` y cada sentencia de la base. Como programa lee de su entrada un
encargo por renglón y se bifurca para cada uno, como ``urna_mortal.py``.
"""

import json
import os
import signal
import subprocess
import sys
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, Self

from fabrica import HORA

from recoleccion.consultas import conexion, evidencias

FOTO = bytes(range(256)) * 40


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

    def guardar_y_morir(self, datos: Path, evento_id: str, paso: int, *, al_reves: bool = False) -> bool:
        """``al_reves``: el defecto plantado, el renglón antes que su archivo.

        :returns: si murió; ``False``: acabó antes de llegar a ese paso.
        """
        print(json.dumps([str(datos), evento_id, paso, al_reves]), file=self._proceso.stdin, flush=True)
        codigo = int(self._proceso.stdout.readline())
        assert codigo in (0, -signal.SIGKILL), codigo
        return codigo != 0


def _guardar(datos: Path, evento_id: str, paso: int, al_reves: bool) -> None:
    pasos, despues = count(), []
    if al_reves:
        escribir = evidencias._escribir
        evidencias._escribir = lambda *como: despues.append(como)

    def quizas(*_: object) -> None:
        if next(pasos) == paso:
            os.kill(os.getpid(), signal.SIGKILL)  # no alcanza a despedirse

    def antes(de_veras: Any) -> Any:
        def llamada(*como: Any, **mas: Any) -> Any:
            quizas()
            return de_veras(*como, **mas)

        return llamada

    for nombre in ("open", "fsync", "replace"):
        setattr(os, nombre, antes(getattr(os, nombre)))
    base = conexion.abrir(datos / "privada.db")
    base.conn.set_trace_callback(quizas)
    como = {"evento_id": evento_id, "clase": "hoja", "ahora": HORA, "quien": "x", "azar": Random(f"muerte {paso}")}
    evidencias.guardar(base, datos / "evidencias", FOTO, **como)
    for pendiente in despues:
        escribir(*pendiente)


def _atender() -> None:
    for renglon in sys.stdin:
        datos, *encargo = json.loads(renglon)
        hijo = os.fork()
        if not hijo:
            _guardar(Path(datos), *encargo)
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(hijo, 0)[1]), flush=True)


if __name__ == "__main__":
    _atender()
