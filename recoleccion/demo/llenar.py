"""Llena un evento por donde entraría de verdad: la página del asistente y los lotes de dos teléfonos."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlite_utils import Database

from formularios.ficha import PALABRAS
from formularios.instrumento import Instrumento

from .. import reglas
from ..consultas import avisos, identidades, recepcion
from ..consultas.conexion import escritura
from ..sellado import INFO_REGISTRO, Sello, b64
from .calendario import Plan
from .encuestas import encuestas
from .gente import Persona, contestar, persona

POR_LOTE = 200
_CONTESTA = {"antes": 0.86, "despues": 0.80, "satisfaccion": 0.74, "reconocer": 0.62, "cuidados": 0.78}


@dataclass
class Oficina:
    """Con qué cuenta la oficina inventada: su base, su llave, sus teléfonos y quienes llevan credencial."""

    db: Database
    sello: Sello
    azar: Random
    telefonos: list[str]
    con_credencial: list[Persona] = field(default_factory=list)
    nombres: set[str] = field(default_factory=set)


def llenar(oficina: Oficina, evento_id: str, plan: Plan, inicio: datetime, envio: datetime) -> None:
    """Registra a quienes fueron y echa sus respuestas en la urna, todo en una transacción.

    :param inicio: alrededor de cuándo llega la gente.
    :param envio: cuándo mandan los teléfonos lo suyo.
    """
    azar = oficina.azar
    en_linea: list[tuple[datetime, dict[str, Any]]] = []
    por_telefono: list[list[dict[str, Any]]] = [[] for _ in oficina.telefonos]
    aviso = avisos.vigente(oficina.db)["version"]
    for hora, tipo, datos in _hechos(oficina, plan, inicio, aviso):
        registro = {"v": 1, "id": reglas.nuevo_id(azar), "tipo": tipo, "evento": evento_id}
        if tipo == "contestacion":
            registro |= {"hora": None, "sesgo_ms": None, "datos": datos}
        else:
            registro |= {"hora": hora.isoformat(), "sesgo_ms": azar.randrange(-4000, 4000), "datos": datos}
        if datos.get("modo") in ("telefono", "otra_persona") or (tipo == "contestacion" and azar.random() < 0.55):
            en_linea.append((hora, registro))
        else:
            azar.choice(por_telefono).append(registro)
    with escritura(oficina.db):
        for hora, registro in en_linea:
            recepcion.registrar_en_linea(oficina.db, registro, sello=oficina.sello, ahora=hora)
        for dispositivo_id, registros in zip(oficina.telefonos, por_telefono, strict=True):
            for desde in range(0, len(registros), POR_LOTE):
                _enviar(oficina, dispositivo_id, registros[desde : desde + POR_LOTE], envio)


def _enviar(oficina: Oficina, dispositivo_id: str, registros: list[dict[str, Any]], ahora: datetime) -> None:
    """Un lote tal como lo manda el teléfono: cada registro en su sobre."""
    llave = identidades.llave_publica(oficina.db)
    cerrados = [identidades.sellar_registro(llave, registro, registro["id"]) for registro in registros]
    sobres = [
        {"id": r["id"], "sobre": b64(oficina.sello.sellar(json.dumps(r).encode(), INFO_REGISTRO))} for r in cerrados
    ]
    lote = {
        "version": 1,
        "epoca": None,
        "enviado_en": ahora.isoformat(timespec="milliseconds"),
        "pendientes": 0,
        "app": "demo",
        "almacen": {"persiste": True, "usado": 4},
        "registros": sobres,
    }
    acuse = recepcion.recibir_lote(
        oficina.db, json.dumps(lote).encode(), dispositivo_id=dispositivo_id, sello=oficina.sello, ahora=ahora
    )
    malos = [a for a in acuse["acuses"] if a["estado"] != "aceptado"]
    if malos:
        raise AssertionError(f"la demostración hizo un registro que no se acepta: {malos[0]}")


def _hechos(
    oficina: Oficina, plan: Plan, inicio: datetime, aviso: int
) -> Iterator[tuple[datetime, str, dict[str, Any]]]:
    """Cada persona que llega y lo que contesta: (hora, tipo de registro, datos)."""
    azar, molde = oficina.azar, plan.molde
    fichas = _fichas(azar, plan.gente)
    instrumentos = [encuestas()[clave].para_tema(molde.tema) for clave in molde.encuestas]
    for quien, ficha in zip(_asistentes(oficina, plan), fichas, strict=True):
        hora = inicio + timedelta(minutes=azar.randrange(-15, 25), seconds=azar.randrange(60))
        modo = _modo(azar, plan, quien)
        if modo == "conteo":
            yield hora, "conteo", {"sexo": quien.sexo, "edad": quien.edad, "personas": 1, "aviso": aviso}
        else:
            yield hora, "asistencia", _asistencia(oficina, plan, quien, modo, aviso)
        if modo != "conteo" or molde.publico == "calle":
            for instrumento in instrumentos:
                yield from _contestacion(azar, plan, quien, instrumento, ficha, inicio)


def _asistentes(oficina: Oficina, plan: Plan) -> Iterator[Persona]:
    """En pláticas, talleres y cursos vuelven algunas de las que llevan credencial; las demás son nuevas."""
    azar, molde = oficina.azar, plan.molde
    repiten = []
    if molde.publico in ("vecinas", "curso"):
        # A los cursos van casi siempre las mismas.
        grupo = oficina.con_credencial[:12] if molde.publico == "curso" else oficina.con_credencial
        menos, mas = (7, 11) if molde.publico == "curso" else (2, 9)
        repiten = azar.sample(grupo, min(len(grupo), azar.randint(menos, mas)))
    yield from repiten
    for _ in range(plan.gente - len(repiten)):
        yield persona(azar, molde.publico, plan.zona)


def _modo(azar: Random, plan: Plan, quien: Persona) -> str:
    escuela = plan.molde.publico == "escuela"
    if quien.token:
        return "credencial"
    if quien.edad == "0-11" or (quien.menor and not escuela):
        return "conteo"
    if plan.molde.publico == "calle":
        return "conteo" if azar.random() < 0.8 else "telefono"
    return azar.choices(("telefono", "promotora", "otra_persona", "conteo"), (50, 34, 9, 7))[0]


def _asistencia(oficina: Oficina, plan: Plan, quien: Persona, modo: str, aviso: int) -> dict[str, Any]:
    azar, molde = oficina.azar, plan.molde
    da_nombre = molde.pide_nombre and not quien.menor and modo != "credencial" and azar.random() < 0.66
    da_telefono = da_nombre and molde.pide_telefono and azar.random() < 0.7
    if da_nombre:
        oficina.nombres.add(quien.nombre)
    return {
        "modo": modo,
        "sexo": quien.sexo,
        "edad": quien.edad,
        "procedencia": quien.procedencia,
        "aviso": aviso,
        "nombre": quien.nombre if da_nombre else None,
        "telefono": quien.telefono if da_telefono else None,
        "credencial": quien.token,
    }


def _contestacion(
    azar: Random, plan: Plan, quien: Persona, instrumento: Instrumento, ficha: str, inicio: datetime
) -> Iterator[tuple[datetime, str, dict[str, Any]]]:
    permitida = reglas.puede_contestar(instrumento.edad_minima, quien.edad, plan.molde.publico == "escuela")
    if not permitida or azar.random() > _CONTESTA[instrumento.clave]:
        return
    lleva = ficha if instrumento.lleva_ficha and ficha[-1] != "7" else None  # una de cada diez perdió su ficha
    datos = {
        "instrumento": instrumento.clave,
        "version": instrumento.version,
        "ficha": lleva,
        "respuestas": contestar(azar, instrumento, quien, lleva),
    }
    yield inicio + timedelta(minutes=5 if instrumento.clave == "antes" else 100), "contestacion", datos


def _fichas(azar: Random, cuantas: int) -> list[str]:
    """Del montón: ninguna se repite en el evento."""
    monton = [f"{palabra}-{numero:02d}" for palabra in PALABRAS for numero in range(10, 100)]
    return azar.sample(monton, cuantas)
