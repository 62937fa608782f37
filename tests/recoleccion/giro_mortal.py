"""Un proceso de verdad que cambia la llave de la oficina, hecho para morir (SIGKILL) en el paso que se le diga.

Los pasos son cada llamada al disco y cada sentencia de la base. Como programa lee de su entrada un encargo por renglón
y se bifurca para cada uno, como ``evidencia_mortal.py``.
"""

import os
import signal
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import verdugo
from fabrica import HORA

from recoleccion.consultas import conexion, llave_giro
from recoleccion.instalacion import Instalacion
from recoleccion.sellado import Sello
from tests.llave import BARATO

NUEVA = "otra frase para la llave nueva"


class Verdugo(verdugo.Verdugo):
    def girar_y_morir(self, datos: Path, vieja: Sello, paso: int, *, por_partes: bool = False) -> bool:
        """``por_partes``: el defecto plantado, cada cosa en su propia transacción.

        :returns: si murió; ``False``: acabó antes de llegar a ese paso.
        """
        return self.murio(str(datos), vieja.der.hex(), paso, por_partes)


def _girar(carpeta: str, der: str, paso: int, por_partes: bool) -> None:
    datos, vieja = Path(carpeta), Sello.leer_der(bytes.fromhex(der))
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


if __name__ == "__main__":
    verdugo.atender(_girar)
