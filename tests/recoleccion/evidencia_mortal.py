"""Un proceso de verdad que guarda una evidencia, hecho para morir (SIGKILL) en el paso que se le diga.

Los pasos son cada llamada al disco de ``evidencias.py`` y cada sentencia de la base. Como programa lee de su entrada un
encargo por renglón y se bifurca para cada uno, como ``urna_mortal.py``.
"""

import os
import signal
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import verdugo
from fabrica import HORA

from recoleccion.consultas import conexion, evidencias

FOTO = bytes(range(256)) * 40


class Verdugo(verdugo.Verdugo):
    def guardar_y_morir(self, datos: Path, evento_id: str, paso: int, *, al_reves: bool = False) -> bool:
        """``al_reves``: el defecto plantado, el renglón antes que su archivo.

        :returns: si murió; ``False``: acabó antes de llegar a ese paso.
        """
        return self.murio(str(datos), evento_id, paso, al_reves)


def _guardar(carpeta: str, evento_id: str, paso: int, al_reves: bool) -> None:
    datos = Path(carpeta)
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


if __name__ == "__main__":
    verdugo.atender(_guardar)
