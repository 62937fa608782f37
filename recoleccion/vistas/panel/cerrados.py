"""Mover a mano algo de un trimestre cerrado: se pide por qué, y queda anotado en cada línea que toca."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import request

from formularios.texto import en_una_linea
from recoleccion.consultas import trimestres
from recoleccion.errores import ErrorJornada

from ..contexto import ahora, bd
from ..sesion import cuenta_segura

MAXIMO = 500
"""Letras de una justificación; las que sobran no caben en su casilla."""


def escrita() -> str:
    """La justificación que trae el formulario, o nada."""
    return en_una_linea(request.form.get("justificacion", ""))[:MAXIMO]


def hace_falta(fechas: Iterable[str]) -> bool:
    """¿Alguna es de un trimestre cerrado?"""
    try:
        trimestres.exigir_justificacion(bd(), fechas, None)
    except ErrorJornada:
        return True
    return False


def exigir(tocados: Iterable[Mapping[str, Any]], que: str, antes: str | None, despues: str | None) -> None:
    """Pide la justificación si algo de lo tocado (``fecha`` y ``lineas``) es de un trimestre cerrado, y la anota.

    Va dentro de la transacción del cambio: sin justificación no queda nada.

    :raises ErrorJornada: ``trimestre_cerrado``.
    """
    tocados = list(tocados)
    trimestres.exigir_justificacion(bd(), [uno["fecha"] for uno in tocados], escrita())
    de_cerrados = {
        (trimestres.de_fecha(uno["fecha"])[0], linea)
        for uno in tocados
        if hace_falta([uno["fecha"]])
        for linea in uno["lineas"] or [""]
    }
    for ejercicio, linea in sorted(de_cerrados):
        trimestres.anotar_cambio(
            bd(),
            ejercicio=ejercicio,
            linea=linea,
            que=que,
            antes=antes,
            despues=despues,
            justificacion=escrita(),
            ahora=ahora(),
            quien=cuenta_segura().usuario,
        )
