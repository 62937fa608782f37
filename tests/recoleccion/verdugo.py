"""El marco de un proceso hecho para morir (SIGKILL): lee un encargo por renglón y se bifurca para cada uno.

Importar todo en cada muerte costaría más que la muerte. Cada ``*_mortal.py`` dice qué se hace y cuáles son los pasos.
"""

import inspect
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any, Self


class Verdugo:
    """Mientras dura el ``with``, un proceso (el módulo de quien hereda) del que salen los que van a morir."""

    def __enter__(self) -> Self:
        ambiente = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        programa = [sys.executable, inspect.getfile(type(self))]
        self._proceso = subprocess.Popen(
            programa, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=ambiente
        )
        return self

    def __exit__(self, *_: object) -> None:
        with self._proceso:
            self._proceso.stdin.close()

    def encargar(self, *encargo: Any) -> Any:
        """Lo que contestó el proceso: de :func:`atender`, con qué código acabó el hijo."""
        print(json.dumps(encargo), file=self._proceso.stdin, flush=True)
        return json.loads(self._proceso.stdout.readline())

    def murio(self, *encargo: Any) -> bool:
        """``False``: acabó antes de llegar a su paso."""
        codigo = self.encargar(*encargo)
        assert codigo in (0, -signal.SIGKILL), codigo
        return codigo != 0


def atender(hacer: Callable[..., None]) -> None:
    """El programa: ``hacer`` con cada encargo, en un hijo."""
    for renglon in sys.stdin:
        encargo = json.loads(renglon)
        hijo = os.fork()
        if not hijo:
            hacer(*encargo)
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(hijo, 0)[1]), flush=True)
