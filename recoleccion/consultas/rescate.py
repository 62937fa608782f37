"""Un archivo de rescate entra por la misma puerta que un lote: la misma idempotencia, las mismas firmas, la misma
cuarentena. Entrega lo que un teléfono no pudo mandar, aunque lo suba otra persona o el teléfono ya no exista.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from ..errores import ErrorJornada
from ..fechas import plural
from ..protocolo.registro import VERSION
from ..protocolo.rescate import ArchivoAjeno, ArchivoMasNuevo, Lectura
from ..sellado import Sello
from . import recepcion

MAX_BYTES = 32 * 1_048_576
"""De un archivo: unos veinte mil registros, años de un teléfono."""
_HOLGURA = 10_000
_NO_CONSTA = "no-consta"
_CLASE = {"aceptado": "nuevos", "repetido": "estaban", "conflicto": "en_revision", "retenido": "en_revision"}


@dataclass
class Resumen:
    """Qué pasó con un archivo. ``faltan``: los que dice traer y no llegaron enteros."""

    nuevos: int = 0
    estaban: int = 0
    en_revision: int = 0
    faltan: int = 0
    intacto: bool = True

    def frases(self) -> list[str]:
        """Lo mismo en palabras, una frase por cosa."""
        dichas = [
            plural(self.nuevos, "registro nuevo", "registros nuevos") + ".",
            plural(self.estaban, "que ya estaba", "que ya estaban") + ".",
            plural(self.en_revision, "en revisión", "en revisión") + ".",
        ]
        if self.faltan:
            llegaron = plural(self.faltan, "registro no llegó entero", "registros no llegaron enteros")
            dichas.append(f"El archivo está cortado o dañado: {llegaron}. Pídalo otra vez; lo demás ya se tomó.")
        elif not self.intacto:
            dichas.append("El archivo cambió después de hacerse; cada registro se comprobó por su cuenta.")
        return dichas


def importar(
    db: Database,
    renglones: Iterable[bytes],
    *,
    sello: Sello,
    ahora: datetime,
    avance: Callable[[int, int], None] = lambda _van, _total: None,
) -> Resumen:
    """Toma lo que el archivo traiga entero, lote por lote; repetirlo no cambia nada.

    :param renglones: del archivo, en bytes; un archivo abierto sirve.
    :param avance: se llama tras cada lote con los que van y los que el archivo dice traer.
    :raises ErrorJornada: ``rescate_ajeno``, ``rescate_mas_nuevo`` y los del disco: lo de los lotes anteriores quedó.
    """
    try:
        lectura = Lectura(renglones)
    except ArchivoAjeno as error:
        raise ErrorJornada("rescate_ajeno") from error
    except ArchivoMasNuevo as error:
        raise ErrorJornada("rescate_mas_nuevo") from error
    resumen = Resumen()
    for lote in _lotes(lectura.registros()):
        cuerpo = json.dumps({"version": VERSION, "registros": lote}).encode()
        acuses = recepcion.recibir_lote(db, cuerpo, dispositivo_id=None, sello=sello, ahora=ahora)["acuses"]
        for acuse in acuses:
            clase = _CLASE[acuse["estado"]]
            setattr(resumen, clase, getattr(resumen, clase) + 1)
        avance(lectura.enteros, lectura.total)
    resumen.faltan, resumen.intacto = lectura.faltan, lectura.intacto
    return resumen


def _lotes(registros: Iterable[dict[str, str]]) -> Iterator[list[dict[str, str]]]:
    """De lo que la recepción acepta. Lo que no dice quién lo hizo se aparta: nadie lo manda a su nombre."""
    lote: list[dict[str, str]] = []
    ocupado = _HOLGURA
    for registro in registros:
        autor = registro.get("dispositivo", "")
        registro["dispositivo"] = autor if autor and autor.isascii() else _NO_CONSTA
        mide = len(json.dumps(registro)) + 2
        if lote and (len(lote) >= recepcion.MAX_REGISTROS or ocupado + mide > recepcion.MAX_BYTES):
            yield lote
            lote, ocupado = [], _HOLGURA
        lote.append(registro)
        ocupado += mide
    if lote:
        yield lote
