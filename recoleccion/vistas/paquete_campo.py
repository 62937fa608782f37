"""Lo que un teléfono se lleva a un evento: qué hay, qué se pregunta y qué credenciales valen. Nunca nombres."""

from datetime import datetime, timedelta
from typing import Any

from flask import render_template
from sqlite_utils import Database

from formularios import frases
from formularios.catalogos import Opcion
from formularios.dibujo import dibujar
from formularios.ficha import PALABRAS
from formularios.huecos import sin_huecos
from formularios.instrumento import Instrumento
from recoleccion import reglas
from recoleccion.consultas import ajustes, avisos, credenciales, cuentas, directorio, eventos, identidades, instrumentos
from recoleccion.impresos.aviso import FOTOS
from recoleccion.instalacion import Instalacion
from recoleccion.sellado import b64

DIAS_ATRAS, DIAS_ADELANTE = 1, 7


def armar(db: Database, instalacion: Instalacion, ahora: datetime, app: str) -> dict[str, Any]:
    """El paquete del contrato. :raises ErrorJornada: ``sin_aviso``."""
    aviso, clave_oficina = avisos.vigente(db), identidades.punto(db)
    catalogos = instalacion.catalogos
    return {
        "version": 1,
        "epoca": ajustes.leer(db, "epoca"),
        "hora_servidor": ahora.isoformat(),
        "app": app,
        "clave_servidor": b64(instalacion.sello.publica),
        "clave_oficina": clave_oficina,
        "aviso": {campo: aviso[campo] for campo in ("version", "simplificado", "integral", "leido")},
        "catalogos": {
            "sexo": _pares(catalogos.sexo),
            "edad": _pares(catalogos.edad),
            "procedencia": _pares(catalogos.procedencia),
        },
        "fichas": list(PALABRAS),
        "ayuda": [
            {campo: linea[campo] for campo in ("nombre", "servicio", "telefono", "horario")}
            for linea in directorio.ayuda(db)
        ],
        "eventos": [
            _evento(db, evento, ahora, con_llave=clave_oficina is not None) for evento in eventos_cercanos(db, ahora)
        ],
        "credenciales": credenciales.lista_para_telefono(db),
        "promotoras": promotoras(db),
    }


def eventos_cercanos(db: Database, ahora: datetime) -> list[dict[str, Any]]:
    """Los que se lleva un teléfono: de ayer a siete días, sin los cancelados."""
    desde, hasta = ahora - timedelta(days=DIAS_ATRAS), ahora + timedelta(days=DIAS_ADELANTE)
    cercanos = eventos.listar(db, desde=desde.date().isoformat(), hasta=hasta.date().isoformat())
    return [evento for evento in cercanos if evento["estado"] != "cancelado"]


def promotoras(db: Database) -> list[list[str]]:
    """Quiénes pueden registrar: su cuenta y una marca que cambia con su contraseña. Sin nombres."""
    return [[cuenta.id, cuenta.marca] for cuenta in cuentas.de_campo(db)]


def _pares(opciones: tuple[Opcion, ...]) -> list[list[str]]:
    return [[opcion.clave, opcion.etiqueta] for opcion in opciones]


def _evento(db: Database, evento: dict[str, Any], ahora: datetime, *, con_llave: bool) -> dict[str, Any]:
    """Sin la llave de la oficina no hay con qué sellar nombres ni teléfonos: no se piden."""
    campos = ("id", "clave", "titulo", "tipo", "tema", "fecha", "hora_inicio", "hora_fin", "sede")
    return {campo: evento[campo] for campo in campos} | {
        "situacion": reglas.situacion(evento, ahora),
        "pide": {
            "nombre": con_llave and bool(evento["pide_nombre"]),
            "telefono": con_llave and bool(evento["pide_telefono"]),
            "procedencia": bool(evento["pide_procedencia"]),
        },
        "autorizacion_escolar": bool(evento["autorizacion_escolar"]),
        "aviso_fotos": FOTOS if evento["avisa_fotos"] else None,
        "encuestas": [_encuesta(db, encuesta, evento["tema"], ahora) for encuesta in evento["encuestas"]],
    }


def _encuesta(db: Database, encuesta: dict[str, Any], tema: str, ahora: datetime) -> dict[str, Any]:
    """La encuesta ya dibujada: el teléfono no conoce las preguntas, sólo las muestra."""
    instrumento = instrumentos.leer(db, encuesta["instrumento"], encuesta["version"]).para_tema(tema)
    por_pantalla = bool(encuesta.get("por_pantalla"))
    otros = [
        [codigo, frases.nombre(idioma), *_en(instrumento, idioma, ahora, por_pantalla)]
        for codigo, idioma in list(frases.idiomas(instrumento).items())[1:]
    ]
    html, cierre = _en(instrumento, None, ahora, por_pantalla)
    return {
        "instrumento": encuesta["instrumento"],
        "version": encuesta["version"],
        "titulo": instrumento.titulo,
        "minutos": instrumento.minutos,
        "duracion": instrumento.duracion,
        "lleva_ficha": instrumento.lleva_ficha,
        "edad_minima": instrumento.edad_minima,
        "html": html,
        "cierre": cierre,
    } | ({"idiomas": otros} if otros else {})


def _en(instrumento: Instrumento, idioma: str | None, ahora: datetime, por_pantalla: bool) -> tuple[str, str]:
    """Sus preguntas y su cierre, en un idioma."""
    dibujo = dibujar(instrumento, personal=True, por_pantalla=por_pantalla, idioma=idioma, ahora=ahora)
    return (
        render_template("campo/_encuesta.html", dibujo=dibujo),
        render_template("campo/_cierre.html", instrumento=sin_huecos(dibujo.instrumento)),
    )
