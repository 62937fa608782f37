"""Las listas de papel que se pasan al sistema: cada hoja con su id, que nace con la página donde se teclea.

Un renglón es una asistencia como cualquier otra, con el modo «promotora» y su hoja; entra por :mod:`.recepcion`, así
que mandarlo dos veces es una sola persona.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlite_utils import Database

from formularios.renglones import Conocidos, como_se_compara

from .. import reglas
from ..errores import ErrorJornada
from ..sellado import Sello
from . import avisos, credenciales, hojas_a_medias, identidades, memoria, recepcion
from .conexion import escritura

Origen = Literal["papel", "archivo"]
ORIGENES: tuple[Origen, ...] = ("papel", "archivo")


@dataclass(frozen=True)
class PorGuardar:
    """Un renglón listo: con el nombre a la vista, o con su sobre ``identidad`` si viene de un borrador cerrado."""

    id: str
    sexo: str
    edad: str
    procedencia: str
    nombre: str | None = None
    telefono: str | None = None
    folio: str | None = None
    identidad: str | None = None


@dataclass(frozen=True)
class Resultado:
    """Cuántas personas entraron ahora, cuántas ya estaban (el mismo envío otra vez) y cuántas se apartaron."""

    nuevas: int
    estaban: int
    apartadas: int


def guardar(
    db: Database,
    renglones: Sequence[PorGuardar],
    *,
    hoja_id: str,
    evento_id: str,
    origen: Origen,
    sello: Sello,
    ahora: datetime,
    quien: str,
) -> Resultado:
    """Guarda la hoja entera, o nada. Otra vez la misma no agrega a nadie; con renglones nuevos, entran esos.

    :param renglones: los de la hoja, en cualquier orden.
    :raises ErrorJornada: ``hoja_ajena`` si esa hoja es de otro evento; ``sin_aviso``; los del disco.
    """
    with escritura(db):
        hoja = _exigir_de(db, hoja_id, evento_id)
        aviso = avisos.vigente(db)["version"]
        if hoja is None and renglones:
            db.execute(
                "INSERT INTO hoja_papel (id, evento_id, origen, pasada_en, pasada_por) VALUES (?, ?, ?, ?, ?)",
                [hoja_id, evento_id, origen, ahora.isoformat(), quien],
            )
        ya = memoria.huellas(db, [renglon.id for renglon in renglones if renglon.identidad == CERRADO])
        nuevos = [_registro(renglon, evento_id, aviso) for renglon in renglones if renglon.id not in ya]
        veredictos = recepcion.tomar_juntos(db, nuevos, sello=sello, ahora=ahora, hoja_id=hoja_id) if nuevos else []
        hojas_a_medias.olvidar(db, hoja_id)
    estados = [veredicto.estado for veredicto in veredictos] + ["repetido"] * len(ya)
    nuevas, estaban = estados.count("aceptado"), estados.count("repetido")
    return Resultado(nuevas, estaban, len(estados) - nuevas - estaban)


CERRADO = "cerrado"
"""En ``PorGuardar.identidad``: el nombre estaba en un borrador que ya no existe; sólo vale si el renglón ya entró."""


def _registro(renglon: PorGuardar, evento_id: str, aviso: int) -> dict[str, Any]:
    """Sin hora: la de quien firmó el papel no se sabe."""
    return {
        "v": 1,
        "id": renglon.id,
        "tipo": "asistencia",
        "evento": evento_id,
        "hora": None,
        "sesgo_ms": None,
        "datos": {
            "modo": "promotora",
            "sexo": renglon.sexo,
            "edad": renglon.edad,
            "procedencia": renglon.procedencia,
            "aviso": aviso,
            "nombre": renglon.nombre,
            "telefono": renglon.telefono,
            "identidad": None if renglon.identidad == CERRADO else renglon.identidad,
            "credencial": renglon.folio,
        },
    }


def quitar(db: Database, hoja_id: str, renglon_id: str, *, id: str, sello: Sello, ahora: datetime) -> bool:
    """Anula un renglón de la hoja, con otro registro (``id``). ``False`` si no es de ella o ya estaba anulado."""
    with escritura(db):
        fila = db.execute(
            "SELECT evento_id FROM asistencia_vigente WHERE id = ? AND hoja_id = ?", [renglon_id, hoja_id]
        ).fetchone()
        if fila is None:
            return False
        registro = {"v": 1, "id": id, "tipo": "anulacion", "evento": fila["evento_id"], "hora": None, "sesgo_ms": None}
        recepcion.registrar_en_linea(db, registro | {"datos": {"registro": renglon_id}}, sello=sello, ahora=ahora)
    return True


def quitar_todos(db: Database, hoja_id: str, *, sello: Sello, ahora: datetime, azar: random.Random) -> int:
    """Anula los renglones que se cuentan de la hoja (se pasó en otro evento, o dos veces); cuántos eran."""
    with escritura(db):
        filas = renglones(db, hoja_id)
        for fila in filas:
            quitar(db, hoja_id, fila["id"], id=reglas.nuevo_id(azar), sello=sello, ahora=ahora)
    return len(filas)


def poner_foto(db: Database, hoja_id: str, evidencia_id: str) -> None:
    """La foto de la hoja. La anterior, si la había, sigue entre las evidencias del evento."""
    with escritura(db):
        db.execute("UPDATE hoja_papel SET evidencia_id = ? WHERE id = ?", [evidencia_id, hoja_id])


def leer(db: Database, hoja_id: str) -> dict[str, Any] | None:
    """La hoja: ``evento_id``, ``origen``, ``evidencia_id``, ``pasada_en``, ``pasada_por``."""
    fila = db.execute(f"{_HOJA} WHERE h.id = ?", [hoja_id]).fetchone()
    return dict(fila) if fila else None


def listar(db: Database, evento_id: str) -> list[dict[str, Any]]:
    """Las hojas de un evento, la última primero, con ``personas``: las que se cuentan de ella."""
    filas = db.execute(f"{_HOJA} WHERE h.evento_id = ? ORDER BY h.pasada_en DESC, h.id", [evento_id])
    return [dict(fila) for fila in filas]


_HOJA = (
    "SELECT h.id, h.evento_id, h.origen, h.evidencia_id, h.pasada_en, h.pasada_por,"
    " (SELECT count(*) FROM asistencia_vigente a WHERE a.hoja_id = h.id) AS personas FROM hoja_papel h"
)


def renglones(db: Database, hoja_id: str) -> list[dict[str, Any]]:
    """Los renglones vigentes de una hoja, para :func:`.identidades.mostrar`. Sin orden: el del papel no se guarda."""
    filas = db.execute(
        "SELECT a.id, a.sexo, a.edad, a.procedencia, c.folio, i.nombre, i.telefono, i.sobre, i.ranura"
        " FROM asistencia_vigente a LEFT JOIN identidad i ON i.asistencia_id = a.id"
        " LEFT JOIN credencial c ON c.id = a.credencial_id WHERE a.hoja_id = ? ORDER BY a.id",
        [hoja_id],
    )
    return identidades.con_capa(db, filas)


def conocidos(db: Database, evento_id: str, ids: Sequence[str], llave: Sello | None) -> Conocidos:
    """Con quiénes comparar una hoja: los ya registrados en el evento que no son estos mismos renglones.

    :param ids: los de la hoja, que pueden haber entrado ya. :param llave: la de la oficina, abierta; sin ella sólo se
        comparan folios.
    """
    suyos = frozenset(ids)
    filas = db.execute(
        "SELECT a.id, c.folio, i.nombre, i.telefono, i.sobre, i.ranura FROM asistencia_vigente a"
        " LEFT JOIN identidad i ON i.asistencia_id = a.id LEFT JOIN credencial c ON c.id = a.credencial_id"
        " WHERE a.evento_id = ? AND (c.id IS NOT NULL OR i.asistencia_id IS NOT NULL)",
        [evento_id],
    ).fetchall()
    ajenos = identidades.con_capa(db, [fila for fila in filas if fila["id"] not in suyos])
    vistos = identidades.mostrar(ajenos, llave)
    return Conocidos(
        folios={visto["folio"] for visto in vistos if visto["folio"]},
        telefonos={visto["telefono"] for visto in vistos if visto["telefono"]},
        nombres={como_se_compara(visto["nombre"]) for visto in vistos if visto["nombre"]},
    )


def ya_entraron(db: Database, ids: Sequence[str]) -> frozenset[str]:
    """De estos renglones, los que ya se guardaron."""
    return frozenset(memoria.huellas(db, ids))


def folios_ajenos(db: Database, folios: Sequence[str]) -> set[str]:
    """De estos folios, los que ninguna tarjeta de la oficina tiene."""
    return {folio for folio in folios if credenciales.por_folio(db, folio) is None}


def _exigir_de(db: Database, hoja_id: str, evento_id: str) -> Mapping[str, Any] | None:
    """La hoja, si ya se guardó. :raises ErrorJornada: ``hoja_ajena``."""
    hoja = leer(db, hoja_id)
    if hoja is not None and hoja["evento_id"] != evento_id:
        raise ErrorJornada("hoja_ajena")
    return hoja


def id_de_hoja(texto: object) -> str | None:
    """El id, si tiene forma de serlo."""
    return str(texto) if reglas.id_valido(texto) else None
