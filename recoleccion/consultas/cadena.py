"""La cadena de la bitácora: la huella de cada renglón lleva dentro la del anterior. Puro; la base no entra aquí.

Cambiar, quitar o mover un renglón deja una huella que ya no sale. Cortar los últimos no rompe ninguna: se nota porque
el último renglón y su huella (la *cabeza*) también se guardan aparte, en ``ajuste``, y se imprimen en papel. Quien
tenga la base entera puede rehacerla toda con sus huellas; ante eso sólo vale el papel.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

CAMPOS = ("id", "cuando", "quien", "accion", "objeto", "detalle")
"""Lo que entra en la huella, en este orden. No cambia: las ya hechas dejarían de salir."""
PRINCIPIO = "0" * 64
"""La huella anterior al primer renglón."""
PERDIDA = "?"
"""La anterior cuando había renglones y la cabeza guardada aparte faltaba: la cadena no se vuelve a unir sola."""
LARGO_CORTO = 12
"""Letras de la cabeza que van en papel: 48 bits."""

_FORMA = "jornada/bitacora/v1"
_escribir = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True)
class Cabeza:
    """El último renglón y su huella."""

    id: int
    huella: str

    @property
    def corta(self) -> str:
        return self.huella[:LARGO_CORTO]

    def __str__(self) -> str:
        return f"{self.id} {self.huella}"

    @classmethod
    def de_texto(cls, texto: str | None) -> "Cabeza | None":
        """La guardada aparte; ``None`` si no hay o no se entiende."""
        id, _, huella = (texto or "").partition(" ")
        return cls(int(id), huella) if id.isascii() and id.isdigit() and huella else None


@dataclass(frozen=True)
class Revision:
    """Lo que se vio al recorrer la cadena."""

    cuantos: int
    rotos: tuple[int, ...]
    """Los renglones cuya huella no sale: ellos o el de antes cambiaron, o falta alguno en medio."""
    falta_el_final: bool
    """La cabeza guardada aparte no es el último renglón, o falta."""
    cabeza: Cabeza | None

    @property
    def completa(self) -> bool:
        return not self.rotos and not self.falta_el_final


def huella(anterior: str, fila: Mapping[str, Any]) -> str:
    """SHA-256 del renglón y de la huella del anterior: una lista de JSON, en UTF-8 y sin espacios."""
    return _huella(anterior, *(fila[campo] for campo in CAMPOS))


def _huella(*partes: Any) -> str:
    return hashlib.sha256(_escribir((_FORMA, *partes)).encode()).hexdigest()


def revisar(filas: Iterable[tuple[Any, ...]], guardada: Cabeza | None) -> Revision:
    """Recorre los renglones en orden.

    :param filas: :data:`CAMPOS` y luego la huella.
    :param guardada: la cabeza que está aparte.
    """
    anterior, cuantos, rotos, ultimo = PRINCIPIO, 0, [], 0
    for *campos, dicha in filas:
        if dicha != _huella(anterior, *campos):
            rotos.append(campos[0])
        anterior, ultimo, cuantos = dicha, campos[0], cuantos + 1
    cabeza = Cabeza(ultimo, anterior) if cuantos else None
    return Revision(cuantos, tuple(rotos), cabeza != guardada, guardada or cabeza)
