"""Un proceso de verdad que cierra un evento y abre su urna, hecho para morir en el paso que se le diga.

Como programa, lee de su entrada un encargo por renglón (JSON) y para cada uno se bifurca: importar todo en cada muerte
costaría más que la muerte.
"""

import os
import signal
from itertools import count
from pathlib import Path
from random import Random

import verdugo
from disco import Disco
from fabrica import HORA

from recoleccion.consultas import conexion, eventos
from recoleccion.sellado import Sello


class Verdugo(verdugo.Verdugo):
    def cerrar_y_morir(self, datos: Path, evento_id: str, en: str, paso: int) -> bool:
        """``en``: ``"sentencia"`` (SIGKILL al empezar la que toque) o ``"disco"`` (antes de esa escritura o fsync).

        :returns: si murió; ``False``: acabó antes de llegar a ese paso.
        """
        return self.murio(str(datos), evento_id, en, paso)


def _cerrar(carpeta: str, evento_id: str, en: str, paso: int) -> None:
    datos = Path(carpeta)
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


if __name__ == "__main__":
    verdugo.atender(_cerrar)
