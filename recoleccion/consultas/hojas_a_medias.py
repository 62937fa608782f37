"""Lo que se va tecleando de una hoja de papel: no se pierde si la página se recarga o la computadora se apaga.

Los nombres quedan sellados para la llave de la oficina desde el borrador, cada uno en el sobre que llevará su
asistencia: sin la llave nadie los lee, y con ella cerrada la hoja se puede guardar igual. De la edad queda el grupo.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from sqlite_utils import Database

from formularios.renglones import Crudo, Renglon

from .. import reglas
from ..sellado import Sello, SobreIlegible, abrir_identidad, b64, de_b64, resellar_identidad, sellar_identidad
from . import identidades, ranuras
from .conexion import escritura

_SELLADOS = ("identidad", "raros")
_CUBIERTO = "c:"
DURA = timedelta(days=30)
"""Un borrador que nadie tocó en este tiempo se borra."""


def guardar(
    db: Database,
    renglones: Sequence[Renglon],
    *,
    hoja_id: str,
    evento_id: str,
    origen: str,
    pagina: str,
    ahora: datetime,
    quien: str,
) -> bool:
    """Deja el borrador como está en la página. ``False``: otra página de esa hoja ya lo está escribiendo.

    Lo que un renglón traía cerrado de un borrador anterior se conserva. Una hoja ya guardada no deja borrador.

    :param pagina: con qué se reconoce a quien escribe; la página que lo abre después lo toma (:func:`tomar`).
    """
    barrer(db, ahora)
    with escritura(db):
        if db.execute("SELECT 1 FROM hoja_papel WHERE id = ?", [hoja_id]).fetchone():
            return True
        actual = _leer(db, hoja_id)
        if actual is not None and actual["pagina"] != pagina:
            return False
        antes = {fila["id"]: fila for fila in json.loads(actual["renglones"])} if actual else {}
        llave = identidades.llave_publica(db)
        filas = [_fila(renglon, llave, antes.get(renglon.crudo.id)) for renglon in renglones]
        capa = ranuras.una(db, actual["ranura"]) if actual else ranuras.nueva(db)
        db.execute(
            "INSERT INTO hoja_borrador (id, evento_id, origen, renglones, pagina, guardado_en, guardado_por, ranura)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET renglones = excluded.renglones,"
            " guardado_en = excluded.guardado_en, guardado_por = excluded.guardado_por",
            [hoja_id, evento_id, origen, _cubiertas(filas, capa), pagina, ahora.isoformat(), quien, capa.ranura],
        )
    return True


def _fila(renglon: Renglon, llave: EllipticCurvePublicKey | None, antes: Mapping[str, Any] | None) -> dict[str, Any]:
    """A la vista sólo lo que ya es una opción: lo que no se entendió puede ser un nombre en otra columna."""
    crudo = renglon.crudo
    fila: dict[str, Any] = {"id": crudo.id, "folio": renglon.folio}
    for campo in ("sexo", "edad", "procedencia"):
        dicho = getattr(crudo, campo).strip() and campo not in renglon.errores
        fila[campo] = getattr(renglon, campo) if dicho else ""
    raros = {campo: getattr(crudo, campo) for campo in renglon.errores}
    if llave is not None and (renglon.nombre or renglon.telefono) and not renglon.menor:
        fila["identidad"] = b64(sellar_identidad(llave, crudo.id, renglon.nombre, renglon.telefono))
    if llave is not None and raros:
        fila["raros"] = b64(sellar_identidad(llave, crudo.id, json.dumps(raros), None))
    if crudo.guardado and antes:
        fila |= {campo: antes[campo] for campo in ("identidad", "raros") if campo in antes and campo not in fila}
        fila["folio"] = renglon.folio or antes["folio"]
    return fila


def leer(db: Database, hoja_id: str, llave: Sello | None) -> tuple[dict[str, Any], list[Crudo]] | None:
    """El borrador y sus renglones como se teclearon; ``None`` si no hay.

    :param llave: la de la oficina, abierta; sin ella los nombres vienen marcados como guardados.
    """
    actual = _leer(db, hoja_id)
    if actual is None:
        return None
    return actual, [_crudo(fila, llave) for fila in json.loads(actual["renglones"])]


def _crudo(fila: Mapping[str, Any], llave: Sello | None) -> Crudo:
    cerrado = "identidad" in fila or "raros" in fila
    crudo = Crudo(fila["id"], fila["folio"] or "", fila["sexo"], fila["edad"], fila["procedencia"], guardado=cerrado)
    if llave is None or not cerrado:
        return crudo
    try:
        nombre, telefono = _abrir(fila, "identidad", llave)
        raros = json.loads(_abrir(fila, "raros", llave)[0] or "{}")
    except (SobreIlegible, ValueError):
        return crudo
    junto = " ".join(filter(None, (nombre, fila["folio"])))
    return replace(crudo, **{"nombre": junto, "telefono": telefono or "", "guardado": False} | raros)


def _abrir(fila: Mapping[str, Any], cual: str, llave: Sello) -> tuple[str | None, str | None]:
    return abrir_identidad(llave, fila["id"], de_b64(fila[cual])) if cual in fila else (None, None)


def sobres(db: Database, hoja_id: str) -> dict[str, Mapping[str, Any]]:
    """De cada renglón con algo cerrado: ``identidad`` (el sobre del nombre) y ``raros`` (lo que no se entendió)."""
    actual = _leer(db, hoja_id)
    filas = json.loads(actual["renglones"]) if actual else []
    return {fila["id"]: fila for fila in filas if any(fila.get(c, _CUBIERTO)[:2] != _CUBIERTO for c in _SELLADOS)}


def resellar(db: Database, vieja: Sello, llave: EllipticCurvePublicKey) -> int:
    """Los nombres de las hojas a medias, sellados para otra llave; cuántos. Lo que no se abre se queda como está."""
    cuantos = 0
    for id in [hoja["id"] for hoja in db.execute("SELECT id FROM hoja_borrador").fetchall()]:
        hoja = _leer(db, id) or {"renglones": "[]", "ranura": None}
        filas = json.loads(hoja["renglones"])
        for fila in filas:
            for cual in _SELLADOS:
                if cual in fila:
                    with suppress(SobreIlegible, ValueError):
                        fila[cual] = b64(resellar_identidad(vieja, llave, fila["id"], de_b64(fila[cual])))
                        cuantos += 1
        cubiertas = _cubiertas(filas, ranuras.una(db, hoja["ranura"]))
        db.execute("UPDATE hoja_borrador SET renglones = ? WHERE id = ?", [cubiertas, id])
    return cuantos


def tomar(db: Database, hoja_id: str, pagina: str) -> None:
    """La página que lo acaba de abrir es la que escribe; la que lo tenía se entera en su siguiente guardado."""
    with escritura(db):
        db.execute("UPDATE hoja_borrador SET pagina = ? WHERE id = ?", [pagina, hoja_id])


def listar(db: Database, evento_id: str) -> list[dict[str, Any]]:
    """Las hojas a medias de un evento, con cuántos ``renglones`` llevan; la última primero."""
    filas: Iterable[Mapping[str, Any]] = db.execute(
        "SELECT id, origen, json_array_length(renglones) AS renglones, guardado_en, guardado_por FROM hoja_borrador"
        " WHERE evento_id = ? ORDER BY guardado_en DESC, id",
        [evento_id],
    )
    return [dict(fila) for fila in filas]


def olvidar(db: Database, hoja_id: str) -> None:
    with escritura(db):
        db.execute("DELETE FROM hoja_borrador WHERE id = ?", [hoja_id])


def _leer(db: Database, hoja_id: str) -> dict[str, Any] | None:
    if not reglas.id_valido(hoja_id):
        return None
    fila = db.execute("SELECT * FROM hoja_borrador WHERE id = ?", [hoja_id]).fetchone()
    if fila is None:
        return None
    return {**dict(fila), "renglones": _descubiertas(fila["renglones"], ranuras.una(db, fila["ranura"]))}


def _cubiertas(filas: Sequence[dict[str, Any]], capa: ranuras.Capa) -> str:
    """El JSON que se guarda, con cada sobre cubierto por la ranura de la hoja."""
    if capa.ranura is None or not capa.sirve:
        return json.dumps(filas)
    return json.dumps([fila | {c: _cubierto(fila, c, capa) for c in _SELLADOS if c in fila} for fila in filas])


def _cubierto(fila: Mapping[str, Any], cual: str, capa: ranuras.Capa) -> str:
    dicho = str(fila[cual])
    return dicho if dicho[:2] == _CUBIERTO else _CUBIERTO + b64(capa.cubrir(fila["id"], de_b64(dicho)))


def _descubiertas(renglones: str, capa: ranuras.Capa) -> str:
    """Al revés. Lo que ahora no se puede (falta el cuaderno) se queda cubierto: no se pierde ni se cubre otra vez."""
    filas = json.loads(renglones)
    for fila in filas:
        for cual in _SELLADOS:
            if fila.get(cual, "")[:2] == _CUBIERTO:
                with suppress(SobreIlegible):
                    fila[cual] = b64(capa.descubrir(fila["id"], de_b64(fila[cual][2:])))
    return json.dumps(filas)


def barrer(db: Database, ahora: datetime) -> None:
    """Borra los que nadie tocó en :data:`DURA`. Sin ninguno, sólo lee: se pide en cada visita a la primera página."""
    filas = db.execute("SELECT id, guardado_en FROM hoja_borrador").fetchall()
    viejos = [fila["id"] for fila in filas if ahora - datetime.fromisoformat(fila["guardado_en"]) > DURA]
    if viejos:
        with escritura(db):
            db.conn.executemany("DELETE FROM hoja_borrador WHERE id = ?", [[id] for id in viejos])
