"""Defectos plantados a propósito: si el simulador no los descubre, no sirve.

Los del teléfono son subclases; los del servidor cambian una función de verdad mientras dura el itinerario.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from recoleccion import reglas
from recoleccion.consultas import conexion, recepcion, respaldo
from recoleccion.sellado import b64

from . import defectos_oficina
from .protocolo import Destino, Dicho
from .servidor import Respuesta, leer_json
from .telefono import EnCola, Pestana, Programa, Telefono

# --- El teléfono ---------------------------------------------------------------------------------------------------


class BorraAntesDelAcuse(Telefono):
    """Quita de la cola lo que está por mandar; si la respuesta no llega, ya no lo tiene (workbox)."""

    def antes_de_mandar(self, lote: list[EnCola]) -> Programa:
        self.almacen.borrar([en for en in lote if en.id in self.almacen.cola])
        yield "anotó el intento"


class CreeCualquier200(Telefono):
    """Un portal cautivo contesta 200 y el teléfono lo toma por acuse."""

    def leer(self, respuesta: Respuesta, lote: list[EnCola]) -> Dicho:
        if respuesta.estado == 200:
            datos = leer_json(respuesta) or {}
            destinos = {en.id: Destino("enviado") for en in lote}
            return Dicho("acuse", False, destinos, datos.get("epoca"), datos.get("hora_servidor"))
        return super().leer(respuesta, lote)


class IdNuevoAlReintentar(Telefono):
    """El id se hace al mandar, así que cada reintento es otro registro."""

    def antes_de_mandar(self, lote: list[EnCola]) -> Programa:
        for n, en in enumerate(lote):
            if en.intentos and en.id in self.testigo.registros:
                lote[n] = self._otro(en)
        yield from super().antes_de_mandar(lote)

    def _otro(self, en: EnCola) -> EnCola:
        id = reglas.nuevo_id(self.testigo.azar)
        registro = self.testigo.registros[en.id]
        sobre = b64(self.testigo.sellar(replace(registro, id=id, contenido=registro.contenido | {"id": id})))
        del self.almacen.cola[en.id]
        self.almacen.guardar(id, sobre, self.firmar(id, sobre))
        return self.almacen.cola[id]


class VuelveASellar(Telefono):
    """Cada reintento sella otra vez: mismo id, otros bytes."""

    def antes_de_mandar(self, lote: list[EnCola]) -> Programa:
        for n, en in enumerate(lote):
            if en.intentos and en.id in self.almacen.cola:
                sobre = b64(self.testigo.sellar(self.testigo.registros[en.id]))
                lote[n] = replace(en, sobre=sobre, firma=self.firmar(en.id, sobre))
                self.almacen.cola[en.id] = lote[n]
        yield from super().antes_de_mandar(lote)


class OlvidaConEl401(Telefono):
    """Ante un 401 cierra la sesión y limpia todo, también la cola."""

    def al_leer(self, pestana: Pestana, dicho: Dicho, lote: list[EnCola]) -> Programa:
        if dicho.motivo == "entrar":
            self.almacen.cola.clear()
            yield "cerró la sesión"
        yield from super().al_leer(pestana, dicho, lote)


class NoVuelveAOfrecer(Telefono):
    """No se fija en la época."""

    def asentar(self, destinos: Mapping[str, Destino], epoca: str | None, hora_servidor: str | None) -> Programa:
        self.almacen.epoca = epoca or self.almacen.epoca
        yield from super().asentar(destinos, epoca, hora_servidor)


class RecuerdaLaEpocaAntesDeOfrecer(Telefono):
    """Dos transacciones: si muere entre ellas, nunca vuelve a ofrecer. Así estaba el teléfono en la 0.1.0."""

    def asentar(self, destinos: Mapping[str, Destino], epoca: str | None, hora_servidor: str | None) -> Programa:
        otra = epoca is not None and self.almacen.epoca is not None and epoca != self.almacen.epoca
        self.almacen.epoca = epoca or self.almacen.epoca
        yield from super().asentar(destinos, epoca, hora_servidor)
        if otra:
            yield "recordó la época"
            self.almacen.volver_a_ofrecer()
            self.otra_epoca = True


class NoVuelveAOfrecerLoApartado(Telefono):
    """Vuelve a ofrecer lo aceptado, pero no lo que estaba en la cuarentena del servidor. También de la 0.1.0."""

    def asentar(self, destinos: Mapping[str, Destino], epoca: str | None, hora_servidor: str | None) -> Programa:
        quietos = {en.id: en for en in self.almacen.los("apartado")}
        yield from super().asentar(destinos, epoca, hora_servidor)
        if self.otra_epoca:
            self.almacen.cambiar(lambda en: quietos.get(en.id, en))

    def por_mandar(self) -> list[list[EnCola]]:
        return [lote for lote in super().por_mandar() if not any(en.estado == "apartado" for en in lote)]


class BorraPorSuReloj(Telefono):
    """Cuenta los treinta días con el reloj del teléfono. También de la 0.1.0."""

    def borrar_viejos(self, hoy: str) -> None:
        super().borrar_viejos(self.hoy())


class TiraAlosSieteDias(Telefono):
    """Lo que no se pudo mandar en siete días se descarta (workbox)."""

    def por_mandar(self) -> list[list[EnCola]]:
        limite = (date.fromisoformat(self.hoy()) - timedelta(days=7)).isoformat()
        capturado = self.testigo.capturado_el
        self.almacen.borrar([en for en in self.almacen.los("guardado") if capturado.get(en.id, "9") < limite])
        return super().por_mandar()


class TiraElQueNoPasa(Telefono):
    """Un 413 con un registro solo: lo descarta en vez de apartarlo."""

    def al_leer(self, pestana: Pestana, dicho: Dicho, lote: list[EnCola]) -> Programa:
        if dicho.motivo in ("muy_grande", "no_es_lote") and not dicho.partir:
            self.almacen.borrar([en for en in lote if en.id in self.almacen.cola])
            yield "lo descartó"
        yield from super().al_leer(pestana, dicho, lote)


class GuardaEnMemoria(Telefono):
    """Dice «Guardado» y escribe después."""

    def guardar(self, registro: Any, sobre: str) -> Programa:
        if registro.id not in self.almacen.cola:
            self.testigo.capturado(self, registro, sobre)
            yield f"dice «Guardado» de {registro.nombre}"
            self.almacen.guardar(registro.id, sobre, self.firmar(registro.id, sobre))


class ElSegundoToqueEncima(Telefono):
    """El segundo toque en «Guardar» escribe encima del primero, aunque ya se haya enviado."""

    def guardar(self, registro: Any, sobre: str) -> Programa:
        if self.almacen.cola.pop(registro.id, None) is not None:
            self.almacen.guardar(registro.id, sobre, self.firmar(registro.id, sobre))
        yield from super().guardar(registro, sobre)


# --- El servidor ---------------------------------------------------------------------------------------------------


class _Desandar(Exception):
    """Para deshacer la transacción y quedarse con el acuse."""


def acusa_antes_de_confirmar(recibir: Callable[..., Any]) -> Callable[..., Any]:
    """Contesta primero y guarda con el lote que sigue."""
    despues: list[tuple[Any, ...]] = []

    def recibir_lote(db: Any, cuerpo: bytes, **opciones: Any) -> dict[str, Any]:
        while despues:
            viejo, con = despues.pop()
            recibir(db, viejo, **con)
        despues.append((cuerpo, opciones))
        return _sin_guardar(recibir, db, cuerpo, opciones)

    return recibir_lote


def tira_el_lote_por_uno_malo(recibir: Callable[..., Any]) -> Callable[..., Any]:
    """Si uno se retiene, deshace la transacción entera, y de todos modos la acusa."""

    def recibir_lote(db: Any, cuerpo: bytes, **opciones: Any) -> dict[str, Any]:
        acuse = _sin_guardar(recibir, db, cuerpo, opciones)
        if any(a["estado"] == "retenido" for a in acuse["acuses"]):
            return acuse
        return dict(recibir(db, cuerpo, **opciones))

    return recibir_lote


def _sin_guardar(recibir: Callable[..., Any], db: Any, cuerpo: bytes, opciones: dict[str, Any]) -> dict[str, Any]:
    acuse: dict[str, Any] = {}
    try:
        with conexion.escritura(db):
            acuse = recibir(db, cuerpo, **opciones)
            raise _Desandar
    except _Desandar:
        return acuse


def guarda_menos_de_lo_que_acusa(recibir: Callable[..., Any]) -> Callable[..., Any]:
    """Acusa el lote entero y guarda todos menos el último."""

    def recibir_lote(db: Any, cuerpo: bytes, **opciones: Any) -> dict[str, Any]:
        lote = json.loads(cuerpo)
        if not isinstance(lote, dict) or len(lote.get("registros", [])) < 2:
            return dict(recibir(db, cuerpo, **opciones))
        acuse = _sin_guardar(recibir, db, cuerpo, opciones)
        recibir(db, json.dumps({**lote, "registros": lote["registros"][:-1]}).encode(), **opciones)
        return acuse

    return recibir_lote


def _y_luego(descomponer: Callable[[Any, dict[str, str], dict[str, Any]], None]) -> Callable[..., Any]:
    """Guarda bien y, en la misma transacción, lo descompone. ``estados``: id -> estado del acuse."""

    def plantar(recibir: Callable[..., Any]) -> Callable[..., Any]:
        def recibir_lote(db: Any, cuerpo: bytes, **opciones: Any) -> dict[str, Any]:
            with conexion.escritura(db):
                acuse: dict[str, Any] = recibir(db, cuerpo, **opciones)
                descomponer(db, {a["id"]: a["estado"] for a in acuse["acuses"]}, acuse)
            return acuse

        return recibir_lote

    return plantar


def ignora_la_huella(db: Any, _estados: dict[str, str], acuse: dict[str, Any]) -> None:
    """Con el mismo id le basta: lo otro que diga se pierde."""
    db.execute("DELETE FROM cuarentena WHERE codigo = 'otro_contenido'")
    for dicho in acuse["acuses"]:
        if dicho["estado"] == "conflicto":
            dicho["estado"] = "repetido"


def _contestaciones(db: Any, estados: dict[str, str]) -> list[str]:
    """Los aceptados que no quedaron en otra tabla."""
    en_otra = "SELECT 1 FROM asistencia WHERE id = :id UNION SELECT 1 FROM anulacion WHERE id = :id"
    return [id for id, e in estados.items() if e == "aceptado" and not db.execute(en_otra, {"id": id}).fetchone()]


def no_recuerda_las_contestaciones(db: Any, estados: dict[str, str], _acuse: dict[str, Any]) -> None:
    """Por cuidar el anonimato no guarda el id: el reintento cuenta doble."""
    for id in _contestaciones(db, estados):
        db.execute("DELETE FROM recibido WHERE id = ?", [id])


def anota_quien_contesto(db: Any, estados: dict[str, str], _acuse: dict[str, Any]) -> None:
    """Deja en la bitácora el id de cada contestación."""
    for id in _contestaciones(db, estados):
        db.execute("INSERT INTO bitacora (cuando, quien, accion, objeto) VALUES ('', 'T', 'contesto', ?)", [id])


def la_anulacion_llega_tarde(db: Any, _estados: dict[str, str], _acuse: dict[str, Any]) -> None:
    """Sólo anula lo que ya está; si la anulación llega antes, no hace nada."""
    db.execute("DELETE FROM anulacion WHERE registro_id NOT IN (SELECT id FROM asistencia)")


def una_sola_en_cuarentena(db: Any, _estados: dict[str, str], _acuse: dict[str, Any]) -> None:
    """La cuarentena guarda la última versión de cada id y olvida las demás."""
    db.execute("DELETE FROM cuarentena WHERE rowid NOT IN (SELECT max(rowid) FROM cuarentena GROUP BY registro_id)")


def el_evento_cerrado_no_recibe(db: Any, estados: dict[str, str], _acuse: dict[str, Any]) -> None:
    """Acusa lo pendiente de un evento cerrado, y no lo guarda."""
    cerrado = "SELECT a.id FROM asistencia a JOIN evento e ON e.id = a.evento_id WHERE e.estado = 'cerrado'"
    for (id,) in db.execute(cerrado).fetchall():
        if estados.get(id) == "aceptado":
            db.execute("DELETE FROM identidad WHERE asistencia_id = ?", [id])
            db.execute("DELETE FROM asistencia WHERE id = ?", [id])


def misma_epoca_al_restaurar(_original: Callable[..., Any]) -> Callable[..., Any]:
    """Restaura y no avisa: nadie vuelve a ofrecer lo que el respaldo no traía."""
    return lambda _db, _azar: ""


TELEFONO: dict[str, type[Telefono]] = {
    "borra_antes_del_acuse": BorraAntesDelAcuse,
    "cree_cualquier_200": CreeCualquier200,
    "id_nuevo_al_reintentar": IdNuevoAlReintentar,
    "vuelve_a_sellar": VuelveASellar,
    "olvida_con_el_401": OlvidaConEl401,
    "no_vuelve_a_ofrecer": NoVuelveAOfrecer,
    "epoca_antes_de_ofrecer": RecuerdaLaEpocaAntesDeOfrecer,
    "no_vuelve_a_ofrecer_lo_apartado": NoVuelveAOfrecerLoApartado,
    "borra_por_su_reloj": BorraPorSuReloj,
    "tira_a_los_siete_dias": TiraAlosSieteDias,
    "tira_el_que_no_pasa": TiraElQueNoPasa,
    "guarda_en_memoria": GuardaEnMemoria,
    "el_segundo_toque_encima": ElSegundoToqueEncima,
    **defectos_oficina.TELEFONO,
}
SERVIDOR: dict[str, tuple[Any, str, Callable[[Callable[..., Any]], Callable[..., Any]]]] = {
    "acusa_antes_de_confirmar": (recepcion, "recibir_lote", acusa_antes_de_confirmar),
    "tira_el_lote_por_uno_malo": (recepcion, "recibir_lote", tira_el_lote_por_uno_malo),
    "guarda_menos_de_lo_que_acusa": (recepcion, "recibir_lote", guarda_menos_de_lo_que_acusa),
    "ignora_la_huella": (recepcion, "recibir_lote", _y_luego(ignora_la_huella)),
    "no_recuerda_las_contestaciones": (recepcion, "recibir_lote", _y_luego(no_recuerda_las_contestaciones)),
    "anota_quien_contesto": (recepcion, "recibir_lote", _y_luego(anota_quien_contesto)),
    "la_anulacion_llega_tarde": (recepcion, "recibir_lote", _y_luego(la_anulacion_llega_tarde)),
    "una_sola_en_cuarentena": (recepcion, "recibir_lote", _y_luego(una_sola_en_cuarentena)),
    "el_evento_cerrado_no_recibe": (recepcion, "recibir_lote", _y_luego(el_evento_cerrado_no_recibe)),
    "misma_epoca_al_restaurar": (respaldo, "nueva_epoca", misma_epoca_al_restaurar),
    **defectos_oficina.SERVIDOR,
}
PLANTADOS = (*TELEFONO, *SERVIDOR)


@contextmanager
def plantado(nombre: str | None) -> Iterator[type[Telefono]]:
    """La clase de teléfono que toca; mientras dura, el servidor tiene el defecto, si es de él."""
    if nombre not in SERVIDOR:
        yield TELEFONO[nombre] if nombre else Telefono
        return
    donde, que, plantar = SERVIDOR[nombre]
    original = getattr(donde, que)
    setattr(donde, que, plantar(original))
    try:
        yield Telefono
    finally:
        setattr(donde, que, original)
