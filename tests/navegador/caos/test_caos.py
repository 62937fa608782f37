"""Chromium de verdad, un servidor de verdad y todo lo que les puede pasar: nada se pierde y nada se dobla.

``make test`` corre seis rondas; ``JORNADA_RONDAS=300`` (en ``make nocturna``), unos cinco mil registros.
"""

import os
import time
from collections.abc import Callable, Iterator

import pytest

from tests.navegador.caos.defectos import DEL_SERVIDOR
from tests.navegador.caos.libro import Roto
from tests.navegador.caos.rondas import Caos

RONDAS = int(os.environ.get("JORNADA_RONDAS", "6"))
SEMILLA = int(os.environ.get("JORNADA_SEMILLA", "25"))


@pytest.fixture
def caos(playwright, datos) -> Iterator[Callable[..., Caos]]:
    abiertos: list[Caos] = []

    def nuevo(semilla: int, defecto: str = "") -> Caos:
        abiertos.append(Caos(playwright, datos, semilla, defecto))
        return abiertos[-1]

    yield nuevo
    for abierto in abiertos:
        abierto.cerrar()


def test_nada_se_pierde_ni_se_dobla_pase_lo_que_pase(caos):
    todo, inicio = caos(SEMILLA), time.monotonic()
    for n in range(1, RONDAS + 1):
        todo.ronda()
        if n % 10 == 0 or n == RONDAS:
            print(
                f"\nronda {n}: {len(todo.libro.guardados())} guardados, {time.monotonic() - inicio:.0f} s", flush=True
            )
    cuentas = todo.juzgar()
    assert cuentas["registros"] >= len(todo.libro.guardados()) > RONDAS * 10
    print(f"{cuentas}; {dict(todo.hubo)}; red {dict(todo.red.hubo)}; servidor muerto {todo.servidor.muertes} veces")


PLANTADOS = [
    ("dice_guardado_antes_del_disco", "muere_al_decir_guardado", "el teléfono ya no tiene"),
    (DEL_SERVIDOR, "muere_el_servidor", "se perdieron"),
    ("otro_id_en_cada_toque", "sin_senal", "están dos veces"),
    ("suelta_antes_de_mandar", "red_mala", "se perdieron"),
    ("sin_durabilidad_estricta", "sin_senal", "sin esperar a que quede en el disco"),
    ("no_vuelve_a_ofrecer", "respaldo", "se perdieron"),
]


@pytest.mark.parametrize(("defecto", "desgracia", "dicho"), PLANTADOS if RONDAS >= 100 else PLANTADOS[:2])
def test_el_control_un_defecto_plantado_se_nota(caos, defecto, desgracia, dicho):
    todo = caos(7, defecto)

    def hasta_que_se_note() -> None:
        for _ in range(8):
            todo.ronda(desgracia)
            todo.juzgar()

    with pytest.raises(Roto, match=dicho):
        hasta_que_se_note()
