"""Defectos de la firma, de la cuarentena, del rescate y del segundo sobre, plantados a propósito."""

from collections.abc import Callable, Sequence
from typing import Any

from recoleccion import reglas
from recoleccion.consultas import conexion, cuarentena, firmas, recepcion
from recoleccion.consultas.firmas import Autor

from .telefono import EnCola, Programa, Telefono


class BorraAlEntregar(Telefono):
    """En cuanto enseña sus registros a otro teléfono los da por entregados, aunque el otro no los haya guardado."""

    def entregar(self) -> list[EnCola]:
        entregados = super().entregar()
        self.almacen.cola.clear()
        return entregados


class RescataConIdNuevo(Telefono):
    """Para no chocar, a lo que recibe de otro teléfono le pone un número propio."""

    def recibir(self, entregados: list[EnCola]) -> Programa:
        for en in entregados:
            self.almacen.guardar(reglas.nuevo_id(self.testigo.azar), en.sobre, en.firma, en.de)
            yield "guardó uno de otro teléfono"


class RescataYFirma(Telefono):
    """Firma como propio lo que recibe de otro teléfono: deja de constar quién lo hizo."""

    def recibir(self, entregados: list[EnCola]) -> Programa:
        for en in entregados:
            self.almacen.guardar(en.id, en.sobre, self.firmar(en.id, en.sobre))
            yield "guardó uno de otro teléfono"


def cree_sin_firma(_valida: Callable[..., bool]) -> Callable[..., bool]:
    """No comprueba la firma."""
    return lambda *_: True


def la_firma_es_de_quien_manda(autores: Callable[..., list[Autor]]) -> Callable[..., list[Autor]]:
    """No mira de quién es lo rescatado: lo comprueba con la llave del que lo manda."""

    def sin_mirar(db: Any, registros: Sequence[Any], dispositivo_id: str | None) -> list[Autor]:
        propios = [{c: v for c, v in r.items() if c != "dispositivo"} if isinstance(r, dict) else r for r in registros]
        return autores(db, propios, dispositivo_id)

    return sin_mirar


def acepta_al_dado_de_baja(autores: Callable[..., list[Autor]]) -> Callable[..., list[Autor]]:
    """Con la firma le basta: no mira si el teléfono se dio de baja."""

    def sin_bajas(*partes: Any) -> list[Autor]:
        dichos = autores(*partes)
        return [Autor(a.dispositivo_id, a.objecion if a.objecion == "firma_invalida" else None) for a in dichos]

    return sin_bajas


def olvida_lo_resuelto(conocidos: Callable[..., Any]) -> Callable[..., Any]:
    """No recuerda qué resolvió la titular: el teléfono lo sigue ofreciendo para siempre. Así estaba antes."""
    return lambda db, ids: (conocidos(db, ids)[0], {})


def lo_resuelto_tapa_lo_demas(conocidos: Callable[..., Any]) -> Callable[..., Any]:
    """Da por resuelto cualquier contenido que traiga el número de algo resuelto."""

    class Todo(set[str]):
        def __contains__(self, _huella: object) -> bool:
            return True

    def con_todo(db: Any, ids: Any) -> Any:
        esperan, resueltos = conocidos(db, ids)
        return esperan, {id: Todo(huellas) for id, huellas in resueltos.items()}

    return con_todo


def descartar_borra(resolver: Callable[..., int]) -> Callable[..., int]:
    """Descartar es borrar."""

    def borrar(db: Any, ids: Sequence[str], *partes: Any) -> int:
        cuantos = resolver(db, ids, *partes)
        with conexion.escritura(db):
            for id in ids:
                db.execute("DELETE FROM cuarentena WHERE id = ?", [id])
        return cuantos

    return borrar


def acepta_sin_guardar(reintentar: Callable[..., Any]) -> Callable[..., Any]:
    """La titular acepta, deja de esperar, y no se cuenta."""

    def sin_guardar(db: Any, ids: Sequence[str], **opciones: Any) -> Any:
        with conexion.escritura(db):
            estados = reintentar(db, ids, **opciones)
            for id in ids:
                huella = "SELECT registro_id FROM cuarentena WHERE id = ? AND resuelta_en IS NOT NULL"
                for tabla, columna in (("identidad", "asistencia_id"), ("asistencia", "id"), ("recibido", "id")):
                    db.execute(f"DELETE FROM {tabla} WHERE {columna} IN ({huella})", [id])
            return estados

    return sin_guardar


def pierde_el_segundo_sobre(recibir: Callable[..., Any]) -> Callable[..., Any]:
    """Guarda a la persona y tira el sobre con quién es."""

    def sin_sobre(db: Any, *partes: Any, **opciones: Any) -> Any:
        with conexion.escritura(db):
            acuse = recibir(db, *partes, **opciones)
            db.execute("DELETE FROM identidad WHERE sobre IS NOT NULL")
            return acuse

    return sin_sobre


TELEFONO: dict[str, type[Telefono]] = {
    "borra_al_entregar": BorraAlEntregar,
    "rescata_con_id_nuevo": RescataConIdNuevo,
    "rescata_y_firma": RescataYFirma,
}
SERVIDOR: dict[str, tuple[Any, str, Callable[[Callable[..., Any]], Callable[..., Any]]]] = {
    "cree_sin_firma": (firmas, "firma_valida", cree_sin_firma),
    "la_firma_es_de_quien_manda": (firmas, "autores", la_firma_es_de_quien_manda),
    "acepta_al_dado_de_baja": (firmas, "autores", acepta_al_dado_de_baja),
    "olvida_lo_resuelto": (cuarentena, "conocidos", olvida_lo_resuelto),
    "lo_resuelto_tapa_lo_demas": (cuarentena, "conocidos", lo_resuelto_tapa_lo_demas),
    "descartar_borra": (cuarentena, "resolver", descartar_borra),
    "acepta_sin_guardar": (recepcion, "reintentar", acepta_sin_guardar),
    "pierde_el_segundo_sobre": (recepcion, "recibir_lote", pierde_el_segundo_sobre),
}
