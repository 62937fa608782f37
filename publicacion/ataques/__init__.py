"""Lo que haría quien quiere saber de más, hecho por nosotros sobre el archivo antes de que salga.

:func:`revisar` se llama con cada archivo nuevo, antes de que tome el lugar del anterior: si halla algo, no se publica.
Cada ataque es una función que recibe el archivo y entrega lo que consiguió; en ``tests/ataques`` cada uno atrapa a
una publicación hecha a propósito con la fuga que busca.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from sqlite_utils.utils import sqlite3

from .archivo import acompanantes, encabezado, esquema, sobrantes
from .bytes_crudos import horas_en_bytes, patrones, textos_privados
from .cuentas import cuentas_chicas, forma, grupos_parejos, reglas_que_cuentan
from .entre_publicaciones import cambios
from .hallazgo import Hallazgo
from .lectura import Publicado
from .palabras import horas, llaves_ajenas, resumenes

__all__ = ["ATAQUES", "Hallazgo", "revisar"]

ATAQUES: tuple[Callable[[Publicado], Iterator[Hallazgo]], ...] = (
    acompanantes,
    encabezado,
    esquema,
    sobrantes,
    patrones,
    horas_en_bytes,
    horas,
    llaves_ajenas,
    resumenes,
    cuentas_chicas,
    grupos_parejos,
    forma,
    reglas_que_cuentan,
)
"""Los que sólo necesitan el archivo."""


def revisar(ruta: Path, *, anterior: Path | None = None, textos: Iterable[str] = ()) -> list[Hallazgo]:
    """Todo lo que un ataque consiguió del archivo; vacía si no descubre a nadie. No escribe junto a él.

    :param anterior: la publicación que va a reemplazar; si no existe no se compara.
    :param textos: lo privado que no debe estar (nombres, teléfonos, comentarios, ids); cuentan los de 6 letras o más.
    """
    try:
        with Publicado.abrir(ruta) as publicado:
            hallazgos = [hallazgo for ataque in ATAQUES for hallazgo in ataque(publicado)]
            hallazgos += textos_privados(publicado, textos)
            if anterior is not None and anterior.exists():
                hallazgos += cambios(publicado, anterior)
    except (OSError, sqlite3.DatabaseError) as error:
        que = f"No se pudo leer ({error}). Vuelva a publicar; si se repite, revise el espacio y el disco."
        return [Hallazgo("lectura", ruta.name, que)]
    return hallazgos
