"""Los eventos: buscarlos y ver cada uno."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from recoleccion.consultas import (
    ajustes,
    asistencias,
    cartas,
    cierres,
    directorio,
    eventos,
    evidencias,
    instrumentos,
    llave,
    series,
    tablero,
)
from recoleccion.impresos import qr

from ..contexto import ahora, bd, instalacion
from ..sesion import requiere
from . import bp
from .cerrados import hace_falta
from .comun import anotando, con_situacion, evento_o_404
from .encuestas import resultados
from .vivo import numeros

POR_PAGINA = 25
POR_HACER = ("futuro", "abierto")


@bp.get("/eventos")
@requiere("titular", "promotora")
def lista_eventos() -> ResponseReturnValue:
    filtros = {nombre: request.args.get(nombre, "").strip() for nombre in ("mes", "texto", "linea", "anio", "que")}
    encontrados = _buscar(filtros)
    paginas = max(1, -(-len(encontrados) // POR_PAGINA))
    pagina = min(max(request.args.get("pagina", 1, int), 1), paginas)
    momento = ahora()
    de_la_pagina = encontrados[(pagina - 1) * POR_PAGINA : pagina * POR_PAGINA]
    return render_template(
        "panel/eventos.html",
        eventos=[con_situacion(evento, momento) for evento in de_la_pagina],
        cuantos=len(encontrados),
        pagina=pagina,
        paginas=paginas,
        filtros=filtros,
        argumentos={nombre: valor for nombre, valor in filtros.items() if valor},
        meses=tablero.meses(bd()),
        personas=eventos.personas(bd(), [evento["id"] for evento in de_la_pagina]),
    )


def _buscar(filtros: Mapping[str, str]) -> list[dict[str, Any]]:
    """Los eventos que piden los filtros, el más nuevo primero. Un filtro que no se entiende no encuentra nada."""
    hoy = ahora().date()
    periodo = filtros["mes"] or filtros["anio"]
    # «2026-11~» va después de cualquier día de noviembre en orden de texto.
    desde, hasta = periodo, f"{periodo}~"
    if filtros["que"] == "realizados":
        hasta = min(hasta, hoy.isoformat())
    elif filtros["que"] == "por_venir":
        desde = max(desde, (hoy + timedelta(days=1)).isoformat())
    hallados = eventos.buscar(
        bd(),
        desde,
        hasta,
        filtros["texto"] or None,
        linea=filtros["linea"] or None,
        sin_cancelados=filtros["que"] in ("realizados", "por_venir"),
    )
    return hallados[::-1]


@bp.get("/eventos/<id>")
@requiere("titular", "promotora")
def evento(id: str) -> ResponseReturnValue:
    encontrado = evento_o_404(id)
    host = ajustes.leer(bd(), "host_publico") or request.host_url
    return render_template(
        "panel/evento.html",
        evento=encontrado | {"encuestas": _con_versiones(encontrado)},
        catalogos=instalacion().catalogos,
        con_llave=llave.hay(bd()),
        vivo=numeros(encontrado),
        resultados=resultados(encontrado),
        quienes=asistencias.quienes(bd(), id),
        direccion=f"{qr.sin_esquema(host)}/{encontrado['clave']}",
        serie=_su_serie(encontrado),
        instituciones=_nombres(encontrado["instituciones"]),
        encimados=eventos.encimados(bd(), encontrado) if encontrado["situacion"] in POR_HACER else [],
        carta=cartas.leer(bd(), id),
        cierre=cierres.leer(bd(), id),
        evidencias=evidencias.cuantas(bd(), [id]).get(id, 0),
        pide_razon=hace_falta([encontrado["fecha"]]),
    )


def _su_serie(evento: Mapping[str, Any]) -> dict[str, Any] | None:
    """La serie del evento, con ``lugar`` (qué sesión es), ``cuantas``, y la de ``antes`` y la que ``sigue``.

    Las canceladas no se numeran.
    """
    serie = series.leer(bd(), evento["serie_id"]) if evento["serie_id"] else None
    if serie is None:
        return None
    ids = [otra["id"] for otra in series.sesiones(bd(), serie["id"]) if otra["estado"] != "cancelado"]
    if evento["id"] not in ids:
        return serie | {"lugar": None}
    lugar = ids.index(evento["id"])
    antes, sigue = ids[lugar - 1] if lugar else None, ids[lugar + 1] if lugar + 1 < len(ids) else None
    return serie | {"lugar": lugar + 1, "cuantas": len(ids), "antes": antes, "sigue": sigue}


def _nombres(ids: list[str]) -> list[str]:
    """De instituciones, también de las que ya se retiraron del directorio."""
    return [fila["nombre"] for id in ids if (fila := directorio.leer(bd(), id))]


@bp.post("/eventos/<id>/version-nueva")
@requiere("titular")
def version_nueva(id: str) -> ResponseReturnValue:
    """La encuesta ``encuesta`` de este evento pasa a su última versión, si nadie la ha contestado aquí."""
    actual, clave = evento_o_404(id), request.form.get("encuesta", "")
    with anotando("usar versión nueva", f"evento {id}", clave if clave in _suyas(actual) else ""):
        version = eventos.usar_version_nueva(bd(), id, clave)
    flash(f"Este evento ya usa la versión {version}. Los teléfonos la toman la próxima vez que tengan señal.")
    return redirect(url_for(".evento", id=id), 303)


def _suyas(evento: Mapping[str, Any] | None) -> dict[str, int]:
    return {encuesta["instrumento"]: encuesta["version"] for encuesta in (evento or {}).get("encuestas", ())}


def _con_versiones(evento: dict[str, Any]) -> list[dict[str, Any]]:
    """Las encuestas del evento, con ``nueva`` (la versión más nueva que la suya) y si ``se_puede`` usar aquí.

    De un evento que ya pasó no se dice: ya no hay qué decidir.
    """
    ofrecidas = instrumentos.ofrecidas(bd()) if evento["estado"] in ("programado", "abierto") else {}
    encuestas = []
    for encuesta in evento["encuestas"]:
        ultima = ofrecidas.get(encuesta["instrumento"], 0)
        nueva = ultima if ultima > encuesta["version"] else None
        se_puede = nueva is not None and eventos.sin_contestar(bd(), evento, encuesta["instrumento"])
        encuestas.append(encuesta | {"nueva": nueva, "se_puede": se_puede})
    return encuestas
