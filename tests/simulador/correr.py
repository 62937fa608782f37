"""Corre itinerarios: ``python -m tests.simulador.correr --cuantos 200000``; con su traza, ``--semilla N``."""

import argparse
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from . import defectos
from .juicio import Violacion
from .mundo import Mundo
from .servidor import Servidor, en_carpeta, en_marcha, limpiar, raiz

TANDA = 100
AVANCE = 15.0
"""Segundos entre un renglón de avance y el siguiente."""


class Fallo(AssertionError):
    """Una semilla que rompió una promesa, con su traza y cómo repetirla."""

    def __init__(self, mundo: Mundo, error: BaseException, defecto: str | None) -> None:
        planta = f" --defecto {defecto}" if defecto else ""
        super().__init__(
            "\n".join(
                [
                    f"semilla {mundo.semilla}: {type(error).__name__}: {error}",
                    *(f"  {renglon}" for renglon in mundo.traza),
                    f"Para repetirla: python -m tests.simulador.correr --semilla {mundo.semilla}{planta}",
                ]
            )
        )


def uno(semilla: int, servidor: Servidor, defecto: str | None = None) -> Mundo:
    """Un itinerario. :raises Fallo: si se rompe una promesa, o el programa."""
    with defectos.plantado(defecto) as clase:
        mundo = Mundo(semilla, servidor, clase)
        try:
            mundo.correr()
        except Exception as error:
            raise Fallo(mundo, error, defecto) from error
    return mundo


def varios(semillas: Iterable[int], defecto: str | None = None) -> Counter[str]:
    """Muchos itinerarios en este proceso; devuelve qué hubo en ellos. :raises Fallo: con el primero que falle."""
    hubo: Counter[str] = Counter()
    with en_marcha() as servidor:
        for semilla in semillas:
            hubo.update(uno(semilla, servidor, defecto).hubo)
    return hubo


def hasta_descubrir(defecto: str, tope: int, desde: int = 0) -> int | None:
    """Cuántos itinerarios tarda en notarse un defecto; ``None`` si no se nota en ``tope``."""
    with en_marcha() as servidor:
        for n in range(tope):
            try:
                uno(desde + n, servidor, defecto)
            except Fallo as fallo:
                if isinstance(fallo.__cause__, Violacion):
                    return n + 1
                raise
    return None


def _una_tanda(tanda: tuple[int, int]) -> tuple[int, Counter[str], str | None]:
    desde, hasta = tanda
    try:
        return hasta - desde, varios(range(desde, hasta)), None
    except Fallo as fallo:
        return hasta - desde, Counter(), str(fallo)


def _tandas(desde: int, cuantos: int) -> Iterator[tuple[int, int]]:
    for inicio in range(desde, desde + cuantos, TANDA):
        yield inicio, min(inicio + TANDA, desde + cuantos)


def en_paralelo(desde: int, cuantos: int, procesos: int) -> int:
    """Corre ``cuantos`` itinerarios diciendo cómo va; devuelve cuántas tandas fallaron.

    Si se interrumpe, dice desde qué semilla seguir: las tandas se recogen en orden.
    """
    empezo, hechos, fallas, dicho = time.monotonic(), 0, 0, 0.0
    hubo: Counter[str] = Counter()
    with (
        TemporaryDirectory(prefix="jornada-simulador-", dir=raiz()) as carpeta,
        multiprocessing.get_context("spawn").Pool(procesos, en_carpeta, (Path(carpeta),)) as grupo,
    ):
        try:
            for corridos, visto, fallo in grupo.imap(_una_tanda, _tandas(desde, cuantos)):
                hechos += corridos
                hubo.update(visto)
                if fallo:
                    fallas += 1
                    print(fallo, flush=True)
                lapso = time.monotonic() - empezo
                if lapso - dicho > AVANCE or hechos == cuantos:
                    dicho = lapso
                    faltan = (cuantos - hechos) * lapso / hechos / 60
                    print(
                        f"{hechos:>8} de {cuantos}, {fallas} con fallas, {hechos / lapso:.0f} por segundo,"
                        f" faltan {faltan:.0f} min",
                        flush=True,
                    )
            grupo.close()
            grupo.join()
        except KeyboardInterrupt:
            fallas += 1
            print(f"Se interrumpió. Para seguir: --desde {desde + hechos} --cuantos {cuantos - hechos}", flush=True)
    for que, veces in sorted(hubo.items()):
        print(f"  {que}: {veces}")
    minutos = (time.monotonic() - empezo) / 60
    print(
        f"Semillas {desde} a {desde + hechos - 1}: {hechos} itinerarios, {hubo['registros']} registros, {fallas} fallas"
        f", {minutos:.1f} min con {procesos} procesos."
    )
    return fallas


def principal() -> int:
    opciones = argparse.ArgumentParser(prog="python -m tests.simulador.correr", description=__doc__)
    opciones.add_argument("--semilla", type=int, help="una sola, con su traza")
    opciones.add_argument("--defecto", choices=sorted(defectos.PLANTADOS), help="plantar este defecto")
    opciones.add_argument("--cuantos", type=int, default=int(os.environ.get("JORNADA_ITINERARIOS", "2000")))
    opciones.add_argument("--desde", type=int, default=0, help="primera semilla")
    opciones.add_argument("--procesos", type=int, default=os.cpu_count() or 1)
    dicho = opciones.parse_args()
    try:
        if dicho.semilla is not None:
            with en_marcha() as servidor:
                print("\n".join(uno(dicho.semilla, servidor, dicho.defecto).traza))
            return 0
        if dicho.defecto:
            tardo = hasta_descubrir(dicho.defecto, dicho.cuantos, dicho.desde)
            print(f"se nota en {tardo} itinerarios" if tardo else "no se nota")
            return 0 if tardo else 1
        return 1 if en_paralelo(dicho.desde, dicho.cuantos, dicho.procesos) else 0
    except Fallo as fallo:
        print(fallo)
        return 1
    finally:
        limpiar()


if __name__ == "__main__":
    sys.exit(principal())
