"""Preparar una carpeta de datos: todo lo que hace falta antes de registrar a la primera persona."""

import json
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from formularios import catalogos, indicadores, instrumento
from formularios.instrumento import Instrumento

from .consultas import ajustes, avisos, bitacora, conexion, cuentas, directorio, instrumentos, poa
from .fechas import fecha_corta
from .instalacion import Instalacion

TEXTOS = Path(instrumento.__file__).parent / "textos"
EJERCICIO = 2026
"""El programa anual que viene con el sistema."""
ENTIDAD = catalogos.MUNICIPIO[:2]
_SOLO_AQUI = {
    "En una emergencia puedo marcar al 911 y decir «Código Violeta»": (
        "En una emergencia puedo marcar al 911, gratis y desde cualquier teléfono"
    ),
    "Verdadero. En Jalisco, quien contesta en el 911 sabe qué hacer cuando oye «Código Violeta».": (
        "Verdadero. El 911 contesta las 24 horas en todo el país y no cuesta."
    ),
}


def preparar(
    datos: Path,
    *,
    usuario: str,
    contrasena: str,
    ahora: datetime,
    nombre: str | None = None,
    municipio: str = "Valle de Guadalupe, Jalisco",
    oficina: str = "CE-MUJER",
    clave_inegi: str = catalogos.MUNICIPIO,
    host_publico: str = "http://127.0.0.1:8000",
    modo: str = "prueba",
) -> None:
    """Crea en ``datos`` catálogos, llaves, base, aviso, directorio, POA, encuestas y la primera cuenta de titular.

    Se puede repetir: agrega lo que falte y no cambia lo que ya está.

    :param clave_inegi: las cinco cifras del municipio. Con otra que la de los catálogos iniciales, la carpeta empieza
        sin las localidades ni el censo de éste.
    :param host_publico: la dirección que va en los carteles, con ``http://`` o ``https://``.
    :param modo: ``demo``, ``prueba`` o ``produccion``.
    :raises ErrorJornada: ``base_mas_nueva``, ``base_danada``, ``contrasena_corta``, ``usuario_vacio``.
    :raises ErrorCatalogo: si un CSV de la carpeta no se puede usar.
    """
    datos = Path(datos)
    datos.mkdir(parents=True, exist_ok=True)
    lugar = Instalacion(datos)
    catalogos.copiar_iniciales(lugar.carpeta_catalogos, clave_inegi)
    lugar.crear_claves()
    conexion.preparar(lugar.privada)
    with closing(conexion.abrir(lugar.privada)) as db, conexion.escritura(db):
        _ajustes(
            db, municipio=municipio, oficina=oficina, clave_inegi=clave_inegi, host_publico=host_publico, modo=modo
        )
        _aviso(db, municipio=municipio, oficina=oficina, ahora=ahora)
        directorio.sembrar(
            db, [{**linea.extra, "propia": linea.extra["propia"] == "1"} for linea in lugar.catalogos.ayuda]
        )
        carpeta = lugar.carpeta_catalogos
        poa.sembrar(db, EJERCICIO, catalogos.leer_lineas_poa(carpeta, EJERCICIO), indicadores.sugeridos(carpeta))
        for incluido in instrumento.incluidos().values():
            suyo = incluido if clave_inegi.startswith(ENTIDAD) else _de_cualquier_estado(incluido)
            instrumentos.asegurar(db, suyo, ahora)
        if not cuentas.listar(db):
            cuentas.crear(
                db, usuario=usuario, nombre=nombre or usuario, rol="titular", contrasena=contrasena, ahora=ahora
            )
            bitacora.anotar(db, ahora, usuario, "preparar", "instalacion")


def _de_cualquier_estado(incluido: Instrumento) -> Instrumento:
    """La encuesta sin lo que sólo vale aquí: en otro estado el 911 no conoce el «Código Violeta»."""
    modelo = json.dumps(incluido.a_dict(), ensure_ascii=False)
    for aqui, en_todo_el_pais in _SOLO_AQUI.items():
        modelo = modelo.replace(aqui, en_todo_el_pais)
    return Instrumento.de_dict(json.loads(modelo))


def _ajustes(db: Database, **valores: str) -> None:
    for clave, valor in valores.items():
        if ajustes.leer(db, clave) is None:
            ajustes.guardar(db, clave, valor)


def _aviso(db: Database, *, municipio: str, oficina: str, ahora: datetime) -> None:
    """La primera versión, desde los textos iniciales; después la cambia la titular en el panel."""
    if avisos.leer(db, 1) is not None:
        return
    huecos = {"responsable": f"Ayuntamiento de {municipio}", "oficina": oficina, "fecha": fecha_corta(ahora)}
    textos = {
        parte: (TEXTOS / f"aviso_{parte}.txt").read_text(encoding="utf-8").format(**huecos).strip()
        for parte in ("simplificado", "integral", "leido")
    }
    avisos.nuevo(db, **textos, ahora=ahora)
