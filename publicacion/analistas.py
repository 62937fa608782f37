"""Quién puede consultar con SQL libre: una lista con nombres, huellas de sus contraseñas de acceso y vencimientos.

Vive junto al archivo público (``analistas.json``), porque es lo único que ve el proceso de Datasette. La contraseña de
acceso («token») se muestra una vez al darla de alta; aquí sólo queda su SHA-256: tiene 125 bits de azar y no hay
diccionario que la adivine. Quitar a alguien de la lista la saca en la siguiente petición.
"""

import hashlib
import hmac
import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from .compartida import dejar_leer
from .errores import ErrorPublicacion

ALFABETO = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Base 32 de Crockford: sin I, L, O ni U, que se confunden al leer."""
LETRAS = 25
PREFIJO = "AN"
DIAS = 90
NOMBRE_CUANDO_MAS = 60
_CONFUSAS = str.maketrans("ILO", "110")


@dataclass(frozen=True)
class Analista:
    """``id``: distinto en cada alta: quien regresa no revive sesiones. Fechas ISO; ``vence`` incluida."""

    id: str
    nombre: str
    huella: str
    alta: str
    vence: str

    def vigente(self, hoy: date) -> bool:
        return hoy.isoformat() <= self.vence


def ruta_de(ruta_publica: Path) -> Path:
    return ruta_publica.with_name("analistas.json")


def leer(ruta: Path) -> list[Analista]:
    """La lista entera; vacía si el archivo no está.

    :raises ErrorPublicacion: si el archivo está y no se entiende.
    """
    try:
        return [Analista(**dicho) for dicho in json.loads(ruta.read_text("utf-8"))["analistas"]]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ErrorPublicacion(
            f"No se pudo leer {ruta.name}.", "Bórrelo y vuelva a dar de alta a sus analistas: mientras, nadie entra."
        ) from error


def alta(ruta: Path, nombre: str, *, hoy: date, azar: Random, dias: int = DIAS) -> tuple[str, Analista]:
    """Agrega a ``nombre`` y devuelve su token, que no se guarda en ninguna parte.

    :raises ErrorPublicacion: nombre vacío, muy largo o ya dado de alta; días fuera de 1 a 730.
    """
    nombre = " ".join(nombre.split())
    if not 2 <= len(nombre) <= NOMBRE_CUANDO_MAS or not nombre.isprintable():
        raise ErrorPublicacion("Ese nombre no sirve.", f"Escriba de 2 a {NOMBRE_CUANDO_MAS} letras.")
    if not 1 <= dias <= 730:
        raise ErrorPublicacion("El acceso dura de 1 a 730 días.", "Diga otra cantidad con --dias.")
    lista = leer(ruta)
    if any(a.nombre.casefold() == nombre.casefold() for a in lista):
        raise ErrorPublicacion(f"{nombre} ya está en la lista.", "Déle de baja primero, o use otro nombre.")
    token = PREFIJO + "".join(azar.choice(ALFABETO) for _ in range(LETRAS))
    nueva = Analista(
        id=f"{azar.getrandbits(64):016x}",
        nombre=nombre,
        huella=_huella(token),
        alta=hoy.isoformat(),
        vence=(hoy + timedelta(days=dias)).isoformat(),
    )
    _guardar(ruta, [*lista, nueva])
    return en_grupos(token), nueva


def baja(ruta: Path, nombre: str) -> Analista:
    """La saca de la lista. :raises ErrorPublicacion: si no está."""
    lista = leer(ruta)
    buscado = " ".join(nombre.split()).casefold()
    sale = next((a for a in lista if a.nombre.casefold() == buscado), None)
    if sale is None:
        raise ErrorPublicacion(f"{nombre} no está en la lista.", "Véala con: jornada analista lista")
    _guardar(ruta, [a for a in lista if a != sale])
    return sale


def en_grupos(token: str) -> str:
    """Para dictarlo o escribirlo: AN-XXXXX-XXXXX-…"""
    resto = token[len(PREFIJO) :]
    return "-".join([PREFIJO, *(resto[i : i + 5] for i in range(0, len(resto), 5))])


def normalizar(escrito: str) -> str | None:
    """Lo escrito, sin espacios ni guiones y en mayúsculas; ``None`` si no tiene forma de token."""
    junto = "".join(escrito.split()).replace("-", "").upper()
    if len(junto) != len(PREFIJO) + LETRAS or not junto.startswith(PREFIJO):
        return None
    resto = junto[len(PREFIJO) :].translate(_CONFUSAS)
    return PREFIJO + resto if set(resto) <= set(ALFABETO) else None


class Padron:
    """La lista que consulta el portal: se vuelve a leer cuando el archivo cambia; si está dañado, nadie entra."""

    def __init__(self, ruta: Path, hoy: Callable[[], date]) -> None:
        self._ruta = ruta
        self._hoy = hoy
        self._marca: tuple[int, ...] | None = None
        self._lista: list[Analista] = []

    def por_token(self, escrito: str) -> Analista | None:
        """Se compara con todas, en tiempo constante, esté o no."""
        token = normalizar(escrito)
        huella = _huella(token or "")
        hallada = None
        for analista in self._vigentes():
            if hmac.compare_digest(analista.huella, huella):
                hallada = analista
        return hallada if token else None

    def por_id(self, id: str) -> Analista | None:
        return next((a for a in self._vigentes() if a.id == id), None)

    def _vigentes(self) -> list[Analista]:
        try:
            s = self._ruta.stat()
            marca: tuple[int, ...] | None = (s.st_ino, s.st_size, s.st_mtime_ns)
        except OSError:
            marca = None
        if marca != self._marca:
            self._marca, self._lista = marca, []
            with suppress(ErrorPublicacion):
                self._lista = leer(self._ruta)
        hoy = self._hoy()
        return [a for a in self._lista if a.vigente(hoy)]


def _huella(token: str) -> str:
    return hashlib.sha256(b"jornada/analista/v1\0" + token.encode()).hexdigest()


def _guardar(ruta: Path, lista: list[Analista]) -> None:
    """Entero o nada, legible sólo para quien atiende."""
    temporal = ruta.with_name(ruta.name + ".nuevo")
    temporal.unlink(missing_ok=True)
    descriptor = os.open(temporal, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as archivo:
        json.dump({"version": 1, "analistas": [asdict(a) for a in lista]}, archivo, ensure_ascii=False, indent=1)
        archivo.flush()
        os.fsync(archivo.fileno())
    dejar_leer(temporal, ruta.parent)
    os.replace(temporal, ruta)
