"""Cuánto se espera para volver a probar una contraseña. Puro: la hora llega como argumento.

Se cuenta **por cuenta**, no por dirección de red: la oficina entera sale por una sola y quien ataca trae mil. A un
navegador o teléfono donde ya se entró se le cuenta aparte, por lo suyo: por más que otros fallen con esa cuenta, su
dueña no espera. Muchos fallos de todas juntas no cierran la puerta de nadie: sólo hacen que cada cuenta aguante menos.

Vive en la memoria y no en la base. Un solo proceso atiende (``servir.candado``), así que basta; y si cada fallo se
escribiera, un extraño tendría cómo ocupar el disco y el candado con que se guardan los registros. Reiniciar la olvida:
quien puede reiniciar el servidor ya no necesita adivinar contraseñas. No guarda nombres: cada uno cae, con una llave al
azar, en uno de 65,536 lugares, exista o no la cuenta; así ni la memoria crece ni una lista llena delata a nadie.
"""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

LIBRES, LIBRES_CON_MUCHOS, LIBRES_CONOCIDO = 5, 2, 10
"""Intentos seguidos sin esperar: de una cuenta, de una cuenta cuando todas juntas fallan mucho, de un conocido."""
PRIMERA, MAXIMA = timedelta(seconds=30), timedelta(minutes=15)
"""La primera espera y la mayor; cada una es el doble de la anterior. Con la mejor maña caben menos de 200 al día."""
OLVIDO = timedelta(hours=1)
"""Sin intentos por este tiempo, se empieza de nuevo."""
MUCHOS, VENTANA = 100, timedelta(minutes=10)
"""Tantos fallos de todas las cuentas en este tiempo son un ataque."""
SIN_ESPERA = timedelta()


@dataclass
class _Cuenta:
    fallos: int
    ultimo: datetime


class SinLugar(Exception):
    """Ya hay bastantes probando a la vez."""


class Carril:
    """Una se prueba a la vez y a lo más ``esperan`` se forman; a quien no cabe se le dice, sin ocupar un hilo.

    Probar una contraseña cuesta a propósito 64 MiB y un décimo de segundo. Sin esto, un extraño con nombres inventados
    ocuparía todos los hilos que atienden y la memoria de una máquina chica. Los conocidos van por otro carril.
    """

    def __init__(self, esperan: int) -> None:
        self._lugares = threading.BoundedSemaphore(1 + esperan)
        self._turno = threading.Lock()

    @contextmanager
    def turno(self) -> Iterator[None]:
        """:raises SinLugar: si ya están formados los que caben."""
        if not self._lugares.acquire(blocking=False):
            raise SinLugar
        try:
            with self._turno:
                yield
        finally:
            self._lugares.release()


class Intentos:
    """Los de un proceso. Varios hilos pueden usarla a la vez.

    :param llave: al azar, de este proceso.
    """

    def __init__(self, llave: bytes) -> None:
        self._llave = llave
        self._cuentas: dict[bytes, _Cuenta] = {}
        self._ventana = _Cuenta(0, datetime(1970, 1, 1, tzinfo=UTC))
        self._candado = threading.Lock()

    def pedir(self, quien: str, ahora: datetime, *, conocido: bool = False) -> timedelta:
        """Cuánto falta para que ``quien`` pueda probar; cero si ya puede, y entonces queda contado como fallo.

        Se cuenta antes de probar, para que cien a la vez no sean cien gratis. Lo que se niega no alarga la espera.
        """
        with self._candado:
            cuenta = self._vigente(quien, ahora)
            libres = LIBRES_CONOCIDO if conocido else LIBRES_CON_MUCHOS if self._hay_muchos(ahora) else LIBRES
            espera = _espera(cuenta.fallos - libres)
            falta = min(cuenta.ultimo + espera - ahora, espera)  # si el reloj se atrasó, no más que la espera
            if falta > SIN_ESPERA:
                return falta
            self._cuentas[self._lugar(quien)] = _Cuenta(cuenta.fallos + 1, ahora)
            if not conocido:
                self._ventana.fallos += 1
            return SIN_ESPERA

    def acierto(self, quien: str, ahora: datetime, *, conocido: bool = False) -> None:
        """El último intento fue bueno: se olvidan los de antes."""
        with self._candado:
            self._cuentas.pop(self._lugar(quien), None)
            if not conocido and self._hay_ventana(ahora):
                self._ventana.fallos -= 1

    def fallos(self, quien: str, ahora: datetime) -> int:
        """Cuántos lleva, sin contar otro."""
        with self._candado:
            return self._vigente(quien, ahora).fallos

    def _vigente(self, quien: str, ahora: datetime) -> _Cuenta:
        cuenta = self._cuentas.get(self._lugar(quien))
        return cuenta if cuenta and abs(ahora - cuenta.ultimo) < OLVIDO else _Cuenta(0, ahora)

    def _hay_muchos(self, ahora: datetime) -> bool:
        if not self._hay_ventana(ahora):
            self._ventana = _Cuenta(0, ahora)
        return self._ventana.fallos >= MUCHOS

    def _hay_ventana(self, ahora: datetime) -> bool:
        return abs(ahora - self._ventana.ultimo) < VENTANA

    def _lugar(self, quien: str) -> bytes:
        return hashlib.blake2b(quien.encode("utf-8", "surrogatepass"), key=self._llave, digest_size=2).digest()


def _espera(de_mas: int) -> timedelta:
    """La que toca tras ``de_mas`` fallos por encima de los libres."""
    return SIN_ESPERA if de_mas < 0 else min(PRIMERA * 2 ** min(de_mas, 10), MAXIMA)
