"""Los retos de las llaves de acceso: cada uno es de una sesión y para una cosa, sirve una vez y dura cinco minutos.

Un reto no se guarda al darlo, porque entonces cualquiera podría llenar la memoria pidiendo: lleva su hora y la firma de
este proceso. Se recuerdan los que ya sirvieron, mientras no vencen, y de ésos sólo hay los de quien sí entró. La llave
con que se firman nace con el proceso: al reiniciar, ninguno de antes vale.
"""

import hashlib
import hmac
import secrets
import threading
from datetime import datetime, timedelta

DURA = timedelta(minutes=5)
_AZAR, _HORA, _FIRMA = 16, 8, 32


class Retos:
    """Los de un proceso. Varios hilos pueden usarla a la vez."""

    def __init__(self) -> None:
        self._llave = secrets.token_bytes(32)
        self._usados: dict[bytes, float] = {}
        self._candado = threading.Lock()

    def nuevo(self, para: str, de_quien: str, ahora: datetime) -> bytes:
        """``para``: «entrar», «alta»…; ``de_quien``: el número de la sesión que lo pide."""
        cuerpo = secrets.token_bytes(_AZAR) + int(ahora.timestamp()).to_bytes(_HORA, "big")
        return cuerpo + self._firma(cuerpo, para, de_quien)

    def vale(self, reto: bytes, para: str, de_quien: str, ahora: datetime) -> bool:
        """¿Es nuestro, de esta sesión, para esto y sin vencer ni usar? No lo gasta."""
        cuerpo, firma = reto[:-_FIRMA], reto[-_FIRMA:]
        if len(cuerpo) != _AZAR + _HORA or not hmac.compare_digest(firma, self._firma(cuerpo, para, de_quien)):
            return False
        pasaron = ahora.timestamp() - int.from_bytes(cuerpo[_AZAR:], "big")
        with self._candado:
            return -1 <= pasaron < DURA.total_seconds() and reto not in self._usados

    def gastar(self, reto: bytes, ahora: datetime) -> bool:
        """Lo da por usado. ``False`` si otro lo usó antes: de dos iguales a la vez, entra uno."""
        limite = ahora.timestamp() - DURA.total_seconds()
        with self._candado:
            self._usados = {otro: cuando for otro, cuando in self._usados.items() if cuando > limite}
            if reto in self._usados:
                return False
            self._usados[reto] = ahora.timestamp()
            return True

    def _firma(self, cuerpo: bytes, para: str, de_quien: str) -> bytes:
        mensaje = b"\n".join((cuerpo, para.encode(), de_quien.encode()))
        return hmac.new(self._llave, mensaje, hashlib.sha256).digest()
