"""¿Consta qué teléfono hizo cada registro? Cualquiera puede sellar un sobre; sólo su teléfono lo puede firmar.

Quien manda no siempre es quien hizo: un registro rescatado dice en ``dispositivo`` de quién es, y se comprueba con la
llave de ése.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from ..sellado import firma_valida
from .dispositivos import Firmante, firmantes


@dataclass(frozen=True)
class Autor:
    """Qué teléfono hizo un registro y, si no se le puede creer, por qué (código de acuse)."""

    dispositivo_id: str | None
    objecion: str | None = None


def autores(db: Database, registros: Sequence[object], dispositivo_id: str | None) -> list[Autor]:
    """El autor de cada elemento de un lote, sean lo que sean.

    :param dispositivo_id: el teléfono que los manda; nulo cuando nadie los manda (pruebas, páginas en línea).
    """
    de_quien = [_dice_ser(registro) or dispositivo_id for registro in registros]
    conocidos = firmantes(db, {id for id in [*de_quien, dispositivo_id] if id is not None})
    quien_manda = conocidos.get(dispositivo_id) if dispositivo_id is not None else None
    revocado = quien_manda is not None and quien_manda.revocado
    return [
        _autor(registro, id, dispositivo_id, conocidos.get(id) if id else None, revocado)
        for registro, id in zip(registros, de_quien, strict=True)
    ]


def _autor(
    registro: object, id: str | None, dispositivo_id: str | None, firmante: Firmante | None, revocado: bool
) -> Autor:
    if id is None:
        return Autor(None)
    if firmante is None or not _firmo(registro, firmante, propio=id == dispositivo_id):
        return Autor(dispositivo_id, "firma_invalida")
    return Autor(id, "dispositivo_revocado" if revocado or firmante.revocado else None)


def _firmo(registro: object, firmante: Firmante, *, propio: bool) -> bool:
    """Un teléfono que entró antes de que hubiera firmas manda lo suyo sin firmar; lo de otro, nunca."""
    if firmante.llave is None:
        return propio
    if not isinstance(registro, Mapping):
        return False
    id, sobre = registro.get("id"), registro.get("sobre")
    if not isinstance(id, str) or not isinstance(sobre, str) or not (id.isascii() and sobre.isascii()):
        return False
    return firma_valida(firmante.llave, id, sobre, registro.get("firma"))


def _dice_ser(registro: object) -> str | None:
    id = registro.get("dispositivo") if isinstance(registro, Mapping) else None
    return id if isinstance(id, str) and id.isascii() else None
