"""Quién parece estar dos veces en la lista de un evento: mismo nombre o mismo teléfono. Sólo con la llave abierta.

Decirlo lo dice una persona; «es la misma» agrega una anulación y no borra nada. La misma tarjeta leída dos veces ya se
cuenta una (``asistencia_contada``): aquí sólo se dice cuántas fueron.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any, Literal

from sqlite_utils import Database

from formularios.renglones import como_se_compara

from .. import reglas
from ..sellado import Sello
from . import identidades, recepcion
from .conexion import escritura

Motivo = Literal["las_dos", "nombre", "telefono"]
_LARGO_TELEFONO = 10
"""Cifras de un teléfono en México: las que van antes (52, 044) no lo hacen otro."""
_FILAS = (
    "SELECT a.id, a.modo, a.sexo, a.edad, a.procedencia, a.hoja_id, a.credencial_id, c.folio, a.recibido_en,"
    " i.nombre, i.telefono, i.sobre, i.ranura FROM asistencia_contada a"
    " JOIN identidad i ON i.asistencia_id = a.id LEFT JOIN credencial c ON c.id = a.credencial_id"
    " WHERE a.evento_id = ? AND NOT EXISTS (SELECT 1 FROM bloqueo b WHERE b.asistencia_id = a.id)"
    " ORDER BY a.hora_corregida, a.id"
)


@dataclass(frozen=True)
class Grupo:
    """Asistencias que parecen de una misma persona, la que llegó primero al principio.

    ``motivo``: coinciden nombre y teléfono, o sólo el nombre, o sólo el teléfono (que puede ser de una familia).
    """

    motivo: Motivo
    filas: list[dict[str, Any]]

    @property
    def sugerida(self) -> str:
        """La que conviene dejar: con tarjeta antes que sin ella, con más datos antes que con menos."""
        mejor = max(self.filas, key=lambda f: (bool(f["folio"]), bool(f["nombre"]) + bool(f["telefono"])))
        return str(mejor["id"])


def buscar(db: Database, evento_id: str, llave: Sello) -> list[Grupo]:
    """Los grupos del evento, del más firme al menos; cada pareja aparece una vez. Lo bloqueado no se compara."""
    filas = db.execute(_FILAS, [evento_id]).fetchall()
    orden = {fila["id"]: n for n, fila in enumerate(filas)}
    vistas = identidades.mostrar(identidades.con_capa(db, filas), llave)
    vistas = sorted((visto for visto in vistas if visto["identidad"] == "abierta"), key=lambda v: orden[v["id"]])
    grupos = [Grupo("las_dos", juntas) for juntas in _juntar(vistas, _nombre, _telefono)]
    ya = _parejas(grupos)
    for juntas in _juntar(vistas, _nombre):
        if not _parejas([Grupo("nombre", juntas)]) <= ya and not _todas_con_otro_telefono(juntas):
            grupos.append(Grupo("nombre", juntas))
    ya |= _parejas(grupos)
    grupos += [
        Grupo("telefono", juntas)
        for juntas in _juntar(vistas, _telefono)
        if not _parejas([Grupo("telefono", juntas)]) <= ya
    ]
    return grupos


def leidas_de_mas(db: Database, evento_id: str) -> int:
    """Cuántas veces se leyó una tarjeta que ya se había leído en este evento. No se cuentan."""
    fila = db.execute(
        "SELECT (SELECT count(*) FROM asistencia_vigente WHERE evento_id = :e AND credencial_id IS NOT NULL)"
        " - (SELECT count(*) FROM asistencia_contada WHERE evento_id = :e AND credencial_id IS NOT NULL)",
        {"e": evento_id},
    ).fetchone()
    return int(fila[0])


def es_la_misma(
    db: Database,
    evento_id: str,
    *,
    queda: str,
    son: Collection[str],
    sello: Sello,
    ahora: datetime,
    azar: Random,
) -> int:
    """Deja de contar a las demás de ``son``; cuántas. Ninguna, si ``queda`` no está entre las que se cuentan.

    :param sello: el del servidor.
    """
    with escritura(db):
        vigentes = {
            fila["id"] for fila in db.execute("SELECT id FROM asistencia_contada WHERE evento_id = ?", [evento_id])
        }
        if queda not in vigentes:
            return 0
        sobran = sorted((set(son) & vigentes) - {queda})
        for id in sobran:
            anulacion = {
                "v": 1,
                "id": reglas.nuevo_id(azar),
                "tipo": "anulacion",
                "evento": evento_id,
                "hora": None,
                "sesgo_ms": None,
                "datos": {"registro": id},
            }
            recepcion.registrar_en_linea(db, anulacion, sello=sello, ahora=ahora)
    return len(sobran)


def _nombre(visto: Mapping[str, Any]) -> str | None:
    comparado = como_se_compara(visto["nombre"] or "")
    return comparado if len(comparado) > 3 else None


def _telefono(visto: Mapping[str, Any]) -> str | None:
    cifras = "".join(cifra for cifra in visto["telefono"] or "" if cifra.isdigit())
    return cifras[-_LARGO_TELEFONO:] if len(cifras) >= _LARGO_TELEFONO else None


def _juntar(vistas: Sequence[dict[str, Any]], *senas: Any) -> list[list[dict[str, Any]]]:
    """Las que coinciden en todas estas señas, de dos en adelante."""
    por_sena: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for visto in vistas:
        suyas = tuple(sena(visto) for sena in senas)
        if all(suyas):
            por_sena[suyas].append(visto)
    return [juntas for juntas in por_sena.values() if len(juntas) > 1]


def _parejas(grupos: Sequence[Grupo]) -> set[frozenset[str]]:
    return {
        frozenset((una["id"], otra["id"]))
        for grupo in grupos
        for n, una in enumerate(grupo.filas)
        for otra in grupo.filas[n + 1 :]
    }


def _todas_con_otro_telefono(juntas: Sequence[Mapping[str, Any]]) -> bool:
    """Se llaman igual y cada una dio un teléfono distinto: son personas distintas."""
    suyos = [_telefono(visto) for visto in juntas]
    return all(suyos) and len(set(suyos)) == len(suyos)
