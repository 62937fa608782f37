"""Un proceso de verdad que cambia la llave de la oficina, hecho para morir (SIGKILL) en el paso que se le diga.

Los pasos son cada llamada al disco y cada sentencia de la base. Como programa lee de su entrada un encargo por renglón
y se bifurca para cada uno, como ``evidencia_mortal.py``.
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

from recoleccion.consultas import conexion, llave_giro
from recoleccion.instalacion import Instalacion
from recoleccion.sellado import Sello
from tests.llave import BARATO

NUEVA = "otra frase para la llave nueva"


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

    def girar_y_morir(self, datos: Path, vieja: Sello, paso: int, *, por_partes: bool = False) -> bool:
        """``por_partes``: el defecto plantado, cada cosa en su propia transacción.

        :returns: si murió; ``False``: acabó antes de llegar a ese paso.
        """
        print(json.dumps([str(datos), vieja.der.hex(), paso, por_partes]), file=self._proceso.stdin, flush=True)
        codigo = int(self._proceso.stdout.readline())
        assert codigo in (0, -signal.SIGKILL), codigo
        return codigo != 0


def _girar(datos: Path, vieja: Sello, paso: int, por_partes: bool) -> None:
    pasos = count()

    def quizas(*_: object) -> None:
        if next(pasos) == paso:
            os.kill(os.getpid(), signal.SIGKILL)  # no alcanza a despedirse

    def antes(de_veras: Any) -> Any:
        def llamada(*como: Any, **mas: Any) -> Any:
            quizas()
            return de_veras(*como, **mas)

        return llamada

    base = conexion.abrir(datos / "privada.db")
    for nombre in ("open", "fsync", "replace"):
        setattr(os, nombre, antes(getattr(os, nombre)))
    if por_partes:
        retirar = llave_giro._retirar

        def y_confirma(db: Any, *como: Any) -> None:
            retirar(db, *como)
            db.conn.execute("COMMIT")
            db.conn.execute("BEGIN IMMEDIATE")

        llave_giro._retirar = y_confirma
    base.conn.set_trace_callback(quizas)
    llave_giro.girar(
        base, datos / "evidencias", vieja, NUEVA, sello=Instalacion(datos).sello, ahora=HORA, quien="titular",
        azar=Random(paso), costo=BARATO,
    )  # fmt: skip


def _atender() -> None:
    for renglon in sys.stdin:
        datos, der, *encargo = json.loads(renglon)
        hijo = os.fork()
        if not hijo:
            _girar(Path(datos), Sello.leer_der(bytes.fromhex(der)), *encargo)
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(hijo, 0)[1]), flush=True)


if __name__ == "__main__":
    _atender()
