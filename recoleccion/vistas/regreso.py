"""Lo que se regresa a quien manda sin guion: espera un momento en la memoria, con otra dirección.

Si la respuesta de un envío es una página (un error por corregir, la espera de una avalancha), el navegador anota el
envío entero en su archivo de sesión, en el disco del teléfono, hasta que se cierre la pestaña. Por eso se le contesta
303 a una dirección con una ficha al azar, y ahí está la página. Un guion que manda con ``fetch`` no deja nada: a ése se
le contesta directo.

Se olvida en cuanto el navegador la dibujó (al pedir lo que trae adentro dice, en ``Referer``, de qué página viene), a
la tercera vez que se pide o a los dos minutos, lo que pase primero: si la respuesta se perdió por mala señal, recargar
la trae; ya dibujada, ni «Atrás» ni el historial ni otra persona vuelven a verla. Lo vencido se quita con la primera
petición que llegue, de quien sea. Nunca toca el disco.

Lo que no cabe se contesta directo, como si esto no estuviera: se le queda al navegador hasta que cierre la pestaña,
pero nadie pierde lo que escribió. Sacar lo más viejo para hacerle lugar sí lo perdería. Cada evento tiene su parte, y
lo que no trae el sello de una página nuestra comparte otra: quien inunda uno no le quita el lugar a los demás.

Un solo proceso atiende (``servir.candado``); con varios, quien pidiera su página a otro recibiría el formulario vacío.
"""

import re
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

DURA = 120.0
"""Segundos que espera a que la pidan."""
VECES = 3
CUANTAS, BYTES = 4_000, 16 * 1_048_576
CUANTAS_DE_UNA, BYTES_DE_UNA = 1_000, 4 * 1_048_576
"""Cuántas y cuánto por todas, y de un evento."""
_FICHA = re.compile(r"(?:^|[?&])p=([\w-]{24})(?:&|$)")
Respuesta = tuple[str, list[tuple[str, str]], bytes]
"""Estado, cabeceras y cuerpo."""


@dataclass
class _Guardada:
    camino: str
    de: str
    id: str
    hacer: Callable[[], Respuesta]
    peso: int
    hasta: float
    veces: int = 0


class Regresos:
    """Las de un proceso. Varios hilos pueden usarla a la vez.

    :param reloj: segundos de uno que no se atrasa.
    """

    def __init__(
        self,
        reloj: Callable[[], float] = time.monotonic,
        ficha: Callable[[], str] = lambda: secrets.token_urlsafe(18),
    ) -> None:
        self._reloj, self._ficha = reloj, ficha
        self._por_ficha: dict[str, _Guardada] = {}
        self._de_id: dict[tuple[str, str], str] = {}
        self._cuentas: dict[str, tuple[int, int]] = {}
        self._candado = threading.Lock()

    def __len__(self) -> int:
        return len(self._por_ficha)

    def guardar(self, camino: str, de: str, id: str, hacer: Callable[[], Respuesta], peso: int) -> str | None:
        """La ficha con que se pide; ``None`` si no cabe. Un mismo id ocupa un solo lugar: vale lo último.

        :param camino: de la dirección donde estará.
        :param de: el evento, o vacío si no se sabe que la página fuera nuestra.
        :param hacer: la respuesta; se llama cada vez que se pide.
        :param peso: bytes que ocupa.
        """
        with self._candado:
            self._barrer()
            if id and (anterior := self._de_id.get((de, id))):
                self._soltar(anterior)
            todas, bytes_ = self._cuentas.get("*", (0, 0))
            suyas, bytes_suyos = self._cuentas.get(f"={de}", (0, 0))
            if todas >= CUANTAS or suyas >= CUANTAS_DE_UNA:
                return None
            if bytes_ + peso > BYTES or bytes_suyos + peso > BYTES_DE_UNA:
                return None
            ficha = self._ficha()
            guardada = _Guardada(camino, de, id, hacer, peso, self._reloj() + DURA)
            self._por_ficha[ficha] = guardada
            if id:
                self._de_id[de, id] = ficha
            self._contar(guardada, 1)
            return ficha

    def leer(self, pregunta: str, camino: str) -> Respuesta | None:
        """Lo que espera en esa dirección."""
        hallada = _FICHA.search(pregunta)
        with self._candado:
            self._barrer()
            guardada = self._por_ficha.get(hallada[1]) if hallada else None
            if hallada is None or guardada is None or guardada.camino != camino:
                return None
            guardada.veces += 1
            if guardada.veces >= VECES:
                self._soltar(hallada[1])
        return guardada.hacer()

    def vino(self, referente: str) -> None:
        """Alguien pide algo desde la página de esa dirección: ya la tiene, y se olvida."""
        if self._por_ficha and (hallada := _FICHA.search(referente)):
            with self._candado:
                self._soltar(hallada[1])

    def barrer(self) -> None:
        """Olvida lo que ya no se pidió a tiempo."""
        if self._por_ficha:
            with self._candado:
                self._barrer()

    def _barrer(self) -> None:
        ahora = self._reloj()
        while self._por_ficha:
            ficha, primera = next(iter(self._por_ficha.items()))
            if primera.hasta > ahora:
                return
            self._soltar(ficha)

    def _soltar(self, ficha: str) -> None:
        guardada = self._por_ficha.pop(ficha, None)
        if guardada is None:
            return
        if self._de_id.get((guardada.de, guardada.id)) == ficha:
            del self._de_id[guardada.de, guardada.id]
        self._contar(guardada, -1)

    def _contar(self, guardada: _Guardada, signo: int) -> None:
        for cual in ("*", f"={guardada.de}"):
            cuantas, bytes_ = self._cuentas.get(cual, (0, 0))
            self._cuentas[cual] = (cuantas + signo, bytes_ + signo * guardada.peso)
            if self._cuentas[cual][0] == 0:
                del self._cuentas[cual]


def pide_la_pagina(ambiente: Mapping[str, Any]) -> bool:
    """Si lo manda nuestro guion, que pone lo que llegue en la página que ya está (RFC 7240)."""
    return ambiente.get("HTTP_PREFER") == "return=representation"


def trae_ficha(pregunta: str) -> bool:
    return _FICHA.search(pregunta) is not None


def sin_ficha(pregunta: str) -> str:
    """La pregunta de una dirección, como era antes de la ficha."""
    return re.sub(r"(?:^|&)p=[^&]*", "", pregunta).lstrip("&")
