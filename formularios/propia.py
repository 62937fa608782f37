"""La revisión privada que sigue a una encuesta para personas adultas: la hace cada quien y no sale de su pantalla.

Es texto y casillas sin nombre: no hay qué mandar ni qué guardar. Sus palabras son ``textos/propia_CLAVE.txt``: el
título, lo que se dice antes, las cosas por marcar (``-``) y lo que se dice después. Nunca en un teléfono prestado.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from formularios.instrumento import Instrumento

MAYORIA = 18
_CARPETA = Path(__file__).parent / "textos"


@dataclass(frozen=True)
class Propia:
    titulo: str
    antes: tuple[str, ...]
    cosas: tuple[str, ...]
    despues: tuple[str, ...]


def de(instrumento: Instrumento) -> Propia | None:
    """La de ese instrumento, si la tiene y es solo para personas adultas."""
    return _leer(instrumento.clave) if (instrumento.edad_minima or 0) >= MAYORIA else None


@lru_cache(maxsize=64)
def _leer(clave: str) -> Propia | None:
    ruta = _CARPETA / f"propia_{clave}.txt"
    if not ruta.is_file():
        return None
    titulo, *renglones = filter(None, (r.strip() for r in ruta.read_text(encoding="utf-8").splitlines()))
    lugares = [i for i, renglon in enumerate(renglones) if renglon.startswith("- ")]
    primera, ultima = lugares[0], lugares[-1]
    cosas = tuple(renglones[i].removeprefix("- ") for i in lugares)
    return Propia(titulo, tuple(renglones[:primera]), cosas, tuple(renglones[ultima + 1 :]))
