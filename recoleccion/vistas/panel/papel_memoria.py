"""La encuesta de papel que se está pasando, mientras no se guarda: sólo en la memoria de este proceso.

Recargar la página la trae de vuelta. No toca el disco, ni el del navegador: una contestación no debe dejar a qué hora
se pasó ni quién la pasaba.
"""

import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import cast

from flask import current_app

Datos = dict[str, list[str]]
DURA, CABEN = timedelta(minutes=30), 50
"""Lo que espera una hoja, y cuántas caben entre todas las cuentas; las más viejas se olvidan."""
_EXTENSION = "jornada_hojas_en_memoria"


class Hojas:
    """Por cuenta y hoja, lo marcado y cuándo."""

    def __init__(self) -> None:
        self._hojas: OrderedDict[tuple[str, str], tuple[Datos, datetime]] = OrderedDict()
        self._candado = threading.Lock()

    def guardar(self, cuenta: str, hoja: str, datos: Datos, momento: datetime) -> None:
        with self._candado:
            self._hojas.pop((cuenta, hoja), None)
            self._hojas[cuenta, hoja] = (datos, momento)
            while len(self._hojas) > CABEN:
                self._hojas.popitem(last=False)

    def leer(self, cuenta: str, hoja: str, momento: datetime) -> Datos | None:
        """Lo marcado; ``None`` si no hay, ya pasó :data:`DURA` o es de otra cuenta."""
        with self._candado:
            for llave in [k for k, (_, cuando) in self._hojas.items() if abs(momento - cuando) > DURA]:
                del self._hojas[llave]
            hallado = self._hojas.get((cuenta, hoja))
            return hallado[0] if hallado else None

    def olvidar(self, cuenta: str, hoja: str) -> None:
        with self._candado:
            self._hojas.pop((cuenta, hoja), None)


def hojas() -> Hojas:
    """Las de esta aplicación."""
    return cast(Hojas, current_app.extensions.setdefault(_EXTENSION, Hojas()))
